"""A1: the win map."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.win_map import COLUMNS, ROWS, WinMap, WinMapCounter
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.market import Market


def counted(name: str, market: Market, n: int) -> WinMap:
    found = batch(model_of(name), market, n)
    counter = WinMapCounter(found.scoring, found)
    counter.add(found)
    return counter.result()


def cell(found: WinMap, price: int, points: int) -> Share:
    column = max(n for n, edge in enumerate(found.prices[:-1]) if edge <= price)
    row = max(n for n, edge in enumerate(found.points[:-1]) if edge <= points)
    return found.shares[row][column]


def test_each_bid_lies_in_its_place_and_the_winner_is_counted() -> None:
    found = counted("seed-000", typed((1000, 18), (700, 14), (1500, 20)), 5)
    assert cell(found, 1000, 18) == Share(5, 5)
    assert cell(found, 700, 14) == Share(0, 5)
    assert cell(found, 1500, 20) == Share(0, 5)
    assert sum(share.of for row in found.shares for share in row) == 15


def test_each_point_of_seed_0_has_its_row() -> None:
    found = counted("seed-000", FOUR, 500)
    assert found.points == tuple(map(Decimal, range(22)))
    assert len(found.prices) <= COLUMNS + 3
    assert {later - edge for edge, later in pairwise(found.prices)} == {Decimal(100)}


@pytest.mark.parametrize("name", ["18-maturity", "13-ratio", "05-quality-only", "23-deduction-per-level"])
def test_all_bids_are_counted_once_and_one_winner_a_tender(name: str) -> None:
    found = counted(name, FOUR, 300)
    assert sum(share.of for row in found.shares for share in row) == 1200
    assert sum(share.count for row in found.shares for share in row) <= 300
    assert len(found.shares) <= ROWS + 3


def test_a_model_without_criteria_has_one_row() -> None:
    assert len(counted("16-life-cycle-cost", FOUR, 20).shares) == 1


def test_one_price_only_still_has_a_column() -> None:
    assert sum(share.of for row in counted("seed-000", typed((1000, 18)), 5).shares for share in row) == 5


def test_cheaper_and_better_wins_more_often() -> None:
    found = counted("seed-000", FOUR, 16_384)
    shares = [cell(found, price, 16) for price in (800, 1000, 1200, 1400)]
    values = [share.value for share in shares if share.of >= 30 and share.value is not None]
    assert values == sorted(values, reverse=True)
