"""The table of a case as an Excel workbook, out and in: to look at a calculation, never to enter one.

What is read is computed and shown, and nothing of it is kept: the outcome of a procurement comes from the consensus and the
opened prices alone (INV-13).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core import evaluation as core
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.evaluation.case import Case, Part
from rodatraden.core.evaluation.lots import Lot, evaluate_lots
from rodatraden.core.evaluation.workbook import CellFault, Fault, WorkbookError, read_workbook, write_workbook
from rodatraden.core.message import Message, say
from rodatraden.evaluation.queries.outcome import Counted, published_model
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation.workbook import Found
    from rodatraden.tenders.models import Tender


def write_table(tender: Tender, bids: Sequence[core.Bid] = (), model: core.Model | None = None) -> bytes:
    """Return the workbook of a tender: a form to fill in, or the bids with every step of their calculation.

    Raises:
        RefusedError: a text is longer than a cell keeps.
    """
    lot = Lot("", "", model or published_model(tender), tuple(bids))
    case = Case(title=tender.procurement.title, source="", parts=(Part(lot, None),))
    try:
        return write_workbook(case, evaluate_lots(case.lots), said)
    except WorkbookError as error:
        raise RefusedError(no(error.reason)) from error


class OtherModelError(Exception):
    """A workbook with another model than the published one; `reason` says so."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Table:
    """What a workbook held, and what it comes to; `counted` is None when something is wrong in it."""

    found: Found
    counted: Counted | None
    faults: tuple[Fault, ...]
    source: str = ""


def read_table(model: core.Model, data: bytes) -> Table:
    """Return the bids of a workbook, computed by the published `model`, or all that is wrong in it.

    Raises:
        WorkbookError: the file is no workbook that was written for a case.
        OtherModelError: it was written for another model.
    """
    found = read_workbook(data)
    if found.model_hashes != (model.hash,):
        raise OtherModelError(
            say(
                "The table was written for another model than the published one. Download the table anew and fill it in."
            )
        )
    if found.case is None:
        return Table(found, None, found.faults)
    (lot,) = found.case.lots
    try:
        return Table(found, Counted(model, lot.bids, core.evaluate(model, lot.bids)), ())
    except core.InputError as error:
        sheet, row, column = found.place_of(error) or ("", 0, "")
        value = "" if error.value is None else str(error.value)
        fault = Fault(CellFault.FIELD, sheet, row, column, value, error.reason)
        return Table(found, None, (fault,), error.source)
