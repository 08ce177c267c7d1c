"""What waits on a person in the awards, derived from the rows in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from rodatraden.awards.queries.access import access_tasks
from rodatraden.awards.rules import Kind, Role, may_decide, may_notify, may_prepare, may_send_letter
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.procurements.rules import has_happened, may_act_as
from rodatraden.tenders.queries import tenders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from rodatraden.awards.models import Notification
    from rodatraden.core.message import Message
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what `person` has to do in the awards of `cases`: decide, notify, post a letter, answer requests."""
    del at
    mine = list(cases)
    return [*access_tasks(person, mine), *_award_tasks(person, mine)]


def _award_tasks(person: Person, cases: list[Procurement]) -> list[Task]:
    known = [
        case
        for case in cases
        if has_happened(case, Kind.OUTCOME_FROZEN)
        and not has_happened(case, Kind.CONTRACT_SIGNED)
        and any(may_act_as(role, person, case) for role in (Role.OFFICER, Role.DECIDER))
    ]
    if not known:
        return []
    tenders = tenders_of(known)
    prefetch_related_objects(tenders, "award__notifications__mail")
    decided = [tender for tender in tenders if hasattr(tender, "award")]
    undecided = [tender for tender in tenders if tender not in decided]
    prefetch_related_objects(undecided, "outcome", "decisions", "decision_proposals")
    returned = {}
    for tender in decided:
        tender.award.tender = tender  # with what has been fetched with it
        for each in tender.award.notifications.all():
            if each.dispatched_at is None:
                returned[tender.pk] = each
    return [
        Task(
            title=title,
            for_person=person.pk,
            due=due,
            url_name=f"awards:{page}",
            url_kwargs={"procurement_id": tender.procurement_id},
            case_title=tender.procurement.title,
            kind=f"awards.{kind}",
        )
        for tender in tenders
        for title, page, kind, due in _to_do(person, tender, returned.get(tender.pk))
    ]


def _to_do(
    person: Person, tender: Tender, returned: Notification | None
) -> Iterator[tuple[Message, str, str, date | None]]:
    if may_prepare(person, tender):
        yield say("Prepare the award decision"), "prepare", "prepare", tender.bids_valid_until_on
    if may_decide(person, tender):
        yield say("Decide the award"), "decision", "decide", tender.bids_valid_until_on
    if may_notify(person, tender):
        yield say("Notify all bidders"), "notices", "notify", tender.bids_valid_until_on
    if returned is not None and may_send_letter(person, returned):
        yield say("Post a letter: a notification did not go out by mail"), "notices", "letter", None
