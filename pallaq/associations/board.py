"""An association's board as a page shows it: who holds which post on a day, the share of women, what is asked of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pallaq.associations.models import Board, BoardPost, Post, Statute
from pallaq.associations.rules.shares import Share, share_of
from pallaq.places.models import Organisation
from pallaq.registry.law import norm
from pallaq.registry.models import Norm, PersonState

QUOTA = "women-in-board-percent"  # the norm's code; nobody has found one, so nothing is asked until one is written
ORDER = list(Post)


@dataclass(frozen=True)
class BoardToday:
    """The board of a day, with the posts held then."""

    board: Board
    posts: list[BoardPost]
    share: Share
    statute: Statute | None
    law: Norm | None

    def named(self) -> list[BoardPost]:
        """Return the posts whose holders a page names."""
        return [post for post in self.posts if post.person]

    def percent(self) -> int:
        """Return the share of women as a whole percentage; ask only where it is known."""
        found = self.share.percent
        return round(found) if found is not None else 0

    def quotas(self) -> list[tuple[str, Decimal, int]]:
        """Return what the statute and the law ask for: whose it is, the share, and how many women more it needs."""
        asked = [("statute", self.statute.women_percent if self.statute else None)]
        asked.append(("law", self.law.value if self.law else None))
        return [(whose, least, self.share.short_of(least)) for whose, least in asked if least is not None]


def board_today(organisation: Organisation, day: date) -> BoardToday | None:
    """Return an association's board of a day; None where none is known."""
    board = Board.objects.on(day).filter(organisation=organisation).first()
    if board is None:
        return None
    held = BoardPost.objects.on(day).filter(board=board).select_related("person__merged_into")
    posts = sorted(held, key=lambda post: (ORDER.index(Post(post.post)), post.starts_on))
    for post in posts:
        standing(post)
    statute = Statute.objects.filter(organisation=organisation, approved_on__lte=day).first()
    return BoardToday(board, posts, share_of(post.sex for post in posts), statute, norm(QUOTA, day))


def standing(post: BoardPost) -> None:
    """Let a post name the person as whom she stands today; whoever was erased is named no more."""
    if post.person:
        person = post.person.standing()
        post.person = person if person.state == PersonState.CURRENT else None
