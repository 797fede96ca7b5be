"""One bad row corrected, and taken in like any other."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.rolls.actions.bringing import SCOPE, held
from pallaq.rolls.actions.judging import Verdict, setting_of
from pallaq.rolls.actions.taking import bad_row, counted, judge_locked, take
from pallaq.rolls.models import Roll, RollRow, RollState
from pallaq.rolls.rules.rows import read_row
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

MENDABLE = (RollState.CHECKED, RollState.STOPPED, RollState.IMPORTED)


def content_of(row: RollRow) -> dict[str, Any]:
    """Return the cells of a bad row by field, and what is wrong with them."""
    read: dict[str, Any] = json.loads(row.content) if row.content else {"cells": {}, "wrong": []}
    return read


@transaction.atomic
def mend_row(*, row: RollRow, cells: Mapping[str, str], by: User) -> RollRow:
    """Take a corrected row in; if something is wrong with it still, keep it as it is now and say what."""
    roll = held(row.roll)
    row = RollRow.objects.select_for_update().get(pk=row.pk)
    check_mendable(roll, row)
    setting, kept = setting_of(roll), content_of(row)["cells"]
    typed = {name: " ".join(str(cells.get(name, kept.get(name, ""))).split()) for name in roll.fields}
    read, wrong = read_row(row.row, typed, setting)
    verdict = Verdict(read, typed, wrong)
    judge_locked(roll, [verdict])
    if verdict.wrong:
        still = bad_row(roll, verdict)
        row.codes, row.content = still.codes, still.content
        row.save(update_fields=["codes", "content"])
        record(by=by, action="roll.row.edit", scope=SCOPE, about=f"roll {roll.pk}", row=row.row, codes=row.codes)
        return row
    outcomes = take(roll, [verdict], by)
    row.content, row.mended_at, row.mended_by = "", timezone.now(), by
    row.save(update_fields=["content", "mended_at", "mended_by"])
    roll.counts = {**roll.counts, "mended": counted(roll.counts.get("mended", {}), outcomes)}
    roll.save(update_fields=["counts"])
    record(by=by, action="roll.row.mend", scope=SCOPE, about=f"roll {roll.pk}", row=row.row, **outcomes)
    return row


def check_mendable(roll: Roll, row: RollRow) -> None:
    """Refuse a row that went in meanwhile, and a list that the worker has."""
    if row.mended_at:
        message = _("%(who)s has corrected this row already: it is in. Nothing was done twice.")
        raise Refusal(message % {"who": row.mended_by or _("Somebody")}, code="row-mended", status=409)
    if roll.state not in MENDABLE:
        message = _("The list is being worked on. Correct its rows when that is done.")
        raise Refusal(message, code="roll-running", status=409)
