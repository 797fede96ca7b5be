"""What a reader of a file must see at once, with the norm that says it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from pallaq.registry.models import Norm, Person
from pallaq.registry.rules.ages import age_on

LEAST_AGE = "minimum-age-years"


@dataclass(frozen=True)
class Notice:
    """A sentence, and the norm it follows from, if one is known."""

    words: str
    norm: Norm | None = None


def notices(person: Person, today: date) -> list[Notice]:
    """Return the notices of a person on a day."""
    norm = Norm.objects.filter(code=LEAST_AGE, scheme=None).on(today).first()
    if norm is None or norm.value is None:
        return []
    if person.birth_on is None:
        return [Notice(_("Her date of birth is not known: whether she has the least age cannot be said."), norm)]
    age = age_on(person.birth_on, today)
    if age >= norm.value:
        return []
    words = _("She is %(age)d years old, below the least age of %(least)d. Tell an officer before anything is decided.")
    return [Notice(words % {"age": age, "least": norm.value}, norm)]
