from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import (
    InputError,
    InputFault,
    ModelError,
    ReferenceKind,
    ReferenceSet,
    ReferenceValue,
    Rounding,
    Where,
    evaluate,
)
from tests.core.evaluation.worked import check_page, read

PRICES = tuple(map(Fraction, (900, 2000, 1400, 1000)))


def test_the_worked_example_of_the_page() -> None:
    check_page("reference.md")


@pytest.mark.parametrize(
    ("kind", "expected", "sentence"),
    [
        (ReferenceKind.LOWEST, 900, "The lowest of 4 prices"),
        (ReferenceKind.HIGHEST, 2000, "The highest of 4 prices"),
        (ReferenceKind.MEAN, 1325, "The mean of 4 prices"),
        (ReferenceKind.MEDIAN, 1200, "The median of 4 prices"),
    ],
)
def test_a_reference_among_bids(kind: ReferenceKind, expected: int, sentence: str) -> None:
    value, (step,) = ReferenceValue(kind).found(PRICES)
    assert (value, str(step.text)) == (expected, sentence)
    assert ReferenceValue(kind).found(PRICES[::-1])[0] == expected


def test_a_mean_stays_in_thirds_unless_it_is_rounded() -> None:
    three = PRICES[:3]
    assert ReferenceValue(ReferenceKind.MEAN).found(three)[0] == Fraction(4300, 3)
    value, steps = ReferenceValue(ReferenceKind.MEAN).found(three, (Rounding(Where.REFERENCE, 0),))
    assert (value, len(steps)) == (1433, 2)


def _bids_with(reference_set: ReferenceSet | None):
    (lot,) = read("07-proportional").lots
    written = lot.model.to_json() | {"gates": [{"minimum": "12"}]}
    written.pop("reference_set")
    if reference_set:
        written["reference_set"] = reference_set.value
    a, b, c = lot.bids
    return type(lot.model).from_json(written), [a, b, c]


@pytest.mark.parametrize(
    ("reference_set", "winner"),
    [(ReferenceSet.OPENED, "A"), (ReferenceSet.QUALIFIED, "A"), (ReferenceSet.ABOVE_GATE, "B")],
)
def test_the_set_decides_whether_a_stopped_bid_still_decides(reference_set: ReferenceSet, winner: str) -> None:
    """C has no points and stops at the gate; whether its price of 600 is the lowest one is the model's to say."""
    assert evaluate(*_bids_with(reference_set)).value.winner == winner


def test_a_relative_model_without_a_set_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        evaluate(*_bids_with(None))
    assert (refused.value.fault, refused.value.field) == (InputFault.UNUSABLE_MODEL, "reference_set")


def test_a_bid_in_the_set_needs_a_price_also_when_it_is_out() -> None:
    model, (a, b, c) = _bids_with(ReferenceSet.OPENED)
    out = type(c)("C", "Anbud C", None, {}, "Utan bevis.")
    with pytest.raises(InputError) as refused:
        evaluate(model, [a, b, out])
    assert (refused.value.fault, refused.value.bid) == (InputFault.MISSING_PRICE, "C")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"kind": "mode"}, "r.kind"),
        ({"kind": "fixed"}, "r.amount"),
        ({"kind": "fixed", "amount": "0"}, "r.amount"),
        ({"kind": "lowest", "amount": "5"}, "r.amount"),
    ],
)
def test_what_cannot_be_read_names_its_field(value: object, field: str) -> None:
    with pytest.raises(ModelError) as refused:
        ReferenceValue.from_json(value, "r")
    assert refused.value.field == field


def test_a_fixed_reference_is_no_bid() -> None:
    fixed = ReferenceValue(ReferenceKind.FIXED, Decimal(1000))
    assert (fixed.found(())[0], fixed.is_relative) == (1000, False)
