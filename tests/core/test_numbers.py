import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.numbers import (
    AMOUNT_LIMIT,
    NumberProblem,
    NumberProblemKind,
    parse_amount,
    parse_hours,
    parse_points,
    swedish_amount,
    swedish_number,
    whole_number,
)

K = NumberProblemKind
FULL_WIDTH = "\uff11\uff10\uff15\uff10"
ARABIC = "\u0661\u0660\u0665\u0660"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1050", "1050"),
        ("1 050,50 kr", "1050.5"),
        ("1\u00a0050,50\u00a0kr", "1050.5"),
        ("1\u202f050,50", "1050.5"),
        ("1\u2009050\u2009000", "1050000"),
        ("  1050,5\t", "1050.5"),
        ("1050.50", "1050.5"),
        ("1.050,50", "1050.5"),
        ("1,050.50", "1050.5"),
        ("1.050.000", "1050000"),
        ("1,050,000.00", "1050000"),
        ("1050,000", "1050"),
        ("1 050,500", "1050.5"),
        ("0,500", "0.5"),
        ("0", "0"),
        ("007", "7"),
        ("1140 SEK", "1140"),
        ("SEK 1140", "1140"),
        ("kr 1140", "1140"),
        ("1140 KR/tim", "1140"),
        ("1140 kr / timme", "1140"),
        ("1140:-", "1140"),
        ("1 140 kronor", "1140"),
        ("10 000 000 000", "10000000000"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, expected: str) -> None:
    assert str(parse_amount(text)) == expected


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", K.EMPTY, "Write a number, for example 1050,50."),
        ("  \u00a0", K.EMPTY, "Write a number, for example 1050,50."),
        ("kr", K.EMPTY, "Write a number, for example 1050,50."),
        ("9" * 61, K.TOO_LONG, "The number is too long. Write only the number."),
        (FULL_WIDTH, K.OTHER_DIGITS, f"Write {FULL_WIDTH} with the digits 0 to 9."),
        (ARABIC, K.OTHER_DIGITS, f"Write {ARABIC} with the digits 0 to 9."),
        ("1050½", K.OTHER_DIGITS, "Write 1050½ with the digits 0 to 9."),
        ("1_000", K.UNDERSCORE, "Write 1_000 without underscores."),
        ("NaN", K.NOT_A_NUMBER, "NaN is not a number. Write, for example, 1050,50."),
        ("-Infinity", K.NOT_A_NUMBER, "-Infinity is not a number. Write, for example, 1050,50."),
        ("1e3", K.EXPONENT, "Write 1e3 in full, without e."),
        ("1,5E-3", K.EXPONENT, "Write 1,5E-3 in full, without e."),
        ("tusen", K.LETTERS, "tusen holds letters. Write only the number, for example 1050,50."),
        ("0x41A", K.LETTERS, "0x41A holds letters. Write only the number, for example 1050,50."),
        ("1050 EUR", K.LETTERS, "1050 EUR holds letters. Write only the number, for example 1050,50."),
        ("-1050", K.NEGATIVE, "-1050 is negative. Write a number that is zero or more."),
        ("−1 050,50 kr", K.NEGATIVE, "−1 050,50 kr is negative. Write a number that is zero or more."),
        ("1050-", K.NEGATIVE, "1050- is negative. Write a number that is zero or more."),
        ("1 05 0", K.GROUPS, "The spaces in 1 05 0 do not part thousands. Write, for example, 1050,50."),
        ("1050 50", K.GROUPS, "The spaces in 1050 50 do not part thousands. Write, for example, 1050,50."),
        ("1050,", K.MALFORMED, "1050, cannot be read as a number. Write, for example, 1050,50."),
        (",50", K.MALFORMED, ",50 cannot be read as a number. Write, for example, 1050,50."),
        ("1.0.50", K.MALFORMED, "1.0.50 cannot be read as a number. Write, for example, 1050,50."),
        ("1050/2", K.MALFORMED, "1050/2 cannot be read as a number. Write, for example, 1050,50."),
        ("+1050", K.MALFORMED, "+1050 cannot be read as a number. Write, for example, 1050,50."),
        ("1050\n50", K.MALFORMED, "1050\n50 cannot be read as a number. Write, for example, 1050,50."),
        ("1050,505", K.DECIMALS, "1050,505 has too many decimals. Write at most 2."),
        ("0,005", K.DECIMALS, "0,005 has too many decimals. Write at most 2."),
        ("10 000 000 000,01", K.TOO_LARGE, "10 000 000 000,01 is too large. It can be at most 10000000000."),
        ("9" * 60, K.TOO_LARGE, f"{'9' * 60} is too large. It can be at most 10000000000."),
    ],
)
def test_each_thing_that_can_be_wrong_has_its_own_sentence(text: str, kind: NumberProblemKind, sentence: str) -> None:
    found = parse_amount(text)
    assert isinstance(found, NumberProblem)
    assert (found.kind, str(found.reason), found.readings) == (kind, sentence, ())


