"""Computing again gives what the engine gives, in every family, with other scores, other prices and fewer bids."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rodatraden.core.evaluation import Bid, Gate, InputError, InputFault, Model, ReferenceSet, Rounding, Where, evaluate
from rodatraden.core.evaluation.robustness import Again, First
from rodatraden.core.evaluation.robustness.again import between_steps
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.robustness.example import BIDS, MODEL
from tests.core.evaluation.robustness.families import KEY, MODELS, halves, prices, tenders
from tests.core.evaluation.worked import read

scaled = st.sampled_from([None, None, Decimal(30)])
some = settings(max_examples=150, deadline=None)


def engine(model: Model, bids: list[Bid]) -> First:
    try:
        return evaluate(model, bids).value.keys
    except InputError:
        return None


@some
@given(st.sampled_from(sorted(MODELS)), st.sampled_from(ReferenceSet), tenders, st.data())
def test_it_is_who_the_engine_says(name: str, within: ReferenceSet, bids: list[Bid], data: st.DataObject) -> None:
    score, price = data.draw(halves), data.draw(prices)
    model = replace(MODELS[name], gates=(Gate(Decimal(8)),), renormalised_to=data.draw(scaled))
    if hasattr(model.combination, "target") and model.renormalised_to is not None:
        model = replace(model, combination=replace(model.combination, target=model.renormalised_to))
    if model.reference_set is not None:
        model = replace(model, reference_set=within)
    again = Again(model, bids)
    assert again.first() == engine(model, bids)
    one = data.draw(st.sampled_from(bids))
    others = [bid for bid in bids if bid.key != one.key]
    assert again.first(without=[one.key]) == engine(model, others)
    out = replace(one, not_qualified="out")
    assert again.first(excluded=[one.key]) == engine(model, [*others, out])
    assume(one.not_qualified is None)
    assert again.first({one.key: (as_fraction(score),)}) == engine(model, [*others, replace(one, scores={KEY: score})])
    assert again.first(prices={one.key: as_fraction(price)}) == engine(model, [*others, replace(one, price=price)])


@pytest.mark.parametrize("name", ["18-maturity", "19-gates", "21-rounding", "17-step-table", "24-price-lines-currency"])
def test_it_is_who_the_engine_says_with_every_part_of_a_model(name: str) -> None:
    (lot,) = read(name).lots
    again = Again(lot.model, lot.bids)
    assert again.first() == evaluate(lot.model, lot.bids).value.keys
    for bid in lot.bids:
        others = [each for each in lot.bids if each.key != bid.key]
        assert again.first(without=[bid.key]) == engine(lot.model, others)


def test_rounded_sums_and_renormalised_points_count() -> None:
    model = replace(MODEL, roundings=(Rounding(Where.POINTS, 0),), renormalised_to=Decimal(20))
    bids = [replace(BIDS[1], scores={"metod": Decimal("7.5"), "case": Decimal(8)}), BIDS[0]]
    stepless = between_steps(model)
    assert Again(stepless, bids).first() == evaluate(stepless, bids).value.keys == ("lyckastrand",)


def test_a_bid_without_a_price_that_would_pass_the_gate_has_no_answer() -> None:
    below = replace(BIDS[3], price=None)
    again = Again(MODEL, [BIDS[0], below])
    assert again.first() == ("mellanrum",)
    assert again.first({"eketorp": (as_fraction(10), as_fraction(6))}) is None


def test_a_model_that_cannot_be_used_and_a_missing_score_are_refused() -> None:
    with pytest.raises(InputError) as refused:
        Again(replace(MODEL, total=Decimal(30)), BIDS)
    assert refused.value.fault is InputFault.UNUSABLE_MODEL
    with pytest.raises(InputError) as refused:
        Again(MODEL, [replace(BIDS[0], scores={"metod": Decimal(9)})])
    assert refused.value.fault is InputFault.MISSING_SCORE
