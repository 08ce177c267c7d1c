"""B1: how far each bid was from first place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rodatraden.core.evaluation import Bid, Gate, InputError, Model, TieRule, evaluate, margins
from rodatraden.core.evaluation.robustness import Again
from rodatraden.core.evaluation.robustness.closeness import closeness
from tests.core.evaluation.robustness.example import AGAIN, BIDS, MODEL, OUTCOME, rows
from tests.core.evaluation.robustness.families import KEY, MODELS, RELATIVE, tenders
from tests.core.evaluation.worked import read

ORE = Decimal("0.01")


def test_in_an_absolute_model_they_are_the_margins() -> None:
    found = closeness(AGAIN, OUTCOME)
    assert found.value == margins(MODEL, BIDS, OUTCOME, by_criterion=True)
    assert not found.is_relative


def test_the_worked_example() -> None:
    for row in rows("B1"):
        (lot,) = read(row["Case"]).lots
        found = {each.key: each for each in closeness(Again(lot.model, lot.bids), evaluate(lot.model, lot.bids)).value}
        margin = found[row["Bid"]]
        assert (str(margin.price), str(margin.points)) == (row["Price"], row["Points"])
        check(lot.model, list(lot.bids), row["Bid"], margin.price, margin.points)


def check(model: Model, bids: list[Bid], key: str, price: object, points: object) -> None:
    """Try the told changes in the engine: each wins, and one öre or one step less does not."""
    (own,) = (bid for bid in bids if bid.key == key)

    def wins(**change: object) -> bool:
        others = [bid for bid in bids if bid.key != key]
        try:
            return evaluate(model, [*others, replace(own, **change)]).value.winner == key
        except InputError:
            return False

    if price is not None:
        assert wins(price=Decimal(str(price)))
        assert not wins(price=Decimal(str(price)) + ORE)
    if points is not None:
        assert wins(scores={KEY: Decimal(str(points))})
        less = Decimal(str(points)) - Decimal("0.5")
        assert less <= own.scores[KEY] or not wins(scores={KEY: less})


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RELATIVE), tenders)
def test_each_told_change_wins_and_a_little_less_does_not(name: str, bids: list[Bid]) -> None:
    model = MODELS[name]
    try:
        outcome = evaluate(model, bids)
    except InputError:
        assume(False)
    found = closeness(Again(model, bids), outcome)
    assert bool(found.value) <= (outcome.value.winner is not None)
    for margin in found.value:
        check(model, bids, margin.key, margin.price, margin.points)
        assert margin.scores.get(KEY) == margin.points or margin.points is None


def test_without_a_first_there_is_no_distance_to_it() -> None:
    level = [replace(BIDS[0], key="a"), replace(BIDS[0], key="b")]
    found = closeness(Again(MODEL, level), evaluate(MODEL, level))
    assert found.value == ()
    assert str(found.sentences[0]) == "Nobody is first alone, so no distance to first place is told."


@pytest.mark.parametrize("gated", [(), (KEY,)])
def test_sums_are_told_only_where_no_single_criterion_decides(gated: tuple[str, ...]) -> None:
    (lot,) = read("09-min-max").lots
    model = replace(lot.model, gates=(Gate(Decimal(1), gated),))
    found = closeness(Again(model, lot.bids), evaluate(model, lot.bids))
    assert all(each.points is None for each in found.value) is bool(gated)
    assert any(each.more_points_win for each in found.value)
    assert found.is_relative


def test_a_bid_with_the_value_of_the_first_and_fewer_points_needed_one_ore() -> None:
    model = replace(MODEL, gates=(), tie_rule=TieRule.HIGHER_QUALITY)
    level = [replace(BIDS[0], price=Decimal(1100)), replace(BIDS[1], price=Decimal(900))]  # 17 and 15 points: 1400 both
    (margin,) = closeness(Again(model, level), evaluate(model, level)).value
    assert (margin.key, margin.behind, margin.price, margin.wins_when_equal) == ("lyckastrand", 0, 900, False)
