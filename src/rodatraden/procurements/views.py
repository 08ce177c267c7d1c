"""Pages of a procurement itself: create, describe, team, declarations, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, require
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import organisations_of, people_of, people_with_keys, signed_in_person
from rodatraden.parties.rules import may_administer
from rodatraden.procurements import actions, queries, rules
from rodatraden.procurements.forms import (
    AppointForm,
    CancelForm,
    ClearForm,
    ConfirmForm,
    CreateForm,
    DeclareForm,
    DescribeForm,
)
from rodatraden.procurements.models import ConflictDeclaration, TeamMember
from rodatraden.records.actions import KeyReusedError, once
from rodatraden.records.documents import diary_archive
from rodatraden.records.queries import before_secret, diary_documents, last_writer
from rodatraden.ui.onward import onward
from rodatraden.ui.policy import Request, may_stay, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse, HttpResponseBase

    from rodatraden.parties.models import Person

Moment = ConflictDeclaration.Moment


@may_stay
@signed_in
def create(request: Request) -> HttpResponse:
    """Start a procurement; what comes next is the officer's own declaration."""
    person = signed_in_person(request)
    buyers = organisations_of(person, request.now, role=Membership.Role.PROCUREMENT_OFFICER)
    form = CreateForm(request.POST or None, buyers=buyers)
    if form.is_valid():
        try:
            pk = _create_once(form, person, request)
        except KeyReusedError:
            raise
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("procurements:declare", pk)
    administered = [each for each in organisations_of(person, request.now) if may_administer(person, each, request.now)]
    context = {"form": form, "buyers": buyers, "administered": next((o for o in administered if o.is_buyer), None)}
    return render(request, "procurements/create.html", context, status=form.status)


def _create_once(form: CreateForm, person: Person, request: Request) -> str:
    """Create what the form says, once for its key, and return the new procurement's id."""
    typed = form.cleaned_data
    said = {"buyer": typed["buyer"].pk, "title": typed["title"], "summary": typed["summary"]}
    return once(
        key=form.idempotency_key,
        purpose="procurements.create",
        body=said,
        effect=lambda: str(
            actions.create_procurement(**said | {"buyer": typed["buyer"]}, by=person, at=request.now).pk
        ),
        by=person,
        at=request.now,
    )


@signed_in
def describe(request: Request, procurement_id: UUID) -> HttpResponse:
    """State value, CPV code and procedure; the page shows which procedures they leave, step by step."""
    person = signed_in_person(request)
    procurement = queries.procurement_or_404(person, procurement_id)
    require(rules.may_work(person, procurement))
    on = local_date(request.now, procurement.country)
    possible = rules.possible_procedures(procurement, on)
    form = DescribeForm(request.POST or None, instance=queries.unshared(procurement), possible=possible)
    form.who = lambda: last_writer(of=procurement, events=["procurement_described"], reader=person)
    if form.is_valid():
        try:
            actions.describe_procurement(procurement=procurement, by=person, at=request.now, **form.stated())
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("procurements:describe", procurement.pk)
    context = {
        "procurement": procurement,
        "form": form,
        "possible": possible,
        "cpv_name": queries.cpv_name(procurement),
        "total": rules.total_value(procurement),
        "may_edit": rules.may_edit(person, procurement),
        "is_published": rules.has_happened(procurement, rules.Kind.PUBLISHED),
    }
    return render(request, "procurements/describe.html", context, status=form.status)


