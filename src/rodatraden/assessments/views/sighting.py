"""Pages of a price that somebody met while judging: report it, handle it, read the masked copy instead (INV-13)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import HandleForm, PriceForm
from rodatraden.assessments.models import PriceSighting
from rodatraden.assessments.views.loading import item_of, loaded
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase


@signed_in
def report(request: Request, round_id: UUID, item_id: UUID) -> HttpResponse:
    """Report that a price stands where none should be read; the officer gets it as a task."""
    person, assessed = loaded(request, round_id)
    item = item_of(assessed, item_id)
    material = queries.material_of(item, person=person, at=request.now)
    form = PriceForm(request.POST or None, material=material)
    if form.is_valid():
        where, chosen = form.cleaned_data["where"], form.chosen
        if carry_out(
            form=form,
            purpose=f"assessments.price {item.pk}",
            verb=lambda: actions.report_price(item=item, where=where, material=chosen, by=person, at=request.now),
            by=person,
            at=request.now,
        ):
            messages.success(request, gettext("Thank you. The procurement officer takes care of it. You can go on."))
            return redirect("assessments:score", assessed.pk, item.pk)
    require(rules.may_report_price(person, assessed))
    context = {"assessed": assessed, "procurement": assessed.case, "item": item, "form": form}
    return render(request, "assessments/price.html", context, status=form.status)


@signed_in
def sighting(request: Request, sighting_id: UUID) -> HttpResponse:
    """Show a reported price to who reported it and to the officer, who writes down what was done."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.sightings_visible_to(person), pk=sighting_id)
    material = queries.material_of(found.item, person=person, at=request.now)
    form = HandleForm(request.POST or None, request.FILES or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.handle {found.pk}",
        verb=lambda: actions.handle_price(
            sighting=found,
            measure=PriceSighting.Measure(form.cleaned_data["measure"]),
            explanation=form.cleaned_data["explanation"],
            masked=form.data_of_file,
            hidden=form.cleaned_data["hidden"].splitlines(),
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("Saved."))
        return redirect("assessments:sighting", found.pk)
    mark_scans([found.masked])
    context = {
        "sighting": found,
        "procurement": found.item.round.case,
        "document": next((each for each in material if each.id and each.id == found.material), None),
        "form": form,
        "may_handle": rules.may_handle_price(person, found),
    }
    return render(request, "assessments/sighting.html", context, status=form.status)


@signed_in
def masked(request: Request, sighting_id: UUID) -> HttpResponseBase:
    """Show the copy in which a price is masked: to the panel, and to who reads the report."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.sightings().exclude(masked=None), pk=sighting_id)
    if found not in queries.sightings_visible_to(person):
        get_object_or_404(queries.visible_to(person), pk=found.item.round_id)
    assert found.masked is not None, "chosen by it"
    assessed = found.item.round
    may = partial(rules.may_let_out, person, assessed)
    return hand_out(request, found.masked, found.masked.name, may_let_out=may, case=assessed.case_id, is_shown=True)
