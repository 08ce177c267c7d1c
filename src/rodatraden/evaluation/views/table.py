"""The table of bids in Excel: down with the published criteria, up to be computed and looked at. Nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.text import slugify

from rodatraden.core import evaluation as core
from rodatraden.core.answer import require
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.evaluation.workbook import Holds, bid_columns, in_column
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.numbers import swedish_amount, swedish_number
from rodatraden.evaluation import queries, rules
from rodatraden.evaluation.forms import TableForm
from rodatraden.evaluation.queries import telling
from rodatraden.evaluation.views.loading import loaded
from rodatraden.ui.files import EXCEL_TYPE, as_made
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.core.evaluation.workbook import Column, Found
    from rodatraden.evaluation.queries import Counted
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

MOST_SHOWN = 100
"""Faults, and texts read as numbers, that are shown at once: a table can hold thousands. Source: policy."""


@signed_in
def table(request: Request, procurement_id: UUID) -> HttpResponse:
    """Give the form, and answer a filled in one with what was read, what is wrong or what it comes to."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_table(person, procurement))
    may_compute = rules.may_compute_table(person, procurement)
    model = queries.published_model(tender)
    is_sent = request.method == "POST"
    form = TableForm(request.POST if is_sent else None, request.FILES if is_sent else None, model=model)
    context: dict[str, object] = {}
    if is_sent:
        require(may_compute)
        if form.is_valid() and form.table is not None and form.table.counted is not None:
            context = _read(form.table.found, form.table.counted) | _beside(person, tender, form.table.counted)
            form = TableForm(model=model)
        elif form.table is not None:
            faults = form.table.faults
            context = {
                "faults": faults[:MOST_SHOWN],
                "more": max(len(faults) - MOST_SHOWN, 0),
                "source": form.table.source,
            }
    context |= {
        "procurement": procurement,
        "form": form,
        "may_compute": may_compute,
        "sentences": [said(each) for each in worded(model)],
        "model": model,
    }
    return render(request, "evaluation/table.html", context, status=form.status)


@signed_in
def form_file(request: Request, procurement_id: UUID) -> HttpResponse:
    """Give the table to fill in, with the published criteria and prices as its columns."""
    person, tender = loaded(request, procurement_id)
    require(rules.may_see_table(person, tender.procurement))
    return _file(queries.write_table(tender), f"{slugify(tender.procurement.title)}-mall")


@signed_in
def bids_file(request: Request, procurement_id: UUID) -> HttpResponse:
    """Give the bids with points, prices and every step, to those who see the outcome."""
    person, tender = loaded(request, procurement_id)
    require(rules.may_see_outcome(person, tender.procurement))
    try:
        counted = _outcome(tender)
    except core.InputError:
        return redirect("evaluation:outcome", procurement_id)  # which says why nothing can be computed
    return _file(queries.write_table(tender, counted.bids, counted.model), f"{slugify(tender.procurement.title)}-anbud")


def _outcome(tender: Tender) -> Counted:
    return queries.frozen_outcome(tender) or queries.preliminary_outcome(tender)


def _file(data: bytes, name: str) -> HttpResponse:
    return as_made(data, f"{name}.xlsx", EXCEL_TYPE)


def _read(found: Found, counted: Counted) -> dict[str, object]:
    """Return what was understood of a table, and what it comes to."""
    columns = [column for column in bid_columns(counted.model) if column.field not in {"key", "name"}]
    used = [column for column in columns if any(in_column(bid, column) is not None for bid in counted.bids)]
    return {
        "counted": counted,
        "headline": telling.headline(counted),
        "columns": [said(column.heading) for column in used],
        "rows": [
            (bid.name, found.rows["", bid.key][1], [_cell(bid, column) for column in used]) for bid in counted.bids
        ],
        "noted": [
            (f"{each.column}{each.row}", each.typed, swedish_number(each.value)) for each in found.noted[:MOST_SHOWN]
        ],
        "more": max(len(found.noted) - MOST_SHOWN, 0),
        "ranking": telling.ranking(counted),
        "legend": telling.legend(counted.model),
        "results": [telling.told(result) for result in counted.outcome.results],
    }


def _cell(bid: core.Bid, column: Column) -> tuple[str, str]:
    """Return the heading of a cell and what was read in it."""
    value = in_column(bid, column)
    heading = said(column.heading)
    if value is None or isinstance(value, str):
        return heading, value or "–"
    number = simplest(as_fraction(value))
    return heading, swedish_amount(number) if column.holds is Holds.AMOUNT else swedish_number(number)


def _beside(person: Person, tender: Tender, counted: Counted) -> dict[str, object]:
    """Return whether the table has the figures of the outcome on the result page, where `person` sees one."""
    if not rules.may_see_outcome(person, tender.procurement):
        return {}
    try:
        return {"is_same": _outcome(tender).outcome.inputs_hash == counted.outcome.inputs_hash, "has_outcome": True}
    except core.InputError:
        return {}
