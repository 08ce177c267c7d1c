"""Long stress tests: asked for with the assumptions that the address holds, followed, stopped, and told when they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from rodatraden.core.answer import RefusedError, require
from rodatraden.core.evaluation.stress.wording import assumptions
from rodatraden.core.numbers import swedish_number
from rodatraden.records.actions import once
from rodatraden.records.rules import is_lost
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.runs import CancelRunForm, RunForm
from rodatraden.tenders.forms.stress import Assumed, StressForm
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.rules.runs import is_to_be_kept, may_ask_for_run, may_cancel_run
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.tenders.views.stress import told
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
@at_desk
def ask(request: Request, desk: Desk) -> HttpResponse:
    """Ask for a long test with the assumptions of the address; they are changed on the page of the short one."""
    chosen, back = model_of(desk.tender), _stress_page(request, desk)
    if chosen is None:
        return redirect("tenders:model", desk.procurement.pk)
    described = StressForm(
        request.GET if "tenders" in request.GET else None,
        tender=desk.tender,
        model=chosen,
        earlier=queries.earlier_tenders(desk.tender, chosen, desk.person),
    )
    assumed = described.assumed
    if assumed is None:
        return redirect(back)
    return _asked(request, desk, assumed, back)


@signed_in
@at_desk
def again(request: Request, desk: Desk, run_id: UUID) -> HttpResponse:
    """Ask for a test with the assumptions of an earlier one, on the model as it is now."""
    earlier = get_object_or_404(queries.stress_runs(desk.tender), pk=run_id)
    return _asked(
        request,
        desk,
        Assumed(queries.market_of_run(earlier), earlier.tenders, earlier.seed, queries.budget_of_run(earlier)),
        _stress_page(request, desk),
    )


@signed_in
@at_desk
def run(request: Request, desk: Desk, run_id: UUID) -> HttpResponse:
    """Tell how far a test has come, or what it found; a page that is open asks again by itself until the test has ended."""
    found = get_object_or_404(queries.stress_runs(desk.tender), pk=run_id)
    if request.htmx and found.ended_at is not None:
        return HttpResponseClientRefresh()
    model, report = queries.model_of_run(found), queries.report_of_run(found)
    chosen = model_of(desk.tender)
    context = desk.context(
        run=found,
        is_lost=is_lost(found, desk.at),
        may_cancel=may_cancel_run(desk.person, found),
        may_ask=may_ask_for_run(desk.person, desk.tender),
        is_other_model=chosen is None or chosen.hash != model.hash,
        progress_words=_("%(done)s of %(all)s tenders")
        % {"done": swedish_number(found.done), "all": swedish_number(found.tenders)},
        model=model,
        **(told(desk, model, report) if report else {}),
    )
    return render(request, "tenders/run.html", context)


@signed_in
@at_desk
def cancel(request: Request, desk: Desk, run_id: UUID) -> HttpResponse:
    """Ask once more, then stop a test."""
    found = get_object_or_404(queries.stress_runs(desk.tender), pk=run_id)
    back = reverse("tenders:run", args=[desk.procurement.pk, found.pk])
    if found.ended_at is not None:
        return redirect(back)
    require(may_cancel_run(desk.person, found))
    form = CancelRunForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.cancel_run(run=found, by=desk.person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The test is stopped."))
            return redirect(back)
    context = {
        "procurement": desk.procurement,
        "question": _("Stop the long test?"),
        "consequence": _("What has been counted is thrown away. The same test can be asked for again."),
        "verb": _("Stop the test"),
        "back_url": back,
        "form": form,
    }
    return render(request, "tenders/confirm.html", context, status=form.status)


def _asked(request: Request, desk: Desk, assumed: Assumed, back: str) -> HttpResponse:
    """Ask how long the test is to be, and then for the test."""
    form = RunForm(request.POST or None)
    if form.is_valid():
        try:
            run_id = _ask_once(form, assumed, desk)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:run", desk.procurement.pk, run_id)
    may = may_ask_for_run(desk.person, desk.tender) and is_to_be_kept(assumed.market)
    context = desk.context(form=form, may_ask=may, assumptions=assumptions(assumed.market), assumed=assumed, back=back)
    return render(request, "tenders/run_ask.html", context, status=form.status)


def _ask_once(form: RunForm, assumed: Assumed, desk: Desk) -> str:
    """Ask for the run, once for a double click, and return its id."""
    stated = {"market": assumed.market.to_json(), "seed": assumed.seed}
    return once(
        key=form.idempotency_key,
        purpose=f"tenders.run {desk.tender.pk}",
        body={**form.sent, **stated},
        effect=lambda: str(
            actions.ask_for_run(
                tender=desk.tender,
                market=assumed.market,
                tenders=form.cleaned_data["tenders"],
                seed=assumed.seed,
                budget=assumed.budget,
                by=desk.person,
                at=desk.at,
            ).pk
        ),
        by=desk.person,
        at=desk.at,
    )


def _stress_page(request: Request, desk: Desk) -> str:
    """Return the page of the short test with the same assumptions."""
    query = f"?{urlencode(list(request.GET.lists()), doseq=True)}" if request.GET else ""
    return reverse("tenders:stress", args=[desk.procurement.pk]) + query
