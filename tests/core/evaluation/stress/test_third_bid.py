"""A3–A5 (INV-11): the examples of reference/evaluation.md section 1.1, exact, and what it measured on its market."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from rodatraden.core.evaluation import Model, ReferenceSet
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.third_bid import DroppedCounter, Flip, OutCounter, cover
from tests.core.evaluation.stress.made import FOUR, batch, model_of, typed
from tests.core.evaluation.stress.test_scoring import USABLE

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.market import Market

THIRD = {
    "09-min-max": ((1000, 19), (900, 12), (2000, 12)),
    "07-proportional": ((1500, 20), (1000, 12), (600, 0)),
    "08-linear-from-lowest": ((1200, 20), (1000, 13), (750, 0)),
    "10-mean": ((1400, 18), (900, 12), (2000, 12)),
    "11-median": ((1400, 18), (1000, 12), (1500, 12)),
}
"""Price and points of A, B and the bid C that decides between them."""


def dropped(model: Model, market: Market, n: int = 4) -> Flip:
    counter = DroppedCounter()
    counter.add(batch(model, market, n))
    return counter.result()


@pytest.mark.parametrize("name", THIRD)
def test_taking_the_third_bid_away_changes_the_winner(name: str) -> None:
    found = dropped(model_of(name), typed(*THIRD[name]))
    assert found.share == Share(4, 4)
    assert found.example is not None
    every, less = (field.outcome for field in found.example)
    assert {every.value.winner, less.value.winner} == {"A", "B"}
    assert {result.key for result in every.results} - {result.key for result in less.results} == {"C"}


@pytest.mark.parametrize(("name", "lot"), [each for each in USABLE if not model_of(*each).is_relative])
def test_inv_11_in_an_absolute_model_no_other_bid_ever_decides(name: str, lot: int) -> None:
    model = model_of(name, lot)
    assert dropped(model, FOUR, 500).share.count == 0
    assert cover(batch(model, FOUR, 100)).flip.share.count == 0
    out = OutCounter(batch(model, FOUR).scoring)
    out.add(batch(model, FOUR, 500))
    assert {share.count for share in out.result().values()} == {0}


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("09-min-max", 0.0531),
        ("07-proportional", 0.0055),
        ("10-mean", 0.0302),
        ("11-median", 0.0295),
        ("12-rank", 0.0351),
    ],
)
def test_losers_decide_as_often_as_the_reference_measured(name: str, measured: float) -> None:
    """Six bids, 60/40; the reference drew half points and broke ties otherwise, hence the width."""
    share = dropped(model_of(name), replace(FOUR, fewest=6, most=6), 10_000).share
    assert share.value is not None
    assert abs(float(share.value) - measured) < 0.01


@pytest.mark.parametrize("name", ["07-proportional", "09-min-max", "10-mean"])
def test_a_cover_bid_is_found_and_shown(name: str) -> None:
    found = cover(batch(model_of(name), FOUR, 500))
    assert found.flip.share.value is not None
    assert found.flip.share.value > Decimal("0.05")
    assert found.flip.example is not None
    without, with_it = (field.outcome for field in found.flip.example)
    assert without.value.winner != with_it.value.winner
    (more,) = {result.key for result in with_it.results} - {result.key for result in without.results}
    assert with_it.value.winner != more, "a cover bid comes to lose"


def test_a_bid_that_is_thrown_out_decides_only_where_references_are_taken_from_it() -> None:
    """A4: the dear bid C of the first example fails the gate; only a set with it in makes A win."""
    model = replace(model_of("09-min-max"), gates=model_of("seed-000").gates)
    market = typed((1000, 19), (900, 12), (2000, 0))
    scoring = batch(model, market).scoring
    counter = OutCounter(scoring)
    counter.add(batch(model, market, 300))
    found = counter.result()
    assert found[ReferenceSet.ABOVE_GATE].count == 0
    assert found[ReferenceSet.OPENED].count > 0
    assert found[ReferenceSet.OPENED].count >= found[ReferenceSet.QUALIFIED].count
