from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import LifeCycle, ModelError, Paid
from tests.core.evaluation.worked import check_page, lines


def test_the_worked_example_of_the_page() -> None:
    check_page("life_cycle.md")


def test_the_lines_can_be_followed() -> None:
    told = lines("16-life-cycle-cost", "A")
    assert told[:3] == [
        ("Inköp: 200000 × 1", "200000"),
        ("Discount factor of year 1: 1 ÷ 1.04^1", "25/26"),
        ("25/26 rounded to 4 decimals, halves up", "0.9615"),
    ]
    assert ("Energi, kWh per år: 10000 × 1.50 × 4.4518", "66777") in told
    assert ("Price: 289036 − 16438", "272598") in told
    assert told[-3:] == [
        ("Life-cycle cost of the bid", "272598"),
        ("Evaluation price: the compared price", "272598"),
        ("Place 1", None),
    ]


@pytest.mark.parametrize(("paid", "factor"), [(Paid.ONCE, 1), (Paid.YEARLY, 3), (Paid.AT_END, 1)])
def test_without_interest_a_krona_is_a_krona(paid: Paid, factor: int) -> None:
    assert LifeCycle(3, Decimal(0)).factor(paid)[0] == factor


def test_without_a_published_rounding_the_factor_is_exact() -> None:
    assert LifeCycle(2, Decimal(25)).factor(Paid.YEARLY)[0] == Fraction(4, 5) + Fraction(16, 25)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"years": "0", "rate": "4"}, "l.years"),
        ({"years": 101, "rate": "4"}, "l.years"),
        ({"years": 5, "rate": "-1"}, "l.rate"),
    ],
)
def test_what_cannot_be_read_names_its_field(value: object, field: str) -> None:
    with pytest.raises(ModelError) as refused:
        LifeCycle.from_json(value, "l")
    assert refused.value.field == field
