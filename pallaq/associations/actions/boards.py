"""Boards of associations: elected, ended, and who holds which post."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.actions.files import change
from pallaq.associations.actions.members import refuse_others
from pallaq.associations.models import Board, BoardPost, Membership, Post
from pallaq.associations.rules.dates import check_past, check_span, check_within
from pallaq.places.models import Organisation
from pallaq.registry.actions.people import locked as person_locked
from pallaq.registry.models import Person, Sex
from pallaq.shared.errors import Refusal

Holder = Person | Sex  # somebody of the registry, or only the sex of whoever is not on it
Days = tuple[date, date | None]


def add_board(*, organisation: Organisation, edition: int | None, days: Days, by: User | None) -> Board:
    """Write down a board from a day to another; its last day can lie in the future."""
    refuse_others(organisation)
    starts_on, ends_on = days
    check_span(starts_on, ends_on)
    with change(organisation, edition, action="association.board_add", by=by) as facts:
        board: Board = Board.objects.create(
            organisation=organisation, starts_on=starts_on, ends_on=ends_on, changed_by=by
        )
        facts |= {"board": str(board.pk), "from": starts_on.isoformat(), "to": ends_on.isoformat() if ends_on else ""}
    return board


def end_board(*, board: Board, edition: int | None, on: date, by: User | None) -> None:
    """Write down a board's last day; its posts end with it."""
    with change(board.organisation, edition, action="association.board_end", by=by) as facts:
        board = Board.objects.select_for_update(of=("self",)).get(pk=board.pk)
        check_span(board.starts_on, on)
        if board.posts.filter(starts_on__gt=on).exists():
            message = _("A post of this board begins after that day. Choose a later day.")
            raise Refusal(message, code="board-has-later-posts", status=409)
        facts |= {"board": str(board.pk), "to": on.isoformat()}
        board.ends_on, board.changed_by, board.changed_at = on, by, timezone.now()
        board.save()
        for post in board.posts.filter(ends_on__gt=on):
            post.ends_on, post.changed_by, post.changed_at = on, by, timezone.now()
            post.save()


def add_post(
    *, board: Board, edition: int | None, post: Post, holder: Holder, since: date | None, by: User | None
) -> BoardPost:
    """Write down who holds a post, from a day on (None: the board's first); a member of the association, or a sex."""
    organisation, starts_on = board.organisation, since or board.starts_on
    check_within(starts_on, board.starts_on, board.ends_on)
    with transaction.atomic():
        person = person_locked(holder, None) if isinstance(holder, Person) else None
        with change(organisation, edition, action="association.post_add", by=by) as facts:
            if person and not Membership.objects.of(person).on(starts_on).filter(organisation=organisation).exists():
                message = _("She is no member of this association on that day. Add her as a member first.")
                raise Refusal(message, code="post-of-no-member")
            sex = Sex(holder.sex) if isinstance(holder, Person) else holder
            facts |= {"board": str(board.pk), "post": post, "person": person.number if person else ""}
            held: BoardPost = BoardPost.objects.create(
                board=board, post=post, person=person, sex=sex, starts_on=starts_on, changed_by=by
            )
    return held


def end_post(*, held: BoardPost, edition: int | None, on: date, by: User | None) -> None:
    """Write down the last day on which somebody held a post."""
    with change(held.board.organisation, edition, action="association.post_end", by=by) as facts:
        held = BoardPost.objects.select_for_update(of=("self",)).select_related("board").get(pk=held.pk)
        if held.ends_on is not None:
            raise Refusal(_("This post has its last day already."), code="post-over", status=409)
        check_span(held.starts_on, on)
        check_within(on, held.board.starts_on, held.board.ends_on)
        check_past(timezone.localdate(), on)
        facts |= {"board": str(held.board_id), "post": held.post, "to": on.isoformat()}
        held.ends_on, held.changed_by, held.changed_at = on, by, timezone.now()
        held.save()
