"""Call-offs: order after having seen the sum, say what is delivered, cancel the rest, hand over what they produced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.contracts import actions, queries, rules
from rodatraden.contracts.forms import CallOffForm, CancelForm, DeliverForm, HoursForm
from rodatraden.contracts.views.desk import Desk, at_call_off, at_contract
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rodatraden.contracts.models import CallOff


@signed_in
@at_contract
def call_off(request: Request, desk: Desk) -> HttpResponse:
    """Write an order, see what it comes to and what is left after it, and order."""
    contract = desk.contract
    form = CallOffForm(request.POST or None, contract=contract)
    may_call_off = rules.may_call_off(desk.person, contract, desk.at)
    context = desk.context(form=form, may_call_off=may_call_off, ceiling=rules.ceiling_of(contract, desk.today))
    if form.is_valid() and "change" not in request.POST:
        typed = form.typed()
        if "order" not in request.POST:
            refused = rules.may_order(contract, desk.today, **typed)
            if refused:
                context |= {
                    "typed": typed,
                    "sum": queries.order_sum(contract, typed["hours"], typed["starts_on"], desk.today),
                    "delivered": queries.delivered_amount(contract),
                    "warnings": rules.warning_shares(desk.today),
                }
                return render(request, "contracts/call_off_confirm.html", context)
            form.refuse(refused)
        elif desk.carry_out(
            form,
            f"contracts.call_off {contract.pk}",
            lambda: actions.call_off(contract=contract, by=desk.person, at=request.now, **typed),
        ):
            messages.success(request, gettext("The call-off is made, and the supplier has been told."))
            return redirect("contracts:detail", contract.pk)
    return render(request, "contracts/call_off.html", context, status=form.status)


@signed_in
@at_call_off
def report(request: Request, desk: Desk, order: CallOff) -> HttpResponse:
    """Say how many hours of a call-off are delivered in all."""
    form = HoursForm(request.POST or None, initial={"delivered_hours": order.delivered_hours})
    if form.is_valid() and desk.carry_out(
        form,
        f"contracts.report {order.pk}",
        lambda: actions.report_delivered_hours(
            order=order, delivered_hours=form.cleaned_data["delivered_hours"], by=desk.person, at=request.now
        ),
    ):
        messages.success(request, gettext("The hours are written down."))
        return redirect("contracts:detail", desk.contract.pk)
    context = desk.context(form=form, order=order, may_report=rules.may_report(desk.person, order, desk.at))
    return render(request, "contracts/report.html", context, status=form.status)


@signed_in
@at_call_off
def cancel(request: Request, desk: Desk, order: CallOff) -> HttpResponse:
    """Ask once more, with reason and what had been delivered, then free the rest."""
    form = CancelForm(request.POST or None, initial={"delivered_hours": order.delivered_hours or 0})
    if form.is_valid() and desk.carry_out(
        form,
        f"contracts.cancel {order.pk}",
        lambda: actions.cancel_call_off(order=order, by=desk.person, at=request.now, **form.typed()),
    ):
        messages.success(request, gettext("The call-off is cancelled. What was not delivered is free again."))
        return redirect("contracts:detail", desk.contract.pk)
    context = desk.context(form=form, order=order, may_cancel=rules.may_cancel(desk.person, order))
    return render(request, "contracts/cancel.html", context, status=form.status)


@signed_in
@at_call_off
def deliver(request: Request, desk: Desk, order: CallOff) -> HttpResponse:
    """Hand over what a call-off produced; it belongs to the buyer."""
    form = DeliverForm(request.POST or None, request.FILES or None)
    if form.is_valid() and desk.carry_out(
        form,
        f"contracts.deliver {order.pk}",
        lambda: actions.deliver(
            order=order,
            title=form.cleaned_data["title"],
            data=form.data_of_file or b"",
            file_name=form.name_of_file,
            by=desk.person,
            at=request.now,
        ),
    ):
        messages.success(request, gettext("The delivery is received."))
        return redirect("contracts:detail", desk.contract.pk)
    context = desk.context(form=form, order=order, may_deliver=rules.may_deliver(desk.person, desk.contract, desk.at))
    return render(request, "contracts/deliver.html", context, status=form.status)
