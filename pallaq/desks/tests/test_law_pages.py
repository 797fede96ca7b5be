"""Pages of the law: everybody who works here reads them, administrators keep them."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.desks.actions.law import reading, save_scheme
from pallaq.registry.models import IdentifierKind, Norm, Role, Scheme, State
from pallaq.registry.tests.samples import Desks, desks, seated

pytestmark = pytest.mark.django_db
NORM = {
    "code": "quota-grams-month",
    "title_es": "Oro al mes",
    "scheme": "selectors-puno",
    "value": "80.5",
    "unit": "g",
    "certainty": "verified",
    "valid_from": "2027-01-01",
}
KIND = {"code": "dnie", "title_es": "DNI electrónico", "pattern": r"\d{8}", "shape_es": "ocho", "certainty": "assumed"}
MARKS = {"from_": ["applied"], "from_applied": ["registered", "ended"], "from_registered": ["ended"]}


@pytest.fixture
def made() -> Desks:
    return desks()


@pytest.fixture
def ana(made: Desks) -> User:
    return administrator()


def sent(scheme: Scheme, **more: Any) -> dict[str, Any]:
    fields = {"title_es": scheme.title["es"], "authority": scheme.authority, "certainty": scheme.certainty}
    return {**fields, "places": " ".join(scheme.places), **MARKS, "read": reading(scheme), **more}


def test_everything_is_shown_and_what_is_not_known_is_no_zero(made: Desks) -> None:
    page = client_of(seated("Hugo", Role.HOLDER, organisation=made.holder)).get(reverse("desks:law"))
    text = page.content.decode()
    for words in ("66 g", "DS 018-2018-EM", "Padrón", "Sandia", "DNI", "ocho cifras", "01/07/2018"):
        assert words in text
    norms = {one.code: one for one, _when in page.context["norms"]}
    assert norms["authorisation-term-months"].value is None
    assert ">0 months" not in text
    assert reverse("desks:norm_add") not in text


def test_an_administrator_adds_a_value_ends_it_and_sees_the_old_one(ana: User) -> None:
    browser = client_of(ana)
    old = Norm.objects.get(code="quota-grams-month")
    page = browser.get(reverse("desks:norm_add"), {"like": str(old.pk)}).content.decode()
    assert 'value="quota-grams-month"' in page
    assert browser.get(reverse("desks:norm_add"), {"like": "x"}).status_code == 200
    assert browser.post(reverse("desks:norm_add"), NORM).status_code == 302
    text = browser.get(reverse("desks:law")).content.decode()
    assert "66 g" in text
    assert "80.5 g" in text
    again = browser.post(reverse("desks:norm_add"), NORM)
    assert again.status_code == 422
    assert 'value="80.5"' in again.content.decode()
    new = Norm.objects.get(value="80.5")
    assert browser.post(reverse("desks:norm_end", args=[new.pk]), {"on": "2026-12-01"}).status_code == 422
    assert browser.post(reverse("desks:norm_end", args=[new.pk]), {"on": "2028-12-01"}).status_code == 302
    assert Norm.objects.get(pk=new.pk).valid_to == date(2028, 12, 1)


def test_an_administrator_adds_a_kind_and_ends_it(ana: User) -> None:
    browser = client_of(ana)
    assert browser.post(reverse("desks:kind_add"), {**KIND, "pattern": "("}).status_code == 422
    assert browser.post(reverse("desks:kind_add"), {**KIND, "code": "dní e"}).status_code == 422
    assert browser.post(reverse("desks:kind_add"), KIND).status_code == 302
    assert browser.post(reverse("desks:kind_end", args=["dnie"]), {"on": "2026-01-01"}).status_code == 302
    assert IdentifierKind.objects.get(pk="dnie").valid_to == date(2026, 1, 1)


def test_an_administrator_edits_places_days_and_changes_of_a_scheme(ana: User) -> None:
    browser, puno = client_of(ana), Scheme.objects.get(pk="selectors-puno")
    address = reverse("desks:scheme", args=[puno.pk])
    page = browser.get(address).content.decode()
    assert 'name="from_suspended"' in page
    assert browser.post(address, sent(puno, places="21, 0403;211002", valid_to="2030-01-01")).status_code == 302
    puno.refresh_from_db()
    assert (puno.places, puno.valid_to) == (["0403", "21", "211002"], date(2030, 1, 1))
    assert puno.transitions["applied"] == ["registered", "ended"]
    assert puno.transitions["suspended"] == []
    wrong = browser.post(address, sent(puno, places="99"))
    assert wrong.status_code == 422
    assert 'value="99"' in wrong.content.decode()
    assert browser.post(address, sent(puno, from_=[])).status_code == 422


def test_two_administrators_who_edit_one_scheme_see_each_other(ana: User) -> None:
    browser, puno = client_of(ana), Scheme.objects.get(pk="selectors-puno")
    address, old = reverse("desks:scheme", args=[puno.pk]), sent(puno, authority="Mía")
    save_scheme(scheme=puno, fields={"authority": "De otra"}, read=reading(puno), by=None)
    answer = browser.post(address, old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "De otra" in page
    assert 'value="Mía"' in page
    now = reading(Scheme.objects.get(pk=puno.pk))
    assert f'value="{now}"' in page
    assert browser.post(address, {**old, "read": now}).status_code == 302


def test_a_new_scheme_begins_with_the_usual_changes(ana: User) -> None:
    browser, address = client_of(ana), reverse("desks:scheme_add")
    assert "checked" in browser.get(address).content.decode()
    fields = {"code": "rifpepm", "title_es": "RIFPePM", "authority": "Minem", "certainty": "unknown", **MARKS}
    assert browser.post(address, fields).status_code == 302
    assert set(Scheme.objects.get(pk="rifpepm").transitions) == {"", *State.values}
    assert browser.post(address, fields).status_code == 409


def test_whoever_does_not_administer_changes_nothing(made: Desks, ana: User) -> None:
    norm = Norm.objects.get(code="quota-grams-month")
    changing = [
        (reverse("desks:norm_add"), NORM),
        (reverse("desks:norm_end", args=[norm.pk]), {"on": "2026-01-01"}),
        (reverse("desks:kind_add"), KIND),
        (reverse("desks:kind_end", args=["dni"]), {"on": "2026-01-01"}),
        (reverse("desks:scheme_add"), {}),
        (reverse("desks:scheme", args=["reinfo"]), {}),
    ]
    others = [made.registrar, made.officer, seated("Aurora", Role.AUDITOR), person("Sara")]
    for address, fields in changing:
        for user in others:
            assert client_of(user).get(address).status_code == 403, address
            assert client_of(user).post(address, fields).status_code == 403, address
        assert client_of(None).post(address, fields).status_code == 302
        assert client_of(ana).get(address).status_code == 200
    assert client_of(person("Sofía")).get(reverse("desks:law")).status_code == 403
    assert client_of(None).get(reverse("desks:law")).status_code == 302
    assert client_of(ana).post(reverse("desks:law")).status_code == 405
