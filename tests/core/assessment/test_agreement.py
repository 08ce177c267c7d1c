"""Agreement: the printed values of textbooks, values by hand, and what can't be determined."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.assessment.agreement import DRAWS, Kind, agreement, alpha, icc, kendall_w, ways

PAGE = Path(__file__).parents[3] / "docs/rules/agreement.md"
MEASURES = {Kind.ICC: icc, Kind.ALPHA: alpha, Kind.W: kendall_w}


def table(*columns: str) -> list[list[Fraction | None]]:
    """Read one assessor's scores in a row, as books print them, and return what is judged in rows."""
    read = [[None if each == "." else Fraction(each) for each in column.split()] for column in columns]
    return [list(row) for row in zip(*read, strict=True)]


PRINTED = {
    "Krippendorff 2011": table(
        "1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."
    ),
    "Shrout and Fleiss 1979": table("9 6 8 7 10 6", "2 1 4 1 5 2", "5 3 6 2 6 4", "8 2 8 6 9 7"),
    "Siegel 1956": table("1 6 3 2 5 4", "1 5 6 4 2 3", "6 3 2 5 4 1"),
    "Zar 2010": table(
        "10.4 10.8 11.1 10.2 10.3 10.2 10.7 10.5 10.8 11.2 10.6 11.4",
        "7.4 7.6 7.9 7.2 7.4 7.1 7.4 7.2 7.8 7.7 7.8 8.3",
        "5.5 5.5 9.5 2 3 1 8 4 11 9.5 7 12",  # the third measure as ranks, from the printed sums of ranks
    ),
}


def test_the_printed_values() -> None:
    rows = re.findall(r"^\| ([^|]+?), [^|]*\| (\w+) \| ([\d.]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name, _kind, _value in rows] == list(PRINTED)
    for name, kind, value in rows:
        found = MEASURES[Kind(kind)](PRINTED[name])
        assert found is not None
        assert round(Decimal(float(found)), len(value) - 2) == Decimal(value)


def test_by_hand() -> None:
    assert kendall_w(table("1 2", "1 2", "2 2")) == Fraction(2, 3)
    # Rows 1 1 and 2 3: mean squares 2.25 between rows, 0.25 between columns and 0.25 left, so 2 ÷ (2.25 + 0.25).
    assert icc(table("1 2", "1 3")) == Fraction(4, 5)
    # Each value is once, twice or once among 1 1 2 3: half ranks 1, 2.5, 3.5; one pair differs, by 1 each way.
    assert alpha(table("1 2", "1 3")) == 1 - Fraction(3 * 2) / (4 * Fraction(9, 4) + 4 * Fraction(25, 4) + 2)


scores = st.integers(0, 4).map(Decimal)
panels = st.lists(st.lists(scores, min_size=5, max_size=5), min_size=3, max_size=6)


@settings(max_examples=50)
@given(panels)
def test_all_are_1_when_everybody_agrees_and_undefined_when_nothing_varies(panel: list[list[Decimal]]) -> None:
    alike = [[row[0]] * 5 for row in panel]
    varies = len({row[0] for row in alike}) > 1
    for measure in agreement(alike).value:
        assert measure.value == (1 if varies else None)
        assert measure.low is None or measure.low == measure.high == 1


@settings(max_examples=30)
@given(panels, st.randoms(use_true_random=False))
def test_neither_order_of_rows_nor_of_assessors_plays_a_part(panel: list[list[Decimal]], chance) -> None:
    columns = chance.sample(range(5), 5)
    other = [[row[n] for n in columns] for row in chance.sample(panel, len(panel))]
    found, turned = agreement(panel), agreement(other)
    assert [(each.kind, each.value) for each in found.value] == [(each.kind, each.value) for each in turned.value]
    assert found.widest == turned.widest


@settings(max_examples=40)
@given(panels, st.integers(0, 2**32 - 1))
def test_the_fast_measures_of_resamples_are_the_exact_ones(panel: list[list[Decimal]], seed: int) -> None:
    from rodatraden.core.assessment.agreement import _RESAMPLED  # noqa: PLC0415 -- what no result shows one by one

    counts = np.random.default_rng(seed).multinomial(len(panel), np.full(len(panel), 1 / len(panel)), size=5)
    numbers = np.array([[float(each) for each in row] for row in panel])
    for kind, measure in MEASURES.items():
        fast = _RESAMPLED[kind](numbers, counts.astype(float))
        for row, found in zip(counts.tolist(), fast.tolist(), strict=True):
            exact = measure([list(map(Fraction, each)) for each, n in zip(panel, row, strict=True) for _ in range(n)])
            assert np.isnan(found) if exact is None else found == pytest.approx(float(exact))


def test_below_five_only_the_spread_is_told() -> None:
    found = agreement(table("1 5 9", "2 5 5", ". 4 8", "1 5 7"))
    assert (found.value, found.n_assessors, found.widest) == ((), 4, 4)
    assert [str(each) for each in found.sentences] == [
        "How well they agree can't be determined with fewer than 5 assessors.",
        "Largest difference between two assessors: 4.",
    ]
    assert agreement([]).sentences == agreement(table(". .")).sentences


def test_with_a_gap_only_alpha_can_be_told() -> None:
    found = agreement(
        [[Decimal(n), Decimal(n + 1), Decimal(n), Decimal(n), None if n else Decimal(0)] for n in range(3)]
    )
    assert [(each.kind, each.value is None) for each in found.value] == [
        (Kind.ICC, True),
        (Kind.ALPHA, False),
        (Kind.W, True),
    ]
    assert "somebody has not judged everything" in str(found.value[0].text)


def test_the_interval_holds_the_value_and_is_drawn_with_a_told_seed_when_much_is_judged() -> None:
    small = PRINTED["Shrout and Fleiss 1979"]
    small = [[*row, row[0]] for row in small]
    found = agreement(small)
    assert found.seed is None
    for measure in found.value:
        assert measure.low is not None
        assert measure.high is not None
        assert measure.low <= measure.value <= measure.high or measure.kind is Kind.W
    large = [[*row, row[1]] for row in PRINTED["Krippendorff 2011"]]
    drawn = agreement(large, kinds=(Kind.ALPHA,), seed=5)
    assert (drawn.seed, drawn) == (5, agreement(large, kinds=(Kind.ALPHA,), seed=5))
    assert str(drawn.sentences[-1]) == f"Intervals from {DRAWS} draws with the start value 5."


def test_two_things_judged_have_no_interval() -> None:
    found = agreement(table(*["1 3"] * 4, "1 2"))
    assert {(each.low, each.high) for each in found.value} == {(None, None)}
    assert str(found.value[0].text).endswith("Too little was judged for an interval.")


@pytest.mark.parametrize(("counts", "orders"), [([3, 0, 0], 1), ([1, 1, 1], 6), ([2, 1, 0], 3), ([], 1)])
def test_orders_of_a_resample(counts: list[int], orders: int) -> None:
    assert ways(counts) == orders
