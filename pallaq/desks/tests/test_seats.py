"""Who works in the registry: roles and the permission to export, given and taken by administrators alone."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person, refused
from pallaq.registry import perms
from pallaq.registry.actions.seats import allow_export, give_seat, take_seat
from pallaq.registry.models import Role, Seat
from pallaq.registry.tests.samples import Desks, desks, seated, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
DESKS = "desks:desks"


@pytest.fixture
def made() -> Desks:
    return desks()


@pytest.fixture
def ana(made: Desks) -> User:
    return administrator()


def seat_of(user: User) -> Seat:
    return Seat.objects.get(user=user)


def test_a_role_is_given_by_e_mail_in_a_region_and_taken(ana: User) -> None:
    browser, nora = client_of(ana), person("Nora")
    sent = {"email": " NORA@example.org ", "role": "registrar", "region": "04", "organisation": ""}
    assert browser.post(reverse(DESKS), sent).status_code == 302
    seat = seat_of(nora)
    assert (seat.role, seat.region) == ("registrar", "04")
    page = browser.get(reverse(DESKS)).content.decode()
    assert "Nora" in page
    assert "Arequipa" in page
    assert browser.post(reverse("desks:desk_take", args=[seat.pk])).status_code == 302
    assert not Seat.objects.filter(user=nora).exists()
    assert [event.action for event in AuditEvent.objects.filter(about=f"user {nora.pk}")] == ["desk.take", "desk.give"]


@pytest.mark.parametrize(
    "sent",
    [
        {"email": "nadie@example.org", "role": "registrar"},
        {"email": "rita@example.org", "role": "holder"},
        {"email": "rita@example.org", "role": "registrar", "organisation": True},
        {"email": "rita@example.org", "role": "registrar", "region": "99"},
        {"email": "rita@example.org", "role": "queen"},
    ],
)
def test_it_refuses_a_role_that_cannot_be_in_words(made: Desks, ana: User, sent: dict[str, Any]) -> None:
    if sent.get("organisation"):
        sent = {**sent, "organisation": str(made.holder.pk)}
    answer = client_of(ana).post(reverse(DESKS), sent)
    assert answer.status_code == 422
    assert sent["email"] in answer.content.decode()
    assert Seat.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("seat-organisation", {"role": Role.HOLDER}),
        ("seat-region", {"role": Role.OFFICER, "region": "99"}),
    ],
)
def test_the_action_refuses_too(made: Desks, code: str, given: dict[str, Any]) -> None:
    with refused(code):
        give_seat(user=made.registrar, by=None, **given)


def test_to_export_is_given_by_itself_and_to_officers_and_auditors_only(made: Desks, ana: User) -> None:
    browser, juana = client_of(ana), selector()
    seat = seat_of(made.officer)
    assert not perms.can_export(made.officer)
    assert browser.post(reverse("desks:desk_export", args=[seat.pk]), {"allowed": "yes"}).status_code == 302
    assert perms.can_export(made.officer)
    assert perms.export_regions(made.officer) == frozenset({"21"})
    assert perms.can_export_log(made.officer, juana)
    assert not perms.can_export(ana)
    assert browser.post(reverse("desks:desk_export", args=[seat.pk]), {"allowed": "no"}).status_code == 302
    assert not perms.can_export(made.officer)
    with refused("seat-export"):
        allow_export(seat=seat_of(made.registrar), allowed=True, by=ana)
    with pytest.raises(IntegrityError, match="registry_seat_exports_what_it_reads"):
        Seat.objects.filter(user=made.registrar).update(may_export=True)


def test_an_auditor_with_it_takes_logs_out_but_no_people(made: Desks, ana: User) -> None:
    aurora = seated("Aurora", Role.AUDITOR, "21")
    allow_export(seat=seat_of(aurora), allowed=True, by=ana)
    assert not perms.can_export(aurora)
    assert perms.can_export_log(aurora, selector())
    assert not perms.can_export_log(aurora, selector("40123457", place="040309"))


def test_the_list_is_searched_and_says_that_administrators_read_nobody(made: Desks, ana: User) -> None:
    page = client_of(ana).get(reverse(DESKS), {"words": "ofel"}).content.decode()
    assert "Ofelia" in page
    assert "rita@example.org" not in page
    assert client_of(ana).get(reverse("registry:person", args=[selector().pk])).status_code == 404


def test_only_administrators_open_and_send(made: Desks) -> None:
    seat = seat_of(made.registrar)
    sending = [
        (reverse(DESKS), {"email": "ofelia@example.org", "role": "auditor"}),
        (reverse("desks:desk_take", args=[seat.pk]), {}),
        (reverse("desks:desk_export", args=[seat.pk]), {"allowed": "yes"}),
    ]
    for user in (made.registrar, made.officer, seated("Aurora", Role.AUDITOR), person("Sara")):
        for address, fields in sending:
            assert client_of(user).post(address, fields).status_code == 403
        assert client_of(user).get(reverse(DESKS)).status_code == 403
    assert client_of(None).get(reverse(DESKS)).status_code == 302
    for address, _fields in sending[1:]:
        assert client_of(administrator()).get(address).status_code == 405
        break
    assert Seat.objects.count() == 3


VERBS: dict[str, Callable[[Desks], object]] = {
    "give": lambda made: give_seat(user=made.registrar, role=Role.AUDITOR, by=None),
    "take": lambda made: take_seat(seat=seat_of(made.registrar), by=made.officer),
    "export": lambda made: allow_export(seat=seat_of(made.officer), allowed=True, by=made.officer),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_nothing_is_saved_if_the_audit_fails(made: Desks, verb: Callable[[Desks], object]) -> None:
    was = list(Seat.objects.values())
    with patch("pallaq.registry.actions.seats.record", side_effect=OSError), pytest.raises(OSError):
        verb(made)
    assert list(Seat.objects.values()) == was
