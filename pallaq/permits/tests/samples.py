"""Authorisations to test with: Juana and the holder of Ananea, on terms that both sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.permits.actions.authorisations import offer, request_authorisation
from pallaq.permits.actions.signing import OnPaper, sign
from pallaq.permits.models import Authorisation, Side
from pallaq.registry.models import Person, Role
from pallaq.registry.tests.samples import ANANEA, Desks, desks, seated, selector

WISHED: dict[str, Any] = {"place": ANANEA, "centre": "La Rinconada, desmonte 3"}


def terms(**changes: Any) -> dict[str, Any]:
    """Return terms that can be signed, for 180 days from today."""
    today = timezone.localdate()
    return {
        **WISHED,
        "right_name": "Ana María 1",
        "right_code": "010000001",
        "terms": "Selecciona de día, con casco.\nNo entra a la galería.",
        "starts_on": today,
        "ends_on": today + timedelta(days=180),
        **changes,
    }


@dataclass
class Permits(Desks):
    """The desks, Juana, and who acts for the holder."""

    juana: Person
    helga: User

    def requested(self, person: Person | None = None, **changes: Any) -> Authorisation:
        """Return a request."""
        fields: Mapping[str, Any] = {**WISHED, **changes}
        return request_authorisation(person=person or self.juana, holder=self.holder, fields=fields, by=self.registrar)

    def offered(self, person: Person | None = None, **changes: Any) -> Authorisation:
        """Return an offer."""
        return offer(authorisation=self.requested(person), edition=1, fields=terms(**changes), by=self.helga)

    def signed(self, person: Person | None = None, **changes: Any) -> Authorisation:
        """Return an authorisation in force: the holder signed on screen, she on paper."""
        found = self.offered(person, **changes)
        sign(authorisation=found, side=Side.HOLDER, sha256=found.sha256(), by=self.helga)
        return self.on_paper(found)

    def on_paper(self, found: Authorisation, day: date | None = None) -> Authorisation:
        """Record her signature on paper."""
        paper = OnPaper(day or timezone.localdate())
        return sign(authorisation=found, side=Side.SELECTOR, sha256=found.sha256(), paper=paper, by=self.registrar)


def permits() -> Permits:
    """Make the desks, Juana with her DNI, and Helga of the holder."""
    made = desks()
    helga = seated("Helga", Role.HOLDER, organisation=made.holder)
    return Permits(made.registrar, made.officer, made.holder, selector(by=made.registrar), helga)
