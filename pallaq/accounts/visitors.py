"""Who asks for a page."""

from django.http import HttpRequest

from pallaq.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Return who asks; only behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user
