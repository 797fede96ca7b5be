"""Pages of keys and cards, and the verifier's public files: who sees and does what."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pypdfium2
import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.credentials.actions.keys import withdraw_key
from pallaq.credentials.models import Card, SigningKey, WhyKey
from pallaq.credentials.tests.samples import agreed, carded, ready
from pallaq.credentials.views.verify import FOLDER, contents
from pallaq.registry.models import Person, Photo, Reading, Role
from pallaq.registry.tests.samples import desks, registered, seated, selector

pytestmark = pytest.mark.django_db
CARD_ADDRESSES = ["card", "card_issue", "card_reissue", "card_revoke", "card_pdf"]


def address(name: str, juana: Person, card: Card | None = None) -> str:
    """Return an address of her card."""
    of_card = name in ("card_reissue", "card_revoke", "card_pdf")
    return reverse(f"credentials:{name}", args=[juana.pk, card.pk] if of_card and card else [juana.pk])


def opened(user: User | None, name: str, juana: Person, card: Card) -> HttpResponse:
    """Open or send what an address is for."""
    client, where = client_of(user), address(name, juana, card)
    return client.get(where) if name in ("card", "card_pdf") else client.post(where, {"why": "lost", "sure": "on"})


def test_a_registrar_issues_sees_and_prints_a_card() -> None:
    made, juana = ready()
    seen = io.BytesIO()
    Image.new("RGB", (30, 40)).save(seen, "JPEG")
    Photo.objects.create(person=juana, image=seen.getvalue(), sha256=hashlib.sha256(seen.getvalue()).hexdigest())
    client = client_of(made.registrar)
    assert client.get(address("card", juana)).status_code == 200
    client.post(address("card_issue", juana), {"sure": "on"})
    card = Card.objects.get()
    page = client.get(address("card", juana)).content.decode()
    assert "Juana Rosa Mamani Quispe" in page
    assert "•••456" in page
    assert "40123456" not in page
    paper = client.get(address("card_pdf", juana, card))
    assert paper["Content-Type"] == "application/pdf"
    text = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_range()
    assert "SYNTHETIC" in text or "SINTÉTICO" in text
    assert "Juana Rosa Mamani Quispe" in text
    assert {"card"} == set(Reading.objects.filter(person=juana).values_list("what", flat=True))


def test_issuing_needs_the_confirmation() -> None:
    made, juana = ready()
    assert client_of(made.registrar).post(address("card_issue", juana)).status_code == 422
    assert not Card.objects.exists()


def test_an_officer_revokes_and_issues_again_and_a_registrar_does_not() -> None:
    made, juana, card = carded()
    for name in ("card_revoke", "card_reissue"):
        assert opened(made.registrar, name, juana, card).status_code == 403
    assert client_of(made.officer).post(address("card_revoke", juana, card), {"why": "x"}).status_code == 422
    assert opened(made.officer, "card_revoke", juana, card).status_code == 302
    card.refresh_from_db()
    assert (card.revoked_why, card.revoked_by) == ("lost", made.officer)
    assert client_of(made.registrar).get(address("card_pdf", juana, card)).status_code == 409
    # What is revoked already, a registrar may issue again.
    assert opened(made.registrar, "card_reissue", juana, card).status_code == 302
    assert Card.objects.count() == 2
    assert opened(made.officer, "card_reissue", juana, Card.objects.first()).status_code == 302
    assert Card.objects.filter(revoked_at__isnull=True).count() == 1


@pytest.mark.parametrize("name", CARD_ADDRESSES)
def test_nobody_else_comes_near_a_card(name: str) -> None:
    _made, juana, card = carded()
    assert opened(None, name, juana, card).status_code == 302  # to the login
    for user in (person("Eva"), administrator(), seated("Olga", Role.OFFICER, "04"), seated("Sara", Role.STATISTICIAN)):
        assert opened(user, name, juana, card).status_code == 404
    auditor = opened(seated("Aura", Role.AUDITOR, "21"), name, juana, card)
    assert auditor.status_code == (200 if name == "card" else 403)
    card.refresh_from_db()
    assert card.in_force()


@pytest.mark.parametrize("name", ["card_issue", "card_reissue", "card_revoke"])
def test_a_card_is_not_changed_by_looking(name: str) -> None:
    made, juana, card = carded()
    assert client_of(made.officer).get(address(name, juana, card)).status_code == 405


def test_a_card_of_another_person_is_not_hers() -> None:
    made, _juana, card = carded()
    elsa = registered(selector("40999999", given_names="Elsa"))
    assert client_of(made.officer).get(address("card_pdf", elsa, card)).status_code == 404


def test_the_page_says_what_is_missing() -> None:
    made = desks()
    juana = selector()
    page = client_of(made.registrar).get(address("card", juana)).content.decode()
    assert "not agreed to a card" in page or "no ha aceptado" in page
    agreed(juana)
    answer = client_of(made.registrar).post(address("card_issue", juana), {"sure": "on"})
    assert answer.status_code == 422


def test_cards_that_wait_are_listed_for_the_desks_of_the_region_and_each_reading_is_noted() -> None:
    made, juana, card = carded()
    client = client_of(made.registrar)
    where = reverse("credentials:waiting")
    assert juana.name() not in client.get(where).content.decode()
    withdraw_key(key=card.key, why=WhyKey.STOLEN, by=None)
    assert juana.name() in client.get(where).content.decode()
    assert Reading.objects.filter(person=juana, what="card").count() == 1
    other = client_of(seated("Olga", Role.OFFICER, "04")).get(where)
    assert other.status_code == 200
    assert juana.name() not in other.content.decode()
    for user in (person("Eva"), administrator(), seated("Aura", Role.AUDITOR, "21")):
        assert client_of(user).get(where).status_code == 403


def test_a_card_that_ends_soon_waits_and_an_ended_one_is_not_printed() -> None:
    made, juana, card = carded()
    Card.objects.update(expires_at=timezone.now() + timedelta(days=30))
    client = client_of(made.registrar)
    assert juana.name() in client.get(reverse("credentials:waiting")).content.decode()
    Card.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.get(address("card_pdf", juana, card)).status_code == 409


def test_an_administrator_makes_and_withdraws_keys_and_sees_no_person() -> None:
    _made, juana, card = carded()
    client = client_of(administrator())
    where = reverse("credentials:keys")
    page = client.get(where).content.decode()
    assert card.key.shown() in page
    assert juana.name() not in page
    assert juana.number not in page
    client.post(where, {"issuer": "DREM Puno"})
    assert SigningKey.objects.count() == 1  # not without the confirmation
    client.post(where, {"issuer": "DREM Puno", "sure": "on"})
    assert SigningKey.objects.defer("private").get(signs=True) != card.key
    withdraw = reverse("credentials:key_withdraw", args=[card.key.kid])
    assert client.get(withdraw).status_code == 200
    client.post(withdraw, {"why": "stolen"})
    assert not SigningKey.objects.defer("private").filter(revoked_at__isnull=False).exists()
    client.post(withdraw, {"why": "stolen", "sure": "on"})
    assert SigningKey.objects.defer("private").get(pk=card.key.pk).revoked_at
    assert client.get(where).status_code == 200
    assert client.post(withdraw, {"why": "stolen", "sure": "on"}).status_code == 409
    assert client.get(reverse("credentials:key_withdraw", args=["nothing"])).status_code == 404


def test_keys_are_an_administrators() -> None:
    made, _juana, card = carded()
    eva = person("Eva")
    for where in (reverse("credentials:keys"), reverse("credentials:key_withdraw", args=[card.key.kid])):
        assert client_of(None).get(where).status_code == 302
        for user in (eva, made.officer, made.registrar):
            assert client_of(user).get(where).status_code == 403
            assert client_of(user).post(where, {"issuer": "x", "why": "stolen", "sure": "on"}).status_code == 403
    assert SigningKey.objects.count() == 1


def test_the_first_page_of_keys_says_that_there_is_none() -> None:
    assert client_of(administrator()).get(reverse("credentials:keys")).status_code == 200


@pytest.mark.parametrize(
    "name", ["verify", "verify_en", "verify_worker", "verify_keys", "verify_keys_json", "verify_status"]
)
def test_anybody_opens_the_verifier_and_the_lists(name: str) -> None:
    _made, juana, _card = carded()
    answer = client_of(None).get(reverse(f"credentials:{name}"))
    assert answer.status_code == 200
    assert juana.number.encode() not in answer.content
    assert "no-cache" in answer["Cache-Control"]
    assert client_of(None).post(reverse(f"credentials:{name}")).status_code == 405


def test_the_verifiers_page_is_the_same_for_everybody() -> None:
    made = desks()
    where = reverse("credentials:verify")
    with patch("pallaq.web.navigation.places", side_effect=AssertionError("it asked who reads")):
        assert client_of(None).get(where).content == client_of(made.officer).get(where).content
    policy = client_of(None).get(where)["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_only_the_verifiers_own_files_are_given() -> None:
    for name in contents():
        assert client_of(None).get(reverse("credentials:verify_file", args=[name])).status_code == 200
    for name in ("../models.py", "vendor/SHA256SUMS", "nothing.js", "worker.js"):
        assert client_of(None).get(f"/verify/files/{name}").status_code == 404


def test_what_comes_from_others_is_what_it_was() -> None:
    sums = (FOLDER / "vendor" / "SHA256SUMS").read_text().split("\n")
    for line in filter(None, sums):
        expected, name = line.split()
        assert hashlib.sha256(Path(FOLDER / "vendor" / name).read_bytes()).hexdigest() == expected
        assert (FOLDER / "vendor" / name).with_suffix(".LICENSE").exists()
