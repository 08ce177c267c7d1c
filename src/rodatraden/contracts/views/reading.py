"""The list of contracts, one contract with everything that hangs on it, and its files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from rodatraden.awards.rules import may_conclude_contract
from rodatraden.contracts import queries, rules
from rodatraden.contracts.documents import contract_paper
from rodatraden.contracts.views.desk import Desk, at_contract
from rodatraden.core.instants import local_date
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.rules import may_let_out
from rodatraden.records.documents import as_copy, handed_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

PAGE_SIZE = 30


@signed_in
def contract_list(request: Request) -> HttpResponse:
    """Show the contracts that the person sees, searched and sorted."""
    person = signed_in_person(request)
    text, sort = request.GET.get("q", "").strip(), request.GET.get("sort", "")
    contracts = queries.found(queries.visible_to(person, request.now), text=text, sort=sort)
    # The keys of all are counted and cut; asking twice who sees each costs more than to carry them.
    page = Paginator(list(contracts.values_list("pk", flat=True)), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = queries.by_key(list(page))
    rows = [queries.row(contract, local_date(request.now, contract.tender.procurement.country)) for contract in shown]
    return render(request, "contracts/list.html", {"rows": rows, "page": page, "text": text})


@signed_in
@at_contract
def detail(request: Request, desk: Desk) -> HttpResponse:
    """Show what is agreed, what is ordered and what is left, and the one next step of this person."""
    contract, person, on = desk.contract, desk.person, desk.today
    terms, row = list(queries.terms_of(contract)), queries.row(contract, on)
    annexes, orders = queries.annexes_of(contract.bid_id), queries.order_rows(contract, person, desk.at)
    mark_scans(
        [
            contract.signed_file,
            *(each.file for annex in annexes for each in annex.files),
            *(given.file for each in orders for given in each.order.deliverables.all()),
        ]
    )
    context = desk.context(
        row=row,
        stations=queries.stations(terms, reverse("followup:plan", args=[contract.pk])),
        delivered=queries.delivered_amount(contract),
        terms=terms,
        annexes=annexes,
        orders=orders,
        ceiling=rules.ceiling_of(contract, on),
        warnings=rules.warning_shares(on),
        year=rules.year_of(contract, on),
        year_committed=rules.year_committed(contract, on),
        people=queries.people_on(contract, on),
        may_sign=rules.may_register_signature(person, contract),
        may_conclude=None if row.signed_on else may_conclude_contract(contract.tender, on),
        may_call_off=rules.may_call_off(person, contract, desk.at),
        may_extend=rules.may_extend(person, contract, desk.at),
    )
    return render(request, "contracts/detail.html", context)


@signed_in
@at_contract
def document(request: Request, desk: Desk) -> FileResponse:
    """Hand out the contract as it was issued to be signed, to those who see it."""
    del request
    if desk.contract.document is None:
        raise Http404
    return handed_out(desk.contract.document)


@signed_in
@at_contract
def word(request: Request, desk: Desk) -> HttpResponse:
    """Hand out a copy of the contract in Word, to those who see it."""
    del request
    if desk.contract.document is None:
        raise Http404
    return as_copy(contract_paper(desk.contract, desk.contract.drawn_up_at), desk.contract.document)


@signed_in
def file(request: Request, file_id: UUID) -> HttpResponseBase:
    """Hand out the signed contract, an annex of the bid's own, or something that a call-off produced, to those who see the contract."""
    person = signed_in_person(request)
    stored = get_object_or_404(queries.files_visible_to(person, request.now), pk=file_id)
    procurement = queries.contract_with_file(stored, person, request.now).tender.procurement
    may = partial(may_let_out, person, procurement)
    return hand_out(request, stored, stored.name, may_let_out=may, case=procurement.pk)
