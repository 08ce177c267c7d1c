"""What stands in a cell is read as it is written, or told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.evaluation.workbook.cells import (
    CellError,
    CellFault,
    cell_value,
    day_in,
    letter,
    number_in,
    text_in,
)

NOON = datetime(2027, 2, 28, 12, tzinfo=UTC).replace(tzinfo=None)
F = CellFault


def cell(value: object, number_format: str = "General") -> object:
    found = openpyxl.Workbook().active.cell(row=1, column=28, value=value)
    found.number_format = number_format
    return found


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1050, "1050"),
        (1050.5, "1050.5"),
        (float("1050.0999999999999"), "1050.1"),  # how Excel stores 1050.1
        (1e3, "1000"),
        ("1 050,50", "1050.5"),
        ("1\u00a0050,50 kr", "1050.5"),
        ("1.050,50", "1050.5"),
        (" 1140:- ", "1140"),
        ("1050,505", "1050.505"),
        (None, None),
        ("  ", None),
    ],
)
def test_amounts(value: object, number: str | None) -> None:
    assert number_in(cell(value), is_score=False) == (None if number is None else Decimal(number))


def test_scores() -> None:
    assert [number_in(cell(each), is_score=True) for each in ("8,5 p", "26/3", 7)] == [
        Decimal("8.5"), Fraction(26, 3), Decimal(7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "kind", "sentence"),
    [
        ("NaN", F.NUMBER, "NaN is not a number. Write, for example, 1050,50."),
        ("1e3", F.NUMBER, "Write 1e3 in full, without e."),
        ("1_000", F.NUMBER, "Write 1_000 without underscores."),
        ("\uff11\uff10\uff15\uff10", F.NUMBER, "Write \uff11\uff10\uff15\uff10 with the digits 0 to 9."),
        ("1.050", F.NUMBER, "1.050 can mean 1050 or 1.05. Write the one you mean."),
        ("-5", F.NUMBER, "-5 is negative. Write a number that is zero or more."),
        ("ungefär 5", F.NUMBER, "ungefär 5 holds letters. Write only the number, for example 1050,50."),
        ("3/4 2027", F.NUMBER, None),
        ("1,1234567", F.NUMBER, "1,1234567 has too many decimals. Write at most 6."),
        ("=1+1", F.FORMULA, None),
        ("#DIV/0!", F.ERROR_VALUE, None),
        (True, F.FLAG, "This is true or false. Write a number."),
        (NOON, F.DAY_FOR_NUMBER, None),
        (time(8), F.DAY_FOR_NUMBER, None),
        (timedelta(1), F.DAY_FOR_NUMBER, None),
        (0.1 + 0.2, F.TOO_PRECISE, "This number was computed and has been rounded. Write it with at most 6 decimals."),
        (1 / 3, F.TOO_PRECISE, None),
        (0.0000001, F.TOO_PRECISE, None),
    ],
)
def test_what_is_no_number_is_told(value: object, kind: CellFault, sentence: str | None) -> None:
    with pytest.raises(CellError) as refused:
        number_in(cell(value), is_score=False)
    assert refused.value.kind is kind
    assert sentence is None or str(refused.value.reason) == sentence


def test_per_cent_is_told_since_the_cell_shows_another_number() -> None:
    with pytest.raises(CellError) as refused:
        number_in(cell(0.85, "0 %"), is_score=True)
    assert refused.value.kind is F.PERCENT


def test_a_formula_that_is_only_text_is_text() -> None:
    found = cell("=1+1")
    found.data_type = "s"
    assert text_in(found) == "=1+1"


def test_texts() -> None:
    assert [text_in(cell(each)) for each in (" Anbud A ", 5561234567, None, "  ")] == [
        "Anbud A",
        "5561234567",
        None,
        None,
    ]
    for value, kind in ((True, F.FLAG), (1.5, F.TEXT), (NOON, F.TEXT), ("=A1", F.FORMULA)):
        with pytest.raises(CellError) as refused:
            text_in(cell(value))
        assert refused.value.kind is kind


def test_days() -> None:
    midnight = datetime(2027, 2, 28, tzinfo=UTC).replace(tzinfo=None)
    assert [day_in(cell(each)) for each in (midnight, "2027-02-28", None, " ")] == [
        date(2027, 2, 28), date(2027, 2, 28), None, None,
    ]  # fmt: skip
    for value in (46446, NOON, "28/2 2027", "2027-02-30", True):
        with pytest.raises(CellError) as refused:
            day_in(cell(value))
        assert refused.value.kind is F.NUMBER_FOR_DAY


@given(st.one_of(st.decimals(0, 10**10, places=6), st.fractions(max_denominator=999).map(lambda f: f % 1000)))
def test_every_number_that_is_written_is_read_back_as_it_was(number: Decimal | Fraction) -> None:
    assert number_in(cell(cell_value(number)), is_score=True) == number


def test_a_column_has_its_letter() -> None:
    assert letter(cell(1)) == "AB"
