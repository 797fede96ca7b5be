"""What start-up refuses when PALLAQ_ENV=production: open doors that a demo may have."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from pallaq.shared.errors import Problem, Problems

SHORTEST_KEY = 50
FEWEST_LETTERS = 10


class Person(Protocol):
    """What the check needs to know of a user."""

    email: str
    is_active: bool

    def check_password(self, raw_password: str) -> bool:
        """Tell whether the password is theirs."""


def check(problems: Iterable[Problem]) -> None:
    """Refuse to start while anything is wrong, all at once."""
    if found := list(problems):
        raise Problems(_("Pallaq does not start like this."), found)


def mode_problems(value: str) -> Iterable[Problem]:
    """Yield what is wrong with PALLAQ_ENV: a misspelt production would start as a demo."""
    if value not in ("", "production", "test"):
        message = _("PALLAQ_ENV is %(value)s. Leave it empty, or set it to production.")
        yield Problem("mode-unknown", message % {"value": value})


def host_problems(hosts: Iterable[str]) -> Iterable[Problem]:
    """Yield what is wrong with the list of host names."""
    names = list(hosts)
    if not names:
        message = _("No host name is given. Set PALLAQ_HOSTS, for example PALLAQ_HOSTS=pallaq.example.pe.")
        yield Problem("hosts-missing", message)
    if "*" in names:
        yield Problem("hosts-any", _("PALLAQ_HOSTS=* answers to any name. List the names that are yours."))


def key_problems(path: Path) -> Iterable[Problem]:
    """Yield what is wrong with the file of the key that signs sessions."""
    if not path.exists():
        yield Problem("key-missing", _("There is no key file. Remove PALLAQ_SECRET to have one made."), str(path))
        return
    key = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS:
        message = _("The key is weak: it needs at least %(length)d random characters. Delete it to have one made.")
        yield Problem("key-weak", message % {"length": SHORTEST_KEY}, str(path))
    if path.stat().st_mode & 0o077:
        yield Problem("key-open", _("Other users of this machine can read the key. Run chmod 600 on it."), str(path))


def ring_problems(path: Path) -> Iterable[Problem]:
    """Yield what is wrong with the file of the keys of encrypted fields."""
    if path.exists() and path.stat().st_mode & 0o077:
        message = _("Other users of this machine can read the keys of encrypted values. Run chmod 600 on the file.")
        yield Problem("field-keys-open", message, str(path))


def login_problems(people: Iterable[Person], logins: Iterable[tuple[str, str, str]]) -> Iterable[Problem]:
    """Yield each person who can still log in with a demo password, which everybody knows."""
    passwords = {email: password for email, _role, password in logins}
    for person in people:
        if person.is_active and person.email in passwords and person.check_password(passwords[person.email]):
            message = _("%(email)s still has the demo password. Change it, or deactivate this person.")
            yield Problem("demo-login", message % {"email": person.email})
