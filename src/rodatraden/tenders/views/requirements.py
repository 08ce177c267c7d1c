"""Pages of requirements: start, list, write, change, order, strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError, require
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.procurements.rules import may_work
from rodatraden.records.actions import once
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.requirements import (
    STEPS,
    NewRequirementForm,
    ReadyMadeForm,
    RequirementForm,
    StartForm,
    StrikeForm,
)
from rodatraden.tenders.queries import Shown
from rodatraden.tenders.rules import is_drafted, may_edit, may_edit_requirement
from rodatraden.tenders.rules.completeness import hints, missing
from rodatraden.tenders.views.desk import Desk, at_desk, at_requirement, stations
from rodatraden.ui.forms import with_new_row
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.tenders.models import Requirement
    from rodatraden.ui.forms import RtForm

SHOW_FIELDS = "show-fields"
ADD_ROW = "add-row"


@signed_in
def start(request: Request, procurement_id: UUID) -> HttpResponse:
    """Choose how the documents start: a template, a copy or empty."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(may_work(person, procurement))
    if queries.tender_of(procurement):
        return redirect("tenders:requirements", procurement.pk)
    search = request.GET.get("q", "").strip()
    form = StartForm(request.POST or None, person=person, search=search)
    if form.is_valid():
        template, earlier = form.chosen
        try:
            once(
                key=form.idempotency_key,
                purpose=f"tenders.start {procurement.pk}",
                body=form.sent,
                effect=lambda: str(
                    actions.start_tender(
                        procurement=procurement, template=template, copied_from=earlier, by=person, at=request.now
                    ).pk
                ),
                by=person,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:requirements", procurement.pk)
    context = {"procurement": procurement, "form": form, "may_edit": may_edit(person, procurement), "search": search}
    return render(request, "tenders/start.html", context, status=form.status)


@signed_in
@at_desk
def requirements(request: Request, desk: Desk) -> HttpResponse:
    """Show the requirements, what they lack and what stops publication."""
    found = queries.overview(desk.tender, desk.at)
    wanted = request.GET.get("visa", "")
    shown = Shown(wanted) if wanted in set(Shown) else Shown.ALL
    labels = {
        Shown.ALL: _("All"),
        Shown.MUST: _("Must requirements"),
        Shown.CRITERION: _("Award criteria"),
        Shown.TERM: _("Contract terms"),
        Shown.LACKING: _("With something missing"),
        Shown.STRUCK: _("Struck"),
    }
    rows = [line.requirement for line in found.lines]
    drafted = is_drafted(desk.procurement)
    ways = queries.standing_in_the_way(desk.tender, desk.at, rows, found.needs) if drafted else []
    context = desk.context(
        found=found,
        lines=[line for line in found.lines if line.belongs_to(shown)],
        choices=[(each.value, labels[each], found.counts[each]) for each in Shown],
        shown=shown.value,
        stations=stations(found),
        others=[finding for finding in ways if not finding.about],
        ways=ways,
        deviations=queries.seed_deviations(desk.tender),
        left_out=queries.left_out(desk.tender) if drafted else [],
    )
    return render(request, "tenders/requirements.html", context)


@signed_in
@at_desk
def requirement_create(request: Request, desk: Desk) -> HttpResponse:
    """Begin a requirement with its kind and name; its page then asks for what the kind needs."""
    form = NewRequirementForm(request.POST or None)
    if form.is_valid():
        try:
            key = once(
                key=form.idempotency_key,
                purpose=f"tenders.requirement_create {desk.procurement.pk}",
                body=form.sent,
                effect=lambda: str(
                    actions.add_requirement(
                        tender=desk.tender,
                        title=form.cleaned_data["title"],
                        kind=form.cleaned_data["kind"],
                        by=desk.person,
                        at=desk.at,
                    ).pk
                ),
                by=desk.person,
                at=desk.at,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:requirement", key)
    return _create_page(request, desk, form)


def _create_page(request: Request, desk: Desk, form: NewRequirementForm, refused: RtForm | None = None) -> HttpResponse:
    """Show the two ways to a requirement: write it, or begin from a ready-made one."""
    context = desk.context(
        form=form,
        offered=[(each, ReadyMadeForm(auto_id=f"{each.name}-%s")) for each in queries.all_ready_made()],
        refused=refused,
    )
    return render(request, "tenders/requirement_create.html", context, status=(refused or form).status)


@signed_in
@require_POST
@at_desk
def ready_made(request: Request, desk: Desk, made: str) -> HttpResponse:
    """Add a ready-made criterion with its part of the bid, and go to its page: a person reads it and makes it their own."""
    form = ReadyMadeForm(request.POST)
    if form.is_valid():
        try:
            key = once(
                key=form.idempotency_key,
                purpose=f"tenders.ready_made {desk.procurement.pk} {made}",
                body=form.sent,
                effect=lambda: str(
                    actions.add_ready_made(tender=desk.tender, name=made, by=desk.person, at=desk.at).pk
                ),
                by=desk.person,
                at=desk.at,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                _("Added, with a part of the bid to answer it in. Read the texts and fit them to the assignment."),
            )
            return redirect("tenders:requirement", key)
    return _create_page(request, desk, NewRequirementForm(), form)


@signed_in
@at_requirement
def requirement(request: Request, desk: Desk, row: Requirement) -> HttpResponse:
    """Change a requirement; the fields follow its kind, and what is missing may be left for later."""
    data = request.POST if request.method == "POST" else None
    goes_on = data is not None and (SHOW_FIELDS in data or ADD_ROW in data)
    form = RequirementForm(with_new_row(data, STEPS) if data and ADD_ROW in data else data, requirement=row)
    form.who = desk.writer_of(row, "requirement_added", "requirement_revised")
    if not goes_on and form.is_valid():
        try:
            with transaction.atomic():
                actions.revise_requirement(requirement=row, by=desk.person, at=desk.at, **form.stated())
                if form.cleaned_data.get("accept"):
                    actions.accept_proposals(requirement=row, by=desk.person, at=desk.at)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return _saved(request, row)
    context = desk.context(
        row=row,
        form=form,
        lacking=missing(row),
        hints=hints(row),
        may_edit=may_edit_requirement(desk.person, row),
    )
    return render(request, "tenders/requirement.html", context, status=form.status)


def _saved(request: Request, row: Requirement) -> HttpResponse:
    fresh = queries.requirements(row.tender).get(pk=row.pk)
    left = len(missing(fresh))
    if not left:
        messages.success(request, _("%(label)s is saved and complete.") % {"label": row.label})
        return redirect("tenders:requirements", row.tender.procurement_id)
    text = ngettext(
        "%(label)s is saved as a draft. One thing is missing.",
        "%(label)s is saved as a draft. %(n)d things are missing.",
        left,
    )
    messages.info(request, text % {"label": row.label, "n": left})
    return redirect("tenders:requirement", row.pk)


@signed_in
@require_POST
@at_requirement
def move(request: Request, desk: Desk, row: Requirement) -> HttpResponse:
    """Move a requirement one step up or down among those that count."""
    order = [each.pk for each in queries.standing(desk.tender)]
    here = order.index(row.pk) if row.pk in order else -1
    there = here + (1 if request.POST.get("direction") == "down" else -1)
    if here >= 0 and 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        try:
            actions.reorder_requirements(tender=desk.tender, order=order, by=desk.person, at=desk.at)
        except RefusedError as refused:
            messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect("tenders:requirements", desk.procurement.pk)


@signed_in
@at_requirement
def strike(request: Request, desk: Desk, row: Requirement) -> HttpResponse:
    """Ask for the reason, then strike a requirement."""
    require(may_edit_requirement(desk.person, row))
    form = StrikeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.strike_requirement(requirement=row, reason=form.cleaned_data["reason"], by=desk.person, at=desk.at)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:requirements", desk.procurement.pk)
    alone = queries.needs_answered_only_by(row)
    consequence = _("The requirement stays in the list as struck, with your reason.")
    if alone:
        names = ", ".join(f"{need.label} {need.title}" for need in alone)
        lost = ngettext(
            "%(label)s is the only requirement that answers to %(needs)s. Strike it, and the need has no thread.",
            "%(label)s is the only requirement that answers to %(needs)s. Strike it, and the needs have no thread.",
            len(alone),
        )
        consequence = f"{lost % {'label': row.label, 'needs': names}} {consequence}"
    context = desk.context(
        question=_("Strike %(label)s?") % {"label": str(row)},
        consequence=consequence,
        verb=_("Strike %(label)s") % {"label": row.label},
        back_url=reverse("tenders:requirement", args=[row.pk]),
        form=form,
    )
    return render(request, "tenders/confirm.html", context, status=form.status)
