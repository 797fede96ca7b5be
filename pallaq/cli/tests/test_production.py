"""Production refuses the doors that a demo leaves open."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from pallaq.cli.production import check, host_problems, key_problems, login_problems, mode_problems
from pallaq.shared.environment import make_secret_key
from pallaq.shared.errors import Problem, Problems

LOGINS = [("ana@example.org", "reader", "demo-password")]


@dataclass
class Person:
    email: str
    password: str
    is_active: bool = True

    def check_password(self, raw_password: str) -> bool:
        return raw_password == self.password


def codes(problems: object) -> list[str]:
    return [problem.code for problem in problems]


def test_it_names_everything_at_once() -> None:
    with pytest.raises(Problems) as refusal:
        check([Problem("one", "first"), Problem("two", "second")])
    assert codes(refusal.value.problems) == ["one", "two"]


def test_it_lets_a_sound_start_pass() -> None:
    check([])


@pytest.mark.parametrize(("value", "wrong"), [("", []), ("production", []), ("prod", ["mode-unknown"])])
def test_it_refuses_a_misspelt_mode(value: str, wrong: list[str]) -> None:
    assert codes(mode_problems(value)) == wrong


@pytest.mark.parametrize(
    ("hosts", "wrong"), [([], ["hosts-missing"]), (["*"], ["hosts-any"]), (["pallaq.example.pe"], [])]
)
def test_it_wants_host_names(hosts: list[str], wrong: list[str]) -> None:
    assert codes(host_problems(hosts)) == wrong


def test_the_key_made_at_first_start_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PALLAQ_SECRET", raising=False)
    make_secret_key(tmp_path)
    assert codes(key_problems(tmp_path / "keys" / "secret")) == []


@pytest.mark.parametrize(
    ("key", "mode", "wrong"),
    [
        ("short", 0o600, ["key-weak"]),
        ("a" * 64, 0o600, ["key-weak"]),
        ("0123456789abcdef" * 4, 0o640, ["key-open"]),
        ("0123456789abcdef" * 4, 0o604, ["key-open"]),
        ("0123456789abcdef" * 4, 0o600, []),
    ],
)
def test_it_refuses_a_key_that_is_weak_or_open(tmp_path: Path, key: str, mode: int, wrong: list[str]) -> None:
    path = tmp_path / "secret"
    path.write_text(key)
    path.chmod(mode)
    assert codes(key_problems(path)) == wrong


def test_it_refuses_a_missing_key(tmp_path: Path) -> None:
    assert codes(key_problems(tmp_path / "none")) == ["key-missing"]


@pytest.mark.parametrize(
    ("person", "wrong"),
    [
        (Person("ana@example.org", "demo-password"), ["demo-login"]),
        (Person("ana@example.org", "her own password"), []),
        (Person("ana@example.org", "demo-password", is_active=False), []),
        (Person("eva@example.org", "demo-password"), []),
    ],
)
def test_it_refuses_a_demo_password_that_still_opens(person: Person, wrong: list[str]) -> None:
    assert codes(login_problems([person], LOGINS)) == wrong
