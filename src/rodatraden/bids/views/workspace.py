"""Where a bid is written and sealed in the supplier's own browser: the page, and the addresses that its program sends to.

The page posts nothing of what is written. What comes is opaque: parts, then what hands them in, whose last byte is the bid's.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import workspace_forms
from rodatraden.bids.queries import (
    asked,
    box_of,
    key_holders,
    parts_held,
    read_handed_in,
    submissions_visible_to,
    supplier_of,
    upload_of,
)
from rodatraden.bids.rules import is_out_of_time
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.instants import local_date
from rodatraden.core.sealing import MOST_FILES
from rodatraden.core.sealing import hand_in as handing_in
from rodatraden.core.sealing.bundle import LONGEST_PART
from rodatraden.core.sealing.parts import most_of_files
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import KeyReusedError
from rodatraden.tenders.queries import latest_snapshot, open_to_all
from rodatraden.ui.bundles import published
from rodatraden.ui.policy import goes_first, signed_in, starts_worker, takes
from rodatraden.ui.spoken import SPOKEN
from rodatraden.ui.storing import BIDS
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from rodatraden.bids.models import SealedUpload
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request

P = ParamSpec("P")
CONFLICT, REFUSED = 409, 422
CHUNK = 1024 * 1024
"""Bytes asked for at a time, as many as gunicorn takes from the kernel: what it has taken and is not asked for it copies each time."""


@goes_first
@signed_in
@starts_worker
def workspace(request: Request, tender_id: UUID, organisation_id: UUID) -> HttpResponse:
    """The page on which the whole bid is written; every field of it stays in the browser."""
    tender, supplier, person = _for(request, tender_id, organisation_id)
    holders = key_holders(tender)
    if holders is None:
        raise Http404
    asks = asked(tender)
    forms = workspace_forms(asks)
    mine = submissions_visible_to(person, request.now).filter(tender=tender, supplier=supplier)
    context = {
        "tender": tender,
        "supplier": supplier,
        "holders": holders,
        "holder_names": ", ".join(holder.name for holder in holders.holders),
        "snapshot": latest_snapshot(tender),
        "forms": forms,
        "files": [(item, forms["files"][f"file-{item.number}"]) for item in asks.items],
        "handed_in": mine.filter(withdrawn_at=None, is_late=False).order_by("-version").first(),
        "is_out_of_time": is_out_of_time(tender, request.now),
        "counted_on": local_date(tender.deadline_at or request.now, tender.procurement.country),
        "spoken": {text: gettext(text) for text in SPOKEN},
        "most_megabytes": most_of_files(settings.BID_SEALED_MAX_BYTES) // 1_000_000,
        "most_files": MOST_FILES,
        "program": published()["sealing/bid_worker.js"],
    }
    return render(request, "bids/workspace.html", context)


def _answers_program(
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """Answer a refusal to the page's program, as data with its sentence."""

    @wraps(view)
    def answering(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except RefusedError as refused:
            status = CONFLICT if isinstance(refused, KeyReusedError) else REFUSED
            reason = said(refused.answer.reason) if refused.answer.reason else ""
            return JsonResponse({"reason": reason}, status=status)

    return answering


@goes_first
@takes("GET", "HEAD")
@signed_in
@_answers_program
def held(request: Request, tender_id: UUID, organisation_id: UUID, upload_id: UUID) -> HttpResponse:
    """Tell which parts of a bid have come, each with its hash, and the receipt if it has been handed in.

    The token goes with it: who has signed in again, in another tab, has another than when the page was made.
    """
    tender, supplier, person = _for(request, tender_id, organisation_id)
    upload = upload_of(tender.pk, supplier, upload_id)
    done = (
        submissions_visible_to(person, request.now).filter(upload=upload_id, tender=tender, supplier=supplier).first()
    )
    parts = parts_held(upload) if upload else {}
    receipt = reverse("bids:receipt", args=[done.pk]) if done else None
    return JsonResponse({"parts": parts, "receipt": receipt, "csrf": get_token(request)})


@goes_first
@takes("PUT")
@signed_in
@_answers_program
def part(request: Request, tender_id: UUID, organisation_id: UUID, upload_id: UUID, name: str) -> HttpResponse:
    """Take in one part; it is read whole before anything is locked, so that a slow line holds up nobody."""
    person, supplier = _bidding(request, organisation_id)
    data = _body(request, LONGEST_PART)
    with BIDS.place():
        upload = upload_of(tender_id, supplier, upload_id)
        if upload is None:
            upload = _begun(tender_id, upload_id, supplier=supplier, by=person, at=request.now)
        told = request.headers.get("X-Sha256", "")
        stored = actions.store_part(upload=upload, name=name, chunks=data, sha256=told, by=person, at=request.now)
    return JsonResponse({"sha256": stored.file.sha256})


@goes_first
@takes("POST")
@signed_in
@_answers_program
def hand_in(request: Request, tender_id: UUID, organisation_id: UUID, upload_id: UUID) -> HttpResponse:
    """Hand in a bid whose parts have come; its arrival is that of the last byte of this request."""
    person, supplier = _bidding(request, organisation_id)
    handed_in = b"".join(_body(request, handing_in.LONGEST))
    arrival = request.arrival()
    with BIDS.place():
        upload = upload_of(tender_id, supplier, upload_id)
        if upload is None:  # a bid without files has no part that could have begun it
            read_handed_in(handed_in, tender=tender_id, bid=upload_id)
            upload = _begun(tender_id, upload_id, supplier=supplier, by=person, at=arrival.at)
        submission = actions.hand_in_sealed(
            upload=upload,
            handed_in=handed_in,
            by=person,
            arrival=arrival,
            key=request.headers.get("Idempotency-Key", ""),
        )
    return JsonResponse({"receipt": reverse("bids:receipt", args=[submission.pk])})


def _begun(tender_id: UUID, bid: UUID, *, supplier: Organisation, by: Person, at: datetime) -> SealedUpload:
    tender = box_of(tender_id)
    if tender is None:
        raise Http404
    return actions.start_upload(tender=tender, supplier=supplier, bid=bid, by=by, at=at)


def _for(request: Request, tender_id: UUID, organisation_id: UUID) -> tuple[Tender, Organisation, Person]:
    """Return the tender and the supplier that the person bids for."""
    person, supplier = _bidding(request, organisation_id)
    return get_object_or_404(open_to_all(), pk=tender_id), supplier, person


def _bidding(request: Request, organisation_id: UUID) -> tuple[Person, Organisation]:
    person = signed_in_person(request)
    supplier = supplier_of(person, organisation_id, request.now)
    if supplier is None:
        raise Http404
    return person, supplier


def _body(request: Request, most: int) -> list[bytes]:
    """Return what came, in pieces. Of what is larger than `most` nothing is read, or where it does not say so no more than that."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise _too_large()
    pieces, left = [], most
    while piece := request.read(CHUNK):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise _too_large()
    return pieces


def _too_large() -> RefusedError:
    return RefusedError(no(handing_in.TOO_LARGE))
