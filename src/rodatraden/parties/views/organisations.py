"""Organisations, people and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.answer import RefusedError
from rodatraden.parties import actions, queries, rules
from rodatraden.parties.forms import (
    AskToJoinForm,
    ConfirmForm,
    GrantForm,
    InviteForm,
    NumberForm,
    RegisterSupplierForm,
)
from rodatraden.parties.models import Membership, Person
from rodatraden.ui import links
from rodatraden.ui.accounts import NewAccountForm
from rodatraden.ui.onward import onward
from rodatraden.ui.policy import Request, asks_for_code, by_link, public, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.parties.models import Invitation

INVITATION = links.Link(
    "parties:invitation_code",
    "parties:accept",
    queries.invitation_by,
    title=_("Invitation"),
    about=_("Write the code in the message that you were invited by."),
    lost=_("If you have no code, ask whoever invited you for a new link."),
)
invitation_code = asks_for_code(INVITATION)


@public
def register_supplier(request: Request) -> HttpResponse:
    """Register a supplier and sign in at once; nobody has to approve."""
    person = request.user if isinstance(request.user, Person) else None
    going_to = onward(request, request.GET.get("next", ""), reverse("parties:me"))
    form = RegisterSupplierForm(request.POST or None, person=person)
    if form.is_valid():
        try:
            registered = _register(form, person, request)
        except RefusedError as refused:
            if again := _registered_already(form, request):
                return _sign_in(request, again, going_to)
            form.refuse(refused)
        else:
            messages.success(request, gettext("The company is registered. You can hand in bids for it at once."))
            return redirect(going_to) if person else _sign_in(request, registered, going_to)
    context = {"form": form, "person": person, "page": request.get_full_path()}
    return render(request, "parties/register_supplier.html", context, status=form.status)


def _registered_already(form: RegisterSupplierForm, request: Request) -> Person | None:
    """Return who sent the same form a moment ago (a double click, the back button), known by the password too."""
    typed = form.cleaned_data
    if "password" not in typed:
        return None
    try:
        known = get_adapter().authenticate(request, email=typed["email"], password=typed["password"])
    except ValidationError:  # too many attempts
        return None
    if isinstance(known, Person) and queries.organisations_of(known, request.now).filter(name=typed["name"]).exists():
        return known
    return None


def _register(form: RegisterSupplierForm, person: Person | None, request: Request) -> Person:
    typed = form.cleaned_data
    with transaction.atomic():
        if person is None:
            person = actions.register_person(
                email=typed["email"], name=typed["person_name"], password=typed["password"], by=None, at=request.now
            )
        actions.register_supplier(
            name=typed["name"],
            country=typed["country"],
            registration_number=typed["registration_number"],
            person=person,
            by=person,
            at=request.now,
        )
    return person


@signed_in
def me(request: Request) -> HttpResponse:
    """Show the person's account, organisations and roles."""
    person = queries.signed_in_person(request)
    context = {
        "person": person,
        "memberships": queries.memberships_of(person, request.now),
        "holdings": queries.key_holdings_of(person),
        "has_keys": queries.keys_used_by(person).exists(),
    }
    return render(request, "parties/me.html", context)


