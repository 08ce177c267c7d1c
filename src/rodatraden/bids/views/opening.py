"""The officials' pages: the opening, the list of bids, one bid with its files, and bids from another tool."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import AttestForm, ConfirmStatementForm, OutsideBidForm, OutsideOpeningForm
from rodatraden.bids.models import BidPrice
from rodatraden.bids.queries import (
    accepts_price,
    asked,
    bids_with_case,
    files_of,
    files_visible_to,
    for_an_earlier_edition,
    key_holders,
    name_of,
    observers_of,
    opened_bids,
    visible_to,
    what_changed,
)
from rodatraden.bids.queries.leaving import decision_told
from rodatraden.bids.rules import (
    ASK_HOLDS,
    SETTLING,
    Kind,
    is_opened_elsewhere,
    may_attest,
    may_confirm_statement,
    may_read_outside_protocol,
    may_register_bid,
    may_see_bid,
    may_see_bids,
    may_state_opening,
    opening_of,
    page,
    still_asked,
    still_stated,
    waiting_statement,
)
from rodatraden.bids.rules.leaving import leaving_of
from rodatraden.bids.rules.observing import attested_at, may_appoint_observer
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.offer import read_index
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.queries import memberships_of, signed_in_person
from rodatraden.parties.rules import may_bid_for, may_judge_number
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.queries import fact_at, procurement_or_404
from rodatraden.procurements.rules import (
    has_happened,
    may_act_as,
    may_follow,
    may_know_bidders,
    may_let_out,
    may_see,
    may_work,
)
from rodatraden.records.actions import carry_out, note_reading
from rodatraden.records.documents import handed_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.tenders.queries import fixed_price_of, latest_snapshot, tender_of
from rodatraden.ui.files import as_made
from rodatraden.ui.forms import ADD_ROW
from rodatraden.ui.policy import fresh_to_act, signed_in

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.http import FileResponse
    from django.http.response import HttpResponseBase

    from rodatraden.bids.models import Bid, BidFile
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request


def case_of(request: Request, procurement_id: UUID) -> tuple[Procurement, Tender]:
    """Return a procurement in whose team the person is, with its documents, or answer 404."""
    procurement = procurement_or_404(signed_in_person(request), procurement_id)
    tender = tender_of(procurement)
    if tender is None:
        raise Http404
    return procurement, tender


@signed_in
@fresh_to_act
def opening(request: Request, procurement_id: UUID) -> HttpResponse:
    """The opening in its steps; before it the page is the same whether nobody or everybody has bid (INV-02)."""
    person = signed_in_person(request)
    procurement, tender = case_of(request, procurement_id)
    require(may_follow(person, procurement))
    if has_happened(procurement, Kind.PUBLISHED) and not has_happened(procurement, Kind.CLOSED):
        with suppress(RefusedError):  # the first touch after the deadline closes the box; before it nothing happens
            actions.close_for_bids(tender=tender, by=None, at=request.now)
            procurement, tender = case_of(request, procurement_id)
    form = AttestForm(request.POST or None)
    if form.is_valid():
        try:
            _attest(tender, person, request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("bids:opening", procurement.pk)
    return render(request, "bids/opening.html", _opening(request, procurement, tender, form), status=form.status)


def _attest(tender: Tender, person: Person, at: datetime) -> None:
    held = opening_of(tender)
    if held is None:
        raise RefusedError(no(say("The bids have not been opened yet.")))
    actions.attest_list(opening=held, by=person, at=at)


def _opening(request: Request, procurement: Procurement, tender: Tender, form: AttestForm) -> dict[str, object]:
    person, held = signed_in_person(request), opening_of(tender)
    waiting = still_asked(held, tender, request.now)
    opened = held is not None and held.opened_at is not None
    sees = may_see_bids(person, procurement)
    observing = observers_of(tender)
    listed = json.loads(held.protocol) if held and held.protocol and sees else None
    leaving = leaving_of(tender, Holds.BID) if listed and "decision" in listed.get("keys", {}) else None
    mark_scans([held.outside_protocol] if held and sees else [])
    return {
        "procurement": procurement,
        "tender": tender,
        "form": form,
        "snapshot": latest_snapshot(tender),
        "closed_at": fact_at(procurement, Kind.CLOSED),
        "opening": held,
        "waiting": waiting,
        "waits_until": waiting.asked_at + ASK_HOLDS if waiting else None,
        "may_attest": may_attest(person, held) if held and opened else None,
        "opened": opened,
        "protocol": listed,
        "decision": decision_told(leaving) if leaving else None,
        "bids": [_listed(bid) for bid in opened_bids(tender).prefetch_related("files")] if sees else (),
        # by name: in the order of the bids a name would tell its number, and that whose answers one judges without names
        "bidders": opened_bids(tender).order_by("supplier__name")
        if not sees and may_know_bidders(person, procurement)
        else (),
        "may_see": sees,
        "may_register": may_act_as(TeamMember.Role.OPENER, person, procurement)
        or may_act_as(TeamMember.Role.OFFICER, person, procurement),
        "unlock_url": page("bids:unlock", procurement, str(Holds.BID)) if key_holders(tender) else None,
        "is_elsewhere": bool(tender.bids_address) or is_opened_elsewhere(tender),
        "stated": still_stated(held, tender),
        "officials": [
            member.person
            for member in procurement.team.all()
            if member.role == TeamMember.Role.OPENER and member.removed_at is None
        ],
        "observers": observing,
        "attested_at": attested_at(held),
        "not_heard": [each for each in observing if each.taken_at and not each.followed_at and not each.ended_at],
        "may_appoint_observer": may_appoint_observer(person, tender),
        "closes_at": tender.deadline_at + SETTLING if tender.deadline_at else None,
    }


def _listed(bid: Bid) -> dict[str, object]:
    return {
        "url": reverse("bids:bid", args=[bid.pk]),
        "number": bid.number,
        "supplier": bid.supplier.name,
        "received_at": bid.received_at,
        "receipt": str(bid.submission_id or "")[:8],
        "files": len(bid.files.all()),
        "is_unreadable": bid.is_unreadable,
    }


@signed_in
def opening_list(request: Request, procurement_id: UUID) -> FileResponse:
    """Hand out the list of bids as it was issued at the opening, to those who see the bids."""
    procurement, tender = case_of(request, procurement_id)
    held = opening_of(tender)
    if held is None or held.document is None or not may_see_bids(signed_in_person(request), procurement):
        raise Http404
    return handed_out(held.document)


@signed_in
def protocol(request: Request, procurement_id: UUID) -> HttpResponse:
    """Fetch the opening protocol with the list of bids, as the canonical JSON that the log names by its hash."""
    procurement, tender = case_of(request, procurement_id)
    held = opening_of(tender)
    if held is None or not held.protocol or not may_see_bids(signed_in_person(request), procurement):
        raise Http404
    return as_made(held.protocol, f"oppningsprotokoll-{tender.pk}.json", "application/json")


@signed_in
def bid_list(request: Request, procurement_id: UUID) -> HttpResponse:
    """The opened bids by number."""
    procurement, tender = case_of(request, procurement_id)
    require(may_see_bids(signed_in_person(request), procurement))
    held = opening_of(tender)
    bids = list(opened_bids(tender).prefetch_related("files").select_related("price", "snapshot"))
    context = {
        "procurement": procurement,
        "tender": tender,
        "opening": held,
        "bids": bids,
        "earlier": for_an_earlier_edition(bids, latest_snapshot(tender)),
        "accepting": {each.pk for each in bids if accepts_price(each, tender)},
        "not_opened": json.loads(held.protocol)["not_opened"] if held and held.protocol else {},
        "may_register": may_register_bid(signed_in_person(request), tender),
    }
    return render(request, "bids/list.html", context)


@signed_in
def bid(request: Request, bid_id: UUID) -> HttpResponse:
    """One opened bid: what it says, and its files."""
    person = signed_in_person(request)
    found = _bid_of(request, bid_id)
    _note(request, found, found.pk)
    files = list(files_of(found, person, request.now))
    mark_scans([*(each.file for each in files), found.declaration_file])
    context = {
        "bid": found,
        "procurement": found.tender.procurement,
        "files": files,
        "answers": found.answers.select_related("requirement").order_by("requirement__number"),
        "promises": found.promises.select_related("requirement").order_by("requirement__number"),
        "people": found.named_people.prefetch_related("assignments").order_by("name", "id"),
        "offer": None if found.is_unreadable else read_index(found.index),
        "price": BidPrice.objects.filter(bid=found).first(),
        "fixed_price": fixed_price_of(found.tender),
        "accepts_price": accepts_price(found, found.tender),
        "may_judge_number": not found.supplier.is_proven and may_judge_number(person, found.supplier, request.now),
        "earlier": _changed_since(found),
        "is_own": bool(may_bid_for(person, found.supplier, request.now)),
    }
    return render(request, "bids/bid.html", context)


def _changed_since(bid: Bid) -> dict[str, object] | None:
    """Return what changed after the version that a bid answers, or None where it answers the latest edition."""
    latest = latest_snapshot(bid.tender)
    if latest is None or bid.snapshot is None or not for_an_earlier_edition([bid], latest):
        return None
    return {"since": bid.snapshot, "latest": latest, "differences": what_changed(bid.snapshot, latest)}


def _bid_of(request: Request, bid_id: UUID) -> Bid:
    """Return a bid that the person sees; the team is told why it does not, everybody else gets 404."""
    person = signed_in_person(request)
    memberships_of(person, request.now)  # kept with the person: the rules of who bids, and the menu, ask no more
    found = get_object_or_404(bids_with_case(), pk=bid_id)
    if not may_see_bid(person, found, request.now):
        if may_see(person, found.tender.procurement):
            require(may_see_bids(person, found.tender.procurement))
        raise Http404
    return found


@signed_in
def file(request: Request, file_id: UUID) -> HttpResponseBase:
    """Fetch a file of an opened bid, under the rule of the bid."""
    found = get_object_or_404(files_visible_to(signed_in_person(request), request.now), pk=file_id)
    return _handed_out(request, found, is_shown=False)


@signed_in
def read(request: Request, file_id: UUID) -> HttpResponseBase:
    """Let the browser show a PDF of an opened bid, on a page of ours too, under the rule of the bid; others are fetched."""
    found = get_object_or_404(files_visible_to(signed_in_person(request), request.now), pk=file_id)
    return _handed_out(request, found, is_shown=True)


def _note(request: Request, bid: Bid, document: UUID) -> None:
    """Note that somebody reads a bid that is not their own (annex IV f): the bid's page, or a file by its key."""
    person = signed_in_person(request)
    if not may_bid_for(person, bid.supplier, request.now):
        note_reading(case=bid.tender.procurement_id, subject=bid.pk, document=document, by=person, at=request.now)


