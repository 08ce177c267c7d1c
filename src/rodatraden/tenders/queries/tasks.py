"""What waits on a person in this room, derived from the rows in a constant number of queries."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from rodatraden.core.calendars import Unknown, deadline_lawful, latest_answer_at
from rodatraden.core.message import Message, say
from rodatraden.core.thread import Task
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.models import NoticeHandover, Question, Tender
from rodatraden.tenders.queries.coming import coming_of
from rodatraden.tenders.queries.reads import tenders_of
from rodatraden.tenders.rules.access import is_closed, is_officer_still, is_published
from rodatraden.tenders.rules.coming import outdated
from rodatraden.tenders.rules.dates import procedure_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import PublicPlan

Kind = NoticeHandover.Kind
CONFIRM = {
    Kind.CONTRACT: say("Enter when the notice database published the notice"),
    Kind.CHANGE: say("Enter when the notice database published the change"),
    Kind.RESULT: say("Enter when the notice database published the contract award notice"),
    Kind.CANCELLATION: say("Enter when the notice database published the notice of cancellation"),
}


SEND = {
    "award_notice": say("Send the contract award notice"),
    "cancellation_notice": say("Send the notice of cancellation"),
}


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what `person` has to do here as the officer of `cases`; of a cancelled one its last notice is left."""
    mine = [procurement for procurement in cases if is_officer_still(person, procurement)]
    if not mine:
        return []
    tenders = {tender.procurement_id: tender for tender in tenders_of(mine)}
    shown = coming_of(mine)
    handed_over = [tender for tender in tenders.values() if has_happened(tender.procurement, StageFact.Kind.PUBLISHED)]
    waiting: Counter[UUID] = Counter()
    if handed_over:
        prefetch_related_objects(handed_over, "notices")
        unanswered = Question.objects.filter(tender__in=handed_over, answered_at=None)
        waiting.update(unanswered.order_by().values_list("tender__procurement", flat=True))
    return [
        task
        for procurement in mine
        for task in _tasks(
            person,
            procurement,
            tenders.get(procurement.pk),
            at,
            n_waiting=waiting[procurement.pk],
            plan=shown.get(procurement),
        )
    ]


def _tasks(
    person: Person,
    procurement: Procurement,
    tender: Tender | None,
    at: datetime,
    *,
    n_waiting: int,
    plan: PublicPlan | None,
) -> Iterator[Task]:
    def task(title: Message, kind: str, page: str, due: datetime | date | None = None) -> Task:
        return Task(
            title=title,
            for_person=person.pk,
            due=due,
            url_name=f"tenders:{page}",
            url_kwargs={"procurement_id": procurement.pk},
            case_title=procurement.title,
            kind=f"tenders.{kind}",
        )

    if has_happened(procurement, StageFact.Kind.CANCELLED):
        if tender and has_happened(procurement, StageFact.Kind.PUBLISHED):
            left = [notice for notice in tender.notices.all() if notice.kind == Kind.CANCELLATION]
            yield from (task(*told) for told in _notices(left))
        return
    if plan and outdated(plan, tender.planned_notice_at if tender else None, at):
        yield task(say("Tell everybody when the procurement is coming now"), "coming", "coming")
    if tender is None:
        yield task(say("Start the documents"), "start", "start")
        return
    tender.procurement = procurement  # with what has been fetched with it
    if not is_published(procurement):
        yield task(say("Complete the documents and publish them"), "complete", "publish", tender.planned_notice_at)
        return
    yield from (task(*told) for told in _notices(tender.notices.all()))
    if is_closed(tender, at):
        return
    if n_waiting == 1:
        yield task(say("Answer the question about the documents"), "answer", "questions", last_answer_at(tender))
    elif n_waiting:
        title = say("Answer {n} questions about the documents", n=n_waiting)
        yield task(title, "answer", "questions", last_answer_at(tender))
    if deadline_is_short(tender):
        yield task(say("Move the deadline: the notice was published late"), "extend", "dates", tender.deadline_at)


def _notices(notices: Iterable[NoticeHandover]) -> Iterator[tuple[Message, str, str, date | None]]:
    """Return what is left to do with notices: hand them over, and enter what the notice database answered."""
    for notice in notices:
        if notice.handed_over_at is None:
            kind = "cancellation_notice" if notice.kind == Kind.CANCELLATION else "award_notice"
            yield SEND[kind], kind, "notices", notice.due_on
        elif notice.confirmed_at is None:
            yield CONFIRM[Kind(notice.kind)], "confirm_notice", "notices", notice.due_on


def last_answer_at(tender: Tender) -> datetime | None:
    """Return the instant before which answers must be out to all; None when it is not known."""
    procedure = procedure_of(tender.procurement)
    if procedure is None or tender.deadline_at is None:
        return None
    latest = latest_answer_at(tender.deadline_at, procedure=procedure).value
    return None if isinstance(latest, Unknown) else latest


def deadline_is_short(tender: Tender) -> bool:
    """Return whether the time for bids became too short because the notice was published later than handed over.

    Reads `notices`: prefetch them for more than one tender.
    """
    procedure = procedure_of(tender.procurement)
    sent = [notice.published_at for notice in tender.notices.all() if notice.kind == Kind.CONTRACT]
    if procedure is None or tender.deadline_at is None or not sent or sent[0] is None:
        return False
    return not deadline_lawful(procedure=procedure, dispatched_at=sent[0], deadline_at=tender.deadline_at)
