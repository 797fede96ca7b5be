"""Her session: twenty minutes without a page end it, and so does a newer slip; never beside a login of the registry."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from pallaq.registry.actions.reading import read
from pallaq.registry.models import Person, What
from pallaq.rights.actions.slips import opens, owner
from pallaq.rights.models import Slip

KEY = "mine"
IDLE = 20 * 60  # seconds
More = ParamSpec("More")


def begin(request: HttpRequest, slip: Slip) -> None:
    """Begin her session under a new key: whoever knew the old one has nothing of it."""
    request.session.cycle_key()
    request.session[KEY] = {"slip": slip.pk, "seen": time.time()}


def leave(request: HttpRequest) -> None:
    """End her session, and all that lay in it."""
    request.session.flush()


def herself(request: HttpRequest) -> Person | None:
    """Return whose page is open here, or None: nobody's, too long ago, by a slip that opens no more."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if kept is None or request.user.is_authenticated:
        return None
    slip = Slip.objects.filter(pk=kept["slip"]).select_related("person__merged_into").first()
    if slip is None or not opens(slip) or not 0 <= time.time() - kept["seen"] <= IDLE:
        leave(request)
        messages.warning(request, _("Your page was closed. Enter again with your paper."))
        return None
    request.session[KEY] = {**kept, "seen": time.time()}
    return owner(slip)


def hers(
    view: Callable[Concatenate[HttpRequest, Person, More], HttpResponse],
) -> Callable[Concatenate[HttpRequest, More], HttpResponse]:
    """Give a view the person whose page is open, and note that she read; send anybody else to the door."""

    @wraps(view)
    def entered(request: HttpRequest, *args: More.args, **kwargs: More.kwargs) -> HttpResponse:
        person = herself(request)
        if person is None:
            return redirect("rights:mine")
        read(person, by=None, what=What.OWN)
        return view(request, person, *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, More], HttpResponse], never_cache(entered))  # the stubs lose it
