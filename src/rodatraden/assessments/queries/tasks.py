"""What waits on a person in rounds, derived from the rows in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from rodatraden.assessments.models import PanelMember, Round
from rodatraden.assessments.queries.sighting import unhandled_in
from rodatraden.assessments.rules import may_record_consensus, may_score
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in the rounds of `cases`: scores to hand in, consensus to write down."""
    del at
    known: dict[UUID | None, Procurement] = {
        case.pk: case for case in cases if not has_happened(case, StageFact.Kind.CONSENSUS_LOCKED)
    }
    rounds = list(_unlocked(person).filter(case__in=known)) if known else []
    for assessed in rounds:
        assessed.case = known[assessed.case_id]  # with what has been fetched with it
    return [*_tasks(person, rounds), *_prices(person, known.values())]


def tasks_elsewhere(person: Person) -> list[Task]:
    """Return what waits on `person` in rounds that belong to no procurement."""
    return _tasks(person, _unlocked(person).filter(case=None))


def _unlocked(person: Person) -> QuerySet[Round]:
    mine = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None)
    return Round.objects.filter(Exists(mine), consensus_locked_at=None).prefetch_related("panel")


def _prices(person: Person, cases: Iterable[Procurement]) -> list[Task]:
    """Return the prices that assessors have met and that wait for `person` as the officer."""
    mine = [case for case in cases if may_act_as(TeamMember.Role.OFFICER, person, case)]
    return [
        Task(
            title=say("Handle a price that somebody who judges has seen"),
            for_person=person.pk,
            due=None,
            url_name="assessments:sighting",
            url_kwargs={"sighting_id": sighting.pk},
            case_title=sighting.item.round.title,
            kind="assessments.price",
        )
        for sighting in (unhandled_in(mine) if mine else [])
    ]


def _tasks(person: Person, rounds: Iterable[Round]) -> list[Task]:
    tasks: list[Task] = []
    for assessed in rounds:
        if may_score(person, assessed):
            title, name, kind = say("Score alone, with reasons, and hand in"), "assessments:round", "assessments.score"
        elif may_record_consensus(person, assessed):
            title, name, kind = say("Write down the consensus"), "assessments:consensus", "assessments.consensus"
        else:
            continue
        tasks.append(
            Task(
                title=title,
                for_person=person.pk,
                due=assessed.due_on if kind == "assessments.score" else None,
                url_name=name,
                url_kwargs={"round_id": assessed.pk},
                case_title=assessed.title,
                kind=kind,
            )
        )
    return tasks
