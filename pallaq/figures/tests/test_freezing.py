"""Releases of the registry: what is frozen, hidden and published."""

from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, refused
from pallaq.figures.actions.freezing import ROWS, ask_for_release, freeze, publish
from pallaq.figures.measures import registered
from pallaq.figures.models import RegistryRelease, State
from pallaq.figures.rules.tables import WAYS, relations
from pallaq.figures.showing import headline, tables
from pallaq.registry.models import Consent, Person, Purpose, Registration
from pallaq.registry.tests.samples import desks, selector
from pallaq.registry.tests.samples import registered as on_scheme
from pallaq.shared.models import AuditEvent
from pallaq.shared.releases import changed_files

pytestmark = pytest.mark.django_db
DAY = timezone.localdate()


@pytest.fixture
def statistician(settings: Settings, tmp_path: Path) -> User:
    """The law, forty women and seven men on the registry of Puno, and somebody who freezes."""
    settings.DATA = tmp_path
    desks()
    for number in range(47):
        sex = "female" if number < 40 else "male"
        on_scheme(selector(str(10_000_000 + number), sex=sex, birth_on=date(1960 + number, 1, 1)))
    Consent.objects.all().delete()  # as an official list brings them
    return administrator()


def frozen(by: User, as_of: date = DAY) -> RegistryRelease:
    release = ask_for_release(as_of=as_of, by=by)
    freeze(release)
    release.refresh_from_db()
    return release


def test_it_freezes_rows_without_anything_of_a_person(statistician: User) -> None:
    release = frozen(statistician)
    table = pq.read_table(release.folder() / ROWS)
    assert (release.state, release.rows, table.num_rows, table.column_names) == (State.FROZEN, 47, 47, list(WAYS))
    content = (release.folder() / ROWS).read_bytes()
    person = Person.objects.first()
    assert person
    for secret in ("Mamani", "Juana", person.number, str(person.pk), "10000001"):
        assert secret.encode() not in content
    assert changed_files(release.folder(), release.sha256) == []


def test_it_hides_small_cells_with_what_would_give_them_away(statistician: User) -> None:
    cells = frozen(statistician).cells()
    everybody = ("selectors-puno", "registered", None)
    assert cells[*everybody, None, None, None] == 47
    # Seven men are few, and 47 minus the women would tell them.
    assert [cells[*everybody, sex, None, None] for sex in ("female", "male")] == [None, None]


def test_no_hidden_cell_follows_from_the_others(statistician: User) -> None:
    cells = frozen(statistician).cells()
    for total, parts in relations(cells):
        assert [cells[cell] for cell in (total, *parts)].count(None) != 1


def test_it_leaves_out_whoever_did_not_agree(statistician: User) -> None:
    asked, agreed = Person.objects.all()[:2]
    Consent.objects.create(person=asked, purpose=Purpose.REGISTRY)
    Consent.objects.create(person=agreed, purpose=Purpose.REGISTRY)
    Consent.objects.create(person=agreed, purpose=Purpose.STATISTICS)
    release = frozen(statistician)
    assert (release.rows, release.left_out) == (46, 1)


def test_later_registrations_are_not_of_the_day(statistician: User) -> None:
    assert frozen(statistician, date(2024, 2, 28)).rows == 0


def test_the_same_registry_has_the_same_sha256(statistician: User) -> None:
    assert frozen(statistician).sha256 == frozen(statistician).sha256


def test_it_publishes_once_and_not_soon_after_another(statistician: User) -> None:
    first, second = frozen(statistician, DAY - timedelta(days=27)), frozen(statistician)
    publish(release=first, by=statistician)
    with refused("release-too-soon"):
        publish(release=second, by=statistician)
    with refused("release-state"):
        publish(release=first, by=statistician)
    assert list(RegistryRelease.objects.published()) == [first]


def test_it_refuses_tomorrow_and_a_second_while_one_waits(statistician: User) -> None:
    with refused("release-in-future"):
        ask_for_release(as_of=timezone.localdate() + timedelta(days=1), by=statistician)
    ask_for_release(as_of=DAY, by=statistician)
    with refused("release-waiting"):
        ask_for_release(as_of=DAY, by=statistician)


def test_nothing_is_frozen_if_the_audit_fails(statistician: User) -> None:
    release = ask_for_release(as_of=DAY, by=statistician)
    with patch("pallaq.figures.actions.freezing.record", side_effect=OSError), pytest.raises(OSError):
        freeze(release)
    release.refresh_from_db()
    assert (release.state, release.sha256, release.folder().exists()) == (State.WAITING, "", False)


def test_a_frozen_release_is_not_frozen_again(statistician: User) -> None:
    freeze(frozen(statistician))
    assert AuditEvent.objects.filter(action="figures.freeze").count() == 1


def test_the_first_words_are_the_figure(statistician: User) -> None:
    release = frozen(statistician)
    assert headline(release, "selectors-puno") == {"people": "47", "women": None, "hidden": False}
    shown = {table.code: table for table in tables(release, "selectors-puno")}
    assert [row.count for row in shown["region"].rows] == ["47"]
    assert [row.length for row in shown["sex"].rows] == [None, None]


def test_states_other_than_registered_are_told_as_a_whole(statistician: User) -> None:
    for registration in Registration.objects.all()[:12]:
        registration.state = "suspended"
        registration.save()
    cells = frozen(statistician).cells()
    assert cells["selectors-puno", "suspended", None, None, None, None] == 12
    assert not [cell for cell in cells if cell[1] == "suspended" and any(cell[2:])]


def test_a_plan_takes_the_last_published_release_of_its_period(statistician: User) -> None:
    class Year:
        starts_on, ends_on = date(DAY.year, 1, 1), date(DAY.year, 12, 31)

    assert registered(None, Year(), ()) == {}
    publish(release=frozen(statistician), by=statistician)
    assert registered(None, Year(), ("region", "sex")) == {
        "": 47,
        "region=21": 47,
        "sex=women": None,
        "sex=men": None,
        "region=21;sex=women": None,
        "region=21;sex=men": None,
    }
