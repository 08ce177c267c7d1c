from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import (
    Bid,
    Criterion,
    Curve,
    Gate,
    InputError,
    InputFault,
    ModelError,
    PricePoints,
    ReferenceSet,
    WeightedSum,
    evaluate,
)
from rodatraden.core.evaluation.field import Entry, Field, UndefinedError
from rodatraden.core.evaluation.robustness import Again
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.worked import check_page, lines, outcome, read

HALVES = WeightedSum(Decimal(50), Decimal(50), Decimal(100), PricePoints(Curve.PROPORTIONAL), of_best=True)


def test_the_worked_example_of_the_page() -> None:
    check_page("weighted_sum.md")


def test_the_lines_can_be_followed() -> None:
    assert lines("15-quality-of-best", "B")[1:-1] == [
        ("Hourly price in the bid", "1000"),
        ("The lowest of 2 prices", "1000"),
        ("Share: 1000 ÷ 1000", "1"),
        ("Price points: 1 × 0.6", "0.6"),
        ("Share of the best bid's points: 12 ÷ 16", "0.75"),
        ("Quality points: 0.75 × 0.4", "0.3"),
        ("Evaluation points: 0.6 + 0.3", "0.9"),
    ]


def test_a_losing_bid_decides_between_two_others_in_a_relative_model() -> None:
    assert outcome("07-third-bid").value.winner == "B"
    assert outcome("07-third-bid-without-c").value.winner == "A"


def test_a_tie_that_floats_would_miss_is_a_tie() -> None:
    """0.6 × 0.9 + 0.4 × 19/20 and 0.6 × 1 + 0.4 × 16/20 are both 0.92; in floats the second is 0.9199999999999999."""
    weights = WeightedSum(Decimal("0.6"), Decimal("0.4"), Decimal(1), PricePoints(Curve.PROPORTIONAL))
    field = Field(prices=(Fraction(900),), most_points=Fraction(20))
    values = [weights.weighed(Entry(Fraction(p), Fraction(q)), field)[0] for p, q in ((1000, 19), (900, 16))]
    assert values == [Fraction("0.92")] * 2


def test_weights_that_do_not_sum_are_refused() -> None:
    (lot,) = read("07-proportional").lots
    written = lot.model.to_json()
    written["combination"] = {**lot.model.combination.to_json(), "price_weight": "0.7"}
    with pytest.raises(InputError) as refused:
        evaluate(type(lot.model).from_json(written), lot.bids)
    assert (refused.value.fault, refused.value.field) == (InputFault.UNUSABLE_MODEL, "combination.total")
    assert str(refused.value) == "The weights add up to 1.1, but their published sum is 1."


def test_shares_of_no_points_have_no_meaning() -> None:
    with pytest.raises(UndefinedError):
        HALVES.weighed(Entry(Fraction(1), Fraction(0)), Field(prices=(Fraction(1),), points=(Fraction(0),)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price_weight": "0"}, "c.price_weight"),
        ({"quality_weight": "NaN"}, "c.quality_weight"),
        ({"of_best": "yes"}, "c.of_best"),
        ({"price_points": {}}, "c.price_points.curve"),
    ],
)
def test_what_cannot_be_read_names_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(ModelError) as refused:
        WeightedSum.from_json(HALVES.to_json() | change, "c")
    assert refused.value.field == field


def test_a_bid_below_a_gate_is_the_best_on_the_same_scale_as_those_that_are_counted_up() -> None:
    (lot,) = read("15-quality-of-best").lots
    scale = Scale(Decimal(0), Decimal(10))
    model = replace(
        lot.model,
        criteria=(Criterion("a", "A", scale), Criterion("b", "B", scale)),
        gates=(Gate(Decimal(5), ("b",)),),
        reference_set=ReferenceSet.QUALIFIED,
        total=None,
        renormalised_to=Decimal(100),
    )
    inside = Bid("inside", "Inside", Decimal(1000), {"a": Decimal(3), "b": Decimal(5)})
    below = Bid("below", "Below", Decimal(1000), {"a": Decimal(10), "b": Decimal(4)})
    (first, *_others) = evaluate(model, [inside, below]).results
    assert (first.key, first.points) == ("inside", 40)
    assert first.value == as_fraction(Decimal("0.6")) + as_fraction(Decimal("0.4")) * Fraction(40, 70)
    assert Again(model, [inside, below]).first() == ("inside",)
