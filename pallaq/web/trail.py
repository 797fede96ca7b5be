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
from pallaq.shared.models import AuditEvent
from pallaq.study.models import Role

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
    "audit.download": gettext_lazy("downloaded the audit trail"),
}
USER = re.compile(r"user ([0-9a-f-]{36})")


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
