"""The audit trail in words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pallaq.accounts.models import User
from pallaq.accounts.perms import Person
from pallaq.plan.models import Role as PlanRole
from pallaq.registry.models import Role as DeskRole
from pallaq.shared.models import AuditEvent
from pallaq.study.models import Role
from pallaq.study.perms import audit_scopes

ACTIONS: dict[str, str | Promise] = {
    "login": gettext_lazy("logged in"),
    "login.fail": gettext_lazy("wrong password"),
    "logout": gettext_lazy("logged out"),
    "password.change": gettext_lazy("changed the password"),
    "user.invite": gettext_lazy("invited a person"),
    "user.accept": gettext_lazy("used a one-time link"),
    "user.reset": gettext_lazy("made a new one-time link"),
    "user.deactivate": gettext_lazy("deactivated a person"),
    "user.reactivate": gettext_lazy("reactivated a person"),
    "user.make-administrator": gettext_lazy("made an administrator"),
    "user.unmake-administrator": gettext_lazy("unmade an administrator"),
    "user.remove-second-factor": gettext_lazy("removed a second factor"),
    "second-factor.add": gettext_lazy("set up a second factor"),
    "second-factor.remove": gettext_lazy("removed the own second factor"),
    "second-factor.codes": gettext_lazy("made new recovery codes"),
    "user.demo": gettext_lazy("made a demonstration login"),
    "role.give": gettext_lazy("gave a role"),
    "role.take": gettext_lazy("took a role"),
    "study.register": gettext_lazy("registered a study"),
    "upload.keep": gettext_lazy("brought a dataset"),
    "upload.discard": gettext_lazy("threw a dataset away"),
    "release.freeze": gettext_lazy("froze a release"),
    "release.publish": gettext_lazy("opened a release to everybody"),
    "release.unpublish": gettext_lazy("closed a release to members"),
    "release.withdraw": gettext_lazy("withdrew a release"),
    "release.download": gettext_lazy("downloaded rows that are not public"),
    "report.download": gettext_lazy("downloaded a report that is not public"),
    "diagnosis.request": gettext_lazy("asked for a diagnosis"),
    "diagnosis.done": gettext_lazy("finished a diagnosis"),
    "plan.make": gettext_lazy("made a plan"),
    "plan.import": gettext_lazy("brought a plan from a file"),
    "plan.amend": gettext_lazy("opened an amendment"),
    "plan.approve": gettext_lazy("approved a version of a plan"),
    "plan.discard": gettext_lazy("threw a draft away"),
    "plan.add": gettext_lazy("added to a plan"),
    "plan.edit": gettext_lazy("changed a plan"),
    "plan.move": gettext_lazy("moved a part of a plan"),
    "plan.remove": gettext_lazy("removed from a plan"),
    "plan.publisher": gettext_lazy("said who publishes a plan"),
    "indicator.add": gettext_lazy("added an indicator"),
    "indicator.from_study": gettext_lazy("made an indicator of a study's figure"),
    "indicator.edit": gettext_lazy("changed an indicator"),
    "indicator.remove": gettext_lazy("removed an indicator"),
    "baseline.set": gettext_lazy("set a baseline"),
    "baseline.remove": gettext_lazy("removed a baseline"),
    "target.set": gettext_lazy("set a target"),
    "seat.give": gettext_lazy("gave a role in a plan"),
    "seat.take": gettext_lazy("took a role in a plan"),
    "organisation.add": gettext_lazy("added an organisation"),
    "organisation.edit": gettext_lazy("changed an organisation"),
    "value.record": gettext_lazy("reported a value"),
    "value.correct": gettext_lazy("corrected a value"),
    "evidence.add": gettext_lazy("brought evidence"),
    "evidence.remove": gettext_lazy("removed evidence"),
    "evidence.download": gettext_lazy("downloaded evidence"),
    "spending.record": gettext_lazy("reported spending"),
    "spending.correct": gettext_lazy("corrected spending"),
    "period.close": gettext_lazy("closed a period"),
    "period.reopen": gettext_lazy("reopened a period"),
    "meeting.plan": gettext_lazy("planned a meeting"),
    "meeting.edit": gettext_lazy("changed a meeting"),
    "meeting.hold": gettext_lazy("wrote a meeting's minutes"),
    "meeting.cancel": gettext_lazy("cancelled a meeting"),
    "agreement.make": gettext_lazy("noted an agreement"),
    "agreement.done": gettext_lazy("marked an agreement as done"),
    "agreement.reopen": gettext_lazy("reopened an agreement"),
    "comment.add": gettext_lazy("wrote a comment"),
    "comment.remove": gettext_lazy("removed a comment"),
    "digest.want": gettext_lazy("changed the weekly e-mail"),
    "person.register": gettext_lazy("registered a person"),
    "person.edit": gettext_lazy("changed a person's file"),
    "person.merge": gettext_lazy("merged two files"),
    "person.unmerge": gettext_lazy("took a merge back"),
    "person.copy": gettext_lazy("handed out a copy of a file"),
    "person.erase": gettext_lazy("erased a person's file"),
    "identifier.add": gettext_lazy("added a document"),
    "identifier.end": gettext_lazy("ended a document"),
    "activity.save": gettext_lazy("wrote what a person does"),
    "photo.set": gettext_lazy("kept a photo"),
    "photo.remove": gettext_lazy("removed a photo"),
    "registration.open": gettext_lazy("put a person on a registry"),
    "registration.change": gettext_lazy("changed a registration"),
    "pair.keep": gettext_lazy("kept a possible duplicate"),
    "pair.different": gettext_lazy("said that two files are two people"),
    "pair.open": gettext_lazy("opened a possible duplicate again"),
    "scan.start": gettext_lazy("began to look for duplicates"),
    "scan.resume": gettext_lazy("went on looking for duplicates"),
    "scan.end": gettext_lazy("finished looking for duplicates"),
    "desk.give": gettext_lazy("gave a role in the registry"),
    "desk.take": gettext_lazy("took a role in the registry"),
    "desk.export": gettext_lazy("changed who may export"),
    "export.people": gettext_lazy("exported people"),
    "export.log": gettext_lazy("took out who read a file"),
    "law.norm": gettext_lazy("added a norm"),
    "law.end": gettext_lazy("ended a record of the law"),
    "law.scheme": gettext_lazy("wrote a scheme"),
    "law.identifier": gettext_lazy("added a kind of identifier"),
    "roll.bring": gettext_lazy("brought an official list"),
    "roll.columns": gettext_lazy("named the columns of a list"),
    "roll.check": gettext_lazy("checked a list"),
    "roll.import": gettext_lazy("began an import"),
    "roll.batch": gettext_lazy("imported rows of a list"),
    "roll.done": gettext_lazy("finished an import"),
    "roll.stop": gettext_lazy("stopped an import"),
    "roll.discard": gettext_lazy("threw a list away"),
    "roll.expire": gettext_lazy("cleared a list that waited too long"),
    "roll.back": gettext_lazy("began to take a list back"),
    "roll.back.batch": gettext_lazy("took back rows of a list"),
    "roll.back.done": gettext_lazy("took a list back"),
    "roll.row.edit": gettext_lazy("corrected a row of a list"),
    "roll.row.mend": gettext_lazy("imported a corrected row"),
    "roll.rows.expire": gettext_lazy("cleared bad rows that were kept long enough"),
    "roll.rows.export": gettext_lazy("took out the bad rows of a list"),
    "organisation.plant_add": gettext_lazy("added a benefit plant"),
    "organisation.plant_edit": gettext_lazy("changed a benefit plant"),
    "organisation.recpo": gettext_lazy("noted a RECPO state"),
    "organisation.right_add": gettext_lazy("added a mining right"),
    "organisation.right_end": gettext_lazy("ended a mining right"),
    "association.member_add": gettext_lazy("added a member"),
    "association.member_end": gettext_lazy("ended a membership"),
    "association.board_add": gettext_lazy("added a board"),
    "association.board_end": gettext_lazy("ended a board"),
    "association.post_add": gettext_lazy("added a post of a board"),
    "association.post_end": gettext_lazy("ended a post of a board"),
    "association.statute_add": gettext_lazy("added a statute"),
    "list.bring": gettext_lazy("brought a list of organisations"),
    "list.store": gettext_lazy("stored a list of organisations"),
    "list.drop": gettext_lazy("dropped a list of organisations"),
    "permit.request": gettext_lazy("asked for an authorisation"),
    "permit.offer": gettext_lazy("offered an authorisation"),
    "permit.refuse": gettext_lazy("refused an authorisation"),
    "permit.sign": gettext_lazy("signed an authorisation"),
    "permit.renew": gettext_lazy("asked to renew an authorisation"),
    "permit.withdraw": gettext_lazy("withdrew an authorisation"),
    "permit.end": gettext_lazy("ended an authorisation"),
    "certificate.issue": gettext_lazy("issued a certificate of origin"),
    "certificate.cancel": gettext_lazy("cancelled a certificate of origin"),
    "certificate.export": gettext_lazy("took out a register of certificates"),
    "key.make": gettext_lazy("made a signing key"),
    "key.withdraw": gettext_lazy("withdrew a signing key"),
    "card.issue": gettext_lazy("issued a card"),
    "card.reissue": gettext_lazy("issued a card again"),
    "card.revoke": gettext_lazy("revoked a card"),
    "card.forget": gettext_lazy("forgot a person's cards"),
    "card.overtaken": gettext_lazy("revoked cards that no longer hold"),
    "slip.make": gettext_lazy("handed out a slip for a selector's own page"),
    "slip.void": gettext_lazy("took a slip back"),
    "mine.enter": gettext_lazy("a selector opened her own page"),
    "mine.fail": gettext_lazy("wrong number or code at a selector's own page"),
    "consent.give": gettext_lazy("noted a consent"),
    "consent.withdraw": gettext_lazy("noted a consent as withdrawn"),
    "request.take": gettext_lazy("noted what a selector asks"),
    "request.answer": gettext_lazy("answered a selector's request"),
    "retention.run": gettext_lazy("deleted what was kept long enough"),
    "keys.rotate": gettext_lazy("changed the keys of encrypted values"),
    "keys.drop": gettext_lazy("dropped old keys of encrypted values"),
    "figures.ask": gettext_lazy("asked for a release of the registry"),
    "figures.freeze": gettext_lazy("froze a release of the registry"),
    "figures.publish": gettext_lazy("published figures of the registry"),
    "figures.totals": gettext_lazy("brought totals of official registries"),
    "audit.download": gettext_lazy("downloaded the audit trail"),
}
USER = re.compile(r"user ([0-9a-f-]{36})")


def trail_scopes(user: Person) -> list[str] | None:
    """Return the studies and plans whose trail she may read: None for everything, an empty list for nothing."""
    studies = audit_scopes(user)
    if studies is None or not isinstance(user, User):
        return studies
    plans = [seat.plan.scope for seat in user.seats.select_related("plan") if seat.role == PlanRole.PLANNER]
    return [*studies, *plans, *(["registry"] if reads_registry(user) else [])]


def reads_registry(user: User) -> bool:
    """Say whether she reads the trail of the registry: officers and auditors of the whole country."""
    return any(seat.role in (DeskRole.OFFICER, DeskRole.AUDITOR) and not seat.region for seat in user.desks.all())


@dataclass(frozen=True)
class Line:
    """One event as a person reads it."""

    at: datetime
    who: str
    action: str
    study: str
    about: str
    details: str


def lines(events: Iterable[AuditEvent]) -> Iterator[Line]:
    """Yield events in words, with the names of the people they are about."""
    events = list(events)
    about = {match[1] for event in events if (match := USER.fullmatch(event.about))}
    names = {str(user.pk): str(user) for user in User.objects.filter(pk__in=about)}
    for event in events:
        yield Line(
            at=timezone.localtime(event.at),
            who=str(event.by) if event.by else _("Pallaq itself"),
            action=str(ACTIONS.get(event.action, event.action)),
            study=event.scope,
            about=USER.sub(lambda match: names.get(match[1], match[0]), event.about),
            details=in_words(event.details),
        )


def in_words(details: Mapping[str, Any]) -> str:
    """Return the details of an event on one line."""
    roles = dict(Role.choices)
    return ", ".join(f"{key}: {roles.get(value, value)}" for key, value in details.items() if value not in ("", None))
