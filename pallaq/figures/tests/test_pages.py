"""Pages of official statistics."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of
from pallaq.figures.actions.freezing import freeze, publish
from pallaq.figures.actions.totals import DATA, import_totals, load_totals
from pallaq.figures.models import RegistryRelease, RegistryTotal
from pallaq.registry.models import Consent, Role
from pallaq.registry.tests.samples import desks, registered, seated, selector
from pallaq.shared.errors import Problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def statistician(settings: Settings, tmp_path: Path) -> User:
    """Twelve women of Puno, and somebody who freezes."""
    settings.DATA = tmp_path
    desks()
    for number in range(12):
        registered(selector(str(10_000_000 + number)))
    Consent.objects.all().delete()
    return seated("Estela", Role.STATISTICIAN)


def frozen(by: User) -> RegistryRelease:
    client_of(by).post(reverse("figures:releases"), {"as_of": timezone.localdate().isoformat()})
    release = RegistryRelease.objects.get()
    freeze(release)
    release.refresh_from_db()
    return release


def test_a_statistician_freezes_looks_and_publishes(statistician: User) -> None:
    release = frozen(statistician)
    browser = client_of(statistician)
    page = browser.get(reverse("figures:release", args=[release.number])).content.decode()
    assert release.sha256 in page
    assert client_of(None).get(reverse("figures:release", args=[release.number])).status_code == 404
    browser.post(reverse("figures:release_publish", args=[release.number]))
    assert "12" in client_of(None).get(reverse("figures:figures")).context["people"]


def test_nobody_else_freezes_or_publishes(statistician: User) -> None:
    release = frozen(statistician)
    for user in (seated("Otra", Role.OFFICER), seated("Aurora", Role.AUDITOR)):
        browser = client_of(user)
        assert browser.get(reverse("figures:releases")).status_code == 403
        assert browser.post(reverse("figures:release_publish", args=[release.number])).status_code == 403
        assert browser.post(reverse("figures:registries")).status_code == 403


def test_a_wrong_day_is_said_on_the_page(statistician: User) -> None:
    answer = client_of(statistician).post(reverse("figures:releases"), {"as_of": "2999-01-01"})
    assert answer.status_code == 422
    assert not RegistryRelease.objects.exists()


def test_before_the_first_release_the_page_says_so() -> None:
    answer = client_of(None).get(reverse("figures:figures"))
    assert (answer.status_code, answer.templates[0].name) == (200, "figures/empty.html")


def test_the_csv_holds_every_cell_that_is_told(statistician: User) -> None:
    release = frozen(statistician)
    publish(release=release, by=statistician)
    text = client_of(None).get(reverse("figures:figures_csv", args=[release.number])).content.decode()
    assert text.splitlines()[0] == "scheme,state,region,sex,age,month,registrations"
    assert "selectors-puno,registered,21,female,,,12" in text
    assert len(text.splitlines()) == 1 + len(release.cells())


def test_figures_of_a_scheme_that_is_not_there_show_the_first(statistician: User) -> None:
    publish(release=frozen(statistician), by=statistician)
    answer = client_of(None).get(reverse("figures:figures"), {"scheme": "nothing"})
    assert answer.context["scheme_code"] == "selectors-puno"


def test_the_studys_table_of_three_registries_is_reproduced() -> None:
    load_totals()
    load_totals()
    women = {total.code: (total.persons, total.women()) for total in RegistryTotal.objects.all()}
    assert women == {"REINFO": (70042, 15339), "RECPO": (8802, 2359), "SELECTORS": (11753, 2840)}
    page = client_of(None).get(reverse("figures:registries")).content.decode()
    for figure in ("70,042", "15,339", "8,802", "11,753", "24.16", "2,840"):
        assert figure in page
    assert "SELECTORS" in client_of(None).get(reverse("figures:registries_csv")).content.decode()


def test_later_totals_are_brought_by_file(statistician: User) -> None:
    load_totals()
    text = DATA.read_text(encoding="utf-8").replace("2021-01", "2026-10").replace("70042", "90001")
    file = SimpleUploadedFile("totals.csv", text.encode())
    client_of(statistician).post(reverse("figures:registries"), {"file": file})
    assert RegistryTotal.objects.filter(code="REINFO").count() == 2
    assert RegistryTotal.objects.get(code="REINFO", as_of="2026-10").persons == 90001


def test_a_file_with_errors_stores_nothing_and_says_where(statistician: User, tmp_path: Path) -> None:
    path = tmp_path / "totals.csv"
    path.write_text(DATA.read_text(encoding="utf-8").replace("24.16", "124").replace("8802", "many"), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        import_totals(path=path, name="totals.csv", by=statistician)
    assert [(one.row, one.column) for one in caught.value.problems] == [(3, "persons"), (4, "percent_women")]
    assert not RegistryTotal.objects.exists()


def test_a_file_without_its_columns_is_refused_on_the_page(statistician: User) -> None:
    file = SimpleUploadedFile("totals.csv", b"registry,persons\nREINFO,1\n")
    answer = client_of(statistician).post(reverse("figures:registries"), {"file": file})
    assert answer.status_code == 422
    assert "percent_women" in answer.content.decode()
