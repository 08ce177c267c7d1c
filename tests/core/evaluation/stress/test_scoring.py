"""The fast path says what the exact engine says, for every family and every bid that can be drawn."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.evaluation import Gate, InputError, Model, ReferenceSet, TieRule, Verdict, evaluate
from rodatraden.core.evaluation.stress.batch import drawn
from rodatraden.core.evaluation.stress.example import bare, bids_of
from rodatraden.core.evaluation.stress.market import Parametric
from rodatraden.core.evaluation.stress.scoring import NOBODY, TIE, UNDEFINED, Scoring
from tests.core.evaluation.stress.made import batch, model_of, typed, without_gates
from tests.core.evaluation.worked import FAMILIES, read

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.tenders import Tenders

NAMES = [path.stem for path in FAMILIES]
USABLE = [(name, n) for name in NAMES if name != "seed-000-as-written" for n in range(len(read(name).lots))]
LESS = {Verdict.NOBODY: NOBODY, Verdict.TIE: TIE}


def by_the_engine(scoring: Scoring, tenders: Tenders, column: int) -> int:
    bids = bids_of(scoring, tenders, column)
    try:
        found = evaluate(bare(scoring.model), bids.values())
    except InputError:
        return UNDEFINED
    if found.value.winner is None:
        return LESS[found.value.verdict]
    return next(row for row, bid in bids.items() if bid.key == found.value.winner)


def assert_agrees(model: Model, market: Parametric, seed: int, n: int) -> None:
    found = drawn(Scoring(model), market, n, seed, 0)
    winners = [by_the_engine(found.scoring, found.tenders, column) for column in range(n)]
    assert found.firsts.winner.tolist() == winners


@pytest.mark.parametrize(("name", "lot"), USABLE)
def test_it_agrees_with_the_exact_engine(name: str, lot: int) -> None:
    assert_agrees(model_of(name, lot), Parametric(Decimal(1100)), seed=1, n=60)


coarse = st.builds(
    Parametric,
    price=st.sampled_from([Decimal(10), Decimal(1100), Decimal(3_000_000)]),
    price_spread=st.sampled_from([Decimal(2), Decimal(15), Decimal(60)]),
    price_step=st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(100)]),
    bids=st.just(Decimal(4)),
    quality=st.sampled_from([Decimal(20), Decimal(50), Decimal(90)]),
    quality_spread=st.sampled_from([Decimal(3), Decimal(30)]),
)


@settings(max_examples=60)
@given(
    st.sampled_from(USABLE),
    coarse,
    st.tuples(st.sampled_from(TieRule), st.sampled_from(ReferenceSet)),
    st.sampled_from([(), (Gate(Decimal(8)),)]),
    st.integers(0, 2**32),
)
def test_it_agrees_whatever_the_market_the_gate_and_the_rules(
    which: tuple[str, int],
    market: Parametric,
    rules: tuple[TieRule, ReferenceSet],
    gates: tuple[Gate, ...],
    seed: int,
) -> None:
    """Coarse prices and few steps make ties common; a reference set is named only where there is one to name."""
    model, (tie_rule, reference_set) = model_of(*which), rules
    if model.reference_set is not None:
        model = replace(model, reference_set=reference_set)
    if model.criteria:
        model = replace(model, gates=model.gates + gates)
    if not model.combination.needs_price and tie_rule is TieRule.LOWER_PRICE:
        tie_rule = TieRule.NONE
    assert_agrees(replace(model, tie_rule=tie_rule), market, seed, n=8)


def test_a_tie_stops_unless_a_rule_sets_the_bids_apart() -> None:
    level = typed((1000, 15), (900, 14))
    model = replace(without_gates("03-price-deduction"), tie_rule=TieRule.NONE)
    for rule, winner in ((TieRule.NONE, TIE), (TieRule.HIGHER_QUALITY, 0), (TieRule.LOWER_PRICE, 1)):
        firsts = batch(replace(model, tie_rule=rule), level).firsts
        assert (set(firsts.winner), set(firsts.level)) == ({winner}, {2})


def test_nobody_wins_when_no_bid_passes() -> None:
    assert set(batch(model_of("seed-000"), typed((1000, 10), (900, 2))).firsts.winner) == {NOBODY}


def test_two_references_that_are_the_same_give_no_value() -> None:
    assert set(batch(model_of("09-min-max"), typed((1000, 11))).firsts.winner) == {UNDEFINED}


def test_the_fast_path_takes_half_points_as_they_are() -> None:
    """0.6 × 0.9 + 0.4 × 19 ÷ 20 and 0.6 × 1 + 0.4 × 16 ÷ 20 are both 0.92, and not in floats."""
    market = typed((800, 19), (700, 16))
    assert set(batch(model_of("06-absolute-linear"), market).firsts.winner) == {TIE}


def test_a_bid_that_is_not_judged_never_wins() -> None:
    found = batch(without_gates("03-price-deduction"), typed((1000, 19), (900, 12)))
    out = replace(found.tenders, qualified=np.array([[False], [True]]) & found.tenders.present)
    assert set(found.firsts.winner) == {0}
    assert set(found.scoring.firsts(out).winner) == {1}


def test_almost_through_the_gate_is_one_step_below_it() -> None:
    found = batch(model_of("03-price-deduction"), typed((1000, 12), (900, 11.5), (900, 11), (900, 10)))
    gate = found.scoring.model.gate
    assert gate is not None
    assert gate.minimum == 12
    step = found.scoring.model.criteria[0].scale.step
    assert found.scoring.almost(found.tenders)[:, 0].tolist() == [
        True,
        step == Decimal("0.5") or step == 1,
        step == 1,
        False,
    ]
