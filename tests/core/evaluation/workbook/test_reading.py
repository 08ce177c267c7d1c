"""A workbook that comes back: the same case, or every fault by sheet, row and column."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from rodatraden.core.evaluation import InputError, evaluate
from rodatraden.core.evaluation.lots import evaluate_lots
from rodatraden.core.evaluation.workbook import CellFault, WorkbookError, read_workbook
from tests.core.evaluation.workbook.books import book_of, case_of, changed, seed
from tests.core.evaluation.worked import FAMILIES, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

F = CellFault


def told(data: bytes) -> list[tuple[str, str, int, str, str]]:
    found = read_workbook(data)
    assert (found.case is None) == bool(found.faults)
    return [(fault.kind.value, fault.sheet, fault.row, fault.column, fault.value) for fault in found.faults]


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_every_case_comes_back_as_it_was(path: Path) -> None:
    case = read(path.stem)
    found = read_workbook(book_of(case))
    assert found.faults == ()
    assert found.noted == ()
    assert found.case is not None
    assert found.case.to_json() == case.to_json()
    before, after = (evaluate_lots(each.lots, each.most_lots_per_bidder) for each in (case, found.case))
    assert [each.outcome.hash for each in before] == [each.outcome.hash for each in after]


def test_fractions_and_long_amounts_come_back() -> None:
    def change(value: dict[str, Any]) -> None:
        value["model"]["criteria"][0] |= {"step": None}
        value["bids"][0] |= {"price": "9999999999.123456", "scores": {"metod": "26/3", "case": "8"}}

    case = case_of("seed-000", change)
    found = read_workbook(book_of(case))
    assert found.case is not None
    assert found.case.to_json() == case.to_json()


def test_a_form_that_was_filled_in_is_read_with_what_was_understood() -> None:
    def fill(sheet: Any) -> None:
        for row, values in enumerate([("a", None, "1 050,50 kr", 9, "8 p"), ("b", "Bolaget B", 990, 7.5, 8)], 8):
            for column, value in enumerate(values, 1):
                sheet.cell(row=row, column=column, value=value)

    def halves(value: dict[str, Any]) -> None:
        value["model"]["criteria"][0]["step"] = "0.5"
        value["bids"] = []

    form = book_of(case_of("seed-000", halves))
    found = read_workbook(changed(form, lambda book: fill(book["Anbud"])))
    assert found.case is not None
    bids = found.case.lots[0].bids
    assert [(bid.key, bid.name, bid.price, dict(bid.scores)) for bid in bids] == [
        ("a", "a", Decimal("1050.5"), {"metod": 9, "case": 8}),
        ("b", "Bolaget B", 990, {"metod": Decimal("7.5"), "case": 8}),
    ]
    assert [(each.sheet, each.row, each.column, each.typed, str(each.value)) for each in found.noted] == [
        ("Anbud", 8, "C", "1 050,50 kr", "1050.5"),
        ("Anbud", 8, "E", "8 p", "8"),
    ]


def put(place: str, value: object) -> Callable[[Any], object]:
    return lambda sheet: sheet.__setitem__(place, value)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (put("C7", "NaN"), ("number", "Anbud", 7, "C", "NaN")),
        (put("C7", "1e3"), ("number", "Anbud", 7, "C", "1e3")),
        (put("C7", "\uff11\uff10\uff15\uff10"), ("number", "Anbud", 7, "C", "\uff11\uff10\uff15\uff10")),
        (put("C7", "1.050"), ("number", "Anbud", 7, "C", "1.050")),
        (put("C7", "=B7*2"), ("formula", "Anbud", 7, "C", "=B7*2")),
        (put("D7", datetime(2027, 4, 3, tzinfo=UTC).replace(tzinfo=None)), ("day_for_number", "Anbud", 7, "D", "2027-04-03 00:00:00")),
        (put("D7", 1 / 3), ("too_precise", "Anbud", 7, "D", "0.3333333333333333")),
        (put("C7", 10**17), ("field", "Anbud", 7, "C", "1e+17")),
        (put("A7", "mellanrum"), ("twice", "Anbud", 7, "A", "mellanrum")),
        (put("A7", None), ("missing", "Anbud", 7, "A", "")),
        (put("B7", "x" * 201), ("field", "Anbud", 7, "B", "x" * 200)),
        (put("C5", "pris"), ("unknown_column", "Anbud", 5, "C", "pris")),
        (put("C5", None), ("unknown_column", "Anbud", 5, "C", "")),
        (put("G8", "en anteckning"), ("unknown_column", "Anbud", 5, "G", "")),
        (put("D5", "scores.case"), ("twice", "Anbud", 5, "E", "scores.case")),
        (put("A5", None), ("missing_column", "Anbud", 0, "", "")),
        (lambda sheet: sheet.merge_cells("D7:D8"), ("merged", "Anbud", 7, "D", "7")),
        (lambda sheet: sheet.delete_cols(4), ("missing_column", "Anbud", 5, "A", "key")),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_sheet_row_and_column(change: Callable[[Any], object], fault: tuple[Any, ...]) -> None:
    assert fault in told(seed(change))


def test_all_faults_are_told_at_once() -> None:
    def change(sheet: Any) -> None:
        sheet["C6"], sheet["D7"], sheet["A9"] = "NaN", True, None

    assert told(seed(change)) == [
        ("number", "Anbud", 6, "C", "NaN"),
        ("flag", "Anbud", 7, "D", "True"),
        ("missing", "Anbud", 9, "A", ""),
    ]


def test_columns_may_stand_in_another_order_and_rows_may_be_empty() -> None:
    def change(sheet: Any) -> None:
        sheet.move_range("C3:C9", cols=5)
        sheet.delete_cols(3)
        sheet.insert_rows(8, amount=3)

    found = read_workbook(seed(change))
    assert found.case is not None
    assert found.case.to_json() == read("seed-000").to_json()


def test_the_evaluations_own_faults_have_their_place_too() -> None:
    for place, value in (("E7", 11), ("E7", None), ("C7", 0), ("C7", None)):
        found = read_workbook(seed(put(place, value)))
        assert found.case is not None
        with pytest.raises(InputError) as refused:
            evaluate(found.case.lots[0].model, found.case.lots[0].bids)
        assert found.place_of(refused.value) == ("Anbud", 7, place[0])


def test_words_that_were_changed_are_told_so_that_nobody_believes_that_they_count() -> None:
    data = changed(
        book_of(read("seed-000")), lambda book: put("A9", "Bara anbud med minst 8 poäng går vidare.")(book["Modell"])
    )
    (fault,) = read_workbook(data).faults
    assert (fault.kind, fault.sheet, fault.row, fault.column) == (F.CHANGED_WORDS, "Modell", 9, "A")
    assert "“Only bids with at least 12 points in all go on.”" in str(fault.reason)


def test_a_model_that_was_changed_in_the_data_is_refused() -> None:
    def change(book: Any) -> None:
        for (cell,) in book["Data"].iter_rows():
            if cell.value and '"minimum": "12"' in cell.value:
                cell.value = cell.value.replace("12", "8")

    with pytest.raises(WorkbookError, match="its fingerprint is another"):
        read_workbook(changed(book_of(read("seed-000")), change))


@pytest.mark.parametrize(
    ("place", "value", "kind"),
    [
        ("C6", True, F.NUMBER_FOR_DAY),
        ("D6", "1 mars 2026", F.NUMBER_FOR_DAY),
        ("C6", None, F.MISSING),
        ("B6", "metod", F.FIELD),
        ("A6", "D", F.UNKNOWN_BIDDER),
        ("D6", "2020-01-01", F.FIELD),
    ],
)
def test_assignments_are_read_with_the_same_care(place: str, value: object, kind: CellFault) -> None:
    data = changed(book_of(read("17-step-table")), lambda book: put(place, value)(book["Uppdrag"]))
    (fault,) = read_workbook(data).faults
    assert (fault.kind, fault.sheet, fault.row) == (kind, "Uppdrag", 6)


@pytest.mark.parametrize("column", [1, 2, 3, 4])
def test_a_column_of_assignments_that_is_gone_is_told(column: int) -> None:
    data = changed(book_of(read("17-step-table")), lambda book: book["Uppdrag"].delete_cols(column))
    assert {fault[0] for fault in told(data)} == {"missing_column"}


def test_a_sheet_that_is_gone_is_told() -> None:
    for name, sheet in (("17-step-table", "Uppdrag"), ("25-lots", "Anbud 2")):
        data = changed(book_of(read(name)), lambda book, sheet=sheet: book.remove(book[sheet]))
        assert ("missing_column", sheet, 0, "", "") in told(data)
    with pytest.raises(WorkbookError, match="has no sheet Data"):
        read_workbook(changed(book_of(read("seed-000")), lambda book: book.remove(book["Data"])))


def test_a_broken_data_sheet_is_told() -> None:
    with pytest.raises(WorkbookError, match="The sheet Data has been changed"):
        read_workbook(changed(book_of(read("seed-000")), lambda book: put("A3", "{")(book["Data"])))
    with pytest.raises(WorkbookError, match=r"data\.workbook"):
        read_workbook(changed(book_of(read("seed-000")), lambda book: put("A2", ' "workbook": 2,')(book["Data"])))


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is no Excel workbook"),
        (b"PK\x03\x04 broken", "The file is no Excel workbook"),
        (packed({"word/document.xml": b""}), "The file is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0old", "protected by a password"),
        (packed({"xl/workbook.xml": b"<broken"}), "damaged"),
        (packed({"xl/workbook.xml": b"0" * 61_000_000}), "unpacks to more"),
        (b"PK" + bytes(5_000_000), "It can have at most 5000000"),
        (packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b'<mergeCell ref="A1:XFD1048576"/>'}), "too many cells merged"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_before_it_is_read(data: bytes, sentence: str) -> None:
    with pytest.raises(WorkbookError, match=sentence):
        read_workbook(data)


def test_the_sheets_are_counted_together() -> None:
    sheets = {f"xl/worksheets/sheet{n}.xml": b"<c/>" * 200_000 for n in range(3)}
    with pytest.raises(WorkbookError, match="The sheets have more cells"):
        read_workbook(packed({"xl/workbook.xml": b""} | sheets))


def test_a_lone_cell_far_out_is_refused_before_it_takes_all_memory() -> None:
    with pytest.raises(WorkbookError, match="The sheet Anbud is too large"):
        read_workbook(seed(put("XFD1048576", "x")))


def test_a_workbook_of_somebody_elses_is_told_how_to_get_one() -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    with pytest.raises(WorkbookError, match=r"rodatraden evaluate FILE --excel NEW\.xlsx"):
        read_workbook(out.getvalue())


def test_the_case_is_the_same_as_json() -> None:
    found = read_workbook(book_of(read("25-lots")))
    assert found.case is not None
    assert json.dumps(found.case.to_json(), default=str) == json.dumps(read("25-lots").to_json(), default=str)
