"""A10: assessors who do not agree, held to what the reference measured."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rodatraden.core.evaluation.stress.disagreement import disagreement
from tests.core.evaluation.stress.made import FOUR, batch, model_of, of_the_reference, typed

FOUND = disagreement(batch(of_the_reference(), FOUR, 4096))


@pytest.mark.parametrize(("points", "measured"), [("0.5", 0.11), ("1", 0.22), ("1.5", 0.31), ("2", 0.38)])
def test_it_changes_as_many_winners_as_the_reference_measured(points: str, measured: float) -> None:
    """Section 1.2, four bids: a standard deviation of 0.5, 1, 1.5 and 2 points of 20."""
    assert FOUND is not None
    share = dict(FOUND.by_spread)[Decimal(points)]
    assert abs(float(share.value or 0) - measured) < 0.03


def test_more_assessors_change_fewer_winners() -> None:
    assert FOUND is not None
    shares = [share.value for _n, share in FOUND.by_panel if share.value is not None]
    assert len(shares) == 7
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 2 * shares[-1]


def test_enough_is_the_first_panel_under_a_tenth() -> None:
    sure = disagreement(batch(model_of("03-price-deduction"), typed((1000, 16), (1400, 12)), 1000))
    assert sure is not None
    assert sure.enough == next(
        n for n, share in sure.by_panel if share.value is not None and share.value < Decimal("0.1")
    )


def test_bids_far_apart_are_never_exchanged() -> None:
    far = disagreement(batch(model_of("03-price-deduction"), typed((1000, 16), (9000, 13)), 200))
    assert far is not None
    assert far.by_spread[0][1].count == 0


def test_without_criteria_there_is_nobody_to_disagree() -> None:
    assert disagreement(batch(model_of("16-life-cycle-cost"), FOUR)) is None
