"""Who may open what of the registry: every address with every role and region; one without an entry fails.

Each entry has one letter for each role, in the order of `registry_world.ROLES`:
S shown, D done (a redirect onward), L sent to log in, R refused, H hidden as if it were not there,
C a clear no to anybody (it is over, or cannot be so), M wrong method.
"""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.urls import get_resolver, reverse
from pytest_django import Settings

from pallaq.accounts.tests.people import client_of
from pallaq.web.tests.registry_world import ROLES, World, user_of, world
from pallaq.web.tests.test_plan_roles import letter
from pallaq.web.tests.test_roles import REGISTRY, named

pytestmark = pytest.mark.django_db

# What an address is made of: the word in `World.keys`, and the argument's name.
HERS = (
    "person",
    "numbers",
    "person_edit",
    "identifier_add",
    "activity_add",
    "photo_edit",
    "photo",
    "photo_remove",
    "person_registrations",
    "registration_open",
)
OF_A_ROLL = ("roll", "progress", "columns", "import", "stop", "discard", "back", "people", "rows")
OF_AN_ASSOCIATION = ("organisation", "members", "member_add", "board_add", "statute_add")
JUANA = (("juana", "key"),)
WOMEN = (("women", "key"),)
HOLDER = (("holder", "key"),)
PAIR = (("pair", "key"),)
ROLL = (("roll", "key"),)
PERMIT = (("permit", "key"),)
OFFER = (("offer", "key"),)
NUMBER = (("number", "number"),)
NAMED: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys((f"registry:{name}" for name in HERS), JUANA),
    "registry:identifier_end": (*JUANA, ("identifier", "identifier")),
    "registry:activity_edit": (*JUANA, ("activity", "activity")),
    "registry:registration_change": (("registration", "key"),),
    "desks:person_log": JUANA,
    "desks:person_log_csv": JUANA,
    "desks:norm_end": (("norm", "key"),),
    "desks:scheme": (("scheme", "code"),),
    "desks:kind_end": (("kind", "code"),),
    "desks:desk_take": (("seat", "seat_id"),),
    "desks:desk_export": (("seat", "seat_id"),),
    **dict.fromkeys((f"matching:{name}" for name in ("pair", "different", "open_again", "merge", "undo")), PAIR),
    **dict.fromkeys((f"rolls:{name}" for name in OF_A_ROLL), ROLL),
    "rolls:row": (*ROLL, ("row", "row_key")),
    **dict.fromkeys((f"associations:{name}" for name in OF_AN_ASSOCIATION), WOMEN),
    "associations:person": JUANA,
    "associations:member_end": (*WOMEN, ("membership", "membership")),
    "associations:board_end": (*WOMEN, ("board", "board")),
    "associations:post_add": (*WOMEN, ("board", "board")),
    "associations:post_end": (*WOMEN, ("post", "post")),
    "associations:statute_file": (*WOMEN, ("statute", "statute")),
    "associations:edit": HOLDER,
    "associations:right_add": HOLDER,
    "associations:right_end": (*HOLDER, ("holding", "holding")),
    "associations:recpo_add": HOLDER,
    "associations:plant_add": HOLDER,
    "associations:plant_edit": (*HOLDER, ("plant", "plant")),
    **dict.fromkeys((f"associations:{name}" for name in ("list", "list_store", "list_drop")), (("list", "key"),)),
    "permits:person": JUANA,
    "permits:request": JUANA,
    **dict.fromkeys((f"permits:{name}" for name in ("one", "pdf", "withdraw", "end", "renew", "issue")), PERMIT),
    **dict.fromkeys((f"permits:{name}" for name in ("offer", "refuse", "sign", "paper")), OFFER),
    **dict.fromkeys(
        (f"permits:{name}" for name in ("certificate", "certificate_pdf", "cancel")), (("certificate", "key"),)
    ),
    "credentials:verify_file": (("file", "name"),),
    "credentials:key_withdraw": (("kid", "kid"),),
    "credentials:card": JUANA,
    "credentials:card_issue": JUANA,
    **dict.fromkeys(
        (f"credentials:{name}" for name in ("card_reissue", "card_revoke", "card_pdf")),
        (*JUANA, ("card_key", "card_key")),
    ),
    **dict.fromkeys((f"rights:{name}" for name in ("person", "consent", "slip", "slip_void", "take", "copy")), JUANA),
    "rights:request": (("request", "key"),),
    "rights:mine_copy": (("form", "form"),),
    "rights:mine_sign": PERMIT,
    "figures:release": NUMBER,
    "figures:figures_csv": NUMBER,
    "figures:release_publish": NUMBER,
}
# By GET and by POST of an empty form.
TABLE: dict[str, tuple[str, str]] = {
    "associations:add": ("LRSSRSRRRRR", "LRSSRSRRRRR"),
    "associations:board_add": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:board_end": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:edit": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "associations:list": ("LRRSRCRRRRR", "MMMMMMMMMMM"),
    "associations:list_drop": ("MMMMMMMMMMM", "LRRDRDRRRRR"),
    "associations:list_store": ("MMMMMMMMMMM", "LRRDRCRRRRR"),
    "associations:lists": ("LRRSRSRRRRR", "LRRSRSRRRRR"),
    "associations:member_add": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:member_end": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:members": ("LHSSSHHHSHH", "MMMMMMMMMMM"),
    "associations:organisation": ("LHSSSHHHSHH", "MMMMMMMMMMM"),
    "associations:organisations": ("LRSSSSRRDRR", "MMMMMMMMMMM"),
    "associations:person": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "associations:plant_add": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "associations:plant_edit": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "associations:post_add": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:post_end": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:recpo_add": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "associations:right_add": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "associations:right_end": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "associations:statute_add": ("LHSSRHHHSHH", "LHSSRHHHSHH"),
    "associations:statute_file": ("LHSSSHHHSHH", "MMMMMMMMMMM"),
    "credentials:card": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "credentials:card_issue": ("MMMMMMMMMMM", "LHCCRHHHHHH"),
    "credentials:card_pdf": ("LHSSRHHHHHH", "MMMMMMMMMMM"),
    "credentials:card_reissue": ("MMMMMMMMMMM", "LHRCRHHHHHH"),
    "credentials:card_revoke": ("MMMMMMMMMMM", "LHRCRHHHHHH"),
    "credentials:key_withdraw": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "credentials:keys": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "credentials:verify": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:verify_en": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:verify_file": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:verify_keys": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:verify_keys_json": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:verify_status": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:verify_worker": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "credentials:waiting": ("LRSSRSRRRRR", "MMMMMMMMMMM"),
    "desks:desk_export": ("MMMMMMMMMMM", "LRRRRRRRRRD"),
    "desks:desk_take": ("MMMMMMMMMMM", "LRRRRRRRRRD"),
    "desks:desks": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "desks:export": ("LRRRRRRRRRR", "LRRRRRRRRRR"),
    "desks:kind_add": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "desks:kind_end": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "desks:law": ("LRSSSSSSSSS", "MMMMMMMMMMM"),
    "desks:norm_add": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "desks:norm_end": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "desks:person_log": ("LHRSSHHHHHH", "MMMMMMMMMMM"),
    "desks:person_log_csv": ("MMMMMMMMMMM", "LHRRRHHHHHH"),
    "desks:readings": ("LRRSSSRRRRR", "LRRSSSRRRRR"),
    "desks:scheme": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "desks:scheme_add": ("LRRRRRRRRRS", "LRRRRRRRRRS"),
    "figures:figures": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "figures:figures_csv": ("HHHHHHHHHSS", "MMMMMMMMMMM"),
    "figures:registries": ("SSSSSSSSSSS", "RRRRRRRRRSS"),
    "figures:registries_csv": ("SSSSSSSSSSS", "MMMMMMMMMMM"),
    "figures:release": ("HHHHHHHHHSS", "MMMMMMMMMMM"),
    "figures:release_publish": ("MMMMMMMMMMM", "LRRRRRRRRDD"),
    "figures:releases": ("LRRRRRRRRSS", "LRRRRRRRRSS"),
    "matching:different": ("MMMMMMMMMMM", "LHHCHHHHHHH"),
    "matching:duplicates": ("LRRSRSRRRRR", "MMMMMMMMMMM"),
    "matching:merge": ("MMMMMMMMMMM", "LHHCHHHHHHH"),
    "matching:open_again": ("MMMMMMMMMMM", "LHHCHHHHHHH"),
    "matching:pair": ("LHHSHHHHHHH", "MMMMMMMMMMM"),
    "matching:register": ("LRSSRSRRRRR", "LRSSRSRRRRR"),
    "matching:search": ("LRRSRSRRRRR", "LRRDRDRRRRR"),
    "matching:undo": ("MMMMMMMMMMM", "LHHCHHHHHHH"),
    "permits:cancel": ("LHHSRHSHHHH", "LHHSRHSHHHH"),
    "permits:certificate": ("LHHSSHSHHHH", "MMMMMMMMMMM"),
    "permits:certificate_pdf": ("LHHSSHSHHHH", "MMMMMMMMMMM"),
    "permits:certificates": ("LRRSSSSSRRR", "MMMMMMMMMMM"),
    "permits:end": ("LHSSRHSHHHH", "LHSSRHSHHHH"),
    "permits:export": ("MMMMMMMMMMM", "LRRRRRDDRRR"),
    "permits:issue": ("LHRSRHSHHHH", "LHRSRHSHHHH"),
    "permits:list": ("LRSSSSSSRRR", "MMMMMMMMMMM"),
    "permits:offer": ("LHRSRHSHHHH", "LHRSRHSHHHH"),
    "permits:one": ("LHSSSHSHHHH", "MMMMMMMMMMM"),
    "permits:paper": ("LHSSRHRHHHH", "LHSSRHRHHHH"),
    "permits:pdf": ("LHSSSHSHHHH", "MMMMMMMMMMM"),
    "permits:person": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "permits:refuse": ("LHSSRHRHHHH", "LHSSRHRHHHH"),
    "permits:renew": ("LHSSRHSHHHH", "LHSSRHSHHHH"),
    "permits:request": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "permits:sign": ("LHRRRHSHHHH", "LHRRRHSHHHH"),
    "permits:withdraw": ("LHSSRHSHHHH", "LHSSRHSHHHH"),
    "registry:activity_add": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "registry:activity_edit": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "registry:identifier_add": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "registry:identifier_end": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "registry:numbers": ("MMMMMMMMMMM", "LHCCCHHHHHH"),
    "registry:people": ("LRSSSSRRRRR", "LRSSSSRRRRR"),
    "registry:person": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "registry:person_edit": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "registry:person_registrations": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "registry:photo": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "registry:photo_edit": ("LHSSRHHHHHH", "LHCCRHHHHHH"),
    "registry:photo_remove": ("LHSSRHHHHHH", "LHDDRHHHHHH"),
    "registry:registration_change": ("LHRSRHHHHHH", "LHRSRHHHHHH"),
    "registry:registration_open": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "registry:registrations": ("LRSSSSRRRRR", "MMMMMMMMMMM"),
    "rights:consent": ("MMMMMMMMMMM", "LHCCRHHHHHH"),
    "rights:copy": ("MMMMMMMMMMM", "LHRSRHHHHHH"),
    "rights:mine": ("SSSSSSSSSSS", "SSSSSSSSSSS"),
    "rights:mine_consents": ("DDDDDDDDDDD", "DDDDDDDDDDD"),
    "rights:mine_copy": ("DDDDDDDDDDD", "MMMMMMMMMMM"),
    "rights:mine_leave": ("MMMMMMMMMMM", "DDDDDDDDDDD"),
    "rights:mine_readings": ("DDDDDDDDDDD", "MMMMMMMMMMM"),
    "rights:mine_requests": ("DDDDDDDDDDD", "DDDDDDDDDDD"),
    "rights:mine_sign": ("DDDDDDDDDDD", "DDDDDDDDDDD"),
    "rights:mine_withdraw": ("DDDDDDDDDDD", "DDDDDDDDDDD"),
    "rights:person": ("LHSSSHHHHHH", "MMMMMMMMMMM"),
    "rights:request": ("LHHSSHHHHHH", "LHHCRHHHHHH"),
    "rights:requests": ("LRRSSSRRRRR", "MMMMMMMMMMM"),
    "rights:retention": ("LRRSSSRRRRS", "MMMMMMMMMMM"),
    "rights:slip": ("MMMMMMMMMMM", "LHSSRHHHHHH"),
    "rights:slip_void": ("MMMMMMMMMMM", "LHCCRHHHHHH"),
    "rights:take": ("LHSSRHHHHHH", "LHSSRHHHHHH"),
    "rolls:back": ("LRRSRHRRRRR", "LRRCRHRRRRR"),
    "rolls:columns": ("LRRSRHRRRRR", "LRRSRHRRRRR"),
    "rolls:discard": ("MMMMMMMMMMM", "LRRDRHRRRRR"),
    "rolls:import": ("MMMMMMMMMMM", "LRRCRHRRRRR"),
    "rolls:list": ("LRRSRSRRRRR", "LRRSRSRRRRR"),
    "rolls:people": ("LRRSRHRRRRR", "MMMMMMMMMMM"),
    "rolls:progress": ("LRRDRHRRRRR", "MMMMMMMMMMM"),
    "rolls:roll": ("LRRSRHRRRRR", "MMMMMMMMMMM"),
    "rolls:row": ("LRRSRHRRRRR", "LRRCRHRRRRR"),
    "rolls:rows": ("LRRSRHRRRRR", "LRRRRHRRRRR"),
    "rolls:stop": ("MMMMMMMMMMM", "LRRCRHRRRRR"),
}


