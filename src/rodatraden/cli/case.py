"""A case file from the disk, JSON or Excel, and what is said when it can't be used: what, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rodatraden.cli.disk import BadFileError, unusable
from rodatraden.cli.words import _, number, said
from rodatraden.core.evaluation import InputError, ModelError
from rodatraden.core.evaluation.case import Case, field_of, line_of, read_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rodatraden.core.evaluation.lots import LotOutcome
    from rodatraden.core.evaluation.workbook import Fault, Found

ZIP = b"PK"
OLD_OFFICE = b"\xd0\xcf"


@dataclass(frozen=True, slots=True)
class File:
    """A case with the bytes that it was read from, and where things stand when they were a workbook."""

    name: str
    data: bytes
    case: Case
    book: Found | None = None

    def fault(self, error: InputError) -> BadFileError:
        """Return what is said when the evaluation can't be computed."""
        place = self.book.place_of(error) if self.book else None
        where = _field(self.data, field_of(self.case, error)) if place is None else _cell(*place)
        source = [(_("Rule"), error.source)] if error.source else []
        value = [] if error.value is None else [(_("Value"), str(error.value))]
        return _bad(_("{file} can't be computed."), self.name, [
            (_("Where"), where), *value, (_("Fault"), said(error.reason)), *source,
        ])  # fmt: skip

    def told(self) -> Iterator[str]:
        """Say what was read from a workbook: how many bids, and each text that was taken for a number."""
        if self.book is None:
            return
        bids = sum(len(part.lot.bids) for part in self.case.parts)
        yield _("Read from the workbook: {n} bids.").format(n=bids)
        for each in self.book.noted:
            words = _("{place}: “{typed}” was read as {value}.")
            place = _cell(each.sheet, each.row, each.column)
            yield "  " + words.format(place=place, typed=each.typed, value=number(each.value))
        yield ""


def read(name: str) -> File:
    """Read a case file.

    Raises:
        BadFileError: there is no such file, or it holds no case.
    """
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise unusable(name, error, _("{file} can't be read.")) from error
    if data.startswith((ZIP, OLD_OFFICE)):
        return _read_workbook(name, data)
    try:
        return File(name, data, read_case(data))
    except ModelError as error:
        value = [] if error.value == "None" else [(_("Value"), error.value)]
        where = (_("Where"), _field(data, error.field))
        raise _bad(
            _("{file} is no case that can be read."), name, [where, *value, (_("Fault"), said(error.reason))]
        ) from error


def _read_workbook(name: str, data: bytes) -> File:
    from rodatraden.core.evaluation.workbook import WorkbookError, read_workbook  # noqa: PLC0415 -- only for Excel

    try:
        found = read_workbook(data)
    except WorkbookError as error:
        raise BadFileError([_("{file} can't be read.").format(file=name), f"  {said(error.reason)}"]) from error
    if found.case is None:
        head = _("{file} was not read: {n} faults. Mend them in the workbook and run the same command again.")
        raise BadFileError([head.format(file=name, n=len(found.faults)), *map(_told, found.faults)])
    return File(name, data, found.case, found)


def write(name: str, data: bytes) -> None:
    """Write a new file; one that is there already is left alone.

    Raises:
        BadFileError: it is there, or can't be written.
    """
    try:
        with Path(name).open("xb") as file:
            file.write(data)
    except OSError as error:
        raise unusable(name, error, _("{file} can't be written.")) from error


def write_excel(name: str, case: Case, found: Sequence[LotOutcome]) -> None:
    """Write a new workbook of a case and what came out.

    Raises:
        BadFileError: it is there, can't be written, or can't hold a text.
    """
    from rodatraden.core.evaluation.workbook import WorkbookError, write_workbook  # noqa: PLC0415 -- only for Excel

    try:
        written = write_workbook(case, found, said)
    except WorkbookError as error:
        raise BadFileError([_("{file} can't be written.").format(file=name), f"  {said(error.reason)}"]) from error
    write(name, written)


def _told(fault: Fault) -> str:
    value = f"”{fault.value}” " if fault.value else ""
    return f"  {_cell(fault.sheet, fault.row, fault.column)}: {value}{said(fault.reason)}"


def _cell(sheet: str, row: int, column: str) -> str:
    if not row:
        return _("sheet {sheet}").format(sheet=sheet)
    if not column:
        return _("sheet {sheet}, row {row}").format(sheet=sheet, row=row)
    return _("sheet {sheet}, row {row}, column {column}").format(sheet=sheet, row=row, column=column)


def _field(data: bytes, field: str) -> str:
    line = None if data.startswith(ZIP) else line_of(data, field)
    return field if line is None else _("{field}, line {line}").format(field=field, line=line)


def _bad(what: str, name: str, said_of: list[tuple[str, str]]) -> BadFileError:
    more = [(_("Mend it"), _("Change the file and run the same command again. The format: docs/case-format.md"))]
    width = max(len(label) for label, _text in [*said_of, *more]) + 1
    return BadFileError(
        [what.format(file=name), *(f"  {label + ':':<{width}} {text}" for label, text in [*said_of, *more])]
    )
