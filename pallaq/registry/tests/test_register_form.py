"""The form by which somebody is registered gives what the action takes, or says what is wrong."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils.translation import override

from pallaq.registry.actions.people import register_person
from pallaq.registry.forms.people import RegisterForm
from pallaq.registry.models import Consent, Person, Purpose
from pallaq.registry.tests.samples import ANANEA, HOLDER, Desks, desks

pytestmark = pytest.mark.django_db
JUANA: dict[str, Any] = {
    "given_names": "Juana Rosa",
    "paternal_surname": "Mamani",
    "maternal_surname": "Quispe",
    "sex": "female",
    "birth_on": "1981-05-03",
    "languages": ["qu", "es"],
    "place": "Ananea",
    "phone": "951 234 567",
    "document_kind": "dni",
    "document_number": "40 123 456",
    "activity_kind": "pallaqueo",
    "permission": "verbal",
    "centre": "La Rinconada",
    "holder": HOLDER,
    "since": "2019-03-01",
    "consent_registry": "on",
    "consent_card": "on",
}


def sent(made: Desks, **changes: Any) -> RegisterForm:
    data = QueryDict(mutable=True)
    for name, value in {**JUANA, **changes}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    with override("en"):
        form = RegisterForm(data, user=made.registrar)
        form.is_valid()
    return form


def registered(form: RegisterForm) -> Person:
    assert not form.errors, form.errors
    return register_person(
        key=form.client_key(),
        fields=form.fields_of(),
        identifiers=form.numbers(),
        activity=form.activity(),
        consents=form.consents(),
        by=None,
    )


def test_what_it_gives_registers_her() -> None:
    made = desks()
    juana = registered(sent(made))
    assert (juana.name(), juana.birth_on, juana.place) == ("Juana Rosa Mamani Quispe", date(1981, 5, 3), ANANEA)
    assert juana.languages == ["qu", "es"]
    assert juana.identifiers.get().number == "40123456"
    work = juana.activities.get()
    assert (work.place, work.organisation, work.starts_on) == (ANANEA, made.holder, date(2019, 3, 1))
    assert list(Consent.objects.values_list("purpose", flat=True)) == ["card", "registry"]


def test_the_same_page_sent_twice_is_one_person() -> None:
    made = desks()
    key = str(uuid4())
    assert registered(sent(made, key=key)) == registered(sent(made, key=key))
    assert Person.objects.count() == 1


def test_little_is_enough() -> None:
    made = desks()
    asked = ("document_kind", "document_number", "activity_kind", "permission", "centre", "holder", "since")
    missing = dict.fromkeys((*asked, "birth_on", "maternal_surname", "phone"), "")
    elena = registered(sent(made, **missing, languages=[]))
    assert not elena.identifiers.exists()
    assert not elena.activities.exists()


def test_no_consent_is_ticked_beforehand_and_each_has_its_words() -> None:
    made = desks()
    form = RegisterForm(user=made.registrar)
    for purpose in Purpose:
        field = form[f"consent_{purpose}"]
        assert "checked" not in str(field)
        assert field.label.startswith("Acepta ")
    assert form["key"].value() != RegisterForm(user=made.registrar)["key"].value()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"consent_registry": ""}, "consent_registry", "Without her consent"),
        ({"document_number": "4012345"}, "document_number", "eight digits"),
        ({"document_kind": ""}, "document_number", "which document"),
        ({"place": "Huanuhuanu"}, "place", "does not register people of that region"),
        ({"place": "", "place_reniec": "040409"}, "place", "does not register people of that region"),
        ({"permission": ""}, "permission", "how the mine lets her select"),
        ({"activity_place": "Atlantis"}, "activity_place", "no such district"),
        ({"birth_on": "2999-12-31"}, "birth_on", "in the future"),
        ({"key": "1"}, "key", "UUID"),
        ({"document_number": "4" * 41}, "document_number", "40"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field(changes: dict[str, str], field: str, words: str) -> None:
    form = sent(desks(), **changes)
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])