def _note_given(request: Request, bid: Bid, document: UUID, answer: HttpResponseBase) -> None:
    """Note a reading where the answer is the file, before it is sent; a page that says why it is held back is none."""
    if answer.streaming:
        _note(request, bid, document)


def _handed_out(request: Request, found: BidFile, *, is_shown: bool) -> HttpResponseBase:
    person, procurement = signed_in_person(request), found.bid.tender.procurement
    may = partial(may_let_out, person, procurement)
    answer = hand_out(
        request, found.file, name_of(found, person), may_let_out=may, case=procurement.pk, is_shown=is_shown
    )
    _note_given(request, found.bid, found.pk, answer)
    return answer


@signed_in
def espd(request: Request, bid_id: UUID) -> HttpResponseBase:
    """Fetch the ESPD of an opened bid, under the rule of the bid."""
    found = get_object_or_404(visible_to(signed_in_person(request), request.now), pk=bid_id)
    if found.declaration_file is None:
        raise Http404
    procurement = found.tender.procurement
    may = partial(may_let_out, signed_in_person(request), procurement)
    answer = hand_out(
        request, found.declaration_file, found.declaration_file.name, may_let_out=may, case=procurement.pk
    )
    _note_given(request, found, found.declaration_file.pk, answer)
    return answer


