"""Pages of accounts: logging in and out, links, and what an administrator does with people."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import PASSWORD, administrator, client_of, person
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def test_it_logs_in_with_the_address_in_any_letters_and_notes_it() -> None:
    rosa, browser = person("Rosa"), client_of(None)
    answer = browser.post(LOGIN, {"login": "ROSA@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(rosa.pk)
    browser.post(reverse("account_logout"))
    assert "_auth_user_id" not in browser.session
    assert actions() == ["login", "logout"]
    assert [event.by for event in AuditEvent.objects.all()] == [rosa, rosa]


def test_it_goes_where_the_person_was_heading_but_never_to_another_site() -> None:
    person("Rosa")
    answer = client_of(None).post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD, "next": "/account/"})
    assert answer["Location"] == "/account/"
    answer = client_of(None).post(
        LOGIN, {"login": "rosa@example.org", "password": PASSWORD, "next": "https://example.com/"}
    )
    assert answer["Location"] == "/"


def test_it_notes_a_wrong_password_without_keeping_a_strangers_address() -> None:
    rosa, browser = person("Rosa"), client_of(None)
    answer = browser.post(LOGIN, {"login": rosa.email, "password": "wrong"})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    browser.post(LOGIN, {"login": "stranger@example.org", "password": "wrong"})
    assert list(AuditEvent.objects.order_by("id").values_list("action", "about", "by")) == [
        ("login.fail", f"user {rosa.pk}", None),
        ("login.fail", "unknown address", None),
    ]
    assert "stranger" not in str(list(AuditEvent.objects.values()))


def test_it_shuts_the_door_after_five_wrong_passwords() -> None:
    rosa, browser = person("Rosa"), client_of(None)
    for _attempt in range(5):
        browser.post(LOGIN, {"login": rosa.email, "password": "wrong"})
    answer = browser.post(LOGIN, {"login": rosa.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session
    assert answer.context["form"].non_field_errors()
    assert client_of(None).get(LOGIN).status_code == 200


def test_it_lets_nobody_in_who_is_deactivated() -> None:
    rosa, browser = person("Rosa", is_active=False), client_of(None)
    browser.post(LOGIN, {"login": rosa.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session
    assert actions() == ["login.fail"] or actions() == []


def test_it_ends_a_session_after_twelve_hours_and_with_the_browser() -> None:
    person("Rosa")
    browser = client_of(None)
    browser.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert browser.session.get_expiry_age() == 12 * 60 * 60


def test_it_ends_other_sessions_when_the_password_changes() -> None:
    person("Rosa")
    here, there = client_of(None), client_of(None)
    for browser in (here, there):
        browser.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    new = "otra clave mucho mejor"
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get(reverse("account_me")).status_code == 200
    assert there.get(reverse("account_me")).status_code == 302
    assert "password.change" in actions()


@pytest.mark.parametrize("password", ["corta", "password1234", "12345678901234"])
def test_it_refuses_a_weak_password(password: str) -> None:
    ana = client_of(administrator())
    link = link_of(ana.post(reverse("people:invite"), {"email": "rosa@example.org"}).content.decode())
    answer = client_of(None).post(link, {"name": "Rosa", "password": password, "repeated": password})
    if password == "12345678901234":
        assert answer.status_code == 302
    else:
        assert answer.context["form"].errors["password"]


def link_of(page: str) -> str:
    found = re.search(r"http://testserver(/account/link/[^<\s]+)", page)
    assert found, page
    return found[1]


def test_it_invites_a_person_who_then_comes_in() -> None:
    ana = client_of(administrator())
    answer = ana.post(reverse("people:invite"), {"email": "rosa@example.org"})
    assert "no-store" in answer["Cache-Control"]
    link, rosa = link_of(answer.content.decode()), client_of(None)
    assert rosa.get(link).status_code == 200
    answer = rosa.post(link, {"name": "Rosa Mamani", "password": PASSWORD, "repeated": "otra"})
    assert answer.context["form"].errors["repeated"]
    answer = rosa.post(link, {"name": "Rosa Mamani", "password": PASSWORD, "repeated": PASSWORD})
    assert answer["Location"] == LOGIN
    assert rosa.get(link).status_code == 410
    rosa.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    assert "Rosa Mamani" in rosa.get(reverse("account_me")).content.decode()


def test_it_shows_people_and_finds_one() -> None:
    ana = administrator()
    person("Rosa")
    page = client_of(ana).get(reverse("people:list"), {"words": "ros"}).content.decode()
    assert "rosa@example.org" in page
    assert "ana@example.org" not in page


@pytest.mark.parametrize("verb", ["deactivate", "mark", "reset", "remove_second_factor"])
def test_it_does_what_an_administrator_says_and_only_by_post(verb: str) -> None:
    ana, rosa = client_of(administrator()), person("Rosa")
    address = reverse(f"people:{verb}", args=[rosa.pk])
    assert ana.get(address).status_code == 405
    assert ana.post(address, {"administrator": "yes"}).status_code in (200, 302)
    saved = User.objects.get(pk=rosa.pk)
    assert (saved.is_active, saved.is_administrator, saved.has_usable_password()) == (
        verb != "deactivate",
        verb == "mark",
        verb != "reset",
    )
    assert client_of(rosa).post(address).status_code in (302, 403) if verb != "mark" else True
    if verb == "deactivate":
        ana.post(reverse("people:reactivate", args=[rosa.pk]))
        assert User.objects.get(pk=rosa.pk).is_active


def test_it_has_no_sign_up() -> None:
    assert client_of(None).get("/account/signup/").status_code == 404


def test_it_sets_up_a_second_factor_with_recovery_codes(django_capture_on_commit_callbacks) -> None:
    person("Rosa", is_administrator=True)
    browser = client_of(None)
    browser.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    assert browser.get(reverse("mfa_index")).status_code == 200
    asked = browser.get(reverse("mfa_activate_totp"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("mfa_activate_totp"), {"code": code})
    assert AuditEvent.objects.filter(action="second-factor.add", by__name="Rosa").count() == 1
    assert browser.get(reverse("mfa_view_recovery_codes")).status_code == 200
    again = client_of(None)
    answer = again.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in again.session
    assert again.get(reverse("mfa_authenticate")).status_code == 200
    for name in ("mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(reverse(name))
    assert [AuditEvent.objects.filter(action=f"second-factor.{what}").count() for what in ("codes", "remove")] == [1, 1]


def test_it_shows_where_one_is_logged_in_and_ends_the_rest() -> None:
    person("Rosa")
    here, there = client_of(None), client_of(None)
    for browser in (here, there):
        browser.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    assert len(here.get(reverse("usersessions_list")).context["sessions"]) == 2
    here.post(reverse("usersessions_list"))
    assert here.get(reverse("account_me")).status_code == 200
    assert there.get(reverse("account_me")).status_code == 302


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_inactive"])
def test_it_opens_to_anybody(name: str) -> None:
    assert client_of(None).get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["account_logout", "account_change_password", "account_reauthenticate", "account_me"])
def test_it_opens_to_whoever_is_logged_in(name: str) -> None:
    person("Rosa")
    browser = client_of(None)
    browser.post(LOGIN, {"login": "rosa@example.org", "password": PASSWORD})
    assert browser.get(reverse(name)).status_code == 200
