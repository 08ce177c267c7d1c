"""Many sets of scores at once give what one at a time gives, in every family."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Gate, ReferenceSet, Rounding, Where
from rodatraden.core.evaluation.robustness import Again
from rodatraden.core.evaluation.robustness.again import between_steps
from rodatraden.core.evaluation.robustness.many import Drawn, firsts
from tests.core.evaluation.robustness.example import BIDS, MODEL
from tests.core.evaluation.robustness.families import MODELS, tenders
from tests.core.evaluation.worked import read

thirds = st.integers(0, 60).map(lambda n: Fraction(n, 3))


def one_by_one(again: Again, drawn: dict[str, list[Drawn]], size: int) -> dict:
    found: dict = {}
    for number in range(size):
        scores = {key: tuple(each.values[each.index[number]] for each in own) for key, own in drawn.items()}
        found.setdefault(again.first(scores), []).append(number)
    return found


def at_once(again: Again, drawn: dict[str, list[Drawn]], size: int) -> dict:
    return {first: numbers.tolist() for first, numbers in firsts(again, drawn, size) if len(numbers)}


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(sorted(MODELS)),
    st.sampled_from(ReferenceSet),
    tenders,
    st.lists(thirds, min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_many_at_once_are_who_they_are_one_by_one(
    name: str, within: ReferenceSet, bids: list[Bid], values: list[Fraction], chance
) -> None:
    model = between_steps(replace(MODELS[name], gates=(Gate(Decimal(8)),), renormalised_to=None))
    if model.reference_set is not None:
        model = replace(model, reference_set=within)
    again, size = Again(model, bids), 12
    drawn = {
        key: [Drawn(values, np.array([chance.randrange(len(values)) for _ in range(size)]))] for key in again.scores
    }
    assert at_once(again, drawn, size) == one_by_one(again, drawn, size)


@pytest.mark.parametrize(
    "name",
    [
        "17-step-table",
        "18-maturity",
        "19-gates",
        "21-rounding",
        "14-corridor",
        "27-assessors",
        "28-tie-criteria-in-order",
    ],
)
def test_every_part_of_a_model_counts(name: str) -> None:
    (lot,) = read(name).lots
    model = lot.model
    if model.corridor:
        model = replace(model, corridor=replace(model.corridor, criterion=model.criteria[0].key))
    again, size = Again(between_steps(model), lot.bids), 40
    chance = np.random.default_rng(1)
    drawn = {
        key: [
            Drawn(
                [score, Fraction(criterion.scale.lowest), Fraction(criterion.scale.highest), (score + Fraction(criterion.scale.highest)) / 2],
                chance.integers(0, 4, size),
            )
            for score, criterion in zip(scores, model.criteria, strict=True)
        ]
        for key, scores in again.scores.items()
    }  # fmt: skip
    assert at_once(again, drawn, size) == one_by_one(again, drawn, size)


def test_numbers_too_large_for_a_machine_word_stay_exact() -> None:
    """Two sums that no float and no machine word can tell apart."""
    huge = Scale(Decimal(0), Decimal("999999999999999.999999"), None)
    model = replace(
        MODEL,
        criteria=tuple(replace(each, scale=huge) for each in MODEL.criteria),
        gates=(),
        total=None,
        combination=read("05-quality-only").lots[0].model.combination,
    )
    again = Again(model, BIDS[:2])
    base = Fraction(999_999_999_999_999)
    drawn = {
        "mellanrum": [Drawn([base, base + Fraction(1, 999_983)], np.array([0, 1])), Drawn([base], np.array([0, 0]))],
        "lyckastrand": [Drawn([base + Fraction(1, 1_999_993)], np.array([0, 0])), Drawn([base], np.array([0, 0]))],
    }
    assert at_once(again, drawn, 2) == {("lyckastrand",): [0], ("mellanrum",): [1]}


def test_what_cannot_be_computed_is_kept_apart() -> None:
    again = Again(MODEL, [BIDS[0], replace(BIDS[3], price=None)])
    drawn = {
        "mellanrum": [Drawn([Fraction(9)], np.array([0, 0])), Drawn([Fraction(8)], np.array([0, 0]))],
        "eketorp": [Drawn([Fraction(5), Fraction(9)], np.array([0, 1])), Drawn([Fraction(6)], np.array([0, 0]))],
    }
    assert at_once(again, drawn, 2) == {("mellanrum",): [0], None: [1]}


def test_rounded_sums_count() -> None:
    model = between_steps(replace(MODEL, roundings=(Rounding(Where.POINTS, 0),)))
    again = Again(model, BIDS[:2])
    drawn = {key: [Drawn([each], np.array([0])) for each in scores] for key, scores in again.scores.items()}
    drawn["lyckastrand"][0] = Drawn([Fraction(15, 2)], np.array([0]))
    assert at_once(again, drawn, 1) == {("lyckastrand",): [0]}


def test_no_bid_and_no_criterion_have_their_answer() -> None:
    assert at_once(Again(MODEL, []), {}, 2) == {(): [0, 1]}
    (lot,) = read("01-lowest-price").lots
    bare = replace(lot.model, criteria=(), gates=(), total=None)
    again = Again(bare, [replace(bid, scores={}) for bid in lot.bids])
    first = again.first()
    assert at_once(again, {key: [] for key in again.scores}, 2) == {first: [0, 1]}
