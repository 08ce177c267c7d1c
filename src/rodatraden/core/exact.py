"""Exact numbers: what decides is never a float, and is rounded only where a model says so by name."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from functools import lru_cache

Exact = Decimal | Fraction
"""A number without rounding; `Fraction` only where no decimals can hold it (thirds, from imported cases)."""


def as_fraction(value: object) -> Fraction:
    """Return `value` as a fraction.

    Raises:
        TypeError: it is not a finite Decimal, a Fraction or an int; a float is refused, since it was rounded already.
    """
    if isinstance(value, Decimal):  # the usual case first: whether something is a Fraction is slow to ask
        return _of_decimal(value)
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    raise TypeError(f"{value!r} is not an exact number")


@lru_cache(maxsize=4096)  # the same few scales, amounts and scores are read again and again
def _of_decimal(value: Decimal) -> Fraction:
    try:
        return Fraction(*value.as_integer_ratio())
    except (ValueError, OverflowError) as error:
        raise TypeError(f"{value} is not finite") from error


def simplest(value: Fraction) -> Exact:
    """Return `value` as a Decimal without trailing zeros when decimals can hold it, otherwise as it is."""
    if value.denominator == 1:
        return Decimal(value.numerator)
    places = decimal_places(value)
    if places is None:
        return value
    whole = value.numerator * 10**places // value.denominator
    return Decimal(f"{whole}E-{places}")


def decimal_places(value: Fraction) -> int | None:
    """Return how many decimals `value` needs, or None when they never end."""
    twos = fives = 0
    left = value.denominator
    while left % 2 == 0:
        left, twos = left // 2, twos + 1
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    return max(twos, fives) if left == 1 else None


def rounded_decimal(value: Fraction, places: int, way: str) -> Decimal:
    """Return `value` rounded once, from its exact value, to `places` decimals in one of the ways of `decimal`."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    half = 2 * rest - scaled.denominator
    up = {
        ROUND_HALF_UP: half >= 0,
        ROUND_HALF_EVEN: half > 0 or (half == 0 and whole % 2 == 1),
        ROUND_UP: rest > 0,
        ROUND_DOWN: False,
    }[way]
    return Decimal(f"{'-' if value < 0 else ''}{whole + up}E-{places}")
