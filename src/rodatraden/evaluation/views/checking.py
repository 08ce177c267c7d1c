"""Pages of the requirement check and of the start of the judging."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.assessments.rules import may_see
from rodatraden.bids.queries import files_visible_to
from rodatraden.core.answer import require
from rodatraden.evaluation import actions, queries, rules
from rodatraden.evaluation.forms import CheckForm, StartForm
from rodatraden.evaluation.views.loading import documents, loaded
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import visible_to as procurements_visible_to
from rodatraden.records.actions import carry_out
from rodatraden.records.queries import mark_scans
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.evaluation.queries import CheckCell
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Kind = rules.Kind


@signed_in
def checks(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show every must requirement in every bid: checked or not, met or not, and what is left."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_checks(person, procurement))
    bids = list(queries.bids_of([tender]))
    cells = queries.check_cells(tender, bids)
    left = queries.left_to_check(cells)
    assessed = queries.panel_of(tender)
    context = {
        "procurement": procurement,
        "blocks": [(bid, list(group)) for bid, group in groupby(cells, key=lambda cell: cell.bid)],
        "n_checked": sum(cell.check is not None for cell in cells),
        "n_all": len(cells),
        "first": left[0] if left else None,
        "n_left": len(left),
        "unreadable": [bid for bid in bids if bid.is_unreadable],
        "assessed": assessed,
        "in_panel": assessed is not None and may_see(person, assessed),
        "may_check": rules.may_check(person, procurement),
        "may_start": rules.may_start_round(person, procurement),
    }
    return render(request, "evaluation/checks.html", context)


@signed_in
def check(request: Request, bid_id: UUID, requirement_id: UUID) -> HttpResponse:
    """Check one must in one bid beside what the bid says of it; a new check stands beside the earlier ones."""
    person = signed_in_person(request)
    procurement = get_object_or_404(procurements_visible_to(person), tender__bids=bid_id)
    require(rules.may_see_checks(person, procurement))
    tender = documents(procurement)
    cell = _cell(tender, bid_id, requirement_id)
    cell.bid.tender = tender
    form = CheckForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.check {bid_id} {requirement_id}",
        verb=lambda: _check(request, person, cell, form),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("Saved."))
        return _next_check(tender)
    files = list(files_visible_to(person, request.now).filter(bid=cell.bid, content_item__is_price=False))
    mark_scans(each.file for each in files)
    context = {
        "procurement": procurement,
        "cell": cell,
        "history": queries.check_history(cell.bid, cell.requirement),
        "files": files,
        "people": queries.counted_people(cell.bid),
        "form": form,
        "may_check": rules.may_check_requirement(
            person, procurement, cell.requirement, is_checked=cell.check is not None
        ),
    }
    return render(request, "evaluation/check.html", context, status=form.status)


@signed_in
def start_round(request: Request, procurement_id: UUID) -> HttpResponse:
    """Start the judging: who judges, what, by which published criteria, and who leads."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    require(rules.may_see_checks(person, procurement))
    form = StartForm(request.POST or None, leaders=rules.leaders_of(procurement), initial={"leader": str(person.pk)})
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"evaluation.start_round {tender.pk}",
        verb=lambda: actions.start_evaluation_round(
            tender=tender,
            leader=form.leader,
            wide_above=form.cleaned_data["wide_above"],
            is_anonymous=form.cleaned_data["is_anonymous"],
            with_example=form.cleaned_data["with_example"],
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        return redirect("evaluation:start_round", procurement.pk)
    assessed = queries.round_of(tender)
    context = {
        "procurement": procurement,
        "evaluators": [(each, rules.is_ready(each, procurement)) for each in rules.evaluators_of(procurement)],
        "bids": queries.readable_bids(tender),
        "criteria": queries.published_model(tender).criteria,
        "assessed": assessed,
        "in_panel": assessed is not None and may_see(person, assessed),
        "form": form,
        "may_start": rules.may_start_round(person, procurement),
        "know_names": rules.know_names(procurement),
    }
    return render(request, "evaluation/start.html", context, status=form.status)


def _cell(tender: Tender, bid_id: UUID, requirement_id: UUID) -> CheckCell:
    for cell in queries.check_cells(tender):
        if (cell.bid.pk, cell.requirement.pk) == (bid_id, requirement_id):
            return cell
    raise Http404


def _check(request: Request, person: Person, cell: CheckCell, form: CheckForm) -> None:
    actions.check_requirement(
        bid=cell.bid,
        requirement=cell.requirement,
        is_met=form.cleaned_data["is_met"],
        evidence=form.cleaned_data["evidence"],
        reason=form.cleaned_data["reason"],
        by=person,
        at=request.now,
    )


def _next_check(tender: Tender) -> HttpResponse:
    left = queries.left_to_check(queries.check_cells(tender))
    if left:
        return redirect("evaluation:check", left[0].bid.pk, left[0].requirement.pk)
    return redirect("evaluation:checks", tender.procurement_id)
