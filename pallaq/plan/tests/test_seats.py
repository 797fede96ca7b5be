"""Roles in a plan and organisations: given, taken, added, corrected; each refusal says what to do instead."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from pallaq.accounts.tests.people import client_of, person, refused
from pallaq.places.models import Organisation
from pallaq.plan.actions.organisations import reading, save_organisation
from pallaq.plan.actions.seats import give_seat, take_seat
from pallaq.plan.models import Role, Seat
from pallaq.plan.tests.samples import CODE, Small, small
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Diresa Puno", "short": "", "kind": "regional", "country": "PE", "place": "21"}


@pytest.fixture
def made() -> Small:
    return small()


def many() -> Organisation:
    return Organisation.objects.create(name="Entidades financieras", kind="finance", stands_for_many=True)


def test_a_second_role_for_the_same_takes_the_place_of_the_first(made: Small) -> None:
    nora = person("Nora")
    give_seat(plan=made.plan, user=nora, role=Role.READER, by=made.planner)
    give_seat(plan=made.plan, user=nora, role=Role.PLANNER, by=made.planner)
    assert [seat.role for seat in nora.seats.all()] == [Role.PLANNER]
    event = AuditEvent.objects.filter(action="seat.give", by=made.planner).first()
    assert event is not None
    assert (event.scope, event.about, event.details["role"]) == (made.plan.scope, f"user {nora.pk}", "planner")


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("seat-entity", {"role": Role.REPORTER}),
        ("seat-entity", {"role": Role.READER, "entity": True}),
        ("seat-region", {"role": Role.READER, "region": "21"}),
        ("seat-region", {"role": Role.REPORTER, "entity": True, "region": "99"}),
        ("seat-of-many", {"role": Role.REPORTER, "entity": "many"}),
    ],
)
def test_it_refuses_a_role_that_cannot_be(made: Small, code: str, given: dict[str, Any]) -> None:
    entity = {"many": many, True: lambda: made.health}.get(given.pop("entity", None), lambda: None)()
    with refused(code):
        give_seat(plan=made.plan, user=person("Nora"), organisation=entity, by=made.planner, **given)
    assert Seat.objects.count() == 1


def test_whoever_gives_up_her_own_role_is_led_to_her_plans(made: Small) -> None:
    seat = Seat.objects.get(user=made.planner)
    answer = client_of(made.planner).post(reverse("plan:seat_take", args=[CODE, seat.pk]))
    assert answer["Location"] == reverse("plan:list")


def test_a_role_of_another_plan_is_not_taken_from_here(made: Small) -> None:
    other = type(made.plan).objects.create(code="other", title={"es": "Otro"})
    seat = give_seat(plan=other, user=person("Nora"), role=Role.READER, by=None)
    assert client_of(made.planner).post(reverse("plan:seat_take", args=[CODE, seat.pk])).status_code == 404


def test_an_address_that_nobody_has_is_said_beside_the_field(made: Small) -> None:
    sent = {"email": "nadie@example.org", "role": "reader"}
    page = client_of(made.planner).post(reverse("plan:seats", args=[CODE]), sent).content.decode()
    assert "nadie@example.org" in page
    assert "errorlist" in page


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("organisation-known", {"name": "ministerio de  ENERGIA y minas"}),
        ("place-unknown", {"place": "999999"}),
        ("plan-edited-meanwhile", {"read": "otro"}),
    ],
)
def test_it_refuses_an_organisation_that_cannot_be(made: Small, code: str, given: dict[str, Any]) -> None:
    read = given.pop("read", reading(made.health))
    with refused(code):
        save_organisation(organisation=made.health, by=made.planner, read=read, **{**FIELDS, **given})
    assert Organisation.objects.get(pk=made.health.pk).name == "Diresa Puno"


def test_the_same_name_in_another_country_is_another_organisation(made: Small) -> None:
    save_organisation(organisation=None, by=made.planner, **{**FIELDS, "country": "BO", "place": ""})
    assert Organisation.objects.filter(name="Diresa Puno").count() == 2


def test_two_people_who_correct_one_organisation_see_each_other(made: Small) -> None:
    browser, address = client_of(made.planner), reverse("plan:organisation", args=[made.health.pk])
    read = reading(made.health)
    save_organisation(organisation=made.health, by=None, read=read, **{**FIELDS, "short": "De otra persona"})
    answer = browser.post(address, {**FIELDS, "short": "Mío", "read": read})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "De otra persona" in page
    assert 'value="Mío"' in page
    now = reading(Organisation.objects.get(pk=made.health.pk))
    assert f'value="{now}"' in page
    assert browser.post(address, {**FIELDS, "short": "Mío", "read": now}).status_code == 302
    assert Organisation.objects.get(pk=made.health.pk).short == "Mío"


def saved(made: Small) -> object:
    return save_organisation(organisation=None, by=made.planner, **{**FIELDS, "name": "Diresa Ica", "place": "11"})


VERBS: dict[str, tuple[str, Callable[[Small], object]]] = {
    "give": ("seats", lambda made: give_seat(plan=made.plan, user=person("Nora"), role=Role.READER, by=None)),
    "take": ("seats", lambda made: take_seat(seat=Seat.objects.get(user=made.planner), by=made.planner)),
    "organisation": ("organisations", saved),
}


@pytest.mark.parametrize(("module", "verb"), VERBS.values(), ids=VERBS.keys())
def test_nothing_is_saved_if_the_audit_fails(
    made: Small, module: str, verb: Callable[[Small], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(f"pallaq.plan.actions.{module}.record", broken)
    with pytest.raises(RuntimeError):
        verb(made)
    assert [seat.user for seat in Seat.objects.all()] == [made.planner]
    assert Organisation.objects.count() == 2
