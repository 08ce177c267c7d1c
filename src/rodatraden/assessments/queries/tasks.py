"""What waits on a person in rounds, derived from the rows in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.models import PanelMember, Round
from rodatraden.assessments.queries.rounds import preparation
from rodatraden.assessments.queries.sighting import unhandled_in
from rodatraden.assessments.queries.taking_over import without_leader
from rodatraden.assessments.rules import (
    calibration_of,
    is_real,
    may_open_after_example,
    may_put_up_example,
    may_record_consensus,
    may_score,
    may_see,
    unread_by,
)
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.message import Message
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in the rounds of `cases`: scores to hand in, consensus to write down."""
    del at
    known: dict[UUID | None, Procurement] = {
        case.pk: case for case in cases if not has_happened(case, StageFact.Kind.CONSENSUS_LOCKED)
    }
    rounds = _unlocked(person, round__case__in=known) if known else []
    for assessed in rounds:
        assessed.case = known[assessed.case_id]  # with what has been fetched with it
    return [*_tasks(person, rounds), *_prices(person, known.values())]


def tasks_elsewhere(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person` in rounds that belong to no procurement, those that nobody leads any more among it."""
    return [*_tasks(person, _unlocked(person, round__case=None)), *_leaderless(person, at)]


def _leaderless(person: Person, at: datetime) -> list[Task]:
    return [
        Task(
            title=say("Take over the lead: the leader is no longer there"),
            for_person=person.pk,
            due=None,
            url_name="assessments:take_over",
            url_kwargs={"round_id": assessed.pk},
            case_title=assessed.title,
            kind="assessments.lead",
        )
        for assessed in without_leader(person, at)
    ]


def _unlocked(person: Person, **which: object) -> list[Round]:
    """Return the rounds whose consensus is open in which `person` has a part; most people have none, and are asked no more."""
    mine = PanelMember.objects.filter(person=person, removed_at=None, round__consensus_locked_at=None, **which)
    places = list(mine.order_by().values_list("round", flat=True))
    if not places:
        return []
    unlocked = Round.objects.filter(pk__in=places).select_related("calibration__example", "calibrates__round")
    return list(unlocked.prefetch_related("panel", *preparation()))


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
    return [
        Task(
            title=title,
            for_person=person.pk,
            due=assessed.due_on if kind in DUE else None,
            url_name=url_name,
            url_kwargs={"round_id": assessed.pk},
            case_title=assessed.title,
            kind=kind,
        )
        for assessed in rounds
        for title, url_name, kind in _waiting(person, assessed)
    ]


DUE = {"assessments.score", "assessments.training"}
"""What is to be done by the day that the leader has set."""


def _waiting(person: Person, assessed: Round) -> Iterator[tuple[Message, str, str]]:
    """Yield what waits on a person in a round: what, the page, and its kind; one thing at a time for each part in it."""
    if may_score(person, assessed):
        yield say("Score alone, with reasons, and hand in"), "assessments:round", "assessments.score"
    elif may_see(person, assessed) and is_real(assessed) and unread_by(person, assessed):
        yield say("Read the training material, and say that you have"), "assessments:training", "assessments.training"
    elif may_record_consensus(person, assessed):
        yield say("Write down the consensus"), "assessments:consensus", "assessments.consensus"
    if may_open_after_example(person, assessed):
        yield say("Say what the levels mean, and open the real ones"), "assessments:calibration", "assessments.level"
    elif calibration_of(assessed) and may_put_up_example(person, assessed, has_begun=False):
        yield say("Put up the example that is judged first"), "assessments:put_up_example", "assessments.example"
