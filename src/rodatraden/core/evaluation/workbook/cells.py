"""One cell read without guessing: a number as it is written, a text, a day, or a fault that says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rodatraden.core.evaluation.reading import ModelError, read_day, read_exact
from rodatraden.core.message import Message, say
from rodatraden.core.numbers import AMOUNT_LIMIT, NumberProblem, parse_amount, parse_points

if TYPE_CHECKING:
    from rodatraden.core.exact import Exact

DIGITS = 15
"""Digits that a spreadsheet keeps of a number; what has more was computed and rounded by it."""
DECIMALS = 6
"""As in the case file."""


class CellFault(StrEnum):
    """What can be wrong in a workbook."""

    FORMULA = "formula"
    MERGED = "merged"
    ERROR_VALUE = "error_value"
    FLAG = "flag"
    DAY_FOR_NUMBER = "day_for_number"
    NUMBER_FOR_DAY = "number_for_day"
    PERCENT = "percent"
    NUMBER = "number"
    TOO_PRECISE = "too_precise"
    TEXT = "text"
    MISSING = "missing"
    TWICE = "twice"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_BIDDER = "unknown_bidder"
    CHANGED_WORDS = "changed_words"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, on which sheet, in which row and column (0 and "" when all of it), and the value there."""

    kind: CellFault
    sheet: str
    row: int
    column: str
    value: str
    reason: Message


class CellError(ValueError):
    """A cell that can't be read as what its column holds."""

    def __init__(self, kind: CellFault, reason: Message) -> None:
        super().__init__(str(reason))
        self.kind = kind
        self.reason = reason


def number_in(cell: Any, *, is_score: bool) -> Exact | None:
    """Return the number in a cell, exactly as it is written; None when it is empty.

    Raises:
        CellError: it holds no number, or one that can be read in two ways or was rounded.
    """
    _check_plain(cell)
    value = cell.value
    match value:
        case None:
            return None
        case bool():
            raise CellError(CellFault.FLAG, say("This is true or false. Write a number."))
        case datetime() | date() | time() | timedelta():
            reason = say("The spreadsheet has made this a date. Write the number again, and format the cell as a number.")  # fmt: skip
            raise CellError(CellFault.DAY_FOR_NUMBER, reason)
        case int() | float():
            if "%" in cell.number_format:
                reason = say("The cell shows per cent. Format it as a number, so that what is seen is what is counted.")
                raise CellError(CellFault.PERCENT, reason)
            return _counted(value)
    text = str(value).strip()
    return _typed(text, is_score=is_score) if text else None


def text_in(cell: Any) -> str | None:
    """Return the text in a cell, without space around it; a whole number is text too. None when it is empty.

    Raises:
        CellError: it holds something else.
    """
    _check_plain(cell)
    match cell.value:
        case None:
            return None
        case str() as text:
            return text.strip() or None
        case bool():
            raise CellError(CellFault.FLAG, say("This is true or false. Write a text."))
        case int() as whole:
            return str(whole)
    raise CellError(CellFault.TEXT, say("This is no text. Format the cell as text and write it again."))


def day_in(cell: Any) -> date | None:
    """Return the day in a cell, as a date or written as 2027-02-28; None when it is empty.

    Raises:
        CellError: it holds no day.
    """
    _check_plain(cell)
    match cell.value:
        case None:
            return None
        case datetime() as moment if moment.time() == time():
            return moment.date()
        case str() as text if not text.strip():
            return None
        case str() as text:
            try:
                return read_day(text.strip(), "")
            except ModelError as error:
                raise CellError(CellFault.NUMBER_FOR_DAY, error.reason) from error
    raise CellError(CellFault.NUMBER_FOR_DAY, say("This must be a day, written as 2027-02-28."))


def shown(cell: Any) -> str:
    """Return what stands in a cell, for a person who is to find it."""
    return "" if cell.value is None else str(getattr(cell.value, "text", cell.value))[:200]


def letter(cell: Any) -> str:
    """Return the letter of a cell's column; a cell that is merged away has none of its own."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- read only where a workbook is

    return str(get_column_letter(cell.column))


def cell_value(number: Exact) -> int | float | str:
    """Return a number as a cell holds it: as a number when a spreadsheet keeps all its digits, otherwise as text."""
    if isinstance(number, Fraction):
        return f"{number.numerator}/{number.denominator}"
    if len(number.normalize().as_tuple().digits) > DIGITS:
        return f"{number:f}"
    return int(number) if number == int(number) else float(number)


def _check_plain(cell: Any) -> None:
    if cell.data_type == "f":
        reason = say("This is a formula. Copy the cell and paste it as a value, so that what is counted can be seen.")
        raise CellError(CellFault.FORMULA, reason)
    if cell.data_type == "e":
        raise CellError(CellFault.ERROR_VALUE, say("The spreadsheet could not compute this. Write the value itself."))


def _counted(value: float) -> Decimal:
    number = Decimal(repr(value))
    plain = number.normalize().as_tuple()
    if len(plain.digits) > DIGITS or int(plain.exponent) < -DECIMALS:
        reason = say("This number was computed and has been rounded. Write it with at most {n} decimals.", n=DECIMALS)
        raise CellError(CellFault.TOO_PRECISE, reason)
    return Decimal(f"{number:f}")


def _typed(text: str, *, is_score: bool) -> Exact:
    if "/" in text:
        try:
            return read_exact(text, "")
        except ModelError:
            pass
    parse = parse_points if is_score else parse_amount
    number = parse(text, limit=AMOUNT_LIMIT, decimals=DECIMALS)
    if isinstance(number, NumberProblem):
        raise CellError(CellFault.NUMBER, number.reason)
    return number
