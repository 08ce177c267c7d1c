"""The made-up bids: on the scales, around the prices that a model names, and passing its gates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import evaluate
from rodatraden.core.evaluation.lint import market
from tests.core.evaluation.lint.cases import case_of
from tests.core.evaluation.worked import CASES, read

NAMES = sorted(path.stem for path in CASES.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_every_made_up_bid_can_be_counted_and_the_fast_order_is_that_of_the_engine(name: str) -> None:
    lot = read(name).lots[0]
    prices = market.prices(lot.model, lot.bids)
    scored = market.passing(lot.model)
    bids = [market.offered(lot.model, str(n), price, scored[n % len(scored)]) for n, price in enumerate(prices)]
    outcome = evaluate(lot.model, bids)
    assert market.order(lot.model, *bids) == {result.key: (result.value, result.place) for result in outcome.results}
    assert all(result.place for result in outcome.results)


def test_prices_stand_around_what_the_model_names_and_where_it_clips() -> None:
    assert {Fraction(700), Fraction(1700)} <= set(market.prices(read("06-clipped").lots[0].model))
    assert Fraction(1000) in market.prices(read("seed-000").lots[0].model)
    assert Fraction(980) in market.prices(read("seed-000").lots[0].model, read("seed-000").lots[0].bids)


def test_qualities_go_from_the_lowest_to_the_highest_and_the_gate_parts_them() -> None:
    model = read("seed-000").lots[0].model
    assert [sum(scores.values()) for scores in market.qualities(model)] == [0, 4, 10, 14, 20]
    assert [sum(scores.values()) for scores in market.passing(model)] == [14, 20]


def test_the_next_lower_score() -> None:
    (criterion, _other) = read("seed-000").lots[0].model.criteria
    assert (market.lower(criterion, Decimal(10)), market.lower(criterion, Decimal(0))) == (9, None)
    assert market.at(criterion, Fraction(71, 10)) == 7


def test_a_model_that_cant_be_used_has_no_order() -> None:
    model = case_of("seed-000", lambda value: value["model"].update(total="21")).lots[0].model
    bid = market.offered(model, "A", Fraction(1000), {"metod": Decimal(9), "case": Decimal(9)})
    assert (market.order(model, bid), market.tried(model, bid)) == (None, None)
