"""Write needs and requirements to Word and Excel, so that what is read back is the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
import openpyxl
from openpyxl.styles import Alignment, Font

from rodatraden.core.evaluation.workbook.writing import seen, write_text
from rodatraden.core.numbers import swedish_number
from rodatraden.needs.queries import standing as standing_needs
from rodatraden.tenders.documents.columns import (
    CHOICES,
    KIND_WORDS,
    NEED_COLUMNS,
    REQUIREMENT_COLUMNS,
    RowKind,
    scale_text,
)
from rodatraden.tenders.queries import standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rodatraden.needs.models import Need
    from rodatraden.tenders.models import Requirement, Tender

WIDEST = 60


def write_xlsx(tender: Tender) -> bytes:
    """Return an Excel workbook with a sheet of needs and a sheet of requirements; every cell is text.

    Raises:
        WorkbookError: a text is longer than a cell keeps.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Behov"
    _fill(sheet, NEED_COLUMNS, (need_values(need) for need in standing_needs(tender.procurement)))
    _fill(
        book.create_sheet("Krav"),
        REQUIREMENT_COLUMNS,
        (requirement_values(requirement) for requirement in standing(tender)),
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_docx(tender: Tender) -> bytes:
    """Return a Word document: a table of needs, then one table for each requirement."""
    document = docx.Document()
    document.core_properties.title = seen(tender.procurement.title)
    document.core_properties.language = "sv-SE"
    document.add_heading(seen(tender.procurement.title), level=0)
    document.add_heading("Behov", level=1)
    table = document.add_table(rows=1, cols=len(NEED_COLUMNS))
    table.style = "Table Grid"
    for cell, heading in zip(table.rows[0].cells, NEED_COLUMNS.values(), strict=True):
        cell.text = heading
    for need in standing_needs(tender.procurement):
        values = need_values(need)
        for cell, name in zip(table.add_row().cells, NEED_COLUMNS, strict=True):
            cell.text = seen(values[name])
    document.add_heading("Krav", level=1)
    for requirement in standing(tender):
        values = requirement_values(requirement)
        document.add_heading(seen(f"{requirement.label} {requirement.title}"), level=2)
        filled = [(heading, values[name]) for name, heading in REQUIREMENT_COLUMNS.items() if values[name]]
        record = document.add_table(rows=0, cols=2)
        record.style = "Table Grid"
        for heading, text in filled:
            name, value = record.add_row().cells
            name.text, value.text = heading, seen(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def need_values(need: Need) -> Mapping[str, str]:
    """Return what the columns of a need hold."""
    return {name: need.label if name == "label" else str(getattr(need, name)) for name in NEED_COLUMNS}


def requirement_values(requirement: Requirement) -> Mapping[str, str]:
    """Return what the columns of a requirement hold, in the words of Swedish documents."""
    return dict(_values(requirement))


def _values(requirement: Requirement) -> Iterator[tuple[str, str]]:
    for name in REQUIREMENT_COLUMNS:
        match name:
            case "kind":
                yield name, KIND_WORDS[RowKind(requirement.kind or RowKind.UNDECIDED)]
            case "needs":
                yield name, ", ".join(need.label for need in requirement.needs.all())
            case "max_points":
                yield name, swedish_number(requirement.max_points) if requirement.max_points is not None else ""
            case "steps":
                yield name, scale_text([(step.points, step.text) for step in requirement.steps.all()])
            case "follow_up_by":
                yield name, requirement.follow_up_by.name if requirement.follow_up_by else ""
            case "follow_up_months":
                yield name, str(requirement.follow_up_months or "")
            case "checked_when" | "acts_by" | "follow_up_when":
                yield name, CHOICES[name].get(getattr(requirement, name), "")
            case _:
                yield name, str(getattr(requirement, name))


def _fill(
    sheet: openpyxl.worksheet.worksheet.Worksheet, columns: Mapping[str, str], rows: Iterator[Mapping[str, str]]
) -> None:
    for column, heading in enumerate(columns.values(), 1):
        cell = sheet.cell(row=1, column=column, value=heading)
        cell.font = Font(bold=True)
    for line, values in enumerate(rows, 2):
        for column, name in enumerate(columns, 1):
            cell = write_text(sheet, line, column, values[name])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, name in enumerate(columns, 1):
        letter = openpyxl.utils.get_column_letter(column)
        sheet.column_dimensions[letter].width = 10 if name == "label" else min(WIDEST, 24)
    sheet.freeze_panes = "A2"
