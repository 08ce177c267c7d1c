"""The arrays that a simulation is made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion
from rodatraden.core.evaluation.stress.tenders import Ladder, Tenders, ore, rung_type, stepped
from tests.core.evaluation.stress.made import model_of

ONE = Tenders(
    np.array([[100.0, 200.0], [300.0, 400.0]]),
    np.array([[[1, 2], [3, 4]]], np.uint8),
    np.array([[True, True], [True, False]]),
)


def test_the_ladder_of_a_scale_has_each_step_with_its_points() -> None:
    found = Ladder.of(Criterion("a", "A", Scale(Decimal(0), Decimal(2), Decimal("0.5")), worth=Decimal(40)), ())
    assert [float(score) for score in found.scores] == [0, 0.5, 1, 1.5, 2]
    assert found.points == (0, 10, 20, 30, 40)


def test_a_scale_without_steps_is_drawn_in_a_hundred_parts() -> None:
    found = Ladder.of(Criterion("a", "A", Scale(Decimal(0), Decimal(1), None)), ())
    assert (len(found.scores), found.points[1]) == (101, Fraction(1, 100))


def test_months_have_the_points_of_their_step() -> None:
    criterion = next(each for each in model_of("17-step-table").criteria if each.table)
    found = Ladder.of(criterion, ())
    assert found.points == tuple(criterion.points(score)[0] for score in found.scores)
    assert rung_type((found,)) is (np.uint8 if len(found.scores) <= 256 else np.uint16)


def test_a_scale_finer_than_a_byte_needs_two() -> None:
    fine = Ladder.of(Criterion("a", "A", Scale(Decimal(0), Decimal(300))), ())
    assert rung_type((fine,)) is np.uint16


def test_a_bid_can_be_taken_away_and_another_added() -> None:
    assert ONE.without(0).present.tolist() == [[False, False], [True, False]]
    assert ONE.present.tolist() == [[True, True], [True, False]], "the tender itself is as it was"
    more = ONE.and_one(np.array([7.0, 8.0]), np.array([5]))
    assert more.prices[2].tolist() == [7, 8]
    assert more.rungs[:, 2].tolist() == [[5, 5]]
    assert more.present[2].all()


def test_some_of_the_tenders() -> None:
    some = replace(ONE, qualified=ONE.present).of(np.array([1]))
    assert (some.n, some.n_bids, some.prices.tolist()) == (1, 2, [[200], [400]])
    assert some.qualified is not None
    assert some.qualified.tolist() == [[True], [False]]


@pytest.mark.parametrize(
    ("price", "step", "expected"), [(1049.6, 1, 1050), (1049.6, 100, 1000), (0.2, 1, 1), (10.004, 0.01, 10)]
)
def test_a_price_is_in_whole_steps_and_never_nothing(price: float, step: float, expected: float) -> None:
    assert stepped(np.array([price]), step).tolist() == [expected]


def test_a_drawn_price_stands_for_whole_ore() -> None:
    assert ore(1000.1) == Decimal("1000.10")
