"""The markets draw what they state, and refuse what they can't mean."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import ModelError
from rodatraden.core.evaluation.stress.market import LIMITS, TYPED_LIMITS, Made, Parametric, Typed, read_market
from rodatraden.core.evaluation.stress.scoring import Scoring
from tests.core.evaluation.stress.made import FOUR, SEED, model_of, typed, without_gates

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.tenders import Tenders

SINGLE = Scoring(without_gates("03-price-deduction"))
TWO = Scoring(model_of("seed-000"))
N = 100_000


def draw(market: Parametric | Typed, scoring: Scoring = SINGLE, n: int = N) -> Tenders:
    return market.draw(scoring, n, np.random.default_rng(SEED))


def test_prices_lie_around_the_middle_with_the_stated_spread() -> None:
    logs = np.log(draw(FOUR).prices / 1100)
    assert abs(logs.mean()) < 0.002
    assert abs(logs.std() - 0.15) < 0.002


def test_points_lie_around_the_middle_of_one_scale_or_of_two_together() -> None:
    for scoring in (SINGLE, TWO):
        points, _passed = scoring.judged(draw(FOUR, scoring), gated=False)
        assert abs(points.mean() - 14) < 0.1
        assert abs(points.std() - 2.5) < 0.1, "rounding to steps and the ends of the scale take and give a little"


def test_points_follow_the_price_as_stated() -> None:
    tenders = draw(replace(FOUR, correlation=Decimal("-0.6")))
    found = np.corrcoef(np.log(tenders.prices.ravel()), tenders.rungs.ravel())[0, 1]
    assert abs(found - -0.6) < 0.02


def test_criteria_follow_each_other_as_stated() -> None:
    rungs = draw(replace(FOUR, likeness=Decimal("0.8"), quality=Decimal(50), quality_spread=Decimal(20)), TWO).rungs
    assert abs(np.corrcoef(rungs[0].ravel(), rungs[1].ravel())[0, 1] - 0.8) < 0.03


def test_the_number_of_bids_is_poisson_between_its_ends() -> None:
    came = draw(Parametric(Decimal(1100), bids=Decimal(3), fewest=1, most=8)).present.sum(axis=0)
    assert (came.min(), came.max()) == (1, 8)
    assert abs((came == 3).mean() - 0.2240 / (1 - 0.0498 - 0.0038)) < 0.005, "e⁻³ 3³/3! of what is between the ends"
    assert set(draw(FOUR).present.sum(axis=0)) == {4}


def test_the_same_chance_draws_the_same_tenders() -> None:
    first, again = (draw(FOUR, TWO, 50) for _ in range(2))
    assert np.array_equal(first.prices, again.prices)
    assert np.array_equal(first.rungs, again.rungs)


def test_a_model_without_criteria_draws_prices() -> None:
    tenders = draw(FOUR, Scoring(model_of("16-life-cycle-cost")), 10)
    assert (tenders.rungs.shape, tenders.prices.shape) == ((0, 4, 10), (4, 10))


def test_typed_bids_come_as_typed() -> None:
    tenders = draw(typed((1000, 19), (900, 12)), SINGLE, 3)
    assert tenders.prices.tolist() == [[1000] * 3, [900] * 3]
    assert [SINGLE.ladders[0].scores[rung] for rung in tenders.rungs[0, :, 0]] == [19, 12]


def test_typed_bids_are_shaken_as_stated() -> None:
    market = replace(typed((10_000, 10)), price_jitter=Decimal(10), score_jitter=Decimal(10))
    tenders = draw(market)
    assert abs(np.log(tenders.prices / 10_000).std() - 0.1) < 0.002
    points, _passed = SINGLE.judged(tenders, gated=False)
    assert abs(points.std() - 2) < 0.1


def test_earlier_procurements_are_drawn_one_at_a_time() -> None:
    both = typed((100, 5)).tenders + typed((200, 10), (300, 20)).tenders
    tenders = draw(Typed(both, Decimal(0), Decimal(0)))
    assert {tuple(column) for column in tenders.present.T.tolist()} == {(True, False), (True, True)}
    assert abs((tenders.prices[0] == 100).mean() - 0.5) < 0.01


def test_a_bid_with_scores_says_how_far_up_each_scale_it_comes() -> None:
    criteria = model_of("seed-000").criteria
    scores = {each.key: each.scale.highest for each in criteria[1:]} | {criteria[0].key: Decimal(7)}
    share = (7 - criteria[0].scale.lowest) * 100 / (criteria[0].scale.highest - criteria[0].scale.lowest)
    made = Made.of(Fraction(1000, 3), scores, criteria)
    assert made == Made(Decimal("333.33"), (share.quantize(Decimal("0.0001")), *[Decimal(100)] * (len(criteria) - 1)))
    assert Made.of(Decimal(5), {}, ()).quality == (100,)


def test_prices_are_counted_at_the_stated_level() -> None:
    market = replace(typed((1000, 19)), price_level=Decimal(120))
    assert draw(market, SINGLE, 2).prices.tolist() == [[1200, 1200]]


@pytest.mark.parametrize(
    "market",
    [
        FOUR,
        typed((1000, 19), (900, 12)),
        replace(typed((1000, 19)), price_level=Decimal(110), price_step=Decimal(1000), earlier=True),
    ],
)
def test_a_market_is_stored_and_read_again(market: Parametric | Typed) -> None:
    assert read_market(read_canonical(canonical_json(market.to_json()))) == market


@pytest.mark.parametrize("name", sorted(TYPED_LIMITS))
def test_a_typed_market_outside_its_limits_is_refused_by_name(name: str) -> None:
    low, high = TYPED_LIMITS[name]
    for wrong in (low - 1, high + 1):
        with pytest.raises(ModelError) as raised:
            read_market({**typed((1000, 19)).to_json(), name: wrong})
        assert raised.value.field == f"market.{name}"


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_an_assumption_outside_its_limits_is_refused_by_name(name: str) -> None:
    low, high = LIMITS[name]
    for wrong in (low - 1, high + 1):
        with pytest.raises(ModelError) as raised:
            read_market({**FOUR.to_json(), name: wrong})
        assert raised.value.field == f"market.{name}"
        assert str(wrong) in raised.value.value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "guess"}, "market.kind"),
        ({"price": Decimal(0)}, "market.price"),
        ({"fewest": Decimal(0)}, "market.fewest"),
        ({"most": Decimal(3)}, "market.most"),
        ({"bid": Decimal(3)}, "market.bid"),
    ],
)
def test_a_market_that_means_nothing_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(ModelError) as raised:
        read_market({**FOUR.to_json(), **change})
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("tenders", "field"),
    [
        ([], "market.tenders"),
        ([[]], "market.tenders[0]"),
        ([[{"price": Decimal(-1), "quality": [Decimal(1)]}]], "market.tenders[0][0].price"),
        ([[{"price": Decimal(1), "quality": []}]], "market.tenders[0][0].quality"),
        ([[{"price": Decimal(1), "quality": [Decimal(101)]}]], "market.tenders[0][0].quality[0]"),
    ],
)
def test_typed_tenders_that_mean_nothing_are_refused(tenders: object, field: str) -> None:
    with pytest.raises(ModelError) as raised:
        read_market({"kind": "typed", "tenders": tenders})
    assert raised.value.field == field
