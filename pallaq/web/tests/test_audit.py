"""The audit trail's page: whose events, narrowed down, in words, and as a safe CSV."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from pallaq.accounts.adapter import SECOND_FACTOR
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.shared.models import AuditEvent, record
from pallaq.study.actions import give_role
from pallaq.study.models import Role, Study
from pallaq.study.tests.samples import GOLD, gold
from pallaq.web.trail import ACTIONS

pytestmark = pytest.mark.django_db
PAGE, FILE = "/audit/", "/audit.csv"


def test_it_has_words_for_every_action_that_code_records() -> None:
    sources = [path for path in Path(settings.PACKAGE).rglob("*.py") if not {"tests", "trail.py"} & set(path.parts)]
    code = "".join(path.read_text() for path in sources)
    recorded = set(re.findall(r'action\s?=\s?"([a-z._-]+)"', code))
    recorded |= set(re.findall(r'action = "[a-z.-]+" if \w+ else "([a-z.-]+)"', code))
    recorded |= set(SECOND_FACTOR.values())
    recorded -= {"mine"}  # what allauth calls the rate limit of a selector's own page
    assert len(recorded) > 100
    assert recorded <= ACTIONS.keys()
    assert not [action for action in ACTIONS.keys() - recorded if f'"{action}"' not in code]


def test_it_shows_a_researcher_her_studies_alone() -> None:
    study, rosa = gold(), person("Rosa")
    give_role(user=rosa, study=study, role=Role.RESEARCHER, by=None)
    Study.objects.create(code="another", title={"es": "Otro"})
    record(by=None, action="release.freeze", scope="another", about="release 7")
    record(by=None, action="login.fail", about="unknown address")
    page = client_of(rosa).get(PAGE)
    assert [line.study for line in page.context["lines"]] == []  # a generator: the template read it
    text = page.content.decode()
    assert "release 7" not in text
    assert "unknown address" not in text
    assert GOLD in text
    everything = client_of(administrator()).get(PAGE).content.decode()
    assert "release 7" in everything
    assert "unknown address" in everything


def test_it_names_the_person_an_event_is_about() -> None:
    ana, rosa = administrator(), person("Rosa")
    record(by=ana, action="user.reset", about=f"user {rosa.pk}")
    text = client_of(ana).get(PAGE).content.decode()
    assert f"user {rosa.pk}" not in text
    assert ">Ana</td>" in text.replace("\n", "").replace("  ", "")
    assert "Rosa" in text


def test_it_narrows_down_by_person_action_and_day() -> None:
    ana, rosa = administrator(), person("Rosa")
    record(by=ana, action="login", about=f"user {ana.pk}")
    record(by=rosa, action="login", about=f"user {rosa.pk}")
    record(by=rosa, action="logout", about=f"user {rosa.pk}")
    browser, today = client_of(ana), date.today().isoformat()  # noqa: DTZ011 - the day people see

    def count(**asked: str) -> int:
        return browser.get(PAGE, asked).context["page"].paginator.count

    assert (count(), count(by=str(rosa.pk)), count(action="login"), count(by=str(rosa.pk), action="logout")) == (
        3,
        2,
        2,
        1,
    )
    assert count(until="2020-01-01") == 0
    assert count(since=today) + count(until=today) >= 3
    assert count(since="nonsense") == 0


def test_it_turns_pages() -> None:
    ana = administrator()
    for number in range(60):
        record(by=ana, action="login", about=f"number {number}")
    browser = client_of(ana)
    assert "number 59" in browser.get(PAGE).content.decode()
    second = browser.get(PAGE, {"page": 2, "action": "login"}).content.decode()
    assert "number 0" in second
    assert "number 59" not in second
    assert "action=login" in second


def test_it_gives_a_csv_that_no_spreadsheet_runs_and_notes_it() -> None:
    ana = administrator("=Ana")
    record(by=ana, action="release.withdraw", scope=GOLD, about="release 1", reason="=1+1")
    answer = client_of(ana).get(FILE)
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert ",'=Ana," in lines[1]
    assert "reason: =1+1" in lines[1]
    assert AuditEvent.objects.filter(action="audit.download", by=ana).exists()


def test_it_is_on_the_rail_of_those_who_may_read_it() -> None:
    gold()
    address = f'href="{reverse("web:audit")}"'
    assert address in client_of(administrator()).get("/").content.decode()
    assert address not in client_of(person()).get("/").content.decode()
