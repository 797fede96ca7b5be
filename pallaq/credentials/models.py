"""Keys that sign, cards, and the status list as it was last signed."""

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pallaq.credentials.rules.lists import Key
from pallaq.registry.models import Consent, Person, PersonState, Purpose, Registration, State
from pallaq.shared.encryption import EncryptedBytes, EncryptedText
from pallaq.shared.fields import uuid7


class WhyKey(models.TextChoices):
    """Why a key was withdrawn."""

    STOLEN = "stolen", _("somebody else has it, or may have it")
    MISUSED = "misused", _("it signed what it should not have")


class WhyCard(models.TextChoices):
    """Why a card was revoked."""

    LOST = "lost", _("she lost it")
    STOLEN = "stolen", _("it was stolen from her")
    WRONG = "wrong", _("something on it is wrong")
    REPLACED = "replaced", _("another card took its place")
    WITHDRAWN = "withdrawn", _("she no longer wants a card")
    ENDED = "ended", _("what it says no longer holds: a registration, her file or her consent")
    OTHER = "other", _("another reason")


# What an officer may choose; the others follow from what was done.
CHOSEN = (WhyCard.LOST, WhyCard.STOLEN, WhyCard.WRONG, WhyCard.WITHDRAWN, WhyCard.OTHER)


class SigningKey(models.Model):
    """A key that signs cards, or did. Its private half is encrypted, and gone once the key is withdrawn.

    Read it without `private` wherever that is not needed (`defer`): a private half that no longer opens must not take
    the public one with it.
    """

    kid = models.CharField(max_length=16, unique=True)  # the first 8 bytes of the public half's sha256, in hex
    public = models.BinaryField(max_length=32)
    private = EncryptedBytes(null=True)
    issuer = models.CharField(_("issuer"), max_length=40)  # stands on the card and in its code
    synthetic = models.BooleanField(_("signs invented people only"), default=False)
    signs = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    active_from = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)  # from here on it signs no card; those that it signed stay good
    revoked_at = models.DateTimeField(null=True)  # from here on nothing that it signed is good
    why = models.CharField(max_length=8, choices=WhyKey.choices, blank=True)

    class Meta:
        ordering = ["-active_from", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["signs"], condition=Q(signs=True), name="credentials_one_key_signs"),
            models.CheckConstraint(
                condition=Q(signs=False) | Q(retired_at__isnull=True, revoked_at__isnull=True),
                name="credentials_key_that_signs_is_neither_retired_nor_revoked",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(private__isnull=True),
                name="credentials_key_withdrawn_has_no_private_half",
            ),
        ]

    def __str__(self) -> str:
        return self.kid

    def as_listed(self) -> Key:
        """Return the key as the public list names it."""
        return Key(
            kid=bytes.fromhex(self.kid),
            public=bytes(self.public),
            issuer=self.issuer,
            active_from=seconds(self.active_from),
            retired_at=seconds(self.retired_at) if self.retired_at else None,
            revoked_at=seconds(self.revoked_at) if self.revoked_at else None,
            synthetic=self.synthetic,
        )

    def shown(self) -> str:
        """Return the key's id in groups, to compare by eye."""
        return "-".join(self.kid[at : at + 4] for at in range(0, 16, 4))


class CardQuerySet(models.QuerySet["Card"]):
    """Questions about cards."""

    def in_force(self, at: datetime) -> Self:
        """Return the cards that verify as good at a moment."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at, key__revoked_at__isnull=True)

    def overtaken(self, today: date) -> Self:
        """Return unrevoked cards that say what no longer holds: of her file, her consent or a registration."""
        agreed = Consent.objects.filter(person=OuterRef("person"), purpose=Purpose.CARD, withdrawn_at__isnull=True)
        named = Card.registrations.through.objects.filter(card=OuterRef("pk"))
        ended = named.exclude(registration__state=State.REGISTERED) | named.filter(registration__valid_to__lt=today)
        closed = Q(person__isnull=True) | ~Q(person__state=PersonState.CURRENT)
        overtaken = closed | ~Exists(agreed) | ~Exists(named) | Exists(ended)
        return self.filter(revoked_at__isnull=True).filter(overtaken)

    def waiting(self, by: datetime) -> Self:
        """Return the last cards of people who need another: its key was withdrawn, or it ends before a day."""
        last = self.filter(replaced_by__isnull=True, revoked_at__isnull=True, person__isnull=False)
        return last.filter(Q(key__revoked_at__isnull=False) | Q(expires_at__lt=by))


class Card(models.Model):
    """A card: its text is what the QR code holds. Its place on the status list is random and tells nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # A person who goes leaves the place on the list behind, so that her card does not come back to life.
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="cards")
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="cards")
    serial = models.CharField(max_length=16, unique=True)
    text = EncryptedText(_("text of its QR code"), default="", editable=True)
    claims_sha256 = models.CharField(max_length=64)
    status_index = models.PositiveIntegerField(unique=True)
    registrations = models.ManyToManyField(Registration, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()  # the midnight after its last day
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.CharField(max_length=10, choices=WhyCard.choices, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replaced_by = models.OneToOneField("self", models.SET_NULL, null=True, related_name="replaces")
    synthetic = models.BooleanField(default=False)

    objects = CardQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        indexes = [models.Index(fields=["expires_at", "revoked_at"], name="credentials_card_status")]

    def __str__(self) -> str:
        return self.serial

    def state(self, now: datetime | None = None) -> str:
        """Return what a verifier would say of it."""
        if self.key.revoked_at:
            return "key-withdrawn"
        if self.expires_at <= (now or timezone.now()):
            return "expired"
        return "revoked" if self.revoked_at else "valid"

    def why(self) -> str:
        """Return in words why it is no longer good; "" if it is, or merely ended."""
        if self.revoked_at:
            who = f" ({self.revoked_by})" if self.revoked_by else ""
            return f"{self.get_revoked_why_display()}, {date_format(localdate(self.revoked_at))}{who}"
        if self.key.revoked_at:
            return gettext("its key was withdrawn on %(day)s") % {"day": date_format(localdate(self.key.revoked_at))}
        return ""

    def in_force(self) -> bool:
        """Say whether it verifies as good now."""
        return self.state() == "valid"


class StatusFile(models.Model):
    """The status list as it was last signed; one row. `due`: something was revoked since."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField()  # when cards that say what no longer holds were last looked for
    due = models.BooleanField(default=False)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="credentials_one_status_list")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"

    @classmethod
    def current(cls) -> "StatusFile | None":
        """Return the row, or None before the first card."""
        return cls.objects.first()


def seconds(moment: datetime) -> int:
    """Return a moment as claims write it."""
    return int(moment.timestamp())
