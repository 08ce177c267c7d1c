from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import ModelError, Rounding, Unit, Way, Where
from rodatraden.core.evaluation.rounding import read_roundings, rounded
from tests.core.evaluation.worked import check_page, lines


def test_the_worked_example_of_the_page() -> None:
    check_page("rounding.md")


def test_a_rounding_is_told_where_it_happens() -> None:
    assert lines("21-rounding", "A")[4:7] == [
        ("34/45 rounded to 3 decimals, halves up", "0.756"),
        ("Price points: 0.756 × 60", "45.36"),
        ("Share of the points: 31 ÷ 40", "0.775"),
    ]


@pytest.mark.parametrize("value", [Fraction("1133.825"), Fraction(4420, 3), Fraction(-7, 3)])
def test_nothing_is_rounded_unless_the_model_says_so(value: Fraction) -> None:
    roundings = (Rounding(Where.PRICE, 0),)
    assert rounded(value, Where.VALUE, (), Unit.AMOUNT) == (value, ())
    assert rounded(value, Where.VALUE, roundings, Unit.AMOUNT) == (value, ())


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "up", "down"),
    [
        ("0.125", "0.13", "0.12", "0.13", "0.12"),
        ("0.135", "0.14", "0.14", "0.14", "0.13"),
        ("-0.125", "-0.13", "-0.12", "-0.13", "-0.12"),
        ("0.1249999999999", "0.12", "0.12", "0.13", "0.12"),
        ("2.675", "2.68", "2.68", "2.68", "2.67"),
        ("7", "7", "7", "7", "7"),
    ],
)
def test_each_way_rounds_once_from_the_exact_value(
    value: str, half_up: str, half_even: str, up: str, down: str
) -> None:
    found = [rounded(Fraction(value), Where.VALUE, (Rounding(Where.VALUE, 2, way),), Unit.POINTS)[0] for way in Way]
    assert found == [Fraction(each) for each in (half_up, half_even, up, down)]


def test_what_is_round_already_needs_no_line() -> None:
    assert rounded(Fraction(7), Where.VALUE, (Rounding(Where.VALUE, 2),), Unit.POINTS) == (7, ())


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ([{"where": "price", "decimals": 2}], "r[0].way"),
        ([{"where": "price", "decimals": "1.5", "way": "up"}], "r[0].decimals"),
        ([{"where": "price", "decimals": 13, "way": "up"}], "r[0].decimals"),
        ([{"where": "prize", "decimals": 2, "way": "up"}], "r[0].where"),
        ([{"where": "price", "decimals": 2, "way": "near"}], "r[0].way"),
        ([{"where": "price", "decimals": 2, "way": "up"}] * 2, "r[1].where"),
    ],
)
def test_a_rounding_that_cannot_be_read_names_its_field(value: object, field: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_roundings(value, "r")
    assert refused.value.field == field


def test_a_rounding_is_the_same_after_json() -> None:
    rounding = Rounding(Where.PRICE_SHARE, 3, Way.DOWN)
    assert read_roundings([rounding.to_json()], "r") == (rounding,)
    assert Decimal(3) == rounding.decimals
