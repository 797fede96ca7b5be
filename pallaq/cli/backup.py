"""`pallaq backup FILE`: the database, the releases, the diagnoses and the evidence in one file."""

import os
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _

from pallaq.cli import archive, cluster, dump, field_keys, place
from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.errors import Refusal


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-keys", is_flag=True, help="Put the keys in too; whoever has the file can then sign as Pallaq.")
def command(file: Path, with_keys: bool) -> None:
    """Save everything to FILE, also while Pallaq runs.

    The keys stay out unless you ask for them: everybody then logs in again after a restore, and keys/fields.json,
    without which the registry's people cannot be read, has to be kept and brought back by you.
    """
    start_django()
    with plainly():
        if file.exists():
            raise Refusal(_("%(file)s exists already. Name another one.") % {"file": file}, code="backup-exists")
        facts = save(settings.DATA, file.absolute(), with_keys=with_keys)
    click.echo(_("Saved: %(file)s") % {"file": file})
    if warning := field_keys.warning_of_backup(facts):
        click.echo(warning, err=True)


def save(data: Path, file: Path, *, with_keys: bool) -> dict[str, Any]:
    """Write the backup beside its final name first, so that a file of that name is always whole; return its facts."""
    if not os.environ.get("DATABASE_URL") and not (data / "postgres").exists():
        raise Refusal(_("There is nothing to save in %(data)s.") % {"data": data}, code="backup-empty")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".pallaq-backup-") as folder:
        dumped, unfinished = Path(folder) / archive.DUMP, Path(folder) / "unfinished"
        with dump.database(data) as address:
            dump.dump(address, dumped, data)
            encrypted = field_keys.of_backup(address, data, with_keys=with_keys)
        # The files come after the dump: a release in the dump is then surely among them.
        members = {archive.DUMP: dumped, **archive.members_of(data, with_keys=with_keys)}
        members |= field_keys.ring_members(data, with_keys=with_keys)
        facts = {
            **encrypted,
            "pallaq": version("pallaq"),
            "postgresql": int(cluster.major_version(place.owner_of(data))),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            archive.pack(target, members, facts)
            os.fsync(target.fileno())
        unfinished.rename(file)
    return facts
