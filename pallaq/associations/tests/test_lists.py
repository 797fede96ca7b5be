"""Official lists: looked at first, stored whole or not at all, and every fault told at once."""

import io
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, refused
from pallaq.associations.actions.lists import File, bring_list, store_list
from pallaq.associations.models import BroughtList, Dossier, Holding, ListKind, MiningRight, RecpoState
from pallaq.associations.rules.lists import day_of
from pallaq.associations.rules.recpo import state_of
from pallaq.associations.tests.samples import RUC, page, upload
from pallaq.places.models import Organisation
from pallaq.registry.models import Role
from pallaq.registry.tests.samples import HOLDER, Desks, desks, seated
from pallaq.shared.models import AuditEvent
from pallaq.shared.tabular import Sheet, write_xlsx

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
LISTS = reverse("associations:lists")
RECPO = "Razón social,RUC,Número,Estado,Distrito,Desde\n"
RIGHTS = "codigo_unico,nombre_derecho_minero,distrito,organizacion,ruc,calidad,desde,hasta\n"
GOOD = f"{RECPO}{HOLDER},{RUC},R-100,Vigente,211002,01/03/2024\nOro del Sur,,R-200,SUSPENDIDO,Ananea,\n"
SAID = date(2025, 1, 31)


def bring(user: User | None, text: str, kind: str = "recpo", said_on: str = "2025-01-31", **more: Any) -> Any:
    data = {"kind": kind, "source": "DGFM, lista publicada", "said_on": said_on, "file": upload(text), **more}
    return client_of(user).post(LISTS, data, headers=ENGLISH)


def stored(user: User, text: str, kind: ListKind = ListKind.RECPO, said_on: date = SAID) -> dict[str, int]:
    brought = bring_list(file=File("list.csv", text.encode(), kind, "DGFM", said_on), regions=None, by=user)
    return dict(store_list(brought=brought, regions=None, by=user))


def test_a_list_is_looked_at_before_anything_is_stored() -> None:
    made = desks()
    answer = bring(made.officer, GOOD)
    brought = BroughtList.objects.get()
    assert answer.url == reverse("associations:list", args=[brought.pk])
    shown = page(client_of(made.officer).get(answer.url, headers=ENGLISH))
    assert "2 new, 0 changed, 0 as they are." in shown
    assert "1 organisation would be added." in shown
    assert (RecpoState.objects.count(), Organisation.objects.filter(name="Oro del Sur").count()) == (0, 0)


def test_storing_it_keeps_what_it_said_with_source_and_day() -> None:
    made = desks()
    answer = client_of(made.officer).get(bring(made.officer, GOOD).url)
    brought = BroughtList.objects.get()
    done = client_of(made.officer).post(
        reverse("associations:list_store", args=[brought.pk]), headers=ENGLISH, follow=True
    )
    assert "2 new, 0 changed, 0 as they were." in page(done)
    state = RecpoState.objects.get(organisation=made.holder)
    assert (state.state, state.number, state.starts_on) == ("in_force", "R100", date(2024, 3, 1))
    assert (state.source, state.said_on, state.brought_id) == ("DGFM, lista publicada", SAID, brought.pk)
    other = RecpoState.objects.get(organisation__name="Oro del Sur")
    assert (other.state, other.starts_on, other.organisation.place) == ("suspended", SAID, "211002")
    assert Dossier.objects.get(pk=made.holder.pk).ruc == RUC
    brought.refresh_from_db()
    assert brought.content is None
    assert answer.status_code == 200
    told = page(
        client_of(made.officer).get(reverse("associations:organisation", args=[made.holder.pk]), headers=ENGLISH)
    )
    assert "an official list said something of it (states in the RECPO): DGFM, lista publicada, of 31/01/2025" in told


