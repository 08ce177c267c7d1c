"""B6: each bid and each pair withdrawn or excluded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rodatraden.core.evaluation import Bid, InputError, ReferenceSet, evaluate
from rodatraden.core.evaluation.robustness import Again, How
from rodatraden.core.evaluation.robustness.removed import MOST_BIDS_IN_PAIRS, removals
from tests.core.evaluation.robustness.example import AGAIN, BIDS, MODEL, rows, shown
from tests.core.evaluation.robustness.families import ABSOLUTE, KEY, MODELS, tenders
from tests.core.evaluation.worked import read


def test_the_worked_example() -> None:
    found = removals(AGAIN)
    assert (found.value, found.tried, found.first, found.next) == (0, 10, ("mellanrum",), ("lyckastrand",))
    assert [str(each) for each in found.sentences][:3] == [
        "0 of 10 removals of one or two bids change who is first among those that are left.",
        "The model compares no bid with another, so this can't happen.",
        "Whether a bid is withdrawn or excluded makes no difference here.",
    ]


def test_the_worked_example_in_a_relative_model() -> None:
    for row in rows("B6"):
        (lot,) = read(row["Case"]).lots
        found = removals(Again(replace(lot.model, reference_set=ReferenceSet(row["Reference set"])), lot.bids))
        (removal,) = (each for each in found.removals if (each.how, each.keys) == (How(row["How"]), (row["Without"],)))
        assert shown(found.first) == row["First before"]
        assert (shown(removal.first), removal.turns) == (row["First after"], row["Turns"] == "yes")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ABSOLUTE), tenders)
def test_inv_11_in_an_absolute_model_no_removal_changes_the_order_of_those_left(name: str, bids: list[Bid]) -> None:
    try:
        first = evaluate(MODELS[name], bids).value.keys
    except InputError:
        assume(False)
    found = removals(Again(MODELS[name], bids))
    assert (found.value, found.not_computed) == (0, 0)
    for removal in found.removals:
        assert set(first) & set(removal.keys) or removal.first == first
    assert removals(Again(MODELS[name], list(reversed(bids)))) == found


def test_an_excluded_bid_still_counts_only_among_the_opened() -> None:
    (lot,) = read("09-min-max").lots
    kinds = {
        within: {each.how for each in removals(Again(replace(lot.model, reference_set=within), lot.bids)).removals}
        for within in ReferenceSet
    }
    both, one = {How.WITHDRAWN, How.EXCLUDED}, {How.WITHDRAWN}
    assert kinds == {ReferenceSet.OPENED: both, ReferenceSet.QUALIFIED: one, ReferenceSet.ABOVE_GATE: one}


@pytest.mark.parametrize(("n", "tried"), [(MOST_BIDS_IN_PAIRS, 465), (MOST_BIDS_IN_PAIRS + 1, 31)])
def test_with_many_bids_only_single_ones_are_removed(n: int, tried: int) -> None:
    model = MODELS["01-lowest-price"]
    bids = [Bid(str(k), str(k), Decimal(1000 + k), {KEY: Decimal(10)}) for k in range(n)]
    assert removals(Again(model, bids)).tried == tried


def test_when_nobody_is_left_nobody_is_first() -> None:
    found = removals(Again(MODEL, BIDS[:1]))
    assert (found.next, found.removals[0].first) == ((), ())
    assert str(found.removals[0].consequence) == "No bid would then have been ranked."
