"""The value of every bid is that of the exact part, to a billionth; `test_scoring` holds the winners to the engine."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.evaluation import Model, Rounding, Way, Where, evaluate
from rodatraden.core.evaluation.rounding import rounded as exactly
from rodatraden.core.evaluation.steps import Unit
from rodatraden.core.evaluation.stress.example import bare, bids_of
from rodatraden.core.evaluation.stress.market import Parametric
from rodatraden.core.evaluation.stress.values import rounded
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.stress.made import batch, model_of
from tests.core.evaluation.stress.test_scoring import USABLE


def assert_same_values(model: Model) -> None:
    market = Parametric(Decimal(1100), fewest=2, bids=Decimal(4))
    found = batch(model, market, 25)
    sign = 1 if model.combination.best.value == "lowest" else -1
    for column in np.flatnonzero(found.firsts.winner != -3):
        bids = bids_of(found.scoring, found.tenders, int(column))
        exact = {each.key: each.value for each in evaluate(bare(model), bids.values()).results}
        for row, bid in bids.items():
            cost, value = found.firsts.costs[row, column], exact[bid.key]
            assert np.isinf(cost) if value is None else sign * cost == pytest.approx(float(value), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("name", "lot"), USABLE)
def test_each_family_gives_the_exact_values(name: str, lot: int) -> None:
    assert_same_values(model_of(name, lot))


@pytest.mark.parametrize("where", [each for each in Where if each not in {Where.DISCOUNT, Where.CURRENCY}])
@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("name", ["07-proportional", "11-median"])
def test_each_place_rounds_as_the_exact_path(name: str, way: Way, where: Where) -> None:
    decimals = 2 if where in {Where.PRICE_SHARE, Where.QUALITY_SHARE, Where.VALUE} else 0
    assert_same_values(replace(model_of(name), roundings=(Rounding(where, decimals, way),)))


@given(st.decimals(-10_000, 10_000, places=4), st.integers(0, 3), st.sampled_from(Way))
def test_a_decimal_is_rounded_as_by_hand_although_it_is_a_float(value: Decimal, decimals: int, way: Way) -> None:
    rounding = (Rounding(Where.VALUE, decimals, way),)
    exact, _steps = exactly(as_fraction(value), Where.VALUE, rounding, Unit.NUMBER)
    assert rounded(np.array([float(value)]), Where.VALUE, rounding)[0] == pytest.approx(float(exact), abs=1e-9)
