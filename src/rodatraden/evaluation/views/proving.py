"""Pages of proof from the intended winner: what is asked for, what came, the check of it; and the bidder's own page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.core.answer import require
from rodatraden.core.instants import local_date
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.forms import AskProofForm, HandInForm, MoreTimeForm, ProofCheckForm, WaiveForm
from rodatraden.evaluation.models import Inquiry, Proof
from rodatraden.evaluation.views.loading import loaded
from rodatraden.parties.queries import signed_in_person
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.queries import visible_to as procurements_visible_to
from rodatraden.procurements.rules import may_let_out
from rodatraden.records.actions import carry_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.ui.forms import RtForm


@signed_in
def proofs(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show the proof that the intended winner has been asked for: what came, its date, who accepted it, what is left."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_proofs(person, procurement))
    told, source = rules.what_proof_rests_on(procurement)
    asked = list(queries.proofs_of(tender))
    _mark(proof for inquiry in asked for proof in inquiry.proofs.all())
    context = {
        "procurement": procurement,
        "rows": [
            (
                each,
                rules.may_give_time(person, each, procurement),
                rules.may_assess_inquiry(person, each, procurement, request.now) and rules.may_fall_for_proof(each),
            )
            for each in asked
        ],
        "next": rules.next_bid(procurement),
        "may_ask": rules.may_ask_for_proof(person, procurement),
        "law": told,
        "law_source": source,
    }
    return render(request, "evaluation/proofs.html", context)


@signed_in
def ask_proof(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask the intended winner for proof, or say that the authority fetches it itself."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_proofs(person, procurement))
    may = rules.may_ask_for_proof(person, procurement)
    bid = rules.next_bid(procurement)
    if bid is None:
        require(may)
        raise Http404
    form = AskProofForm(
        request.POST or None,
        wanted=queries.wanted_of(bid),
        asked_on=local_date(request.now, procurement.country),
        deadline_on=local_date(tender.deadline_at, procurement.country) if tender.deadline_at else None,
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.ask_proof {bid.pk}",
        verb=lambda: actions.ask_for_proof(tender=tender, bid=bid, by=person, at=request.now, **form.asked()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The question is sent."))
        return redirect("evaluation:proofs", procurement_id)
    told, source = rules.what_proof_rests_on(procurement)
    context = {
        "procurement": procurement,
        "bid": bid,
        "form": form,
        "may": may,
        "law": told,
        "law_source": source,
    }
    return render(request, "evaluation/ask_proof.html", context, status=form.status)


@signed_in
def proof(request: Request, proof_id: UUID) -> HttpResponse:
    """Check what came as a proof, beside what was asked for and how it was checked before."""
    person, procurement, found = _in_team(request, proof_id)
    form = ProofCheckForm(request.POST or None)
    paper = found.paper
    if (
        paper is not None
        and form.is_valid()
        and carry_out(
            form=form,
            purpose=f"evaluation.check_proof {paper.pk}",
            verb=lambda: actions.check_proof(paper=paper, by=person, at=request.now, **form.typed()),
            by=person,
            at=request.now,
        )
    ):
        messages.success(request, gettext("Saved."))
        return redirect("evaluation:proofs", procurement.pk)
    _mark([found])
    context = {
        "procurement": procurement,
        "proof": found,
        "paper": paper,
        "form": form,
        "may_check": rules.may_check_proof(person, found, procurement),
        "may_fetch": rules.may_fetch_proof(person, found, procurement),
        "may_waive": rules.may_waive(person, found, procurement),
        "may_accept": rules.may_accept(paper) if paper else None,
        "source": rules.KIND_SOURCES[Proof.Kind(found.kind)],
    }
    return render(request, "evaluation/proof.html", context, status=form.status)


@signed_in
def fetch(request: Request, proof_id: UUID) -> HttpResponse:
    """Record what a register answered."""
    person, procurement, found = _in_team(request, proof_id)
    form = HandInForm(request.POST or None, request.FILES or None, register=found.register)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.fetch_proof {found.pk}",
        verb=lambda: actions.fetch_proof(proof=found, by=person, at=request.now, **form.brought()),
        by=person,
        at=request.now,
    ):
        return redirect("evaluation:proof", found.pk)
    context = {
        "heading": gettext("What a register answered"),
        "submit": gettext("Save the answer"),
        "back": reverse("evaluation:proof", args=[found.pk]),
        "may": rules.may_fetch_proof(person, found, procurement),
    }
    return _form_beside(request, form, context | {"procurement": procurement, "proof": found})


@signed_in
def waive(request: Request, proof_id: UUID) -> HttpResponse:
    """Take back that a proof is asked for, with the reason."""
    person, procurement, found = _in_team(request, proof_id)
    form = WaiveForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.waive_proof {found.pk}",
        verb=lambda: actions.waive_proof(proof=found, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        return redirect("evaluation:proofs", procurement.pk)
    context = {
        "heading": gettext("No longer ask for a proof"),
        "submit": gettext("No longer ask for it"),
        "back": reverse("evaluation:proof", args=[found.pk]),
        "may": rules.may_waive(person, found, procurement),
    }
    return _form_beside(request, form, context | {"procurement": procurement, "proof": found})


@signed_in
def more_time(request: Request, inquiry_id: UUID) -> HttpResponse:
    """Give the intended winner more time for its proof."""
    person = signed_in_person(request)
    procurement = get_object_or_404(procurements_visible_to(person), tender__bids__inquiries=inquiry_id)
    require(rules.may_see_proofs(person, procurement))
    asked = get_object_or_404(queries.with_proofs(Inquiry.objects.filter(purpose=Inquiry.Purpose.PROOF)), pk=inquiry_id)
    form = MoreTimeForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.more_time {asked.pk}",
        verb=lambda: actions.give_more_time(inquiry=asked, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        return redirect("evaluation:proofs", procurement.pk)
    context = {
        "heading": gettext("Give more time for the proof"),
        "submit": gettext("Give more time"),
        "back": reverse("evaluation:proofs", args=[procurement.pk]),
        "may": rules.may_give_time(person, asked, procurement),
    }
    return _form_beside(request, form, context | {"procurement": procurement, "inquiry": asked})


def _form_beside(request: Request, form: RtForm, context: dict[str, object]) -> HttpResponse:
    """Show a form of the officials' beside the proof, or the inquiry, that it is about."""
    return render(request, "evaluation/proof_form.html", context | {"form": form}, status=form.status)


