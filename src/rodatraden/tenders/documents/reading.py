"""Read needs and requirements from pasted text, Word and Excel, and say about each row what was understood.

Nothing is lost: what cannot be sorted becomes a row of its own with a note, and what cannot be read is told.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import docx
import openpyxl
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from openpyxl.utils.exceptions import InvalidFileException

from rodatraden.core.message import Message, say
from rodatraden.tenders.documents.columns import Row, RowKind, field_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LARGEST_UNPACKED = 60 * 1024 * 1024
"""Bytes that a file may unpack to; a small file that unpacks to more is no document. Source: policy."""
MOST_ROWS = 120
"""Rows that one preview shows, so that its fields stay below what the server takes in one form; a longer list is read in
parts. Source: policy."""
SECTIONS = {"krav", "behov och krav"}
"""Headings that only say what follows."""
LONGEST_TITLE = 150
LONGEST_NAME = 80
"""A text before a colon that is longer is a sentence, no name."""


class UnreadableError(ValueError):
    """A file that is no document of the kind; `reason` says what to do."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of running text and where it stands; `is_heading` is what the document says."""

    place: str
    text: str
    is_heading: bool = False

    @property
    def is_title(self) -> bool:
        """Whether the line heads what follows: marked as a heading, or only the name of a kind."""
        return self.is_heading or self.text.strip().startswith("#") or kind_of(_bare(self.text)) is not None


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a document, and what to know about it as a whole."""

    rows: Sequence[Row]
    notes: Sequence[Message] = ()


def read_text(text: str) -> Found:
    """Read pasted text: a list with one need or requirement per line, or a table as Excel and Word paste it."""
    lines = text.replace("\r\n", "\n").split("\n")
    if any("\t" in line for line in lines):
        cells = [[cell.strip() for cell in line.split("\t")] for line in lines]
        return _limited(_table(cells, lambda number: f"rad {number}"))
    return _limited(_lines(_Line(f"rad {number}", line) for number, line in enumerate(lines, 1)))


def read_docx(data: bytes) -> Found:
    """Read a Word file: headings set the kind, lists and paragraphs give rows, tables are read by their headings.

    Raises:
        UnreadableError: the file is no readable Word document.
    """
    _check_package(
        data, "word/document.xml", say("The file is no Word document (.docx). Save it as .docx and try again.")
    )
    try:
        document = docx.Document(io.BytesIO(data))
        return _limited(_document(document))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:  # lxml's faults of XML are SyntaxErrors
        raise UnreadableError(
            say("The Word file is damaged and can't be read. Open it in Word, save it again and try once more.")
        ) from error


def read_xlsx(data: bytes) -> Found:
    """Read an Excel file, sheet by sheet, by the headings of its first row.

    Raises:
        UnreadableError: the file is no readable Excel workbook.
    """
    _check_package(
        data, "xl/workbook.xml", say("The file is no Excel workbook (.xlsx). Save it as .xlsx and try again.")
    )
    try:
        shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        written = openpyxl.load_workbook(io.BytesIO(data))
    except (InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as error:
        raise UnreadableError(
            say("The Excel file is damaged and can't be read. Open it in Excel, save it again and try once more.")
        ) from error
    rows: list[Row] = []
    for sheet in shown.worksheets:
        rows.extend(_sheet(sheet, written[sheet.title]))
    return _limited(rows)


def _check_package(data: bytes, part: str, reason: Message) -> None:
    """Refuse what is no Office file of the kind before anything parses it."""
    if not data:
        raise UnreadableError(say("The file is empty (0 bytes). Choose another file."))
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableError(
            say("The file is protected by a password, or of an old kind. Save it without a password in the new format.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableError(reason) from error
    if part not in {info.filename for info in infos}:
        raise UnreadableError(reason)
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise UnreadableError(say("The file unpacks to more than a document holds. Take out pictures and try again."))


def _limited(rows: Iterable[Row]) -> Found:
    found = list(rows)
    if len(found) <= MOST_ROWS:
        return Found(found)
    note = say(
        "{n} rows were found. The first {most} are shown; import them, take them out of the file and read it again.",
        n=len(found),
        most=MOST_ROWS,
    )
    return Found(found[:MOST_ROWS], [note])


def _document(document: docx.document.Document) -> Iterator[Row]:
    """Yield the rows of a Word document in the order in which they stand."""
    kind: RowKind | None = None
    pending: list[_Line] = []
    n_tables = n_paragraphs = 0
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            n_paragraphs += 1
            style = (block.style.name if block.style else "") or ""
            if style != "Title":  # the name of the document
                pending.append(_Line(f"stycke {n_paragraphs}", block.text, style.startswith(("Heading", "Rubrik"))))
        elif isinstance(block, Table):
            n_tables += 1
            yield from _lines(pending, kind, is_followed=True)
            kind = _last_kind(pending, kind)
            pending = []
            yield from _word_table(block, n_tables, kind)
    yield from _lines(pending, kind)


def _last_kind(lines: Iterable[_Line], kind: RowKind | None) -> RowKind | None:
    """Return the kind that the last heading among the lines has set."""
    for line in lines:
        if line.is_title:
            kind = kind_of(_bare(line.text))
    return kind


def _word_table(table: Table, number: int, kind: RowKind | None) -> Iterator[Row]:
    """Yield the rows of one table; merged cells are read once for every cell they cover, and told."""
    cells, merged = [], {}
    for index, row in enumerate(table.rows, 1):
        texts, seen = [], set()
        for cell in row.cells:
            if cell._tc in seen or cell._tc.vMerge == "continue" or _is_continued(table, index, cell):  # noqa: SLF001 -- python-docx names no merged cells
                merged[index] = True
            seen.add(cell._tc)  # noqa: SLF001 -- as above
            texts.append(_cell_text(cell))
        cells.append(texts)
    notes = {
        index: [say("Cells are merged here: their text is read for every cell they cover. Look at the row.")]
        for index in merged
    }
    yield from _table(cells, lambda index: f"tabell {number}, rad {index}", kind, notes)


def _is_continued(table: Table, index: int, cell: object) -> bool:
    """Whether the cell stands in the row above too: merged downwards, python-docx gives the same cell in each row."""
    above = table.rows[index - 2].cells if index > 1 else ()
    return any(other._tc is cell._tc for other in above)  # type: ignore[attr-defined]  # noqa: SLF001 -- as above


def _cell_text(cell: docx.table._Cell) -> str:
    """Return the text of a cell with the tables in it, so that nothing in it is lost."""
    inner = ["\n".join(_cell_text(each) for row in table.rows for each in row.cells) for table in cell.tables]
    return "\n".join(filter(None, [cell.text.strip(), *inner]))


def _sheet(
    sheet: openpyxl.worksheet.worksheet.Worksheet, written: openpyxl.worksheet.worksheet.Worksheet
) -> Iterator[Row]:
    cells = [[_value(cell.value) for cell in row] for row in sheet.iter_rows()]
    notes: dict[int, list[Message]] = {}
    for span in sheet.merged_cells.ranges:
        for row in range(span.min_row, span.max_row + 1):
            for column in range(span.min_col, span.max_col + 1):
                cells[row - 1][column - 1] = cells[span.min_row - 1][span.min_col - 1]
            notes.setdefault(row, []).append(
                say("Cells are merged here: their text is read for every cell they cover. Look at the row.")
            )
    for line in written.iter_rows():
        for cell in line:
            if cell.data_type == "f" and not cells[cell.row - 1][cell.column - 1]:
                cells[cell.row - 1][cell.column - 1] = str(cell.value)
                notes.setdefault(cell.row, []).append(
                    say(
                        "{cell} holds a formula without a saved value: the formula itself is read.",
                        cell=cell.coordinate,
                    )
                )
    kind = kind_of(sheet.title)
    yield from _table(cells, lambda index: f"blad {sheet.title}, rad {index}", kind, notes)


def _value(value: object) -> str:
    return "" if value is None else str(value).strip()


def _table(
    cells: Sequence[Sequence[str]],
    place: object,
    kind: RowKind | None = None,
    notes: dict[int, list[Message]] | None = None,
) -> Iterator[Row]:
    """Yield the rows of a table: by its headings, as one record of names and values, or cell by cell."""
    assert callable(place)
    told = notes or {}
    filled = [(index, line) for index, line in enumerate(cells, 1) if any(line)]
    if not filled:
        return
    headings = [field_of(cell) for cell in filled[0][1]]
    names = [field_of(line[0]) for _index, line in filled]
    if sum(name is not None for name in headings) >= min(2, sum(bool(cell) for cell in filled[0][1])):
        for index, line in filled[1:]:
            yield _by_columns(list(zip(headings, line, strict=False)), place(index), kind, told.get(index, []))
    elif len(names) > 2 and None not in names:  # noqa: PLR2004 -- two rows may be chance
        record = [(name, "\n".join(filter(None, line[1:]))) for name, (_index, line) in zip(names, filled, strict=True)]
        gathered = [note for index, _line in filled for note in told.get(index, [])]
        yield _by_columns(record, place(filled[0][0]), kind, gathered)
    else:
        for index, line in filled:
            yield _plain_row([cell for cell in line if cell], place(index), kind, told.get(index, []))


def _by_columns(
    record: Sequence[tuple[str | None, str]], place: str, kind: RowKind | None, notes: Sequence[Message]
) -> Row:
    """Return a row from named columns; text under headings that nobody knows is added to the row's text."""
    fields: dict[str, str] = {}
    for name, text in record:
        if name is not None and text:
            fields[name] = "\n".join(filter(None, [fields.get(name, ""), text]))
    unknown = [text for name, text in record if name is None and text]
    is_need = "for_whom" in fields or (kind is RowKind.NEED and "kind" not in fields)
    said = fields.pop("kind", "")
    found = kind_of(said) if said else None
    extra: list[Message] = list(notes)
    if said and found is None:
        extra.append(say("“{kind}” is no kind that is known here. Choose one.", kind=said))
        fields["kind"] = said
    if unknown:
        extra.append(say("Text under headings that are not known here has been added to the text."))
    main = "description" if is_need else "text"
    text = "\n".join(filter(None, [fields.pop(main, ""), *unknown]))
    title = fields.pop("title", "")
    if not title:
        title, _newline, text = text.partition("\n")
    if found is None:
        found = RowKind.NEED if is_need else kind or _guess(f"{title} {text}")
    return _named(Row(place, found, title, text, fields, extra))


