"""`pallaq administrator EMAIL`: the first administrator, or the way back in for one who lost everything."""

import click
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.cli import dump, place
from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.environment import make_secret_key, secret_key
from pallaq.shared.errors import Refusal


@click.command
@click.argument("email")
def command(email: str) -> None:
    """Make EMAIL an administrator and print the one-time link with which she chooses her password."""
    start_django()
    refuse_no_address(email)
    with plainly():
        place.prepare(settings.DATA)
        make_secret_key(settings.DATA)
        settings.SECRET_KEY = secret_key(settings.DATA)  # read before there was one, and it signs the link
        with dump.database(settings.DATA):
            call_command("migrate", verbosity=0, interactive=False)
            address = administrator_link(email)
    click.echo(_("Open this within 7 days, and choose a name and a password:"))
    click.echo(address)


def refuse_no_address(email: str) -> None:
    """Refuse what is no e-mail address."""
    try:
        validate_email(email)
    except ValidationError as error:
        message = _("“%(email)s” is no e-mail address. Write it as name@example.pe.")
        raise Refusal(message % {"email": email}, code="no-address") from error


@transaction.atomic
def administrator_link(email: str) -> str:
    """Invite an administrator, or give one who is known a new link, which ends her password and sessions."""
    from django.urls import reverse

    from pallaq.accounts import actions
    from pallaq.accounts.models import User

    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user, token = actions.invite(email=email, is_administrator=True, by=None)
    else:
        actions.mark_administrator(user=user, administrator=True, by=None)
        token = actions.reset_password(user=user, by=None)
    host = settings.ALLOWED_HOSTS[0] if settings.PRODUCTION and settings.ALLOWED_HOSTS else "127.0.0.1:8000"
    scheme = "https" if settings.PRODUCTION else "http"
    return f"{scheme}://{host}{reverse('account_link', args=[user.pk, token])}"
