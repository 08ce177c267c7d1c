"""Pages of the award: the decision, the notifications with the standstill, and what each bidder reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.forms import CancelForm, ConfirmForm, DecisionForm, NoticesForm
from rodatraden.bids.queries import opened_bids
from rodatraden.core.answer import RefusedError, require
from rodatraden.core.calendars import Computed, Standstill, Unknown
from rodatraden.core.instants import local_date
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import visible_to as procurements_visible_to
from rodatraden.procurements.rules import has_happened, may_work
from rodatraden.records.actions import carry_out, once
from rodatraden.tenders.models import NoticeHandover
from rodatraden.tenders.queries import tender_of
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.forms import RtForm


@signed_in
def decision(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show the award decision; the decision maker writes it here, from a proposal that the person edits."""
    person, tender = _loaded(request, procurement_id)
    decided = queries.decision_of(tender)
    may_decide = rules.may_decide(person, tender)
    form = DecisionForm(
        request.POST or None, initial={"reasons": queries.proposed_reasons(tender)} if may_decide else {}
    )
    if form.is_valid():
        try:
            _once(request, form, f"awards.decide {tender.pk}", lambda: _decide(request, person, tender, form))
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("awards:decision", procurement_id)
    context = {
        "procurement": tender.procurement,
        "tender": tender,
        "decision": decided,
        "winner": tender.outcome.winner if hasattr(tender, "outcome") else None,
        "form": form,
        "may_decide": may_decide,
        "may_notify": rules.may_notify(person, tender.procurement),
    }
    return render(request, "awards/decision.html", context, status=form.status)


@signed_in
def notices(request: Request, procurement_id: UUID) -> HttpResponse:
    """Notify all bidders in one act; after it, who got what and when, and the standstill day by day."""
    person, tender = _loaded(request, procurement_id)
    procurement = tender.procurement
    decided = queries.decision_of(tender)
    form = NoticesForm(
        request.POST or None,
        bids=list(opened_bids(tender).select_related("submission__submitted_by")) if decided else [],
    )
    if decided and form.is_valid():
        try:
            _once(
                request,
                form,
                f"awards.notify {decided.pk}",
                lambda: actions.notify_bidders(
                    decision=decided,
                    channels=form.channels(),
                    stated_days=form.cleaned_data["stated_days"],
                    by=person,
                    at=request.now,
                ),
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("awards:notices", procurement.pk)
    sent = queries.notifications_of(tender)
    context = {
        "procurement": procurement,
        "decision": decided,
        "form": form,
        "may_notify": rules.may_notify(person, procurement),
        "notifications": [(each, rules.may_send_letter(person, each)) for each in sent],
        "last": rules.last_notice(procurement, sent).value if sent else None,
        **_told(rules.computed_standstill(tender)),
        "today": local_date(request.now, procurement.country),
    }
    return render(request, "awards/notices.html", context, status=form.status)


@signed_in
def notification(request: Request, notification_id: UUID) -> HttpResponse:
    """Show one bidder's notification, to those who bid for it and to the team."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.visible_to(person, request.now), pk=notification_id)
    procurement = found.decision.tender.procurement
    context = {
        "notification": found,
        "procurement": procurement,
        "in_team": may_work(person, procurement),
    }
    return render(request, "awards/notification.html", context)


@signed_in
def letter(request: Request, notification_id: UUID) -> HttpResponse:
    """Register that a letter was posted in place of a mail that did not go out."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.visible_to(person, request.now), pk=notification_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _once(
                request,
                form,
                f"awards.letter {found.pk}",
                lambda: actions.send_letter(notification=found, by=person, at=request.now),
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("awards:notices", found.decision.tender.procurement_id)
    require(rules.may_send_letter(person, found))
    context = {"notification": found, "procurement": found.decision.tender.procurement, "form": form}
    return render(request, "awards/letter.html", context, status=form.status)


@signed_in
def cancel(request: Request, procurement_id: UUID) -> HttpResponse:
    """Cancel a published procurement with its reason; afterwards show the decision, and what is left to do."""
    person = signed_in_person(request)
    procurement = get_object_or_404(procurements_visible_to(person), pk=procurement_id)
    require(rules.may_see_cancellation(person, procurement))
    tender = tender_of(procurement)
    if tender is None:
        raise Http404
    form = CancelForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.cancel {tender.pk}",
        verb=lambda: actions.cancel_published(tender=tender, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:cancel", procurement.pk)
    found = queries.cancellation_of(tender)
    context = {
        "procurement": procurement,
        "tender": tender,
        "cancellation": found,
        "duties": queries.duties_after_cancelling(found) if found else [],
        "notice": tender.notices.filter(kind=NoticeHandover.Kind.CANCELLATION).first(),
        "form": form,
        "may_cancel": rules.may_cancel(person, procurement),
        "is_opened": has_happened(procurement, rules.Kind.OPENED),
    }
    return render(request, "awards/cancel.html", context, status=form.status)


def _loaded(request: Request, procurement_id: UUID) -> tuple[Person, Tender]:
    """Return the person and the documents; who may not see the award yet is told why."""
    person = signed_in_person(request)
    procurement = get_object_or_404(procurements_visible_to(person), pk=procurement_id)
    require(rules.may_see_decision(person, procurement))
    tender = tender_of(procurement)
    if tender is None:
        raise Http404
    return person, tender


def _told(computed: Computed[Standstill]) -> dict[str, object]:
    found = computed.value
    if isinstance(found, Unknown):
        return {"unknown": found, "steps": computed.steps}
    return {"standstill": found, "steps": computed.steps}


def _decide(request: Request, person: Person, tender: Tender, form: DecisionForm) -> None:
    require(rules.may_decide(person, tender))
    winner = tender.outcome.winner
    assert winner is not None  # the rule has seen to it
    actions.decide_award(
        tender=tender,
        winner=winner,
        reasons=form.cleaned_data["reasons"],
        delegation=form.cleaned_data["delegation"],
        by=person,
        at=request.now,
    )


def _once(request: Request, form: RtForm, purpose: str, verb: Callable[[], object]) -> None:
    """Carry out the verb at most once for this form: a double click or the back button has no second effect."""

    def effect() -> str:
        verb()
        return purpose

    once(
        key=form.idempotency_key,
        purpose=purpose,
        body=form.sent,
        effect=effect,
        by=signed_in_person(request),
        at=request.now,
    )
