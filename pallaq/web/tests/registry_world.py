"""One of everything in the registry, and somebody for each role, so that every address can be opened."""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, person
from pallaq.associations.actions.boards import add_board, add_post
from pallaq.associations.actions.lists import File, bring_list
from pallaq.associations.actions.members import add_member
from pallaq.associations.actions.official import add_holding, save_plant
from pallaq.associations.actions.statutes import add_statute
from pallaq.associations.models import ListKind, Post, Statute
from pallaq.associations.tests.test_lists import GOOD
from pallaq.associations.tests.test_members import STATUTE
from pallaq.associations.tests.test_official import PLANT, RIGHT
from pallaq.credentials.actions.cards import issue_card
from pallaq.credentials.actions.keys import make_key
from pallaq.figures.actions.freezing import ask_for_release, freeze
from pallaq.matching.models import Pair
from pallaq.permits.actions.certificates import issue
from pallaq.permits.tests.samples import Permits, permits
from pallaq.places.models import Organisation
from pallaq.registry.models import Consent, Norm, Photo, Purpose, Role, Seat
from pallaq.registry.tests.samples import ANANEA, registered, seated, selector
from pallaq.rights.actions.requests import Asked, take_request
from pallaq.rights.models import Kind
from pallaq.rolls.tests.lists import csv_list, imported, line

ROLES = (
    "anonymous",
    "stranger",  # logged in, without a seat
    "registrar",  # of Puno, as the officer and the auditor
    "officer",
    "auditor",
    "elsewhere",  # officer of Arequipa, as the next two
    "registrar elsewhere",
    "auditor elsewhere",
    "holder",  # of the organisation that authorises Juana
    "other holder",
    "treasurer",  # of Juana's association
    "statistician",
    "administrator",
)


@dataclass
class World:
    """Who works in it, and the keys that addresses are made of."""

    made: Permits
    association: Organisation
    keys: dict[str, Any]


def world() -> World:
    """Make Juana of Ananea with all that can hang on her."""
    made = permits()
    kid = make_key(issuer="DREM Puno", synthetic=True, by=None).kid
    juana = registered(made.juana)
    Consent.objects.create(person=juana, purpose=Purpose.CARD)
    Photo.objects.create(person=juana, image=picture(), sha256="0" * 64)
    permit = made.signed(juana)
    women = Organisation.objects.create(name="Pallaqueras de Cerro Lunar", kind="selectors", place=ANANEA)
    since = date(2025, 1, 1)
    board = add_board(organisation=women, edition=None, days=(since, None), by=None)
    twin = selector("40123456", given_names="Juana")
    one, other = sorted((juana, twin), key=lambda found: found.pk)
    release = ask_for_release(as_of=timezone.localdate(), by=None)
    freeze(release)
    keys = {
        "juana": juana.pk,
        "identifier": juana.identifiers.get().pk,
        "activity": juana.activities.get().pk,
        "registration": juana.registrations.get().pk,
        "permit": permit.pk,
        "offer": made.offered(twin).pk,
        "certificate": issue(authorisation=permit, grams=Decimal(12), by=made.helga).pk,
        "kid": kid,
        "card_key": issue_card(person=juana, by=None).pk,
        "women": women.pk,
        "membership": add_member(organisation=women, edition=None, person=juana, since=since, by=None).pk,
        "board": board.pk,
        "statute": statute(women).pk,
        "post": add_post(board=board, edition=None, post=Post.MEMBER, holder=juana, since=None, by=None).pk,
        "pair": Pair.objects.create(first=one, second=other, score=90, reasons=["document"]).pk,
        "request": take_request(person=juana, asked=Asked(Kind.CORRECT, "El nombre"), by=None).pk,
        "norm": Norm.objects.filter(valid_to=None)[0].pk,
        "seat": Seat.objects.get(user=made.registrar).pk,
        "number": release.number,
        "scheme": "selectors-puno",
        "kind": "regional",
        "file": "page.js",
        "form": "json",
        **official(made),
    }
    return World(made, women, keys)


def picture() -> bytes:
    """Return a small grey JPEG."""
    out = io.BytesIO()
    Image.new("L", (8, 10)).save(out, "JPEG")
    return out.getvalue()


def statute(organisation: Organisation) -> Statute:
    """Give an association a statute with its file."""
    file = ContentFile(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "estatuto.pdf")
    return add_statute(organisation=organisation, edition=None, fields=STATUTE, file=file, by=None)


def official(made: Permits) -> dict[str, Any]:
    """Make what lists bring, and what is known of the holder's organisation; return its keys."""
    of: dict[str, Any] = {"organisation": made.holder, "edition": None, "by": None}
    roll = imported(csv_list(line(7), line(8, place="999999")), made.officer)
    file = File("list.csv", GOOD.encode(), ListKind.RECPO, "DGFM", date(2025, 6, 30))
    return {
        "holder": made.holder.pk,
        "holding": add_holding(fields=RIGHT, **of).pk,
        "plant": save_plant(plant=None, fields=PLANT, **of).pk,
        "list": bring_list(file=file, regions=frozenset(["21"]), by=made.officer).pk,
        "roll": roll.pk,
        "row": roll.bad_rows.get().pk,
    }


def user_of(role: str, world: World) -> User | None:
    """Return the user whose role it is."""
    made = world.made
    makers: dict[str, Any] = {
        "anonymous": lambda: None,
        "stranger": lambda: person("Extraña"),
        "registrar": lambda: made.registrar,
        "officer": lambda: made.officer,
        "auditor": lambda: seated("Aurora", Role.AUDITOR, "21"),
        "elsewhere": lambda: seated("Otilia", Role.OFFICER, "04"),
        "registrar elsewhere": lambda: seated("Raquel", Role.REGISTRAR, "04"),
        "auditor elsewhere": lambda: seated("Alba", Role.AUDITOR, "04"),
        "holder": lambda: made.helga,
        "other holder": lambda: seated("Hilda", Role.HOLDER, organisation=elsewhere()),
        "treasurer": lambda: seated("Tomasa", Role.ASSOCIATION, organisation=world.association),
        "statistician": lambda: seated("Estela", Role.STATISTICIAN),
        "administrator": administrator,
    }
    user: User | None = makers[role]()
    return user


def elsewhere() -> Organisation:
    """Return another holder."""
    return Organisation.objects.create(name="Otra minera", kind="mining", place=ANANEA)
