"""Write a case and its outcome as a workbook: every text is text, every number is exact, nothing is a formula."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation.outcome import Status
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.evaluation.workbook.cells import cell_value
from rodatraden.core.evaluation.workbook.columns import (
    ASSIGNMENT_COLUMNS,
    ASSIGNMENTS,
    BIDS,
    DATA,
    MODEL,
    RESULT,
    Holds,
    bid_columns,
    in_column,
    sheet_name,
)
from rodatraden.core.exact import as_fraction, rounded_decimal
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rodatraden.core.evaluation.case import Case, Part
    from rodatraden.core.evaluation.lots import LotOutcome
    from rodatraden.core.evaluation.outcome import BidResult
    from rodatraden.core.evaluation.workbook.columns import Column
    from rodatraden.core.exact import Exact

    Said = Callable[[Message], str]

FORMAT = 1
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet may take for a formula."""
ROWS_TO_FILL = 100
"""Rows below the bids whose scores a spreadsheet minds while they are typed."""
NEAR = 6
"""Decimals of what a calculator shows."""
LONGEST_IN_A_CELL = 32_767
"""Signs of UTF-16: what Excel keeps of a text. openpyxl cuts off what is longer, without a word. Source: Microsoft's specifications
and limits of Excel."""
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Signs that no Office file can hold."""


class WorkbookError(ValueError):
    """A file that is no workbook of what is asked for, or a text that none can hold; `reason` says what to do."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def write_workbook(case: Case, outcomes: Sequence[LotOutcome], said: Said) -> bytes:
    """Return the workbook of a case; `said` puts the sentences of the core in the reader's language."""
    import openpyxl  # noqa: PLC0415 -- a command that writes no workbook need not wait for it

    book = openpyxl.Workbook()
    words = model_words(case, said)
    sheet = book.active
    sheet.title = MODEL
    _lines(sheet, words, width=110)
    for n, part in enumerate(case.parts):
        _bids(book.create_sheet(sheet_name(BIDS, case, n)), part, said)
        if any(criterion.months for criterion in part.lot.model.criteria):
            _assignments(book.create_sheet(sheet_name(ASSIGNMENTS, case, n)), part, said)
    _result(book.create_sheet(RESULT), case, outcomes, said)
    _lines(book.create_sheet(DATA), _data(case, words), width=110)
    out = io.BytesIO()
    book.save(out)
    return without_times(out.getvalue())


def without_times(saved: bytes) -> bytes:
    """Return the file with no moment at its parts: openpyxl takes them from the clock of the machine, part by part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(part, parts.read(name))
    return out.getvalue()


def model_words(case: Case, said: Said) -> list[str]:
    """Return the lines of the sheet with the model in words; empty lines part the lots."""
    lines = [case.title, *([case.source] if case.source else []), ""]
    lines.append(said(say("These words follow from the model on the sheet {sheet}. A change here changes nothing in the counting, and is told when the file is read.", sheet=DATA)))  # fmt: skip
    for part in case.parts:
        lines += ["", *([part.lot.label] if part.lot.label else []), *(said(each) for each in worded(part.lot.model))]
        lines.append(said(say("The model's fingerprint: {hash}", hash=part.lot.model.hash)))
    return [clean(line) for line in lines]


def clean(text: str) -> str:
    """Return a text as a cell can hold it, on one line."""
    return seen(" ".join(text.splitlines()))


def seen(text: str) -> str:
    """Return a text with the signs that no Office file can hold replaced by U+FFFD, which shows that something stood there."""
    return _UNSEEN.sub("\ufffd", text)


def _data(case: Case, words: list[str]) -> list[str]:
    """Return the case without bids as lines of JSON, with the words that were written."""
    found = json.loads(canonical_json(case.to_json()))
    for lot in found.get("lots", [found]):
        lot["bids"] = []
    return json.dumps({"workbook": FORMAT, "words": words, "case": found}, ensure_ascii=False, indent=1).splitlines()


def _lines(sheet: Any, lines: Iterable[str], *, width: int) -> None:
    for n, line in enumerate(lines, 1):
        write_text(sheet, n, 1, line)
    sheet.column_dimensions["A"].width = width
    _bold(sheet.cell(row=1, column=1))


def _bids(sheet: Any, part: Part, said: Said) -> None:
    columns = bid_columns(part.lot.model)
    about = say("Fill in a row for each bid. Write numbers as values, never as formulas, and merge no cells. The grey row says what each column is and stays as it is.")  # fmt: skip
    start = _head(sheet, part.lot.label or BIDS, about, columns, said)
    for row, bid in enumerate(part.lot.bids, start):
        for number, column in enumerate(columns, 1):
            _fill(sheet, row, number, in_column(bid, column))
    for number, column in enumerate(columns, 1):
        if column.criterion is not None and column.criterion.months is None:
            _mind(sheet, number, start, start + len(part.lot.bids) + ROWS_TO_FILL, column)


def _assignments(sheet: Any, part: Part, said: Said) -> None:
    about = say("Each assignment has a row. Days that overlap are counted once.")
    row = _head(sheet, part.lot.label or ASSIGNMENTS, about, ASSIGNMENT_COLUMNS, said)
    for bid in part.lot.bids:
        for key, listed in bid.assignments.items():
            for each in listed:
                for number, value in enumerate((bid.key, key, each.first, each.last), 1):
                    _fill(sheet, row, number, value)
                row += 1


def _head(sheet: Any, title: str, about: Message, columns: Sequence[Column], said: Said) -> int:
    """Write what stands above the rows, and return the first row to fill in."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 -- as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- as above

    _bold(write_text(sheet, 1, 1, title))
    write_text(sheet, 2, 1, said(about))
    for number, column in enumerate(columns, 1):
        _bold(write_text(sheet, 3, number, said(column.heading))).alignment = Alignment(wrap_text=True, vertical="top")
        if column.hint is not None:
            write_text(sheet, 4, number, said(column.hint)).alignment = Alignment(wrap_text=True, vertical="top")
        write_text(sheet, 5, number, column.field).font = Font(italic=True, color="808080")
        is_wide = column.holds is Holds.TEXT and column.field != "currency"
        sheet.column_dimensions[get_column_letter(number)].width = 28 if is_wide else 16
    sheet.freeze_panes = "A6"
    return 6


