"""The share of women among whoever holds posts: whose sex is not stated counts on neither side."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil


@dataclass(frozen=True)
class Share:
    """Posts that women and men hold, and those of which the sex is not stated."""

    women: int
    men: int
    unstated: int

    @property
    def known(self) -> int:
        """The posts of which the sex is stated."""
        return self.women + self.men

    @property
    def percent(self) -> Decimal | None:
        """The share of women in per cent; None where nobody's sex is stated."""
        return 100 * Decimal(self.women) / self.known if self.known else None

    def short_of(self, least: Decimal) -> int:
        """Return how many more of these posts women would have to hold to reach a share; 0 where it is reached."""
        needed = ceil(least * self.known / 100)  # a share is not reached by part of a post
        return max(needed - self.women, 0)


def share_of(sexes: Iterable[str]) -> Share:
    """Return the share of a list of sexes ("female", "male", "unstated")."""
    found = list(sexes)
    return Share(found.count("female"), found.count("male"), found.count("unstated"))
