from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, Gate, Measure, Model, ModelError, Status
from tests.core.evaluation.worked import check_page, lines, outcome, read

TWO = tuple(Criterion(key, key.title(), Scale(Decimal(0), Decimal(10), None)) for key in ("method", "case"))


def test_the_worked_example_of_the_page() -> None:
    check_page("gate.md")


@pytest.mark.parametrize(
    ("case", "passes", "sentence"),
    [
        (Fraction(3), True, "The gate: 12 is at least 12"),
        (Fraction(8), True, "The gate: 17 is at least 12"),
        (Fraction("2.5"), False, "The gate: 11.5 is less than 12"),
        (Fraction(8, 3), False, "The gate: 35/3 is less than 12"),
    ],
)
def test_exactly_the_minimum_passes(case: Fraction, passes: bool, sentence: str) -> None:
    judgement = Gate(Decimal("12.0")).judged(TWO, {"method": Fraction(9), "case": case})
    assert (judgement.reason is None) is passes
    assert [str(step.text) for step in judgement.steps] == [sentence]


def test_a_gate_minds_only_its_criteria_and_says_which() -> None:
    judgement = Gate(Decimal(5), ("case",)).judged(TWO, {"method": Fraction(10), "case": Fraction(4)})
    assert [str(step.text) for step in judgement.steps] == ["The gate on Case: 4 is less than 5"]
    assert str(judgement.reason) == "4 points on Case are below the gate of 5."
    assert Gate(Decimal(5), ("case",)).judged(TWO, {"method": Fraction(0), "case": Fraction(5)}).reason is None


def test_per_cent_is_of_the_most_that_can_be_had_on_what_is_minded() -> None:
    assert Gate(Decimal(70), measure=Measure.PERCENT).least(TWO) == 14
    assert Gate(Decimal(50), ("case",), Measure.PERCENT).least(TWO) == 5


def test_the_first_gate_that_stops_gives_the_reason() -> None:
    reasons = {result.key: str(result.reason) for result in outcome("19-gates").results if result.reason}
    assert reasons == {
        "C": "9 points on Plan are below the gate of 10.",
        "D": "64 points are below the gate of 70.",
    }
    assert ("The gate: 70 % of 100", "70") in lines("19-gates", "D")


def test_a_stopped_bid_decides_nothing_when_the_set_is_those_above_the_gate() -> None:
    (lot,) = read("19-gates").lots
    assert {bid.key for bid in lot.bids if bid.price and bid.price < 90000} == {"C", "D"}
    assert ("The lowest of 2 prices", "90000") in lines("19-gates", "A")
    assert [result.status for result in outcome("19-gates").results][2:] == [Status.BELOW_GATE] * 2


@pytest.mark.parametrize(
    ("gate", "field", "value", "sentence"),
    [
        ({"minimum": "1e1"}, "g.minimum", "'1e1'", "This must be a number written in full."),
        ({"minimum": "1", "criteria": ["a", "a"]}, "g.criteria", "['a', 'a']", "A criterion stands twice."),
        ({"minimum": "1", "measure": "share"}, "g.measure", "'share'", "This must be one of: points, percent."),
    ],
)
def test_a_gate_that_cannot_be_read_names_its_field(gate: object, field: str, value: str, sentence: str) -> None:
    with pytest.raises(ModelError) as refused:
        Gate.from_json(gate, "g")
    assert (refused.value.field, refused.value.value, str(refused.value.reason)) == (field, value, sentence)


def test_a_gate_on_an_unknown_criterion_is_refused_with_the_model() -> None:
    (lot,) = read("19-gates").lots
    written = lot.model.to_json() | {"gates": [{"minimum": "1", "criteria": ["price"]}]}
    with pytest.raises(ModelError) as refused:
        Model.from_json(written)
    assert (refused.value.field, refused.value.value) == ("model.gates[0].criteria[0]", "'price'")
