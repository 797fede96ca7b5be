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
    "associations:add": ("LRSSRSSRRRRRR", "LRSSRSSRRRRRR"),
    "associations:board_add": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:board_end": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:edit": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "associations:list": ("LRRSRCRRRRRRR", "MMMMMMMMMMMMM"),
    "associations:list_drop": ("MMMMMMMMMMMMM", "LRRDRDRRRRRRR"),
    "associations:list_store": ("MMMMMMMMMMMMM", "LRRDRCRRRRRRR"),
    "associations:lists": ("LRRSRSRRRRRRR", "LRRSRSRRRRRRR"),
    "associations:member_add": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:member_end": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:members": ("LHSSSHHHHHSHH", "MMMMMMMMMMMMM"),
    "associations:organisation": ("LHSSSHHHHHSHH", "MMMMMMMMMMMMM"),
    "associations:organisations": ("LRSSSSSSRRDRR", "MMMMMMMMMMMMM"),
    "associations:person": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "associations:plant_add": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "associations:plant_edit": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "associations:post_add": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:post_end": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:recpo_add": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "associations:right_add": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "associations:right_end": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "associations:statute_add": ("LHSSRHHHHHSHH", "LHSSRHHHHHSHH"),
    "associations:statute_file": ("LHSSSHHHHHSHH", "MMMMMMMMMMMMM"),
    "credentials:card": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "credentials:card_issue": ("MMMMMMMMMMMMM", "LHCCRHHHHHHHH"),
    "credentials:card_pdf": ("LHSSRHHHHHHHH", "MMMMMMMMMMMMM"),
    "credentials:card_reissue": ("MMMMMMMMMMMMM", "LHRCRHHHHHHHH"),
    "credentials:card_revoke": ("MMMMMMMMMMMMM", "LHRCRHHHHHHHH"),
    "credentials:key_withdraw": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "credentials:keys": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "credentials:verify": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:verify_en": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:verify_file": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:verify_keys": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:verify_keys_json": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:verify_status": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:verify_worker": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "credentials:waiting": ("LRSSRSSRRRRRR", "MMMMMMMMMMMMM"),
    "desks:desk_export": ("MMMMMMMMMMMMM", "LRRRRRRRRRRRD"),
    "desks:desk_take": ("MMMMMMMMMMMMM", "LRRRRRRRRRRRD"),
    "desks:desks": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "desks:export": ("LRRRRRRRRRRRR", "LRRRRRRRRRRRR"),
    "desks:kind_add": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "desks:kind_end": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "desks:law": ("LRSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "desks:norm_add": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "desks:norm_end": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "desks:person_log": ("LHRSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "desks:person_log_csv": ("MMMMMMMMMMMMM", "LHRRRHHHHHHHH"),
    "desks:readings": ("LRRSSSRSRRRRR", "LRRSSSRSRRRRR"),
    "desks:scheme": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "desks:scheme_add": ("LRRRRRRRRRRRS", "LRRRRRRRRRRRS"),
    "figures:figures": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "figures:figures_csv": ("HHHHHHHHHHHSS", "MMMMMMMMMMMMM"),
    "figures:registries": ("SSSSSSSSSSSSS", "RRRRRRRRRRRSS"),
    "figures:registries_csv": ("SSSSSSSSSSSSS", "MMMMMMMMMMMMM"),
    "figures:release": ("HHHHHHHHHHHSS", "MMMMMMMMMMMMM"),
    "figures:release_publish": ("MMMMMMMMMMMMM", "LRRRRRRRRRRDD"),
    "figures:releases": ("LRRRRRRRRRRSS", "LRRRRRRRRRRSS"),
    "matching:different": ("MMMMMMMMMMMMM", "LHHCHHHHHHHHH"),
    "matching:duplicates": ("LRRSRSRRRRRRR", "MMMMMMMMMMMMM"),
    "matching:merge": ("MMMMMMMMMMMMM", "LHHCHHHHHHHHH"),
    "matching:open_again": ("MMMMMMMMMMMMM", "LHHCHHHHHHHHH"),
    "matching:pair": ("LHHSHHHHHHHHH", "MMMMMMMMMMMMM"),
    "matching:register": ("LRSSRSSRRRRRR", "LRSSRSSRRRRRR"),
    "matching:search": ("LRRSRSRRRRRRR", "LRRDRDRRRRRRR"),
    "matching:undo": ("MMMMMMMMMMMMM", "LHHCHHHHHHHHH"),
    "permits:cancel": ("LHHSRHHHSHHHH", "LHHSRHHHSHHHH"),
    "permits:certificate": ("LHHSSHHHSHHHH", "MMMMMMMMMMMMM"),
    "permits:certificate_pdf": ("LHHSSHHHSHHHH", "MMMMMMMMMMMMM"),
    "permits:certificates": ("LRRSSSRSSSRRR", "MMMMMMMMMMMMM"),
    "permits:end": ("LHSSRHHHSHHHH", "LHSSRHHHSHHHH"),
    "permits:export": ("MMMMMMMMMMMMM", "LRRRRRRRDDRRR"),
    "permits:issue": ("LHRSRHHHSHHHH", "LHRSRHHHSHHHH"),
    "permits:list": ("LRSSSSSSSSRRR", "MMMMMMMMMMMMM"),
    "permits:offer": ("LHRSRHHHSHHHH", "LHRSRHHHSHHHH"),
    "permits:one": ("LHSSSHHHSHHHH", "MMMMMMMMMMMMM"),
    "permits:paper": ("LHSSRHHHRHHHH", "LHSSRHHHRHHHH"),
    "permits:pdf": ("LHSSSHHHSHHHH", "MMMMMMMMMMMMM"),
    "permits:person": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "permits:refuse": ("LHSSRHHHRHHHH", "LHSSRHHHRHHHH"),
    "permits:renew": ("LHSSRHHHSHHHH", "LHSSRHHHSHHHH"),
    "permits:request": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "permits:sign": ("LHRRRHHHSHHHH", "LHRRRHHHSHHHH"),
    "permits:withdraw": ("LHSSRHHHSHHHH", "LHSSRHHHSHHHH"),
    "registry:activity_add": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "registry:activity_edit": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "registry:identifier_add": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "registry:identifier_end": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "registry:numbers": ("MMMMMMMMMMMMM", "LHCCCHHHHHHHH"),
    "registry:people": ("LRSSSSSSRRRRR", "LRSSSSSSRRRRR"),
    "registry:person": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "registry:person_edit": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "registry:person_registrations": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "registry:photo": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "registry:photo_edit": ("LHSSRHHHHHHHH", "LHCCRHHHHHHHH"),
    "registry:photo_remove": ("LHSSRHHHHHHHH", "LHDDRHHHHHHHH"),
    "registry:registration_change": ("LHRSRHHHHHHHH", "LHRSRHHHHHHHH"),
    "registry:registration_open": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "registry:registrations": ("LRSSSSSSRRRRR", "MMMMMMMMMMMMM"),
    "rights:consent": ("MMMMMMMMMMMMM", "LHCCRHHHHHHHH"),
    "rights:copy": ("MMMMMMMMMMMMM", "LHRSRHHHHHHHH"),
    "rights:mine": ("SSSSSSSSSSSSS", "SSSSSSSSSSSSS"),
    "rights:mine_consents": ("DDDDDDDDDDDDD", "DDDDDDDDDDDDD"),
    "rights:mine_copy": ("DDDDDDDDDDDDD", "MMMMMMMMMMMMM"),
    "rights:mine_leave": ("MMMMMMMMMMMMM", "DDDDDDDDDDDDD"),
    "rights:mine_readings": ("DDDDDDDDDDDDD", "MMMMMMMMMMMMM"),
    "rights:mine_requests": ("DDDDDDDDDDDDD", "DDDDDDDDDDDDD"),
    "rights:mine_sign": ("DDDDDDDDDDDDD", "DDDDDDDDDDDDD"),
    "rights:mine_withdraw": ("DDDDDDDDDDDDD", "DDDDDDDDDDDDD"),
    "rights:person": ("LHSSSHHHHHHHH", "MMMMMMMMMMMMM"),
    "rights:request": ("LHHSSHHHHHHHH", "LHHCRHHHHHHHH"),
    "rights:requests": ("LRRSSSRSRRRRR", "MMMMMMMMMMMMM"),
    "rights:retention": ("LRRSSSRSRRRRS", "MMMMMMMMMMMMM"),
    "rights:slip": ("MMMMMMMMMMMMM", "LHSSRHHHHHHHH"),
    "rights:slip_void": ("MMMMMMMMMMMMM", "LHCCRHHHHHHHH"),
    "rights:take": ("LHSSRHHHHHHHH", "LHSSRHHHHHHHH"),
    "rolls:back": ("LRRSRHRRRRRRR", "LRRCRHRRRRRRR"),
    "rolls:columns": ("LRRSRHRRRRRRR", "LRRSRHRRRRRRR"),
    "rolls:discard": ("MMMMMMMMMMMMM", "LRRDRHRRRRRRR"),
    "rolls:import": ("MMMMMMMMMMMMM", "LRRCRHRRRRRRR"),
    "rolls:list": ("LRRSRSRRRRRRR", "LRRSRSRRRRRRR"),
    "rolls:people": ("LRRSRHRRRRRRR", "MMMMMMMMMMMMM"),
    "rolls:progress": ("LRRDRHRRRRRRR", "MMMMMMMMMMMMM"),
    "rolls:roll": ("LRRSRHRRRRRRR", "MMMMMMMMMMMMM"),
    "rolls:row": ("LRRSRHRRRRRRR", "LRRCRHRRRRRRR"),
    "rolls:rows": ("LRRSRHRRRRRRR", "LRRRRHRRRRRRR"),
    "rolls:stop": ("MMMMMMMMMMMMM", "LRRCRHRRRRRRR"),
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
