"""The worker's part: a list read row by row, checked, and imported a thousand rows at a time."""

import json
import logging
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from pallaq.rolls.actions.bringing import LIMITS, SCOPE, held
from pallaq.rolls.actions.copying import copy_in
from pallaq.rolls.actions.judging import Line, Seen, judge, read_lines, setting_of
from pallaq.rolls.actions.taking import bad_row, counted, take_lines
from pallaq.rolls.models import RUNNING, Roll, RollRow, RollState
from pallaq.rolls.rules.values import STATES
from pallaq.shared.errors import Problems, Refusal
from pallaq.shared.fields import plain
from pallaq.shared.locks import alone
from pallaq.shared.models import record
from pallaq.shared.sealed import SealedWriter, chunks, sealed_lines
from pallaq.shared.tabular import InMemory, read_rows

BATCH = 1000
PATIENCE = 3  # times that a batch is tried
WORDS = 12  # a column of states has few words; with more it is another column, and none of them is kept

log = logging.getLogger(__name__)


@contextmanager
def failing(roll: Roll, after: RollState = RollState.FAILED) -> Iterator[None]:
    """Say on the list's page that its work failed: a refusal in its own words, a fault for the log to explain."""
    try:
        yield
    except Problems as refusal:
        fail(roll, after, "\n".join([refusal.message, *[problem.message for problem in refusal.problems]]))
    except Refusal as refusal:
        fail(roll, after, refusal.message)
    except Exception as error:  # noqa: BLE001 - raised on, its message would lie in the table of tasks and in the log
        # A database's message may hold a row's values: the log gets the kind of fault and where, never its words.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("list %s failed: %s\n%s", roll.pk, type(error).__name__, where)
        words = _("Something in Pallaq itself failed. What was done before stays. Try again; then ask for help.")
        fail(roll, after, words)


def fail(roll: Roll, after: RollState, words: str) -> None:
    """Keep why the work ended."""
    Roll.objects.filter(pk=roll.pk, state__in=RUNNING).update(state=after, failure=words)


def check_roll(roll: Roll) -> None:
    """Read a list whole and find all that is wrong in it; nothing of it goes into the registry."""
    with alone(f"roll {roll.pk}"), failing(roll):
        roll.refresh_from_db()
        if roll.state == RollState.CHECKING:
            spread_rows(roll)
            check_rows(roll)


def spread_rows(roll: Roll) -> None:
    """Write the file anew row by row, so that whatever reads it later holds one row in memory."""
    if roll.read:
        return
    data, rows = b"".join(chunks(roll.path("file"), roll.about("file"))), 0
    with SealedWriter(roll.path("rows"), roll.about("rows")) as out:
        for number, cells in islice(read_rows(InMemory(data), name=roll.file_name, limits=LIMITS), 1, None):
            if any(cells):
                out.write(json.dumps([number, list(cells)], ensure_ascii=False).encode() + b"\n")
                rows += 1
    if not rows:
        raise Refusal(_("The file has column names and no rows below them: add the data."), code="no-rows")
    roll.read, roll.rows = True, rows
    roll.save(update_fields=["read", "rows"])
    roll.path("file").unlink(missing_ok=True)


def check_rows(roll: Roll) -> None:
    """Judge every row as if it went in now, and keep the bad ones with what is wrong."""
    roll.bad_rows.filter(mended_at__isnull=True).delete()
    there = set(roll.entries.values_list("row", flat=True))  # corrected before, and in
    setting, seen, totals, words = setting_of(roll), Seen(), Counter[str](), Counter[str]()
    for done, lines in batches(roll, 0):
        verdicts = read_lines([line for line in lines if line[0] not in there], setting)
        judge(roll, verdicts, setting, seen, lock=False)
        bad = [verdict for verdict in verdicts if verdict.wrong]
        totals.update(verdict.outcome().value for verdict in verdicts if not verdict.wrong)
        totals["bad"] += len(bad)
        words.update(plain(verdict.cells.get("state", ""))[:40] for verdict in verdicts)
        with transaction.atomic():
            if held(roll).state != RollState.CHECKING:
                return
            copy_in(RollRow, (bad_row(roll, one) for one in bad))
            Roll.objects.filter(pk=roll.pk).update(done=done)
    finish_check(roll, totals, words if "state" in roll.fields else Counter())


def finish_check(roll: Roll, totals: Counter[str], words: Counter[str]) -> None:
    """Say what the check found."""
    with transaction.atomic():
        roll = held(roll)
        roll.state, roll.done = RollState.CHECKED, roll.rows
        roll.counts = {"checked": counted({}, totals)}
        # Most of the words must be states: else the column is another, and may hold names.
        states = sum(words[word] for word in words if word in STATES or word in roll.states)
        is_column = len(words) <= WORDS and 2 * states >= sum(words.values())
        roll.words = dict(words.most_common()) if is_column else {}
        roll.save()
        record(by=None, action="roll.check", scope=SCOPE, about=f"roll {roll.pk}", **roll.counts["checked"])


def import_roll(roll: Roll, after_batch: Callable[[int], None] = lambda _done: None) -> None:
    """Import a list from where it stands; harmless when it is done already or was stopped."""
    with alone(f"roll {roll.pk}"), failing(roll):
        roll.refresh_from_db()
        if roll.state != RollState.IMPORTING:
            return
        for done, lines in batches(roll, roll.done):
            if not patiently(roll, done, lines):
                return
            after_batch(done)
        finish_import(roll)


def batches(roll: Roll, start: int) -> Iterator[tuple[int, list[Line]]]:
    """Yield the list's rows in batches after the first `start`, each with how many rows are behind it then."""
    done = start
    with sealed_lines(roll.path("rows"), roll.about("rows")) as lines:
        rest = islice(lines, start, None)
        while batch := [json.loads(line) for line in islice(rest, BATCH)]:
            done += len(batch)
            yield done, [(number, cells) for number, cells in batch]


def patiently(roll: Roll, done: int, lines: list[Line]) -> bool:
    """Take one batch in; where PostgreSQL ends it because a merge and the batch wait for each other, again."""
    for _attempt in range(PATIENCE - 1):
        try:
            return import_batch(roll, done, lines)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return import_batch(roll, done, lines)


@transaction.atomic
def import_batch(roll: Roll, done: int, lines: list[Line]) -> bool:
    """Take one batch in, with the mark of how far the import is in the same transaction; False if it was stopped."""
    now = held(roll)
    if now.state != RollState.IMPORTING or now.done != done - len(lines):
        return False
    outcomes = take_lines(now, lines, now.started_by)
    now.done = done
    now.counts = {**now.counts, "imported": counted(now.counts.get("imported", {}), outcomes)}
    now.save(update_fields=["done", "counts"])
    facts = {"rows": len(lines), "done": done, **outcomes}
    record(by=now.started_by, action="roll.batch", scope=SCOPE, about=f"roll {roll.pk}", **facts)
    return True


@transaction.atomic
def finish_import(roll: Roll) -> None:
    """Say that the list is in, and remove its file."""
    now = held(roll)
    if now.state != RollState.IMPORTING:
        return
    now.state, now.ended_at = RollState.IMPORTED, timezone.now()
    now.save(update_fields=["state", "ended_at"])
    record(by=now.started_by, action="roll.done", scope=SCOPE, about=f"roll {now.pk}", **now.counts["imported"])
    transaction.on_commit(now.remove_files)