def _plain_row(cells: Sequence[str], place: str, kind: RowKind | None, notes: Sequence[Message]) -> Row:
    label, rest = ("", cells)
    if len(cells) > 1 and _LABEL.fullmatch(cells[0]):
        label, rest = cells[0], cells[1:]
    title, text = _split(rest[0])
    text = "\n".join(filter(None, [text, *rest[1:]]))
    found = kind or _guess(" ".join(rest))
    return _named(Row(place, found, title, text, {"label": label} if label else {}, notes))


def _lines(lines: Iterable[_Line], kind: RowKind | None = None, *, is_followed: bool = False) -> Iterator[Row]:
    """Yield a row for every line that says something; a heading sets the kind of what follows.

    A heading that nothing follows is a row too, not chosen; `is_followed` says that a table follows the last one.
    """
    alone: _Line | None = None
    heading = ""
    for line in lines:
        if not line.text.strip():
            continue
        if line.is_title:
            yield from _heading(alone)
            kind, heading, alone = kind_of(_bare(line.text)), _bare(line.text), line
            continue
        alone = None
        body = _BULLET.sub("", line.text.strip())
        title, rest = _split(_bare(body))
        notes = [say("Under the heading “{heading}”.", heading=heading)] if heading and kind is None else []
        yield _named(Row(line.place, kind or _guess(body), title, rest, {}, notes))
    if not is_followed:
        yield from _heading(alone)


