"""What waits on a person in evaluations, derived from the rows in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from rodatraden.bids.rules import may_open_prices
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.evaluation.models import Inquiry, Proof, TenderRound
from rodatraden.evaluation.queries.checks import unchecked
from rodatraden.evaluation.rules import Kind, Role, is_proof_asked_by_law, may_check, may_freeze
from rodatraden.procurements.rules import has_happened, may_act_as
from rodatraden.tenders.queries import tenders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.message import Message
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what `person` has to do in the evaluations of `cases`, in a constant number of queries."""
    acting = [
        procurement for procurement in cases if has_happened(procurement, Kind.OPENED) and _acts(person, procurement)
    ]
    return [*_evaluating(person, at, acting), *_proving(person, acting)]


def _proving(person: Person, cases: list[Procurement]) -> list[Task]:
    """Return what the officer has to do with the proof of the intended winners, between the frozen outcome and the decision."""
    mine = [
        procurement
        for procurement in cases
        if has_happened(procurement, Kind.OUTCOME_FROZEN)
        and not has_happened(procurement, Kind.DECIDED)
        and may_act_as(Role.OFFICER, person, procurement)
    ]
    if not mine:
        return []
    asked: dict[UUID, list[Proof]] = {}
    proofs = Proof.objects.filter(inquiry__bid__tender__procurement__in=mine).select_related("inquiry__bid__tender")
    for proof in proofs.prefetch_related("papers__checks").order_by("inquiry", "number"):
        asked.setdefault(proof.inquiry.bid.tender.procurement_id, []).append(proof)
    return [
        Task(
            title=title,
            for_person=person.pk,
            due=None,
            url_name=f"evaluation:{page}",
            url_kwargs={"procurement_id": procurement.pk},
            case_title=procurement.title,
            kind=f"evaluation.{page}",
        )
        for procurement in mine
        for title, page in _to_prove(procurement, asked.get(procurement.pk, []))
    ]


def _to_prove(procurement: Procurement, asked: list[Proof]) -> Iterator[tuple[Message, str]]:
    if not asked and is_proof_asked_by_law(procurement):
        yield say("Ask the intended winner for proof"), "ask_proof"
    states = {proof.state for proof in asked}
    if Proof.State.WAITING in states or any(proof.register and proof.state == Proof.State.MISSING for proof in asked):
        yield say("Check the proof of the intended winner"), "proofs"


def _evaluating(person: Person, at: datetime, cases: list[Procurement]) -> list[Task]:
    mine = [procurement for procurement in cases if not has_happened(procurement, Kind.OUTCOME_FROZEN)]
    if not mine:
        return []
    tenders = {tender.procurement_id: tender for tender in tenders_of(mine)}
    documents = list(tenders.values())
    started = set(TenderRound.objects.filter(tender__in=documents).order_by().values_list("tender", flat=True))
    due = Inquiry.objects.filter(Q(answered_at__isnull=False) | Q(answer_by__lt=at), assessed_at=None)
    waiting = set(due.filter(bid__tender__in=documents).order_by().values_list("bid__tender", flat=True))
    left = unchecked(documents)
    return [
        Task(
            title=title,
            for_person=person.pk,
            due=None,
            url_name=f"evaluation:{page}",
            url_kwargs={"procurement_id": procurement.pk},
            case_title=procurement.title,
            kind=f"evaluation.{kind}",
        )
        for procurement in mine
        for title, page, kind in _to_do(
            person,
            procurement,
            has_round=tenders[procurement.pk].pk in started,
            has_unchecked=tenders[procurement.pk].pk in left,
            has_answers=tenders[procurement.pk].pk in waiting,
        )
    ]


def _to_do(
    person: Person, procurement: Procurement, *, has_round: bool, has_unchecked: bool, has_answers: bool
) -> Iterator[tuple[Message, str, str]]:
    if may_check(person, procurement):
        if has_unchecked:
            yield say("Check the requirements in the bids"), "checks", "check"
        if has_answers:
            yield say("Take a stand on what a bidder answered"), "inquiries", "assess"
        if not has_round:
            yield say("Start the judging of the bids"), "start_round", "start_round"
    if may_open_prices(person, procurement):
        yield say("Open the prices"), "outcome", "open_prices"
    if may_freeze(person, procurement):
        yield say("Freeze the outcome"), "outcome", "freeze"


def _acts(person: Person, procurement: Procurement) -> bool:
    return any(may_act_as(role, person, procurement) for role in (Role.OFFICER, Role.OPENER))