def test_its_content_and_numbers_lie_encrypted() -> None:
    made = desks()
    bring(made.officer, GOOD)
    stored(made.officer, GOOD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_index FROM associations_recpostate")
        numbers = cursor.fetchall()
        cursor.execute("SELECT content FROM associations_broughtlist WHERE content IS NOT NULL")
        contents = cursor.fetchall()
    assert not [value for row in (*numbers, *contents) for value in row if b"R100" in bytes(value)]
    assert not [value for row in contents for value in row if b"R-100" in bytes(value)]


def test_every_fault_of_every_row_is_told_and_nothing_kept() -> None:
    made = desks()
    rows = [
        ",20100070970,R-1,Vigente,211002,",
        "Una,10401234565,R-2,Vigente,211002,",
        "Dos,123,R-3,en trámite,999999,31/02/2024",
        "Tres,,R-4,Vigente,211002,01/01/2026",
        "Cinco,,R-5,Vigente,211002,",
        "CINCO,,R-6,Vigente,211002,",
        "Seis,,R-5,Vigente,211002,",
    ]
    answer = bring(made.officer, RECPO + "\n".join(rows))
    assert answer.status_code == 422
    shown = page(answer)
    for words in (
        "Row 2, organisation: Nothing is written here.",
        "Row 3, ruc: This is a natural person",
        "Row 4, ruc: This is no RUC",
        "Row 4, state, &quot;en trámite&quot;: The table of states does not have this word.",
        "Row 4, district, &quot;999999&quot;: No one district fits",
        "Row 4, from, &quot;31/02/2024&quot;: Write the date",
        "Row 5, from, &quot;01/01/2026&quot;: This is after the day of the list.",
        "Row 7, organisation, &quot;CINCO&quot;: The organisation stands in the list twice.",
        "Row 8, number: Another organisation has this number.",
    ):
        assert words in shown, words
    assert "10401234565" not in shown
    assert not BroughtList.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nombre,ruc\nUna,\n", "lacks the columns number, state, district, from"),
        ("", "submitted file is empty"),
        (RECPO + "Una,,=1+1,Vigente,211002,\n", "a formula"),
        (RECPO + "Una,,R-1\n", "cells and the header"),
        (RECPO, "no rows below"),
    ],
)
def test_what_is_no_list_is_refused_in_words(text: str, words: str) -> None:
    made = desks()
    answer = bring(made.officer, text)
    assert answer.status_code == 422
    assert words in page(answer) or "empty" in page(answer)
    assert not BroughtList.objects.exists()


def test_an_excel_file_is_read_too(tmp_path: Path) -> None:
    made = desks()
    rows = [[HOLDER, RUC, "R-100", "Vigente", "211002", date(2024, 3, 1)]]
    write_xlsx(tmp_path / "a.xlsx", [Sheet("RECPO", RECPO.strip().split(","), rows)])
    file = SimpleUploadedFile("a.xlsx", io.BytesIO((tmp_path / "a.xlsx").read_bytes()).read())
    assert bring(made.officer, "", file=file).status_code == 302
    store_list(brought=BroughtList.objects.get(), regions=None, by=made.officer)
    assert RecpoState.objects.get().starts_on == date(2024, 3, 1)


def test_a_later_list_ends_what_was_and_the_same_is_only_seen_again() -> None:
    made = desks()
    stored(made.officer, GOOD)
    later = f"{RECPO}{HOLDER},{RUC},R-100,Excluido,211002,\nOro del Sur,,R-200,Suspendido,211002,\n"
    counts = stored(made.officer, later, said_on=date(2025, 6, 30))
    assert (counts["changed"], counts["same"], counts.get("new", 0)) == (1, 1, 0)
    old, new = RecpoState.objects.filter(organisation=made.holder).order_by("starts_on")
    assert (old.ends_on, new.state, new.starts_on) == (date(2025, 6, 29), "ended", date(2025, 6, 30))
    same = RecpoState.objects.get(organisation__name="Oro del Sur")
    assert (same.said_on, same.ends_on) == (date(2025, 6, 30), None)
    on = RecpoState.objects.recpo_on
    found = [on(made.holder, day) for day in (date(2025, 6, 29), date(2025, 6, 30))]
    assert [state and state.state for state in found] == ["in_force", "ended"]


def test_an_older_list_does_not_rewrite_a_newer_one() -> None:
    made = desks()
    stored(made.officer, GOOD)
    older = f"{RECPO}{HOLDER},{RUC},R-100,Suspendido,211002,\n"
    answer = bring(made.officer, older, said_on="2024-12-31")
    assert answer.status_code == 422
    assert "A newer source is known" in page(answer)


def test_rights_are_stored_with_who_holds_and_who_operates() -> None:
    made = desks()
    text = (
        f"{RIGHTS}01-00023-05,Lunar de Oro,Ananea,{HOLDER},{RUC},Titular,01/01/2010,\n"
        f"01-00023-05,Lunar de Oro,Ananea,Operadora Sur,,operador,,\n"
    )
    assert stored(made.officer, text, ListKind.RIGHTS)["new"] == 2
    assert MiningRight.objects.get().code == "010002305"
    assert sorted(Holding.objects.values_list("part", "organisation__name")) == [
        ("holder", HOLDER),
        ("operator", "Operadora Sur"),
    ]
    again = stored(made.officer, f"{text}\n", ListKind.RIGHTS, date(2025, 6, 30))
    assert (again["same"], Holding.objects.count()) == (2, 2)
    assert {one.said_on for one in Holding.objects.all()} == {date(2025, 6, 30)}
    twice = text + text.splitlines()[1] + "\n"
    assert "twice for this right" in page(bring(made.officer, twice, "rights"))


