"""Retention that runs: history, readings and files go when the norm of each says so; without a value nothing goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pallaq.registry.law import months_later, norm
from pallaq.registry.models import Norm, Person, Reading, Registration
from pallaq.rights.actions.erasing import OPEN, erase_person, history_tables
from pallaq.shared.models import record

BATCH = 1000


@dataclass(frozen=True)
class Rule:
    """One thing that is kept for a time: the norm's code, what it is, and the rows that are older than a day."""

    code: str
    title: str | Promise
    older: Callable[[date], list[Any]]  # querysets


@dataclass(frozen=True)
class Due:
    """A rule today: its norm, the day before which things go, how many go now and how many within a year."""

    rule: Rule
    norm: Norm | None
    before: date | None
    now: int
    next_year: int


def older_history(day: date) -> list[models.QuerySet[Any]]:
    """Return what files said before, where it was replaced before a day: a queryset of each history table."""
    return [model._base_manager.filter(pgh_created_at__lt=midnight(day)) for model in history_tables()]


def older_readings(day: date) -> list[models.QuerySet[Any]]:
    """Return the readings of before a day."""
    return [Reading.objects.filter(at__lt=midnight(day))]


def older_files(day: date) -> list[models.QuerySet[Any]]:
    """Return the people who were registered, and whose last registration ended before a day."""
    mine = Registration.objects.filter(Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk")))
    ended = Person.objects.current().filter(Exists(mine), ~Exists(mine.filter(state__in=OPEN)))
    return [ended.filter(~Exists(mine.filter(since__gte=day)))]


RULES = (
    Rule("retention-history-years", _("What files said before"), older_history),
    Rule("retention-readings-years", _("Who read a file"), older_readings),
    Rule("retention-ended-years", _("Files whose last registration ended"), older_files),
)


def retain(today: date) -> dict[str, int]:
    """Delete and erase what is older than its norm allows; return how many of each went. Call it again at will."""
    gone = {}
    for rule in RULES:
        before = cutoff(rule.code, today)
        if before is None:
            continue
        gone[rule.code] = sum(empty(found) for found in rule.older(before))
    if any(gone.values()):
        record(by=None, action="retention.run", scope="registry", about=today.isoformat(), gone=gone)
    return gone


def empty(found: models.QuerySet[Any]) -> int:
    """Delete or erase rows batch by batch, each a transaction of its own; return how many."""
    if found.model is Person:
        people = list(found)
        for person in people:
            erase_person(person=person, why="retention", by=None)
        return len(people)
    total = 0
    while keys := list(found.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            total += found.model._base_manager.filter(pk__in=keys).delete()[0]
    return total


def cutoff(code: str, today: date) -> date | None:
    """Return the day before which things go; None where no norm with a value says so."""
    law = norm(code, today)
    if law is None or law.value is None:
        return None
    return months_later(today, -12 * int(law.value))


def due(today: date) -> list[Due]:
    """Return what goes today and within a year, rule by rule."""
    found = []
    for rule in RULES:
        before = cutoff(rule.code, today)
        law = norm(rule.code, today)
        if before is None:
            found.append(Due(rule, law, None, 0, 0))
            continue
        now, later = count(rule, before), count(rule, months_later(before, 12))
        found.append(Due(rule, law, before, now, later - now))
    return found


def count(rule: Rule, before: date) -> int:
    """Return how many rows are older than a day."""
    return sum(found.count() for found in rule.older(before))


def midnight(day: date) -> datetime:
    """Return the moment a day begins."""
    return timezone.make_aware(datetime.combine(day, time()))