@signed_in
def register(request: Request, procurement_id: UUID) -> HttpResponse:
    """Register bids that were received and opened in another tool: two officials state the opening, then each bid."""
    procurement, tender = case_of(request, procurement_id)
    person = signed_in_person(request)
    require(may_work(person, procurement))
    held = opening_of(tender)
    if held is None or held.opened_at is None:
        return _state_opening(request, procurement, tender)
    answer = may_register_bid(person, tender)
    form = OutsideBidForm(request.POST or None, request.FILES or None, asked=asked(tender))
    if (
        answer
        and form.is_valid()
        and carry_out(
            form=form,
            purpose=f"bids.register {tender.pk}",
            verb=lambda: _register_bid(tender, form, person, request.now),
            by=person,
            at=request.now,
        )
    ):
        messages.success(request, gettext("The bid is registered."))
        return redirect("bids:list", procurement.pk)
    more = [(ADD_ROW, "1", gettext("More rows, before you choose files"))]
    context = {"procurement": procurement, "tender": tender, "form": form, "answer": answer, "more_rows": more}
    return render(request, "bids/register.html", context, status=form.status)


def _state_opening(request: Request, procurement: Procurement, tender: Tender) -> HttpResponse:
    """The statement of the first official, or its confirmation by the second: which form came is told by its field."""
    person = signed_in_person(request)
    with suppress(RefusedError):
        actions.close_for_bids(tender=tender, by=None, at=request.now)
        procurement, tender = case_of(request, procurement.pk)
    stated = waiting_statement(tender)
    confirms = "confirm" in request.POST
    form = OutsideOpeningForm(None if confirms else request.POST or None, None if confirms else request.FILES or None)
    confirmation = ConfirmStatementForm(request.POST if confirms else None)
    asked_form = confirmation if confirms else form
    if asked_form.is_valid():
        try:
            if confirms:
                _confirm_statement(tender, person, request.now)
            else:
                _state(tender, form, person, request.now)
        except RefusedError as refused:
            asked_form.refuse(refused)
        else:
            return redirect("bids:register", procurement.pk)
    if stated is not None:
        mark_scans([stated.outside_protocol])
    context = {
        "procurement": procurement,
        "tender": tender,
        "form": form,
        "confirmation": confirmation,
        "stated": stated,
        "is_mine": stated is not None and stated.asked_by_id == person.pk,
        "may_confirm": may_confirm_statement(person, stated, request.now) if stated else None,
        "answer": may_state_opening(person, tender, request.now),
    }
    return render(request, "bids/register_opening.html", context, status=asked_form.status)


