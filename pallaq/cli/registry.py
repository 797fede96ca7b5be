"""`pallaq registry`: rotate the keys of encrypted fields, run retention."""

import click
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from pallaq.cli import dump, place
from pallaq.cli.terminal import plainly, start_django

console = Console(highlight=False, stderr=True)


@click.group()
def command() -> None:
    """Rotate the keys of what is encrypted, delete what was kept long enough. Both work while Pallaq runs."""
    start_django()


@command.command("rotate-keys")
@click.option("--finish", is_flag=True, help="Drop the old keys, once nothing is under them.")
def rotate_keys(finish: bool) -> None:
    """Make new keys and write everything encrypted anew under them, history too; call it again if it was stopped.

    Then save keys/fields.json where you keep its copy, and call it with --finish.
    """
    from pallaq.rights.actions import keys
    from pallaq.shared.encryption import ring

    with plainly():
        place.prepare(settings.DATA)
        with dump.database(settings.DATA), keys.alone():
            if finish:
                click.echo(_("The old keys are dropped. Key in use: %(key)s") % {"key": keys.finish()})
                return
            written = 0
            with console.status(_("Writing anew ...")) as status:
                for table, many in keys.rotate():
                    written += many
                    status.update(_("%(table)s: %(rows)d rows written") % {"table": table, "rows": written})
            name = ring().current
    click.echo(_("Written anew under key %(key)s: %(rows)d rows.") % {"key": name, "rows": written})
    click.echo(_("Copy keys/fields.json to its safe place, then call: pallaq registry rotate-keys --finish"))


@command.command()
def retention() -> None:
    """Delete history and readings, and erase files, that were kept as long as their norm says. For cron, once a day."""
    from pallaq.rights.actions.retention import RULES, retain

    with plainly():
        place.prepare(settings.DATA)
        with dump.database(settings.DATA):
            gone = retain(timezone.localdate())
    for rule in RULES:
        if rule.code in gone:
            click.echo(_("%(what)s: %(rows)d gone") % {"what": rule.title, "rows": gone[rule.code]})
        else:
            words = _("%(what)s: nothing goes, because the norm %(norm)s has no value")
            click.echo(words % {"what": rule.title, "norm": rule.code})
