"""Numbers as people write them: read without guessing, shown the Swedish way.

`Decimal` alone can't read what people type: it takes `1_000`, `1e3`, `NaN` and digits of every script, and takes neither
"1 050,50 kr" nor a thin space. What can be read in two ways ("1.050") is asked about with both readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.exact import Exact, as_fraction, decimal_places
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable

AMOUNT_LIMIT = Decimal(10_000_000_000)
"""Ten thousand million: more than any amount in a case, so what is larger was mistyped. Source: policy."""
POINTS_LIMIT = Decimal(1000)
"""The longest scale in use has 1000 points (the quality models of seed 003). Source: policy."""
HOURS_LIMIT = Decimal(100_000)
"""Some fifty years of work. Source: policy."""
LONGEST = 60
"""Longer texts are no numbers. Source: policy."""


class NumberProblemKind(StrEnum):
    """What can be wrong with a typed number."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    OTHER_DIGITS = "other_digits"
    UNDERSCORE = "underscore"
    NOT_A_NUMBER = "not_a_number"
    EXPONENT = "exponent"
    LETTERS = "letters"
    CLOCK = "clock"
    NEGATIVE = "negative"
    GROUPS = "groups"
    MALFORMED = "malformed"
    TWO_READINGS = "two_readings"
    DECIMALS = "decimals"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class NumberProblem:
    """Why a text was not read as a number; `readings` are the two values that it may mean."""

    kind: NumberProblemKind
    reason: Message
    readings: tuple[Decimal, ...] = ()


DECIMALS = 2
"""Öre, hundredths of a point and hundredths of an hour."""


def parse_amount(text: str, *, limit: Decimal = AMOUNT_LIMIT, decimals: int = DECIMALS) -> Decimal | NumberProblem:
    """Return the amount in kronor, at most two decimals, with or without "kr", "SEK", ":-" and "/tim"."""
    return _parse(text, _AMOUNT_UNIT, limit, decimals)


def parse_points(text: str, *, limit: Decimal = POINTS_LIMIT, decimals: int = DECIMALS) -> Decimal | NumberProblem:
    """Return the points, at most two decimals, with or without "p" or "poäng"."""
    return _parse(text, _POINTS_UNIT, limit, decimals)


def parse_hours(text: str, *, limit: Decimal = HOURS_LIMIT) -> Decimal | NumberProblem:
    """Return the hours, at most two decimals, with or without "h", "tim" or "timmar"."""
    return _parse(text, _HOURS_UNIT, limit)


def whole_number(text: str) -> int | None:
    """Return the whole number that `text` says with the digits 0 to 9, or None.

    For what stands in an address or in a hidden field. `int` alone takes digits of every script, signs, underscores and
    spaces, raises on more than 4 300 digits, and gives more than a column of a database holds.
    """
    return int(text) if WHOLE_NUMBER.fullmatch(text) else None


WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
"""What the whole number of a database, of 64 bits, always holds."""

_SPACES = re.compile("[\u0020\u0009\u00a0\u2007\u2009\u202f]+")
_AMOUNT_UNIT = re.compile(r"(?:(?:sek|kr) ?)?(.*?) ?(?:(?:kr\.?|kronor|sek)(?: ?/ ?(?:h|tim|timme))?|:-)?", re.DOTALL)
_POINTS_UNIT = re.compile(r"(.*?) ?(?:p|poäng)?", re.DOTALL)
_HOURS_UNIT = re.compile(r"(.*?) ?(?:h|tim|timme|timmar)?", re.DOTALL)

_FAULTS: tuple[tuple[NumberProblemKind, re.Pattern[str], Callable[[str], Message]], ...] = (
    (
        NumberProblemKind.OTHER_DIGITS,
        re.compile(r".*((?![0-9])\d|[¼½¾¹²³]).*"),
        lambda text: say("Write {text} with the digits 0 to 9.", text=text),
    ),
    (
        NumberProblemKind.UNDERSCORE,
        re.compile(r".*_.*"),
        lambda text: say("Write {text} without underscores.", text=text),
    ),
    (
        NumberProblemKind.NOT_A_NUMBER,
        re.compile(r"[+-]?(s?nan|inf|infinity|∞)"),
        lambda text: say("{text} is not a number. Write, for example, 1050,50.", text=text),
    ),
    (
        NumberProblemKind.EXPONENT,
        re.compile(r"[+-]?[\d.,]+e[+-]?\d+"),
        lambda text: say("Write {text} in full, without e.", text=text),
    ),
    (
        NumberProblemKind.LETTERS,
        re.compile(r".*[^\W\d_].*"),
        lambda text: say("{text} holds letters. Write only the number, for example 1050,50.", text=text),
    ),
    (
        NumberProblemKind.CLOCK,
        re.compile(r"\d+:\d+"),
        lambda text: say("Write {text} as a number with decimals: one hour and a half is 1,5.", text=text),
    ),
    (
        NumberProblemKind.NEGATIVE,
        re.compile(r"[-−–] ?[\d., ]+|[\d., ]+[-−–]"),
        lambda text: say("{text} is negative. Write a number that is zero or more.", text=text),
    ),
)
"""Signs that no number has, most telling first."""

