"""Authorisations, certificates, cards and associations on her page; and what is left of them when she is erased."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from pallaq.accounts.tests.people import client_of
from pallaq.associations.models import Board, BoardPost, Membership
from pallaq.credentials.actions.cards import issue_card
from pallaq.credentials.models import Card
from pallaq.credentials.tests.samples import ready
from pallaq.permits.actions.certificates import issue, row_of
from pallaq.permits.models import Authorisation, Certificate
from pallaq.permits.papers.certificate import certificate_pdf
from pallaq.permits.tests.samples import Permits, permits
from pallaq.places.models import Organisation
from pallaq.registry.models import Person, Registration, State
from pallaq.registry.tests.samples import selector
from pallaq.rights.actions.erasing import erase_person
from pallaq.rights.actions.slips import make_slip
from pallaq.rights.tests.test_erasing import whole_database

pytestmark = pytest.mark.django_db


def entered(person: Person) -> Client:
    """Return a browser in which her page is open."""
    cache.clear()
    _slip, code = make_slip(person=person, by=None)  # type: ignore[arg-type]
    client = Client(headers={"accept-language": "en"})
    client.post("/mine/", {"number": person.number, "code": code})
    return client


def certified() -> tuple[Permits, Certificate]:
    made = permits()
    found = made.signed()
    return made, issue(authorisation=found, grams=Decimal("12.5"), by=made.helga)


def test_she_signs_an_authorisation_on_her_page_and_nobody_elses() -> None:
    made = permits()
    offered = made.offered()
    client = entered(made.juana)
    assert f"/mine/authorisations/{offered.pk}/" in client.get("/mine/").content.decode()
    page = client.get(f"/mine/authorisations/{offered.pk}/").content.decode()
    assert "No entra a la galería" in page
    assert client.post(f"/mine/authorisations/{offered.pk}/", {"sha256": "0"}).status_code in {409, 422}
    assert client.post(f"/mine/authorisations/{offered.pk}/", {"sha256": offered.sha256()}).status_code == 302
    assert offered.signatures.get().by is None
    stranger = entered(selector("40999111", given_names="Tomasa"))
    assert stranger.get(f"/mine/authorisations/{offered.pk}/").status_code == 404
    assert stranger.post(f"/mine/authorisations/{offered.pk}/", {"sha256": offered.sha256()}).status_code == 404


def test_she_sees_authorisation_certificate_association_and_takes_them_away() -> None:
    made, certificate = certified()
    association = Organisation.objects.create(name="Asociación Luna de Oro", kind="selectors")
    Membership.objects.create(person=made.juana, organisation=association, starts_on=date(2020, 1, 1))
    client = entered(made.juana)
    body = client.get("/mine/").content.decode()
    for held in ("Corporación Minera Ananea", "12.5 g", "Asociación Luna de Oro", "in force"):
        assert held in body, held
    data = client.get("/mine/copy.json").json()
    assert data["certificates"][0]["grams"] == "12.5"
    assert data["authorisations"][0]["state"] == "in_force"
    assert data["memberships"][0]["organisation"] == "Asociación Luna de Oro"
    assert client.get("/mine/copy.pdf").content.startswith(b"%PDF")
    assert certificate.number == 1


def test_erased_her_certificate_keeps_its_number_and_nothing_of_her() -> None:
    made, certificate = certified()
    board = Board.objects.create(organisation=made.holder, starts_on=date(2024, 1, 1))
    post = BoardPost.objects.create(
        board=board, post="president", person=made.juana, sex="female", starts_on=date(2024, 1, 1)
    )
    erase_person(person=made.juana, why="request", by=made.officer)
    left = Certificate.objects.select_related("authorisation", "holder", "document_kind").get()
    assert (left.number, left.grams, left.document_number) == (certificate.number, "12.5", "")
    assert "Mamani" not in left.printed
    assert "40123456" not in left.printed
    assert made.juana.number not in left.printed
    assert "—" in row_of(left)
    assert certificate_pdf(left).startswith(b"%PDF")
    found = Authorisation.objects.get()
    assert (found.state, found.terms, found.is_in_force()) == ("ended", "", False)
    post.refresh_from_db()
    assert (post.person, post.sex, post.post) == (None, "female", "president")
    assert "Mamani" not in whole_database()
    officer = client_of(made.officer)
    assert officer.get(f"/registry/certificates/{left.pk}/").status_code == 200


def test_erased_her_card_is_revoked_and_says_nothing() -> None:
    made, juana = ready()
    issue_card(person=juana, by=made.officer)
    client = entered(juana)
    assert "Show my card" in client.get("/mine/").content.decode()
    Registration.objects.update(state=State.ENDED)
    erase_person(person=juana, why="request", by=made.officer)
    card = Card.objects.get()
    assert (card.person, card.text) == (None, "")
    assert card.revoked_at is not None
    assert not card.registrations.exists()
