"""The keys of encrypted fields at start, in a backup and after it came back: never a new ring over old values."""

from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql

from pallaq.cli import archive, production
from pallaq.shared.encryption import make_ring, read_ring, ring_path
from pallaq.shared.errors import Refusal

# Columns that have a value wherever somebody is, and where a key signs: enough to name the keys.
SEALED = (("registry_person", "address"), ("registry_identifier", "number"), ("credentials_signingkey", "private"))


def prepare(data: Path, *, strict: bool) -> None:
    """Make the ring where nothing is encrypted yet; refuse one that is missing or does not open what is stored."""
    from pallaq.shared.rotation import anything_sealed, ring_problem

    path = ring_path(data)
    if not path.exists():
        if anything_sealed():
            message = _(
                "The database holds encrypted values, and their keys are not here: there is no %(file)s. Put its copy "
                "there. Pallaq makes no new keys over old values: they could never be read again."
            )
            raise Refusal(message % {"file": path}, code="field-ring-missing")
        make_ring(data)
    if strict:
        production.check(production.ring_problems(path))
    if problem := ring_problem():
        message = _("The keys in %(file)s do not open what is stored: %(reason)s")
        raise Refusal(message % {"file": path, "reason": problem.message}, code="field-ring-wrong")


def of_backup(address: str, data: Path, *, with_keys: bool) -> dict[str, Any]:
    """Return what a backup says of its encrypted values: the names of their keys, and whether these are in it."""
    return {"field_key_names": names_in_use(address), "field_keys": with_keys and ring_path(data).exists()}


def ring_members(data: Path, *, with_keys: bool) -> dict[str, Path]:
    """Return the ring as a member of a backup, also where PALLAQ_FIELD_KEYS keeps it outside of the data folder."""
    ring = ring_path(data)
    return {f"{archive.KEYS}/fields.json": ring} if with_keys and ring.exists() else {}


def names_in_use(address: str) -> list[str]:
    """Return the names of the keys that a database's encrypted values are under; [] where there are none."""
    names: set[str] = set()
    with psycopg.connect(address) as connection:
        for table, column in SEALED:
            found = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
            if found is None or found[0] is None:
                continue
            query = sql.SQL(
                "SELECT DISTINCT convert_from(substring({column} FROM 3 FOR get_byte({column}, 1)), 'SQL_ASCII') "
                "FROM {table} WHERE octet_length({column}) > 2"
            )
            rows = connection.execute(query.format(table=sql.Identifier(table), column=sql.Identifier(column)))
            names |= {str(name) for (name,) in rows}
    return sorted(names)


def warning_of_backup(facts: dict[str, Any]) -> str:
    """Return what whoever made a backup must know, or ""."""
    if not facts["field_key_names"] or facts["field_keys"]:
        return ""
    return _(
        "This file holds encrypted values of people, and not their keys. Keep a copy of keys/fields.json apart from "
        "it, in a safe place: without it document numbers, phones, addresses and photos can never be read again."
    )


def warning_of_restore(facts: dict[str, Any], data: Path) -> str:
    """Return which keys are missing after a backup came back, or ""."""
    path = ring_path(data)
    here = set(read_ring(path, path.stat().st_mtime_ns).keys) if path.exists() else set()
    missing = set(facts.get("field_key_names", [])) - here
    if not missing:
        return ""
    message = _(
        "Keys of encrypted values are missing (%(names)s). Put the copy of keys/fields.json that belongs to this "
        "backup at %(file)s before you start Pallaq: it does not start without them."
    )
    return message % {"names": ", ".join(sorted(missing)), "file": path}