_SHAPES = (
    re.compile(r"(\d+|\d{1,3}(?: \d{3})+)(?:[.,](\d+))?"),  # 1050,50 and 1 050,50
    re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d+)"),  # 1.050,50
    re.compile(r"(\d{1,3}(?:,\d{3})+)\.(\d+)"),  # 1,050.50
    re.compile(r"(\d{1,3}(?:\.\d{3}){2,})()"),  # 1.050.000
    re.compile(r"(\d{1,3}(?:,\d{3}){2,})()"),  # 1,050,000
)
_TWO_READINGS = re.compile(r"([1-9]\d{0,2})[.,](\d{3})")
"""A single point or comma before exactly three digits; after a lone zero nobody parts thousands."""


def _parse(text: str, unit: re.Pattern[str], limit: Decimal, decimals: int = DECIMALS) -> Decimal | NumberProblem:
    shown = text.strip()
    if len(shown) > LONGEST:
        return NumberProblem(NumberProblemKind.TOO_LONG, say("The number is too long. Write only the number."))
    plain = _SPACES.sub(" ", shown).lower()
    with_unit = unit.fullmatch(plain)
    body = with_unit[1] if with_unit else plain
    if not body:
        return NumberProblem(NumberProblemKind.EMPTY, say("Write a number, for example 1050,50."))
    for kind, fault, reason in _FAULTS:
        if fault.fullmatch(body):
            return NumberProblem(kind, reason(shown))
    number = _number(body)
    return _two_readings(shown, body) or (
        _malformed(shown, body) if number is None else _within(shown, number, limit, decimals)
    )


def _two_readings(shown: str, body: str) -> NumberProblem | None:
    found = _TWO_READINGS.fullmatch(body)
    if not found:
        return None
    large, small = Decimal(found[1] + found[2]), _shortest(Decimal(f"{found[1]}.{found[2]}"))
    reason = say("{text} can mean {large} or {small}. Write the one you mean.", text=shown, large=large, small=small)
    return NumberProblem(NumberProblemKind.TWO_READINGS, reason, (large, small))


def _number(body: str) -> Decimal | None:
    for shape in _SHAPES:
        found = shape.fullmatch(body)
        if found:
            return _shortest(Decimal(f"{re.sub('[ .,]', '', found[1])}.{found[2] or 0}"))
    return None


def _within(shown: str, number: Decimal, limit: Decimal, decimals: int) -> Decimal | NumberProblem:
    if number > limit:
        reason = say("{text} is too large. It can be at most {limit}.", text=shown, limit=limit)
        return NumberProblem(NumberProblemKind.TOO_LARGE, reason)
    if number != round(number, decimals):
        reason = say("{text} has too many decimals. Write at most {most}.", text=shown, most=decimals)
        return NumberProblem(NumberProblemKind.DECIMALS, reason)
    return number


def _malformed(shown: str, body: str) -> NumberProblem:
    if re.fullmatch(r"[\d ]+(?:[.,]\d+)?", body):
        reason = say("The spaces in {text} do not part thousands. Write, for example, 1050,50.", text=shown)
        return NumberProblem(NumberProblemKind.GROUPS, reason)
    reason = say("{text} cannot be read as a number. Write, for example, 1050,50.", text=shown)
    return NumberProblem(NumberProblemKind.MALFORMED, reason)


def _shortest(number: Decimal) -> Decimal:
    """Return `number` without trailing zeros and without exponent: 1050.50 and 1050.5 are one value."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else number


NBSP = "\u00a0"
MINUS = "\u2212"


def swedish_number(value: Exact | int) -> str:
    """Return `value` exactly, with U+00A0 between thousands, decimal comma and U+2212 as minus.

    Nothing is rounded: what no decimals can hold is written as a mixed number ("1 446 2/3").
    """
    exact = as_fraction(value)
    places = decimal_places(exact)
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    sign = MINUS if exact < 0 else ""
    if places is None:
        parts = [_grouped(whole)] if whole else []
        return sign + NBSP.join([*parts, f"{rest}/{exact.denominator}"])
    decimals = str(rest * 10**places // exact.denominator).rjust(places, "0") if places else ""
    return sign + ",".join([_grouped(whole), decimals] if decimals else [_grouped(whole)])


def swedish_sum(value: Exact | int) -> str:
    """Return a sum of money without its currency, with öre as two decimals only when there are öre: "1 440", "1 050,50"."""
    text = swedish_number(value)
    _, comma, decimals = text.partition(",")
    return f"{text}0" if comma and len(decimals) < DECIMALS else text


def swedish_amount(value: Exact | int) -> str:
    """Return `value` in kronor: "1 440 kr", "1 050,50 kr"."""
    return f"{swedish_sum(value)}{NBSP}kr"


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", NBSP)
