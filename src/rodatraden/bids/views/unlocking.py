"""Two holders unlock the bids, and later their prices: the page fetches a sheet, peels it in the browser, and hands it back.

The key is opened in the holder's own browser, or by `rodatraden open` on their own computer, and never comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import UnlockForm
from rodatraden.bids.queries import (
    has_failed,
    key_holders,
    keys_of,
    observers_of,
    sealed_bids,
    sheet_to_begin,
    sheet_to_end,
)
from rodatraden.bids.rules import ASK_HOLDS, may_begin_unlocking, may_end_unlocking, waiting_unlocking
from rodatraden.bids.rules.leaving import leaving_in_force, leaving_of
from rodatraden.bids.views.opening import case_of
from rodatraden.core.answer import RefusedError, require
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.models import OpeningKey
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.rules import may_follow
from rodatraden.ui.policy import fresh, signed_in, starts_worker
from rodatraden.ui.sealing import PrintedKeyForm, WordsForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.bids.models import Unlocking
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request


ANEW = "borja-om"
"""In the address: unlock as the first, in place of who was, whose key may be the fault."""


@signed_in
@fresh
@starts_worker
def unlock(request: Request, procurement_id: UUID, holds: str) -> HttpResponse:
    """Unlock one's key: the first of two leaves a layer less for the other, the last one opens all."""
    person = signed_in_person(request)
    procurement, tender, kind = asked_for(request, procurement_id, holds)
    actions.forget_unlockings(by=None, at=request.now)
    waiting = _waiting_for(person, tender, kind, request)
    form = UnlockForm(
        request.POST or None, request.FILES or None, may_go_on=waiting is not None and has_failed(tender, kind)
    )
    if form.is_valid():
        sheet = form.cleaned_data["sheet"].read()
        try:
            if waiting:
                despite = form.cleaned_data.get("despite", False)
                actions.unlock_last(unlocking=waiting, sheet=sheet, by=person, at=request.now, despite=despite)
            else:
                actions.unlock_first(tender=tender, holds=kind, sheet=sheet, by=person, at=request.now)
        except actions.KeysLackingError as refused:
            messages.warning(request, said(refused.reason))
            return redirect("bids:unlock", procurement.pk, holds)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return _done(request, procurement, kind, opened=waiting is not None)
    context = _context(request, procurement, tender, kind, waiting) | {"form": form}
    return render(request, "bids/unlock.html", context, status=form.status)


def _done(request: Request, procurement: Procurement, holds: Holds, *, opened: bool) -> HttpResponse:
    if not opened:
        messages.success(request, gettext("Your key is unlocked. Now another holder unlocks theirs."))
        return redirect("bids:unlock", procurement.pk, str(holds))
    if holds is Holds.PRICE:
        messages.success(request, gettext("The prices are opened."))
        return redirect("evaluation:outcome", procurement.pk)
    messages.success(request, gettext("All bids are opened."))
    return redirect("bids:opening", procurement.pk)


def _context(
    request: Request, procurement: Procurement, tender: Tender, holds: Holds, waiting: Unlocking | None
) -> dict[str, object]:
    person, listed = signed_in_person(request), key_holders(tender)
    assert listed is not None, "the page has answered 404 without holders"
    mine = keys_of(person, listed)
    first = waiting_unlocking(tender, holds, request.now)
    used = mine[0].pk if mine else tender.pk
    return {
        "procurement": procurement,
        "tender": tender,
        "holds": str(holds),
        "holders": listed,
        "key": mine[0] if mine else None,
        "words": WordsForm(),
        "printed": PrintedKeyForm(),
        "host": settings.OPENING_KEY_HOST,
        "first": first,
        "first_until": first.at + ASK_HOLDS if first else None,
        "not_there": [each for each in observers_of(tender) if each.is_waited_for] if holds is Holds.BID else (),
        "is_last": waiting is not None,
        "has_failed": has_failed(tender, holds),
        "leaving": leaving_of(tender, holds),
        "may_leave_out": leaving_in_force(tender, holds) is not None,
        "anew": f"?{ANEW}=1" if ANEW in request.GET else "",
        "anew_url": f"?{ANEW}=1",
        "answer": may_end_unlocking(person, waiting, used, request.now)
        if waiting
        else may_begin_unlocking(person, tender, holds, used, request.now),
    }


@signed_in
def sheet(request: Request, procurement_id: UUID, holds: str, key_id: UUID) -> HttpResponse:
    """Fetch the sheet that one's key peels: at the beginning every bid's, at the end what the first one left."""
    person = signed_in_person(request)
    _, tender, kind = asked_for(request, procurement_id, holds)
    get_object_or_404(OpeningKey, pk=key_id)
    listed = key_holders(tender)
    assert listed is not None
    waiting = _waiting_for(person, tender, kind, request)
    if waiting:
        require(may_end_unlocking(person, waiting, key_id, request.now))
        found = sheet_to_end(waiting, key_id)
    else:
        require(may_begin_unlocking(person, tender, kind, key_id, request.now))
        found = sheet_to_begin(listed, kind, key_id, sealed_bids(tender, kind))
    response = HttpResponse(found.canonical(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="blad-{holds}.json"'
    response["Cache-Control"] = "no-store, private"
    return response


def _waiting_for(person: Person, tender: Tender, holds: Holds, request: Request) -> Unlocking | None:
    """Return what another one has unlocked first, and `person` can end."""
    waiting = waiting_unlocking(tender, holds, request.now)
    if waiting is None or waiting.by_id == person.pk or ANEW in request.GET:
        return None
    return waiting


def asked_for(request: Request, procurement_id: UUID, holds: str) -> tuple[Procurement, Tender, Holds]:
    """Return the case, its documents and what is unlocked, to those who follow it; else answer 404."""
    procurement, tender = case_of(request, procurement_id)
    listed = key_holders(tender)
    if listed is None or holds not in {str(each) for each in listed.layers}:
        raise Http404
    require(may_follow(signed_in_person(request), procurement))
    return procurement, tender, Holds(holds)
