"""Two rows merged and taken apart again, field by field."""

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.matching.actions.merging import Choice, merge, undo
from pallaq.matching.actions.pairs import decide_different, open_again
from pallaq.matching.models import Merge, Pair
from pallaq.registry.actions.people import Numbered, add_identifier, edit_person
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import Consent, Person, Photo, State
from pallaq.registry.tests.samples import Desks, desks, registered, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
MEANWHILE = {"edition", "changed_at", "changed_by_id", "_state"}


def rows_of(person: Person) -> dict[str, Any]:
    """Return everything that is held on a person, as values to compare."""
    links = ("identifiers", "activities", "registrations", "consents")
    found: dict[str, Any] = {
        link: sorted(
            ({k: v for k, v in vars(row).items() if k not in MEANWHILE} for row in getattr(person, link).all()),
            key=lambda row: str(row["id"]),
        )
        for link in links
    }
    photo = Photo.objects.filter(person=person).first()
    now = Person.objects.get(pk=person.pk)
    own = {key: value for key, value in vars(now).items() if key not in MEANWHILE}
    return {**found, "photo": bytes(photo.image) if photo else None, "own": own}


@pytest.fixture
def made() -> Desks:
    return desks()


@pytest.fixture
def pair(made: Desks) -> Pair:
    """Juana twice: the second row has another spelling, a RUC too, a photo, and a registration on the same scheme."""
    first = registered(selector())
    second = selector("40123456", paternal_surname="Mamany", phone="999 888 777", birth_on=date(1981, 3, 5))
    registered(second)
    add_identifier(person=second, edition=2, numbered=Numbered("ruc", "20131312955"), by=made.registrar)
    Consent.objects.create(person=second, purpose="card", given_to=made.registrar)
    Photo.objects.create(person=second, image=b"jpeg", sha256="0" * 64)
    one, other = sorted((first, second), key=lambda person: person.pk)
    return Pair.objects.create(first=one, second=other, score=90, reasons=["document"])


def kept_and_gone(pair: Pair) -> tuple[Person, Person]:
    """Return the row registered first, and the other."""
    both = Person.objects.in_bulk([pair.first_id, pair.second_id])
    first, second = sorted(both.values(), key=lambda person: person.made_at)
    return first, second


def merged(pair: Pair, made: Desks, **changes: Any) -> Merge:
    kept, _gone = kept_and_gone(pair)
    choice = Choice(kept.pk, **{"of_gone": frozenset({"phone", "birth_on"}), **changes})
    return merge(pair=pair, choice=choice, why="Both documents seen", by=made.officer)


def test_what_hangs_on_the_other_row_goes_over(pair: Pair, made: Desks) -> None:
    merged(pair, made)
    kept, gone = kept_and_gone(pair)
    assert (kept.phone, kept.birth_on, kept.paternal_surname) == ("999 888 777", date(1981, 3, 5), "Mamani")
    assert (kept.state, gone.state, gone.merged_into, gone.standing()) == ("current", "merged", kept, kept)
    assert {identifier.number for identifier in kept.identifiers.all()} == {"40123456", "20131312955"}
    assert [identifier.number for identifier in gone.identifiers.all()] == ["40123456"]
    assert kept.activities.count() == 2
    assert sorted(kept.consents.values_list("purpose", flat=True)) == ["card", "registry"]
    assert bytes(kept.photo.image) == b"jpeg"
    # Both were on the scheme: the kept file keeps its own, the other's stays where it is, untouched.
    assert kept.registrations.get().state == gone.registrations.get().state == "registered"
    assert list(Person.objects.search("999888777").current()) == [kept]
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.why) == ("same", made.officer, "Both documents seen")


def test_both_editions_move_and_the_trail_names_numbers_only(pair: Pair, made: Desks) -> None:
    before = {person.pk: person.edition for person in kept_and_gone(pair)}
    merged(pair, made)
    assert {person.pk: person.edition - before[person.pk] for person in kept_and_gone(pair)} == dict.fromkeys(before, 1)
    event = AuditEvent.objects.get(action="person.merge")
    kept, gone = kept_and_gone(pair)
    assert (event.about, event.details["gone"]) == (f"person {kept.number}", gone.number)
    assert not {"Mamani", "999"} & set(str(event.details).replace("'", " ").split())
    assert "999" not in str(Merge.objects.get().moved)


def test_undoing_restores_every_field_of_both(pair: Pair, made: Desks) -> None:
    before = [rows_of(person) for person in kept_and_gone(pair)]
    made_merge = merged(pair, made, of_gone=frozenset({"phone", "birth_on", "paternal_surname", "languages"}))
    assert [rows_of(person) for person in kept_and_gone(pair)] != before
    undo(merge=made_merge, why="They were cousins", by=made.officer)
    assert [rows_of(person) for person in kept_and_gone(pair)] == before
    pair.refresh_from_db()
    made_merge.refresh_from_db()
    assert (pair.state, made_merge.undone_by, made_merge.undone_why) == ("open", made.officer, "They were cousins")
    assert AuditEvent.objects.filter(action="person.unmerge").count() == 1
    merged(pair, made)  # and it can be merged again


