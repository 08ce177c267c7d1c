"""Read a workbook back: the bids as they were filled in, and every fault at once, by sheet, row and column."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from rodatraden.core.evaluation.bids import Bid, read_bid
from rodatraden.core.evaluation.case import LARGEST, MOST_BIDS, Case, case_of, read_json
from rodatraden.core.evaluation.reading import ModelError, read_list, read_object
from rodatraden.core.evaluation.workbook.cells import (
    CellError,
    CellFault,
    Fault,
    day_in,
    letter,
    number_in,
    shown,
    text_in,
)
from rodatraden.core.evaluation.workbook.columns import (
    ASSIGNMENT_COLUMNS,
    ASSIGNMENTS,
    BIDS,
    DATA,
    MODEL,
    Holds,
    bid_columns,
    sheet_name,
)
from rodatraden.core.evaluation.workbook.writing import FORMAT, WorkbookError
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rodatraden.core.evaluation.bids import InputError
    from rodatraden.core.evaluation.case import Part
    from rodatraden.core.evaluation.workbook.columns import Column
    from rodatraden.core.exact import Exact

LARGEST_UNPACKED = 60_000_000
"""Bytes that a file may unpack to. Source: policy."""
MOST_CELLS = 500_000
"""Cells that the sheets of a file have together, and that one of them may span. A lone cell far out, or one merged over a whole sheet, would take all memory. Source: policy."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
_DAMAGED = (KeyError, ValueError, TypeError, IndexError, AttributeError, ParseError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Noted:
    """A text that was read as a number: what was typed, and as what it is counted."""

    sheet: str
    row: int
    column: str
    typed: str
    value: Exact


@dataclass(frozen=True, slots=True)
class Found:
    """What a workbook holds: the case, unless something is wrong, its models, and where each bid and each field stands."""

    case: Case | None
    model_hashes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    noted: tuple[Noted, ...] = ()
    rows: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)

    def place_of(self, error: InputError) -> tuple[str, int, str] | None:
        """Return sheet, row and column of what an error of the evaluation is about; None when it is the model."""
        if (error.lot, error.bid) not in self.rows:
            return None
        sheet, row = self.rows[error.lot, error.bid]
        names = (error.field, f"scores.{error.field}")
        return sheet, row, next((self.columns[sheet, name] for name in names if (sheet, name) in self.columns), "")


def read_workbook(data: bytes) -> Found:
    """Return the case in a workbook, or all that is wrong in it.

    Raises:
        WorkbookError: the file is no workbook that was written for a case.
    """
    book = open_workbook(data)
    reader = _Reader(book)
    words, case = _data(book)
    _check_models(case, words)
    reader.check_words(words)
    parts = tuple(reader.part(case, n, part) for n, part in enumerate(case.parts))
    return Found(
        case=None if reader.faults else replace(case, parts=parts),
        model_hashes=tuple(part.lot.model.hash for part in parts),
        faults=tuple(reader.faults),
        noted=tuple(reader.noted),
        rows=reader.rows,
        columns=reader.columns,
    )


def open_workbook(data: bytes) -> Any:
    """Return the workbook in a file from outside, once it is known to be one that memory holds.

    Raises:
        WorkbookError: the file is no workbook, damaged, protected or too large.
    """
    import openpyxl  # noqa: PLC0415 -- a command that reads no workbook need not wait for it

    no_workbook = say("The file is no Excel workbook (.xlsx). Save it as .xlsx and try again.")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise WorkbookError(say("The file is protected by a password, or of an old kind. Save it without a password in the new format."))  # fmt: skip
    if len(data) > LARGEST:
        raise WorkbookError(say("The file has {size} bytes. It can have at most {most}.", size=len(data), most=LARGEST))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            if "xl/workbook.xml" not in {info.filename for info in infos}:
                raise WorkbookError(no_workbook)
            if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
                raise WorkbookError(say("The file unpacks to more than a document holds. Take out pictures and try again."))  # fmt: skip
            _check_size(package.read(info) for info in infos if info.filename.startswith("xl/worksheets/"))
    except zipfile.BadZipFile as error:
        raise WorkbookError(no_workbook) from error
    try:
        return openpyxl.load_workbook(io.BytesIO(data))
    except _DAMAGED as error:
        raise WorkbookError(say("The Excel file is damaged and can't be read. Open it in Excel, save it again and try once more.")) from error  # fmt: skip


