"""Which dates are possible: the time for bids is never shorter than the law's least (INV-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import PROCEDURES, deadline_lawful
from rodatraden.core.message import say

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.core.calendars import Procedure
    from rodatraden.procurements.models import Procurement


def procedure_of(procurement: Procurement) -> Procedure | None:
    """Return the row of parameters that the procurement has chosen, or None when it has not chosen yet."""
    return PROCEDURES.get(procurement.procedure)


def describe_page(procurement: Procurement) -> str:
    """Return the address where value, CPV code and procedure are stated."""
    return reverse("procurements:describe", args=[procurement.pk])


def may_set_dates(
    procurement: Procurement,
    *,
    at: datetime,
    planned_notice_at: datetime | None,
    question_deadline_at: datetime | None,
    deadline_at: datetime | None,
    bids_valid_until_on: date | None,
    starts_on: date | None,
    bids_address: str = "",
) -> Answer:
    """Answer whether the dates can be planned together; a date that is not known yet is left out."""
    del starts_on, bids_address
    if deadline_at is None:
        return YES
    sent_at = planned_notice_at or at
    procedure = procedure_of(procurement)
    if procedure is not None:
        lawful = deadline_lawful(procedure=procedure, dispatched_at=sent_at, deadline_at=deadline_at)
        if not lawful:
            return no(lawful.reason or say("The time for bids is too short."), mend="deadline_at", source=lawful.source)
    if deadline_at <= sent_at:
        return no(say("The last time for bids comes before the notice is sent."), mend="deadline_at")
    if question_deadline_at is not None and question_deadline_at >= deadline_at:
        return no(say("Questions must end before the bids do."), mend="question_deadline_at")
    if bids_valid_until_on is not None and bids_valid_until_on <= deadline_at.date():
        return no(say("Bids must be binding after the last time for bids."), mend="bids_valid_until_on")
    return YES
