"""The award decision: prepared by one person, decided by another; what the board is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.documents import board_list
from rodatraden.awards.forms import BoardForm, DecisionForm, PrepareForm, ReturnForm, RevokeForm
from rodatraden.awards.views.loading import loaded
from rodatraden.parties.queries import organisations_of, signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.files import as_made
from rodatraden.ui.policy import Request, fresh, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.parties.models import Organisation, Person


@signed_in
def decision(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show the award decision, or how far it has come and whose the next step is."""
    person, tender = loaded(request, procurement_id)
    context = {
        "procurement": tender.procurement,
        "tender": tender,
        "decision": queries.decision_of(tender),
        "returned": [each for each in queries.proposals_of(tender) if each.returned_at],
        "open": rules.open_proposal(tender),
        "next": (following := queries.next_in_rank(tender)),
        "proof": queries.proof_of(tender, following),
        "may_prepare": rules.may_prepare(person, tender) and queries.has_next(tender),
        "may_decide": rules.may_decide(person, tender),
        "may_return": rules.may_return(person, tender),
        "may_notify": rules.may_notify(person, tender),
        "may_revoke": rules.may_revoke(person, tender),
        "revoked": queries.revoked_decisions(tender),
    }
    return render(request, "awards/decision.html", context)


@signed_in
def prepare(request: Request, procurement_id: UUID) -> HttpResponse:
    """Prepare the decision from a proposal that the person edits; another person decides."""
    person, tender = loaded(request, procurement_id)
    may = rules.may_prepare(person, tender) and queries.has_next(tender)
    proposed = (
        {"reasons": queries.proposed_reasons(tender), "delegation": queries.usual_delegation(tender)} if may else {}
    )
    proof = queries.proof_of(tender, queries.next_in_rank(tender))
    form = PrepareForm(
        request.POST or None,
        initial=proposed,
        points=queries.points_to_choose(tender, request.now),
        lacks_proof=proof is not None and proof.is_wanting,
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.prepare {tender.pk}",
        verb=lambda: actions.prepare_decision(
            tender=tender, winner=queries.intended_winner(tender), by=person, at=request.now, **form.stated()
        ),
        by=person,
        at=request.now,
    ):
        return redirect("awards:decision", procurement_id)
    context = {"procurement": tender.procurement, "form": form, "may": may, "returned": queries.last_returned(tender)}
    return render(request, "awards/prepare.html", context, status=form.status)


@signed_in
@fresh
def decide(request: Request, procurement_id: UUID) -> HttpResponse:
    """Decide the award on what somebody else has prepared, in own words where the person wants to."""
    person, tender = loaded(request, procurement_id)
    may, proposal = rules.may_decide(person, tender), rules.open_proposal(tender)
    prepared = {"reasons": proposal.reasons, "delegation": proposal.delegation} if may and proposal else {}
    form = DecisionForm(request.POST or None, initial=prepared, points=queries.points_to_choose(tender, request.now))
    if (
        proposal
        and form.is_valid()
        and carry_out(
            form=form,
            purpose=f"awards.decide {proposal.pk}",
            verb=lambda: actions.decide_award(proposal=proposal, by=person, at=request.now, **form.stated()),
            by=person,
            at=request.now,
        )
    ):
        return redirect("awards:decision", procurement_id)
    if proposal is None and queries.decision_of(tender):
        return redirect("awards:decision", procurement_id)
    context = {"procurement": tender.procurement, "form": form, "may": may, "proposal": proposal}
    return render(request, "awards/decide.html", context, status=form.status)


@signed_in
def return_prepared(request: Request, procurement_id: UUID) -> HttpResponse:
    """Return the prepared decision with what has to be otherwise, or take one's own back."""
    person, tender = loaded(request, procurement_id)
    proposal = rules.open_proposal(tender)
    form = ReturnForm(request.POST or None)
    if (
        proposal
        and form.is_valid()
        and carry_out(
            form=form,
            purpose=f"awards.return {proposal.pk}",
            verb=lambda: actions.return_proposal(
                proposal=proposal, why=form.cleaned_data["why"], by=person, at=request.now
            ),
            by=person,
            at=request.now,
        )
    ):
        return redirect("awards:decision", procurement_id)
    if proposal is None:
        return redirect("awards:decision", procurement_id)
    context = {
        "procurement": tender.procurement,
        "form": form,
        "may": rules.may_return(person, tender),
        "proposal": proposal,
        "is_own": proposal.prepared_by_id == person.pk,
    }
    return render(request, "awards/return.html", context, status=form.status)


@signed_in
@fresh
def revoke(request: Request, procurement_id: UUID) -> HttpResponse:
    """Revoke the award with its reason; the next bid of the frozen outcome can then be awarded."""
    person, tender = loaded(request, procurement_id)
    decided = queries.decision_of(tender)
    if decided is None:
        return redirect("awards:decision", procurement_id)
    decided.tender = tender  # with what has been fetched with it
    form = RevokeForm(
        request.POST or None,
        initial={"delegation": queries.usual_delegation(tender)},
        points=queries.points_to_choose(tender, request.now),
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.revoke {tender.pk}",
        verb=lambda: actions.revoke_award(decision=decided, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:decision", procurement_id)
    context = {
        "procurement": tender.procurement,
        "decision": decided,
        "form": form,
        "may": rules.may_revoke(person, tender),
    }
    return render(request, "awards/revoke.html", context, status=form.status)


@signed_in
def board(request: Request, organisation_id: UUID) -> HttpResponse:
    """Show what was decided on delegation, what the board has not been told of first; note the meeting at which it was."""
    person = signed_in_person(request)
    organisation = buyer_of(person, organisation_id, request)
    form = BoardForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.board {organisation.pk}",
        verb=lambda: actions.report_to_board(
            organisation=organisation, meeting_on=form.cleaned_data["meeting_on"], by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        return redirect("awards:board", organisation.pk)
    decisions = queries.delegation_decisions(organisation)
    context = {
        "organisation": organisation,
        "waiting": [each for each in decisions if each.waits],
        "told": [each for each in decisions if not each.waits],
        "form": form,
        "may_report": rules.may_report_to_board(person, organisation, request.now),
    }
    return render(request, "awards/board.html", context, status=form.status)


@signed_in
def board_csv(request: Request, organisation_id: UUID) -> HttpResponse:
    """Give the decisions on delegation as a table."""
    person = signed_in_person(request)
    organisation = buyer_of(person, organisation_id, request)
    data = board_list(queries.delegation_decisions(organisation))
    return as_made(data, "delegationsbeslut.csv", "text/csv; charset=utf-8")


def buyer_of(person: Person, organisation_id: UUID, request: Request) -> Organisation:
    found = get_object_or_404(organisations_of(person, request.now), pk=organisation_id)
    if not found.is_buyer:
        raise Http404
    return found