def _heading(line: _Line | None) -> Iterator[Row]:
    """Yield a heading as a row that is not chosen, unless its word only says what follows."""
    if line is None or kind_of(_bare(line.text)) or _bare(line.text).casefold() in SECTIONS:
        return
    note = say("A heading with nothing right below it. Choose it if it is a need or a requirement.")
    yield _named(Row(line.place, RowKind.UNDECIDED, _bare(line.text), notes=[note], is_chosen=False))


def _named(row: Row) -> Row:
    """Cut a title that is too long for a name, and keep the whole in the text."""
    if len(row.title) <= LONGEST_TITLE:
        return row
    whole = "\n".join(filter(None, [row.title, row.text]))
    note = say("The title was longer than {most} characters. The whole is in the text.", most=LONGEST_TITLE)
    return replace(row, title=f"{row.title[: LONGEST_TITLE - 1]}…", text=whole, notes=[*row.notes, note])


_BULLET = re.compile(r"^(?:[-*•–·▪]|\d+(?:\.\d+)*[.)]?|[a-z]\)|[KBR]\d+[.:]?)\s+")
_LABEL = re.compile(r"[A-Za-zÅÄÖåäö]{0,3}\s?\d+(?:\.\d+)*\.?")


def _bare(text: str) -> str:
    """Return a line without the marks of headings and bold text."""
    return re.sub(r"\*\*|__|^#+\s*", "", text.strip()).strip().removesuffix(":").strip()


def _split(text: str) -> tuple[str, str]:
    """Return the name before a colon, if there is one, and the rest; else the text as a name."""
    name, colon, rest = text.partition(":")
    if colon and rest.strip() and len(name) <= LONGEST_NAME and "\n" not in name:
        return name.strip(), rest.strip()
    first, _newline, more = text.partition("\n")
    return first.strip(), more.strip()


_GUESSES = (
    (
        RowKind.TERM,
        re.compile(r"under avtal|avtalstid|\bvite\b|löpande under|varje (?:kvartal|månad|halvår)", re.IGNORECASE),
    ),
    (RowKind.CRITERION, re.compile(r"poäng|utvärder|meriterande|\bbör\b|mervärde|beskriv hur", re.IGNORECASE)),
    (
        RowKind.MUST,
        re.compile(r"\bska(?:ll)?\b|skall-krav|\bmåste\b|obligatorisk|\bminst\b|dokumenterad", re.IGNORECASE),
    ),
    (RowKind.NEED, re.compile(r"\bbehov|\bbehöver\b|\bsaknar\b", re.IGNORECASE)),
)


def _guess(text: str) -> RowKind:
    """Return the kind that the words suggest; the person chooses."""
    return next((kind for kind, words in _GUESSES if words.search(text)), RowKind.UNDECIDED)
