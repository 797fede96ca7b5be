"""The home page and the pages about Pallaq itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pallaq.diagnosis.readable import newest
from pallaq.diagnosis.views import board_page
from pallaq.study.models import Study
from pallaq.web.glossary import TERMS


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the gap board of the featured study, or what to do while there is none."""
    study = Study.objects.first()
    shown = newest(study, request.user) if study else None
    return board_page(request, shown) if shown else render(request, "web/empty.html")


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the terms that the pages use, in both languages."""
    return render(request, "web/glossary.html", {"terms": TERMS})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what is synthetic, how the figures are made and what is kept private."""
    return render(request, "web/about.html")
