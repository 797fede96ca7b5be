"""Members, boards and statutes: what is refused, what is kept, and that nothing is saved without its note."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from pallaq.accounts.tests.people import client_of, refused
from pallaq.associations.actions.boards import add_board, add_post, end_board, end_post
from pallaq.associations.actions.files import edition_of
from pallaq.associations.actions.members import add_member, end_member, person_of
from pallaq.associations.actions.statutes import add_statute
from pallaq.associations.board import QUOTA, board_today
from pallaq.associations.models import Board, BoardPost, Membership, Post, Statute
from pallaq.associations.rules.papers import DOCX
from pallaq.associations.tests.samples import SINCE, Room, board, room
from pallaq.registry.models import Norm, Person, PersonState, Sex
from pallaq.registry.tests.samples import selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
STATUTE: dict[str, Any] = {"approved_on": date(2024, 5, 1), "title": "Estatuto", "summary": "", "women_percent": None}
RECORD = "pallaq.associations.actions.files.record"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def docx(*members: str, types: str = f"{DOCX}.main+xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        for member in members:
            archive.writestr(member, "x")
    return target.getvalue()


def keep(made: Room, content: bytes, name: str) -> Statute:
    file = SimpleUploadedFile(name, content)
    return add_statute(organisation=made.association, edition=None, fields=STATUTE, file=file, by=made.treasurer)


def test_a_member_of_a_day_is_no_member_twice() -> None:
    made = room()
    with refused("membership-once"):
        add_member(organisation=made.association, edition=None, person=made.juana, since=SINCE, by=None)
    with refused("membership-once"):  # an earlier day reaches into the days that are written: the constraint says so
        add_member(organisation=made.association, edition=None, person=made.juana, since=date(2024, 1, 1), by=None)
    member = Membership.objects.get()
    end_member(membership=member, edition=None, on=date(2025, 3, 31), by=None)
    with refused("membership-over"):
        end_member(membership=member, edition=None, on=date(2025, 3, 31), by=None)
    add_member(organisation=made.association, edition=None, person=made.juana, since=date(2025, 4, 1), by=None)
    assert Membership.objects.of(made.juana).count() == 2


def test_days_that_cannot_be_are_refused() -> None:
    made = room()
    elena = selector("40999888", given_names="Elena")
    tomorrow = timezone.localdate() + timedelta(1)
    for since, code in ((tomorrow, "date-in-future"), (date(1825, 1, 1), "date-too-old")):
        with refused(code):
            add_member(organisation=made.association, edition=None, person=elena, since=since, by=None)
    with refused("dates"):
        add_board(organisation=made.association, edition=None, days=(SINCE, date(2024, 1, 1)), by=None)


def test_only_associations_have_members_boards_and_statutes() -> None:
    made = room()
    with refused("not-an-association"):
        add_member(organisation=made.desks.holder, edition=None, person=made.juana, since=SINCE, by=None)
    with refused("not-an-association"):
        add_board(organisation=made.desks.holder, edition=None, days=(SINCE, None), by=None)
    with refused("not-an-association"):
        add_statute(organisation=made.desks.holder, edition=None, fields=STATUTE, file=None, by=None)


def test_whoever_was_merged_is_a_member_as_whom_she_stands() -> None:
    made = room()
    twin = selector("40999888")
    Person.objects.filter(pk=made.juana.pk).update(state=PersonState.MERGED, merged_into=twin)
    made.juana.refresh_from_db()
    assert person_of(made.juana.number) == twin
    assert Membership.objects.of(twin).count() == 1
    with refused("membership-once"):
        add_member(organisation=made.association, edition=None, person=twin, since=SINCE, by=None)
    answer = client_of(made.treasurer).get(reverse("associations:members", args=[made.association.pk]))
    assert twin.number[:4] in answer.content.decode()


def test_of_two_boards_none_shares_a_day() -> None:
    made = room()
    first = board(made)
    with refused("board-once"):
        add_board(organisation=made.association, edition=None, days=(date(2025, 6, 1), None), by=None)
    end_board(board=first, edition=None, on=date(2025, 5, 31), by=None)
    second = add_board(organisation=made.association, edition=None, days=(date(2025, 6, 1), None), by=None)
    days = (date(2025, 5, 31), date(2025, 6, 1), date(2024, 1, 1))
    found = [board_today(made.association, day) for day in days]
    assert [one and one.board for one in found] == [first, second, None]


def test_a_single_post_is_held_by_one_at_a_time() -> None:
    made = room()
    found = board(made)
    held = add_post(board=found, edition=None, post=Post.PRESIDENT, holder=made.juana, since=None, by=None)
    with refused("post-once"):
        add_post(board=found, edition=None, post=Post.PRESIDENT, holder=Sex.MALE, since=None, by=None)
    with refused("post-one-each"):
        add_post(board=found, edition=None, post=Post.MEMBER, holder=made.juana, since=None, by=None)
    for _count in range(2):  # members of the board are any number
        add_post(board=found, edition=None, post=Post.MEMBER, holder=Sex.MALE, since=None, by=None)
    end_post(held=held, edition=None, on=date(2025, 6, 30), by=None)
    with refused("post-over"):
        end_post(held=held, edition=None, on=date(2025, 6, 30), by=None)
    add_post(board=found, edition=None, post=Post.PRESIDENT, holder=Sex.FEMALE, since=date(2025, 7, 1), by=None)
    with refused("board-has-later-posts"):
        end_board(board=found, edition=None, on=date(2025, 6, 1), by=None)
    with refused("date-outside"):
        add_post(board=found, edition=None, post=Post.VICE, holder=Sex.MALE, since=date(2024, 1, 1), by=None)


def test_whoever_is_no_member_holds_no_post() -> None:
    made = room()
    elena = selector("40999888", given_names="Elena")
    with refused("post-of-no-member"):
        add_post(board=board(made), edition=None, post=Post.MEMBER, holder=elena, since=None, by=None)


def test_the_board_is_held_against_the_statutes_share_and_the_laws() -> None:
    made = room()
    add_statute(
        organisation=made.association,
        edition=None,
        fields={**STATUTE, "women_percent": Decimal(30)},
        file=None,
        by=None,
    )
    board(made, "male", "male", "male", "female", "unstated")
    found = board_today(made.association, SINCE)
    assert found is not None
    assert found.quotas() == [("statute", Decimal(30), 1)]
    Norm.objects.create(code=QUOTA, title={"es": "Cuota"}, value=Decimal(20), valid_from=date(2024, 1, 1))
    Norm.objects.create(code=QUOTA, title={"es": "Cuota"}, value=None, valid_from=date(2025, 6, 1))
    found = board_today(made.association, SINCE)
    assert found is not None
    assert found.quotas() == [("statute", Decimal(30), 1), ("law", Decimal(20), 0)]
    later = board_today(made.association, date(2025, 7, 1))
    assert later is not None
    assert later.quotas() == [("statute", Decimal(30), 1)]  # a norm without a value asks for nothing


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file-empty"),
        ("a.pdf", b"hello", "file-kind"),
        ("a.docx", b"%PDF-1.7\n1 0 obj\n", "file-ending"),
        ("a.docx", b"PK\x03\x04 nothing", "file-damaged"),
        ("a.docx", docx("word/vbaProject.bin"), "file-macros"),
        ("a.docx", docx(types="spreadsheetml"), "file-kind"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "file-encrypted"),
    ],
)
def test_a_file_that_is_no_statute_is_refused_and_nothing_kept(
    name: str, content: bytes, code: str, folder: Path
) -> None:
    made = room()
    with refused(code):
        keep(made, content, name)
    assert not Statute.objects.exists()
    assert not list(folder.rglob("statutes/*"))


def test_a_file_beyond_the_limit_is_refused(settings: Any) -> None:
    made = room()
    settings.EVIDENCE_LIMIT = 10
    with refused("file-too-large"):
        keep(made, b"%PDF-1.7\n1 0 obj\n", "a.pdf")


def test_statutes_are_numbered_and_given_as_they_came(folder: Path) -> None:
    made = room()
    first, second = keep(made, docx(), "estatuto.docx"), keep(made, b"%PDF-1.7\n1 0 obj\n", "estatuto.pdf")
    assert (first.version, second.version, second.media_type) == (1, 2, "application/pdf")
    answer = client_of(made.treasurer).get(reverse("associations:statute_file", args=[made.association.pk, second.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\n1 0 obj\n"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="estatuto.pdf"'
    assert second.path().stat().st_mode & 0o777 == 0o600
    second.path().unlink()
    gone = client_of(made.treasurer).get(reverse("associations:statute_file", args=[made.association.pk, second.pk]))
    assert gone.status_code == 404


def verbs(made: Room, found: Board, held: BoardPost) -> dict[str, Callable[[], object]]:
    elena = selector("40999888", given_names="Elena")
    member = Membership.objects.get()
    of: dict[str, Any] = {"organisation": made.association, "edition": None, "by": None}
    later = date(2025, 6, 1)
    return {
        "member_add": lambda: add_member(person=elena, since=SINCE, **of),
        "member_end": lambda: end_member(membership=member, edition=None, on=later, by=None),
        "board_add": lambda: add_board(days=(date(2020, 1, 1), date(2020, 2, 1)), **of),
        "board_end": lambda: end_board(board=found, edition=None, on=later, by=None),
        "post_add": lambda: add_post(board=found, edition=None, post=Post.VICE, holder=Sex.MALE, since=None, by=None),
        "post_end": lambda: end_post(held=held, edition=None, on=later, by=None),
        "statute_add": lambda: keep(made, b"%PDF-1.7\n1 0 obj\n", "a.pdf"),
    }


def test_nothing_is_saved_if_the_trail_is_not(folder: Path) -> None:
    made = room()
    found = board(made, "female")
    before = state_of()
    for name, verb in verbs(made, found, found.posts.get()).items():
        with patch(RECORD, side_effect=OSError("full")), pytest.raises(OSError, match="full"):
            verb()
        assert state_of() == before, name
    assert not [path for path in folder.rglob("*") if path.is_file()]


def state_of() -> list[Any]:
    tables = (Membership, Board, BoardPost, Statute)
    return [sorted(map(str, model._default_manager.values_list())) for model in tables]


def test_every_verb_is_in_the_trail_without_a_name(folder: Path) -> None:
    made = room()
    found = board(made, "female")
    for name, verb in verbs(made, found, found.posts.get()).items():
        edition = edition_of(made.association)
        verb()
        event = AuditEvent.objects.latest("pk")
        assert (event.action, event.scope) == (f"association.{name}", "registry")
        assert event.about == f"organisation {made.association.pk}"
        assert event.details["edition"] == edition + 1
        assert "Mamani" not in str(event.details)


def test_whoever_is_erased_is_named_nowhere() -> None:
    made = room()
    found = board(made)
    add_post(board=found, edition=None, post=Post.VICE, holder=made.juana, since=None, by=None)
    Person.objects.filter(pk=made.juana.pk).update(state=PersonState.ERASED)
    client = client_of(made.treasurer)
    for name in ("organisation", "members"):
        answer = client.get(reverse(f"associations:{name}", args=[made.association.pk]))
        assert "Mamani" not in answer.content.decode()
    with refused("no-person-number"):
        person_of(made.juana.number)


def test_the_data_folder_holds_statutes_where_backups_look() -> None:
    assert Statute().path().is_relative_to(Path(settings.DATA) / "evidence")
