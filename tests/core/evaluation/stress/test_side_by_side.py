"""Two models meet the same tenders, and the engine agrees about who wins each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, LowestPrice, Model, PriceAddition, QualityOnly, TieRule
from rodatraden.core.evaluation.stress import Share, StressError, another_winner, around
from rodatraden.core.evaluation.stress.example import bids_of, computed, first_of
from rodatraden.core.evaluation.stress.scoring import Scoring

TEN = Scale(Decimal(0), Decimal(10), Decimal(1))
MODEL = Model(
    (Criterion("a", "A", TEN), Criterion("b", "B", TEN)),
    PriceAddition(Decimal(100), Decimal(20)),
    tie_rule=TieRule.HIGHER_QUALITY,
)
MARKET = around(MODEL)


def test_a_model_chooses_as_itself() -> None:
    share = another_winner(MODEL, MODEL, MARKET, tenders=500, seed=1)
    assert share.count == 0
    assert 490 < share.of <= 500


def test_a_point_worth_nothing_to_speak_of_is_the_lowest_price() -> None:
    nearly = replace(MODEL, combination=PriceAddition(Decimal("0.01"), Decimal(20)))
    lowest = replace(MODEL, combination=LowestPrice())
    assert another_winner(nearly, lowest, MARKET, tenders=500, seed=1).count == 0


def test_what_differs_is_what_the_engine_says() -> None:
    other = replace(MODEL, combination=QualityOnly())
    tenders = MARKET.draw(Scoring(MODEL), 60, np.random.default_rng([5, 0]))
    count = of = 0
    for column in range(tenders.n):
        bids = bids_of(Scoring(MODEL), tenders, column).values()
        one, two = (first_of(computed(model, *bids)) for model in (MODEL, other))
        if one and two:
            of, count = of + 1, count + (one != two)
    assert another_winner(MODEL, other, MARKET, tenders=60, seed=5) == Share(count, of)
    assert count > 0


def test_more_than_one_batch_is_counted() -> None:
    assert another_winner(MODEL, MODEL, MARKET, tenders=20_000, seed=1).of > 19_000


def test_a_model_that_can_not_be_used_is_refused() -> None:
    with pytest.raises(StressError):
        another_winner(MODEL, replace(MODEL, total=Decimal(30)), MARKET, tenders=100, seed=1)


def test_models_with_other_criteria_meet_other_tenders() -> None:
    other = replace(MODEL, criteria=MODEL.criteria[:1], combination=QualityOnly())
    with pytest.raises(ValueError, match="different criteria"):
        another_winner(MODEL, other, MARKET, tenders=100, seed=1)
