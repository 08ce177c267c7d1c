from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import (
    Assignment,
    Bid,
    InputError,
    InputFault,
    ModelError,
    evaluate,
    inputs,
    read_bid,
    read_inputs,
)
from tests.core.evaluation.worked import CASES, read

(LOT,) = read("17-step-table").lots


def test_months_are_counted_from_assignments_or_given_never_guessed() -> None:
    (bid, *_) = LOT.bids
    given = replace(bid, assignments={}, scores={**bid.scores, "erfarenhet": Decimal(48)})
    assert evaluate(LOT.model, [given]).results[0].value == evaluate(LOT.model, [bid]).results[0].value
    with pytest.raises(InputError) as refused:
        evaluate(LOT.model, [replace(bid, assignments={})])
    assert (refused.value.fault, refused.value.field) == (InputFault.MISSING_SCORE, "erfarenhet")


def test_more_months_than_the_scale_holds_are_its_top() -> None:
    (bid, *_) = LOT.bids
    long = replace(bid, assignments={"erfarenhet": (Assignment(date(1960, 1, 1), None),)})
    steps = [(str(step.text), step.value) for step in evaluate(LOT.model, [long]).results[0].steps]
    assert ("796 months together", 796) in steps
    assert ("Erfarenhet i månader: 600, in the step from 49", 10) in steps


def test_assignments_on_something_else_are_refused() -> None:
    (bid, *_) = LOT.bids
    with pytest.raises(InputError) as refused:
        evaluate(LOT.model, [replace(bid, assignments={**bid.assignments, "ledare": ()})])
    assert (refused.value.fault, refused.value.field, refused.value.value) == (
        InputFault.UNKNOWN_CRITERION,
        "ledare",
        "ledare",
    )


@pytest.mark.parametrize("price", [Decimal("10000000000.01"), Decimal(10) ** 14])
def test_a_price_above_the_stated_limit_was_mistyped(price: Decimal) -> None:
    (bid, *_) = LOT.bids
    assert evaluate(LOT.model, [replace(bid, price=Decimal(10_000_000_000))]).value.winner == "A"
    with pytest.raises(InputError) as refused:
        evaluate(LOT.model, [replace(bid, price=price)])
    assert (refused.value.fault, refused.value.value) == (InputFault.PRICE_TOO_LARGE, price)


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.json")))
def test_the_inputs_of_every_case_are_the_same_after_their_canonical_bytes(name: str) -> None:
    for lot in read(name).lots:
        model, bids = read_inputs(read_canonical(canonical_json(inputs(lot.model, lot.bids))))
        assert model == lot.model
        assert evaluate(model, bids).hash == evaluate(lot.model, lot.bids).hash


def test_a_bid_needs_only_a_key_and_is_then_named_by_it() -> None:
    assert read_bid({"key": "A"}, "b") == Bid("A", "A", None, {})
    with pytest.raises(ModelError) as refused:
        read_bid({"key": "A", "not_qualified": 5}, "b")
    assert (refused.value.field, refused.value.value) == ("b.not_qualified", "5")


def test_a_price_that_rounding_makes_nothing_of_is_refused() -> None:
    (lot,) = read("24-price-lines-currency").lots
    written = lot.model.to_json() | {"roundings": [{"where": "price", "decimals": 0, "way": "down"}]}
    tiny = replace(lot.bids[0], prices={"konsult": Decimal("0.001"), "utbildning": Decimal("0.001")})
    with pytest.raises(InputError) as refused:
        evaluate(type(lot.model).from_json(written), [tiny])
    assert (refused.value.fault, refused.value.bid) == (InputFault.PRICE_NOT_POSITIVE, "A")
