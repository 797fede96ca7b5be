"""Both sides sign the same words; words that change afterwards make a signature fall."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.permits.actions.authorisations import offer
from pallaq.permits.actions.signing import OnPaper, sign, standing
from pallaq.permits.models import Authorisation, Side, Signature
from pallaq.permits.tests.samples import Permits, permits, terms
from pallaq.registry.models import PersonState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def by_holder(made: Permits, found: Authorisation) -> Authorisation:
    return sign(authorisation=found, side=Side.HOLDER, sha256=found.sha256(), by=made.helga)


def test_one_signature_is_not_enough() -> None:
    made = permits()
    found = by_holder(made, made.offered())
    assert (found.state, found.is_in_force()) == ("offered", False)


def test_a_paper_signature_bears_its_own_date_and_who_recorded_it() -> None:
    made = permits()
    today = timezone.localdate()
    found = made.offered(starts_on=today - 5 * DAY)
    made.on_paper(found, today - 3 * DAY)
    paper = OnPaper(today - 4 * DAY, " Pedro   Ruiz ")
    found = sign(authorisation=found, side=Side.HOLDER, sha256=found.sha256(), paper=paper, by=made.officer)
    one = found.signatures.get(side="holder")
    assert (one.on_paper, one.name, one.signed_on, one.by) == (True, "Pedro Ruiz", today - 4 * DAY, made.officer)
    assert (found.state, found.signed_on) == ("in_force", today - 3 * DAY)
    held = [Authorisation.objects.in_force_on(today - day * DAY).exists() for day in (4, 3, 0)]
    assert held == [False, True, True]


def test_she_signs_on_her_own_page() -> None:
    made = permits()
    found = by_holder(made, made.offered())
    found = sign(authorisation=found, side=Side.SELECTOR, sha256=found.sha256(), by=None)
    one = found.signatures.get(side="selector")
    assert (one.by, one.on_paper, found.is_in_force()) == (None, False, True)


def test_other_terms_after_a_signature_make_it_fall() -> None:
    made = permits()
    found = by_holder(made, made.offered())
    signed = found.sha256()
    found = offer(authorisation=found, edition=2, fields=terms(terms="Entrega la mitad."), by=made.helga)
    assert found.sha256() != signed
    assert standing(found) == []
    fallen = found.signatures.get()
    assert (fallen.sha256, fallen.fell_at is not None) == (signed, True)
    found = made.on_paper(found)
    assert found.state == "offered"
    assert by_holder(made, found).state == "in_force"
    assert found.signatures.count() == 3


def test_the_same_terms_offered_again_keep_the_signature() -> None:
    made = permits()
    found = by_holder(made, made.offered())
    found = offer(authorisation=found, edition=2, fields=terms(), by=made.helga)
    assert [one.side for one in standing(found)] == ["holder"]


@pytest.mark.parametrize("name", ["right_name", "right_code", "centre", "terms", "ends_on"])
def test_every_word_that_binds_is_part_of_what_is_signed(name: str) -> None:
    made = permits()
    found = made.offered()
    before = found.sha256()
    setattr(found, name, found.ends_on + DAY if name == "ends_on" and found.ends_on else "otro")
    assert found.sha256() != before


def test_words_that_are_no_longer_the_terms_are_not_signed() -> None:
    made = permits()
    found = made.offered()
    read = found.sha256()
    offer(authorisation=found, edition=2, fields=terms(terms="Entrega la mitad."), by=made.helga)
    with refused("terms-changed"):
        sign(authorisation=found, side=Side.HOLDER, sha256=read, by=made.helga)
    assert not Signature.objects.exists()


def test_nobody_signs_for_another_on_screen() -> None:
    made = permits()
    found = made.offered()
    for side, paper, by in (
        (Side.SELECTOR, None, made.registrar),
        (Side.HOLDER, None, None),
        (Side.WITNESS, None, made.helga),
        (Side.SELECTOR, OnPaper(timezone.localdate()), None),
    ):
        with refused("signs-for-itself"):
            sign(authorisation=found, side=side, sha256=found.sha256(), paper=paper, by=by)


def test_a_side_signs_once_and_witnesses_as_many_as_there_are() -> None:
    made = permits()
    found = made.offered()
    made.on_paper(found)
    with refused("signed-already"):
        made.on_paper(found)
    for name in ("Eva", "Ada"):
        paper = OnPaper(timezone.localdate(), name)
        found = sign(authorisation=found, side=Side.WITNESS, sha256=found.sha256(), paper=paper, by=made.registrar)
    assert (found.signatures.count(), found.state) == (3, "offered")


def test_papers_of_tomorrow_and_without_a_signer_are_refused() -> None:
    made = permits()
    found = made.offered()
    with refused("day-in-future"):
        made.on_paper(found, timezone.localdate() + DAY)
    with refused("signer-missing"):
        paper = OnPaper(timezone.localdate())
        sign(authorisation=found, side=Side.HOLDER, sha256=found.sha256(), paper=paper, by=made.registrar)


def test_what_is_no_offer_or_has_run_out_is_not_signed() -> None:
    made = permits()
    found = made.requested()
    with refused("nothing-to-sign"):
        by_holder(made, found)
    offered = offer(authorisation=found, edition=1, fields=terms(), by=made.helga)
    Authorisation.objects.filter(pk=found.pk).update(
        starts_on=timezone.localdate() - 2 * DAY, ends_on=timezone.localdate() - DAY
    )
    with refused("permit-over"):
        by_holder(made, offered)
    type(made.juana).objects.filter(pk=made.juana.pk).update(state=PersonState.ERASED)
    with refused("person-closed"):
        by_holder(made, offered)


def test_no_signature_if_the_audit_fails() -> None:
    made = permits()
    found = made.offered()
    with patch("pallaq.permits.actions.signing.record", side_effect=OSError), pytest.raises(OSError):
        by_holder(made, found)
    assert not Signature.objects.exists()


def test_who_signed_on_paper_stands_encrypted() -> None:
    made = permits()
    found = made.offered()
    paper = OnPaper(timezone.localdate(), "Pedro Ruiz")
    sign(authorisation=found, side=Side.HOLDER, sha256=found.sha256(), paper=paper, by=made.registrar)
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM permits_signature s")
        (row,) = cursor.fetchone()
    assert "Pedro" not in row
    assert b"Pedro".hex() not in row
