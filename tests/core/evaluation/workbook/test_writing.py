"""The workbook of a case: nothing in it is a formula, and it says what the command says."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pytest

from rodatraden.core.evaluation.lots import evaluate_lots
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.evaluation.workbook import WorkbookError
from rodatraden.core.evaluation.workbook.writing import LONGEST_IN_A_CELL, seen, write_text
from tests.core.evaluation.workbook.books import book_of, case_of
from tests.core.evaluation.worked import FAMILIES, read

if TYPE_CHECKING:
    from pathlib import Path

FILES = FAMILIES


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_has_its_words_its_bids_and_every_step_and_no_formula(path: Path) -> None:
    case = read(path.stem)
    book = opened(book_of(case))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    words = [row[0] for row in book["Modell"].iter_rows(values_only=True)]
    result = list(book["Resultat"].iter_rows(values_only=True))
    for part, found in zip(case.parts, evaluate_lots(case.lots, case.most_lots_per_bidder), strict=True):
        assert {str(each) for each in worded(part.lot.model)} <= set(words)
        for each in found.outcome.results:
            steps = [str(step.text) for step in each.steps]
            assert [row[1] for row in result if row[0] == each.name and row[1] in steps][
                -len(steps) :
            ] == steps or not steps
        assert ("Fingerprint of the outcome", found.outcome.hash) in {row[:2] for row in result}


def test_what_looks_like_a_formula_stays_text() -> None:
    name = '=HYPERLINK("http://x.example";"A")'
    case = case_of("seed-000", lambda value: value["bids"][0].update(name=name, not_qualified="@SUM(1)\x01"))
    book = opened(book_of(case))
    sheet = book["Anbud"]
    assert (sheet["B6"].value, sheet["B6"].data_type, sheet["B6"].quotePrefix) == (name, "s", True)
    assert (sheet["F6"].value, sheet["F6"].data_type) == ("@SUM(1)\ufffd", "s")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_result_is_exact_and_says_about_what_it_is() -> None:
    rows = list(opened(book_of(read("14-corridor")))["Resultat"].iter_rows(values_only=True))
    assert ("Anbud A", "Points ÷ price: 17 ÷ 1140", "17/1140", 0.014912, None) in rows


def test_the_spreadsheet_minds_the_scale_while_it_is_filled_in() -> None:
    rules = opened(book_of(read("seed-000")))["Anbud"].data_validations.dataValidation
    assert [(str(rule.sqref), rule.formula1, rule.formula2) for rule in rules] == [
        ("D6:D110", "0", "10"),
        ("E6:E110", "0", "10"),
    ]


def test_a_case_without_bids_is_a_form_to_fill_in() -> None:
    for path in FILES:
        name = path.stem
        case = case_of(name, lambda value: [lot.update(bids=[]) for lot in value.get("lots", [value])])
        assert [name.startswith("Anbud") for name in opened(book_of(case)).sheetnames].count(True) == len(case.parts)


@pytest.mark.parametrize("sign", ["a", "\u00e5", "\U0001f9f5"])
def test_a_text_is_kept_whole_or_refused_with_its_place(sign: str) -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    most = LONGEST_IN_A_CELL // (len(sign.encode("utf-16-le")) // 2)
    assert write_text(sheet, 1, 1, sign * most).value == sign * most
    with pytest.raises(WorkbookError) as refused:
        write_text(sheet, 2, 3, sign * (most + 1))
    assert "sheet Sheet, cell C2" in str(refused.value)


def test_what_no_file_of_office_can_hold_is_shown_to_have_been_there() -> None:
    assert seen("rad 1\x0brad 2\x00\tslut\n") == "rad 1\ufffdrad 2\ufffd\tslut\n"
