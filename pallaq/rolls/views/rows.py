"""Rows of a list: those that could not go in, one of them corrected, and the people whom the others meant."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Func, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.places.rules import label
from pallaq.registry import perms as registry
from pallaq.registry.actions.reading import read_many
from pallaq.registry.models import IdentifierKind, Person, Sex, State, What
from pallaq.registry.tabs import about
from pallaq.rolls import perms
from pallaq.rolls.actions.bringing import export_rows
from pallaq.rolls.actions.mending import MENDABLE, content_of, mend_row
from pallaq.rolls.forms import RowForm, WhyForm
from pallaq.rolls.models import Outcome, Roll, RollEntry, RollRow
from pallaq.rolls.rules.fields import FIELDS
from pallaq.rolls.rules.words import KINDS, said
from pallaq.rolls.views.finding import roll_or_refuse, row_or_refuse
from pallaq.shared.errors import Refusal
from pallaq.shared.tabular import csv_text

PAGE = 50
EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@login_required
def bad(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the rows that could not go in, with all that is wrong; posted, with a reason, they are given as CSV."""
    roll = roll_or_refuse(request, key)
    waiting = roll.bad_rows.filter(mended_at__isnull=True)
    form = WhyForm(request.POST or None)
    if request.method == "POST":
        refuse_unless(perms.can_download(request.user, roll))
        if form.is_valid():
            export_rows(roll=roll, why=form.cleaned_data["why"], rows=waiting.count(), by=signed_in(request))
            return rows_csv(roll, waiting)
    code = request.GET.get("code", "")
    page = Paginator(waiting.filter(codes__contains=[code]) if code in KINDS else waiting, PAGE)
    shown = page.get_page(request.GET.get("page"))
    explain = explaining(roll)
    context = {
        "roll": roll,
        "page": shown,
        "rows": [(row, explain(row)) for row in shown],
        "kinds": kinds_of(waiting),
        "code": code if code in KINDS else "",
        "can_mend": roll.state in MENDABLE,
        "can_download": perms.can_download(request.user, roll),
        "form": form,
    }
    return render(request, "rolls/rows.html", {**about(request), **context}, status=422 if form.errors else 200)


def kinds_of(rows: "QuerySet[RollRow]") -> list[tuple[str, Any, int]]:
    """Return what is wrong how often: code, words, rows."""
    unnested = rows.order_by().annotate(code=Func(F("codes"), function="unnest"))
    counted = unnested.values_list("code").annotate(many=Count("id", distinct=True))
    return [(code, KINDS.get(code, code), many) for code, many in sorted(counted, key=lambda pair: -pair[1])]


def explaining(roll: Roll) -> Any:
    """Return what turns a row into its problems: column and words."""
    states = dict(State.choices)
    kinds = {kind.code: kind for kind in IdentifierKind.objects.all()}

    def explain(row: RollRow) -> list[tuple[str, str]]:
        wrong = content_of(row)["wrong"]
        return [
            (roll.heading(one["field"]) or str(FIELDS.get(one["field"], "")), said(one, states, kinds)) for one in wrong
        ]

    return explain


def rows_csv(roll: Roll, rows: "QuerySet[RollRow]") -> HttpResponse:
    """Give bad rows as they stand in the list, with what is wrong in a column of its own."""
    explain, fields = explaining(roll), sorted(roll.fields, key=lambda name: roll.fields[name])

    def lines() -> Iterator[list[str | int]]:
        for row in rows.iterator(500):
            cells = content_of(row)["cells"]
            wrong = " ".join(f"{column}: {words}" if column else words for column, words in explain(row))
            yield [row.row, *(cells.get(name, "") for name in fields), wrong]

    header = [_("row"), *(roll.heading(name) for name in fields), _("problem")]
    response = HttpResponse(csv_text(header, lines()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rows.csv"'
    return response


@EDIT
@login_required
def mend(request: HttpRequest, key: UUID, row_key: UUID) -> HttpResponse:
    """Correct one row, and take it in."""
    roll = roll_or_refuse(request, key)
    row, refusal = row_or_refuse(roll, row_key), None
    if request.method == "POST":
        try:
            row = mend_row(row=row, cells=request.POST.dict(), by=signed_in(request))
        except Refusal as refused:
            refusal = refused
        else:
            if row.mended_at:
                messages.success(request, _("Row %(row)d is in.") % {"row": row.row})
                return redirect("rolls:rows", key)
    wrong: dict[str, list[str]] = defaultdict(list)
    states, kinds = dict(State.choices), {kind.code: kind for kind in IdentifierKind.objects.all()}
    kept = content_of(row)
    for one in kept["wrong"]:
        wrong[one["field"] if one["field"] in roll.fields else ""].append(said(one, states, kinds))
    typed = request.POST.dict() if refusal else {}
    form = RowForm(None, roll=roll, cells={**kept["cells"], **typed}, wrong=wrong)
    context = {"roll": roll, "row": row, "form": form, "wrong": wrong[""], "refusal": refusal}
    context |= {"still": request.method == "POST" and not refusal, "can_mend": roll.state in MENDABLE}
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    return render(request, "rolls/row.html", {**about(request), **context}, status=status)


@require_safe
@login_required
def people(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show whom the list's rows meant, and where it says otherwise than their files."""
    roll = roll_or_refuse(request, key)
    show = request.GET.get("show", "otherwise")
    entries = roll.entries.filter(person__in=registry.people_seen_by(request.user)).select_related("person")
    if show in Outcome.values:
        entries = entries.filter(outcome=show)
    else:
        show, entries = "otherwise", entries.filter(otherwise__isnull=False)
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    read_many({entry.person for entry in page}, by=signed_in(request), what=What.FOUND)
    context = {
        "roll": roll,
        "page": page,
        "rows": [(entry, differences(entry)) for entry in page],
        "show": show,
        "choices": [("otherwise", _("the list says otherwise")), *Outcome.choices],
    }
    return render(request, "rolls/people.html", {**about(request), **context})


def differences(entry: RollEntry) -> list[tuple[Any, str, str]]:
    """Return where a list says otherwise: field, what her file says, what the list says."""
    listed = json.loads(entry.otherwise) if entry.otherwise else {}
    return [
        (FIELDS.get(name, name), in_file(entry.person, name), in_words(name, said)) for name, said in listed.items()
    ]


def in_file(person: Person, field: str) -> str:
    """Return what a person's file says of a field, where it has one; a number of registration stays unsaid."""
    if field not in ("given_names", "paternal_surname", "maternal_surname", "sex", "birth_on", "place"):
        return ""
    value = getattr(person, field)
    return in_words(field, value.isoformat() if field == "birth_on" and value else value or "")


def in_words(field: str, value: str) -> str:
    """Return a value as a person reads it."""
    if field == "sex":
        return str(dict(Sex.choices).get(value, value))
    if field == "number":
        return "•" * max(len(value) - 3, 0) + value[-3:]
    return label(value) or value if field == "place" else value
