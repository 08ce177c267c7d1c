"""Two officials decide to open the others, when a bid's key does not come out and no other pair of holders can be had.

Who is said to be out of reach has a page of their own, in the team or not: one press, and it falls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import DecideLeavingForm, LeaveOutForm, ReachableForm
from rodatraden.bids.queries.leaving import decision_told, refuted_of
from rodatraden.bids.rules import may_unlock, page
from rodatraden.bids.rules.leaving import (
    can_be_decided_at,
    is_settled,
    leaving_in_force,
    leaving_of,
    leaving_that_names,
    may_decide_leaving,
    may_say_reachable,
    tried,
    user_of_keys,
)
from rodatraden.bids.views.unlocking import asked_for
from rodatraden.core.answer import require
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import fresh, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rodatraden.bids.models import LeavingOut
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request


@signed_in
@fresh
def leave_out(request: Request, procurement_id: UUID, holds: str) -> HttpResponse:
    """Propose to open the others, or decide what another official has proposed; which form came is told by its field."""
    person = signed_in_person(request)
    procurement, tender, kind = asked_for(request, procurement_id, holds)
    require(may_unlock(person, tender, kind, request.now))
    users, found = user_of_keys(tender), leaving_of(tender, kind)
    others = [(str(key), user.name) for key, user in users.items() if user.pk != person.pk]
    decides = "decide" in request.POST
    form = LeaveOutForm(None if decides else request.POST or None, holders=sorted(others, key=lambda each: each[1]))
    decision = DecideLeavingForm(request.POST if decides else None)
    sent = decision if decides else form
    if sent.is_valid() and carry_out(
        form=sent,
        purpose=f"bids.leave_out {tender.pk} {kind} {found.pk if decides and found else ''}",
        verb=lambda: _act(form, found if decides else None, tender, kind, request),
        by=person,
        at=request.now,
    ):
        if not decides:
            messages.success(request, gettext("It is proposed. Those concerned have been told."))
            return redirect("bids:leave_out", procurement.pk, holds)
        messages.success(request, gettext("It is decided. Unlock now, and open the others."))
        return redirect("bids:unlock", procurement.pk, holds)
    context = _context(person, procurement, tender, kind, request) | {"form": form, "decision": decision}
    return render(request, "bids/leave_out.html", context, status=sent.status)


def _act(form: LeaveOutForm, found: LeavingOut | None, tender: Tender, holds: Holds, request: Request) -> LeavingOut:
    person = signed_in_person(request)
    if found:
        return actions.decide_leaving_out(leaving=found, by=person, at=request.now)
    return actions.propose_leaving_out(
        tender=tender,
        holds=holds,
        unreachable=[UUID(key) for key in form.cleaned_data["unreachable"]],
        reason=form.cleaned_data["reason"],
        by=person,
        at=request.now,
    )


def _context(
    person: Person, procurement: Procurement, tender: Tender, holds: Holds, request: Request
) -> dict[str, object]:
    found, users = leaving_of(tender, holds), user_of_keys(tender)
    return {
        "procurement": procurement,
        "holds": str(holds),
        "failed": [(users[first].name, users[last].name) for first, last in tried(tender, holds, ()).failed],
        "leaving": found,
        "told": decision_told(found) if found else None,
        "can_be_decided_at": can_be_decided_at(found) if found else None,
        "may_decide": may_decide_leaving(person, found, request.now) if found else None,
        "is_in_force": leaving_in_force(tender, holds) is not None,
        "is_settled": is_settled(tender, holds),
        "refuted": refuted_of(tender, holds),
    }


@signed_in
def reachable(request: Request, procurement_id: UUID, holds: str) -> HttpResponse:
    """Say that one can be reached, as somebody of whom the opposite is said; to all others there is no such page."""
    person = signed_in_person(request)
    leaving = leaving_that_names(person, procurement_id, holds)
    if leaving is None:
        raise Http404
    form = ReachableForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"bids.reachable {leaving.pk}",
        verb=lambda: actions.say_reachable(leaving=leaving, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(
            request, gettext("It is told that you can be reached. Nothing is opened without you on those grounds.")
        )
        return redirect("bids:reachable", procurement_id, holds)
    context = {
        "leaving": leaving,
        "procurement": leaving.tender.procurement,
        "form": form,
        "may_say": may_say_reachable(person, leaving),
        "can_be_decided_at": can_be_decided_at(leaving),
        "unlock_url": page("bids:unlock", leaving.tender.procurement, holds),
        "may_unlock": may_unlock(person, leaving.tender, Holds(holds), request.now),
    }
    return render(request, "bids/reachable.html", context, status=form.status)