def _check_size(sheets: Iterable[bytes]) -> None:
    """Refuse sheets that together would take all memory, before anything is made of their cells."""
    from openpyxl.utils import column_index_from_string  # noqa: PLC0415 -- as above

    n_cells = n_merged = 0
    for sheet in sheets:
        n_cells += sum(1 for _cell in _CELL.finditer(sheet))
        if n_cells > MOST_CELLS:
            raise WorkbookError(say("The sheets have more cells than a table needs. Take away what does not belong to it."))  # fmt: skip
        for first, top, last, bottom in _MERGED.findall(sheet):
            try:
                width = column_index_from_string(last.decode()) - column_index_from_string(first.decode()) + 1
            except ValueError:
                continue  # told as damaged by whoever reads the sheet
            n_merged += width * (int(bottom) - int(top) + 1)
            if n_merged > MOST_CELLS:
                raise WorkbookError(say("A sheet has too many cells merged. Take the merging away and try again."))


def _data(book: Any) -> tuple[list[str], Case]:
    """Return the words that were written, and the case without its bids."""
    if DATA not in book.sheetnames:
        reason = say("The file has no sheet {sheet}. Download a new table, or write one with: rodatraden evaluate FILE --excel NEW.xlsx", sheet=DATA)  # fmt: skip
        raise WorkbookError(reason)
    lines = [str(cell.value or "") for (cell,) in _cells(book[DATA], columns=1)]
    try:
        return _written("\n".join(lines).encode())
    except ModelError as error:
        reason = say("The sheet {sheet} has been changed and can't be read: {field}: {value}", sheet=DATA, field=error.field, value=error.value)  # fmt: skip
        raise WorkbookError(reason) from error


def _written(data: bytes) -> tuple[list[str], Case]:
    found = read_object(read_json(data), "data", ("workbook", "words", "case"))
    if found["workbook"] != FORMAT:
        raise ModelError("data.workbook", found["workbook"], say("This must be {format}.", format=FORMAT))
    return [str(line) for line in read_list(found["words"], "data.words")], case_of(found["case"])


def _check_models(case: Case, words: list[str]) -> None:
    """Refuse a model that was changed in the workbook: its words, and whoever has read them, know nothing of it."""
    for part in case.parts:
        if not any(part.lot.model.hash in line for line in words):
            reason = say("The model on the sheet {sheet} has been changed: its fingerprint is another than the one that was written. Change the model in its case file.", sheet=DATA)  # fmt: skip
            raise WorkbookError(reason)


def _cells(sheet: Any, columns: int | None = None) -> Iterator[Sequence[Any]]:
    if sheet.max_row * (columns or sheet.max_column) > MOST_CELLS:
        reason = say("The sheet {sheet} is too large. Take away what stands far to the right or far down.", sheet=sheet.title)  # fmt: skip
        raise WorkbookError(reason)
    yield from sheet.iter_rows(max_col=columns or sheet.max_column)


