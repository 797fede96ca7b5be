"""Who may open what: every address of the site with every role; an address without an entry fails.

The study and its release are not public. Each entry has one letter for each role:
S shown, D done (a redirect onward), L sent to log in, R refused, H hidden as if it were not there,
C a clear no to anybody (it is over, or cannot be so).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.rules import link_tokens
from pallaq.accounts.tests.people import PASSWORD, administrator, client_of, person
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.report.tests import documents
from pallaq.study.actions import freeze_release, give_role, keep_upload
from pallaq.study.models import Role, Study
from pallaq.study.tests.samples import GOLD, gold, rows

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "stranger", "reader", "elsewhere", "coordinator", "researcher", "administrator")
# The coordinator has no region of her own, the one elsewhere has Piura; the stranger researches another study.
ANYBODY = "SSSSSSS"
LOGGED_IN = "LSSSSSS"
MEMBERS = "HHSSSSS"
RESEARCHERS_POST = "LHRRRDD"
ADMINISTRATORS = "LRRRRRS"
ADMINISTRATORS_POST = "LRRRRRD"

GET = {
    "web:home": ANYBODY,
    "web:glossary": ANYBODY,
    "web:about": ANYBODY,
    "web:audit": "LSRRRSS",
    "web:audit_csv": "LSRRRSS",
    "diagnosis:study": MEMBERS,
    "diagnosis:board": MEMBERS,
    "diagnosis:row": MEMBERS,
    "diagnosis:row_csv": MEMBERS,
    "diagnosis:report": MEMBERS,
    "diagnosis:file": MEMBERS,
    "diagnosis:print": MEMBERS,
    "diagnosis:progress": MEMBERS,
    "study:list": ANYBODY,
    "study:releases": MEMBERS,
    "study:release": MEMBERS,
    "study:file": "HHSRSSS",
    "study:upload": "LHRSSSS",
    "study:upload_preview": "LHHHHSS",
    "study:roles": ADMINISTRATORS,
    "account_me": LOGGED_IN,
    "account_link": ANYBODY,
    "account_login": "SDDDDDD",
    "account_logout": "DSSSSSS",
    "account_inactive": ANYBODY,
    "account_reauthenticate": LOGGED_IN,
    "account_change_password": LOGGED_IN,
    "account_reset_password": ANYBODY,
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": ANYBODY,
    "account_reset_password_from_key_done": ANYBODY,
    "mfa_index": LOGGED_IN,
    "mfa_authenticate": "LDDDDDD",
    "mfa_reauthenticate": "LDDDDDD",
    "mfa_activate_totp": "LDDDDDD",
    "mfa_deactivate_totp": "LHHHHHH",
    "mfa_view_recovery_codes": "LHHHHHH",
    "mfa_generate_recovery_codes": "LDDDDDD",
    "mfa_download_recovery_codes": "LHHHHHH",
    "usersessions_list": LOGGED_IN,
    "people:list": ADMINISTRATORS,
    "people:invite": ADMINISTRATORS,
    "people:person": ADMINISTRATORS,
}
POST = {
    "web:language": "DDDDDDD",
    "diagnosis:freeze": "LHHHHDD",
    "diagnosis:again": RESEARCHERS_POST,
    "study:publish": RESEARCHERS_POST,
    "study:withdraw": RESEARCHERS_POST,
    "study:upload": "LHRCCCC",
    "study:discard": "LHHHHDD",
    "study:roles": ADMINISTRATORS_POST,
    "study:take_role": ADMINISTRATORS_POST,
    "people:invite": ADMINISTRATORS,
    "people:reset": ADMINISTRATORS,
    "people:deactivate": ADMINISTRATORS_POST,
    "people:reactivate": ADMINISTRATORS_POST,
    "people:mark": ADMINISTRATORS_POST,
    "people:remove_second_factor": ADMINISTRATORS_POST,
}


def named(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """Yield the name of every address of the site."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            yield from named(pattern, f"{pattern.namespace}:" if pattern.namespace else space)


PLANS = ("plan:", "baselines:", "progress:", "following:", "exchange:", "web:measures")  # see test_plan_roles
# See test_registry_roles.
REGISTRY = ("registry", "desks", "matching", "rolls", "associations", "permits", "credentials", "rights", "figures")


