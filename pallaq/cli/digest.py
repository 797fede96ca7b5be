"""`pallaq digest`: send this week's e-mails of the plans; for cron, once a day or a week."""

import click
from django.conf import settings
from django.utils.translation import gettext as _

from pallaq.cli import dump, place
from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.errors import Refusal


@click.command
def command() -> None:
    """Send each seat's e-mail of this week: what is late, what is due in 14 days, new comments. Never twice."""
    start_django()
    from pallaq.following.digests import mail_is_set
    from pallaq.following.tasks import send_digests

    if not mail_is_set():
        message = _("No mail server is set, so nothing was sent. Name one with PALLAQ_SMTP.")
        raise Refusal(message, code="no-mail")
    with plainly():
        place.prepare(settings.DATA)
        with dump.database(settings.DATA):
            sent, failed = send_digests.call()
    click.echo(_("Sent: %(sent)d. Refused by the mail server: %(failed)d.") % {"sent": sent, "failed": failed})
    if failed:
        raise Refusal(_("What was refused is sent again with the next call."), code="mail-refused")