def test_a_desk_brings_only_organisations_of_its_regions() -> None:
    made = desks()
    answer = bring(made.officer, f"{RECPO}De Arequipa,,R-1,Vigente,040309,\n")
    assert answer.status_code == 422
    assert "of another region" in page(answer)
    assert bring(seated("Olga", Role.OFFICER), f"{RECPO}De Arequipa,,R-1,Vigente,040309,\n").status_code == 302


def test_only_officers_bring_lists() -> None:
    made = desks()
    treasurer = seated("Tomasa", Role.ASSOCIATION, organisation=made.holder)
    for user in (made.registrar, seated("Aurora", Role.AUDITOR), treasurer):
        assert bring(user, GOOD).status_code == 403
    bring(made.officer, GOOD)
    brought = BroughtList.objects.get()
    for name in ("list_store", "list_drop"):
        assert client_of(made.registrar).post(reverse(f"associations:{name}", args=[brought.pk])).status_code == 403
    assert client_of(made.registrar).get(reverse("associations:list", args=[brought.pk])).status_code == 403


def test_a_list_is_stored_or_dropped_once() -> None:
    made = desks()
    bring(made.officer, GOOD)
    brought = BroughtList.objects.get()
    drop, store = (reverse(f"associations:list_{name}", args=[brought.pk]) for name in ("drop", "store"))
    client = client_of(made.officer)
    assert client.post(drop).status_code == 302
    assert [client.post(address).status_code for address in (drop, store)] == [409, 409]
    assert "dropped on" in page(client.get(reverse("associations:list", args=[brought.pk]), headers=ENGLISH))
    stored(made.officer, GOOD)
    assert bring(made.officer, GOOD).status_code == 409


def test_a_list_that_no_longer_fits_is_told_when_it_is_stored() -> None:
    made = desks()
    bring(made.officer, GOOD)
    brought = BroughtList.objects.get()
    stored(made.officer, f"{RECPO}{HOLDER},,R-9,Excluido,211002,\n", said_on=date(2025, 12, 31))
    shown = client_of(made.officer).get(reverse("associations:list", args=[brought.pk]), headers=ENGLISH)
    assert shown.status_code == 422
    assert "A newer source is known" in page(shown)
    assert client_of(made.officer).post(reverse("associations:list_store", args=[brought.pk])).status_code == 422


def test_nothing_is_stored_if_the_trail_is_not() -> None:
    made: Desks = desks()
    file = File("list.csv", GOOD.encode(), ListKind.RECPO, "DGFM", SAID)
    with (
        patch("pallaq.associations.actions.lists.record", side_effect=OSError("full")),
        pytest.raises(OSError, match="full"),
    ):
        bring_list(file=file, regions=None, by=made.officer)
    assert not BroughtList.objects.exists()
    brought = bring_list(file=file, regions=None, by=made.officer)
    with (
        patch("pallaq.associations.actions.lists.record", side_effect=OSError("full")),
        pytest.raises(OSError, match="full"),
    ):
        store_list(brought=brought, regions=None, by=made.officer)
    assert not RecpoState.objects.exists()
    store_list(brought=brought, regions=None, by=made.officer)
    actions = AuditEvent.objects.filter(action__startswith="list.").order_by("pk").values_list("action", "details__new")
    assert list(actions) == [("list.bring", None), ("list.store", 2)]


def test_a_list_of_tomorrow_is_refused() -> None:
    made = desks()
    with refused("date-in-future"):
        bring_list(
            file=File("a.csv", GOOD.encode(), ListKind.RECPO, "DGFM", date(2999, 1, 1)), regions=None, by=made.officer
        )


def test_words_and_days_of_lists_are_understood_or_refused() -> None:
    assert [state_of(word) for word in ("VIGENTE", "De baja", " Suspendido ", "otro")] == [
        "in_force",
        "ended",
        "suspended",
        "",
    ]
    days = ("2025-01-31", "31/01/2025", "31-01-2025", "2025-01-31 00:00:00")
    assert {day_of(text) for text in days} == {date(2025, 1, 31)}
    assert [day_of(text) for text in ("", "31/02/2025", "0025-01-01", "45000")] == [None] * 4