def _state(tender: Tender, form: OutsideOpeningForm, person: Person, at: datetime) -> None:
    values = form.cleaned_data
    read = values["protocol"]
    actions.state_opening(
        tender=tender,
        opened_at=values["opened_at"],
        tool=values["tool"],
        protocol=actions.OutsideFile(read.name, read.media_type, read.upload),
        by=person,
        at=at,
    )


def _confirm_statement(tender: Tender, person: Person, at: datetime) -> None:
    stated = waiting_statement(tender)
    if stated is None:
        raise RefusedError(no(say("There is no statement to confirm any more. State the opening again.")))
    actions.confirm_stated_opening(opening=stated, by=person, at=at)


@signed_in
def outside_protocol(request: Request, procurement_id: UUID) -> HttpResponseBase:
    """Fetch the other tool's protocol of the opening: the officials before it is confirmed, then who sees the bids."""
    procurement, tender = case_of(request, procurement_id)
    held = opening_of(tender)
    if held is None or held.outside_protocol is None:
        raise Http404
    require(may_read_outside_protocol(signed_in_person(request), held, request.now))
    may = partial(may_let_out, signed_in_person(request), procurement)
    return hand_out(request, held.outside_protocol, held.outside_protocol.name, may_let_out=may, case=procurement.pk)


def _register_bid(tender: Tender, form: OutsideBidForm, person: Person, at: datetime) -> None:
    values, asks = form.cleaned_data, form.asked
    actions.register_opened_bid(
        tender=tender,
        supplier_name=values["supplier_name"],
        registration_number=values["registration_number"],
        email=values["email"],
        received_at=values["received_at"],
        price=values.get("price"),
        accepts_price=values.get("accepts_price") is True,
        files=[
            actions.OutsideBidFile(read.name, read.media_type, read.upload, item, read.pages)
            for item in asks.items
            if (read := values[f"file-{item.number}"])
        ],
        replies=form.replies(),
        promises=form.promises(),
        people=form.people(),
        companies=form.companies(),
        declaration=form.declaration(),
        espd=actions.OutsideFile(read.name, read.media_type, read.upload) if (read := values["espd"]) else None,
        accepts_terms=values.get("accepts_terms") is True,
        by=person,
        at=at,
    )
