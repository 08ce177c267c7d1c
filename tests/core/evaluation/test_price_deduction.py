from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import ModelError, PriceDeduction, ReferenceKind, ReferenceValue
from rodatraden.core.evaluation.field import Entry, Field
from tests.core.evaluation.worked import check_page, lines, outcome


def test_the_worked_example_of_the_page() -> None:
    check_page("price_deduction.md")


def test_negative_values_stand_and_rank_as_an_addition_does() -> None:
    assert [(result.key, result.value) for result in outcome("03-price-deduction").results][:3] == [
        ("A", -560),
        ("B", -500),
        ("C", -440),
    ]


def test_the_worth_of_a_point_is_told_when_it_comes_from_the_bids() -> None:
    assert lines("11-median", "A")[2:6] == [
        ("The median of 3 prices", "1400"),
        ("One point: 5 % of 1400", "70"),
        ("Deduction: 18 × 70", "1260"),
        ("Evaluation price: 1400 − 1260", "140"),
    ]


def test_a_published_floor_clips_and_is_told() -> None:
    floored = PriceDeduction(Decimal(100), floor=Decimal(0))
    value, steps = floored.weighed(Entry(Fraction(1140), Fraction(17)), Field())
    assert value == 0
    assert str(steps[-1].text) == "No evaluation price is lower than 0"
    assert not floored.always_counts


def test_only_a_reference_among_the_bids_makes_it_relative() -> None:
    fixed = ReferenceValue(ReferenceKind.FIXED, Decimal(1000))
    median = ReferenceValue(ReferenceKind.MEDIAN)
    assert [PriceDeduction(Decimal(1), of).is_relative for of in (None, fixed, median)] == [False, False, True]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"per_point": "0"}, "c.per_point"), ({"of": {"kind": "mode"}}, "c.of.kind"), ({"floor": "x"}, "c.floor")],
)
def test_what_cannot_be_read_names_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(ModelError) as refused:
        PriceDeduction.from_json({"method": "price_deduction", "per_point": "1", **change}, "c")
    assert refused.value.field == field
