"""Two officials decide to open the others, when a bid's key does not come out and no other pair of holders can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import DecideLeavingForm, LeaveOutForm
from rodatraden.bids.queries.leaving import decision_told
from rodatraden.bids.rules import may_unlock
from rodatraden.bids.rules.leaving import (
    TIME_TO_ANSWER,
    leaving_in_force,
    leaving_of,
    may_decide_leaving,
    tried,
    user_of_keys,
)
from rodatraden.bids.views.unlocking import asked_for
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import fresh, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rodatraden.bids.models import LeavingOut
    from rodatraden.core.sealing.holders import Holds
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
        "can_be_decided_at": found.proposed_at + TIME_TO_ANSWER if found else None,
        "may_decide": may_decide_leaving(person, found, request.now) if found else None,
        "is_in_force": leaving_in_force(tender, holds) is not None,
    }
