"""Claims of secrecy: the supplier's page for its own bid, and the official's assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.forms import AssessForm, ClaimForm
from rodatraden.bids.rules import may_see_bids
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
def claims(request: Request, bid_id: UUID) -> HttpResponse:
    """Show a supplier what it has claimed to be secret in its own bid and how it was judged; claim more here."""
    person = signed_in_person(request)
    bid = get_object_or_404(queries.own_bids(person, request.now), pk=bid_id)
    require(rules.may_claim_secrecy(person, bid, request.now))
    form = ClaimForm(request.POST or None, parts=queries.parts_of(bid))
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.claim {bid.pk}",
        verb=lambda: actions.claim_secrecy(bid=bid, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:claims", bid.pk)
    context = {
        "bid": bid,
        "procurement": bid.tender.procurement,
        "claims": [(each, queries.assessment_of(each)) for each in queries.claims_of(bid)],
        "form": form,
    }
    return render(request, "awards/claims.html", context, status=form.status)


@signed_in
def assess(request: Request, claim_id: UUID) -> HttpResponse:
    """Try a claim of secrecy; a new assessment stands beside the earlier ones."""
    person = signed_in_person(request)
    claim = get_object_or_404(queries.claims_visible_to(person), pk=claim_id)
    procurement = claim.document.case.procurement
    if not may_see_bids(person, procurement):
        raise Http404
    form = AssessForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.assess {claim.pk}",
        verb=lambda: actions.assess_secrecy(claim=claim, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:assess", claim.pk)
    context = {
        "claim": claim,
        "procurement": procurement,
        "assessments": sorted(claim.assessments.all(), key=lambda each: -each.number),
        "form": form,
        "may": rules.may_answer_requests(person, procurement),
    }
    return render(request, "awards/assess.html", context, status=form.status)
