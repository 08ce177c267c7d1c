import io
from dataclasses import replace
from decimal import Decimal
from time import perf_counter
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from openpyxl.worksheet.worksheet import Worksheet

from rodatraden.core.assessment.model_workbook import read_model_workbook, write_model_workbook
from rodatraden.core.assessment.quality_model import QualityModel
from rodatraden.core.evaluation.workbook import WorkbookError
from tests.core.assessment.models import example, models


def changed(**cells: Any) -> bytes:
    """Return the example's workbook with cells such as Kriterier_D5 changed."""
    book = openpyxl.load_workbook(io.BytesIO(write_model_workbook(example())))
    for place, value in cells.items():
        sheet, _, cell = place.partition("_")
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(data: bytes) -> list[tuple[str, str, str]]:
    found = read_model_workbook(data)
    assert found.model is None
    return [(fault.place, fault.value, str(fault.reason)) for fault in found.faults]


@settings(max_examples=25)
@given(models())
def test_a_workbook_reads_back_as_the_same_model(model: QualityModel) -> None:
    found = read_model_workbook(write_model_workbook(model))
    if found.model is None:  # a text of signs that no workbook holds comes back empty, and is told
        assert found.faults
    else:
        assert len(found.model.criteria) == len(model.criteria)
        assert (found.model.whole, found.model.most) == (model.whole, model.most)


def test_the_example_reads_back_whole_and_no_text_becomes_a_formula() -> None:
    model = replace(example(), introduction="=SUMMA(A1)", scores_results=True, renormalised_to=Decimal("1000.5"))
    assert read_model_workbook(write_model_workbook(model)).model == model


def test_every_fault_is_told_with_its_cell_and_what_stands_there() -> None:
    data = changed(
        Modell_B4="kanske", Delar_B3="", Kriterier_F2="tur", Kriterier_K3="många", Kriterier_A4="x", Kriterier_J2="=1+1"
    )
    assert told(data) == [
        ("Modell, B4", "kanske", "Write one of: ja, nej."),
        ("Kriterier, F2", "tur", "Write one of: arbetssätt, resultat."),
        ("Kriterier, J2", "=1+1", "This is a formula. Copy the cell and paste it as a value, so that what is counted can be seen."),
        ("Kriterier, K3", "många", "många holds letters. Write only the number, for example 1050,50."),
        ("Kriterier, A4", "x", "No part on the sheet Delar has this key."),
        ("Delar, B3", "", "This must be a text of 1 to 200 characters."),
    ]  # fmt: skip


def test_a_contradiction_stands_at_its_cell() -> None:
    assert told(changed(Kriterier_K4="50")) == [
        ("Kriterier, K4", "50", "Where the scale counts points its highest, 40, is the maximum.")
    ]
    assert told(changed(Kriterier_J2=30)) == [("Kriterier, I2", "100", "Steps of 30 do not lead from 0 to 100.")]
    assert told(changed(Skalsteg_A2="planera", Skalsteg_B2=5, Skalsteg_C2="Lite")) == [
        ("Skalsteg, B2", "5", "The first text begins at 5; the scale begins at 0.")
    ]
    assert told(changed(Skalsteg_A2="z", Skalsteg_B2=0, Skalsteg_C2="Lite"))[0][:2] == ("Skalsteg, A2", "z")


def test_a_column_or_a_sheet_that_is_missing_is_named() -> None:
    assert ("Kriterier, 1", "", "The column Fråga is missing in the first row.") in told(changed(Kriterier_D1="Frågor"))
    assert ("Kriterier, D1", "Frågor", "This column is not part of a model.") in told(changed(Kriterier_D1="Frågor"))
    assert told(changed(Modell_A9="Färg", Modell_B9="röd")) == [
        ("Modell, A9", "Färg", "This row is not part of a model.")
    ]
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(WorkbookError) as raised:
        read_model_workbook(out.getvalue())
    assert str(raised.value.reason) == "The file has no sheet Modell. Begin from an exported model."


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0rest", b"inget ark"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(WorkbookError):
        read_model_workbook(data)


def test_a_lone_cell_far_down_makes_no_cells_above_it() -> None:
    data = changed(Delar_AN1048576="x", Kriterier_AN1048576="x", Skalsteg_AN1048576="x")
    begun = perf_counter()
    with pytest.raises(WorkbookError, match="The sheet Delar is too large"):
        read_model_workbook(data)
    assert perf_counter() - begun < 3


def test_only_the_rows_that_are_there_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    read = Worksheet.iter_rows

    def noted(sheet: Worksheet, **where: Any) -> Any:
        asked.append(where.get("max_row"))
        return read(sheet, **where)

    monkeypatch.setattr(Worksheet, "iter_rows", noted)
    assert read_model_workbook(write_model_workbook(example())).model == example()
    assert max(asked) < 30
