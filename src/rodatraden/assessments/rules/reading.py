"""Who reads the report on something that answers to them, in a round where nothing is bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.rules.preparing import still_belongs
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say

if TYPE_CHECKING:
    from rodatraden.assessments.models import FeedbackReport
    from rodatraden.parties.models import Person


def is_released(report: FeedbackReport) -> bool:
    """Whether the one who answers for what was judged reads it."""
    return hasattr(report, "release")


def may_read_own(person: Person, report: FeedbackReport) -> Answer:
    """Answer whether `person` reads a report as the one who answers for what was judged: once it is given out."""
    subject = getattr(report.item, "subject", None)
    if subject is None or subject.reader_id != person.pk:
        return no(say("Only the panel of this round can see it."))
    if not still_belongs(person, report.item.round):
        return no(say("Only those who still belong to an organisation that takes part read its reports."))
    if not is_released(report):
        return no(say("The report is read when the leader has given it out."), source="policy")
    return YES
