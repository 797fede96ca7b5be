"""Keys that sign: made, rotated, withdrawn; and the public list of them, which goes on whatever happens to one."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.credentials.models import SigningKey, StatusFile, WhyKey, seconds
from pallaq.credentials.rules.lists import KeyList, signed_keys
from pallaq.shared.encryption import Unreadable
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

SCOPE = "registry"
LOCK = 0x7071_0001  # of the database


@transaction.atomic
def make_key(*, issuer: str, synthetic: bool, by: User | None) -> SigningKey:
    """Make the key that signs from now on; the one before stays good for what it signed.

    It needs nothing of the key before: where the private half was lost, this is all there is to do.
    """
    wait_for_keys()
    issuer = " ".join(issuer.split())
    if not issuer:
        raise Refusal(_("Write who issues the cards: it stands on each of them."), code="issuer-missing")
    now = timezone.now()
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    before = signing_key()
    if before:
        SigningKey.objects.filter(pk=before.pk).update(signs=False, retired_at=now)
    made = SigningKey.objects.create(
        kid=hashlib.sha256(public).hexdigest()[:16],
        public=public,
        private=private.private_bytes_raw(),
        issuer=issuer,
        synthetic=synthetic,
        made_by=by,
        active_from=now,
    )
    due()
    facts = {"synthetic": synthetic, "before": before.kid if before else ""}
    record(by=by, action="key.make", scope=SCOPE, about=f"key {made.kid}", **facts)
    return made


@transaction.atomic
def withdraw_key(*, key: SigningKey, why: WhyKey, by: User | None) -> SigningKey:
    """Withdraw a key: nothing that it signed is good any more, and its private half is deleted."""
    wait_for_keys()
    found = SigningKey.objects.defer("private").get(pk=key.pk)
    if found.revoked_at:
        message = _("This key was withdrawn on %(day)s already. Nothing was changed.")
        day = timezone.localdate(found.revoked_at).isoformat()
        raise Refusal(message % {"day": day}, code="key-withdrawn", status=409)
    now = timezone.now()
    SigningKey.objects.filter(pk=found.pk).update(signs=False, revoked_at=now, why=why, private=None)
    due()
    cards = found.cards.filter(expires_at__gt=now, revoked_at__isnull=True).count()
    record(by=by, action="key.withdraw", scope=SCOPE, about=f"key {found.kid}", why=why, cards=cards)
    return SigningKey.objects.defer("private").get(pk=key.pk)


def signing_key() -> SigningKey | None:
    """Return the key that signs, without its private half."""
    return SigningKey.objects.defer("private").filter(signs=True).first()


def private_half(key: SigningKey) -> bytes | None:
    """Return the private half of a key; None where it was deleted or does not open here."""
    try:
        found = SigningKey.objects.filter(pk=key.pk).values_list("private", flat=True).get()
    except Unreadable:
        return None
    return bytes(found) if found is not None else None


def key_list() -> KeyList:
    """Return every key there ever was, as the public list names them now."""
    keys = [key.as_listed() for key in SigningKey.objects.defer("private")]
    return KeyList(seconds(timezone.now()), {key.kid: key for key in keys})


def signed_key_list() -> bytes:
    """Return the public list of keys, signed by each key that was not withdrawn and whose private half is here."""
    standing = SigningKey.objects.defer("private").filter(revoked_at__isnull=True)
    halves = {bytes.fromhex(key.kid): private_half(key) for key in standing}
    signers = {kid: private for kid, private in halves.items() if private is not None}
    if not signers:
        message = _("No key signs here now. An administrator makes one on the page of keys.")
        raise Refusal(message, code="no-signing-key", status=404)
    return signed_keys(key_list(), signers)


def due() -> None:
    """Let the status list be signed anew when it is asked for next."""
    StatusFile.objects.update(due=True)


def wait_for_keys() -> None:
    """Let one transaction at a time change keys, cards or the status list; whoever needs it takes it first of all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