@signed_in
def team(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show who is in the team and whose declaration is due; the officer appoints here."""
    person = signed_in_person(request)
    procurement = queries.procurement_or_404(person, procurement_id)
    buyer = procurement.buyer
    form = AppointForm(request.POST or None, people=people_of(buyer, request.now), holders=people_with_keys(buyer))
    if form.is_valid():
        try:
            actions.appoint(
                procurement=procurement,
                person=form.cleaned_data["person"],
                role=TeamMember.Role(form.cleaned_data["role"]),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("procurements:team", procurement.pk)
    context = {
        "procurement": procurement,
        "form": form,
        "members": queries.team_members(procurement),
        "conflicts": queries.undecided_conflicts(procurement),
        "may_appoint": rules.may_appoint(person, procurement),
        "may_work": rules.may_work(person, procurement),
        "person": person,
    }
    return render(request, "procurements/team.html", context, status=form.status)


@signed_in
def remove(request: Request, member_id: UUID) -> HttpResponse:
    """Ask once more, then remove somebody's role."""
    person = signed_in_person(request)
    member = get_object_or_404(queries.members_visible_to(person), pk=member_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.remove_member(member=member, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            if member.person_id == person.pk and not rules.team_roles(person, member.procurement):
                return redirect("pages:home")
            return redirect("procurements:team", member.procurement_id)
    said = {"name": member.person.name, "role": member.get_role_display()}
    context = {
        "procurement": member.procurement,
        "question": gettext("Remove %(name)s as %(role)s?") % said,
        "consequence": gettext("The role opens no doors in this procurement from now on. What was done in it stays."),
        "verb": gettext("Remove from the team"),
        "back_url": reverse("procurements:team", args=[member.procurement_id]),
        "form": form,
    }
    return render(request, "procurements/confirm.html", context, status=form.status)


@signed_in
def declare(request: Request, procurement_id: UUID) -> HttpResponse:
    """Declare one's interests: before any access, again when the bidders are known, and whenever something changes."""
    person = signed_in_person(request)
    procurement = queries.procurement_or_404(person, procurement_id)
    form = DeclareForm(request.POST or None, moment=rules.moment_now(procurement))
    if form.is_valid():
        try:
            declaration = actions.declare_interests(
                procurement=procurement,
                has_conflict=form.cleaned_data["has_conflict"],
                description=form.cleaned_data["description"],
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect(_after_declaring(request, declaration))
    context = {
        "procurement": procurement,
        "form": form,
        "due": rules.declaration_due(person, procurement),
        "knows_bidders": rules.may_know_bidders(person, procurement),
        "mine": queries.declarations_of(person, procurement),
        "source": rules.CONFLICT_SOURCE,
        "may_work": rules.may_work(person, procurement),
    }
    return render(request, "procurements/declare.html", context, status=form.status)


def _after_declaring(request: Request, declaration: ConflictDeclaration) -> str:
    """Return where the person was going, or the case; with a conflict there is nowhere to go before a decision."""
    if declaration.has_conflict:
        return reverse("procurements:declare", args=[declaration.procurement_id])
    return onward(request, request.GET.get("next", ""), reverse("pages:case", args=[declaration.procurement_id]))


@signed_in
def clear(request: Request, declaration_id: UUID) -> HttpResponse:
    """Decide on a declared conflict; only who decides reads what it is."""
    person = signed_in_person(request)
    declaration = get_object_or_404(queries.declarations_visible_to(person), pk=declaration_id)
    may_clear = rules.may_clear(person, declaration)
    require(may_clear)
    form = ClearForm(request.POST or None)
    if form.is_valid():
        try:
            actions.clear_conflict(
                declaration=declaration, measure=form.cleaned_data["measure"], by=person, at=request.now
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("procurements:team", declaration.procurement_id)
    context = {"procurement": declaration.procurement, "declaration": declaration, "form": form}
    return render(request, "procurements/clear.html", context, status=form.status)


@signed_in
def cancel(request: Request, procurement_id: UUID) -> HttpResponse:
    """Ask for the reason, then end a procurement that has not been published."""
    person = signed_in_person(request)
    procurement = queries.procurement_or_404(person, procurement_id)
    require(rules.may_edit(person, procurement))
    form = CancelForm(request.POST or None)
    if form.is_valid():
        try:
            actions.cancel_procurement(
                procurement=procurement, reason=form.cleaned_data["reason"], by=person, at=request.now
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("pages:case", procurement.pk)
    context = {
        "procurement": procurement,
        "question": gettext("Cancel %(title)s?") % {"title": procurement.title},
        "consequence": gettext(
            "It can't be taken up again. What has been written stays and can be copied to a new one."
        ),
        "verb": gettext("Cancel the procurement"),
        "back_url": reverse("procurements:describe", args=[procurement.pk]),
        "form": form,
    }
    return render(request, "procurements/confirm.html", context, status=form.status)


@signed_in
def diary(request: Request, procurement_id: UUID) -> HttpResponse:
    """List the documents of the case, searched by subject and counterparty."""
    person = signed_in_person(request)
    procurement = queries.procurement_or_404(person, procurement_id)
    require(rules.may_work(person, procurement))
    search = request.GET.get("q", "").strip()
    documents = diary_documents(procurement.diary_case, search=search)
    if not rules.may_see_secret_documents(person, procurement):
        documents = before_secret(procurement.diary_case, documents)
    context = {
        "procurement": procurement,
        "documents": documents,
        "search": search,
        "may_export": rules.may_export_diary(person, procurement),
    }
    return render(request, "procurements/diary.html", context)


@signed_in
def diary_export(request: Request, procurement_id: UUID) -> HttpResponseBase:
    """Hand out the diary with its files, for the authority's own records system."""
    person = signed_in_person(request)
    procurement = queries.procurement_or_404(person, procurement_id)
    require(rules.may_export_diary(person, procurement))
    case = procurement.diary_case
    name = f"diarium-{case.number.replace('/', '-')}.zip"
    return FileResponse(diary_archive(case), as_attachment=True, filename=name, content_type="application/zip")
