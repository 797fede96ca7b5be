"""The pages: registering with candidates side by side, the queue, a pair and what is decided of it."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, person
from pallaq.accounts.tests.people import client_of as client_in_spanish
from pallaq.matching.models import Merge, Pair, Scan
from pallaq.registry.actions.registrations import Entry, open_registration
from pallaq.registry.models import Person, Reading, Role, Scheme, State
from pallaq.registry.tests.samples import ANANEA, MOLLEHUACA, Desks, desks, seated, selector

pytestmark = pytest.mark.django_db
REGISTER = "/registry/register/"


@pytest.fixture
def made() -> Desks:
    cache.clear()
    return desks()


def form(**changes: Any) -> dict[str, Any]:
    """Return the page as a registrar sends it."""
    return {
        "key": str(uuid4()),
        "given_names": "Juana Rosa",
        "paternal_surname": "Mamani",
        "maternal_surname": "Quispe",
        "sex": "female",
        "birth_on": "1981-05-03",
        "languages": ["qu", "es"],
        "place": ANANEA,
        "phone": "951 234 567",
        "document_kind": "dni",
        "document_number": "40123456",
        "activity_kind": "pallaqueo",
        "permission": "verbal",
        "consent_registry": "on",
        **changes,
    }


def client_of(user: User | None) -> Client:
    client = client_in_spanish(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(answer: HttpResponse) -> str:
    return answer.content.decode()


def pair_of(first: Person, second: Person, **changes: Any) -> Pair:
    one, other = sorted((first, second), key=lambda person: person.pk)
    return Pair.objects.create(first=one, second=other, **{"score": 88, "reasons": ["names", "born"], **changes})


def twice(**changes: Any) -> Pair:
    """Return Juana and a second row of hers, as a pair."""
    return pair_of(selector(), selector("", paternal_surname="Mamany", phone="999 888 777", **changes))


def test_it_registers_and_opens_her_file(made: Desks) -> None:
    answer = client_of(made.registrar).post(REGISTER, form())
    juana = Person.objects.get()
    assert answer["Location"] == reverse("registry:person", args=[juana.pk])
    assert (juana.phone, juana.activities.get().permission) == ("951 234 567", "verbal")


def test_the_empty_form_is_shown_and_a_wrong_one_again_with_what_was_typed(made: Desks) -> None:
    client = client_of(made.registrar)
    assert client.get(REGISTER).status_code == 200
    answer = client.post(REGISTER, form(document_number="4012345"))
    assert answer.status_code == 422
    assert "Mamani" in page(answer)
    assert not Person.objects.exists()


def test_who_may_be_her_stands_beside_what_was_typed(made: Desks) -> None:
    juana = selector()
    answer = client_of(made.registrar).post(REGISTER, form(paternal_surname="Mamany", birth_on="1981-03-05"))
    assert answer.status_code == 409
    text = page(answer)
    assert all(words in text for words in ("Mamany", "same document", "exchanged", juana.number, "It is she"))
    assert text.count("<mark>") == 2
    assert Person.objects.get() == juana
    assert Reading.objects.get(what="compared").person == juana


def test_another_person_is_registered_once_she_says_why(made: Desks) -> None:
    selector("")
    client, sent = client_of(made.registrar), form()
    seen = re.search(r'name="seen"\s+value="([^"]+)"', page(client.post(REGISTER, sent)))
    assert seen
    decided = {**sent, "decision": "another", "seen": seen[1]}
    assert client.post(REGISTER, {**decided, "why": ""}).status_code == 422
    assert client.post(REGISTER, {**decided, "why": "Her cousin, both were here"}).status_code == 302
    assert Person.objects.count() == 2
    assert Pair.objects.get().why == "Her cousin, both were here"
    assert client.post(REGISTER, decided).status_code == 302
    assert Person.objects.count() == 2


def test_what_was_typed_comes_back(made: Desks) -> None:
    selector()
    answer = client_of(made.registrar).post(REGISTER, form(decision="back"))
    assert answer.status_code == 200
    assert 'value="Juana Rosa"' in page(answer)
    assert "Is she there already" not in page(answer)


def test_of_somebody_elsewhere_only_number_and_region_are_shown(made: Desks) -> None:
    other = selector(place=MOLLEHUACA, address="Calle Secreta 5")
    answer = client_of(made.registrar).post(REGISTER, form(paternal_surname="Mamany", phone=""))
    text = page(answer)
    assert other.number in text
    assert "Arequipa" in text
    assert not {"Secreta", "Mollehuaca", "951 234 567"} & set(re.split(r"[<>]", text))
    assert reverse("registry:person", args=[other.pk]) not in text
    assert "Secreta" not in text
    assert Reading.objects.get(what="compared").person == other


def test_the_queue_shows_the_likeliest_first_and_logs_names(made: Desks) -> None:
    pair_of(selector("40000001"), selector("40000002", given_names="Lejana"), score=70)
    pair_of(selector("40000003"), selector("40000004", given_names="Cercana"), score=95)
    pair_of(
        selector("40000005"),
        selector("40000006", given_names="Gone"),
        state="different",
        decided_at="2026-01-01T00:00Z",
    )
    text = page(client_of(made.officer).get("/registry/duplicates/"))
    assert 0 < text.index("Cercana") < text.index("Lejana")
    assert "Gone" not in text
    assert Reading.objects.filter(what="found").count() == 4
    assert "Gone" in page(client_of(made.officer).get("/registry/duplicates/?state=different"))
    assert "No pair" in page(client_of(made.officer).get("/registry/duplicates/?state=same"))


def test_a_search_begins_and_its_progress_is_shown(made: Desks) -> None:
    client = client_of(made.officer)
    assert client.post("/registry/duplicates/search/")["Location"] == "/registry/duplicates/"
    assert client.post("/registry/duplicates/search/").status_code == 409
    Scan.objects.update(done=1, slices=4)
    assert "25 %" in page(client.get("/registry/duplicates/search/"))
    Scan.objects.update(failure="OSError")
    assert "goes on where it stood" in page(client.get("/registry/duplicates/"))


def test_a_pair_stands_side_by_side_and_is_logged(made: Desks) -> None:
    pair = twice()
    scheme = Scheme.objects.get(pk="selectors-puno")
    for one in (pair.first, pair.second):
        open_registration(person=one, scheme=scheme, entry=Entry(State.REGISTERED), by=None)
    text = page(client_of(made.officer).get(reverse("matching:pair", args=[pair.pk])))
    assert text.count("<mark>") == 2  # the surname and the phone
    assert f"Both are on: {scheme}" in text
    assert Reading.objects.filter(what="compared").count() == 2


def test_it_is_decided_different_and_taken_back(made: Desks) -> None:
    pair, client = twice(), client_of(made.officer)
    address = reverse("matching:different", args=[pair.pk])
    assert client.post(address, {"different-why": ""}).status_code == 422
    assert client.post(address, {"different-why": "Cousins"})["Location"] == "/registry/duplicates/"
    again = client.post(address, {"different-why": "Cousins"})
    assert again.status_code == 409
    assert "decided of this pair meanwhile" in page(again)
    client.post(reverse("matching:open_again", args=[pair.pk]))
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("open", None)


def merge_form(pair: Pair, **changes: Any) -> dict[str, Any]:
    kept = str(min(pair.first_id, pair.second_id))
    return {
        "kept": kept,
        "editions": f"{pair.first.edition} {pair.second.edition}",
        "of_paternal_surname": kept,
        "of_phone": str(max(pair.first_id, pair.second_id)),
        "why": "Both documents seen",
        **changes,
    }


def test_it_is_merged_and_undone(made: Desks) -> None:
    pair, client = twice(), client_of(made.officer)
    answer = client.post(reverse("matching:merge", args=[pair.pk]), merge_form(pair))
    assert answer["Location"] == reverse("matching:pair", args=[pair.pk])
    kept = Person.objects.current().get()
    assert (kept.paternal_surname, kept.phone) == (pair.first.paternal_surname, pair.second.phone)
    assert "Undo the merge" in page(client.get(answer["Location"]))
    assert client.post(reverse("matching:undo", args=[pair.pk]), {"undo-why": ""}).status_code == 422
    client.post(reverse("matching:undo", args=[pair.pk]), {"undo-why": "Cousins"})
    assert Person.objects.current().count() == 2
    assert client.post(reverse("matching:undo", args=[pair.pk]), {"undo-why": "Cousins"}).status_code == 409
    assert Merge.objects.get().undone_by == made.officer


def test_choices_stay_when_a_file_was_edited_meanwhile(made: Desks) -> None:
    pair, client = twice(), client_of(made.officer)
    sent = merge_form(pair)
    Person.objects.filter(pk=pair.first_id).update(edition=7, changed_by=made.registrar)
    answer = client.post(reverse("matching:merge", args=[pair.pk]), sent)
    text = page(answer)
    assert answer.status_code == 409
    assert "Rita changed this file" in text
    assert "Both documents seen" in text
    assert f'value="7 {pair.second.edition}"' in text
    assert client.post(reverse("matching:merge", args=[pair.pk]), {**sent, "editions": "x"}).status_code == 409
    assert client.post(reverse("matching:merge", args=[pair.pk]), {**sent, "kept": "nobody"}).status_code == 422
    assert not Merge.objects.exists()


def test_a_pair_of_two_regions_is_shown_in_part_and_decided_by_whoever_has_both(made: Desks) -> None:
    pair = twice(place=MOLLEHUACA, address="Calle Secreta 5")
    client = client_of(made.officer)
    text = page(client.get(reverse("matching:pair", args=[pair.pk])))
    assert "One of the two lives in Arequipa" in text
    assert "Secreta" not in text + page(client.get("/registry/duplicates/"))
    assert "Merge them" not in text
    assert client.post(reverse("matching:merge", args=[pair.pk]), merge_form(pair)).status_code == 403
    assert client.post(reverse("matching:different", args=[pair.pk]), {"different-why": "x"}).status_code == 403
    country, kept = client_of(seated("Carla", Role.OFFICER)), str(pair.first_id)
    sent = merge_form(pair, of_place=kept, of_address=kept)
    assert country.post(reverse("matching:merge", args=[pair.pk]), sent).status_code == 302


def test_nobody_else_sees_or_decides(made: Desks) -> None:
    pair = twice()
    everybody = [made.registrar, seated("Aida", Role.AUDITOR, "21"), person("Nadie"), administrator()]
    elsewhere = client_of(seated("Otra", Role.OFFICER, "04"))
    for name in ("pair", "different", "merge", "undo", "open_again"):
        address = reverse(f"matching:{name}", args=[pair.pk])
        send = elsewhere.get if name == "pair" else elsewhere.post
        assert send(address).status_code == 404
        for user in everybody:
            client = client_of(user)
            assert (client.get if name == "pair" else client.post)(address).status_code in (403, 404)
        assert client_of(None).post(address).status_code in (302, 405)
    assert [client_of(user).get("/registry/duplicates/").status_code for user in everybody] == [403] * 4
    assert [client_of(user).post("/registry/duplicates/search/").status_code for user in everybody] == [403] * 4
    assert [client_of(user).get(REGISTER).status_code for user in everybody] == [200, 403, 403, 403]
    pair.refresh_from_db()
    assert pair.state == "open"
    assert not Reading.objects.exists()


def test_other_methods_are_refused(made: Desks) -> None:
    pair, client = twice(), client_of(made.officer)
    assert client.post("/registry/duplicates/").status_code == 405
    assert client.delete(REGISTER).status_code == 405
    assert client.put("/registry/duplicates/search/").status_code == 405
    assert client.post(reverse("matching:pair", args=[pair.pk])).status_code == 405
    for name in ("different", "merge", "undo", "open_again"):
        assert client.get(reverse(f"matching:{name}", args=[pair.pk])).status_code == 405
