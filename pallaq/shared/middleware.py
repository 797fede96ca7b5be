"""Turns a Refusal into words, in one place; keeps out what no page can answer, and private pages out of caches."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from pallaq.shared.errors import Problems, Refusal

FORM_BYTES = 2**20  # what a form may hold beside its file


class RefusalMiddleware:
    """Answers a Refusal with its status and its words: a page, a fragment for htmx, or JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Before any view, and before the body is read.
        return self.answer(request, refusal) if (refusal := unanswerable(request)) else self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; leave faults to Django, which logs them."""
        return self.answer(request, exception) if isinstance(exception, Refusal) else None

    def answer(self, request: HttpRequest, exception: Refusal) -> HttpResponse:
        """Return the answer in the form that was asked for."""
        problems = exception.problems if isinstance(exception, Problems) else []
        if "application/json" in request.headers.get("Accept", ""):
            body = {
                "code": exception.code,
                "message": exception.message,
                "problems": [vars(p) for p in problems],
            }
            return JsonResponse(body, status=exception.status)
        template = "shared/refusal_fragment.html" if request.headers.get("HX-Request") else "shared/refusal.html"
        return render(request, template, {"refusal": exception, "problems": problems}, status=exception.status)


def unanswerable(request: HttpRequest) -> Refusal | None:
    """Return why no view shall see the request: an address that PostgreSQL cannot search for, or too large a body."""
    if "%00" in request.META.get("QUERY_STRING", ""):
        message = _("The address holds a character that no text has (a zero byte). Write it again.")
        return Refusal(message, code="zero-byte", status=400)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT + FORM_BYTES:
        message = _(
            "The file is larger than %(limit)d MB. Nothing was stored. "
            "Remove what the study does not need, or split it."
        )
        return Refusal(message % {"limit": settings.UPLOAD_LIMIT // 2**20}, code="too-large", status=413)
    return None


class PrivacyMiddleware:
    """Keeps what is shown to whoever is logged in out of every cache, the browser's too: offices share computers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_in = request.user.is_authenticated
        response = self.get_response(request)
        if was_in or request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
