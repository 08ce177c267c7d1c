"""Exact numbers: what decides is never a float, and is rounded only where a model says so by name."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Exact = Decimal | Fraction
"""A number without rounding; `Fraction` only where no decimals can hold it (thirds, from imported cases)."""


def as_fraction(value: object) -> Fraction:
    """Return `value` as a fraction.

    Raises:
        TypeError: it is not a finite Decimal, a Fraction or an int; a float is refused, since it was rounded already.
    """
    if isinstance(value, Decimal):  # the usual cases first: whether anything else is a Fraction is slow to ask
        return _of_decimal(value)
    if type(value) is Fraction or isinstance(value, Fraction):
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
    numerator, denominator = value.as_integer_ratio()
    if denominator == 1:
        return Decimal(numerator)
    places = _places(denominator)
    if places is None:
        return value
    return Decimal(f"{numerator * 10**places // denominator}E-{places}")


@lru_cache(maxsize=4096, typed=True)  # typed: 1.0 equals 1 and is still refused
def plain(value: Exact) -> Exact:
    """Return `value` as `simplest` writes it; what was put in as a Decimal is asked for often."""
    return simplest(as_fraction(value))


def added(values: Iterable[Fraction]) -> Fraction:
    """Return the sum, over one common denominator: much quicker than two at a time."""
    parts, common = in_common(values)
    return Fraction(sum(parts), common)


def in_common(values: Iterable[Fraction]) -> tuple[list[int], int]:
    """Return the numerators over the lowest common denominator, and that denominator: whole numbers add quickly."""
    ratios = [value.as_integer_ratio() for value in values]
    common = lcm(*(denominator for _numerator, denominator in ratios))
    return [numerator * (common // denominator) for numerator, denominator in ratios], common


def ratio(numerator: int, denominator: int) -> Exact:
    """Return a ratio as `simplest` writes it."""
    return Decimal(numerator) if denominator == 1 else simplest(Fraction(numerator, denominator))


def decimal_places(value: Fraction) -> int | None:
    """Return how many decimals `value` needs, or None when they never end."""
    return _places(value.denominator)


@lru_cache(maxsize=4096)  # the same few denominators come again and again
def _places(denominator: int) -> int | None:
    twos = fives = 0
    left = denominator
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
