"""Pages of authorisations: who sees and does what, forms that keep what was typed, conflicts in words."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of
from pallaq.accounts.tests.people import person as user_named
from pallaq.permits.actions.authorisations import Move, close, offer
from pallaq.permits.actions.certificates import issue
from pallaq.permits.models import Authorisation, Certificate, Side, State
from pallaq.permits.tests.samples import Permits, permits, terms
from pallaq.places.models import Organisation
from pallaq.registry.actions.seats import allow_export
from pallaq.registry.models import Person, Reading, Role
from pallaq.registry.rules.numbers import shown_number
from pallaq.registry.tests.samples import HOLDER, registered, seated, selector

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONE = ("one", "pdf", "offer", "refuse", "withdraw", "end", "renew", "sign", "paper", "issue")


def at(name: str, *keys: Any) -> str:
    return reverse(f"permits:{name}", args=keys)


def get(user: User | None, address: str) -> HttpResponse:
    return client_of(user).get(address, headers={"accept-language": "en"})


def post(user: User | None, address: str, **fields: Any) -> HttpResponse:
    return client_of(user).post(address, fields, headers={"accept-language": "en"})


def said(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def watchers(made: Permits) -> dict[str, User]:
    """Return somebody of every role."""
    other = Organisation.objects.create(name="Otra minera (ficticia)", kind="mining")
    return {
        "registrar": made.registrar,
        "officer": made.officer,
        "auditor": seated("Aida", Role.AUDITOR, "21"),
        "holder": made.helga,
        "elsewhere": seated("Elsa", Role.OFFICER, "04"),
        "other holder": seated("Hilda", Role.HOLDER, organisation=other),
        "statistician": seated("Estela", Role.STATISTICIAN),
        "administrator": administrator(),
        "nobody": user_named("Nadie"),
    }


def codes(who: dict[str, User], address: str) -> dict[str, int]:
    return {name: get(user, address).status_code for name, user in who.items()}


READ = {"registrar": 200, "officer": 200, "auditor": 200, "holder": 200}
NOT_THERE = dict.fromkeys(("elsewhere", "other holder", "statistician", "administrator", "nobody"), 404)
MAY = {
    "one": {},
    "pdf": {},
    "offer": {"registrar": 403, "auditor": 403},
    "refuse": {"holder": 403, "auditor": 403},  # an offer is hers to refuse; the desk writes it down
    "withdraw": {"auditor": 403},
    "end": {"auditor": 403},
    "renew": {"auditor": 403},
    "sign": {"registrar": 403, "officer": 403, "auditor": 403},
    "paper": {"holder": 403, "auditor": 403},
    "issue": {"registrar": 403, "auditor": 403},
}


@pytest.mark.parametrize("name", ONE)
def test_each_page_of_one_opens_for_whom_it_is_meant(name: str) -> None:
    made = permits()
    address = at(name, made.offered().pk)
    assert codes(watchers(made), address) == {**READ, **NOT_THERE, **MAY[name]}
    assert get(None, address).status_code == 302


def test_certificates_open_for_the_holder_and_for_officers_and_auditors() -> None:
    made = permits()
    one = issue(authorisation=made.signed(), grams=Decimal(3), by=made.helga)
    who = watchers(made)
    seen = {**READ, **NOT_THERE, "registrar": 404}
    assert codes(who, at("certificate", one.pk)) == seen
    assert codes(who, at("certificate_pdf", one.pk)) == seen
    assert codes(who, at("cancel", one.pk)) == {**seen, "auditor": 403}
    lists = {**READ, "elsewhere": 200, "other holder": 200, **dict.fromkeys(list(NOT_THERE)[2:], 403)}
    assert codes(who, at("certificates")) == {**lists, "registrar": 403}
    assert codes(who, at("list")) == lists
    hers = {**READ, **NOT_THERE, "holder": 404}
    assert codes(who, at("person", made.juana.pk)) == hers
    assert codes(who, at("request", made.juana.pk)) == {**hers, "auditor": 403}
    export = {name: post(user, at("export"), reason="Inspección").status_code for name, user in who.items()}
    assert export == {**dict.fromkeys(who, 403), "holder": 200, "other holder": 200}
    assert post(None, at("export")).status_code == 302
    assert get(made.helga, at("export")).status_code == 405
    assert post(made.helga, at("list")).status_code == 405
    assert post(made.helga, at("one", one.authorisation_id)).status_code == 405


def test_lists_show_what_each_may_see() -> None:
    made = permits()
    made.offered()
    who = watchers(made)
    sees = {name for name in ("registrar", "officer", "auditor", "holder", "elsewhere", "other holder")
            if shown_number(made.juana.number) in said(get(who[name], at("list")))}  # fmt: skip
    assert sees == {"registrar", "officer", "auditor", "holder"}
    assert "Nobody has asked your organisation yet" in said(get(who["other holder"], at("list")))


def test_the_holder_sees_no_more_of_her_than_the_authorisation_says() -> None:
    made = permits()
    found = made.offered()
    page = said(get(made.helga, at("one", found.pk)))
    assert made.juana.name() in page
    assert shown_number(made.juana.number) in page
    for secret in ("40123456", "951 234 567", "Lunar 12", str(made.juana.pk)):
        assert secret not in page


def test_every_page_that_shows_her_is_in_her_log() -> None:
    made = permits()
    found = made.signed()
    one = issue(authorisation=found, grams=Decimal(3), by=made.helga)
    pages = [at("list"), at("one", found.pk), at("pdf", found.pk), at("certificates"), at("certificate", one.pk)]
    for address in [*pages, at("certificate_pdf", one.pk), at("issue", found.pk), at("renew", found.pk)]:
        Reading.objects.all().delete()
        assert get(made.helga, address).status_code == 200
        assert list(Reading.objects.values_list("person", "by", "what", "role")) == [
            (made.juana.pk, made.helga.pk, "permit", "holder")
        ], address


def test_the_desk_requests_and_a_wrong_holder_loses_nothing() -> None:
    made = permits()
    address = at("request", made.juana.pk)
    assert "La Rinconada" in said(get(made.registrar, address))  # from her file
    answer = post(made.registrar, address, holder="Nadie S.A.", place="Ananea", centre="Desmonte 7")
    assert answer.status_code == 422
    assert "Desmonte 7" in said(answer)
    answer = post(made.registrar, address, holder=HOLDER, place="Ananea", centre="Desmonte 7")
    found = Authorisation.objects.get()
    assert (answer["Location"], found.place, found.holder) == (at("one", found.pk), "211002", made.holder)
    answer = post(made.registrar, address, holder=HOLDER, place="Ananea", centre="Desmonte 8")
    assert answer.status_code == 409
    assert "Desmonte 8" in said(answer)


def test_it_goes_from_offer_to_certificate_on_pages_alone() -> None:
    made = permits()
    found = made.requested()
    page = get(made.helga, at("one", found.pk))
    assert at("offer", found.pk) in said(page)
    assert post(made.helga, at("offer", found.pk), edition=1, **terms()).status_code == 302
    found.refresh_from_db()
    assert post(made.helga, at("sign", found.pk), sha256=found.sha256()).status_code == 422  # not agreed
    assert post(made.helga, at("sign", found.pk), sha256=found.sha256(), agreed="on").status_code == 302
    today = timezone.localdate()
    given = {"sha256": found.sha256(), "side": "selector", "signed_on": today}
    assert post(made.registrar, at("paper", found.pk), **given).status_code == 302
    page = said(get(made.registrar, at("one", found.pk)))
    assert "recorded by Rita" in page
    answer = post(made.helga, at("issue", found.pk), grams="12.5")
    one = Certificate.objects.get()
    assert (answer["Location"], one.issued_by, one.on_paper) == (at("certificate", one.pk), made.helga, False)
    assert "12.5 g" in said(get(made.helga, answer["Location"]))
    assert post(made.helga, at("renew", found.pk), edition=Authorisation.objects.get().edition).status_code == 302
    assert Authorisation.objects.get(renews=found).state == "requested"


def test_an_officer_brings_in_a_paper_with_its_date() -> None:
    made = permits()
    found = made.signed()
    assert post(made.officer, at("issue", found.pk), grams="1").status_code == 422
    assert post(made.officer, at("issue", found.pk), grams="1", paper_on=timezone.localdate()).status_code == 302
    assert Certificate.objects.get().on_paper


def test_above_the_quota_it_warns_with_the_source_and_still_issues() -> None:
    made = permits()
    registered(made.juana)
    found = made.signed()
    page = said(get(made.helga, at("issue", found.pk)))
    assert "at most 66 g" in page
    assert "plataformaintegraldemineria.org" in page
    answer = post(made.helga, at("issue", found.pk), grams="66.5")
    assert "Nothing was issued yet" in said(answer)
    assert not Certificate.objects.exists()
    assert post(made.helga, at("issue", found.pk), grams="66.5", knowing="on").status_code == 302


@pytest.mark.parametrize(("name", "state"), [("withdraw", "withdrawn"), ("end", "ended")])
def test_it_is_closed_with_a_reason(name: str, state: str) -> None:
    made = permits()
    found = made.signed()
    address = at(name, found.pk)
    assert post(made.helga, address, edition=found.edition, side="holder", reason="").status_code == 422
    assert post(made.helga, address, edition=found.edition, side="selector", reason="x").status_code == 422
    assert post(made.helga, address, edition=found.edition, side="holder", reason="Cierre.").status_code == 302
    found.refresh_from_db()
    assert found.state == state
    page = said(get(made.registrar, at("one", found.pk)))
    assert "Cierre." in page


def test_the_holder_refuses_a_request_and_both_read_why() -> None:
    made = permits()
    found = made.requested()
    answer = post(made.helga, at("refuse", found.pk), edition=1, side="holder", reason="No hay desmonte.")
    assert answer.status_code == 302
    assert "No hay desmonte." in said(get(made.registrar, at("one", found.pk)))


def test_a_decision_on_an_older_reading_is_told_shown_and_can_be_sent_again() -> None:
    made = permits()
    found = made.offered()
    offer(authorisation=found, edition=2, fields=terms(terms="Otra cosa."), by=made.officer)
    mine = {**terms(), "terms": "Lo mío."}
    answer = post(made.helga, at("offer", found.pk), edition=2, **mine)
    page = said(answer)
    assert answer.status_code == 409
    assert "Ofelia changed this authorisation" in page
    assert "Otra cosa." in page
    assert "Lo mío." in page
    assert 'name="edition" value="3"' in page
    assert post(made.helga, at("offer", found.pk), edition=3, **mine).status_code == 302


def test_terms_that_changed_are_shown_again_before_they_are_signed() -> None:
    made = permits()
    found = made.offered()
    old = found.sha256()
    offer(authorisation=found, edition=2, fields=terms(terms="Otra cosa."), by=made.officer)
    answer = post(made.helga, at("sign", found.pk), sha256=old, agreed="on")
    page = said(answer)
    assert answer.status_code == 409
    assert "The terms changed after you read them" in page
    assert "Otra cosa." in page
    assert "checked" not in page


def test_lists_are_narrowed_by_state_end_and_holder() -> None:
    made = permits()
    today = timezone.localdate()
    found = made.signed(ends_on=today + 40 * DAY)
    late = made.signed(selector("41234567"), ends_on=today + 300 * DAY)
    for query, expected in (
        ("", 2),
        ("within=30", 0),
        ("within=60", 1),
        ("standing=in_force", 2),
        ("standing=requested", 0),
        ("holder=ananea", 2),
        ("holder=yanacocha", 0),
        ("standing=nonsense", 0),
        ("page=99", 2),
    ):
        page = said(get(made.officer, f"{at('list')}?{query}"))
        assert (str(found.pk) in page) + (str(late.pk) in page) == expected, query
    page = said(get(made.officer, at("list")))
    assert "End within 30 days: 0" in page
    assert "End within 60 days: 1" in page


def test_the_register_is_shown_and_taken_out_by_month() -> None:
    made = permits()
    one = issue(authorisation=made.signed(), grams=Decimal(3), by=made.helga)
    month = timezone.localdate().strftime("%Y-%m")
    assert str(one.pk) in said(get(made.helga, f"{at('certificates')}?month={month}"))
    for other in ("2020-01", "nonsense"):
        assert str(one.pk) not in said(get(made.helga, f"{at('certificates')}?month={other}"))
    taken = post(made.helga, at("export"), reason="Inspección", month=month)
    assert taken["Content-Type"] == "text/csv; charset=utf-8"
    assert b"40123456" in taken.content
    assert post(made.helga, at("export"), reason="").status_code == 302
    assert post(made.officer, at("export"), reason="Inspección").status_code == 403
    allow_export(seat=made.officer.desks.get(), allowed=True, by=administrator())
    assert b"40123456" in post(made.officer, at("export"), reason="Inspección").content


def test_a_cancelled_certificate_stays_in_the_register_with_its_reason() -> None:
    made = permits()
    one = issue(authorisation=made.signed(), grams=Decimal(3), by=made.helga)
    assert post(made.helga, at("cancel", one.pk), reason="").status_code == 422
    assert post(made.helga, at("cancel", one.pk), reason="Peso mal leído.").status_code == 302
    assert post(made.helga, at("cancel", one.pk), reason="Otra vez.").status_code == 409
    assert "Peso mal leído." in said(get(made.helga, at("certificates")))


def test_what_cannot_follow_is_told_in_words() -> None:
    made = permits()
    found = made.signed()
    how = Move(State.WITHDRAWN, Side.HOLDER, "No.")
    close(authorisation=found, edition=found.edition, how=how, by=made.helga)
    answer = post(made.registrar, at("end", found.pk), edition=found.edition + 1, side="selector", reason="Fin.")
    assert answer.status_code == 409
    assert "from there it cannot become" in said(answer)
    assert "Fin." in said(answer)


def test_what_the_terms_said_before_can_be_read() -> None:
    made = permits()
    found = made.offered()
    assert "What the terms said before" not in said(get(made.helga, at("one", found.pk)))
    offer(authorisation=found, edition=2, fields=terms(terms="Otra cosa."), by=made.helga)
    page = said(get(made.helga, at("one", found.pk)))
    assert page.index("Otra cosa.") < page.index("What the terms said before") < page.index("No entra a la galer")


def test_an_authorisation_of_a_merged_row_is_hers_who_it_was_merged_into() -> None:
    made = permits()
    found = made.signed()
    kept = selector("41234567", given_names="Juana", place="040309")
    Person.objects.filter(pk=made.juana.pk).update(state="merged", merged_into=kept)
    arequipa = seated("Arturo", Role.OFFICER, "04")
    assert str(found.pk) in said(get(arequipa, at("person", kept.pk)))
    assert str(kept.pk) in said(get(arequipa, at("one", found.pk)))
    assert set(Reading.objects.values_list("person", flat=True)) == {kept.pk}
    one = issue(authorisation=found, grams=Decimal(3), by=made.helga)
    assert one.words()["seller"] == {"name": kept.name(), "number": shown_number(kept.number)}
