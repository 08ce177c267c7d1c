"""The delegation order of an organisation: the list of its points, a new one, the last day of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.forms import DelegationForm, EndDelegationForm
from rodatraden.awards.models import DelegationPoint
from rodatraden.awards.views.deciding import buyer_of
from rodatraden.core.instants import local_date
from rodatraden.parties.queries import organisations_of, people_of, signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
def delegations(request: Request, organisation_id: UUID) -> HttpResponse:
    """Show the points of the delegation order, ended ones too; enter a new one."""
    person = signed_in_person(request)
    organisation = buyer_of(person, organisation_id, request)
    form = DelegationForm(request.POST or None, people=people_of(organisation, request.now))
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.enter_delegation {organisation.pk}",
        verb=lambda: actions.enter_delegation(organisation=organisation, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("The point is entered. Decisions rest on the list from now on."))
        return redirect("awards:delegations", organisation.pk)
    today = local_date(request.now, organisation.calendar)
    context = {
        "organisation": organisation,
        "rows": [(each, each.holds_on(today)) for each in queries.delegation_points(organisation)],
        "form": form,
        "may_keep": rules.may_keep_delegations(person, organisation, request.now),
    }
    return render(request, "awards/delegations.html", context, status=form.status)


@signed_in
def end_delegation(request: Request, point_id: UUID) -> HttpResponse:
    """Give a point its last day."""
    person = signed_in_person(request)
    mine = organisations_of(person, request.now).order_by()
    point = get_object_or_404(
        DelegationPoint.objects.select_related("organisation", "person").filter(organisation__in=mine), pk=point_id
    )
    form = EndDelegationForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.end_delegation {point.pk}",
        verb=lambda: actions.end_delegation(point=point, by=person, at=request.now, **form.typed()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:delegations", point.organisation_id)
    context = {
        "point": point,
        "form": form,
        "may_keep": rules.may_keep_delegations(person, point.organisation, request.now),
    }
    return render(request, "awards/end_delegation.html", context, status=form.status)
