"""Certificates of origin issued, cancelled and taken out; numbers run without a gap for each holder."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.permits.actions.authorisations import SCOPE, locked
from pallaq.permits.models import Authorisation, Certificate
from pallaq.permits.models.authorisations import current, people_of, rows_of
from pallaq.permits.papers.certificate import certificate_words
from pallaq.permits.papers.words import set_paper
from pallaq.permits.rules.grams import possible, stored
from pallaq.places.models import Organisation
from pallaq.registry.actions.reading import read_many
from pallaq.registry.models import Identifier, Person, PersonState
from pallaq.registry.models.log import What
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.shared.tabular.writers import csv_text


@transaction.atomic
def issue(*, authorisation: Authorisation, grams: Decimal, paper_on: date | None = None, by: User) -> Certificate:
    """Certify the origin of gold that she is about to sell; `paper_on` is the date of one that was written by hand."""
    found = locked(authorisation, None)  # who withdraws it now waits, and a withdrawn one certifies nothing
    today = timezone.localdate()
    day = paper_on or today
    if day > today:
        raise Refusal(
            _("The date is in the future. A certificate bears the day on which it is issued."), code="day-in-future"
        )
    if not possible(grams):
        message = _("Write the grams of gold as a number above 0, with at most three decimals.")
        raise Refusal(message, code="grams-impossible")
    if not Authorisation.objects.in_force_on(day).filter(pk=found.pk).exists():
        message = _("The authorisation is not in force on %(day)s, so it certifies nothing. Renew it first.")
        raise Refusal(message % {"day": date_format(day, "SHORT_DATE_FORMAT")}, code="not-in-force", status=409)
    seller = current(found.person)
    document = document_of(seller, day)
    # From here until the transaction ends this holder's certificates are numbered one after the other.
    holder = Organisation.objects.select_for_update(no_key=True).get(pk=found.holder_id)
    made = Certificate(
        authorisation=found,
        holder=holder,
        number=(holder.certificates.aggregate(last=Max("number"))["last"] or 0) + 1,
        issued_on=day,
        issued_by=by,
        on_paper=paper_on is not None,
        document_kind=document.kind,
        document_number=document.number,
        grams=stored(grams),
    )
    words = certificate_words(made, seller)
    made.printed = json.dumps(words, ensure_ascii=False)
    made.sha256 = sha256(set_paper(json.loads(made.printed))).hexdigest()
    made.save(force_insert=True)
    facts = {"authorisation": str(found.pk), "person": seller.number, "on_paper": made.on_paper}
    record(by=by, action="certificate.issue", scope=SCOPE, about=f"certificate {made.pk}", **facts)
    return made


def document_of(person: Person, day: date) -> Identifier:
    """Return the identity document that is printed: hers on that day, the first in the order of kinds."""
    if person.state != PersonState.CURRENT:
        raise Refusal(_("She is no longer on the registry. Nothing is certified."), code="person-closed", status=409)
    rows = Identifier.objects.filter(person__in=rows_of(person), kind__of_person=True).select_related("kind")
    for one in rows.order_by("kind__position", "-valid_from"):
        if (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or one.valid_to >= day):
            return one
    message = _(
        "Her file has no identity document of that day, and the norm wants it printed. Add it at the desk first."
    )
    raise Refusal(message, code="no-document")


@transaction.atomic
def cancel(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """Cancel a certificate: it keeps its number, and its copy says why."""
    found = Certificate.objects.select_for_update(of=("self",)).select_related("authorisation__person", "holder")
    made = found.get(pk=certificate.pk)
    if made.cancelled_at is not None:
        raise Refusal(_("It is cancelled already. Nothing was changed."), code="cancelled-already", status=409)
    if not reason.strip():
        raise Refusal(_("Say why: whoever inspects the register reads it."), code="reason-missing")
    made.cancelled_at, made.cancelled_by, made.why_cancelled = timezone.now(), by, reason.strip()
    made.save(update_fields=["cancelled_at", "cancelled_by", "why_cancelled"])
    facts = {"authorisation": str(made.authorisation_id), "person": made.person.number}
    record(by=by, action="certificate.cancel", scope=SCOPE, about=f"certificate {made.pk}", **facts)
    return made


@transaction.atomic
def take_out(*, certificates: Sequence[Certificate], reason: str, by: User) -> str:
    """Return a register of certificates as CSV; each person reads in her log who took it and why."""
    if not reason.strip():
        raise Refusal(_("Say what the file is for: it is written into each selector's log."), code="reason-missing")
    read_many(people_of(certificates), by=by, what=What.PERMIT, why=reason.strip())
    record(by=by, action="certificate.export", scope=SCOPE, about="certificates", rows=len(certificates))
    return csv_text(heads(), [row_of(one) for one in certificates])


def heads() -> list[str]:
    """Return the heads of the register's columns."""
    when, whose = [_("Number"), _("Date"), _("Holder")], [_("Seller"), _("Number in the registry")]
    what = [_("Document"), _("Document number"), _("Grams"), _("Mining right"), _("Place")]
    return [*when, *whose, *what, _("Cancelled on"), _("Why cancelled"), "SHA-256"]


def row_of(made: Certificate) -> list[str | int]:
    """Return a certificate as a line of the register."""
    found, seller = made.authorisation, made.words()["seller"]  # as it was printed, whatever she is called today
    cancelled = timezone.localdate(made.cancelled_at).isoformat() if made.cancelled_at else ""
    return [
        made.number,
        made.issued_on.isoformat(),
        made.holder.name,
        seller["name"],
        seller["number"],
        str(made.document_kind),
        made.document_number,
        made.grams,
        found.right_words(),
        found.place_words(),
        cancelled,
        made.why_cancelled,
        made.sha256,
    ]
