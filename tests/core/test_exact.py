from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.exact import added, as_fraction, decimal_places, in_common, plain, ratio, simplest


@pytest.mark.parametrize("value", [0.1, True, "1", None, Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_exact_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        as_fraction(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(3, 2), Decimal("1.5")),
        (Fraction(-7, 8), Decimal("-0.875")),
        (Fraction(100), Decimal(100)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_simplest_is_a_decimal_wherever_decimals_can_hold_it(value: Fraction, expected: object) -> None:
    assert simplest(value) == expected
    assert type(simplest(value)) is type(expected)


@given(st.fractions())
def test_simplest_never_rounds(value: Fraction) -> None:
    assert Fraction(simplest(value)) == value


@given(st.integers(), st.integers(0, 40))
def test_long_decimals_survive_beyond_the_precision_of_the_context(whole: int, places: int) -> None:
    value = Fraction(whole, 10**places)
    needed = decimal_places(value)
    assert needed is not None
    assert needed <= places
    assert Fraction(simplest(value)) == value


@given(st.lists(st.fractions()))
def test_a_sum_over_a_common_denominator_is_the_sum(values: list[Fraction]) -> None:
    assert added(values) == sum(values, Fraction(0))
    numerators, common = in_common(values)
    assert [Fraction(numerator, common) for numerator in numerators] == values
    assert [ratio(numerator, common) for numerator in numerators] == [simplest(value) for value in values]


def test_a_float_is_refused_though_an_equal_number_was_just_asked_for() -> None:
    assert str(plain(Decimal("1.0"))) == "1"
    with pytest.raises(TypeError):
        plain(1.0)  # type: ignore[arg-type]
