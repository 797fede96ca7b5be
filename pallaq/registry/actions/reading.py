"""The log of readings: whatever shows a person to somebody says so here, in the same transaction where there is one."""

from collections.abc import Iterable

from pallaq.accounts.models import User
from pallaq.registry.models import Person, Reading
from pallaq.registry.models.log import What


def read(*people: Person, by: User | None, what: What, why: str = "") -> None:
    """Note that somebody reads of these people; `by` None is the person herself."""
    read_many(people, by=by, what=what, why=why)


def read_many(people: Iterable[Person], *, by: User | None, what: What, why: str = "") -> None:
    """Note that somebody reads of many people at once."""
    role = next((seat.role for seat in by.desks.all()), "") if by else ""
    rows = (Reading(person_id=person.pk, by=by, role=role, what=what, why=why) for person in people)
    Reading.objects.bulk_create(rows, batch_size=2000)
