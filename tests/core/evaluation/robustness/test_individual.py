"""Individual scores: joined exactly, and refused by field and value when they can't be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.evaluation import Assignment, InputError, InputFault
from rodatraden.core.evaluation.robustness import Joined, Panel
from tests.core.evaluation.robustness.example import BIDS, JOINING, MODEL


@given(st.lists(st.tuples(st.integers(0, 20).map(Fraction), st.integers(1, 4)), min_size=1, max_size=6))
def test_joined_scores_are_the_mean_and_the_median(given_: list[tuple[Fraction, int]]) -> None:
    every = [score for score, times in given_ for _ in range(times)]
    assert Joined.MEAN.of(given_) * len(every) == sum(every)
    assert float(Joined.MEAN.of(given_)) == pytest.approx(fmean(every))
    assert Joined.MEDIAN.of(given_) == median(every)


def test_what_nobody_has_judged_keeps_its_consensus_and_what_is_missing_is_not_0() -> None:
    panel = Panel.of(MODEL, BIDS, {"a": {"mellanrum": {"metod": Decimal(4)}}, "b": {"mellanrum": {}, "nordvala": {}}})
    scores = panel.joined(JOINING, Joined.MEAN, panel.all_once()) or {}
    assert scores["mellanrum"] == (4, 8)
    assert scores["nordvala"] == (8, 6)
    assert panel.joined(JOINING, Joined.MEAN, {"b": 1}) is None


def test_scores_of_a_bid_that_is_not_judged_are_left_aside() -> None:
    out = replace(BIDS[0], not_qualified="Saknar skatteregistrering")
    assert Panel.of(MODEL, [out], {"a": {"mellanrum": {"metod": Decimal(4)}}}).cells == {}


@pytest.mark.parametrize(
    ("given_", "fault", "field", "value"),
    [
        ({"x": {"metod": Decimal(1)}}, InputFault.UNKNOWN_BID, "x", "x"),
        ({"nordvala": {"pris": Decimal(1)}}, InputFault.UNKNOWN_CRITERION, "nordvala.pris", "pris"),
        ({"nordvala": {"case": Decimal(11)}}, InputFault.SCORE_OUTSIDE, "nordvala.case", Decimal(11)),
        ({"nordvala": {"case": Decimal("7.5")}}, InputFault.SCORE_OFF_STEP, "nordvala.case", Decimal("7.5")),
        ({"nordvala": {"case": 7.0}}, InputFault.SCORE_NOT_EXACT, "nordvala.case", 7.0),
        ({"nordvala": {"case": Decimal("NaN")}}, InputFault.SCORE_NOT_EXACT, "nordvala.case", None),
    ],
)
def test_a_score_that_cannot_be_used_is_named(given_: dict, fault: InputFault, field: str, value: object) -> None:
    with pytest.raises(InputError) as refused:
        Panel.of(MODEL, BIDS, {"anna": given_})
    assert (refused.value.fault, refused.value.field) == (fault, f"assessors.anna.{field}")
    assert value is None or refused.value.value == value


def test_months_that_are_counted_are_judged_by_nobody() -> None:
    counted = replace(BIDS[0], assignments={"metod": (Assignment(date(2026, 1, 1), None),)})
    with pytest.raises(InputError) as refused:
        Panel.of(MODEL, [counted], {"anna": {"mellanrum": {"metod": Decimal(4)}}})
    assert refused.value.field == "assessors.anna.mellanrum.metod"