def test_what_was_done_since_with_a_row_goes_back_with_it(pair: Pair, made: Desks) -> None:
    kept, gone = kept_and_gone(pair)
    kept.registrations.all().delete()
    made_merge = merged(pair, made)
    registration = kept.registrations.get()
    today = timezone.localdate()
    change_state(registration=registration, state=State.SUSPENDED, reason="x", edition=None, on=today, by=made.officer)
    add_identifier(
        person=kept, edition=Person.objects.get(pk=kept.pk).edition, numbered=Numbered("ce", "000123456"), by=None
    )
    undo(merge=made_merge, why="Two people", by=made.officer)
    assert gone.registrations.get().state == "suspended"
    assert {identifier.kind_id for identifier in kept.identifiers.all()} == {"dni", "ce"}


def test_it_is_not_undone_where_an_edit_would_be_lost(pair: Pair, made: Desks) -> None:
    made_merge = merged(pair, made)
    kept, _gone = kept_and_gone(pair)
    edit_person(person=kept, edition=kept.edition, fields={"phone": "911 222 333"}, by=made.registrar)
    with refused("undo-edited"):
        undo(merge=made_merge, why="Two people", by=made.officer)
    assert Person.objects.get(pk=kept.pk).phone == "911 222 333"


def test_it_is_not_undone_when_a_row_that_went_over_is_gone(pair: Pair, made: Desks) -> None:
    made_merge = merged(pair, made)
    kept, _gone = kept_and_gone(pair)
    kept.identifiers.get(kind="ruc").delete()
    with refused("undo-rows"):
        undo(merge=made_merge, why="Two people", by=made.officer)


def test_it_is_not_undone_before_a_later_merge_is(pair: Pair, made: Desks) -> None:
    made_merge = merged(pair, made)
    kept, _gone = kept_and_gone(pair)
    third = selector("40777777")
    later = Pair.objects.create(first=kept, second=third, score=80)
    second_merge = merge(pair=later, choice=Choice(third.pk), why="Same", by=made.officer)
    with refused("undo-closed"):
        undo(merge=made_merge, why="Two people", by=made.officer)
    undo(merge=second_merge, why="Not the same", by=made.officer)
    undo(merge=made_merge, why="Two people", by=made.officer)
    with refused("undone-already"):
        undo(merge=made_merge, why="Two people", by=made.officer)


def test_it_is_not_undone_when_its_history_ran_out(pair: Pair, made: Desks) -> None:
    made_merge = merged(pair, made)
    kept, _gone = kept_and_gone(pair)
    kept.events.all().delete()
    with refused("undo-history"):
        undo(merge=made_merge, why="Two people", by=made.officer)


def test_it_refuses_to_merge_what_somebody_edited_meanwhile(pair: Pair, made: Desks) -> None:
    kept, gone = kept_and_gone(pair)
    editions = {kept.pk: kept.edition, gone.pk: gone.edition}
    edit_person(person=gone, edition=gone.edition, fields={"phone": "9"}, by=made.registrar)
    with refused("person-edited-meanwhile"):
        merged(pair, made, editions=editions)
    assert not Merge.objects.exists()


def test_it_refuses_a_pair_that_was_decided_meanwhile_and_words_that_say_nothing(pair: Pair, made: Desks) -> None:
    with refused("why"):
        decide_different(pair=pair, why="  ", by=made.officer)
    with refused("why"):
        merge(pair=pair, choice=Choice(pair.first_id), why="", by=made.officer)
    with refused("kept-missing"):
        merge(pair=pair, choice=Choice(made.holder.pk), why="x", by=made.officer)
    decide_different(pair=pair, why="Cousins", by=made.officer)
    with refused("pair-decided-meanwhile"):
        merged(pair, made)
    open_again(pair=pair, by=made.officer)
    merged(pair, made)
    with refused("pair-decided-meanwhile"):
        decide_different(pair=pair, why="Cousins", by=made.officer)


@pytest.mark.parametrize("work", ["merge", "undo", "different", "open"])
def test_nothing_is_saved_if_the_audit_fails(pair: Pair, made: Desks, work: str) -> None:
    if work == "undo":
        merged(pair, made)
    elif work == "open":
        decide_different(pair=pair, why="Cousins", by=made.officer)
    before = [rows_of(person) for person in kept_and_gone(pair)], Pair.objects.values().get()
    verbs = {
        "merge": lambda: merged(pair, made),
        "undo": lambda: undo(merge=Merge.objects.get(), why="x", by=made.officer),
        "different": lambda: decide_different(pair=pair, why="x", by=made.officer),
        "open": lambda: open_again(pair=pair, by=made.officer),
    }
    module = "merging" if work in ("merge", "undo") else "pairs"
    with patch(f"pallaq.matching.actions.{module}.record", side_effect=OSError), pytest.raises(OSError):
        verbs[work]()
    assert ([rows_of(person) for person in kept_and_gone(pair)], Pair.objects.values().get()) == before
