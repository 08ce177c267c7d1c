"""B4: the panel drawn again from itself."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.evaluation.robustness import Again, Joined, Panel
from rodatraden.core.evaluation.robustness.again import between_steps
from rodatraden.core.evaluation.robustness.resampled import DRAWS, resampled
from tests.core.evaluation.robustness.example import BIDS, JOINING, MODEL, PANEL, rows
from tests.core.evaluation.worked import by_hand


def test_the_worked_example() -> None:
    table = rows("B4")
    assert sum(int(row["Orders"]) for row in table) == 27
    for row in table:
        value = by_hand(row["lyckastrand"])
        assert row["First"] == ("lyckastrand" if value < 1440 else "mellanrum")
        people = row["Panel"].split()
        assert int(row["Orders"]) == math.factorial(3) // math.prod(
            math.factorial(people.count(each)) for each in set(people)
        )
        counts = {each: people.count(each) for each in PANEL.assessors}
        scores = (PANEL.joined(JOINING, Joined.MEAN, counts) or {})["lyckastrand"]
        assert 980 + 100 * (20 - sum(scores)) == value
    found = resampled(JOINING, PANEL, Joined.MEAN)
    orders = sum(int(row["Orders"]) for row in table if row["First"] == "lyckastrand")
    assert {each.key: each.value for each in found.value.alone} == {
        "mellanrum": Fraction(27 - orders, 27),
        "lyckastrand": Fraction(orders, 27),
        "nordvala": 0,
        "eketorp": 0,
    }
    assert (found.panels, found.seed) == (10, None)
    assert [str(each) for each in found.sentences][1:4] == [
        "All 10 panels that the assessors can form were counted, each with its chance.",
        "Mellanrum Samverkan AB is first in 63.0 %.",
        "Lyckåstrand Process AB is first in 37.0 %.",
    ]


points = st.one_of(st.none(), st.integers(0, 10).map(Decimal))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(points, points), min_size=1, max_size=4), st.sampled_from(Joined))
def test_it_is_every_order_counted_one_by_one(given_: list, joined: Joined) -> None:
    individual = {
        str(n): {"mellanrum": {} if a is None else {"metod": a}, "lyckastrand": {} if b is None else {"case": b}}
        for n, (a, b) in enumerate(given_)
    }
    panel = Panel.of(MODEL, BIDS, individual)
    joining = Again(between_steps(MODEL), BIDS)
    found = resampled(joining, panel, joined).value
    orders = list(product(panel.assessors, repeat=len(panel.assessors)))
    firsts = []
    for people in orders:
        scores = panel.joined(joining, joined, {each: people.count(each) for each in panel.assessors})
        firsts.append(None if scores is None else joining.first(scores))
    for each in found.alone:
        assert each.value == Fraction(firsts.count((each.key,)), len(orders))
    assert found.not_computed == Fraction(firsts.count(None), len(orders))


def test_above_six_assessors_panels_are_drawn_the_same_for_the_same_seed() -> None:
    individual = {
        f"{name}{n}": scores for n in range(3) for name, scores in {"a": {"lyckastrand": {"metod": Decimal(5 + 2 * n)}},
        "b": {"lyckastrand": {"metod": Decimal(7)}}, "c": {"lyckastrand": {"metod": Decimal(8)}}}.items()
    }  # fmt: skip
    panel = Panel.of(MODEL, BIDS, individual)
    found = resampled(JOINING, panel, Joined.MEAN, seed=7)
    assert found == resampled(JOINING, panel, Joined.MEAN, seed=7)
    assert found.value != resampled(JOINING, panel, Joined.MEAN, seed=8).value
    assert found.seed == 7
    assert str(found.sentences[1]) == f"{DRAWS} panels were drawn from the assessors, with the start value 7."
    first = found.value.alone[0]
    assert first.low is not None
    assert first.high is not None
    assert first.low <= first.value <= first.high
