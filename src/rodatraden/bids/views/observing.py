"""The observer from a chamber of commerce: appointed by the buyer's people, let in by a link, and the page that they follow on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.bids import actions, queries
from rodatraden.bids.forms import EndObserverForm, FollowedForm, ObserverForm, TakeObservationForm
from rodatraden.bids.rules import ASK_HOLDS, SETTLING, Kind, opening_of, still_asked
from rodatraden.bids.rules.observing import (
    is_link_open,
    may_appoint_observer,
    may_end_observer,
    may_observe,
    may_say_followed,
    may_take_observation,
    sees_until,
)
from rodatraden.bids.views.opening import case_of
from rodatraden.core.answer import RefusedError, require
from rodatraden.parties.actions import register_person
from rodatraden.parties.models import Person
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import fact_at
from rodatraden.procurements.queries import visible_to as procurements_visible_to
from rodatraden.procurements.rules import may_follow
from rodatraden.records.actions import carry_out
from rodatraden.tenders.queries import latest_snapshot
from rodatraden.ui import links
from rodatraden.ui.accounts import NewAccountForm
from rodatraden.ui.policy import Request, asks_for_code, by_link, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.bids.models import OpeningObserver
    from rodatraden.tenders.models import Tender

OBSERVATION = links.Link(
    "bids:observation_code",
    "bids:take_observation",
    queries.observer_by,
    title=_("Follow the opening of bids"),
    about=_("Write the code in the message that you were let in by."),
    lost=_("If you have no code, ask the buyer for a new link."),
)
observation_code = asks_for_code(OBSERVATION)


@signed_in
def observers(request: Request, procurement_id: UUID) -> HttpResponse:
    """Who observes the opening, and the form that lets one more do it; the code of the link is in the message alone.

    Where no mail server is set up the answer shows the link, once, to hand over.
    """
    person = signed_in_person(request)
    procurement, tender = case_of(request, procurement_id)
    require(may_follow(person, procurement))
    form = ObserverForm(request.POST or None)
    token = links.new_code()
    link = request.build_absolute_uri(OBSERVATION.to(token))
    shown = ""
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"bids.appoint_observer {tender.pk}",
        verb=lambda: actions.appoint_observer(
            tender=tender,
            name=form.cleaned_data["name"],
            chamber=form.cleaned_data["chamber"],
            email=form.cleaned_data["email"],
            token=token,
            link=link,
            is_mailed=settings.MAIL_IS_SET_UP,
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        if settings.MAIL_IS_SET_UP:
            messages.success(request, gettext("The link is sent to %(email)s.") % form.cleaned_data)
            return redirect("bids:observers", procurement.pk)
        shown = link if queries.observer_by(token) else ""  # the same form again made no second one
    found = queries.observers_of(tender)
    for each in found:
        each.tender = tender
    context = {
        "procurement": procurement,
        "form": form,
        "link": shown,
        "answer": may_appoint_observer(person, tender),
        "observers": [(each, may_end_observer(person, each)) for each in found],
        "mail_is_set_up": settings.MAIL_IS_SET_UP,
    }
    response = render(request, "bids/observers.html", context, status=form.status)
    response["Cache-Control"] = "no-store, private"
    return response


@signed_in
def end(request: Request, observer_id: UUID) -> HttpResponse:
    """Ask once more, then end that somebody observes."""
    person = signed_in_person(request)
    mine = queries.observers().filter(tender__procurement__in=procurements_visible_to(person))
    observer = get_object_or_404(mine, pk=observer_id)
    require(may_end_observer(person, observer))
    form = EndObserverForm(request.POST or None)
    back = reverse("bids:observers", args=[observer.tender.procurement_id])
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"bids.end_observer {observer.pk}",
        verb=lambda: actions.end_observer(observer=observer, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        return redirect(back)
    context = {
        "question": gettext("End that %(name)s observes the opening?") % {"name": observer.name},
        "consequence": gettext(
            "The link stops working, and the page closes. It is written in the log, with your name."
        ),
        "verb": gettext("End the observing"),
        "back_url": back,
        "form": form,
    }
    return render(request, "ui/confirm.html", context, status=form.status)


@by_link(OBSERVATION)
def take(request: Request, observer: OpeningObserver) -> HttpResponse:
    """Take the link to an opening, with the account that one has or a new one; who has taken it comes straight in."""
    person = request.user if isinstance(request.user, Person) else None
    address = reverse("bids:observe", args=[observer.tender_id])
    if person and person.pk == observer.person_id:
        return redirect(address)
    answer = may_take_observation(person, observer, request.now) if person else is_link_open(observer, request.now)
    form = (
        TakeObservationForm(request.POST or None)
        if person
        else NewAccountForm(request.POST or None, email=observer.email)
    )
    if form.is_valid():
        try:
            newcomer = _take(observer, form, person, request)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            # allauth asks a newcomer to confirm an address that no mail has shown to be theirs
            return redirect(address) if person else perform_login(request, newcomer, signup=True, redirect_url=address)
    context = {
        "observer": observer,
        "procurement": observer.tender.procurement,
        "person": person,
        "is_known": Person.objects.filter(email__iexact=observer.email).exists(),
        "answer": answer,
        "form": form,
    }
    return render(request, "bids/take_observation.html", context, status=form.status)


def _take(
    observer: OpeningObserver, form: NewAccountForm | TakeObservationForm, person: Person | None, request: Request
) -> Person:
    with transaction.atomic():
        taker = person or register_person(
            email=observer.email,
            name=form.cleaned_data["person_name"],
            password=form.cleaned_data["password"],
            by=None,
            at=request.now,
        )
        actions.take_observation(observer=observer, by=taker, at=request.now)
    return taker


@signed_in
def observe(request: Request, tender_id: UUID) -> HttpResponse:
    """Follow an opening in its steps; before it the page is the same whether nobody or everybody has bid (INV-02)."""
    person = signed_in_person(request)
    observer = queries.observer_as(person, tender_id)
    if observer is None:
        raise Http404
    require(may_observe(person, observer, request.now))
    form = FollowedForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"bids.say_followed {observer.pk}",
        verb=lambda: actions.say_followed(
            observer=observer, remark=form.cleaned_data["remark"], by=person, at=request.now
        ),
        by=person,
        at=request.now,
    ):
        messages.success(request, gettext("It is written down. Thank you."))
        return redirect("bids:observe", tender_id)
    context = _steps(observer.tender, request) | {
        "observer": observer,
        "procurement": observer.tender.procurement,
        "form": form,
        "may_say": may_say_followed(person, observer, request.now),
    }
    response = render(request, "bids/observe.html", context, status=form.status)
    response["Cache-Control"] = "no-store, private"  # who has bid stays in no browser that is not the buyer's
    return response


def _steps(tender: Tender, request: Request) -> dict[str, object]:
    held = opening_of(tender)
    waiting = still_asked(held, tender, request.now)
    return {
        "tender": tender,
        "snapshot": latest_snapshot(tender),
        "closed_at": fact_at(tender.procurement, Kind.CLOSED),
        "closes_at": tender.deadline_at + SETTLING if tender.deadline_at else None,
        "opening": held,
        "opened": held is not None and held.opened_at is not None,
        "waiting": waiting,
        "waits_until": waiting.asked_at + ASK_HOLDS if waiting else None,
        "list": queries.checked_list(tender),
        "until": sees_until(held),
    }
