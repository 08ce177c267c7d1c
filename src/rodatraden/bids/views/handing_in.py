"""The supplier's pages of a bid that is handed in: receipt, withdraw."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.bids import actions, queries
from rodatraden.bids.documents import clock_kept, receipt_paper, stamped_by
from rodatraden.bids.forms import WithdrawForm
from rodatraden.bids.queries import answered_by, submissions_visible_to
from rodatraden.bids.rules import Kind, is_out_of_time, may_confirm_bid, may_withdraw
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import say
from rodatraden.core.sealing.bundle import ENDING
from rodatraden.core.sealing.contents import PackageError
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.queries import latest_snapshot
from rodatraden.ui.documents import typeset
from rodatraden.ui.files import PDF_TYPE, as_made, as_streamed
from rodatraden.ui.policy import goes_first, signed_in, takes

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse, StreamingHttpResponse

    from rodatraden.bids.models import Submission
    from rodatraden.ui.policy import Request


def submission_of(request: Request, submission_id: UUID) -> Submission:
    """Return a bid handed in by one of the person's suppliers, or answer 404."""
    return get_object_or_404(submissions_visible_to(signed_in_person(request), request.now), pk=submission_id)


@goes_first
@signed_in
def receipt(request: Request, submission_id: UUID) -> HttpResponse:
    """The receipt, and what was handed in, for the supplier's own people."""
    submission = submission_of(request, submission_id)
    person = signed_in_person(request)
    latest = latest_snapshot(submission.tender)
    assert latest is not None
    newer = submissions_visible_to(person, request.now).filter(
        tender=submission.tender, supplier=submission.supplier, version__gt=submission.version, is_late=False
    )
    told = json.loads(submission.receipt)
    context = {
        "submission": submission,
        "receipt": told,
        "stamped_by": stamped_by(told["stamped_by"]),
        "clock_kept": clock_kept(told),
        "withdrawal": json.loads(submission.withdrawal_receipt or "null"),
        "newer": newer.order_by("-version").first(),
        "is_cancelled": has_happened(submission.tender.procurement, Kind.CANCELLED),
        "confirmations": submission.confirmations.order_by("confirmed_at"),
        "is_outdated": may_confirm_bid(person, submission, answered_by(submission), latest, request.now).allowed,
        "may_withdraw": may_withdraw(person, submission, request.now),
        "is_out_of_time": is_out_of_time(submission.tender, request.now),
    }
    return render(request, "bids/receipt.html", context)


@goes_first
@signed_in
def receipt_json(request: Request, submission_id: UUID) -> HttpResponse:
    """Fetch the receipt as the canonical JSON that was mailed; after a withdrawal that of the withdrawal."""
    submission = submission_of(request, submission_id)
    receipt = submission.withdrawal_receipt or submission.receipt
    return as_made(receipt, f"kvitto-{submission.pk}.json", "application/json")


@goes_first
@signed_in
def receipt_pdf(request: Request, submission_id: UUID) -> HttpResponse:
    """Fetch the receipt as a document to read, print and keep; the proof is the JSON."""
    submission = submission_of(request, submission_id)
    return as_made(typeset(receipt_paper(submission)), f"kvitto-{submission.pk}.pdf", PDF_TYPE)


@takes("GET", "HEAD")
@signed_in
def sealed_copy(request: Request, submission_id: UUID) -> StreamingHttpResponse:
    """Fetch what was handed in, sealed as it is, as the file that `rodatraden open` reads with the supplier's own key."""
    submission = submission_of(request, submission_id)
    try:
        size, pieces = queries.sealed_copy(submission)
    except (OSError, PackageError) as error:
        raise RefusedError(no(say("What was handed in is no longer kept here. The receipt still holds."))) from error
    if request.method == "HEAD":
        pieces = iter(())  # no part is read for what nobody sends
    return as_streamed(pieces, size, f"anbud-{submission.pk}{ENDING}")


@goes_first
@signed_in
def withdraw(request: Request, submission_id: UUID) -> HttpResponse:
    """Withdraw the bid: a page of its own that says what it means."""
    arrival = request.arrival()
    submission = submission_of(request, submission_id)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw_bid(
                submission=submission, by=signed_in_person(request), arrival=arrival, key=form.idempotency_key
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("bids:receipt", submission.pk)
    answer = may_withdraw(signed_in_person(request), submission, request.now)
    return render(
        request,
        "bids/withdraw.html",
        {"submission": submission, "form": form, "answer": answer},
        status=form.status,
    )
