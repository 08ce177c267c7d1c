"""A2: what one point is worth, held to the closed forms of reference/evaluation.md section 1."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.evaluation.stress.worth import worth
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed, without_gates


@pytest.mark.parametrize(
    ("name", "bids", "expected"),
    [
        ("01-lowest-price", [(1000, 15), (1100, 15)], "0"),
        ("seed-000", [(1000, 16), (1400, 16)], "100"),
        ("03-price-deduction", [(1000, 15), (1400, 15)], "100"),
        ("04-percentage-addition", [(1000, 15), (1400, 15)], "60.6061"),  # 8 % × 1000 ÷ (1 + 8 % × 4): the next step
        ("06-absolute-linear", [(1000, 15), (1400, 15)], "33.3333"),  # 0.4 ÷ 0.6 × 1000 ÷ 20
        ("13-ratio", [(1000, 15), (1400, 15)], "66.6667"),  # price ÷ points
        ("11-median", [(1000, 15), (1400, 15), (1400, 15)], "70"),  # 5 % of the median
    ],
)
def test_one_point_is_worth_what_the_formula_says(name: str, bids: list[tuple[int, int]], expected: str) -> None:
    found = worth(batch(without_gates(name), typed(*bids)))
    assert found.middle == Decimal(expected)


def test_in_a_model_of_points_alone_a_point_has_no_price() -> None:
    found = worth(batch(model_of("05-quality-only"), FOUR, 20))
    assert (found.low, found.of > 0) == (None, True)


def test_inside_a_relative_model_the_worth_goes_with_the_market() -> None:
    found = worth(batch(model_of("09-min-max"), FOUR, 2000))
    assert found.low is not None
    assert found.high is not None
    assert found.high > 5 * found.low
