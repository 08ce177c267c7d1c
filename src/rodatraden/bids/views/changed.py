"""The supplier's page when the documents have changed: read it, then confirm what was handed in, or replace it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.bids import actions
from rodatraden.bids.forms import ConfirmBidForm, ReadForm
from rodatraden.bids.queries import answered_by, asked, handed_in_by, read_submitted, what_changed
from rodatraden.bids.rules import is_out_of_time, may_confirm_bid
from rodatraden.bids.views.handing_in import submission_of
from rodatraden.bids.views.writing import draft_of
from rodatraden.core.answer import RefusedError
from rodatraden.core.checklist import missing
from rodatraden.parties.queries import signed_in_person
from rodatraden.tenders.queries import latest_snapshot
from rodatraden.ui.policy import goes_first, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.ui.policy import Request


@signed_in
def changed(request: Request, draft_id: UUID) -> HttpResponse:
    """Show what has changed since the draft's writers last read the documents, and what may be done about it."""
    draft, _offer = draft_of(request, draft_id)
    if is_out_of_time(draft.tender, request.now):
        return redirect("bids:overview", draft.pk)
    person, latest = signed_in_person(request), latest_snapshot(draft.tender)
    assert latest is not None
    form = ReadForm(request.POST or None, latest=latest)
    if form.is_valid():
        try:
            actions.read_changes(draft=draft, snapshot=latest, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                gettext("Go on with your bid. It is handed in for version %(number)d.") % {"number": latest.number},
            )
            return redirect("bids:overview", draft.pk)
    submission = handed_in_by(draft, person, request.now).in_time
    since = answered_by(submission) if submission else draft.snapshot
    context = {
        "draft": draft,
        "form": form,
        "latest": latest,
        "since": since,
        "differences": what_changed(since, latest),
        "has_read": draft.snapshot.edition == latest.edition,
        "submission": submission if submission and since.edition != latest.edition else None,
    }
    return render(request, "bids/changed.html", context, status=form.status)


@goes_first
@signed_in
def confirm(request: Request, submission_id: UUID) -> HttpResponse:
    """Confirm that a bid handed in for an earlier version holds as it is for the latest."""
    arrival = request.arrival()
    submission, person = submission_of(request, submission_id), signed_in_person(request)
    latest, since = latest_snapshot(submission.tender), answered_by(submission)
    offer = read_submitted(submission, by=person, at=request.now)
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
        "missing": missing(asked(submission.tender).asks, offer) if offer else (),
        "answer": may_confirm_bid(person, submission, since, latest, request.now),
    }
    return render(request, "bids/confirm.html", context, status=form.status)
