"""What allauth asks of us: nobody signs up, and whoever comes, goes or fails to come in is in the audit trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest

from pallaq.accounts.models import User
from pallaq.shared.models import record

SECOND_FACTOR = {
    "mfa/email/totp_activated": "second-factor.add",
    "mfa/email/totp_deactivated": "second-factor.remove",
    "mfa/email/recovery_codes_generated": "second-factor.codes",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth publishes no types
    """Our answers to allauth's questions."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an administrator invites."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Log in, after every factor was given."""
        with transaction.atomic():
            super().login(request, user)
            record(by=user, action="login", about=f"user {user.pk}")

    def logout(self, request: HttpRequest) -> None:
        """Log out."""
        user = request.user
        with transaction.atomic():
            super().logout(request)
            if not isinstance(user, AnonymousUser):
                record(by=user, action="logout", about=f"user {user.pk}")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password against the person whose address it was; an unknown address is not kept."""
        user = User.objects.filter(email=str(credentials.get("email", "")).strip().lower()).first()
        record(by=None, action="login.fail", about=f"user {user.pk}" if user else "unknown address")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Say whether this is her password; allauth would look for the address in a table we leave empty."""
        return bool(self.authenticate(context.request, email=user.email, password=password) == user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go home."""
        return "/"

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **more: Any) -> None:
        """Note in the trail what allauth would tell her of her second factor by mail."""
        if action := SECOND_FACTOR.get(template_prefix):
            record(by=user, action=action, about=f"user {user.pk}")
        super().send_notification_mail(template_prefix, user, *args, **more)

    def set_password(self, user: User, password: str) -> None:
        """Change the password; every other session of hers ends with it."""
        with transaction.atomic():
            super().set_password(user, password)
            record(by=user, action="password.change", about=f"user {user.pk}")