@signed_in
def organisation(request: Request, organisation_id: UUID) -> HttpResponse:
    """Show an organisation's people and roles to its people; an administrator gives further roles here."""
    person = queries.signed_in_person(request)
    found = get_object_or_404(queries.administered_by(person, request.now), pk=organisation_id)
    form = GrantForm(request.POST or None, organisation=found, people=queries.people_of(found, request.now))
    if form.is_valid():
        try:
            actions.grant_membership(
                person=form.cleaned_data["person"],
                organisation=found,
                role=Membership.Role(form.cleaned_data["role"]),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("parties:organisation", found.pk)
    context = {
        "organisation": found,
        "memberships": queries.roles_in(found, request.now),
        "invitations": queries.open_invitations(found, request.now),
        "mail_is_set_up": settings.MAIL_IS_SET_UP,
        "join_requests": queries.join_requests(found, request.now),
        "may_judge_number": rules.may_judge_number(person, found, request.now),
        "may_administer": rules.may_administer(person, found, request.now),
        "person": person,
        "form": form,
    }
    return render(request, "parties/organisation.html", context, status=form.status)


@signed_in
def invite(request: Request, organisation_id: UUID) -> HttpResponse:
    """Invite somebody to a role; the code of the link exists only in the message."""
    person = queries.signed_in_person(request)
    found = get_object_or_404(queries.administered_by(person, request.now), pk=organisation_id)
    form = InviteForm(request.POST or None, organisation=found)
    if form.is_valid():
        token = links.new_code()
        try:
            invitation = actions.invite(
                organisation=found,
                email=form.cleaned_data["email"],
                role=Membership.Role(form.cleaned_data["role"]),
                title=form.cleaned_data["title"],
                token=token,
                link=request.build_absolute_uri(INVITATION.to(token)),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _invited(invitation))
            return redirect("parties:organisation", found.pk)
    context = {
        "organisation": found,
        "form": form,
        "may_administer": rules.may_administer(person, found, request.now),
    }
    return render(request, "parties/invite.html", context, status=form.status)


def _invited(invitation: Invitation) -> str:
    said = {"email": invitation.email}
    if settings.MAIL_IS_SET_UP:
        return gettext("An invitation has been sent to %(email)s.") % said
    return (
        gettext("%(email)s is invited. No mail server is set up, so take the link below and hand it over yourself.")
        % said
    )


@signed_in
def invitation_link(request: Request, invitation_id: UUID) -> HttpResponse:
    """Show an administrator a new link of an invitation, in this answer and never again."""
    person = queries.signed_in_person(request)
    mine = queries.administered_by(person, request.now)
    invitation = get_object_or_404(queries.invitations(), pk=invitation_id, organisation__in=mine)
    answer = rules.may_take_link(person, invitation, request.now)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    link = ""
    if form.is_valid():
        token = links.new_code()
        try:
            actions.take_link(invitation=invitation, token=token, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            link = request.build_absolute_uri(INVITATION.to(token))
    context = {"invitation": invitation, "form": form, "answer": answer, "link": link}
    response = render(request, "parties/invitation_link.html", context, status=form.status)
    response["Cache-Control"] = "no-store, private"
    return response


@signed_in
def confirm_number(request: Request, organisation_id: UUID) -> HttpResponse:
    """Let an official of an authority say whose a supplier's number is, and on what ground."""
    person = queries.signed_in_person(request)
    found = get_object_or_404(queries.suppliers_judged_by(person, request.now), pk=organisation_id)
    form = NumberForm(request.POST or None)
    if form.is_valid():
        verb = actions.confirm_organisation_number
        if not form.cleaned_data["is_theirs"]:
            verb = actions.release_organisation_number
        try:
            verb(organisation=found, ground=form.cleaned_data["ground"], by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("It is written down, with your name and the ground."))
            return redirect("parties:confirm_number", found.pk)
    context = {"organisation": found, "form": form, "answer": rules.may_judge_number(person, found, request.now)}
    return render(request, "parties/confirm_number.html", context, status=form.status)


@public
def ask_to_join(request: Request) -> HttpResponse:
    """Ask to be let into the organisation that holds a number, without being told which one it is."""
    form = AskToJoinForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            actions.ask_to_join(
                country=typed["country"],
                registration_number=typed["registration_number"],
                name=typed["person_name"],
                email=typed["email"],
                text=typed["text"],
                link=lambda pk: request.build_absolute_uri(reverse("parties:invite", args=[pk])),
                by=None,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return render(request, "parties/asked_to_join.html")
    return render(request, "parties/ask_to_join.html", {"form": form}, status=form.status)


@signed_in
def withdraw_invitation(request: Request, invitation_id: UUID) -> HttpResponse:
    """Ask once more, then withdraw an invitation."""
    person = queries.signed_in_person(request)
    mine = queries.administered_by(person, request.now)
    invitation = get_object_or_404(queries.invitations(), pk=invitation_id, organisation__in=mine)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.withdraw_invitation(invitation=invitation, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("parties:organisation", invitation.organisation_id)
    context = {
        "question": gettext("Withdraw the invitation to %(email)s?") % {"email": invitation.email},
        "consequence": gettext("The link in the message stops working."),
        "verb": gettext("Withdraw the invitation"),
        "back_url": reverse("parties:organisation", args=[invitation.organisation_id]),
        "form": form,
    }
    return render(request, "ui/confirm.html", context, status=form.status)


@signed_in
def end_role(request: Request, membership_id: UUID) -> HttpResponse:
    """Ask once more, then end somebody's role."""
    person = queries.signed_in_person(request)
    mine = queries.organisations_of(person, request.now)
    membership = get_object_or_404(queries.memberships(), pk=membership_id, organisation__in=mine)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.end_membership(membership=membership, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            is_left = not queries.organisations_of(person, request.now).filter(pk=membership.organisation_id).exists()
            return redirect("parties:me") if is_left else redirect("parties:organisation", membership.organisation_id)
    said = {"name": membership.person.name, "role": membership.get_role_display()}
    context = {
        "question": gettext("End the role %(role)s of %(name)s?") % said,
        "consequence": gettext("From today the role opens no doors. What has been done in it stays."),
        "verb": gettext("End the role"),
        "back_url": reverse("parties:organisation", args=[membership.organisation_id]),
        "form": form,
    }
    return render(request, "ui/confirm.html", context, status=form.status)


@by_link(INVITATION)
def accept(request: Request, invitation: Invitation) -> HttpResponse:
    """Take the role that one was invited to, with the account that one has or a new one."""
    person = request.user if isinstance(request.user, Person) else None
    is_known = Person.objects.filter(email__iexact=invitation.email).exists()
    answer = (
        rules.may_accept(person, invitation, request.now) if person else rules.invitation_open(invitation, request.now)
    )
    form = (
        ConfirmForm(request.POST if request.method == "POST" else None)
        if person
        else NewAccountForm(request.POST or None, email=invitation.email)
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                newcomer = person or actions.register_person(
                    email=invitation.email,
                    name=form.cleaned_data["person_name"],
                    password=form.cleaned_data["password"],
                    by=None,
                    at=request.now,
                )
                accept_ = actions.accept_key_holding if invitation.is_to_hold_a_key else actions.accept_invitation
                accept_(invitation=invitation, by=newcomer, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            address = reverse("parties:organisation", args=[invitation.organisation_id])
            if invitation.is_to_hold_a_key:
                address = reverse("parties:opening_key")
            return redirect(address) if person else _sign_in(request, newcomer, address)
    context = {"invitation": invitation, "person": person, "is_known": is_known, "answer": answer, "form": form}
    return render(request, "parties/accept.html", context, status=form.status)


def _sign_in(request: Request, person: Person, address: str) -> HttpResponse:
    """Sign a newcomer in; allauth asks for a confirmation of the e-mail address that nobody has confirmed yet."""
    answer: HttpResponse = perform_login(request, person, signup=True, redirect_url=address)
    return answer
