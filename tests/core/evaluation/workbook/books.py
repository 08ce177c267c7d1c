"""Workbooks as people send them back: written by us, then changed."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl

from rodatraden.core.evaluation.case import Case, read_case
from rodatraden.core.evaluation.lots import evaluate_lots
from rodatraden.core.evaluation.workbook import write_workbook
from tests.core.evaluation.worked import CASES, read

if TYPE_CHECKING:
    from collections.abc import Callable


def case_of(name: str, change: Callable[[dict[str, Any]], object] | None = None) -> Case:
    """Return a published case, changed."""
    if change is None:
        return read(name)
    value = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    change(value)
    return read_case(json.dumps(value).encode())


def book_of(case: Case) -> bytes:
    """Return the workbook of a case, in English."""
    return write_workbook(case, evaluate_lots(case.lots, case.most_lots_per_bidder), str)


def changed(data: bytes, change: Callable[[Any], object]) -> bytes:
    """Return the workbook as it is after somebody has worked in it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def seed(change: Callable[[Any], object]) -> bytes:
    """Return the workbook of seed 000 after a change on the sheet with its bids."""
    return changed(book_of(read("seed-000")), lambda book: change(book["Anbud"]))
