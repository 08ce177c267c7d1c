"""Pages of needs: an organisation's backlog, the needs of a procurement, writing and striking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError, require
from rodatraden.needs import actions, queries, rules
from rodatraden.needs.forms import NeedForm, StrikeForm
from rodatraden.parties.queries import organisations_of, signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.procurements.rules import may_work
from rodatraden.records.actions import once
from rodatraden.records.queries import last_writer
from rodatraden.ui.policy import Request, may_stay, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.paginator import Page
    from django.http import HttpResponse

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

PAGE_SIZE = 50


@signed_in
def backlog(request: Request) -> HttpResponse:
    """Show the needs that wait in the person's organisations; the pages of all of them turn together."""
    person = signed_in_person(request)
    buyers = [found for found in organisations_of(person, request.now) if found.is_buyer]
    if not buyers:
        raise Http404
    pages = [(each, Paginator(queries.backlog([each]), PAGE_SIZE).get_page(request.GET.get("page"))) for each in buyers]
    rows = [
        (each, rules.may_write(person, each, request.now), [queries.row(need) for need in page], page)
        for each, page in pages
    ]
    return render(request, "needs/backlog.html", {"rows": rows})


def _waiting(procurement: Procurement, page: str | None) -> Page[Need]:
    """Return a page of what the procurement may take up from its buyer's backlog."""
    return Paginator(queries.backlog([procurement.buyer]).filter(struck_at=None), PAGE_SIZE).get_page(page)


@signed_in
def needs_of(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show the needs of a procurement, and those in the backlog that it may take up."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(may_work(person, procurement))
    may_write = rules.may_write_in(person, procurement)
    context = {
        "procurement": procurement,
        "rows": [queries.row(need) for need in queries.of_procurement(procurement)],
        "waiting": _waiting(procurement, request.GET.get("page")) if may_write else None,
        "may_write": may_write,
        "write_url": reverse("needs:create", args=[procurement.pk]),
    }
    return render(request, "needs/list.html", context)


@may_stay
@signed_in
def write(request: Request, organisation_id: UUID) -> HttpResponse:
    """Write a need that waits in the organisation's backlog."""
    person = signed_in_person(request)
    organisation = get_object_or_404(organisations_of(person, request.now), pk=organisation_id)
    may_write = rules.may_write(person, organisation, request.now)
    form = NeedForm(request.POST or None)
    if form.is_valid():
        try:
            once(
                key=form.idempotency_key,
                purpose=f"needs.write {organisation.pk}",
                body=form.sent,
                effect=lambda: str(
                    actions.write_need(organisation=organisation, by=person, at=request.now, **form.stated()).pk
                ),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            _say_hint(request, form)
            return redirect("needs:backlog")
    context = {"form": form, "may_write": may_write, "back_url": reverse("needs:backlog")}
    return render(request, "needs/write.html", context, status=form.status)


@signed_in
def create(request: Request, procurement_id: UUID) -> HttpResponse:
    """Write a need of a procurement."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(may_work(person, procurement))
    form = NeedForm(request.POST or None)
    if form.is_valid():
        try:
            once(
                key=form.idempotency_key,
                purpose=f"needs.create {procurement.pk}",
                body=form.sent,
                effect=lambda: _written(form, procurement, person, request),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            _say_hint(request, form)
            return redirect("needs:list", procurement.pk)
    context = {
        "form": form,
        "procurement": procurement,
        "may_write": rules.may_write_in(person, procurement),
        "back_url": reverse("needs:list", args=[procurement.pk]),
    }
    return render(request, "needs/write.html", context, status=form.status)


def _written(form: NeedForm, procurement: Procurement, person: Person, request: Request) -> str:
    need = actions.write_need(
        organisation=procurement.buyer, procurement=procurement, by=person, at=request.now, **form.stated()
    )
    return str(need.pk)


@signed_in
def edit(request: Request, need_id: UUID) -> HttpResponse:
    """Put a need in better words."""
    person = signed_in_person(request)
    need = get_object_or_404(queries.visible_to(person, request.now), pk=need_id)
    form = NeedForm(request.POST or None, instance=queries.apart(need))
    form.who = lambda: last_writer(of=need, events=["need_written", "need_revised"], reader=person)
    if form.is_valid():
        try:
            actions.revise_need(need=need, by=person, at=request.now, **form.stated())
        except RefusedError as refused:
            form.refuse(refused)
        else:
            _say_hint(request, form)
            return redirect(_home(need))
    context = {
        "form": form,
        "need": need,
        "procurement": need.procurement,
        "may_write": rules.may_change(person, need, request.now),
        "back_url": _home(need),
    }
    return render(request, "needs/write.html", context, status=form.status)


@signed_in
def strike(request: Request, need_id: UUID) -> HttpResponse:
    """Ask for the reason, then strike a need."""
    person = signed_in_person(request)
    need = get_object_or_404(queries.visible_to(person, request.now), pk=need_id)
    require(rules.may_change(person, need, request.now))
    form = StrikeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.strike_need(need=need, reason=form.cleaned_data["reason"], by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect(_home(need))
    context = {
        "procurement": need.procurement,
        "question": _("Strike %(need)s?") % {"need": f"{need.label} {need.title}".strip()},
        "consequence": _(
            "The need stays in the list as struck, with your reason. Requirements that answer to it alone become loose ends."
        ),
        "verb": _("Strike the need"),
        "back_url": reverse("needs:edit", args=[need.pk]),
        "form": form,
    }
    return render(request, "needs/confirm.html", context, status=form.status)


@signed_in
@require_POST
def take_up(request: Request, procurement_id: UUID, need_id: UUID) -> HttpResponse:
    """Take a need from the backlog up into a procurement."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    need = get_object_or_404(queries.visible_to(person, request.now), pk=need_id)
    try:
        actions.take_up(need=need, procurement=procurement, by=person, at=request.now)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect("needs:list", procurement.pk)


def _home(need: Need) -> str:
    return reverse("needs:list", args=[need.procurement_id]) if need.procurement_id else reverse("needs:backlog")


def _say_hint(request: Request, form: NeedForm) -> None:
    typed = form.stated()
    hint = rules.hint(typed["title"], typed["description"])
    if hint:
        messages.info(request, said(hint))