def arguments(name: str, made: World) -> dict[str, object]:
    """Return the values in an address."""
    return {argument: made.keys[word] for word, argument in NAMED.get(name, ())}


def test_it_has_an_entry_for_every_address() -> None:
    ours = {name for name in named(get_resolver()) if name.partition(":")[0] in REGISTRY}
    assert ours == TABLE.keys()


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> World:
    """One of everything."""
    settings.DATA = tmp_path
    cache.clear()
    return world()


@pytest.mark.parametrize("role", ROLES)
def test_it_shows_and_refuses_by_role(role: str, made: World) -> None:
    position, browser = ROLES.index(role), client_of(user_of(role, made))
    found = {}
    for name in TABLE:
        address = reverse(name, kwargs=arguments(name, made))
        with transaction.atomic():
            shown = meaning(browser.get(address))
            transaction.set_rollback(True)
        with transaction.atomic():
            found[name] = shown + meaning(browser.post(address, {}))
            transaction.set_rollback(True)
    expected = {name: get[position] + post[position] for name, (get, post) in TABLE.items()}
    assert {name: letters for name, letters in found.items() if letters != expected[name]} == {}


PEOPLE = (
    "registry:",
    "rights:person",
    "rights:copy",
    "credentials:card",
    "permits:one",
    "permits:certificate",
    "matching:",
)


def test_no_administrator_and_nobody_without_a_seat_reads_a_person() -> None:
    for name, (get, _post) in TABLE.items():
        if name.startswith(PEOPLE):
            assert {get[ROLES.index(role)] for role in ("stranger", "statistician", "administrator")} <= set("RHM"), (
                name
            )


def meaning(answer: HttpResponse) -> str:
    """Return the letter of an answer; a page on which a person is entered by her slip is not the login."""
    if answer.streaming:
        b"".join(answer)
    return "M" if answer.status_code == 405 else letter(answer)