@signed_in
def prove(request: Request, inquiry_id: UUID) -> HttpResponse:
    """Show a bidder what its bid is asked to prove, by when, and what has become of it."""
    person = signed_in_person(request)
    asked = get_object_or_404(queries.own_requests(person, request.now), pk=inquiry_id)
    context = {
        "inquiry": asked,
        "tender": asked.bid.tender,
        "rows": [(each, rules.may_hand_in(person, each, request.now)) for each in _own(asked)],
        "is_late": request.now > asked.answer_by,
        "may_answer": rules.may_answer_inquiry(person, asked, request.now),
    }
    return render(request, "evaluation/prove.html", context)


@signed_in
def hand_in(request: Request, proof_id: UUID) -> HttpResponse:
    """Hand in one proof with its own date and file."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.own_proofs(person, request.now), pk=proof_id)
    form = HandInForm(request.POST or None, request.FILES or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.hand_in_proof {found.pk}",
        verb=lambda: actions.hand_in_proof(proof=found, by=person, at=request.now, **form.brought()),
        by=person,
        at=request.now,
    ):
        if found.is_too_old(form.cleaned_data["issued_on"]):
            messages.warning(
                request,
                gettext("It has come, but it is older than the documents allow. Hand in a newer one if you can."),
            )
        else:
            messages.success(request, gettext("It has come. You see here when it is checked."))
        return redirect("evaluation:prove", found.inquiry_id)
    context = {
        "proof": found,
        "tender": found.inquiry.bid.tender,
        "form": form,
        "may": rules.may_hand_in(person, found, request.now),
        "is_late": request.now > found.inquiry.answer_by,
    }
    return render(request, "evaluation/hand_in.html", context, status=form.status)


@signed_in
def paper(request: Request, paper_id: UUID) -> HttpResponseBase:
    """Hand out the file of a proof: to the bidder that handed it in, and to those who see the proof."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.papers_of(person, request.now), pk=paper_id)
    bid = found.proof.inquiry.bid
    if found.is_fetched or not may_bid_for(person, bid.supplier, request.now):
        require(rules.may_see_proofs(person, bid.tender.procurement))
    if found.document.file is None:
        raise Http404
    procurement = bid.tender.procurement
    may = partial(may_let_out, person, procurement)
    return hand_out(request, found.document.file, found.document.file.name, may_let_out=may, case=procurement.pk)


def _mark(proofs: Iterable[Proof]) -> None:
    """Read what a scanner said of the papers of proofs that a page shows."""
    mark_scans(paper.document.file for proof in proofs for paper in proof.papers.all())


def _in_team(request: Request, proof_id: UUID) -> tuple[Person, Procurement, Proof]:
    person = signed_in_person(request)
    procurement = get_object_or_404(procurements_visible_to(person), tender__bids__inquiries__proofs=proof_id)
    require(rules.may_see_proofs(person, procurement))
    found = get_object_or_404(queries.with_case_of_proof(Proof.objects.all()), pk=proof_id)
    return person, procurement, found


def _own(asked: Inquiry) -> list[Proof]:
    """Return what a bidder is asked for, each with the question that it stands in as it has been fetched."""
    found = list(asked.proofs.all())
    _mark(found)
    for each in found:
        each.inquiry = asked
    return found
