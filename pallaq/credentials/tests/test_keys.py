"""Keys made, rotated, withdrawn and lost; the public list goes on."""

from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.credentials.actions.cards import issue_card, reissue_card
from pallaq.credentials.actions.keys import key_list, make_key, private_half, signed_key_list, signing_key, withdraw_key
from pallaq.credentials.models import Card, SigningKey, WhyCard, WhyKey
from pallaq.credentials.rules.lists import goes_on, read_keys
from pallaq.credentials.rules.verifying import Outcome
from pallaq.credentials.tests.samples import agreed, carded
from pallaq.credentials.tests.test_cards import verified
from pallaq.registry.tests.samples import registered, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def lose(key: SigningKey) -> None:
    """Let the private half be under a field key that is gone."""
    with connection.cursor() as cursor:
        sealed = b"\x01\x04gone" + bytes(40)
        cursor.execute("UPDATE credentials_signingkey SET private = %s WHERE id = %s", [sealed, key.pk])


def another(dni: str = "40999999") -> Card:
    return issue_card(person=agreed(registered(selector(dni, given_names="Elsa"))), by=None)


def test_after_a_rotation_the_new_key_signs_and_the_old_one_still_verifies() -> None:
    _made, _juana, old = carded()
    make_key(issuer="DREM Puno", synthetic=False, by=None)
    new = another()
    assert old.key != new.key
    assert (verified(old).outcome, verified(new).outcome) == (Outcome.VALID, Outcome.VALID)
    assert read_keys(signed_key_list()).signers == {bytes.fromhex(old.key.kid), bytes.fromhex(new.key.kid)}
    event = AuditEvent.objects.filter(action="key.make").latest("id")
    assert event.details == {"synthetic": False, "before": old.key.kid}


def test_cards_of_a_withdrawn_key_verify_as_such_and_wait_to_be_issued_again() -> None:
    made, _juana, card = carded()
    key = withdraw_key(key=card.key, why=WhyKey.STOLEN, by=None)
    assert (key.signs, private_half(key), signing_key()) == (False, None, None)
    with refused("no-signing-key"):
        reissue_card(card=card, why=WhyCard.REPLACED, by=made.officer)
    make_key(issuer="DREM Puno", synthetic=True, by=None)
    found = verified(card)
    assert (found.outcome, found.since) == (Outcome.KEY_WITHDRAWN, int(key.revoked_at.timestamp()))
    assert list(Card.objects.waiting(timezone.now())) == [card]
    new = reissue_card(card=card, why=WhyCard.REPLACED, by=made.officer)
    assert verified(new).outcome == Outcome.VALID
    assert not Card.objects.waiting(timezone.now()).exists()
    assert AuditEvent.objects.get(action="key.withdraw").details == {"why": "stolen", "cards": 1}


def test_a_lost_private_half_is_survived() -> None:
    _made, _juana, old = carded()
    known = read_keys(signed_key_list())
    lose(old.key)
    assert private_half(old.key) is None
    with refused("no-signing-key"):
        another()
    make_key(issuer="DREM Puno", synthetic=True, by=None)
    assert (verified(old).outcome, verified(another("40888888")).outcome) == (Outcome.VALID, Outcome.VALID)
    listed = read_keys(signed_key_list())
    assert set(listed.keys) == {bytes.fromhex(key.kid) for key in SigningKey.objects.defer("private")}
    assert not goes_on(listed, known)  # nothing that was known vouches: verifiers ask a person


def test_a_rotation_before_the_loss_keeps_verifiers_going_without_a_question() -> None:
    _made, _juana, old = carded()
    make_key(issuer="DREM Puno", synthetic=True, by=None)
    known = read_keys(signed_key_list())
    lose(old.key)
    make_key(issuer="DREM Puno", synthetic=True, by=None)
    assert goes_on(read_keys(signed_key_list()), known)


def test_the_public_list_names_every_key_and_no_private_half() -> None:
    _made, _juana, card = carded()
    withdraw_key(key=card.key, why=WhyKey.MISUSED, by=None)
    make_key(issuer="DREM Puno", synthetic=False, by=None)
    listed = key_list()
    assert len(listed.keys) == 2
    assert listed.keys[bytes.fromhex(card.key.kid)].revoked_at


def test_it_refuses_a_key_without_issuer_and_a_second_withdrawal() -> None:
    with refused("issuer-missing"):
        make_key(issuer="  ", synthetic=False, by=None)
    key = make_key(issuer="DREM Puno", synthetic=False, by=None)
    withdraw_key(key=key, why=WhyKey.STOLEN, by=None)
    with refused("key-withdrawn"):
        withdraw_key(key=key, why=WhyKey.STOLEN, by=None)
    with refused("no-signing-key"):
        signed_key_list()


def test_nothing_is_saved_if_the_audit_fails() -> None:
    key = make_key(issuer="DREM Puno", synthetic=False, by=None)
    with patch("pallaq.credentials.actions.keys.record", side_effect=OSError):
        with pytest.raises(OSError):
            make_key(issuer="Otra", synthetic=False, by=None)
        with pytest.raises(OSError):
            withdraw_key(key=key, why=WhyKey.STOLEN, by=None)
    assert signing_key() == key
