"""The verbs of a review case: it came, the court ordered something for the time being, it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.awards.models import ReviewCase
from rodatraden.awards.rules import may_end_review, may_register_review
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.records.actions import record_event, register_document
from rodatraden.records.models import DiaryDocument

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.awards.models import AwardDecision
    from rodatraden.parties.models import Person


def register_review(
    *,
    decision: AwardDecision,
    kind: ReviewCase.Kind,
    instance: ReviewCase.Instance,
    court: str,
    number: str,
    received_on: date,
    by: Person,
    at: datetime,
) -> ReviewCase:
    """Register a review case of the award; what it does to the standstill is computed from its dates (LOU 20 kap.).

    Raises:
        RefusedError: `by` may not, court or number is missing, it is registered already, or the day has not come.
    """
    with transaction.atomic():
        decision.tender = held(decision.tender)
        procurement = decision.tender.procurement
        require(may_register_review(by, decision))
        if not court.strip() or not number.strip():
            raise RefusedError(no(say("Write which court, and its number of the case."), mend="court"))
        _require_past(received_on, "received_on", decision, at)
        if ReviewCase.objects.filter(decision=decision, court=court.strip(), number=number.strip()).exists():
            raise RefusedError(no(say("This case is registered already."), mend="number"))
        review = ReviewCase.objects.create(
            decision=decision,
            kind=kind,
            instance=instance,
            court=court.strip(),
            number=number.strip(),
            received_on=received_on,
            registered_at=at,
            registered_by=by,
            document=register_document(
                case=procurement.diary_case,
                direction=DiaryDocument.Direction.RECEIVED,
                counterparty=court.strip(),
                subject=gettext("Review case %(number)s") % {"number": number.strip()},
                by=by,
                at=at,
            ),
        )
        record_event(
            "review_registered", of=review, by=by, at=at, case=procurement.pk, what={"received_on": received_on}
        )
    return review


def record_interim_order(
    *, review: ReviewCase, barred_on: date, lifted_on: date | None, by: Person, at: datetime
) -> ReviewCase:
    """Register that the court has ordered that no contract may be concluded for the time being, or lifted the order.

    Source: LOU 20 kap. 9 och 10 §§.

    Raises:
        RefusedError: `by` may not, the case has ended, the days have not come or stand in the wrong order.
    """
    with transaction.atomic():
        review = _fresh(review)
        require(may_end_review(by, review))
        _require_past(barred_on, "barred_on", review.decision, at)
        if lifted_on is not None:
            _require_past(lifted_on, "lifted_on", review.decision, at)
        if barred_on < review.received_on or (lifted_on is not None and lifted_on < barred_on):
            raise RefusedError(no(say("The days stand in the wrong order."), mend="barred_on"))
        review.barred_on, review.lifted_on = barred_on, lifted_on
        review.save(update_fields=["barred_on", "lifted_on"])
        record_event(
            "review_ordered",
            of=review,
            by=by,
            at=at,
            case=review.decision.tender.procurement_id,
            what={"barred_on": barred_on, "lifted_on": lifted_on},
        )
    return review


def end_review(
    *, review: ReviewCase, decided_on: date, ending: ReviewCase.Ending, by: Person, at: datetime
) -> ReviewCase:
    """Register how and when the court ended the case; the standstill is computed anew from that day.

    Raises:
        RefusedError: `by` may not, the case has ended, or the day has not come or lies before the case.
    """
    with transaction.atomic():
        review = _fresh(review)
        require(may_end_review(by, review))
        _require_past(decided_on, "decided_on", review.decision, at)
        if decided_on < max(filter(None, (review.received_on, review.barred_on, review.lifted_on))):
            raise RefusedError(no(say("The days stand in the wrong order."), mend="decided_on"))
        review.decided_on, review.ending, review.ended_by = decided_on, ending, by
        review.save(update_fields=["decided_on", "ending", "ended_by"])
        procurement = review.decision.tender.procurement
        register_document(
            case=procurement.diary_case,
            direction=DiaryDocument.Direction.RECEIVED,
            counterparty=review.court,
            subject=gettext("Decision in review case %(number)s") % {"number": review.number},
            by=by,
            at=at,
        )
        record_event(
            "review_ended",
            of=review,
            by=by,
            at=at,
            case=procurement.pk,
            what={"ending": ending, "decided_on": decided_on},
        )
    return review


def _fresh(review: ReviewCase) -> ReviewCase:
    found = ReviewCase.objects.select_related("decision__tender").get(pk=review.pk)
    found.decision.tender = held(found.decision.tender)
    return found


def _require_past(day: date, field: str, decision: AwardDecision, at: datetime) -> None:
    if day > local_date(at, decision.tender.procurement.country):
        raise RefusedError(no(say("{day} has not come yet.", day=day), mend=field))
