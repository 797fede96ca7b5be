"""Cards issued, revoked, issued again and forgotten."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pallaq.accounts.tests.people import client_of, refused
from pallaq.credentials.actions.cards import forget_cards, issue_card, reissue_card, revoke_card
from pallaq.credentials.actions.keys import key_list, make_key
from pallaq.credentials.actions.lists import revoke_overtaken, status_file
from pallaq.credentials.models import Card, WhyCard, seconds
from pallaq.credentials.rules.lists import read_status
from pallaq.credentials.rules.verifying import Outcome, Verdict, verdict
from pallaq.credentials.tasks import look_for_overtaken
from pallaq.credentials.tests.samples import carded, ready
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import Consent, Norm, Photo, Registration, State
from pallaq.registry.tests.samples import desks, registered, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def verified(card: Card, days: int = 0) -> Verdict:
    """Verify a card as a page would that updates now and reads some days later."""
    keys = key_list()
    status = read_status(bytes(status_file().content), keys)
    return verdict(card.text, keys, status, seconds(timezone.now() + timedelta(days=days)))


def test_it_issues_a_card_that_verifies_and_says_little() -> None:
    made, juana, card = carded()
    found = verified(card)
    assert found.outcome == Outcome.VALID
    assert found.claims
    assert (found.claims.name, found.claims.number) == (juana.name(), juana.number)
    assert found.claims.document == ("dni", "456")
    assert found.claims.registrations == (("selectors-puno", 20240301),)
    assert (found.claims.synthetic, found.claims.photo, found.claims.index) == (True, b"", card.status_index)
    event = AuditEvent.objects.get(action="card.issue")
    assert (event.by, event.about) == (made.officer, f"person {juana.number}")
    assert event.details == {"card": card.serial, "key": card.key.kid}


def test_its_term_is_the_norms() -> None:
    _made, _juana, card = carded()
    today = timezone.localdate()
    assert timezone.localdate(card.expires_at) == today.replace(year=today.year + 2) + timedelta(days=1)
    assert verified(card, days=735).outcome == Outcome.EXPIRED


def test_it_says_the_photo_by_its_hash() -> None:
    _made, juana = ready()
    Photo.objects.create(person=juana, image=b"x", sha256="ab" * 32)
    claims = verified(issue_card(person=juana, by=None)).claims
    assert claims
    assert claims.photo == bytes.fromhex("ab" * 16)


def test_the_database_holds_no_text_of_a_card_in_clear() -> None:
    _made, _juana, card = carded()
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM credentials_card c")
        ((row,),) = cursor.fetchall()
    assert card.serial in row
    assert card.text.encode().hex() not in row
    assert "PQ1" not in row


def test_it_refuses_without_her_consent() -> None:
    _made, juana = ready()
    Consent.objects.filter(purpose="card").update(withdrawn_at=timezone.now())
    with refused("no-card-consent"):
        issue_card(person=juana, by=None)


def test_it_refuses_without_a_registration_in_force() -> None:
    _made, juana = ready()
    Registration.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    with refused("no-registration"):
        issue_card(person=juana, by=None)


def test_it_refuses_without_a_key() -> None:
    desks()
    juana = registered(selector())
    Consent.objects.create(person=juana, purpose="card")
    with refused("no-signing-key"):
        issue_card(person=juana, by=None)


@pytest.mark.parametrize("known", [True, False])
def test_it_refuses_without_a_term(known: bool) -> None:
    _made, juana = ready()
    term = Norm.objects.filter(code="card-term-months")
    term.update(value=None) if known else term.delete()
    with refused("no-card-term"):
        issue_card(person=juana, by=None)


def test_it_refuses_a_second_card_and_a_closed_file() -> None:
    _made, juana, _card = carded()
    with refused("card-in-force"):
        issue_card(person=juana, by=None)
    juana.state = "erased"
    juana.save()
    with refused("person-closed"):
        issue_card(person=juana, by=None)


def test_a_revoked_card_verifies_as_revoked_after_the_next_update() -> None:
    made, _juana, card = carded()
    before = read_status(bytes(status_file().content), key_list())
    revoke_card(card=card, why=WhyCard.LOST, by=made.officer)
    assert verdict(card.text, key_list(), before, seconds(timezone.now())).outcome == Outcome.VALID
    assert verified(card).outcome == Outcome.REVOKED
    assert AuditEvent.objects.get(action="card.revoke").details["why"] == "lost"
    with refused("card-revoked"):
        revoke_card(card=card, why=WhyCard.LOST, by=made.officer)


def test_a_card_issued_again_takes_the_place_of_the_old_one() -> None:
    made, juana, card = carded()
    new = reissue_card(card=card, why=WhyCard.STOLEN, by=made.officer)
    card.refresh_from_db()
    assert (card.replaced_by, card.revoked_why) == (new, "stolen")
    assert verified(card).outcome == Outcome.REVOKED
    assert verified(new).outcome == Outcome.VALID
    assert new.status_index != card.status_index
    assert AuditEvent.objects.get(action="card.reissue").about == f"person {juana.number}"
    with refused("card-replaced"):
        reissue_card(card=card, why=WhyCard.STOLEN, by=made.officer)


def test_a_card_is_revoked_by_itself_when_her_registration_is_suspended() -> None:
    made, juana, card = carded()
    status_file()
    found = juana.registrations.get()
    today = timezone.localdate()
    change_state(registration=found, state=State.SUSPENDED, reason="x", edition=None, on=today, by=made.officer)
    assert verified(card).outcome == Outcome.VALID
    assert revoke_overtaken() == 1
    assert verified(card).outcome == Outcome.REVOKED
    card.refresh_from_db()
    assert card.revoked_why == "ended"
    assert AuditEvent.objects.get(action="card.overtaken").details == {"cards": 1}


def test_the_worker_looks_for_overtaken_cards_once_an_hour() -> None:
    _made, juana, card = carded()
    status_file()
    juana.registrations.update(state=State.SUSPENDED)
    client_of(None).get("/verify/status.cbor")
    assert not DBTaskResult.objects.exists()
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(hours=1)):
        client_of(None).get("/verify/status.cbor")
        client_of(None).get("/verify/status.cbor")
    assert DBTaskResult.objects.count() == 1
    assert look_for_overtaken.func() == 1
    assert verified(card).outcome == Outcome.REVOKED


@pytest.mark.parametrize("how", ["consent", "erased", "deleted"])
def test_a_card_is_revoked_by_itself_when_she_goes(how: str) -> None:
    _made, juana, card = carded()
    if how == "consent":
        Consent.objects.filter(purpose="card").update(withdrawn_at=timezone.now())
    elif how == "erased":
        juana.state = "erased"
        juana.save()
    else:
        juana.registrations.all().delete()
        juana.delete()
    assert revoke_overtaken() == 1
    assert verified(Card.objects.get(pk=card.pk)).outcome == Outcome.REVOKED


def test_forgetting_leaves_a_place_on_the_list_and_nothing_else() -> None:
    _made, juana, card = carded()
    text = card.text
    assert forget_cards(person=juana, by=None) == 1
    card = Card.objects.get()
    assert (card.person, card.text, card.claims_sha256, card.registrations.count()) == (None, "", "", 0)
    card.text = text
    assert verified(card).outcome == Outcome.REVOKED


@pytest.mark.parametrize("verb", ["issue", "reissue", "revoke", "forget"])
def test_nothing_is_saved_if_the_audit_fails(verb: str) -> None:
    made, juana = ready()
    card = issue_card(person=juana, by=None) if verb != "issue" else None
    verbs = {
        "issue": lambda: issue_card(person=juana, by=made.officer),
        "reissue": lambda: reissue_card(card=card, why=WhyCard.LOST, by=made.officer),
        "revoke": lambda: revoke_card(card=card, why=WhyCard.LOST, by=made.officer),
        "forget": lambda: forget_cards(person=juana, by=made.officer),
    }
    with patch("pallaq.credentials.actions.cards.record", side_effect=OSError), pytest.raises(OSError):
        verbs[verb]()
    assert Card.objects.count() == (0 if verb == "issue" else 1)
    assert not Card.objects.filter(revoked_at__isnull=False).exists()


def test_a_place_on_the_list_is_free_again_of_cards_that_ended() -> None:
    made, _juana, card = carded()
    revoke_card(card=card, why=WhyCard.LOST, by=made.officer)
    Card.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert not any(read_status(bytes(status_file().content), key_list()).bits)


def test_the_list_is_signed_anew_after_a_revocation_and_each_day_and_not_else() -> None:
    made, _juana, card = carded()
    first = status_file().made_at
    assert status_file().made_at == first
    revoke_card(card=card, why=WhyCard.LOST, by=made.officer)
    second = status_file().made_at
    assert second > first
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(hours=21)):
        assert status_file().made_at > second


def test_a_status_list_needs_a_key() -> None:
    with refused("no-signing-key"):
        status_file()
    make_key(issuer="x", synthetic=False, by=None)
    assert status_file().size == 1 << 14
