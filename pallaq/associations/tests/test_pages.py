"""Pages of organisations: what each shows, to whom, and who is noted as read."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of
from pallaq.accounts.tests.people import person as user_named
from pallaq.associations.actions.boards import add_post
from pallaq.associations.models import Membership, Plant, Post, RecpoState
from pallaq.associations.tests.samples import SINCE, board, page, room
from pallaq.places.models import Organisation
from pallaq.registry.actions.people import edit_person
from pallaq.registry.models import Reading, Role
from pallaq.registry.tests.samples import MOLLEHUACA, seated, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


def get(user: User | None, name: str, /, *keys: Any, **query: Any) -> Any:
    return client_of(user).get(reverse(f"associations:{name}", args=keys), query, headers=ENGLISH)


def post(user: User | None, name: str, /, *keys: Any, **data: Any) -> Any:
    return client_of(user).post(reverse(f"associations:{name}", args=keys), data, headers=ENGLISH)


def test_a_treasurer_lands_on_her_association_and_sees_its_members() -> None:
    made = room()
    answer = get(made.treasurer, "organisations")
    assert answer.url == reverse("associations:organisation", args=[made.association.pk])
    shown = page(get(made.treasurer, "members", made.association.pk))
    assert "Juana Rosa Mamani Quispe" in shown
    assert reverse("registry:person", args=[made.juana.pk]) not in shown  # no file opens to her
    found = Reading.objects.get()
    assert (found.person, found.by, found.role, found.what) == (made.juana, made.treasurer, "association", "found")


def test_members_are_the_desks_of_the_region_and_the_treasurers_alone() -> None:
    made = room()
    other = Organisation.objects.create(name="Otra asociación", kind="selectors", place=MOLLEHUACA)
    reads = [made.desks.registrar, made.desks.officer, seated("Aurora", Role.AUDITOR, "21"), made.treasurer]
    for user in reads:
        assert get(user, "members", made.association.pk).status_code == 200
        assert get(user, "organisation", made.association.pk).status_code == 200
    strangers = [
        seated("Olga", Role.OFFICER, "04"),
        seated("Hilda", Role.HOLDER, organisation=made.desks.holder),
        seated("Tula", Role.ASSOCIATION, organisation=other),
        seated("Elsa", Role.STATISTICIAN),
        administrator(),
        user_named("Nadia"),
    ]
    for user in strangers:
        for name in ("members", "organisation", "member_add", "edit", "plant_add"):
            answer = get(user, name, made.association.pk)
            assert answer.status_code == 404, (user, name)
            assert "Mamani" not in page(answer)
    assert get(None, "members", made.association.pk).status_code == 302


def test_an_auditor_reads_and_changes_nothing() -> None:
    made = room()
    auditor = seated("Aurora", Role.AUDITOR, "21")
    for name in ("edit", "member_add", "board_add", "statute_add", "right_add", "recpo_add", "plant_add"):
        assert get(auditor, name, made.association.pk).status_code == 403
    assert get(auditor, "lists").status_code == 403
    assert "Add a member" not in page(get(auditor, "members", made.association.pk))


def test_a_treasurer_writes_members_and_no_facts() -> None:
    made = room()
    assert get(made.treasurer, "member_add", made.association.pk).status_code == 200
    for name in ("edit", "right_add", "recpo_add", "plant_add"):
        assert get(made.treasurer, name, made.association.pk).status_code == 403
    assert get(made.treasurer, "add").status_code == 403
    assert client_of(made.treasurer).post(reverse("registry:people"), {"words": "mamani"}).status_code == 403


def test_a_member_is_added_by_the_number_on_her_card() -> None:
    made = room()
    elena = selector("40999888", given_names="Elena")
    typed = f"{elena.number[:4]}-{elena.number[4:9]}-{elena.number[9:]}".lower()
    answer = post(made.treasurer, "member_add", made.association.pk, edition=2, person=typed, since="2025-02-01")
    assert answer.status_code == 302
    member = Membership.objects.get(person=elena)
    assert (member.starts_on, member.changed_by) == (date(2025, 2, 1), made.treasurer)
    assert AuditEvent.objects.latest("pk").details["person"] == elena.number


def test_a_wrong_number_is_told_and_not_repeated_outside_its_field() -> None:
    made = room()
    for typed, words in (("40123456", "This is no number of the registry"), ("0000000000", "Nobody of the registry")):
        answer = post(made.treasurer, "member_add", made.association.pk, edition=2, person=typed, since="2025-02-01")
        assert answer.status_code == 422
        assert words in page(answer)
    assert Membership.objects.count() == 1


def test_two_who_write_at_once_are_both_told_and_nothing_is_lost() -> None:
    made = room()
    elena = selector("40999888", given_names="Elena")
    board(made)  # somebody writes after the form was read
    answer = post(made.treasurer, "member_add", made.association.pk, edition=2, person=elena.number, since="2025-02-01")
    assert answer.status_code == 409
    assert "Tomasa changed what is known" in page(answer)
    assert "a board from 01/01/2025 on added" in page(answer)
    assert f'value="{elena.number}"' in page(answer)
    edition = answer.context["form"].data["edition"]
    again = post(
        made.treasurer, "member_add", made.association.pk, edition=edition, person=elena.number, since="2025-02-01"
    )
    assert again.status_code == 302


def test_a_membership_ends_and_stays_among_the_former() -> None:
    made = room()
    member = Membership.objects.get()
    keys = (made.association.pk, member.pk)
    assert "Juana Rosa" in page(get(made.treasurer, "member_end", *keys))
    assert post(made.treasurer, "member_end", *keys, edition=2, on="2024-12-31").status_code == 422
    assert post(made.treasurer, "member_end", *keys, edition=2, on="2025-06-30").status_code == 302
    assert "No member is written yet" in page(get(made.treasurer, "members", made.association.pk))
    assert "Juana Rosa" in page(get(made.treasurer, "members", made.association.pk, former=1))


def test_the_board_says_the_share_of_women_in_words() -> None:
    made = room()
    found = board(made, "male", "female", "unstated")
    add_post(board=found, edition=None, post=Post.PRESIDENT, holder=made.juana, since=None, by=None)
    Reading.objects.all().delete()
    shown = page(get(made.desks.officer, "organisation", made.association.pk))
    assert "Women hold 2 of 3 posts (67 %)." in shown
    assert "Of 1 post more it is not stated." in shown
    assert "No norm that sets a share of women is known here" in shown
    assert shown.index("president") < shown.index("board member")
    assert Reading.objects.get().person == made.juana


def test_a_post_is_filled_and_ended_on_its_pages() -> None:
    made = room()
    found = board(made)
    keys = (made.association.pk, found.pk)
    both = post(made.treasurer, "post_add", *keys, edition=3, post="president", person=made.juana.number, sex="male")
    assert both.status_code == 422
    filled = post(made.treasurer, "post_add", *keys, edition=3, post="president", person=made.juana.number)
    assert filled.status_code == 302
    held = found.posts.get()
    assert (held.person, held.sex, held.starts_on) == (made.juana, "female", SINCE)
    ended = post(made.treasurer, "post_end", made.association.pk, held.pk, edition=4, on="2025-12-31")
    assert ended.status_code == 302
    assert post(made.treasurer, "board_end", *keys, edition=5, on="2026-01-31").status_code == 302
    assert post(made.treasurer, "board_add", made.association.pk, edition=6, starts_on="2026-02-01").status_code == 302
    shown = page(get(made.treasurer, "organisation", made.association.pk))
    assert "How many women the board has is not known yet." in shown


def test_organisations_are_searched_by_kind_and_name() -> None:
    made = room()
    Organisation.objects.create(name="De otra región", kind="selectors", place=MOLLEHUACA)
    Organisation.objects.create(name="Un banco", kind="finance", place="21")
    shown = page(get(made.desks.registrar, "organisations"))
    assert "Cerro Lunar" in shown
    assert "Corporación Minera" in shown
    assert "De otra región" not in shown
    assert "Un banco" not in shown
    only = page(get(made.desks.registrar, "organisations", kind="associations", words="LUNÁR"))
    assert "Cerro Lunar" in only
    assert "Corporación Minera" not in only
    assert "None is found" in page(get(made.desks.registrar, "organisations", kind="plants"))
    assert "De otra región" in page(get(seated("Olga", Role.OFFICER), "organisations"))


def test_an_organisation_is_added_and_corrected_in_ones_own_region() -> None:
    made = room()
    fields = {"name": "Planta Sur", "kind": "mining", "place": "211002", "ruc": "20100070970"}
    assert post(made.desks.registrar, "add", **{**fields, "place": MOLLEHUACA}).status_code == 422
    assert post(made.desks.registrar, "add", **{**fields, "ruc": "10401234565"}).status_code == 422
    assert post(made.desks.registrar, "add", **{**fields, "name": made.association.name}).status_code == 409
    assert post(made.desks.registrar, "add", **fields).status_code == 302
    plant = Organisation.objects.get(name="Planta Sur")
    fields |= {"name": "Planta del Sur", "edition": "2"}
    assert post(made.desks.registrar, "edit", plant.pk, **fields).status_code == 302
    shown = page(get(made.desks.registrar, "organisation", plant.pk))
    assert "name: “Planta Sur” became “Planta del Sur”" in shown
    assert "20100070970" in shown


def test_a_plant_that_nobody_checked_is_not_known_and_never_a_no() -> None:
    made = room()
    fields = {"edition": 1, "name": "Planta Ananea", "district": "211002", "mercury_free": "unknown"}
    key = made.desks.holder.pk
    assert post(made.desks.registrar, "plant_add", key, **fields).status_code == 302
    shown = page(get(made.desks.registrar, "organisation", key))
    assert '<td data-label="Mercury">not known</td>' in shown
    plant = Plant.objects.get()
    changed = {**fields, "edition": 2, "mercury_free": "yes"}
    unsourced = post(made.desks.registrar, "plant_edit", key, plant.pk, **changed)
    assert "Say who found out about the mercury" in page(unsourced)
    changed |= {"source": "Acta de inspección", "checked_on": "2025-05-05"}
    assert post(made.desks.registrar, "plant_edit", key, plant.pk, **changed).status_code == 302
    assert "a plant changed: from “not known” to “works without mercury”" in page(
        get(made.desks.registrar, "organisation", key)
    )


def test_a_state_in_the_recpo_is_written_with_its_day_and_shown_masked_to_who_only_reads() -> None:
    made = room()
    key = made.desks.holder.pk
    fields = {"edition": 1, "state": "in_force", "number": "R-12345", "starts_on": "2024-01-01"}
    fields |= {"source": "DGFM", "said_on": "2024-02-01"}
    assert post(made.desks.registrar, "recpo_add", key, **fields).status_code == 302
    later = {**fields, "edition": 2, "state": "suspended", "starts_on": "2025-01-01", "said_on": "2025-02-01"}
    assert post(made.desks.registrar, "recpo_add", key, **later).status_code == 302
    assert "R12345" in page(get(made.desks.registrar, "organisation", key))
    masked = page(get(seated("Aurora", Role.AUDITOR, "21"), "organisation", key))
    assert "R12345" not in masked
    assert "•••345" in masked
    on = RecpoState.objects.recpo_on
    days = (date(2023, 1, 1), date(2024, 6, 1), date(2025, 1, 1))
    assert [state and state.state for state in (on(made.desks.holder, day) for day in days)] == [
        None,
        "in_force",
        "suspended",
    ]


def test_a_mining_right_is_added_and_ended() -> None:
    made = room()
    key = made.desks.holder.pk
    fields = {"edition": 1, "code": "01-00023-05", "part": "holder", "source": "Ingemmet", "said_on": "2025-01-01"}
    assert "new here" in page(post(made.desks.officer, "right_add", key, **fields))
    fields |= {"name": "Lunar de Oro", "district": "Ananea"}
    assert post(made.desks.officer, "right_add", key, **fields).status_code == 302
    again = post(made.desks.officer, "right_add", key, **{**fields, "edition": 2})
    assert again.status_code == 409
    holding = made.desks.holder.holdings.get()  # type: ignore[attr-defined]
    assert post(made.desks.officer, "right_end", key, holding.pk, edition=2, on="2025-06-01").status_code == 302
    assert "no longer holder after 01/06/2025" in page(get(made.desks.officer, "organisation", key))


def test_her_file_says_her_associations() -> None:
    made = room()
    found = board(made)
    add_post(board=found, edition=None, post=Post.TREASURER, holder=made.juana, since=None, by=None)
    shown = page(get(made.desks.registrar, "person", made.juana.pk))
    assert "Pallaqueras de Cerro Lunar" in shown
    assert "treasurer, Pallaqueras" in shown
    assert Reading.objects.filter(person=made.juana, what="file", by=made.desks.registrar).exists()
    assert get(made.treasurer, "person", made.juana.pk).status_code == 404
    assert get(seated("Olga", Role.OFFICER, "04"), "person", made.juana.pk).status_code == 404


def test_a_member_who_moved_to_another_region_is_named_and_her_file_stays_shut() -> None:
    made = room()
    edit_person(person=made.juana, edition=1, fields={"place": MOLLEHUACA}, by=None)
    shown = page(get(made.desks.registrar, "members", made.association.pk))
    assert "Juana Rosa" in shown
    assert reverse("registry:person", args=[made.juana.pk]) not in shown


def test_pages_that_change_something_are_posted() -> None:
    made = room()
    assert client_of(made.desks.officer).post(reverse("associations:organisations")).status_code == 405
    assert (
        client_of(made.treasurer).post(reverse("associations:members", args=[made.association.pk])).status_code == 405
    )
    key = made.association.pk  # whatever key: the method is looked at first
    assert get(made.desks.officer, "list_store", key).status_code == 405
    assert get(made.desks.officer, "list_drop", key).status_code == 405
