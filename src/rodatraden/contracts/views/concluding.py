"""Draw up, sign, extend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.awards.rules import computed_standstill, may_conclude_contract, may_see_decision
from rodatraden.bids.queries import price_of_bid
from rodatraden.contracts import actions, queries, rules
from rodatraden.contracts.forms import ExtendForm, SignForm
from rodatraden.contracts.models import Signature
from rodatraden.contracts.views.desk import Desk, at_contract
from rodatraden.core.answer import require
from rodatraden.core.calendars import Unknown
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.records.actions import carry_out
from rodatraden.tenders.queries import tender_of
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, fresh, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
def draw_up(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show what the contract will hold, and draw it up; once it is drawn up, lead to it."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(may_see_decision(person, procurement))
    contract, tender = queries.contract_of(procurement), tender_of(procurement)
    if contract is not None:
        return redirect("contracts:detail", contract.pk)
    if tender is None:
        raise Http404
    may_draw_up = rules.may_draw_up(person, procurement)
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"contracts.draw_up {procurement.pk}",
        verb=lambda: actions.draw_up_contract(tender=tender, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        return redirect("contracts:draw_up", procurement.pk)
    context = {
        "procurement": procurement,
        "tender": tender,
        "form": form,
        "may_draw_up": may_draw_up,
        "proposed": queries.proposed(tender) if may_draw_up else None,
        "annexes": queries.annexes_of(tender.award.winner_id) if may_draw_up else (),
        "price": price_of_bid(tender.award.winner, tender) if may_draw_up else None,
    }
    return render(request, "contracts/draw_up.html", context, status=form.status)


@signed_in
@fresh
@at_contract
def sign(request: Request, desk: Desk) -> HttpResponse:
    """Register one party's signature; the page says from which day signing is allowed."""
    contract, person = desk.contract, desk.person
    signed = list(contract.signatures.all())
    missing = [party for party in Signature.Party.values if party not in {each.party for each in signed}]
    form = SignForm(request.POST or None, request.FILES or None, missing=missing)
    if form.is_valid() and desk.carry_out(
        form,
        f"contracts.sign {contract.pk}",
        lambda: actions.register_signature(
            contract=contract,
            party=Signature.Party(form.cleaned_data["party"]),
            signed_on_day=form.cleaned_data["signed_on_day"],
            signer=form.cleaned_data["signer"],
            pdf=form.data_of_file,
            file_name=form.name_of_file,
            by=person,
            at=request.now,
        ),
    ):
        messages.success(request, gettext("The signature is registered."))
        return redirect("contracts:sign" if len(missing) > 1 else "contracts:detail", contract.pk)
    standstill = computed_standstill(contract.tender)
    context = desk.context(
        form=form,
        signed=signed,
        may_sign=rules.may_register_signature(person, contract),
        may_conclude=may_conclude_contract(contract.tender, desk.today),
        standstill=None if isinstance(standstill.value, Unknown) else standstill.value,
    )
    return render(request, "contracts/sign.html", context, status=form.status)


@signed_in
@at_contract
def extend(request: Request, desk: Desk) -> HttpResponse:
    """Decide on the next option, with what the decision rests on."""
    contract = desk.contract
    form = ExtendForm(request.POST or None)
    if form.is_valid() and desk.carry_out(
        form,
        f"contracts.extend {contract.pk}",
        lambda: actions.extend(contract=contract, reason=form.cleaned_data["reason"], by=desk.person, at=request.now),
    ):
        messages.success(request, gettext("The option is taken up."))
        return redirect("contracts:detail", contract.pk)
    context = desk.context(
        form=form,
        row=queries.row(contract, desk.today),
        ceiling=rules.ceiling_of(contract, desk.today),
        may_extend=rules.may_extend(desk.person, contract, desk.at),
        extensions=contract.extensions.all(),
    )
    return render(request, "contracts/extend.html", context, status=form.status)
