"""Pages of the follow-up: the plan with what has been found, one check, deviations, and what it meant for the needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.contracts.queries import state, terms_of
from rodatraden.contracts.queries import visible_to as contracts_visible_to
from rodatraden.contracts.rules import signed_on, today
from rodatraden.followup import actions, queries, rules
from rodatraden.followup.forms import CloseForm, DeviationForm, NeedResultForm, NextNeedForm, ResultForm
from rodatraden.followup.models import CheckResult
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.rules import may_let_out, may_work
from rodatraden.records.actions import carry_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase


@signed_in
def plan(request: Request, contract_id: UUID) -> HttpResponse:
    """Show for every term what was promised, how it is followed up and what was found, and the days to come."""
    person = signed_in_person(request)
    contract = get_object_or_404(queries.plans(), pk=contract_id)
    if not rules.may_follow_up(person, contract):
        raise Http404
    terms = queries.followed_terms(contract, list(terms_of(contract)), request.now)
    context = {
        "contract": contract,
        "procurement": contract.tender.procurement,
        "signed_on": signed_on(contract),
        "state": state(contract, today(contract, request.now)),
        "terms": terms,
        "counts": queries.counts(terms),
        "stations": queries.stations(terms),
        "dates": queries.dates(terms, today(contract, request.now)),
        "deviations": queries.deviations_of(terms),
        "now": request.now,
    }
    return render(request, "followup/plan.html", context)


@signed_in
def check(request: Request, check_id: UUID) -> HttpResponse:
    """Show what was promised beside what was found; its named person records it here."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.planned(), pk=check_id)
    if not rules.may_follow_up(person, found.contract):
        raise Http404
    form = ResultForm(request.POST or None, request.FILES or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"followup.record {found.pk}",
        verb=lambda: actions.record_result(
            check=found,
            verdict=CheckResult.Verdict(form.cleaned_data["verdict"]),
            level_reached=form.cleaned_data["level_reached"],
            evidence=form.cleaned_data["evidence"],
            note=form.cleaned_data["note"],
            data=form.data_of_file,
            file_name=form.name_of_file,
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The result is recorded. Say below what it meant for the needs."))
        return redirect("followup:check", found.pk)
    latest = queries.latest_result(found)
    mark_scans(each.file for each in found.results.all())
    context = {
        "check": found,
        "contract": found.contract,
        "procurement": found.contract.tender.procurement,
        "form": form,
        "latest": latest,
        "earlier": [result for result in found.results.all() if result != latest][::-1],
        "told": queries.told(latest) if latest else [],
        "may_record": rules.may_record(person, found),
        "may_open": rules.may_open_deviation(person, latest) if latest else None,
        "now": request.now,
    }
    return render(request, "followup/check.html", context, status=form.status)


@signed_in
def file(request: Request, result_id: UUID) -> HttpResponseBase:
    """Hand out the file that shows a result, to those who see the result."""
    person = signed_in_person(request)
    result = get_object_or_404(queries.results_visible_to(person), pk=result_id)
    if result.file is None:
        raise Http404
    procurement = result.check_of.contract.tender.procurement
    may = partial(may_let_out, person, procurement)
    return hand_out(request, result.file, result.file.name, may_let_out=may, case=procurement.pk)


@signed_in
def deviate(request: Request, result_id: UUID) -> HttpResponse:
    """Open a deviation on a result."""
    person = signed_in_person(request)
    result = get_object_or_404(queries.results_visible_to(person), pk=result_id)
    found, procurement = result.check_of, result.check_of.contract.tender.procurement
    form = DeviationForm(
        request.POST or None, blamable=rules.blamable(found.term.requirement), team=queries.team_of(procurement)
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"followup.deviate {result.pk}",
        verb=lambda: actions.open_deviation(result=result, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        return redirect("followup:deviations", found.contract_id)
    mark_scans([result.file])
    context = {
        "check": found,
        "result": result,
        "procurement": procurement,
        "form": form,
        "may_open": rules.may_open_deviation(person, result),
    }
    return render(request, "followup/deviate.html", context, status=form.status)


@signed_in
def deviations(request: Request, contract_id: UUID) -> HttpResponse:
    """Show a contract's deviations: to the team all of them, to the supplier's people those that are theirs."""
    person = signed_in_person(request)
    contract = get_object_or_404(contracts_visible_to(person, request.now), pk=contract_id)
    seen = queries.deviations_visible_to(person, request.now).filter(result__check_of__contract=contract)
    context = {
        "contract": contract,
        "procurement": contract.tender.procurement,
        "in_team": may_work(person, contract.tender.procurement),
        "deviations": seen.order_by("closed_at", "due_on", "pk"),
        "now": request.now,
    }
    return render(request, "followup/deviations.html", context)


@signed_in
def deviation(request: Request, deviation_id: UUID) -> HttpResponse:
    """Show a deviation with who must act, its owner and its date; who may, closes it with the measure."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.deviations_visible_to(person, request.now), pk=deviation_id)
    contract = found.result.check_of.contract
    form = CloseForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"followup.close {found.pk}",
        verb=lambda: actions.close_deviation(deviation=found, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The deviation is closed."))
        return redirect("followup:deviations", contract.pk)
    context = {
        "deviation": found,
        "check": found.result.check_of,
        "contract": contract,
        "procurement": contract.tender.procurement,
        "in_team": may_work(person, contract.tender.procurement),
        "form": form,
        "may_close": rules.may_close(person, found),
        "now": request.now,
    }
    return render(request, "followup/deviation.html", context, status=form.status)


@signed_in
def tell(request: Request, result_id: UUID, need_id: UUID) -> HttpResponse:
    """Say what a result meant for one of the needs that its requirement answers to."""
    person = signed_in_person(request)
    result = get_object_or_404(queries.results_visible_to(person), pk=result_id)
    need = get_object_or_404(result.check_of.term.requirement.needs, pk=need_id)
    form = NeedResultForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"followup.tell {result.pk} {need.pk}",
        verb=lambda: actions.link_to_need(result=result, need=need, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The thread goes all the way to the need."))
        return redirect("followup:check", result.check_of_id)
    mark_scans([result.file])
    context = {
        "result": result,
        "check": result.check_of,
        "procurement": result.check_of.contract.tender.procurement,
        "need": need,
        "form": form,
        "may_record": rules.may_record(person, result.check_of),
    }
    return render(request, "followup/tell.html", context, status=form.status)


@signed_in
def grow(request: Request, need_result_id: UUID) -> HttpResponse:
    """Write the need that a result leads to: where one thread ends the next begins."""
    person = signed_in_person(request)
    linked = get_object_or_404(queries.need_results_visible_to(person), pk=need_result_id)
    form = NextNeedForm(request.POST or None, initial={"for_whom": linked.need.for_whom})
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"followup.grow {linked.pk}",
        verb=lambda: actions.grow_need(linked=linked, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The next need is written."))
        return redirect("needs:backlog")
    context = {
        "linked": linked,
        "check": linked.result.check_of,
        "procurement": linked.result.check_of.contract.tender.procurement,
        "form": form,
        "may_grow": rules.may_grow_need(person, linked, request.now),
    }
    return render(request, "followup/grow.html", context, status=form.status)
