"""Authorisations requested, offered, refused, renewed, withdrawn, ended, and run out."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.permits.actions.authorisations import Move, close, offer, renew, request_authorisation
from pallaq.permits.models import Authorisation, Side, State, Step
from pallaq.permits.tests.samples import WISHED, permits, terms
from pallaq.places.models import Organisation
from pallaq.registry.models import Norm, PersonState
from pallaq.registry.tests.samples import selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NO = Move(State.REFUSED, Side.HOLDER, "El desmonte está cerrado.")
BACK = Move(State.WITHDRAWN, Side.HOLDER, "Entró a la galería.")


def steps(found: Authorisation) -> list[tuple[str, str, str, str]]:
    return list(found.steps.values_list("before", "after", "side", "reason"))


def test_it_is_requested_offered_signed_and_in_force() -> None:
    made = permits()
    found = made.signed()
    assert (found.state, found.signed_on, found.is_in_force()) == ("in_force", timezone.localdate(), True)
    assert [(before, after) for before, after, _side, _why in steps(found)] == [
        ("", "requested"),
        ("requested", "offered"),
        ("offered", "in_force"),
    ]
    events = AuditEvent.objects.filter(about=f"authorisation {found.pk}").order_by("id")
    assert [event.action for event in events] == ["permit.request", "permit.offer", "permit.sign", "permit.sign"]
    assert {event.details["person"] for event in events} == {made.juana.number}


def test_she_asks_by_herself_from_her_own_page() -> None:
    made = permits()
    found = request_authorisation(person=made.juana, holder=made.holder, fields=WISHED, by=None)
    assert steps(found) == [("", "requested", "selector", "")]


def test_a_holder_refuses_with_a_reason_and_never_without() -> None:
    made = permits()
    found = made.requested()
    with refused("reason-missing"):
        close(authorisation=found, edition=1, how=Move(State.REFUSED, Side.HOLDER, "  "), by=made.helga)
    found = close(authorisation=found, edition=1, how=NO, by=made.helga)
    assert (found.state, steps(found)[-1]) == ("refused", ("requested", "refused", "holder", NO.reason))
    with refused("permit-transition"):
        offer(authorisation=found, edition=found.edition, fields=terms(), by=made.helga)


def test_she_refuses_an_offer() -> None:
    made = permits()
    how = Move(State.REFUSED, Side.SELECTOR, "Piden parte de lo que recojo.")
    found = close(authorisation=made.offered(), edition=2, how=how, by=made.registrar)
    assert steps(found)[-1] == ("offered", "refused", "selector", how.reason)


def test_withdrawn_it_is_in_force_no_more_from_that_day() -> None:
    made = permits()
    signed = made.signed()
    found = close(authorisation=signed, edition=signed.edition, how=BACK, by=made.helga)
    assert steps(found)[-1] == ("in_force", "withdrawn", "holder", BACK.reason)
    assert not found.is_in_force()
    assert AuditEvent.objects.filter(action="permit.withdraw").count() == 1


def test_ended_before_its_last_day() -> None:
    made = permits()
    signed = made.signed()
    how = Move(State.ENDED, Side.SELECTOR, "Dejó de seleccionar.")
    found = close(authorisation=signed, edition=signed.edition, how=how, by=made.registrar)
    assert (found.state, found.closed_on, found.is_in_force()) == ("ended", timezone.localdate(), False)


def test_it_runs_out_by_its_dates_alone() -> None:
    made = permits()
    today = timezone.localdate()
    found = made.signed(starts_on=today, ends_on=today + 10 * DAY)
    days = {day: Authorisation.objects.in_force_on(today + day * DAY).exists() for day in (-1, 0, 10, 11)}
    assert days == {-1: False, 0: True, 10: True, 11: False}
    Authorisation.objects.filter(pk=found.pk).update(starts_on=today - 9 * DAY, ends_on=today - DAY)
    found.refresh_from_db()
    assert (found.standing(), found.standing_words(), found.state) == ("expired", "vencida", "in_force")
    assert list(Authorisation.objects.standing("expired", today)) == [found]
    assert not Authorisation.objects.standing("in_force", today).exists()


def test_one_that_begins_later_is_not_in_force_yet() -> None:
    made = permits()
    today = timezone.localdate()
    found = made.signed(starts_on=today + 5 * DAY, ends_on=today + 30 * DAY)
    assert (found.standing(), found.is_in_force()) == ("later", False)
    assert list(Authorisation.objects.standing("later", today)) == [found]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"right_name": " "}, "offer-unfinished"),
        ({"terms": "\n"}, "offer-unfinished"),
        ({"ends_on": None}, "offer-unfinished"),
        ({"starts_on": date(2020, 1, 1), "ends_on": date(2020, 2, 1)}, "permit-over"),
        ({"starts_on": date(2090, 1, 1), "ends_on": date(2080, 1, 1)}, "permit-dates"),
        ({"place": "201104"}, "unknown-ubigeo"),
    ],
)
def test_it_refuses_an_offer_that_cannot_be_signed(changes: dict[str, object], code: str) -> None:
    made = permits()
    found = made.requested()
    with refused(code):
        offer(authorisation=found, edition=1, fields=terms(**changes), by=made.helga)
    found.refresh_from_db()
    assert (found.state, found.edition, found.terms) == ("requested", 1, "")


def test_a_norm_limits_how_long_it_lasts_once_its_value_is_known() -> None:
    made = permits()
    first = date(2090, 1, 31)
    offer(authorisation=made.requested(), edition=1, fields=terms(ends_on=date(2099, 1, 1)), by=made.helga)
    Norm.objects.filter(code="authorisation-term-months").update(value=12, norm="DS 1-2027-EM")
    other = made.requested(selector("41234567"))
    with refused("permit-too-long"):
        fields = terms(starts_on=first, ends_on=date(2091, 1, 31))
        offer(authorisation=other, edition=1, fields=fields, by=made.helga)
    offer(authorisation=other, edition=1, fields=terms(starts_on=first, ends_on=date(2091, 1, 30)), by=made.helga)


def test_it_is_not_requested_twice_nor_of_a_kind_of_organisations() -> None:
    made = permits()
    made.requested()
    with refused("request-open"):
        made.requested()
    many = Organisation.objects.create(name="Titulares", kind="mining", stands_for_many=True)
    with refused("holder-is-many"):
        request_authorisation(person=made.juana, holder=many, fields=WISHED, by=made.registrar)


def test_nothing_is_requested_for_somebody_whose_file_is_closed() -> None:
    made = permits()
    type(made.juana).objects.filter(pk=made.juana.pk).update(state=PersonState.ERASED)
    with refused("person-closed"):
        made.requested()


def test_a_renewal_copies_the_terms_and_begins_the_day_after() -> None:
    made = permits()
    old = made.signed()
    new = renew(authorisation=old, edition=old.edition, by=made.helga)
    assert old.ends_on
    assert old.starts_on
    assert (new.renews, new.state, new.starts_on) == (old, "requested", old.ends_on + DAY)
    assert (new.terms, new.right_name, new.place, new.centre) == (old.terms, old.right_name, old.place, old.centre)
    assert new.ends_on == old.ends_on + DAY + (old.ends_on - old.starts_on)
    with refused("renewed-already"):
        renew(authorisation=old, edition=old.edition, by=made.helga)
    close(authorisation=new, edition=1, how=NO, by=made.helga)
    renew(authorisation=old, edition=old.edition, by=made.registrar)
    assert old.renewals.count() == 2


def test_what_was_never_signed_is_not_renewed() -> None:
    made = permits()
    with refused("renew-what-was-signed"):
        renew(authorisation=made.offered(), edition=2, by=made.helga)


def test_an_older_reading_changes_nothing() -> None:
    made = permits()
    found = made.offered()
    for verb in (
        lambda: offer(authorisation=found, edition=1, fields=terms(), by=made.officer),
        lambda: close(authorisation=found, edition=1, how=NO, by=made.officer),
        lambda: renew(authorisation=found, edition=1, by=made.officer),
    ):
        with refused("permit-changed-meanwhile"):
            verb()
    assert Step.objects.count() == 2


def test_nothing_is_saved_if_the_audit_fails() -> None:
    made = permits()
    found = made.requested()
    signed = made.signed(selector("41234567"))
    state = list(Authorisation.objects.order_by("pk").values())
    other = selector("42345678")
    for verb in (
        lambda: made.requested(other),
        lambda: offer(authorisation=found, edition=1, fields=terms(), by=made.helga),
        lambda: close(authorisation=found, edition=1, how=NO, by=made.helga),
        lambda: renew(authorisation=signed, edition=signed.edition, by=made.helga),
    ):
        with patch("pallaq.permits.actions.authorisations.record", side_effect=OSError), pytest.raises(OSError):
            verb()
        assert list(Authorisation.objects.order_by("pk").values()) == state
    assert Step.objects.count() == 4


def test_what_it_said_before_stays_in_its_history() -> None:
    made = permits()
    found = made.offered()
    offer(authorisation=found, edition=2, fields=terms(terms="Otra cosa."), by=made.helga)
    assert [event.terms for event in found.events.order_by("pgh_id")] == ["", terms()["terms"]]
