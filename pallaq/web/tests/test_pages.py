"""Pages answer without login, say what is missing, refuse in words, and hold nothing that the policy forbids."""

import gc
import importlib
import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator
from pallaq.diagnosis.tests.samples import load
from pallaq.report.tests.documents import gold

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
STUDY = "/studies/women-and-men-of-gold"
PAGES = ["/", "/glossary/", "/about/", f"{STUDY}/", f"{STUDY}/gaps/enough_ppe/", f"{STUDY}/report/", f"{STUDY}/print/"]


def test_home_says_what_to_do_while_nothing_is_loaded(client: Client) -> None:
    response = client.get("/", headers=ENGLISH)
    assert response.status_code == 200
    assert "No study has been diagnosed yet" in response.content.decode()


def test_home_shows_the_featured_study(client: Client) -> None:
    load(gold(), featured=True)
    assert "Selectors trail men" in client.get("/", headers=ENGLISH).content.decode()


def test_home_never_names_a_study_that_is_not_public(client: Client) -> None:
    load(gold(), public=False, featured=True)
    page = client.get("/", headers=ENGLISH).content.decode()
    assert "No study has been diagnosed yet" in page
    assert "women-and-men-of-gold" not in page


@pytest.mark.parametrize("path", PAGES)
def test_it_speaks_spanish_and_english_and_never_both(client: Client, path: str) -> None:
    load(gold(), featured=True)
    spanish = client.get(path, headers={"Accept-Language": "es"}).content.decode()
    english = client.get(path, headers=ENGLISH).content.decode()
    assert '<html lang="es-pe">' in spanish
    assert "Saltar al contenido" in spanish
    assert "Skip to the content" in english
    assert "Skip to the content" not in spanish


@pytest.mark.parametrize("path", PAGES)
def test_it_holds_no_style_and_no_script_of_its_own(client: Client, path: str) -> None:
    load(gold(), featured=True)
    response = client.get(path)
    page = response.content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]* src=)", page)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert not re.search(r"(?:href|src|action)=\"(?:https?:)?//", page)


def test_it_keeps_the_language_that_was_chosen(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/about/?a=1"})
    assert response["Location"] == "/about/?a=1"
    assert '<html lang="en">' in client.get("/about/").content.decode()


def test_the_language_switch_never_leads_to_another_host(client: Client) -> None:
    assert client.post("/language/", {"language": "en", "next": "https://example.org/"})["Location"] == "/"


def test_it_marks_the_page_at_hand(client: Client) -> None:
    load(gold(), featured=True)
    page = client.get(f"{STUDY}/print/", headers=ENGLISH).content.decode()
    assert re.findall(r'aria-current="page">([^<]+)<', page)[0] == "Against the print"


def test_only_an_administrator_sees_the_way_to_people(client: Client) -> None:
    user = User.objects.create(email="a@example.org", name="A")
    client.force_login(user)
    assert 'href="/people/"' not in client.get("/about/").content.decode()
    User.objects.update(is_administrator=True)
    assert 'href="/people/"' in client.get("/about/").content.decode()


def test_an_unknown_address_is_answered_in_words(client: Client) -> None:
    response = client.get("/nothing/", headers=ENGLISH)
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_a_form_without_its_token_is_answered_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", headers=ENGLISH)
    assert response.status_code == 403
    assert "The form had grown old" in response.content.decode()


@pytest.mark.parametrize("template", ["403.html", "429.html"])
def test_other_refusals_have_words_too(client: Client, template: str) -> None:
    assert "<h1>" in render_to_string(template)


def test_a_fault_is_answered_without_database_or_translations() -> None:
    assert "Something failed on our side" in render_to_string("500.html")


@pytest.mark.parametrize("path", ["/", "/people/", f"{STUDY}/gaps/"])
def test_an_address_with_a_zero_byte_is_refused_in_words(client: Client, path: str) -> None:
    client.force_login(administrator())
    response = client.get(f"{path}?words=a%00b", headers=ENGLISH)
    assert response.status_code == 400
    assert "zero byte" in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/people/", "/audit.csv", "/nowhere/"])
def test_what_is_shown_to_whoever_is_logged_in_is_never_kept_in_a_cache(client: Client, path: str) -> None:
    client.force_login(administrator())
    assert "no-store" in client.get(path)["Cache-Control"]


def test_what_everybody_may_read_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/about/").get("Cache-Control", "")


def test_the_served_process_spares_the_collector_what_is_loaded() -> None:
    try:
        importlib.reload(importlib.import_module("pallaq.wsgi"))
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
