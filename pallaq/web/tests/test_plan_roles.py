"""Who may open what of a plan: every address of its rooms with every role; an address without an entry fails.

One letter for each role, as in `test_roles`: S shown, D done (a redirect onward), L sent to log in, R refused,
H hidden as if it were not there, C a clear no to anybody (it is over, or cannot be so).
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.following.actions.agreements import agree
from pallaq.following.actions.comments import add_comment
from pallaq.following.actions.meetings import hold_meeting, plan_meeting
from pallaq.places.models import Organisation
from pallaq.plan.actions.versions import open_amendment
from pallaq.plan.models import Role, Seat
from pallaq.plan.tests.samples import CODE, Small, small
from pallaq.progress.tests.samples import reported, shown, spent
from pallaq.report.tests import documents
from pallaq.study.actions import freeze_release
from pallaq.study.tests.samples import GOLD, gold, rows
from pallaq.web.tests.test_roles import PLANS, letter, named

pytestmark = pytest.mark.django_db

# The reporter is of the health directorate, which takes part in action 1.2 of Puno; whoever is elsewhere reports for
# an entity that has no part in anything.
ROLES = ("anonymous", "stranger", "elsewhere", "reader", "reporter", "planner", "administrator")
TABLE = {
    "get exchange:files": "LHSSSSS",
    "get exchange:iati": "HHHSHSS",
    "get exchange:import_plan": "LRRRRRS",
    "post exchange:import_plan": "LRRRRRS",
    "get exchange:plan_docx": "SSSSSSS",
    "get exchange:plan_pdf": "SSSSSSS",
    "get exchange:progress_docx": "LHRSRSS",
    "get exchange:progress_pdf": "LHRSRSS",
    "get exchange:public": "SSSSSSS",
    "get exchange:publisher": "LHRRRSS",
    "post exchange:publisher": "LHRRRCC",
    "get exchange:workbook": "LHRSRSS",
    "get exchange:workbook_changes": "LHRRRHH",
    "post exchange:workbook_changes": "LHRRRHH",
    "post exchange:workbook_discard": "LHRRRHH",
    "get exchange:workbook_in": "LHRRRSS",
    "post exchange:workbook_in": "LHRRRSS",
    "get exchange:yaml": "LHRSRSS",
    "post plan:approve": "LHRRRDD",
    "get plan:baselines": "LHRRRSS",
    "post plan:baselines": "LHRRRSS",
    "get plan:changes": "LHSSSSS",
    "post plan:discard": "LHRRRDD",
    "get baselines:followup": "LHSSSSS",
    "get baselines:from_gap": "LHRRRSS",
    "post baselines:from_gap": "LHRRRSS",
    "get plan:indicator": "LHSSSSS",
    "get plan:indicator_add": "LHRRRSS",
    "post plan:indicator_add": "LHRRRSS",
    "get plan:indicator_edit": "LHRRRSS",
    "post plan:indicator_edit": "LHRRRSS",
    "get plan:indicator_remove": "LHRRRSS",
    "post plan:indicator_remove": "LHRRRDD",
    "get plan:indicators": "LHSSSSS",
    "get plan:list": "LSSSSSS",
    "get plan:node": "LHSSSSS",
    "get plan:node_add": "LHRRRSS",
    "post plan:node_add": "LHRRRSS",
    "get plan:node_edit": "LHRRRSS",
    "post plan:node_edit": "LHRRRSS",
    "post plan:node_move": "LHRRRDD",
    "get plan:node_remove": "LHRRRSS",
    "post plan:node_remove": "LHRRRDD",
    "get plan:organisation": "LRRRRSS",
    "post plan:organisation": "LRRRRSS",
    "get plan:organisation_add": "LRRRRSS",
    "post plan:organisation_add": "LRRRRSS",
    "get plan:organisations": "LRRRRSS",
    "get plan:plan": "LHSSSSS",
    "post plan:seat_take": "LHRRRDD",
    "get plan:seats": "LHRRRSS",
    "post plan:seats": "LHRRRSS",
    "get plan:targets": "LHRRRSS",
    "post plan:targets": "LHRRRSS",
    "get plan:versions": "LHSSSSS",
    "post plan:versions": "LHRRRSS",
    "get following:agreement_done": "LHRRSSS",
    "post following:agreement_done": "LHRRCCC",
    "get following:agreement_new": "LHSRSSS",
    "post following:agreement_new": "LHCRCCC",
    "get following:agreement_reopen": "LHRRSSS",
    "post following:agreement_reopen": "LHRRCCC",
    "get following:agreements": "LHSSSSS",
    "get progress:board": "LHSSSSS",
    "get progress:board_csv": "LHSSSSS",
    "post following:comment_remove": "LHHRRDD",
    "get following:comments": "LHHSSSS",
    "post following:comments": "LHHCCCC",
    "get following:digest": "LSSSSSS",
    "post following:digest": "LDDDDDD",
    "get progress:evidence": "LHHSSSS",
    "post progress:evidence": "LHHRSSS",
    "get progress:evidence_file": "LHHSSSS",
    "get progress:evidence_remove": "LHHRSSS",
    "post progress:evidence_remove": "LHHRSSS",
    "get following:late": "LHSSSSS",
    "get following:late_csv": "LHSSSSS",
    "get following:meeting": "LHSSSSS",
    "get following:meeting_cancel": "LHSRSSS",
    "post following:meeting_cancel": "LHCRCCC",
    "get following:meeting_edit": "LHSRSSS",
    "post following:meeting_edit": "LHCRCCC",
    "get following:meeting_hold": "LHSRSSS",
    "post following:meeting_hold": "LHCRCCC",
    "get following:meeting_new": "LHSRSSS",
    "post following:meeting_new": "LHCRCCC",
    "get following:meetings": "LHSSSSS",
    "get progress:period": "LHRRRSS",
    "post progress:period": "LHRRRDD",
    "get progress:periods": "LHSSSSS",
    "get progress:spending": "LHHSSSS",
    "post progress:spending": "LHHRSSS",
    "get progress:spending_correct": "LHHRSSS",
    "post progress:spending_correct": "LHHRSSS",
    "get following:timeline": "LHSSSSS",
    "get progress:value_correct": "LHHRHSS",
    "post progress:value_correct": "LHHRHSS",
    "get progress:value_new": "LHHRHSS",
    "post progress:value_new": "LHHRHSS",
    "get progress:values": "LHHSHSS",
    "get progress:work": "LHSSSSS",
    "get web:measures": "LHSSSSS",
    "post web:measures": "LRRRRRR",
}


def test_it_has_an_entry_for_every_address() -> None:
    ours = {name for name in named(get_resolver()) if name.startswith(PLANS)}
    assert ours == {name.partition(" ")[2] for name in TABLE}


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Small:
    """The small plan with a study, a draft beside the version in force, and something reported of everything."""
    settings.DATA = tmp_path
    made = small()
    study = gold(public=True)
    made.plan.study = study
    made.plan.save()
    release = freeze_release(study=study, dataset=rows("yes", "no"), file_name="answers.csv", by=None, public=True)
    document = documents.gold().to_dict()
    Diagnosis.objects.create(release=release, state=State.DONE, document=document, made_at=timezone.now())
    open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    return made


def user_of(role: str, made: Small) -> User | None:
    """Return the user whose role it is."""
    makers: dict[str, Callable[[], User | None]] = {
        "anonymous": lambda: None,
        "stranger": lambda: person("Extraña"),
        "elsewhere": lambda: made.reporter("Otra", Organisation.objects.create(name="Municipalidad de Nasca")),
        "reader": made.reader,
        "reporter": made.reporter,
        "planner": lambda: made.planner,
        "administrator": administrator,
    }
    return makers[role]()


def arguments(name: str, made: Small) -> dict[str, object]:
    """Return the values in an address, making what it names."""
    short = name.partition(":")[2]
    if short in {"list", "organisations", "organisation_add", "import_plan", "digest"}:
        return {}
    if short == "organisation":
        return {"key": made.health.pk}
    values: dict[str, object] = {"plan": CODE}
    if short in {"node", "node_edit", "node_remove", "node_move", "evidence", "spending", "comments", "comment_remove"}:
        values["code"] = "1.2"
    if short in {"indicator", "indicator_edit", "indicator_remove", "targets", "baselines", "followup", "values"}:
        values["code"] = "I1"
    if short == "value_new":
        values["code"] = "I1"
    more: dict[str, Callable[[], dict[str, object]]] = {
        "changes": lambda: {"number": 1},
        "seat_take": lambda: {"seat_id": seat(made).pk},
        "from_gap": lambda: {"study": GOLD, "indicator": documents.gold().indicators[0].code},
        "value_correct": lambda: {"value": reported(made, 2026, 40).pk},
        "evidence_file": lambda: {"key": shown(made, made.nodes["1.2"].item).pk},
        "evidence_remove": lambda: {"key": shown(made, made.nodes["1.2"].item).pk},
        "spending_correct": lambda: {"key": spent(made, "1.2", 2026, 10).pk},
        "period": lambda: {"period": "2025"},
        "meeting": lambda: {"key": meeting(made).pk},
        "meeting_edit": lambda: {"key": meeting(made).pk},
        "meeting_hold": lambda: {"key": meeting(made).pk},
        "meeting_cancel": lambda: {"key": meeting(made).pk},
        "agreement_new": lambda: {"key": meeting(made, held=True).pk},
        "agreement_done": lambda: {"key": agreement(made).pk},
        "agreement_reopen": lambda: {"key": agreement(made).pk},
        "comment_remove": lambda: {
            "key": add_comment(item=made.nodes["1.2"].item, words="Falta el acta", by=made.planner).pk
        },
        "workbook_changes": lambda: {"upload": uuid4()},
        "workbook_discard": lambda: {"upload": uuid4()},
    }
    return values | more.get(short, dict)()


def seat(made: Small) -> Seat:
    return Seat.objects.create(plan=made.plan, user=person("Alguien"), role=Role.READER)


def meeting(made: Small, *, held: bool = False):
    item = made.nodes["1.1"].item
    found = plan_meeting(plan=made.plan, item=item, held_on=date(2026, 3, 1), region="", by=made.planner)
    if held:
        found = hold_meeting(meeting=found, edition=1, minutes="Acta", came={made.health: (3, 2, 0)}, by=made.planner)
    return found


def agreement(made: Small):
    found = meeting(made, held=True)
    return agree(meeting=found, words="Comprar", responsible=made.health, due_on=date(2026, 6, 1), by=made.planner)


def body(name: str) -> dict[str, object]:
    """Return what is sent by POST: enough to be done where it may."""
    bodies: dict[str, dict[str, object]] = {
        "plan:approve": {"sure": "on"},
        "plan:discard": {"sure": "on"},
        "plan:node_move": {"to": "up"},
    }
    return bodies.get(name, {})


@pytest.mark.parametrize("role", ROLES)
def test_it_shows_and_refuses_by_role(role: str, made: Small) -> None:
    position, browser = ROLES.index(role), client_of(user_of(role, made))
    found, expected = {}, {}
    for key, letters in TABLE.items():
        method, _, name = key.partition(" ")
        with transaction.atomic():
            answer = getattr(browser, method)(reverse(name, kwargs=arguments(name, made)), body(name) or None)
            if answer.streaming:
                b"".join(answer)
            found[key], expected[key] = letter(answer), letters[position]
            transaction.set_rollback(True)
    assert {key: value for key, value in found.items() if value != expected[key]} == {}


POSTED = sorted({key[5:] for key in TABLE if key.startswith("post ")} - {key[4:] for key in TABLE if key[:4] == "get "})


@pytest.mark.parametrize("name", POSTED)
def test_it_changes_nothing_by_get(name: str, made: Small) -> None:
    address = reverse(name, kwargs=arguments(name, made))
    assert client_of(administrator()).get(address).status_code in (302, 405)
