"""A9: ties counted exactly, and margins of one point."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rodatraden.core.evaluation import Model, TieRule
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.ties import TieCounter, Ties
from tests.core.evaluation.stress.made import FOUR, batch, model_of, of_the_reference, typed, without_gates

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.market import Market


def counted(model: Model, market: Market, n: int = 4) -> Ties:
    counter = TieCounter()
    counter.add(batch(model, market, n))
    return counter.result()


def test_a_tie_is_level_also_when_the_rule_decides() -> None:
    level = typed((1000, 15), (900, 14))
    model = without_gates("03-price-deduction")
    none, quality = (counted(replace(model, tie_rule=rule), level) for rule in (TieRule.NONE, TieRule.HIGHER_QUALITY))
    assert (none.level, none.undecided) == (Share(4, 4), Share(4, 4))
    assert (quality.level, quality.undecided) == (Share(4, 4), Share(0, 4))


def test_a_formula_without_value_is_counted() -> None:
    assert counted(model_of("09-min-max"), typed((1000, 15))).undefined == Share(4, 4)


def test_within_a_point_is_what_one_point_less_would_change() -> None:
    model = without_gates("03-price-deduction")
    assert counted(model, typed((1000, 15), (1050, 15))).within_a_point == Share(4, 4), "50 kr ahead, a point is 100"
    assert counted(model, typed((1000, 15), (1150, 15))).within_a_point == Share(0, 4)


def test_a_lone_bid_has_no_margin() -> None:
    assert counted(model_of("seed-000"), typed((1000, 16))).within_a_point == Share(0, 0)


def test_margins_of_seed_0_are_as_small_as_the_reference_measured() -> None:
    """Section 1.2, four bids: 36 % under one point. A margin of exactly one point counts here, since it would be a tie."""
    share = counted(of_the_reference(), FOUR, 16_384).within_a_point
    assert share.value is not None
    assert abs(float(share.value) - 0.36) < 0.02