def test_it_has_an_entry_for_every_address() -> None:
    elsewhere = (*PLANS, *(f"{room}:" for room in REGISTRY))
    assert {name for name in named(get_resolver()) if not name.startswith(elsewhere)} == GET.keys() | POST.keys()


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    settings.DATA = tmp_path
    cache.clear()
    study = gold(public=False)
    release = freeze_release(study=study, dataset=rows("yes", "no"), file_name="answers.csv", by=None)
    diagnosis = Diagnosis.objects.create(
        release=release, state=State.DONE, document=documents.gold().to_dict(), made_at=timezone.now()
    )
    diagnosis.folder("es").mkdir(parents=True)
    (diagnosis.folder("es") / "report.pdf").write_bytes(b"%PDF")
    return study


def user_of(role: str, study: Study) -> User | None:
    """Make the user whose role it is."""
    if role == "anonymous":
        return None
    if role == "administrator":
        return administrator()
    user = person(role.capitalize())
    if role == "stranger":
        other = Study.objects.create(code="another", title={"es": "Otro"})
        give_role(user=user, study=other, role=Role.RESEARCHER, by=None)
    elif role == "elsewhere":
        give_role(user=user, study=study, role=Role.COORDINATOR, region="20", by=None)
    else:
        give_role(user=user, study=study, role=Role(role), by=None)
    return user


def arguments(name: str, study: Study) -> dict[str, object]:
    """Return the values in an address, making what it names."""
    if (name.startswith("people:") and name not in {"people:list", "people:invite"}) or name == "study:roles":
        return {"user_id": person("Somebody").pk}
    if name == "study:take_role":
        return {"membership_id": give_role(user=person("Somebody"), study=study, role=Role.READER, by=None).pk}
    if name == "account_link":
        user = User.objects.create_user("invited@example.org")
        return {"user_id": user.pk, "token": link_tokens.make_token(user)}
    if name == "account_reset_password_from_key":
        return {"uidb36": "1", "key": "wrong"}
    space, _, rest = name.partition(":")
    if space not in {"study", "diagnosis"} or rest == "list":
        return {}
    values: dict[str, object] = {"study": GOLD}
    if rest in {"release", "publish", "withdraw", "progress", "again"} or name == "study:file":
        values["number"] = 1
    if rest in {"upload_preview", "discard", "freeze"}:
        upload = keep_upload(study=study, dataset=rows("no"), file_name="more.csv", by=person("Uploader"))
        values["upload_id"] = upload.pk
    more: dict[str, dict[str, object]] = {
        "study:file": {"name": "responses.csv"},
        "diagnosis:file": {"language": "es", "name": "report.pdf"},
        "diagnosis:row": {"indicator": documents.gold().indicators[0].code},
        "diagnosis:row_csv": {"indicator": documents.gold().indicators[0].code},
    }
    return values | more.get(name, {})


def body(name: str) -> dict[str, object]:
    """Return what is sent by POST."""
    bodies: dict[str, dict[str, object]] = {
        "web:language": {"language": "en"},
        "study:upload": {"file": SimpleUploadedFile("bad.csv", b"a,b\n1,2\n")},
        "study:withdraw": {"reason": "wrong", "sure": "on"},
        "study:roles": {"study": GOLD, "role": "reader", "region": ""},
        "people:invite": {"email": "new@example.org"},
        "people:mark": {"administrator": "yes"},
    }
    return bodies.get(name, {})


def letter(answer: HttpResponse) -> str:
    """Return what an answer means to the person."""
    if answer.status_code == 302:
        return "L" if answer["Location"].startswith("/account/login/") else "D"
    return {200: "S", 403: "R", 404: "H", 409: "C", 410: "C", 422: "C"}.get(answer.status_code, str(answer.status_code))


def browser_of(user: User | None) -> Client:
    """Return a browser that logged in by the page, as allauth's own pages want."""
    browser = client_of(None)
    if user:
        browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


@pytest.mark.parametrize("role", ROLES)
def test_it_shows_and_refuses_by_role(role: str, study: Study) -> None:
    position, browser = ROLES.index(role), browser_of(user_of(role, study))
    found, expected = {}, {}
    for method, table in (("get", GET), ("post", POST)):
        for name, letters in table.items():
            with transaction.atomic():
                address = reverse(name, kwargs=arguments(name, study))
                answer = getattr(browser, method)(address, body(name) if method == "post" else None)
                if answer.streaming:
                    b"".join(answer)
                found[f"{method} {name}"], expected[f"{method} {name}"] = letter(answer), letters[position]
                transaction.set_rollback(True)
    assert {key: value for key, value in found.items() if value != expected[key]} == {}


@pytest.mark.parametrize("name", sorted(POST.keys() - GET.keys()))
def test_it_changes_nothing_by_get(name: str, study: Study) -> None:
    address = reverse(name, kwargs=arguments(name, study))
    assert client_of(administrator()).get(address).status_code in (302, 405)
