"""The page where the officer tells everybody that a procurement is coming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rodatraden.core.answer import RefusedError, require
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.procurements.rules import may_work
from rodatraden.records.actions import once
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.coming import PlanForm, WithdrawForm
from rodatraden.tenders.rules import is_drafted, may_show_plan, may_withdraw_plan, month_of, outdated
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import PublicPlan


@signed_in
def coming(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show what everybody reads and has read of a procurement that is coming; its officer writes it here."""
    person, procurement = _case(request, procurement_id)
    told = list(queries.plans(procurement))
    shown = next((plan for plan in told if plan.withdrawn_at is None and is_drafted(procurement)), None)
    if shown is not None:
        shown.procurement = procurement  # with what has been fetched with it
    tender = queries.tender_of(procurement)
    planned_notice_at = tender.planned_notice_at if tender else None
    form = PlanForm(
        request.POST or None,
        initial=_proposed(procurement, shown, planned_notice_at),
        this_month=month_of(request.now, procurement),
        planned_notice_at=planned_notice_at,
    )
    if form.is_valid():
        try:
            _show_once(form, procurement, person, request)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Everybody reads this now, on the public page."))
            return redirect("tenders:coming", procurement.pk)
    context = {
        "procurement": procurement,
        "form": form,
        "shown": shown,
        "told": told,
        "outdated": outdated(shown, planned_notice_at, request.now) if shown else None,
        "may_show": may_show_plan(person, procurement),
    }
    return render(request, "tenders/coming.html", context, status=form.status)


@signed_in
def withdraw(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask once more, then take back what everybody reads."""
    person, procurement = _case(request, procurement_id)
    plan = get_object_or_404(queries.plans(procurement), withdrawn_at=None)
    plan.procurement = procurement  # with what has been fetched with it
    require(may_withdraw_plan(person, plan))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.withdraw_plan(plan=plan, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Nobody outside reads about it any longer."))
            return redirect("tenders:coming", procurement.pk)
    context = {
        "procurement": procurement,
        "question": _("Take back %(title)s from the public page?") % {"title": plan.title},
        "consequence": _("It is no longer listed as coming. The log keeps what everybody could read, and when."),
        "verb": _("Take it back from the public page"),
        "back_url": reverse("tenders:coming", args=[procurement.pk]),
        "form": form,
    }
    return render(request, "tenders/confirm.html", context, status=form.status)


def _case(request: Request, procurement_id: UUID) -> tuple[Person, Procurement]:
    """Return who asks and the case that they have access to; its documents need not have been started."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(may_work(person, procurement))
    return person, procurement


def _proposed(procurement: Procurement, shown: PublicPlan | None, planned_notice_at: datetime | None) -> dict[str, Any]:
    """Return what the form begins with: what everybody reads now, or the name of the case and the month of its dates."""
    if shown is not None:
        return {name: getattr(shown, name) for name in PlanForm.Meta.fields}
    return {
        "title": procurement.title,
        "expected_on": month_of(planned_notice_at, procurement) if planned_notice_at else None,
    }


def _show_once(form: PlanForm, procurement: Procurement, person: Person, request: Request) -> None:
    typed = {name: form.cleaned_data[name] for name in form.Meta.fields}
    once(
        key=form.idempotency_key,
        purpose=f"tenders.coming {procurement.pk}",
        body=form.sent,
        effect=lambda: str(actions.show_plan(procurement=procurement, by=person, at=request.now, **typed).pk),
        by=person,
        at=request.now,
    )
