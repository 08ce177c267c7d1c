"""A bid that is sealed on the bidder's own computer: what it is sealed with, and the form that takes it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.bids import actions
from rodatraden.bids.forms import SealedBidForm
from rodatraden.bids.queries import key_holders, suppliers_of
from rodatraden.bids.rules import is_out_of_time
from rodatraden.core.answer import RefusedError
from rodatraden.parties.queries import signed_in_person
from rodatraden.tenders.queries import latest_snapshot, open_to_all
from rodatraden.ui.policy import goes_first, public, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request


@goes_first
@public
def holders(_request: Request, tender_id: UUID) -> HttpResponse:
    """Fetch the list of who holds the keys, as the bytes that the log names by their hash (LOU 12 kap. 6 §)."""
    listed = key_holders(_tender(tender_id))
    if listed is None:
        raise Http404
    response = HttpResponse(listed.canonical(), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="nyckelinnehavare.json"'
    return response


@goes_first
@signed_in
def hand_in(request: Request, tender_id: UUID) -> HttpResponse:
    """Hand in a bid that is sealed already; its arrival is that of the last byte of the request."""
    arrival = request.arrival()
    tender, person = _tender(tender_id), signed_in_person(request)
    listed = key_holders(tender)
    if listed is None:
        raise Http404
    form = SealedBidForm(request.POST or None, request.FILES or None, suppliers=suppliers_of(person, request.now))
    if form.is_valid():
        try:
            submission = actions.hand_in_bundle(
                tender=tender,
                supplier=form.cleaned_data["supplier"],
                bundle=form.cleaned_data["bundle"].file,
                by=person,
                arrival=arrival,
                key=form.idempotency_key,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("bids:receipt", submission.pk)
    context = {
        "tender": tender,
        "form": form,
        "holders": listed,
        "snapshot": latest_snapshot(tender),
        "is_out_of_time": is_out_of_time(tender, request.now),
        "most": settings.BID_SEALED_MAX_BYTES // 1_000_000,
    }
    return render(request, "bids/sealed.html", context, status=form.status)


def _tender(tender_id: UUID) -> Tender:
    return get_object_or_404(open_to_all(), pk=tender_id)
