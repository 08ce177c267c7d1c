"""B8: first place under the panel's own uncertainty."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation.robustness import Again, Panel
from rodatraden.core.evaluation.robustness.noise import DRAWS, noise
from tests.core.evaluation.robustness.example import AGAIN, BIDS, INDIVIDUAL, MODEL, PANEL, rows
from tests.core.evaluation.worked import by_hand


def test_the_worked_example() -> None:
    found = noise(AGAIN, PANEL)
    assert found.variances == {row["Criterion"]: by_hand(row["Variance"]) for row in rows("B8")}


def alone(scores: dict) -> Panel:
    return Panel.of(MODEL, BIDS, scores)


def test_who_agrees_in_everything_leaves_no_doubt() -> None:
    same = dict.fromkeys(("anna", "bo"), INDIVIDUAL["anna"])
    found = noise(AGAIN, alone(same))
    assert [(each.key, each.value) for each in found.value.alone if each.value] == [("mellanrum", 1)]
    assert found.of_panel == found.value


def test_the_share_is_that_of_the_normal_distribution() -> None:
    """One score is uncertain, with the deviation √2: Lyckåstrand is first from 8 on Metod, so from 7.5 before rounding."""
    panel = alone({"a": {"lyckastrand": {"metod": Decimal(6)}}, "b": {"lyckastrand": {"metod": Decimal(8)}}})
    found = noise(AGAIN, panel, seed=1)
    assert found.variances == {"metod": 2}
    for shares, deviation in ((found.value, 2**0.5), (found.of_panel, 1)):
        (own,) = (each for each in shares.alone if each.key == "lyckastrand")
        assert own.low is not None
        assert own.high is not None
        expected = 1 - NormalDist(7, deviation).cdf(7.5)
        assert own.low - Decimal("0.01") < Decimal(expected) < own.high + Decimal("0.01")
    assert "Nothing is known of the uncertainty on Case." in map(str, found.sentences)


def test_the_seed_is_said_and_gives_the_same_again() -> None:
    found = noise(AGAIN, PANEL, seed=3)
    assert found == noise(Again(MODEL, list(reversed(BIDS))), PANEL, seed=3)
    assert found.value != noise(AGAIN, PANEL, seed=4).value
    assert str(found.sentences[0]) == f"{DRAWS} draws with the start value 3."


@pytest.mark.parametrize(
    "scale", [Scale(Decimal(5), Decimal(10), Decimal("0.5")), Scale(Decimal(5), Decimal(10), None)]
)
def test_scores_stay_on_the_scale_and_on_its_steps(scale: Scale) -> None:
    from rodatraden.core.evaluation.robustness.noise import _around  # noqa: PLC0415 -- what no result shows

    drawn = _around(scale, Fraction(7), np.linspace(-9, 9, DRAWS))
    assert (min(drawn.values), max(drawn.values)) == (5, 10)
    step = Fraction(scale.step or Fraction(5, 1000))
    assert all((value - 5) % step == 0 for value in drawn.values)
    assert drawn.values[drawn.index[DRAWS // 2]] == 7


def test_a_bid_that_is_not_judged_is_never_first() -> None:
    out = [replace(BIDS[0], not_qualified="Saknas"), *BIDS[1:]]
    found = noise(Again(MODEL, out), Panel.of(MODEL, out, INDIVIDUAL))
    assert {each.key: each.value for each in found.value.alone}["mellanrum"] == 0
