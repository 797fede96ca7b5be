"""The share of women in boards: right, of the right day, and told of nobody few."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from pallaq.associations.actions.boards import end_board
from pallaq.associations.measures import MEASURES, women_in_boards
from pallaq.associations.models import Board, BoardPost
from pallaq.associations.rules.shares import share_of
from pallaq.places.models import Organisation

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Year:
    """A period."""

    starts_on: date = date(2025, 1, 1)
    ends_on: date = date(2025, 12, 31)


def board(place: str, women: int, men: int, unstated: int = 0) -> Board:
    name = f"Asociación {Organisation.objects.count()}"
    organisation = Organisation.objects.create(name=name, kind="selectors", place=place)
    made = Board.objects.create(organisation=organisation, starts_on=date(2024, 1, 1))
    sexes = ["female"] * women + ["male"] * men + ["unstated"] * unstated
    BoardPost.objects.bulk_create(
        BoardPost(board=made, post="member", sex=sex, starts_on=made.starts_on) for sex in sexes
    )
    return made


def test_the_share_is_of_posts_whose_sex_is_stated() -> None:
    board("211002", 30, 10, 12)
    assert women_in_boards(None, Year(), []) == {"": Decimal(75)}


def test_regions_have_theirs_and_the_total() -> None:
    board("211002", 30, 20)
    board("040309", 20, 80)
    cells = women_in_boards(None, Year(), ["region"])
    assert cells == {"": Decimal(50) * 2 / 3, "region=21": Decimal(60), "region=04": Decimal(20)}


def test_few_people_are_not_told_nor_found_by_subtraction() -> None:
    board("211002", 3, 20)
    assert women_in_boards(None, Year(), []) == {"": None}
    board("040309", 40, 50)
    cells = women_in_boards(None, Year(), ["region"])
    assert cells["region=21"] is None
    assert cells["region=04"] is None or cells[""] is None  # else the difference would say the three


def test_boards_that_ended_do_not_count() -> None:
    ended = board("211002", 30, 10)
    board("211002", 15, 15)
    end_board(board=ended, edition=None, on=date(2025, 6, 1), by=None)
    assert women_in_boards(None, Year(), []) == {"": Decimal(50)}


def test_nothing_known_and_nothing_yet_are_no_figure() -> None:
    assert women_in_boards(None, Year(), ["region"]) == {}
    board("211002", 30, 10)
    assert women_in_boards(None, Year(date(2999, 1, 1), date(2999, 12, 31)), []) == {}


def test_it_is_offered_by_name() -> None:
    assert [measure.name for measure in MEASURES] == ["associations.women_in_boards"]
    assert MEASURES[0].dimensions == ("region",)


@pytest.mark.parametrize(
    ("sexes", "percent", "missing"),
    [([], None, 0), (["unstated"], None, 0), (["female", "male"], 50, 0), (["male"] * 3 + ["female"], 25, 1)],
)
def test_shares_and_what_they_lack(sexes: list[str], percent: int | None, missing: int) -> None:
    share = share_of(sexes)
    assert (share.percent, share.short_of(Decimal(30))) == (percent, missing)
