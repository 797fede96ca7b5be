"""Turns a Refusal into words, in one place: a page, a fragment for htmx, or JSON."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from pallaq.shared.errors import Problems, Refusal


class RefusalMiddleware:
    """Answers a Refusal raised by a view with its status and its words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; leave faults to Django, which logs them."""
        if not isinstance(exception, Refusal):
            return None
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
