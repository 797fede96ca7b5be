"""The first administrator comes in by a link that the command line prints."""

import pytest
from django.test import Client

from pallaq.accounts.models import User
from pallaq.cli.administrator import administrator_link, refuse_no_address
from pallaq.shared.errors import Refusal

pytestmark = pytest.mark.django_db


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_it_makes_the_first_administrator_and_her_link_opens() -> None:
    link = administrator_link("Jefa@example.org")
    user = User.objects.get(email="jefa@example.org")
    assert user.is_administrator
    assert Client().get(path_of(link)).status_code == 200


def test_a_known_person_gets_a_new_link_and_her_old_password_ends() -> None:
    user = User.objects.create_user("jefa@example.org", "Jefa", "una-clave-muy-larga")
    administrator_link("jefa@example.org")
    user.refresh_from_db()
    assert user.is_administrator
    assert not user.check_password("una-clave-muy-larga")


def test_it_refuses_what_is_no_address() -> None:
    with pytest.raises(Refusal, match="is no e-mail address"):
        refuse_no_address("jefa")
