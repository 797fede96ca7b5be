"""How an organisation's file changes: one edition at a time, with its note in the trail, constraints told in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.errors import edited_meanwhile, words_of
from pallaq.associations.models import Dossier
from pallaq.places.models import Organisation
from pallaq.places.rules import district
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

SCOPE = "registry"


@contextmanager
def change(
    organisation: Organisation, edition: int | None, *, action: str, by: User | None
) -> Iterator[dict[str, Any]]:
    """Change an organisation's file if nobody did since `edition` was read (None: whatever it is).

    Facts that are put into what it yields go into the trail with the new edition; never anything personal.
    """
    facts: dict[str, Any] = {}
    with transaction.atomic():
        file = locked(organisation, edition)
        with constraints_told():
            yield facts
        file.edition += 1
        file.changed_at, file.changed_by = timezone.now(), by
        file.save(update_fields=["edition", "changed_at", "changed_by"])
        record(
            by=by, action=action, scope=SCOPE, about=f"organisation {organisation.pk}", edition=file.edition, **facts
        )


def locked(organisation: Organisation, edition: int | None) -> Dossier:
    """Return an organisation's file, locked; refuse if it changed since `edition`."""
    Dossier.objects.get_or_create(organisation=organisation)
    file = Dossier.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=organisation.pk)
    if edition is not None and file.edition != edition:
        raise edited_meanwhile(file.changed_by)
    return file


def edition_of(organisation: Organisation) -> int:
    """Return the edition of an organisation's file as it is now."""
    found = Dossier.objects.filter(pk=organisation.pk).values_list("edition", flat=True).first()
    return found or 1


@contextmanager
def constraints_told() -> Iterator[None]:
    """Turn a broken constraint into words by its name; what has none is a fault."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = str(getattr(diagnosis, "constraint_name", "") or "")
        if not (words := words_of(name)):
            raise
        code = name.removeprefix("associations_").replace("_", "-")
        raise Refusal(words, code=code, status=409) from error


def check_district(ubigeo: str) -> None:
    """Refuse what is no district of INEI's."""
    if district(ubigeo) is None:
        message = _("There is no district %(ubigeo)s in INEI's list. Choose one from the list.")
        raise Refusal(message % {"ubigeo": ubigeo[:12]}, code="unknown-ubigeo")


def one_line(words: str) -> str:
    """Return a text without air around and inside it."""
    return " ".join(words.split())