@pytest.mark.parametrize(
    ("text", "large", "small"),
    [
        ("1.050", "1050", "1.05"),
        ("1,050", "1050", "1.05"),
        ("12.345 kr", "12345", "12.345"),
        ("999,000", "999000", "999"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_about(text: str, large: str, small: str) -> None:
    found = parse_amount(text)
    assert isinstance(found, NumberProblem)
    assert found.kind is K.TWO_READINGS
    assert [str(reading) for reading in found.readings] == [large, small]
    assert str(found.reason) == f"{text} can mean {large} or {small}. Write the one you mean."


def test_points_and_hours_have_their_own_units_and_limits() -> None:
    assert parse_points("8,5 poäng") == Decimal("8.5")
    assert parse_points("8 p") == 8
    assert parse_hours("7,5 tim") == Decimal("7.5")
    assert parse_hours("626 timmar") == 626
    assert isinstance(parse_points("8 kr"), NumberProblem)
    too_many = parse_points("1 000,5")
    assert isinstance(too_many, NumberProblem)
    assert too_many.kind is K.TOO_LARGE
    clock = parse_hours("1:30")
    assert isinstance(clock, NumberProblem)
    assert clock.kind is K.CLOCK


def test_the_limit_can_be_that_of_the_case() -> None:
    assert parse_amount("3 000 000", limit=Decimal(3_000_000)) == 3_000_000
    above = parse_amount("3 000 000,01", limit=Decimal(3_000_000))
    assert isinstance(above, NumberProblem)
    assert above.kind is K.TOO_LARGE


@given(st.text(max_size=80))
def test_any_text_is_either_a_number_within_limits_or_a_problem(text: str) -> None:
    found = parse_amount(text)
    assert isinstance(found, NumberProblem) or (0 <= found <= AMOUNT_LIMIT and found == round(found, 2))


@given(st.decimals(0, AMOUNT_LIMIT, places=2))
def test_what_is_shown_can_be_typed_back(amount: Decimal) -> None:
    assert parse_amount(swedish_amount(amount)) == amount


@pytest.mark.parametrize(
    ("value", "number", "amount"),
    [
        (Decimal(1440), "1 440", "1 440 kr"),
        (3_000_000, "3 000 000", "3 000 000 kr"),
        (Decimal("1050.50"), "1 050,5", "1 050,50 kr"),
        (Decimal("1E+3"), "1 000", "1 000 kr"),
        (Decimal("-790.05"), "−790,05", "−790,05 kr"),
        (Decimal("-0.00"), "0", "0 kr"),
        (Decimal("0.125"), "0,125", "0,125 kr"),
        (Fraction(3, 2), "1,5", "1,50 kr"),
        (Fraction(4340, 3), "1 446 2/3", "1 446 2/3 kr"),
        (Fraction(-1, 3), "−1/3", "−1/3 kr"),
    ],
)
def test_numbers_are_shown_the_swedish_way(value: Decimal | Fraction | int, number: str, amount: str) -> None:
    assert swedish_number(value) == number.replace(" ", "\u00a0")
    assert swedish_amount(value) == amount.replace(" ", "\u00a0")


@given(st.fractions())
def test_nothing_is_rounded_when_shown(value: Fraction) -> None:
    text = swedish_number(value).replace("\u2212", "-").replace(",", ".")
    sign, parts = (-1, text[1:]) if text.startswith("-") else (1, text)
    *whole, last = parts.split("\u00a0")
    if "/" in last:
        read = sign * (int("".join(whole) or 0) + Fraction(last))
    else:
        read = sign * Fraction(parts.replace("\u00a0", ""))
    assert read == value


PAGE = (Path(__file__).parents[2] / "docs/rules/numbers.md").read_text()


@pytest.mark.parametrize(("text", "expected"), re.findall(r"^\| `(.+?)` \| (.+?) \|$", PAGE, re.MULTILINE))
def test_the_table_of_the_page(text: str, expected: str) -> None:
    found = parse_amount(text)
    if isinstance(found, NumberProblem):
        readings = " or ".join(str(reading) for reading in found.readings)
        assert (f"asked: {readings}" if readings else found.kind.value) == expected
    else:
        assert str(found) == expected


def test_a_caller_may_take_more_decimals() -> None:
    assert parse_amount("1050,505", decimals=6) == Decimal("1050.505")
    problem = parse_points("8,1234567", decimals=6)
    assert isinstance(problem, NumberProblem)
    assert (problem.kind, str(problem.reason)) == (K.DECIMALS, "8,1234567 has too many decimals. Write at most 6.")


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 4301, None), ("", None), ("-1", None)]
    + [(text, None) for text in ("\uff11\uff12", "٣", "²", "1_000", "+1", " 1", "1\n", "1.0", "1e3", "x")],
)  # fmt: skip
def test_a_whole_number_of_an_address_has_only_the_digits_0_to_9_and_fits_a_column(
    text: str, number: int | None
) -> None:
    assert whole_number(text) == number
