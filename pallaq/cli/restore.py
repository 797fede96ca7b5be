"""`pallaq restore FILE`: a backup brought back into an empty data folder."""

import shutil
from pathlib import Path
from typing import Any

import click
import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from pallaq.cli import archive, cluster, dump, field_keys, place
from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.errors import Refusal


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(file: Path) -> None:
    """Bring FILE back into an empty data folder; name that with PALLAQ_DATA."""
    start_django()
    with plainly():
        facts = bring_back(settings.DATA, file)
    click.echo(_("Restored into %(data)s. Start it with: pallaq up") % {"data": settings.DATA})
    if warning := field_keys.warning_of_restore(facts, settings.DATA):
        click.echo(warning, err=True)


def bring_back(data: Path, file: Path) -> dict[str, Any]:
    """Restore everything, or leave the folder as empty as it was; return what the backup says of itself."""
    if data.exists() and any(data.iterdir()):
        message = _("The data folder %(data)s is not empty. Name another one with PALLAQ_DATA.")
        raise Refusal(message % {"data": data}, code="restore-not-empty")
    place.prepare(data)
    try:
        return fill(data, file)
    except BaseException:
        for path in data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def fill(data: Path, file: Path) -> dict[str, Any]:
    """Check and unpack the file beside the final places, then load the database and move the rest."""
    unpacked = data / "restoring"
    manifest = archive.unpack(file, unpacked)
    check_version(manifest.get("postgresql", 0), data)
    with dump.database(data) as address:
        check_empty(address)
        dump.load(address, unpacked / archive.DUMP, data)
    for folder in (*archive.FOLDERS, archive.KEYS):
        if (unpacked / folder).exists():
            (unpacked / folder).rename(data / folder)
    shutil.rmtree(unpacked)
    return manifest


def check_version(made_by: int, data: Path) -> None:
    """Refuse a dump that only a later PostgreSQL can read."""
    ours = int(cluster.major_version(place.owner_of(data)))
    if made_by > ours:
        message = _("The backup needs PostgreSQL %(needed)d and this Pallaq brings %(ours)d. Use a newer Pallaq.")
        raise Refusal(message % {"needed": made_by, "ours": ours}, code="backup-newer")


def check_empty(address: str) -> None:
    """Refuse a database that holds tables already, which only DATABASE_URL can name."""
    with psycopg.connect(address) as connection:
        if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
            message = _("The database that DATABASE_URL names is not empty. Name an empty one.")
            raise Refusal(message, code="restore-not-empty")
