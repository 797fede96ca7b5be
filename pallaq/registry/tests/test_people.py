"""People registered and edited."""

from datetime import date, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.registry.actions.people import Numbered, add_identifier, edit_person, register_person
from pallaq.registry.models import Consent, Identifier, IdentifierKind, Person, Purpose
from pallaq.registry.tests.samples import JUANA, desks, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_it_registers_with_identifier_activity_and_consent() -> None:
    made = desks()
    juana = selector(by=made.registrar)
    assert [identifier.number for identifier in juana.identifiers.all()] == ["40123456"]
    assert juana.identifiers.get().masked() == "•••••456"
    assert juana.activities.get().centre == "La Rinconada"
    assert list(Consent.objects.values_list("purpose", flat=True)) == ["registry"]
    event = AuditEvent.objects.get(action="person.register")
    assert (event.by, event.about, event.details) == (made.registrar, f"person {juana.number}", {"region": "21"})


def test_the_database_holds_no_number_phone_or_address_in_clear() -> None:
    desks()
    selector()
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text || i::text FROM registry_person p JOIN registry_identifier i ON true")
        (row,) = cursor.fetchone()
    assert "Mamani" in row
    for secret in ("40123456", b"40123456".hex(), "951", b"951".hex(), "Lunar", b"Lunar".hex()):
        assert secret not in row


def test_the_same_key_twice_is_one_person() -> None:
    desks()
    key = uuid4()
    first = register_person(key=key, fields=JUANA, by=None)
    assert register_person(key=key, fields=JUANA, by=None) == first
    assert Person.objects.count() == 1


def test_it_refuses_without_her_consent() -> None:
    desks()
    with refused("no-consent"):
        register_person(fields=JUANA, consents=[Purpose.CARD], by=None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth_on": timezone.localdate() + timedelta(days=1)}, "birth-in-future"),
        ({"birth_on": date(1890, 1, 1)}, "birth-too-long-ago"),
        ({"place": "201104"}, "unknown-ubigeo"),  # RENIEC's code of Ananea
        ({"place": "21"}, "unknown-ubigeo"),
    ],
)
def test_it_refuses_what_cannot_be(changes: dict[str, object], code: str) -> None:
    desks()
    with refused(code):
        selector(**changes)
    assert not Person.objects.exists()


@pytest.mark.parametrize("number", ["4012345", "401234567", "4012345X", ""])
def test_it_refuses_a_dni_that_is_none_and_does_not_repeat_it(number: str) -> None:
    desks()
    with pytest.raises(Exception, match="DNI") as caught:
        register_person(fields=JUANA, identifiers=[Numbered("dni", number)], by=None)
    assert not number or number not in str(caught.value)


def test_it_checks_the_last_digit_of_a_ruc() -> None:
    desks()
    juana = selector()
    with refused("identifier-shape"):
        add_identifier(person=juana, edition=1, numbered=Numbered("ruc", "10401234561"), by=None)
    add_identifier(person=juana, edition=1, numbered=Numbered("ruc", "20131312955"), by=None)  # SUNAT's own


def test_a_kind_that_ended_is_taken_only_with_a_day_on_which_hers_ended() -> None:
    desks()
    ended = timezone.localdate() - timedelta(days=30)
    IdentifierKind.objects.filter(pk="regional").update(valid_to=ended)
    juana = selector()
    for valid_to in (None, ended + timedelta(days=1)):
        with refused("identifier-kind-over"):
            add_identifier(person=juana, edition=1, numbered=Numbered("regional", "A-1", valid_to=valid_to), by=None)
    add_identifier(person=juana, edition=1, numbered=Numbered("regional", "A-1", valid_to=ended), by=None)
    assert juana.identifiers.count() == 2


def test_an_edit_of_an_old_reading_is_refused_and_nothing_is_lost() -> None:
    made = desks()
    juana = selector()
    edit_person(person=juana, edition=1, fields={"given_names": "Juana"}, by=made.registrar)
    with refused("person-edited-meanwhile"):
        edit_person(person=juana, edition=1, fields={"phone": "9"}, by=made.officer)
    now = Person.objects.get()
    assert (now.given_names, now.phone, now.edition) == ("Juana", "951 234 567", 2)


def test_what_a_file_said_before_stays_and_opens() -> None:
    made = desks()
    juana = selector()
    edit_person(person=juana, edition=1, fields={"phone": "999 888 777"}, by=made.registrar)
    (before,) = juana.events.all()
    assert (before.phone, before.pgh_label, before.edition) == ("951 234 567", "changed", 1)


def test_nothing_is_registered_if_the_audit_fails() -> None:
    desks()
    with patch("pallaq.registry.actions.people.record", side_effect=OSError), pytest.raises(OSError):
        selector()
    assert not Person.objects.exists()
    assert not Identifier.objects.exists()
