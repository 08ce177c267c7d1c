from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import Rounding
from rodatraden.core.evaluation.rounding import rounded


@pytest.mark.parametrize(
    ("value", "expected"), [(Fraction("1133.825"), Decimal("1133.825")), (Fraction(4420, 3), Fraction(4420, 3))]
)
def test_none_means_none(value: Fraction, expected: object) -> None:
    assert rounded(value, Rounding.NONE) == expected
