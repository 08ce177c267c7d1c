"""A8: the gate of seed 0, held to what the reference measured on the same market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rodatraden.core.evaluation.stress.gates import GateCounter, Gates
from rodatraden.core.evaluation.stress.share import Share
from tests.core.evaluation.stress.made import FOUR, batch, model_of, of_the_reference, typed

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Model
    from rodatraden.core.evaluation.stress.market import Market


def counted(model: Model, market: Market, n: int) -> Gates:
    found = batch(model, market, n)
    counter = GateCounter(found.scoring)
    counter.add(found)
    return counter.result()


@pytest.mark.parametrize(("figure", "measured"), [("nobody", 0.0007), ("changes", 0.009), ("lone", 0.013)])
def test_it_decides_as_often_as_the_reference_measured(figure: str, measured: float) -> None:
    """Section 1.2, four bids: nobody 0.07 %, changes 0.9 %, one left 1.3 %."""
    share = getattr(counted(of_the_reference(), FOUR, 16_384), figure)
    assert abs(float(share.value) - measured) < 0.003


def test_bids_one_step_below_are_counted_among_all_bids() -> None:
    found = counted(model_of("seed-000"), typed((1000, 12), (1000, 10), (1000, 2)), 5)
    assert found.just_below == Share(0, 15)
    assert (found.nobody, found.lone) == (Share(0, 5), Share(5, 5))


def test_a_cheap_bid_below_the_gate_would_have_won() -> None:
    assert counted(model_of("seed-000"), typed((1000, 16), (100, 10)), 5).changes == Share(5, 5)
