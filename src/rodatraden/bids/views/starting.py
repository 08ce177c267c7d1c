"""Where a supplier begins a bid, and finds those that it has handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.bids.forms import StartForm
from rodatraden.bids.queries import submissions_visible_to, suppliers_of
from rodatraden.bids.rules import is_out_of_time
from rodatraden.core.sealing.parts import most_of_files
from rodatraden.parties.queries import signed_in_person
from rodatraden.tenders.queries import content_items, fixed_price_of, open_to_all
from rodatraden.tenders.rules import is_published
from rodatraden.ui.policy import Request, goes_first, public, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@goes_first
@public
def start(request: Request, tender_id: UUID) -> HttpResponse:
    """What the bid must hold, and the way in: sign in or register, then start."""
    tender = get_object_or_404(open_to_all(), pk=tender_id)
    if not is_published(tender.procurement) or tender.bids_address:
        return redirect("publication:tender", tender.pk)  # cancelled, or in another tool: the reason stands there
    context: dict[str, Any] = {
        "tender": tender,
        "items": content_items(tender),
        "fixed_price": fixed_price_of(tender),
        "is_out_of_time": is_out_of_time(tender, request.now),
        "bid_limit": most_of_files(settings.BID_SEALED_MAX_BYTES) // 1_000_000,
    }
    if not request.user.is_authenticated:
        return render(request, "bids/start.html", context)
    suppliers = suppliers_of(signed_in_person(request), request.now)
    form = StartForm(request.POST or None, suppliers=suppliers)
    if form.is_valid():
        return redirect("bids:workspace", tender.pk, form.cleaned_data["supplier"].pk)
    context |= {"form": form if suppliers.exists() else None}
    return render(request, "bids/start.html", context, status=form.status)


@signed_in
def mine(request: Request) -> HttpResponse:
    """The bids that the person's suppliers have handed in; those in the making lie in the browser, which lists them itself."""
    person = signed_in_person(request)
    context = {
        "submissions": submissions_visible_to(person, request.now),
        "suppliers": suppliers_of(person, request.now),
    }
    return render(request, "bids/mine.html", context)
