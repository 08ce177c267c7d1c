from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import Gate


@pytest.mark.parametrize(
    ("points", "passes", "sentence"),
    [
        (Fraction(12), True, "The gate: 12 is at least 12"),
        (Fraction(17), True, "The gate: 17 is at least 12"),
        (Fraction("11.5"), False, "The gate: 11.5 is less than 12"),
        (Fraction(35, 3), False, "The gate: 35/3 is less than 12"),
    ],
)
def test_exactly_the_minimum_passes(points: Fraction, passes: bool, sentence: str) -> None:
    gate = Gate(Decimal("12.0"))
    assert gate.passes(points) is passes
    assert str(Gate(Decimal(12)).step(points).text) == sentence
