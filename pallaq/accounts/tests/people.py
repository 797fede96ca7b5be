"""People for tests: each with a password of her own, and a client that is logged in as her."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from pallaq.accounts.models import User
from pallaq.shared.errors import Refusal

PASSWORD = "una clave larga y buena"


def person(name: str = "Rosa", **fields: Any) -> User:
    """Return a saved user who can log in."""
    return User.objects.create_user(f"{name.lower()}@example.org", name, PASSWORD, **fields)


def administrator(name: str = "Ana") -> User:
    """Return an administrator."""
    return person(name, is_administrator=True)


def client_of(user: User | None) -> Client:
    """Return a browser logged in as the user, or as nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a Refusal with this code."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code, caught.value