class _Reader:
    """Reads the sheets of a workbook and gathers what is wrong and what was understood."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.faults: list[Fault] = []
        self.noted: list[Noted] = []
        self.rows: dict[tuple[str, str], tuple[str, int]] = {}
        self.columns: dict[tuple[str, str], str] = {}

    def fault(self, kind: CellFault, reason: Message, sheet: str, cell: Any = None) -> None:
        place = (0, "", "") if cell is None else (cell.row, letter(cell), shown(cell))
        self.faults.append(Fault(kind, sheet, place[0], place[1], place[2], reason))

    def check_words(self, words: list[str]) -> None:
        """Tell each line of the model in words that somebody has changed: what is counted is the model itself."""
        if MODEL not in self.book.sheetnames:
            return
        sheet = self.book[MODEL]
        found = [row[0] for row in _cells(sheet, columns=1)]
        for n in range(max(len(found), len(words))):
            written = words[n] if n < len(words) else ""
            stands = str(found[n].value or "") if n < len(found) else ""
            if stands.strip() != written.strip():
                reason = say("This line has been changed: it was “{line}”. The words only follow from the model. Change the model in its case file.", line=written)  # fmt: skip
                self.faults.append(Fault(CellFault.CHANGED_WORDS, MODEL, n + 1, "A", stands[:200], reason))

    def part(self, case: Case, n: int, part: Part) -> Part:
        """Return a part with the bids of its sheets."""
        name = sheet_name(BIDS, case, n)
        columns = bid_columns(part.lot.model)
        bids: dict[str, Bid] = {}
        days = self._assignments(case, n, part)
        for row in self._rows(name, columns):
            values = self._values(name, row, columns)
            key = values.get("key")
            if key is None:
                self.fault(CellFault.MISSING, say("The bidder's short name is missing."), name, row["key"])
                continue
            if key in bids:
                first = self.rows[part.lot.key, str(key)][1]
                self.fault(CellFault.TWICE, say("This bidder stands in row {row} too.", row=first), name, row["key"])
                continue
            self.rows[part.lot.key, str(key)] = name, row["key"].row
            bid = self._bid(name, row, values, days.pop(str(key), {}))
            if bid is not None:
                bids[bid.key] = bid
        if len(bids) > MOST_BIDS:
            self.fault(CellFault.FIELD, say("There can be at most {most} of these.", most=MOST_BIDS), name)
        for where, cell in _unknown(days):
            self.fault(CellFault.UNKNOWN_BIDDER, say("The sheet {sheet} has no such bidder.", sheet=name), where, cell)
        return replace(part, lot=replace(part.lot, bids=tuple(bids.values())))

    def _bid(
        self, name: str, row: dict[str, Any], values: dict[str, object], days: dict[str, list[_Day]]
    ) -> Bid | None:
        value: dict[str, Any] = {"scores": {}, "prices": {}}
        for where, each in values.items():
            part, dot, key = where.partition(".")
            if dot:
                value[part][key] = each
            else:
                value[part] = each
        value["assignments"] = {key: [each.value for each in listed] for key, listed in days.items()}
        value = {key: each for key, each in value.items() if each not in ({}, None)}
        try:
            return read_bid(value, "")
        except ModelError as error:
            where = error.field.removeprefix(".")
            cell = row.get(where)
            if cell is None and where.startswith("assignments"):
                first = next((each for listed in days.values() for each in listed), None)
                self.fault(CellFault.FIELD, error.reason, first.sheet if first else name, first and first.cell)
            else:
                self.fault(CellFault.FIELD, error.reason, name, cell)
            return None

    def _assignments(self, case: Case, n: int, part: Part) -> dict[str, dict[str, list[_Day]]]:
        """Return the assignments of each bidder and criterion."""
        found: dict[str, dict[str, list[_Day]]] = defaultdict(lambda: defaultdict(list))
        name = sheet_name(ASSIGNMENTS, case, n)
        months = {criterion.key for criterion in part.lot.model.criteria if criterion.months}
        if not months:
            return found
        for row in self._rows(name, ASSIGNMENT_COLUMNS):
            values = self._values(name, row, ASSIGNMENT_COLUMNS)
            for needed in ("key", "criterion", "first"):
                if needed in row and values.get(needed) is None and not self._has_fault(name, row[needed]):
                    self.fault(CellFault.MISSING, say("This is missing."), name, row[needed])
            key, criterion, first = (values.get(needed) for needed in ("key", "criterion", "first"))
            if key is None or criterion is None or first is None:
                continue
            if criterion not in months:
                reason = say("The model has no criterion in months with this key.")
                self.fault(CellFault.FIELD, reason, name, row["criterion"])
                continue
            last = values.get("last")
            day = {"first": str(first), "last": None if last is None else str(last)}
            found[str(key)][str(criterion)].append(_Day(name, row["first"], day))
        return found

    def _has_fault(self, sheet: str, cell: Any) -> bool:
        return any((each.sheet, each.row, each.column) == (sheet, cell.row, letter(cell)) for each in self.faults)

    def _rows(self, name: str, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
        """Yield the filled rows of a sheet as cells by field; tells what is wrong with its head and merged cells."""
        if name not in self.book.sheetnames:
            self.fault(CellFault.MISSING_COLUMN, say("The file has no sheet {sheet}.", sheet=name), name)
            return
        sheet = self.book[name]
        rows = list(_cells(sheet))
        fields = {column.field for column in columns}
        head = next((row for row in rows if "key" in {_plain(cell) for cell in row}), None)
        if head is None:
            reason = say("The grey row that says what each column is has been taken away. It begins with: key")
            self.fault(CellFault.MISSING_COLUMN, reason, name)
            return
        top = head[0].row
        below = rows[top:]
        placed: dict[str, int] = {}
        for n, cell in enumerate(head):
            found = _plain(cell)
            if found in placed:
                self.fault(CellFault.TWICE, say("Another column is named so too."), name, cell)
            elif found in fields:
                placed[found] = n
                self.columns[name, found] = letter(cell)
            elif any(row[n].value is not None for row in below) or found:
                self.fault(CellFault.UNKNOWN_COLUMN, say("No field of the model is named so in the grey row."), name, cell)  # fmt: skip
        for column in columns:
            if column.field not in placed and not column.is_optional:
                self.fault(CellFault.MISSING_COLUMN, say("The sheet lacks the column {column}.", column=column.field), name, head[0])  # fmt: skip
        self._check_merged(sheet, top)
        for row in below:
            cells = {found: row[n] for found, n in placed.items()}
            if "key" in cells and any(_plain(cell) for cell in cells.values()):
                yield cells

    def _check_merged(self, sheet: Any, top: int) -> None:
        for span in sheet.merged_cells.ranges:
            if span.max_row >= top:
                reason = say("The cells {cells} are merged. Take the merging away and write in each of them.", cells=str(span.coord))  # fmt: skip
                self.fault(CellFault.MERGED, reason, sheet.title, sheet.cell(row=span.min_row, column=span.min_col))

    def _values(self, name: str, row: dict[str, Any], columns: Sequence[Column]) -> dict[str, object]:
        """Return what stands in a row by field, without what is empty or wrong."""
        found: dict[str, object] = {}
        for column in columns:
            cell = row.get(column.field)
            if cell is None:
                continue
            try:
                value = self._value(name, cell, column)
            except CellError as error:
                self.fault(error.kind, error.reason, name, cell)
                continue
            if value is not None:
                found[column.field] = value
        return found

    def _value(self, name: str, cell: Any, column: Column) -> object:
        match column.holds:
            case Holds.TEXT:
                return text_in(cell)
            case Holds.DAY:
                return day_in(cell)
        value = number_in(cell, is_score=column.holds is Holds.SCORE)
        if value is not None and isinstance(cell.value, str):
            self.noted.append(Noted(name, cell.row, letter(cell), shown(cell), value))
        return value


@dataclass(frozen=True, slots=True)
class _Day:
    """An assignment and the cell where it begins."""

    sheet: str
    cell: Any
    value: dict[str, str | None]


def _unknown(days: dict[str, dict[str, list[_Day]]]) -> Iterator[tuple[str, Any]]:
    """Yield where assignments stand of bidders that are not among the bids."""
    for listed in days.values():
        for each in listed.values():
            yield from ((one.sheet, one.cell) for one in each)


def _plain(cell: Any) -> str:
    return "" if cell.value is None else str(cell.value).strip()
