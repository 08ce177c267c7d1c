"""B7: what was stored, computed again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import evaluate, inputs
from rodatraden.core.evaluation.robustness import Recomputed, recomputed
from rodatraden.core.evaluation.robustness.recomputed import MOST_TOLD
from tests.core.evaluation.robustness.example import BIDS, MODEL, OUTCOME, rows

STORED = canonical_json(inputs(MODEL, BIDS))


def again(stored: bytes = STORED, **change: object) -> Recomputed:
    frozen: dict = {"inputs_hash": OUTCOME.inputs_hash, "outcome_hash": OUTCOME.hash, "frozen": OUTCOME.to_json()}
    return recomputed(stored, **(frozen | change))


def test_what_was_stored_gives_the_frozen_outcome() -> None:
    found = again()
    assert found.value
    assert (found.inputs_hash, found.outcome_hash, found.differences) == (OUTCOME.inputs_hash, OUTCOME.hash, ())
    assert str(found.sentences[0]) == "What was stored gives the frozen outcome again, with the same hash."
    assert recomputed(STORED, inputs_hash=OUTCOME.inputs_hash, outcome_hash=OUTCOME.hash).value


def test_1140_and_1140_00_are_one_value() -> None:
    other = [replace(bid, price=(bid.price or Decimal(0)).quantize(Decimal("0.01"))) for bid in BIDS]
    assert again(canonical_json(inputs(MODEL, reversed(other)))).value


def test_the_worked_example_points_at_what_differs() -> None:
    cheaper = [replace(bid, price=Decimal(939)) if bid.key == "lyckastrand" else bid for bid in BIDS]
    found = again(canonical_json(inputs(MODEL, cheaper)))
    assert not found.value
    assert str(found.sentences[0]).startswith("What was stored is not what was evaluated")
    told = {each.path: (each.frozen, each.found) for each in found.differences}
    for row in rows("B7"):
        assert told[row["Where"]] == (f'"{row["Frozen"]}"', f'"{row["Found"]}"')
    assert found.n_differences >= len(found.differences) == MOST_TOLD
    assert str(found.differences[0].text).startswith('first[0]: "mellanrum" was frozen')


def test_another_engine_or_another_table_beside_the_hash_is_told_apart() -> None:
    cheaper = [replace(bid, price=Decimal(939)) if bid.key == "lyckastrand" else bid for bid in BIDS]
    other = evaluate(MODEL, cheaper)
    assert str(again(outcome_hash=other.hash, frozen=None).sentences[0]).startswith("What was stored gives another")
    found = again(frozen=other.to_json())
    assert not found.value
    assert str(found.sentences[0]).startswith("The outcome has its hash, but")


def test_what_cannot_be_read_or_computed_is_no_confirmation() -> None:
    value = read_canonical(STORED)
    assert isinstance(value, dict)
    without = canonical_json({**value, "bids": [{**value["bids"][0], "scores": {}}]})
    for stored in (b"", STORED + b" ", b"{}", without):
        found = again(stored)
        assert (found.value, found.inputs_hash, found.outcome_hash) == (False, None, None)
        assert found.fault in found.sentences
        assert str(found.sentences[0]) == "What was stored can't be computed again, so the outcome can't be confirmed."
