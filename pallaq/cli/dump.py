"""The database in a backup: PostgreSQL's own pg_dump and pg_restore, on the embedded server or on another."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pallaq.cli import place, postgres
from pallaq.shared.environment import embedded_address
from pallaq.shared.errors import Refusal

NOT_KEPT = ("pallaq_cache", "django_session")  # whoever was logged in logs in again


@contextmanager
def database(data: Path) -> Iterator[str]:
    """Give the address of the database: started for the occasion unless Pallaq runs already."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with place.claimed(data) as ours:
        server = postgres.start(data) if ours else None
        try:
            yield make_conninfo(**embedded_address(data))
        finally:
            if server:
                server.stop()


def dump(address: str, file: Path, data: Path) -> None:
    """Write the database as it is at one moment."""
    left_out = [f"--exclude-table-data={table}" for table in NOT_KEPT]
    run("pg_dump", address, data, "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={file}")


def load(address: str, file: Path, data: Path) -> None:
    """Bring a dump back, whole or not at all."""
    run("pg_restore", address, data, "--single-transaction", "--no-owner", "--no-privileges", str(file))


def run(program: str, address: str, data: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by its environment, which other users cannot read."""
    values: dict[str, Any] = conninfo_to_dict(address)
    secret = {"PGPASSWORD": values.pop("password")} if "password" in values else {}
    ended = subprocess.run(
        [str(place.programs(place.owner_of(data)) / program), f"--dbname={make_conninfo(**values)}", *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C", **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise Refusal(_("%(program)s: %(reason)s") % {"program": program, "reason": last(ended.stderr.splitlines())})


def last(lines: Sequence[str]) -> str:
    """Return the line that says what went wrong."""
    errors = [line for line in lines if "error:" in line]
    return (errors or list(lines) or [""])[0]
