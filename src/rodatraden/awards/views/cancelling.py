"""The page on which a published procurement is cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.forms import CancelForm
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import carry_out
from rodatraden.tenders.models import NoticeHandover
from rodatraden.tenders.queries import tender_of
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
def cancel(request: Request, procurement_id: UUID) -> HttpResponse:
    """Cancel a published procurement with its reason; afterwards show the decision, and what is left to do."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(rules.may_see_cancellation(person, procurement))
    tender = tender_of(procurement)
    if tender is None:
        raise Http404
    form = CancelForm(request.POST or None, points=queries.points_to_choose(tender, request.now))
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.cancel {tender.pk}",
        verb=lambda: actions.cancel_published(tender=tender, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:cancel", procurement.pk)
    found = queries.cancellation_of(tender)
    context = {
        "procurement": procurement,
        "tender": tender,
        "cancellation": found,
        "duties": queries.duties_after_cancelling(found) if found else [],
        "notice": tender.notices.filter(kind=NoticeHandover.Kind.CANCELLATION).first(),
        "form": form,
        "may_cancel": rules.may_cancel(person, procurement),
        "is_opened": has_happened(procurement, rules.Kind.OPENED),
    }
    return render(request, "awards/cancel.html", context, status=form.status)
