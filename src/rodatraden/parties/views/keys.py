"""Opening keys: made in the browser, practised with, and who holds them for an organisation."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing import identity
from rodatraden.parties import actions, queries, rules
from rodatraden.parties.forms import (
    AnswerForm,
    AppointForm,
    ConfirmForm,
    DoorForm,
    InviteHolderForm,
    OpeningKeyForm,
    RecoveryKeyForm,
)
from rodatraden.parties.views.organisations import INVITATION
from rodatraden.ui import links
from rodatraden.ui.files import as_made
from rodatraden.ui.policy import Request, fresh, signed_in, starts_worker
from rodatraden.ui.sealing import PrintedKeyForm, WordsForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.parties.models import Drill, OpeningKey, Organisation, Person


LOCKED_KEY = "min-lasta-nyckel.txt"


@signed_in
def opening_key(request: Request) -> HttpResponse:
    """Show what keys one has and when one last practised; who has none yet comes to where it is made."""
    person = queries.signed_in_person(request)
    keys = list(queries.keys_used_by(person))
    answer = rules.may_make_opening_key(person)
    if answer and not any(key.is_live and key.person_id == person.pk for key in keys):
        return redirect("parties:new_opening_key")
    live = [(key, queries.last_drill_of(key)) for key in keys if key.is_live]
    context = {
        "answer": answer,
        "holdings": queries.key_holdings_of(person),
        "live": [(key, drill, _drill_holds(drill, request)) for key, drill in live],
        "retired": [key for key in keys if not key.is_live],
        "days": settings.DRILL_HOLDS_FOR.days,
    }
    return render(request, "parties/opening_key.html", context)


def _drill_holds(drill: Drill | None, request: Request) -> bool:
    return bool(drill and drill.answered_at and rules.drill_holds(drill.answered_at, request.now))


@signed_in
@fresh
@starts_worker
def new_opening_key(request: Request) -> HttpResponse:
    """Register a key that the page has made, and go on to practise with it."""
    person = queries.signed_in_person(request)
    form = OpeningKeyForm(request.POST or None)
    if form.is_valid() and (drill := _begun(form, request, actions.make_opening_key)):
        return redirect("parties:drill", drill.pk)
    context = {
        "form": form,
        "doors": DoorForm(),
        "person": person,
        "answer": rules.may_make_opening_key(person),
        "present": queries.opening_key_of(person),
        "holdings": queries.key_holdings_of(person),
        "host": settings.OPENING_KEY_HOST,
        "bits": round(identity.bits()),
    }
    return _kept_nowhere(render(request, "parties/new_opening_key.html", context, status=form.status))


def _begun(form: OpeningKeyForm | RecoveryKeyForm, request: Request, make: Callable[..., OpeningKey]) -> Drill | None:
    """Register the key that a form tells of and begin to practise with it, both or neither; the form says why when refused."""
    person = queries.signed_in_person(request)
    try:
        with transaction.atomic():
            return _start(make(**form.cleaned_data, by=person, at=request.now), person, request)
    except RefusedError as refused:
        form.refuse(refused)
        return None


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """Let the browser keep nothing of a page that has shown a key to print, not even for the way back."""
    response["Cache-Control"] = "no-store, private"
    return response


def _start(key: OpeningKey, person: Person, request: Request) -> Drill:
    return actions.start_drill(key=key, nonce=secrets.token_hex(32), by=person, at=request.now)


@signed_in
@fresh
def locked_key(request: Request, key_id: UUID) -> HttpResponse:
    """Hand out a key of one's own as it lies here, locked, for who opens without a browser (`rodatraden open --key`)."""
    key = get_object_or_404(queries.locked_keys_of(queries.signed_in_person(request)), pk=key_id)
    return as_made(key.locked, LOCKED_KEY, "text/plain; charset=utf-8")


@signed_in
@require_POST
def start_drill(request: Request, key_id: UUID) -> HttpResponse:
    """Lock a test envelope to one of one's keys."""
    person = queries.signed_in_person(request)
    key = get_object_or_404(queries.keys_used_by(person), pk=key_id)
    return redirect("parties:drill", _start(key, person, request).pk)


