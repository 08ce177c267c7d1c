"""Pages of what bidders are asked: the officer's list, the question, the bidder's answer, what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.bids.queries import opened_bids
from rodatraden.core.answer import require
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.forms import AnswerForm, AskForm, AssessForm
from rodatraden.evaluation.models import Inquiry
from rodatraden.evaluation.views.loading import loaded
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import visible_to as procurements_visible_to
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
def inquiries(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show what the bidders have been asked, what they answered and what came of it."""
    person, tender = loaded(request, procurement_id)
    require(rules.may_see_inquiries(person, tender.procurement))
    found = queries.inquiries_of(tender, person)
    context = {
        "procurement": tender.procurement,
        "rows": [
            (each, rules.may_assess_inquiry(person, each, tender.procurement, request.now), each.is_due(request.now))
            for each in found
        ],
        "may_ask": rules.may_ask_bidders(person, tender.procurement),
    }
    return render(request, "evaluation/inquiries.html", context)


@signed_in
def ask(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask some or all bidders a question about their own bids, with the same time to answer."""
    person, tender = loaded(request, procurement_id)
    require(rules.may_ask_bidders(person, tender.procurement))
    is_frozen = has_happened(tender.procurement, rules.Kind.OUTCOME_FROZEN)
    form = AskForm(
        request.POST or None,
        bids=[bid for bid in [rules.next_bid(tender.procurement)] if bid] if is_frozen else list(opened_bids(tender)),
        is_frozen=is_frozen,
        knows_prices=bool(rules.may_ask_bidders(person, tender.procurement, Inquiry.Purpose.LOW_PRICE)),
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.ask {tender.pk}",
        verb=lambda: actions.ask_bidders(tender=tender, **form.asked(), by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The question is sent."))
        return redirect("evaluation:inquiries", procurement_id)
    context = {"procurement": tender.procurement, "form": form}
    return render(request, "evaluation/ask.html", context, status=form.status)


@signed_in
def answer(request: Request, inquiry_id: UUID) -> HttpResponse:
    """Read a question about one's own bid and answer it, once."""
    person = signed_in_person(request)
    inquiry = get_object_or_404(queries.own_inquiries(person, request.now), pk=inquiry_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.answer {inquiry.pk}",
        verb=lambda: actions.answer_inquiry(
            inquiry=inquiry, answer=form.cleaned_data["answer"], by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("Your answer is received."))
        is_proof = inquiry.purpose == Inquiry.Purpose.PROOF
        return redirect("evaluation:prove" if is_proof else "evaluation:answer", inquiry.pk)
    context = {
        "inquiry": inquiry,
        "tender": inquiry.bid.tender,
        "form": form,
        "is_late": request.now > inquiry.answer_by,
        "may_answer": rules.may_answer_inquiry(person, inquiry, request.now),
    }
    return render(request, "evaluation/answer.html", context, status=form.status)


@signed_in
def assess(request: Request, inquiry_id: UUID) -> HttpResponse:
    """Say what comes of a question, with the reason, beside the question and the answer."""
    person = signed_in_person(request)
    procurement = get_object_or_404(procurements_visible_to(person), tender__bids__inquiries=inquiry_id)
    inquiry = get_object_or_404(queries.with_case(Inquiry.objects.all()), pk=inquiry_id)
    require(rules.may_see_inquiry(person, inquiry, procurement))
    may_assess = rules.may_assess_inquiry(person, inquiry, procurement, request.now)
    form = AssessForm(request.POST or None, purpose=inquiry.purpose)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.assess {inquiry.pk}",
        verb=lambda: actions.assess_inquiry(
            inquiry=inquiry,
            conclusion=form.cleaned_data["conclusion"],
            reason=form.cleaned_data["reason"],
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        is_proof = inquiry.purpose == Inquiry.Purpose.PROOF
        return redirect("evaluation:proofs" if is_proof else "evaluation:inquiries", procurement.pk)
    context = {"procurement": procurement, "inquiry": inquiry, "form": form, "may_assess": may_assess}
    return render(request, "evaluation/assess.html", context, status=form.status)
