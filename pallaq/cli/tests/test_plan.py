"""`pallaq plan` checks, loads and writes plans; the demo's plan says that it is an example."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from pallaq.cli import demo, demo_plan, main, production
from pallaq.exchange.tests.test_yaml import BOLIVIA, GOLD, HEAD
from pallaq.plan.models import Plan, Role
from pallaq.progress.models import Value
from pallaq.study.models import Study


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["plan", *map(str, words)])


@pytest.mark.parametrize("path", [GOLD, BOLIVIA], ids=["gold", "bolivia"])
def test_a_sound_file_is_said_to_be_sound(path: Path) -> None:
    result = run("check", path)
    assert result.exit_code == 0
    assert "no problems" in result.output


def test_a_file_with_problems_says_them_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(HEAD + "        budget: -1\n        parts: {leads: [Minsa]}\n", encoding="utf-8")
    result = run("check", path)
    assert result.exit_code == 1
    assert f"{path}:20: chain: budget: " in result.output
    assert f"{path}:21: parts: role: " in result.output


@pytest.mark.django_db
def test_a_plan_is_loaded_and_written_again(tmp_path: Path) -> None:
    assert run("load", BOLIVIA).exit_code == 0
    assert Plan.objects.get().code == "oro-boliviano"
    for ending in ("yaml", "xlsx"):
        out = tmp_path / f"out.{ending}"
        assert run("export", "oro-boliviano", "--out", out).exit_code == 0
        assert run("check", out).exit_code == 0
    assert run("export", "oro-boliviano", "--out", tmp_path / "out.doc").exit_code == 1
    assert "oro-boliviano" in run("export", "otro", "--out", tmp_path / "out.yaml").output


@pytest.mark.django_db
def test_the_demo_has_the_studys_plan_two_people_and_marked_examples(tmp_path: Path, settings: Any) -> None:
    study = Study.objects.create(code=demo.FEATURED, title={"es": "Mujeres y Hombres de Oro"}, public=True)
    demo_plan.load_plan(study)
    demo_plan.load_plan(study)  # a second start
    plan = Plan.objects.get()
    version = plan.approved()
    assert version is not None
    assert version.number == 1
    assert {seat.role for seat in plan.seats.all()} == {Role.PLANNER, Role.REPORTER}
    indicator = version.indicators.get(item__code="E5")
    assert indicator.title["es"].endswith("(ejemplo)")
    assert "EJEMPLO" in indicator.limits["es"]
    assert "EJEMPLO" in Value.objects.get().source


def test_production_knows_the_demo_passwords_of_the_plan() -> None:
    class Person:
        email, is_active = demo_plan.PLAN_LOGINS[0][0], True

        def check_password(self, raw_password: str) -> bool:
            return raw_password == demo_plan.PLAN_LOGINS[0][2]

    assert [problem.code for problem in production.login_problems([Person()], demo.DEMO_LOGINS)] == ["demo-login"]
    assert len({password for _email, _role, password in demo.DEMO_LOGINS}) == len(demo.DEMO_LOGINS)
    assert settings.PLANS.is_dir()
