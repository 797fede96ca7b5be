"""A small association to test with: its desk, its treasurer, members, and lists to bring."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from pallaq.accounts.models import User
from pallaq.associations.actions.boards import add_board, add_post
from pallaq.associations.actions.members import add_member
from pallaq.associations.models import Board, Post
from pallaq.places.models import Organisation
from pallaq.registry.models import Person, Role, Sex
from pallaq.registry.tests.samples import ANANEA, Desks, desks, seated, selector

SINCE = date(2025, 1, 1)
RUC = "20100070970"


@dataclass
class Room:
    """The desks of Puno, an association of Ananea, its treasurer, a member."""

    desks: Desks
    association: Organisation
    treasurer: User
    juana: Person


def room() -> Room:
    """Make an association of Ananea with one member."""
    made = desks()
    association = Organisation.objects.create(name="Pallaqueras de Cerro Lunar", kind="selectors", place=ANANEA)
    treasurer = seated("Tomasa", Role.ASSOCIATION, organisation=association)
    juana = selector()
    add_member(organisation=association, edition=None, person=juana, since=SINCE, by=treasurer)
    return Room(made, association, treasurer, juana)


def board(made: Room, *sexes: str, since: date = SINCE) -> Board:
    """Give the association a board of people outside the registry."""
    found = add_board(organisation=made.association, edition=None, days=(since, None), by=made.treasurer)
    for sex in sexes:
        add_post(board=found, edition=None, post=Post.MEMBER, holder=Sex(sex), since=None, by=made.treasurer)
    return found


def upload(text: str, name: str = "list.csv") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, text.encode())


def page(answer: Any) -> str:
    """Return what a page says, with its air taken out."""
    return " ".join(answer.content.decode().split())
