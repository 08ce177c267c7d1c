"""The supplier's page when the documents have changed: confirm what was handed in, or replace it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from rodatraden.bids import actions
from rodatraden.bids.forms import ConfirmBidForm
from rodatraden.bids.queries import answered_by, what_changed
from rodatraden.bids.rules import may_confirm_bid
from rodatraden.bids.views.handing_in import submission_of
from rodatraden.core.answer import RefusedError
from rodatraden.parties.queries import signed_in_person
from rodatraden.tenders.queries import latest_snapshot
from rodatraden.ui.policy import goes_first, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.ui.policy import Request


@goes_first
@signed_in
def confirm(request: Request, submission_id: UUID) -> HttpResponse:
    """Confirm that a bid handed in for an earlier version holds as it is for the latest."""
    arrival = request.arrival()
    submission, person = submission_of(request, submission_id), signed_in_person(request)
    latest, since = latest_snapshot(submission.tender), answered_by(submission)
    assert latest is not None
    form = ConfirmBidForm(request.POST or None, latest=latest)
    if form.is_valid():
        try:
            actions.confirm_bid(
                submission=submission, snapshot=latest, by=person, arrival=arrival, key=form.idempotency_key
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("bids:receipt", submission.pk)
    context = {
        "submission": submission,
        "form": form,
        "latest": latest,
        "since": since,
        "differences": what_changed(since, latest),
        "answer": may_confirm_bid(person, submission, since, latest, request.now),
    }
    return render(request, "bids/confirm.html", context, status=form.status)
