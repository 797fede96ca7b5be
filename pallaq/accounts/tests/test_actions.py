"""People: invited, reset, let out and in; and nothing saved when the audit trail cannot be written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from pallaq.accounts import actions
from pallaq.accounts.models import User
from pallaq.accounts.tests.people import PASSWORD, administrator, client_of, person, refused
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_it_invites_with_a_link_that_works_once() -> None:
    ana = administrator()
    user, token = actions.invite(email=" Rosa@Example.org ", by=ana)
    assert user.email == "rosa@example.org"
    assert not user.has_usable_password()
    actions.accept_link(user_id=user.pk, token=token, name="Rosa Mamani", password=PASSWORD)
    user.refresh_from_db()
    assert (user.name, user.check_password(PASSWORD)) == ("Rosa Mamani", True)
    with refused("link-ended"):
        actions.accept_link(user_id=user.pk, token=token, name="Otra", password="otra clave larga y buena")
    assert [event.action for event in AuditEvent.objects.all()] == ["user.accept", "user.invite"]


def test_it_keeps_neither_the_token_nor_its_hash() -> None:
    user, token = actions.invite(email="rosa@example.org", by=administrator())
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(u)::text FROM accounts_user u WHERE id = %s", [user.pk])
        assert token.split("-")[1] not in cursor.fetchone()[0]
    assert token not in str(list(AuditEvent.objects.values_list("details", "about")))


def test_it_refuses_a_link_after_seven_days() -> None:
    user, token = actions.invite(email="rosa@example.org", by=administrator())
    later = datetime.now() + timedelta(days=7, minutes=1)  # noqa: DTZ005 - what Django's generator counts in
    with mock.patch.object(actions.link_tokens, "_now", return_value=later), refused("link-ended"):
        actions.user_of_link(user.pk, token)
    assert actions.user_of_link(user.pk, token) == user


def test_it_refuses_an_older_link_once_there_is_a_newer_one() -> None:
    ana = administrator()
    user, first = actions.invite(email="rosa@example.org", by=ana)
    second = actions.reset_password(user=user, by=ana)
    with refused("link-ended"):
        actions.user_of_link(user.pk, first)
    assert actions.user_of_link(user.pk, second) == user


def test_it_refuses_to_invite_the_same_address_in_other_letters() -> None:
    person("Rosa")
    with refused("user-known"):
        actions.invite(email="ROSA@example.org", by=administrator())


def test_it_ends_password_and_sessions_when_an_administrator_resets() -> None:
    rosa = person("Rosa")
    browser = client_of(None)
    browser.post("/account/login/", {"login": rosa.email, "password": PASSWORD})
    assert "_auth_user_id" in browser.session
    actions.reset_password(user=rosa, by=administrator())
    assert "_auth_user_id" not in browser.session
    assert not User.objects.get(pk=rosa.pk).check_password(PASSWORD)


def test_it_refuses_to_reset_oneself_or_someone_deactivated() -> None:
    ana, rosa = administrator(), person("Rosa", is_active=False)
    with refused("own-reset"):
        actions.reset_password(user=ana, by=ana)
    with refused("user-inactive"):
        actions.reset_password(user=rosa, by=ana)


def test_it_ends_sessions_when_it_deactivates_and_does_not_bring_them_back() -> None:
    ana, rosa = administrator(), person("Rosa")
    browser = client_of(None)
    browser.post("/account/login/", {"login": rosa.email, "password": PASSWORD})
    actions.deactivate(user=rosa, by=ana)
    actions.reactivate(user=rosa, by=ana)
    assert "_auth_user_id" not in browser.session
    assert User.objects.get(pk=rosa.pk).check_password(PASSWORD)


def test_it_refuses_to_lose_the_last_administrator() -> None:
    ana, invited = administrator(), actions.invite(email="eva@example.org", is_administrator=True, by=person())[0]
    with refused("last-administrator"):
        actions.deactivate(user=ana, by=invited)
    with refused("last-administrator"):
        actions.mark_administrator(user=ana, administrator=False, by=invited)
    administrator("Bea")
    actions.deactivate(user=ana, by=invited)
    assert not User.objects.get(pk=ana.pk).is_active


def test_it_refuses_to_change_ones_own_mark() -> None:
    ana, _bea = administrator(), administrator("Bea")
    with refused("own-mark"):
        actions.mark_administrator(user=ana, administrator=False, by=ana)


WRITES: dict[str, Callable[[User, User], object]] = {
    "invite": lambda ana, _rosa: actions.invite(email="nueva@example.org", by=ana),
    "reset": lambda ana, rosa: actions.reset_password(user=rosa, by=ana),
    "deactivate": lambda ana, rosa: actions.deactivate(user=rosa, by=ana),
    "reactivate": lambda ana, _rosa: actions.reactivate(user=person("Out", is_active=False), by=ana),
    "mark": lambda ana, rosa: actions.mark_administrator(user=rosa, administrator=True, by=ana),
}


@pytest.mark.parametrize("name", WRITES)
def test_it_saves_nothing_when_the_audit_fails(name: str) -> None:
    ana, rosa = administrator(), person("Rosa")
    before = set(User.objects.values_list("email", "password", "is_active", "is_administrator"))
    with (
        mock.patch("pallaq.accounts.actions.record", side_effect=DatabaseError("disk full")),
        pytest.raises(DatabaseError),
    ):
        WRITES[name](ana, rosa)
    after = set(User.objects.exclude(name="Out").values_list("email", "password", "is_active", "is_administrator"))
    assert after == before


def test_it_finds_people_however_their_name_is_accented() -> None:
    rosa = person("Rosa")
    rosa.name = "Rósa Ñahui"
    rosa.save()
    assert list(User.objects.matching("rosa nahui")) == [rosa]
    assert list(User.objects.matching("EXAMPLE")) == [rosa]
    assert rosa.joined_at <= timezone.now()
