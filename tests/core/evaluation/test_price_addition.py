from decimal import Decimal

import pytest

from rodatraden.core.evaluation import ModelError, PriceAddition
from rodatraden.core.exact import as_fraction
from tests.core.evaluation.worked import check_page, lines, outcome


def test_the_worked_example_of_the_page() -> None:
    check_page("price_addition.md")


def test_the_outcome_is_told_in_words() -> None:
    assert outcome("seed-000").value.winner == "mellanrum"
    assert [str(step.text) for step in outcome("seed-000").steps] == [
        "4 bids: 3 ranked, 1 below the gate, 0 not qualified.",
        "Mellanrum Samverkan AB has the lowest evaluation price.",
    ]


def test_every_step_can_be_followed_with_a_pocket_calculator() -> None:
    assert lines("seed-000", "mellanrum") == [
        ("Metod: 9 of 10", "9"),
        ("Case: 8 of 10", "8"),
        ("Points: 9 + 8", "17"),
        ("The gate: 17 is at least 12", None),
        ("Hourly price in the bid", "1140"),
        ("Addition: (20 − 17) × 100", "300"),
        ("Evaluation price: 1140 + 300", "1440"),
        ("Place 1", None),
    ]
    assert lines("seed-000", "eketorp") == [
        ("Metod: 5 of 10", "5"),
        ("Case: 6 of 10", "6"),
        ("Points: 5 + 6", "11"),
        ("The gate: 11 is less than 12", None),
    ]
    assert str(outcome("seed-000").results[-1].reason) == "11 points are below the gate of 12."


def test_half_points_and_ore_are_exact() -> None:
    addition = PriceAddition(per_point=Decimal("33.33"), target=Decimal(20))
    price, steps = addition.evaluation_price(as_fraction(Decimal("1050.50")), as_fraction(Decimal("17.5")))
    assert price == as_fraction(Decimal("1133.825"))
    assert [str(step.text) for step in steps] == [
        "Addition: (20 − 17.5) × 33.33",
        "Evaluation price: 1050.5 + 83.325",
    ]


def test_a_price_addition_that_cannot_be_read_names_its_field() -> None:
    with pytest.raises(ModelError) as refused:
        PriceAddition.from_json({"method": "price_addition", "per_point": "1_000", "target": "20"}, "c")
    assert (refused.value.field, refused.value.value) == ("c.per_point", "'1_000'")
