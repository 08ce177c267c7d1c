"""The whole report: what it holds with and without individual scores, and that it says the same whatever the order."""

from __future__ import annotations

import pytest

from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation import InputError, evaluate
from rodatraden.core.evaluation.robustness import EXPLAINS, Joined, robustness
from tests.core.evaluation.robustness.example import BIDS, INDIVIDUAL, MODEL, OUTCOME
from tests.core.evaluation.worked import CASES, read


def test_without_individual_scores_the_rest_is_told() -> None:
    found = robustness(MODEL, BIDS, OUTCOME)
    assert found.value == ("mellanrum",)
    assert (found.single_individual_changes, found.one_out) == (None, None)
    assert (found.single_changes.value, found.removals.value, found.recomputed.value) == (4, 0, True)


def test_every_part_says_that_it_changes_no_award() -> None:
    found = robustness(MODEL, BIDS, OUTCOME, individual=INDIVIDUAL)
    parts = [getattr(found, name) for name in found.__slots__ if hasattr(getattr(found, name), "sentences")]
    assert len(parts) == len(found.__slots__) - 3
    assert all(part.sentences[-1] is EXPLAINS for part in parts)
    assert found.sentences[0] is EXPLAINS


def test_the_order_of_bids_and_assessors_plays_no_part() -> None:
    turned = dict(reversed(INDIVIDUAL.items()))
    for joined in Joined:
        found = robustness(MODEL, BIDS, OUTCOME, individual=INDIVIDUAL, joined=joined)
        other = robustness(MODEL, list(reversed(BIDS)), OUTCOME, individual=turned, joined=joined)
        assert other == found
        assert canonical_json(other.to_json()) == canonical_json(found.to_json())


def test_a_score_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(InputError):
        robustness(MODEL, BIDS, OUTCOME, individual={"anna": {"x": {}}})


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_every_published_case_has_its_report(path) -> None:
    for part in read(path.stem).parts:
        lot = part.lot
        outcome = evaluate(lot.model, lot.bids)
        found = robustness(lot.model, lot.bids, outcome, individual=part.individual)
        assert found.value == found.removals.first == found.single_changes.first == outcome.value.keys
        assert found.recomputed.value
        assert canonical_json(found.to_json())
