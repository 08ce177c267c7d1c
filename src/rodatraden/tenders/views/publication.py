"""Pages of publication: the checklist, warnings, notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.calendars import REGISTER, Country, databases_in
from rodatraden.core.message import say
from rodatraden.records.actions import once
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.publication import AcceptForm, ConfirmNoticeForm, PublishForm
from rodatraden.tenders.models import NoticeHandover
from rodatraden.tenders.rules import Severity, is_published, may_confirm, stops
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui.policy import Request, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.core.answer import Answer
    from rodatraden.tenders.models import Requirement
    from rodatraden.tenders.rules import Finding


@signed_in
@at_desk
def publish(request: Request, desk: Desk) -> HttpResponse:
    """Show everything that stops publication; when nothing does, publish."""
    rows = list(queries.requirements(desk.tender))
    findings = queries.publication_findings(desk.tender, desk.at, rows)
    taken = queries.accepted(desk.tender)
    ways = queries.not_accepted(findings, taken)
    form = PublishForm(request.POST or None)
    if form.is_valid():
        try:
            once(
                key=form.idempotency_key,
                purpose=f"tenders.publish {desk.procurement.pk}",
                body=form.sent,
                effect=lambda: str(actions.publish(tender=desk.tender, by=desk.person, at=desk.at).pk),
                by=desk.person,
                at=desk.at,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("tenders:notices", desk.procurement.pk)
    context = desk.context(
        form=form,
        groups=_grouped(stops(findings), [row for row in rows if row.struck_at is None]),
        warnings=[(f, taken.get(f.code)) for f in findings if f.severity is Severity.WARNS],
        hints=[finding for finding in findings if finding.severity is Severity.HINT],
        may_publish=_may_publish(desk, len(ways)),
        is_published=is_published(desk.procurement),
        snapshot=queries.latest_snapshot(desk.tender) if is_published(desk.procurement) else None,
    )
    return render(request, "tenders/publish.html", context, status=form.status)


def _grouped(found: Sequence[Finding], rows: Sequence[Requirement]) -> list[tuple[str, list[Finding]]]:
    """Return what stops, gathered by requirement and then by page; a part in order stands there with nothing."""
    lacking = {finding.about for finding in found} - {""}
    parts = [(str(row), [each for each in found if each.about == row.label]) for row in rows if row.label in lacking]
    if not lacking:
        parts.append((_("Requirements"), [each for each in found if each.url_name == "tenders:requirements"]))
    named = (
        ("needs:list", _("Needs")),
        ("tenders:contents", _("What a bid holds")),
        ("tenders:model", _("Evaluation model")),
        ("tenders:terms", _("Terms")),
        ("tenders:dates", _("Dates")),
        ("procurements:describe", _("Value, CPV code and procedure")),
        ("procurements:team", _("Team and declarations of interests")),
        ("parties:key_holders", _("Who holds the keys to the bids")),
        ("records:public_log", _("The time that bids are stamped with")),
    )
    return parts + [(title, [each for each in found if each.url_name == page]) for page, title in named]


def _may_publish(desk: Desk, n_ways: int) -> Answer:
    if not desk.may_edit or not n_ways:
        return desk.may_edit
    if n_ways == 1:
        return no(say("One thing on the list is left."), mend="#stoppar")
    return no(say("{n} things on the list are left.", n=n_ways), mend="#stoppar")


@signed_in
@at_desk
def accept(request: Request, desk: Desk, code: str) -> HttpResponse:
    """Accept a warning, with the reason."""
    found = next((each for each in queries.publication_findings(desk.tender, desk.at) if each.code == code), None)
    if found is None or found.severity is not Severity.WARNS:
        raise Http404
    form = AcceptForm(request.POST or None)
    if form.is_valid() and desk.carry_out(
        form,
        f"tenders.accept {code}",
        lambda: actions.accept_finding(
            tender=desk.tender, code=code, reason=form.cleaned_data["reason"], by=desk.person, at=desk.at
        ),
    ):
        return redirect("tenders:publish", desk.procurement.pk)
    return render(request, "tenders/accept.html", desk.context(form=form, finding=found), status=form.status)


@signed_in
@at_desk
def notices(request: Request, desk: Desk) -> HttpResponse:
    """Show each notice with its text to copy, and what the notice database has answered."""
    rows = []
    for notice in queries.notices(desk.tender):
        notice.tender = desk.tender
        rows.append((notice, queries.notice_fields(notice), may_confirm(desk.person, notice)))
    return render(request, "tenders/notices.html", desk.context(rows=rows))


@signed_in
@at_desk
def confirm_notice(request: Request, desk: Desk, notice_id: UUID) -> HttpResponse:
    """Enter what the notice database has published."""
    notice = get_object_or_404(queries.notices(desk.tender), pk=notice_id)
    notice.tender = desk.tender
    country = Country(desk.procurement.country)
    form = ConfirmNoticeForm(request.POST or None, country=country, used=queries.database_used(desk.tender))
    if form.is_valid() and desk.carry_out(
        form,
        f"tenders.confirm_notice {notice.pk}",
        lambda: actions.confirm_notice(notice=notice, by=desk.person, at=desk.at, **form.stated()),
    ):
        if notice.kind == NoticeHandover.Kind.CONTRACT and queries.deadline_is_short(desk.tender):
            messages.warning(
                request, _("The notice was published late: the time for bids is too short. Move the deadline.")
            )
            return redirect("tenders:deadline", desk.procurement.pk)
        return redirect("tenders:notices", desk.procurement.pk)
    known, may = databases_in(country), may_confirm(desk.person, notice)
    context = desk.context(form=form, notice=notice, may_confirm=may, databases=known, register=REGISTER)
    return render(request, "tenders/confirm_notice.html", context, status=form.status)


@signed_in
@require_POST
@at_desk
def hand_over(request: Request, desk: Desk, notice_id: UUID) -> HttpResponse:
    """Say that the text of a notice has been handed over."""
    notice = get_object_or_404(queries.notices(desk.tender), pk=notice_id)
    notice.tender = desk.tender
    try:
        actions.hand_over_notice(notice=notice, by=desk.person, at=desk.at)
    except RefusedError as refused:
        messages.warning(request, said(refused.answer.reason) if refused.answer.reason else "")
    return redirect("tenders:notices", desk.procurement.pk)
