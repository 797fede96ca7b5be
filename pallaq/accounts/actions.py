"""What administrators do with people, and what people do with the links they got."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.accounts.rules import link_tokens
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@transaction.atomic
def invite(*, email: str, is_administrator: bool = False, by: User | None) -> tuple[User, str]:
    """Make a user who has no password yet; return her and the token of her link."""
    if User.objects.filter(email=email.strip().lower()).exists():
        message = _("%(email)s is here already. Open that person's page to give a new link.")
        raise Refusal(message % {"email": email}, code="user-known", status=409)
    user = User.objects.create_user(email, is_administrator=is_administrator)
    record(by=by, action="user.invite", about=f"user {user.pk}", administrator=is_administrator)
    return user, link_tokens.make_token(user)


@transaction.atomic
def reset_password(*, user: User, by: User | None) -> str:
    """End her password, sessions and earlier links; return the token of a new link."""
    user = locked(user.pk)
    if not user.is_active:
        message = _("%(user)s is deactivated. Reactivate the account first.")
        raise Refusal(message % {"user": user}, code="user-inactive", status=409)
    if user == by:
        message = _("Change your own password under “My account”.")
        raise Refusal(message, code="own-reset", status=409)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    record(by=by, action="user.reset", about=f"user {user.pk}")
    return link_tokens.make_token(user)


def user_of_link(user_id: UUID, token: str) -> User:
    """Return whom a link is for; a Refusal when it was used, replaced or is too old."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not link_tokens.check_token(user, token):
        message = _("This link no longer works: it was used already, replaced by a newer one, or is over 7 days old.")
        raise Refusal(message + " " + _("Ask your administrator for a new one."), code="link-ended", status=410)
    return user


@transaction.atomic
def accept_link(*, user_id: UUID, token: str, name: str, password: str) -> User:
    """Take the name and the password she chose; the link is used up."""
    locked(user_id)
    user = user_of_link(user_id, token)
    user.name = name.strip()
    user.set_password(password)
    user.save()
    record(by=user, action="user.accept", about=f"user {user.pk}")
    return user


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """Keep her out from now on; what she did stays hers."""
    user = locked(user.pk)
    refuse_last_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    record(by=by, action="user.deactivate", about=f"user {user.pk}")


@transaction.atomic
def reactivate(*, user: User, by: User) -> None:
    """Let her in again with the password she had."""
    user = locked(user.pk)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by=by, action="user.reactivate", about=f"user {user.pk}")


@transaction.atomic
def mark_administrator(*, user: User, administrator: bool, by: User | None) -> None:
    """Make administrator, or no longer one; nobody does it to herself."""
    user = locked(user.pk)
    if user == by:
        message = _("Nobody changes their own administrator mark. Ask another administrator.")
        raise Refusal(message, code="own-mark", status=409)
    if not administrator:
        refuse_last_administrator(user)
    user.is_administrator = administrator
    user.save(update_fields=["is_administrator"])
    action = "user.make-administrator" if administrator else "user.unmake-administrator"
    record(by=by, action=action, about=f"user {user.pk}")


@transaction.atomic
def remove_second_factor(*, user: User, by: User) -> None:
    """Take away the second factor of a person who lost her phone and her recovery codes."""
    Authenticator.objects.filter(user=user).delete()
    record(by=by, action="user.remove-second-factor", about=f"user {user.pk}")


def locked(user_id: UUID) -> User:
    """Return the user, after every administrator's row is locked in one order: two cannot unmake each other."""
    list(User.objects.select_for_update().filter(is_administrator=True).order_by("pk"))
    return User.objects.select_for_update().get(pk=user_id)


def refuse_last_administrator(user: User) -> None:
    """Refuse to leave nobody who can administer."""
    administrators = User.objects.administrators()
    if administrators.filter(pk=user.pk).exists() and administrators.count() == 1:
        message = _("%(user)s is the last active administrator. Make another one first.")
        raise Refusal(message % {"user": user}, code="last-administrator", status=409)


def end_sessions(user: User) -> None:
    """Log her out wherever she is."""
    for session in UserSession.objects.filter(user=user):
        session.end()
