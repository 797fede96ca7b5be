"""Keys rotated while rows of every kind stand there: each opens and is found before, between and after."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, models

from pallaq.accounts.tests.people import refused
from pallaq.registry.actions.people import Numbered, add_identifier, edit_person
from pallaq.registry.models import Identifier, Person, Photo, Registration
from pallaq.registry.tests.samples import desks, registered, selector
from pallaq.rights.actions import keys
from pallaq.rights.actions.requests import Asked, take_request
from pallaq.rights.models import Kind, Request
from pallaq.shared import rotation
from pallaq.shared.encryption import make_ring, ring, ring_path
from pallaq.shared.models import AuditEvent
from pallaq.shared.sealed import SealedWriter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object) -> Iterator[Path]:
    """Give the test keys of its own: a rotation must not touch those of other tests."""
    monkeypatch.setenv("PALLAQ_FIELD_KEYS", str(tmp_path / "keys" / "fields.json"))
    monkeypatch.setattr("django.conf.settings.DATA", tmp_path)
    make_ring(tmp_path)
    return tmp_path


def everything() -> Person:
    """Return a person with a row of every kind that is encrypted, and with history."""
    made = desks()
    juana = registered(selector(by=made.registrar))
    add_identifier(person=juana, edition=juana.edition, numbered=Numbered("ruc", "20131312955"), by=made.registrar)
    juana.refresh_from_db()
    edit_person(person=juana, edition=juana.edition, fields={"phone": "999 888 777"}, by=made.registrar)
    Identifier.objects.filter(kind="ruc").get().delete()
    Photo.objects.create(person=juana, image=b"\xff\xd8photo", sha256="0" * 64)
    take_request(person=juana, asked=Asked(Kind.CORRECT, "Mi apellido es Quispe"), by=None)
    return juana


def check_found(juana: Person) -> None:
    """Assert that everything opens, and is found by its exact value under whatever key."""
    now = Person.objects.get(pk=juana.pk)
    assert (now.phone, now.address) == ("999 888 777", "Jr. Lunar 12")
    assert Person.objects.filter(phone_index__in=ring().indexes("999888777", "phone")).get() == juana
    assert Identifier.objects.filter(number_index__in=ring().indexes("40123456", "identifier")).get().person == juana
    by_number = ring().indexes("P1", "registration.selectors-puno")
    assert Registration.objects.filter(number_index__in=by_number).get().number == "P1"
    assert {event.phone for event in juana.events.all()} == {"951 234 567"}
    (gone,) = Identifier.pgh_event_model.objects.filter(person_id=juana.pk)
    assert gone.number == "20131312955"
    assert bytes(gone.number_index) in ring().indexes("20131312955", "identifier")
    assert bytes(Photo.objects.get().image) == b"\xff\xd8photo"
    assert Request.objects.get().words == "Mi apellido es Quispe"


def test_everything_opens_and_is_found_before_between_and_after() -> None:
    juana = everything()
    check_found(juana)
    steps = keys.rotate()
    next(steps)
    assert set(rotation.keys_in_use()) == {"1", "2"}
    check_found(juana)
    list(steps)
    assert set(rotation.keys_in_use()) == {"2"}
    check_found(juana)
    keys.finish()
    assert list(ring().keys) == list(ring().index_keys) == ["2"]
    check_found(juana)
    actions = AuditEvent.objects.filter(action__startswith="keys").order_by("id").values_list("action", "about")
    assert list(actions) == [("keys.rotate", "key 2"), ("keys.drop", "key 2")]


def test_it_writes_no_history_and_leaves_editions() -> None:
    juana = everything()
    before = (Person.objects.get().edition, juana.events.count(), Identifier.pgh_event_model.objects.count())
    list(keys.rotate())
    assert (Person.objects.get().edition, juana.events.count(), Identifier.pgh_event_model.objects.count()) == before


def test_a_killed_rotation_goes_on_where_it_was_and_makes_no_third_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    desks()
    for number in range(7):
        selector(f"4012345{number}")
    steps = keys.rotate()
    for _step in range(3):
        next(steps)
    del steps  # killed
    assert set(rotation.keys_in_use()) == {"1", "2"}
    with refused("keys-in-use"):
        keys.finish()
    list(keys.rotate())
    assert set(rotation.keys_in_use()) == {"2"}
    assert ring().current == "2"
    keys.finish()
    for number in range(7):
        index = ring().indexes(f"4012345{number}", "identifier")
        assert Identifier.objects.filter(number_index__in=index).count() == 1


def test_a_row_that_was_saved_while_the_keys_changed_is_found_after_all() -> None:
    desks()
    juana = selector()
    old = ring().index("951234567", "phone")
    list(keys.rotate())
    Person.objects.filter(pk=juana.pk).update(phone="951 234 567", phone_index=old)  # new key, index of the old
    keys.finish()
    assert Person.objects.filter(phone_index__in=ring().indexes("951234567", "phone")).get() == juana


def test_the_old_ring_opens_nothing_that_was_written_anew(own_ring: Path) -> None:
    everything()
    shutil.copy(ring_path(own_ring), own_ring / "old.json")
    list(keys.rotate())
    keys.finish()
    shutil.copy(own_ring / "old.json", ring_path(own_ring))
    with refused("field-key-missing"):
        Person.objects.get()
    assert rotation.ring_problem() is not None


def test_it_refuses_a_second_rotation_beside_the_first() -> None:
    with keys.alone():
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [keys.LOCK])
                assert cursor.fetchone() == (False,)
        finally:
            other.close()


def test_a_list_that_waits_under_an_old_key_keeps_it(own_ring: Path) -> None:
    with SealedWriter(own_ring / "rolls" / "list", "rolls.file:1") as file:
        file.write(b"40123456;Juana")
    list(keys.rotate())
    with refused("files-under-old-keys"):
        keys.finish()
    (own_ring / "rolls" / "list").unlink()
    keys.finish()


def test_every_blind_index_says_of_what_it_is() -> None:
    assert not rotation.without_source(rotation.sealed_tables())


def test_every_table_of_people_that_is_encrypted_is_walked() -> None:
    walked = {table.model._meta.label for table in rotation.sealed_tables()}
    wanted = {"registry.Person", "registry.PersonEvent", "registry.IdentifierEvent", "registry.Photo", "rights.Request"}
    assert walked >= wanted


def test_the_ring_file_keeps_its_mode(own_ring: Path) -> None:
    list(keys.rotate())
    assert ring_path(own_ring).stat().st_mode & 0o777 == 0o600
    assert set(json.loads(ring_path(own_ring).read_text())["keys"]) == {"1", "2"}


def test_nothing_is_sealed_where_nobody_is() -> None:
    assert not rotation.anything_sealed()
    assert isinstance(rotation.sealed_tables()[0].model, type(models.Model))
