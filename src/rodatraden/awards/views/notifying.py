"""The notifications with the standstill, and what each bidder reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.forms import ConfirmForm, NoticesForm
from rodatraden.awards.views.loading import loaded
from rodatraden.bids.queries import opened_bids
from rodatraden.core.answer import require
from rodatraden.core.calendars import Computed, Standstill, Unknown
from rodatraden.core.instants import local_date
from rodatraden.evaluation.queries import feedback_on
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.rules import may_work
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@signed_in
def notices(request: Request, procurement_id: UUID) -> HttpResponse:
    """Notify all bidders in one act; after it, who got what and when, and the standstill day by day."""
    person, tender = loaded(request, procurement_id)
    procurement = tender.procurement
    decided = queries.decision_of(tender)
    sent = queries.notifications_of(decided) if decided else []
    asked = decided is not None and (request.method == "POST" or not sent)  # once all are notified there is no form
    form = NoticesForm(
        request.POST or None,
        initial={"court": queries.usual_court(tender) if asked else ""},
        bids=list(opened_bids(tender).select_related("submission__submitted_by")) if asked else [],
    )
    if (
        decided
        and form.is_valid()
        and carry_out(
            form=form,
            purpose=f"awards.notify {decided.pk}",
            verb=lambda: actions.notify_bidders(
                decision=decided,
                channels=form.channels(),
                stated_days=form.cleaned_data["stated_days"],
                court=form.cleaned_data["court"],
                by=person,
                at=request.now,
            ),
            by=person,
            at=request.now,
        )
    ):
        return redirect("awards:notices", procurement.pk)
    reviews = rules.reviews_of(tender)
    context = {
        "procurement": procurement,
        "decision": decided,
        "form": form,
        "may_notify": rules.may_notify(person, tender),
        "notifications": [(each, rules.may_send_letter(person, each)) for each in sent],
        "reviews": reviews,
        "may_register_review": rules.may_register_review(person, decided) if decided else None,
        "last": rules.last_notice(procurement, sent).value if sent else None,
        **_told(rules.computed_standstill(tender, reviews, sent)),
        "today": local_date(request.now, procurement.country),
    }
    return render(request, "awards/notices.html", context, status=form.status)


@signed_in
def notification(request: Request, notification_id: UUID) -> HttpResponse:
    """Show one bidder's notification, to those who bid for it and to the team."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.visible_to(person, request.now), pk=notification_id)
    procurement = found.decision.tender.procurement
    if rules.may_open_notification(person, found, request.now):
        actions.note_opened(notification=found, by=person, at=request.now)
    context = {
        "notification": found,
        "procurement": procurement,
        "in_team": may_work(person, procurement),
        "why": queries.why_of(found),
        "recourse": queries.recourse_of(found),
        "today": local_date(request.now, procurement.country),
        "feedback": feedback_on(found.bid),
    }
    return render(request, "awards/notification.html", context)


@signed_in
def letter(request: Request, notification_id: UUID) -> HttpResponse:
    """Register that a letter was posted in place of a mail that did not go out."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.visible_to(person, request.now), pk=notification_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.letter {found.pk}",
        verb=lambda: actions.send_letter(notification=found, by=person, at=request.now),
        by=person,
        at=request.now,
    ):
        return redirect("awards:notices", found.decision.tender.procurement_id)
    require(rules.may_send_letter(person, found))
    context = {"notification": found, "procurement": found.decision.tender.procurement, "form": form}
    return render(request, "awards/letter.html", context, status=form.status)


def _told(computed: Computed[Standstill]) -> dict[str, object]:
    found = computed.value
    if isinstance(found, Unknown):
        return {"unknown": found, "steps": computed.steps}
    return {"standstill": found, "steps": computed.steps}
