"""The weekly e-mail of a seat: what is late, what is due in 14 days, how many comments are new.

Nobody's language is stored, so it is written in Spanish, in English where the plan has no Spanish, and its numbers
once more in the other language below. It names entities and codes, never a person, since mail is no sealed letter.
"""

import re
import smtplib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pallaq.plan.models import Plan, Seat
from pallaq.progress.lateness import late_of
from pallaq.progress.models import Comment, DigestSent
from pallaq.progress.perms import reach_of
from pallaq.progress.rules.lateness import Asked

AHEAD = timedelta(days=14)
MOST = 20  # lines of a kind; what is more is counted


@dataclass(frozen=True)
class Line:
    """One thing to do: for a planner or reader also whose it is."""

    code: str
    title: str
    entity: str
    due_on: date


@dataclass(frozen=True)
class Digest:
    """What a seat is told in a week."""

    late: list[Line]
    due: list[Line]
    comments: dict[str, int]  # new ones by an item's code

    def __bool__(self) -> bool:
        return bool(self.late or self.due or self.comments)


def mail_is_set() -> bool:
    """Say whether this installation can send mail."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send_digests(today: date) -> tuple[int, int]:
    """Send this week's e-mail to every seat that wants it, has something to read, and did not get it.

    Return how many went, and how many the mail server refused: those go with the next call.
    """
    sent = failed = 0
    if mail_is_set():
        seats = Seat.objects.filter(digest=True, user__is_active=True).select_related("plan", "user", "organisation")
        for seat in seats.order_by("pk"):
            try:
                sent += send_digest(seat, today)
            except (OSError, smtplib.SMTPException):
                failed += 1
    return sent, failed


@transaction.atomic
def send_digest(seat: Seat, today: date) -> bool:
    """Send a seat's e-mail unless it went this week; a refusal of the mail server takes the note of it back."""
    week = today - timedelta(days=today.weekday())
    _row, new = DigestSent.objects.get_or_create(seat=seat, week=week)
    own, *others = languages_of(seat.plan)
    with translation.override(own):
        digest = digest_of(seat, today) if new else None
        if not digest:
            transaction.set_rollback(new)
            return False
        message = EmailMessage(subject_of(seat.plan), "", None, [seat.user.email])
        message.body = body_of(seat, digest, others)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.send()
    return True


def languages_of(plan: Plan) -> list[str]:
    """Return the site's languages: first Spanish, unless the plan speaks only another."""
    known = [code for code, _name in settings.LANGUAGES]
    return sorted(known, key=lambda code: (code[:2] not in plan.title, known.index(code)))


def digest_of(seat: Seat, today: date) -> Digest:
    """Return what a seat is told: of its own entity and region for a reporter, of all entities for the others."""
    soon = lines_of(late_of(seat.plan, today + AHEAD + timedelta(days=1), user=seat.user), seat)
    return Digest(
        late=[line for line in soon if line.due_on < today],
        due=[line for line in soon if line.due_on >= today],
        comments=new_comments(seat),
    )


def lines_of(groups: Iterable[Asked], seat: Seat) -> list[Line]:
    """Return what is missing as lines, the longest late first."""
    return sorted(
        (
            Line(late.code, late.title, "" if seat.organisation_id else group.name, late.due_on)
            for group in groups
            if seat.organisation_id in (None, group.organisation)
            for late in group.late
            if not seat.region or late.region in ("", seat.region)
        ),
        key=lambda line: line.due_on,
    )


def new_comments(seat: Seat) -> dict[str, int]:
    """Return how many comments others made since the last e-mail, by the code of what they are about."""
    last = seat.digests.filter(at__lt=timezone.now() - timedelta(hours=1)).order_by("-at").first()
    since = last.at if last else timezone.now() - timedelta(days=7)
    made = Comment.objects.filter(item__plan=seat.plan, at__gt=since, removed_at=None).exclude(by=seat.user)
    rows = list(made.select_related("item__plan"))
    seen = {item for item in {row.item for row in rows} if reach_of(seat.user, item)}
    return dict(sorted(Counter(row.item.code for row in rows if row.item in seen).items()))


def subject_of(plan: Plan) -> str:
    """Return the subject line."""
    return _("Pallaq: this week in “%(plan)s”") % {"plan": " ".join(plan.name().split())}


def body_of(seat: Seat, digest: Digest, others: list[str]) -> str:
    """Return the text: whole in the active language, its numbers and where to look in the others."""
    context: dict[str, Any] = {"seat": seat, "digest": digest, "most": MOST, "site": site_address()}
    text = render_to_string("following/digest.txt", context)
    for language in others:
        with translation.override(language):
            text += render_to_string("following/digest_short.txt", {**context, "language": language[:2]})
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"  # what a template leaves between its blocks


def site_address() -> str:
    """Return where this Pallaq answers, "" where no setting says so: then the e-mail says where to look."""
    hosts = settings.ALLOWED_HOSTS if settings.PRODUCTION else []
    return f"https://{hosts[0].lstrip('.')}" if hosts else ""
