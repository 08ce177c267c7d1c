"""A quality model as an Excel workbook with four sheets, and back again with every fault named by its cell.

The sheets are Swedish, whatever language the pages have, since they go to people outside: Modell, Delar, Kriterier and Skalsteg.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rodatraden.core.assessment.quality_model import FORMAT, MOST_CRITERIA, MOST_TEXTS, ROOT, QualityModel, read_model
from rodatraden.core.evaluation.workbook.cells import CellError, cell_value, letter, number_in, shown, text_in
from rodatraden.core.evaluation.workbook.reading import open_workbook
from rodatraden.core.evaluation.workbook.writing import WorkbookError, without_times, write_text
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rodatraden.core.evaluation.reading import ModelError

MODEL, AREAS, CRITERIA, TEXTS = "Modell", "Delar", "Kriterier", "Skalsteg"
MODEL_ROWS = {
    "Titel": "title",
    "Inledning": "introduction",
    "Källa och rätt": "source",
    "Resultat poängsätts": "scores_results",
    "Räknas upp till": "renormalised_to",
}
AREA_COLUMNS = {"Nyckel": "key", "Titel": "title", "Inledning": "introduction", "Utelämnad": "left_out"}
CRITERION_COLUMNS = {
    "Del": "area",
    "Nyckel": "key",
    "Titel": "title",
    "Fråga": "question",
    "Underlag": "evidence",
    "Slag": "kind",
    "Skala": "unit",
    "Lägst": "lowest",
    "Högst": "highest",
    "Steg": "step",
    "Maximum": "maximum",
    "Vikt": "weight",
}
TEXT_COLUMNS = {"Kriterium": "criterion", "Från": "from", "Text": "text"}
NUMBERS = frozenset({"renormalised_to", "lowest", "highest", "step", "maximum", "weight", "from"})
KINDS = {"arbetssätt": "approach", "resultat": "result"}
UNITS = {"procent": "percent", "poäng": "points"}
FLAGS = {"ja": True, "nej": False}
WORDS: Mapping[str, Mapping[str, object]] = {"kind": KINDS, "unit": UNITS, "scores_results": FLAGS, "left_out": FLAGS}
WIDE = frozenset({"introduction", "question", "evidence", "text", "title"})
MOST_ROWS = MOST_CRITERIA * MOST_TEXTS
"""Rows of a sheet; what is below them is not read."""
MOST_COLUMNS = 40
MOST_SPANNED = 100_000
"""Cells up to the last one in the part of a sheet that is read; to read makes each, also the empty ones. Source: policy."""


@dataclass(frozen=True, slots=True)
class Misread:
    """What is wrong in a file: where it stands (Kriterier, D5), what stands there and why."""

    place: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Understood:
    """The model in a file unless something is wrong, and all that is."""

    model: QualityModel | None
    faults: tuple[Misread, ...] = ()


def write_model_workbook(model: QualityModel) -> bytes:
    """Return the workbook of a model: every text is text, nothing is a formula."""
    import openpyxl  # noqa: PLC0415 -- read only where a workbook is written

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = MODEL
    told = model.to_json()
    for row, (label, name) in enumerate(MODEL_ROWS.items(), start=1):
        _write(sheet, row, 1, label, bold=True)
        _write(sheet, row, 2, _in_words(name, told.get(name, False if name in WORDS else None)))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    _table(book.create_sheet(AREAS), AREA_COLUMNS, (area.to_json() for area in model.areas))
    _table(book.create_sheet(CRITERIA), CRITERION_COLUMNS, _criterion_rows(model))
    _table(book.create_sheet(TEXTS), TEXT_COLUMNS, _text_rows(model))
    out = io.BytesIO()
    book.save(out)
    return without_times(out.getvalue())


def _criterion_rows(model: QualityModel) -> Iterator[dict[str, object]]:
    for area in model.areas:
        for each in area.criteria:
            yield {
                "area": area.key,
                "key": each.key,
                "title": each.title,
                "question": each.question,
                "evidence": each.evidence,
                "kind": each.kind.value,
                "unit": each.unit.value,
                "lowest": each.scale.lowest,
                "highest": each.scale.highest,
                "step": each.scale.step,
                "maximum": each.maximum,
                "weight": each.weight,
            }


def _text_rows(model: QualityModel) -> Iterator[dict[str, object]]:
    for each in model.criteria:
        for band in each.scale.bands:
            yield {"criterion": each.key, "from": band.lowest, "text": band.text}


def _table(sheet: Any, columns: Mapping[str, str], rows: Iterator[dict[str, object]]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- as above

    for number, (heading, name) in enumerate(columns.items(), start=1):
        _write(sheet, 1, number, heading, bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 50 if name in WIDE else 16
    for row, told in enumerate(rows, start=2):
        for number, name in enumerate(columns.values(), start=1):
            _write(sheet, row, number, _in_words(name, told.get(name, False if name == "left_out" else None)))
    sheet.freeze_panes = "A2"


def _in_words(name: str, value: object) -> object:
    """Return a value as the sheet has it: yes and no, kinds and scales by their Swedish words."""
    if name in WORDS:
        return next(word for word, meant in WORDS[name].items() if meant == value)
    return value


def _write(sheet: Any, row: int, column: int, value: Any, *, bold: bool = False) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 -- as above

    if value is None or value == "":
        return
    found = value if isinstance(value, str) else cell_value(value)
    cell = write_text(sheet, row, column, found) if isinstance(found, str) else sheet.cell(row, column, found)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)


def read_model_workbook(data: bytes) -> Understood:
    """Return the model in a workbook, or all that is wrong in it.

    Raises:
        WorkbookError: the file is no workbook of a model.
    """
    book = open_workbook(data)
    missing = [name for name in (MODEL, AREAS, CRITERIA, TEXTS) if name not in book.sheetnames]
    if missing:
        raise WorkbookError(say("The file has no sheet {sheet}. Begin from an exported model.", sheet=missing[0]))
    return _Sheets(book).understood()


@dataclass(slots=True)
class _Sheets:
    """Puts the rows together to the form of the model's file, and remembers the cell of each field."""

    book: Any
    faults: list[Misread] = field(default_factory=list)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    def understood(self) -> Understood:
        value: dict[str, Any] = {"format": FORMAT, "title": "", "areas": []} | self.about()
        areas: dict[str, tuple[str, dict[str, Any]]] = {}
        for told, cells in self.rows(AREAS, AREA_COLUMNS):
            at = f"{ROOT}.areas[{len(value['areas'])}]"
            self.stands(at, cells, AREAS)
            area = {"key": "", "title": "", "criteria": []} | told
            value["areas"].append(area)
            areas.setdefault(str(area["key"]), (at, area))
        scales: dict[str, tuple[str, dict[str, Any]]] = {}
        for told, cells in self.rows(CRITERIA, CRITERION_COLUMNS):
            self.criterion(told, cells, areas, scales)
        for told, cells in self.rows(TEXTS, TEXT_COLUMNS):
            self.text(told, cells, scales)
        found = read_model(value)
        known = {fault.place for fault in self.faults}  # a cell that can't be read is not told as empty too
        misread = [self.told(fault) for fault in found.faults]
        faults = (*self.faults, *(each for each in misread if each.place not in known))
        return Understood(None if faults else found.model, faults)

    def about(self) -> dict[str, Any]:
        """Return what the first sheet says of the model as a whole: label in A, value in B."""
        told: dict[str, Any] = {}
        for label, cell, *_ in self.book[MODEL].iter_rows(min_col=1, max_col=2, max_row=len(MODEL_ROWS) + 20):
            name = MODEL_ROWS.get(str(label.value or "").strip())
            if name is None:
                if label.value is not None:
                    self.wrong(MODEL, label, say("This row is not part of a model."))
                continue
            value = self.value(MODEL, cell, name)
            if value is not None:
                told[name] = value
            self.places[f"{ROOT}.{name}"] = (_place(MODEL, cell), shown(cell))
        return told

    def criterion(self, told: dict[str, Any], cells: Mapping[str, Any], areas: Any, scales: Any) -> None:
        key = str(told.pop("area", ""))
        if key not in areas:
            self.wrong(CRITERIA, cells["area"], say("No part on the sheet {sheet} has this key.", sheet=AREAS))
            return
        at_area, area = areas[key]
        at = f"{at_area}.criteria[{len(area['criteria'])}]"
        scale = {name: told.pop(name) for name in ("lowest", "highest", "step") if name in told}
        self.stands(at, cells, CRITERIA)
        for name in ("lowest", "highest", "step"):
            self.places[f"{at}.scale.{name}"] = (_place(CRITERIA, cells[name]), shown(cells[name]))
        self.places[f"{at}.scale"] = (_place(CRITERIA, cells["highest"]), shown(cells["highest"]))
        found = {"key": "", "title": "", "question": "", "scale": scale | {"texts": []}} | told
        area["criteria"].append(found)
        scales.setdefault(str(found["key"]), (f"{at}.scale", found["scale"]))

    def text(self, told: dict[str, Any], cells: Mapping[str, Any], scales: Any) -> None:
        key = str(told.pop("criterion", ""))
        if key not in scales:
            reason = say("No criterion on the sheet {sheet} has this key.", sheet=CRITERIA)
            self.wrong(TEXTS, cells["criterion"], reason)
            return
        at_scale, scale = scales[key]
        at = f"{at_scale}.texts[{len(scale['texts'])}]"
        self.stands(at, cells, TEXTS)
        scale["texts"].append({"text": ""} | told)

    def rows(self, sheet: str, columns: Mapping[str, str]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield what each row holds by the name of its column, with its cells; empty rows are passed over."""
        found = self.book[sheet]
        last, width = min(found.max_row, MOST_ROWS), min(found.max_column, MOST_COLUMNS)
        if last * width > MOST_SPANNED:
            reason = say("The sheet {sheet} is too large. Take away what stands far to the right or far down.", sheet=sheet)  # fmt: skip
            raise WorkbookError(reason)
        lines = found.iter_rows(max_row=last, max_col=width)
        heads = self.heads(sheet, next(lines, ()), columns)
        if heads is None:
            return
        for line in lines:
            cells = {name: line[place] for name, place in heads.items()}
            if all(cell.value is None for cell in cells.values()):
                continue
            found = {name: self.value(sheet, cell, name) for name, cell in cells.items()}
            yield {name: value for name, value in found.items() if value is not None}, cells

    def heads(self, sheet: str, line: Sequence[Any], columns: Mapping[str, str]) -> dict[str, int] | None:
        """Return where the columns stand, by their headings in the first row, or None when one is missing."""
        named = {str(cell.value or "").strip(): number for number, cell in enumerate(line)}
        for heading in columns:
            if heading not in named:
                reason = say("The column {heading} is missing in the first row.", heading=heading)
                self.faults.append(Misread(f"{sheet}, 1", "", reason))
        for heading, number in named.items():
            if heading and heading not in columns:
                self.wrong(sheet, line[number], say("This column is not part of a model."))
        if any(heading not in named for heading in columns):
            return None
        return {name: named[heading] for heading, name in columns.items()}

    def value(self, sheet: str, cell: Any, name: str) -> object:
        try:
            if name in NUMBERS:
                return number_in(cell, is_score=False)
            found = text_in(cell)
        except CellError as error:
            self.wrong(sheet, cell, error.reason)
            return None
        if name not in WORDS or found is None:
            return found
        if found.casefold() not in WORDS[name]:
            self.wrong(sheet, cell, say("Write one of: {words}.", words=", ".join(WORDS[name])))
            return None
        return WORDS[name][found.casefold()]

    def stands(self, at: str, cells: Mapping[str, Any], sheet: str) -> None:
        """Remember in which cell each field of an object stands; the object itself stands where its row begins."""
        first = next(iter(cells.values()))
        self.places[at] = (f"{sheet}, {first.row}", "")
        for name, cell in cells.items():
            self.places[f"{at}.{name}"] = (_place(sheet, cell), shown(cell))

    def told(self, fault: ModelError) -> Misread:
        """Return a fault of the model by the cell that it is about, or by the nearest thing that has one."""
        at = fault.field
        while at not in self.places and "." in at:
            at = at.rpartition(".")[0]
        place, value = self.places.get(at, (MODEL, ""))
        return Misread(place, value or fault.value.strip("'"), fault.reason)

    def wrong(self, sheet: str, cell: Any, reason: Message) -> None:
        self.faults.append(Misread(_place(sheet, cell), shown(cell), reason))


def _place(sheet: str, cell: Any) -> str:
    return f"{sheet}, {letter(cell)}{cell.row}"
