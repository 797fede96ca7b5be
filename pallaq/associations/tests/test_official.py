"""Rights, RECPO states and plants by their verbs; rows of other organisations; what the trail keeps."""

from collections.abc import Callable
from datetime import date
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.urls import reverse

from pallaq.accounts.tests.people import client_of, refused
from pallaq.associations.actions.official import add_holding, add_recpo, end_holding, save_plant
from pallaq.associations.actions.organisations import add_organisation, edit_organisation
from pallaq.associations.models import Dossier, Holding, Membership, MiningRight, Plant, RecpoState
from pallaq.associations.tests.samples import RUC, board, room
from pallaq.places.models import Organisation
from pallaq.registry.models import Role
from pallaq.registry.tests.samples import ANANEA, Desks, desks, seated
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
RECORD = "pallaq.associations.actions.files.record"
RIGHT: dict[str, Any] = {
    "code": "01-00023-05",
    "name": "Lunar de Oro",
    "district": ANANEA,
    "part": "holder",
    "starts_on": None,
    "ends_on": None,
    "source": "Ingemmet",
    "said_on": date(2025, 1, 1),
}
RECPO: dict[str, Any] = {
    "state": "in_force",
    "number": "R-1",
    "starts_on": date(2024, 1, 1),
    "source": "DGFM",
    "said_on": date(2025, 1, 1),
}
PLANT: dict[str, Any] = {
    "name": "Planta Ananea",
    "district": ANANEA,
    "mercury_free": "unknown",
    "starts_on": None,
    "source": "",
    "checked_on": None,
}
FIELDS = {"name": "Planta Sur", "short": "", "kind": "mining", "place": ANANEA}


def verbs(made: Desks) -> dict[str, Callable[[], object]]:
    of: dict[str, Any] = {"organisation": made.holder, "edition": None, "by": made.officer}
    return {
        "organisation.right_add": lambda: add_holding(fields=RIGHT, **of),
        "organisation.right_end": lambda: end_holding(
            holding=Holding.objects.get(), edition=None, on=date(2025, 2, 1), by=made.officer
        ),
        "organisation.recpo": lambda: add_recpo(fields=RECPO, **of),
        "organisation.plant_add": lambda: save_plant(plant=None, fields=PLANT, **of),
        "organisation.plant_edit": lambda: save_plant(
            plant=Plant.objects.get(), fields={**PLANT, "name": "Planta nueva"}, **of
        ),
        "organisation.edit": lambda: edit_organisation(
            organisation=made.holder, edition=6, fields=FIELDS, ruc=RUC, by=made.officer
        ),
        "organisation.add": lambda: add_organisation(fields={**FIELDS, "name": "Otra"}, by=made.officer),
    }


def state_of() -> list[Any]:
    tables = (Holding, MiningRight, RecpoState, Plant, Organisation, Dossier)
    return [sorted(map(str, model._default_manager.values_list())) for model in tables]


def test_every_verb_is_in_the_trail_or_saves_nothing() -> None:
    made = desks()
    for action, verb in verbs(made).items():
        before = state_of()
        with patch(RECORD, side_effect=OSError("full")), pytest.raises(OSError, match="full"):
            verb()
        assert state_of() == before, action
        verb()
        event = AuditEvent.objects.latest("pk")
        assert (event.action, event.scope, event.by) == (action, "registry", made.officer)
        assert "R1" not in str(event.details)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"district": "999999"}, "unknown-ubigeo"),
        ({"name": ""}, "right-unknown"),
        ({"starts_on": date(2025, 1, 1), "ends_on": date(2024, 1, 1)}, "dates"),
        ({"said_on": date(2999, 1, 1)}, "date-in-future"),
    ],
)
def test_a_right_that_cannot_be_is_refused(change: dict[str, Any], code: str) -> None:
    made = desks()
    with refused(code):
        add_holding(organisation=made.holder, edition=None, fields={**RIGHT, **change}, by=None)
    assert not MiningRight.objects.exists()