@signed_in
@starts_worker
def drill(request: Request, drill_id: UUID) -> HttpResponse:
    """Show a test envelope, which the page opens, and take the answer."""
    person = queries.signed_in_person(request)
    found = get_object_or_404(queries.drills_of(person), pk=drill_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            actions.answer_drill(
                drill=found,
                answer=form.cleaned_data["answer"],
                door=form.cleaned_data["door"],
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("The drill is done: your key opens what is sealed to it."))
            return redirect("parties:opening_key")
    context = {
        "drill": found,
        "form": form,
        "words": WordsForm(),
        "printed": PrintedKeyForm(),
        "answer": rules.may_answer(person, found, request.now),
        "host": settings.OPENING_KEY_HOST,
    }
    return render(request, "parties/drill.html", context, status=form.status)


@signed_in
def retire_key(request: Request, key_id: UUID) -> HttpResponse:
    """Ask once more, then take a key out of use."""
    person = queries.signed_in_person(request)
    key = get_object_or_404(queries.keys_to_retire(person, request.now), pk=key_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    back_url = reverse("parties:opening_key")
    if key.organisation_id:
        back_url = reverse("parties:key_holders", args=[key.organisation_id])
    if form.is_valid():
        try:
            actions.retire_opening_key(key=key, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect(back_url)
    context = {
        "question": gettext("Take the key out of use?"),
        "consequence": gettext(
            "Nothing new is sealed to it. Bids that were sealed before can still be opened with it, so keep the printed key."
        ),
        "verb": gettext("Take the key out of use"),
        "back_url": back_url,
        "form": form,
    }
    return render(request, "ui/confirm.html", context, status=form.status)


@signed_in
def key_holders(request: Request, organisation_id: UUID) -> HttpResponse:
    """Show who holds a key to the bids and what remains; an administrator appoints and invites here."""
    person = queries.signed_in_person(request)
    found = get_object_or_404(queries.buyers_of(person, request.now), pk=organisation_id)
    appoint = AppointForm(
        request.POST if "appoint" in request.POST else None, people=queries.people_of(found, request.now)
    )
    invite = InviteHolderForm(request.POST if "invite" in request.POST else None)
    if _done(appoint, lambda: _appoint(appoint, found, person, request)) or _done(
        invite, lambda: _invite(invite, found, person, request)
    ):
        return redirect("parties:key_holders", found.pk)
    holders = rules.holders_of(found, request.now)
    context = {
        "organisation": found,
        "holders": holders,
        "recovery": queries.recovery_key_of(found),
        "enough": rules.enough_holders(found, request.now),
        "fewest": rules.FEWEST_HOLDERS,
        "days": settings.DRILL_HOLDS_FOR.days,
        "may_appoint": rules.may_appoint(person, found, request.now),
        "may_keep_recovery": rules.may_keep_recovery(person, found, request.now),
        "invitations": queries.open_invitations(found, request.now).filter(role="key_holder"),
        "mail_is_set_up": settings.MAIL_IS_SET_UP,
        "person": person,
        "appoint": appoint,
        "invite": invite,
    }
    return render(request, "parties/key_holders.html", context, status=max(appoint.status, invite.status))


def _done(form: AppointForm | InviteHolderForm, act: Callable[[], None]) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except RefusedError as refused:
        form.refuse(refused)
        return False
    return True


def _appoint(form: AppointForm, organisation: Organisation, person: Person, request: Request) -> None:
    appointed = form.cleaned_data["person"]
    actions.appoint_key_holder(person=appointed, organisation=organisation, by=person, at=request.now)
    messages.success(
        request,
        gettext("%(name)s is a key holder. Send this link: %(link)s")
        % {"name": appointed.name, "link": request.build_absolute_uri(reverse("parties:opening_key"))},
    )


def _invite(form: InviteHolderForm, organisation: Organisation, person: Person, request: Request) -> None:
    token = links.new_code()
    invitation = actions.invite_key_holder(
        organisation=organisation,
        email=form.cleaned_data["email"],
        token=token,
        link=request.build_absolute_uri(INVITATION.to(token)),
        by=person,
        at=request.now,
    )
    said = {"email": invitation.email}
    if settings.MAIL_IS_SET_UP:
        messages.success(request, gettext("An invitation has been sent to %(email)s.") % said)
    else:
        messages.success(
            request,
            gettext("%(email)s is invited. No mail server is set up, so take the link below and hand it over yourself.")
            % said,
        )


@signed_in
@fresh
@starts_worker
def recovery_key(request: Request, organisation_id: UUID) -> HttpResponse:
    """Register the public half of a recovery key that the page has made, and go on to practise with it."""
    person = queries.signed_in_person(request)
    found = get_object_or_404(queries.buyers_of(person, request.now), pk=organisation_id)
    form = RecoveryKeyForm(request.POST or None)
    register = partial(actions.register_recovery_key, organisation=found)
    if form.is_valid() and (drill := _begun(form, request, register)):
        return redirect("parties:drill", drill.pk)
    context = {
        "form": form,
        "organisation": found,
        "person": person,
        "answer": rules.may_keep_recovery(person, found, request.now),
        "present": queries.recovery_key_of(found),
        "host": settings.OPENING_KEY_HOST,
    }
    return _kept_nowhere(render(request, "parties/recovery_key.html", context, status=form.status))


@signed_in
def end_holding(request: Request, holding_id: UUID) -> HttpResponse:
    """Ask once more, then let somebody hold a key no longer."""
    person = queries.signed_in_person(request)
    holding = get_object_or_404(queries.key_holdings_to_end(person, request.now), pk=holding_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    is_own = holding.person_id == person.pk
    back_url = (
        reverse("parties:opening_key") if is_own else reverse("parties:key_holders", args=[holding.organisation_id])
    )
    if form.is_valid():
        try:
            actions.end_key_holding(holding=holding, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect(back_url)
    said = {"name": holding.person.name, "organisation": holding.organisation.name}
    context = {
        "question": gettext("Shall %(name)s hold no key for %(organisation)s any more?") % said,
        "consequence": gettext(
            "New bids are not sealed to the key. Bids that were sealed before can still be opened with it. Who does not "
            "belong to the organisation stops being opening official in its procurements too."
        ),
        "verb": gettext("End the key holding"),
        "back_url": back_url,
        "form": form,
    }
    return render(request, "ui/confirm.html", context, status=form.status)