def _mind(sheet: Any, number: int, first: int, last: int, column: Column) -> None:
    """Have the spreadsheet refuse a score outside its scale while it is typed."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- as above
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 -- as above

    if column.criterion is None:
        return
    scale = column.criterion.scale
    rule = DataValidation(
        type="decimal", operator="between", formula1=f"{scale.lowest:f}", formula2=f"{scale.highest:f}", allow_blank=True
    )  # fmt: skip
    letter = get_column_letter(number)
    rule.add(f"{letter}{first}:{letter}{last}")
    sheet.add_data_validation(rule)


def _result(sheet: Any, case: Case, outcomes: Sequence[LotOutcome], said: Said) -> None:
    note = say("Computed when the file was written. When the bids have been changed the file must be computed again.")
    rows: list[Sequence[Exact | int | str | None]] = [[case.title], [said(note)]]
    bold = {1}
    for part, found in zip(case.parts, outcomes, strict=True):
        outcome = found.outcome
        rows += [[], *([[part.lot.label]] if part.lot.label else [])]
        rows += [[said(step.text)] for step in outcome.steps] + [[said(each)] for each in found.steps]
        rows += [[], [said(each) for each in _RANKED]]
        bold.add(len(rows))
        rows += [_ranked(result, said) for result in outcome.results]
        rows += [[], [said(each) for each in _STEPS]]
        bold.add(len(rows))
        rows += [row for result in outcome.results for row in _steps(result, said)]
        rows += [[], [said(say("Fingerprint of what was put in")), outcome.inputs_hash]]
        rows += [[said(say("Fingerprint of the outcome")), outcome.hash]]
    for n, row in enumerate(rows, 1):
        for number, value in enumerate(row, 1):
            _fill(sheet, n, number, value)
            if n in bold:
                _bold(sheet.cell(row=n, column=number))
    for letter, width in {"A": 34, "B": 60, "C": 16, "D": 16, "E": 16}.items():
        sheet.column_dimensions[letter].width = width


_RANKED = (say("Bid"), say("Place or reason"), say("Points"), say("Compared price"), say("Value"))
_STEPS = (say("Bid"), say("Step"), say("Exact value"), say("About"))


def _ranked(result: BidResult, said: Said) -> list[Exact | int | str | None]:
    where: int | str | None = result.place
    if result.status is not Status.RANKED and result.reason is not None:
        where = said(result.reason)
    return [result.name, where, result.points, result.price, result.value]


def _steps(result: BidResult, said: Said) -> Iterator[list[Exact | int | str | None]]:
    for step in result.steps:
        near = None
        if step.value is not None and isinstance(cell_value(step.value), str):
            near = rounded_decimal(as_fraction(step.value), NEAR, ROUND_HALF_UP)
        yield [result.name, said(step.text), step.value, near]


def _fill(sheet: Any, row: int, column: int, value: Any) -> None:
    match value:
        case None:
            return
        case str():
            write_text(sheet, row, column, value)
        case Decimal() | Fraction():
            plain = cell_value(value)
            if isinstance(plain, str):
                write_text(sheet, row, column, plain)
            else:
                sheet.cell(row=row, column=column, value=plain)
        case _:  # a day, or a place
            sheet.cell(row=row, column=column, value=value)


def write_text(sheet: Any, row: int, column: int, text: str) -> Any:
    """Write a text that stays text, also where it looks like a formula or a number.

    Raises:
        WorkbookError: it is longer than a cell keeps, so that some of it would be lost.
    """
    cell = sheet.cell(row=row, column=column)
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if length > LONGEST_IN_A_CELL:
        raise WorkbookError(
            say(
                "Excel keeps {most} signs of a text in a cell. The one on the sheet {sheet}, cell {cell}, has {length}. Fetch another "
                "format, which holds all of it, or shorten the text.",
                most=LONGEST_IN_A_CELL,
                sheet=sheet.title,
                cell=cell.coordinate,
                length=length,
            )
        )
    cell.value = seen(text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(LIKE_A_FORMULA)
    return cell


def _bold(cell: Any) -> Any:
    from openpyxl.styles import Font  # noqa: PLC0415 -- as above

    cell.font = Font(bold=True)
    return cell