def test_a_right_ends_once_and_can_be_held_again_later() -> None:
    made = desks()
    held = add_holding(organisation=made.holder, edition=None, fields=RIGHT, by=None)
    with refused("holding-once"):
        add_holding(organisation=made.holder, edition=None, fields=RIGHT, by=None)
    end_holding(holding=held, edition=None, on=date(2025, 2, 1), by=None)
    with refused("holding-over"):
        end_holding(holding=held, edition=None, on=date(2025, 2, 1), by=None)
    add_holding(organisation=made.holder, edition=None, fields={**RIGHT, "starts_on": date(2025, 2, 2)}, by=None)
    assert Holding.objects.on(date(2025, 2, 1)).get() == held


def test_a_state_in_the_recpo_does_not_rewrite_what_was_written() -> None:
    made = desks()
    add_recpo(organisation=made.holder, edition=None, fields=RECPO, by=None)
    for starts_on in (date(2024, 1, 1), date(2023, 1, 1)):
        with refused("recpo-once"):
            add_recpo(organisation=made.holder, edition=None, fields={**RECPO, "starts_on": starts_on}, by=None)
    assert RecpoState.objects.get().ends_on is None


def test_a_plant_says_who_checked_and_has_a_name_of_its_own() -> None:
    made = desks()
    for fields in ({"mercury_free": "no"}, {"mercury_free": "yes", "source": "Acta"}):
        with refused("plant-source"):
            save_plant(organisation=made.holder, edition=None, plant=None, fields={**PLANT, **fields}, by=None)
    save_plant(organisation=made.holder, edition=None, plant=None, fields=PLANT, by=None)
    with refused("plant-name-once"):
        save_plant(organisation=made.holder, edition=None, plant=None, fields=PLANT, by=None)


def test_two_organisations_never_share_a_ruc() -> None:
    made = desks()
    add_organisation(fields=FIELDS, ruc=RUC, by=None)
    with refused("ruc-once"):
        edit_organisation(organisation=made.holder, edition=1, fields={**FIELDS, "name": "Otra"}, ruc=RUC, by=None)
    with refused("ruc-of-a-person"):
        add_organisation(fields={**FIELDS, "name": "Tres"}, ruc="10401234565", by=None)
    with refused("place-unknown"):
        add_organisation(fields={**FIELDS, "name": "Tres", "place": "999999"}, by=None)


def test_rows_of_another_organisation_are_not_reached_through_ones_own() -> None:
    made = room()
    other = Organisation.objects.create(name="Otra", kind="selectors", place=ANANEA)
    treasurer = seated("Tula", Role.ASSOCIATION, organisation=other)
    found = board(made, "female")
    member, held = Membership.objects.get(), found.posts.get()
    addresses = [
        ("member_end", member.pk),
        ("board_end", found.pk),
        ("post_add", found.pk),
        ("post_end", held.pk),
        ("statute_file", uuid4()),
    ]
    for name, key in addresses:
        answer = client_of(treasurer).get(reverse(f"associations:{name}", args=[other.pk, key]))
        assert answer.status_code == 404, name
    for name in ("right_end", "plant_edit"):
        answer = client_of(made.desks.officer).get(reverse(f"associations:{name}", args=[other.pk, uuid4()]))
        assert answer.status_code == 404, name
    assert client_of(made.desks.officer).get(reverse("associations:list", args=[uuid4()])).status_code == 404


def test_a_treasurer_of_two_associations_chooses() -> None:
    made = room()
    other = Organisation.objects.create(name="Otra", kind="selectors", place=ANANEA)
    made.treasurer.desks.create(role=Role.ASSOCIATION, organisation=other)
    answer = client_of(made.treasurer).get(reverse("associations:organisations"))
    assert answer.status_code == 200
    assert {one.pk for one in answer.context["page"].object_list} == {made.association.pk, other.pk}


def test_an_organisation_of_a_whole_region_keeps_its_place_when_it_is_corrected() -> None:
    made = desks()
    regional = Organisation.objects.create(name="Federación", kind="mining", place="21")
    address = reverse("associations:edit", args=[regional.pk])
    fields = {"edition": 1, "name": "Federación de Puno", "kind": "mining", "place": ""}
    assert client_of(made.officer).post(address, fields).status_code == 302
    regional.refresh_from_db()
    assert (regional.name, regional.place) == ("Federación de Puno", "21")
