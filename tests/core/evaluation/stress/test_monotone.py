"""A7: properties that hold in every published family, and are seen broken in a model that breaks them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.evaluation import Corridor, Model, StepTable, TableStep, TieRule
from rodatraden.core.evaluation.stress.monotone import Held, Property, held
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed
from tests.core.evaluation.stress.test_scoring import USABLE


def of(model: Model, asked: Property, market: object = FOUR, n: int = 300) -> Held:
    return next(each for each in held(batch(model, market, n)) if each.asked is asked)


@pytest.mark.parametrize(("name", "lot"), USABLE)
@pytest.mark.parametrize("asked", Property)
def test_it_holds_in_the_published_families(name: str, lot: int, asked: Property) -> None:
    assert of(model_of(name, lot), asked).broken.count == 0


def test_a_table_that_falls_is_seen_to_punish_a_higher_score() -> None:
    model = model_of("03-price-deduction")
    falling = StepTable((TableStep(Decimal(0), Decimal(15), Decimal(18)), TableStep(Decimal(15), None, Decimal(12))))
    model = replace(model, criteria=(replace(model.criteria[0], table=falling, worth=None),), total=None)
    found = of(model, Property.HIGHER_SCORE_NEVER_HURTS)
    assert found.broken.count > 0
    assert found.example is not None
    low, high = ({each.key: each.points for each in field.outcome.results} for field in found.example)
    assert low["A"] != high["A"]


def test_a_corridor_by_points_can_let_a_dominated_bid_win_only_with_equal_points() -> None:
    """Within the corridor the dearer of two equally good bids never goes first: the value decides where points are equal."""
    model = replace(model_of("13-ratio"), corridor=Corridor(Decimal(10), TieRule.HIGHER_QUALITY))
    assert of(model, Property.NO_DOMINATED_WINNER, typed((1000, 15), (950, 15))).broken.count == 0


def test_an_outcome_that_goes_to_the_dearer_of_two_equals_is_seen() -> None:
    """A clipped scale with a tie rule that asks for points only, and a criterion that gives no more points above 10."""
    model = model_of("06-clipped")
    flat = StepTable((TableStep(Decimal(0), Decimal(10), Decimal(0)), TableStep(Decimal(10), None, Decimal(20))))
    model = replace(
        model,
        criteria=(replace(model.criteria[0], table=flat, worth=None),),
        tie_rule=TieRule.HIGHER_QUALITY,
        total=None,
    )
    found = of(model, Property.NO_DOMINATED_WINNER, typed((600, 15), (500, 15)))
    assert found.broken.count == 0, "level bids stop the decision, so nobody dominated wins"
