"""Certificates of origin: under an authorisation in force, numbered without gaps, printed the same every time."""

import csv
import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from unittest.mock import patch

import pypdfium2
import pytest
from django.db import connection, connections
from django.utils import timezone, translation

from pallaq.accounts.tests.people import refused
from pallaq.permits import quota
from pallaq.permits.actions.authorisations import Move, close
from pallaq.permits.actions.certificates import cancel, issue, take_out
from pallaq.permits.models import Authorisation, Certificate, Side, State
from pallaq.permits.papers.authorisation import authorisation_pdf
from pallaq.permits.papers.certificate import certificate_pdf
from pallaq.permits.tests.samples import permits
from pallaq.places.models import Organisation
from pallaq.registry.actions.people import edit_person
from pallaq.registry.models import Norm, Person, Reading
from pallaq.registry.rules.numbers import shown_number
from pallaq.registry.tests.samples import registered, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GRAMS = Decimal("12.5")


def text_of(pdf: bytes) -> str:
    """Return what a PDF prints, on one line."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


def test_it_prints_what_the_record_says() -> None:
    made = permits()
    found = made.signed()
    one = issue(authorisation=found, grams=GRAMS, by=made.helga)
    assert (one.number, one.grams, one.document_kind_id, one.document_number) == (1, "12.5", "dni", "40123456")
    printed = text_of(certificate_pdf(one))
    for label, value, _strong in one.words()["rows"]:
        assert " ".join(f"{label} {value}".split()) in printed
    for wanted in (made.holder.name, "Juana Rosa Mamani Quispe", "DNI 40123456", "12.5 g", "Ana María 1 · 010000001"):
        assert wanted in printed
    assert shown_number(made.juana.number) in printed
    assert "DS 027-2012-EM, RM 410-2014-MEM/DM" in printed
    assert "000001" in printed
    assert found.sha256() in printed


def test_a_copy_is_the_same_paper_whoever_she_is_called_later_and_whatever_the_language() -> None:
    made = permits()
    one = issue(authorisation=made.signed(), grams=GRAMS, by=made.helga)
    edit_person(person=made.juana, edition=1, fields={"given_names": "Otra"}, by=made.registrar)
    Organisation.objects.filter(pk=made.holder.pk).update(name="Otra S.A.")
    with translation.override("en"):
        copy = certificate_pdf(Certificate.objects.get(pk=one.pk))
    assert hashlib.sha256(copy).hexdigest() == one.sha256


def test_a_paper_of_the_demonstration_says_that_it_is_synthetic() -> None:
    made = permits()
    Person.objects.filter(pk=made.juana.pk).update(synthetic=True)
    found = made.signed()
    assert found.synthetic
    with translation.override("es"):
        stamp = str(translation.gettext("SYNTHETIC"))
    assert stamp in text_of(certificate_pdf(issue(authorisation=found, grams=GRAMS, by=made.helga)))
    assert stamp in text_of(authorisation_pdf(found))


def test_the_authorisation_prints_both_sides_terms_and_signatures() -> None:
    made = permits()
    found = made.signed()
    printed = text_of(authorisation_pdf(found))
    for wanted in (
        made.holder.name,
        "Juana Rosa Mamani Quispe",
        "Selecciona de día, con casco.",
        found.sha256(),
        "Helga",
    ):
        assert wanted in printed
    offered = made.offered(selector("41234567"))
    with translation.override("es"):
        banner = translation.gettext("NOT IN FORCE: it is “%(state)s”.").split(":")[0]
    assert banner in text_of(authorisation_pdf(offered))
    assert banner not in printed


def test_numbers_run_for_each_holder_and_keep_their_place_when_cancelled() -> None:
    made = permits()
    found = made.signed()
    first, second = (issue(authorisation=found, grams=GRAMS, by=made.helga) for _ in range(2))
    cancel(certificate=first, reason="Peso mal leído.", by=made.helga)
    third = issue(authorisation=found, grams=GRAMS, by=made.helga)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    other = permits_of_another(made.juana)
    assert issue(authorisation=other, grams=GRAMS, by=made.officer).number == 1


def permits_of_another(juana: Person) -> Authorisation:
    """Return an authorisation in force of another holder, as rows alone."""
    holder = Organisation.objects.create(name="Otra minera (ficticia)", kind="mining")
    today = timezone.localdate()
    dates = {"starts_on": today - 40 * DAY, "ends_on": today + 40 * DAY, "signed_on": today - 40 * DAY}
    return Authorisation.objects.create(person=juana, holder=holder, place="211002", state="in_force", **dates)


@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_leave_no_gap_and_no_number_twice() -> None:
    made = permits()
    found = made.signed()
    other = made.signed(selector("41234567"))
    barrier, failures = Barrier(2), []

    def work(authorisation: Authorisation) -> None:
        try:
            barrier.wait()
            for _ in range(3):
                issue(authorisation=authorisation, grams=GRAMS, by=made.helga)
        except Exception as error:  # noqa: BLE001 - told by the test below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=[one]) for one in (found, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_cancelled_copy_says_so_and_why() -> None:
    made = permits()
    one = issue(authorisation=made.signed(), grams=GRAMS, by=made.helga)
    with refused("reason-missing"):
        cancel(certificate=one, reason=" ", by=made.helga)
    cancelled = cancel(certificate=one, reason="Peso mal leído.", by=made.helga)
    assert "Peso mal leído." in text_of(certificate_pdf(cancelled))
    assert cancelled.sha256 == one.sha256
    with refused("cancelled-already"):
        cancel(certificate=one, reason="Otra vez.", by=made.helga)


def test_nothing_is_certified_without_an_authorisation_in_force_that_day() -> None:
    made = permits()
    with refused("not-in-force"):
        issue(authorisation=made.offered(), grams=GRAMS, by=made.helga)
    found = made.signed(selector("41234567"))
    with refused("not-in-force"):
        issue(authorisation=found, grams=GRAMS, paper_on=timezone.localdate() - DAY, by=made.officer)
    close(authorisation=found, edition=found.edition, how=Move(State.WITHDRAWN, Side.HOLDER, "No."), by=made.helga)
    with refused("not-in-force"):
        issue(authorisation=found, grams=GRAMS, by=made.helga)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("grams", ["0", "-1", "0.0001", "100001"])
def test_it_refuses_grams_that_cannot_be(grams: str) -> None:
    made = permits()
    with refused("grams-impossible"):
        issue(authorisation=made.signed(), grams=Decimal(grams), by=made.helga)


def test_it_refuses_a_paper_of_tomorrow_and_a_seller_without_a_document() -> None:
    made = permits()
    found = made.signed(selector(""))
    with refused("day-in-future"):
        issue(authorisation=found, grams=GRAMS, paper_on=timezone.localdate() + DAY, by=made.officer)
    with refused("no-document"):
        issue(authorisation=found, grams=GRAMS, by=made.helga)


def test_grams_document_and_words_stand_encrypted() -> None:
    made = permits()
    issue(authorisation=made.signed(), grams=Decimal("31.337"), by=made.helga)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM permits_certificate c")
        (row,) = cursor.fetchone()
    for secret in ("31.337", b"31.337".hex(), "40123456", b"40123456".hex(), "Mamani", b"Mamani".hex()):
        assert secret not in row


def test_the_quota_counts_the_month_of_all_holders_and_no_cancelled_one() -> None:
    made = permits()
    registered(made.juana)
    mine, others = made.signed(), permits_of_another(made.juana)
    today = timezone.localdate()
    limit = quota.limit_for(made.juana, today)
    assert limit
    assert (limit.value, limit.certainty) == (66, "secondary")
    issue(authorisation=mine, grams=Decimal(30), by=made.helga)
    gone = issue(authorisation=others, grams=Decimal(30), by=made.officer)
    assert not quota.passes(made.juana, today, Decimal(6))
    assert quota.passes(made.juana, today, Decimal("6.001"))
    assert not quota.passes(selector("41234567"), today, Decimal(500))
    cancel(certificate=gone, reason="No.", by=made.officer)
    assert not quota.passes(made.juana, today, Decimal(36))
    before = Certificate.objects.filter(pk=gone.pk)
    before.update(cancelled_at=None, why_cancelled="", issued_on=today.replace(day=1) - DAY)
    assert not quota.passes(made.juana, today, Decimal(36))


def test_no_known_quota_is_no_quota() -> None:
    made = permits()
    registered(made.juana)
    Norm.objects.filter(code="quota-grams-month").update(value=None)
    assert quota.limit_for(made.juana, timezone.localdate()) is None
    assert not quota.passes(made.juana, timezone.localdate(), Decimal(1000))


def test_the_register_is_taken_out_without_formulas_and_each_person_reads_of_it() -> None:
    made = permits()
    one = issue(authorisation=made.signed(right_name="=1+1"), grams=GRAMS, by=made.helga)
    cancel(certificate=one, reason="@mal", by=made.helga)
    with refused("reason-missing"):
        take_out(certificates=[one], reason="", by=made.helga)
    text = take_out(certificates=list(Certificate.objects.all()), reason="Inspección", by=made.helga)
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert row[:2] == ["1", timezone.localdate().isoformat()]
    assert row[3:9] == [
        "Juana Rosa Mamani Quispe",
        shown_number(made.juana.number),
        "DNI",
        "40123456",
        "12.5",
        "'=1+1 · 010000001",
    ]
    assert row[11] == "'@mal"
    reading = Reading.objects.get(what="permit")
    assert (reading.person, reading.by, reading.role, reading.why) == (made.juana, made.helga, "holder", "Inspección")
    assert AuditEvent.objects.get(action="certificate.export").details == {"rows": 1}


def test_nothing_is_saved_if_the_audit_fails() -> None:
    made = permits()
    found = made.signed()
    one = issue(authorisation=found, grams=GRAMS, by=made.helga)
    for verb in (
        lambda: issue(authorisation=found, grams=GRAMS, by=made.helga),
        lambda: cancel(certificate=one, reason="No.", by=made.helga),
        lambda: take_out(certificates=[one], reason="Sí", by=made.helga),
    ):
        with patch("pallaq.permits.actions.certificates.record", side_effect=OSError), pytest.raises(OSError):
            verb()
    assert Certificate.objects.get().cancelled_at is None
    assert not Reading.objects.exists()
    assert issue(authorisation=found, grams=GRAMS, by=made.helga).number == 2


def test_the_trail_holds_no_name_number_or_grams() -> None:
    made = permits()
    one = issue(authorisation=made.signed(), grams=Decimal("31.337"), by=made.helga)
    cancel(certificate=one, reason="Juana se equivocó.", by=made.helga)
    told = " ".join(f"{event.about} {event.details}" for event in AuditEvent.objects.exclude(action__contains="desk"))
    for secret in ("31.337", "40123456", "Juana", "Mamani"):
        assert secret not in told
