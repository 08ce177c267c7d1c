"""Named reads of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from rodatraden.contracts.models import CallOff, Contract, Term
from rodatraden.contracts.rules import may_call_off, may_register_signature, period_of, signed_on
from rodatraden.core.calendars import Kind as RuleKind
from rodatraden.core.calendars import ceiling_level
from rodatraden.core.message import say
from rodatraden.core.thread import Link, Node, Station, Task
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.models import ConflictDeclaration, TeamMember

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


def visible_to(person: Person, at: datetime) -> QuerySet[Contract]:
    """Return the contracts that `person` sees; the same that `rules.may_see` allows."""
    procurement = OuterRef("tender__procurement")
    mine = TeamMember.objects.filter(procurement=procurement, person=person, removed_at=None)
    declared = ConflictDeclaration.objects.filter(procurement=procurement, person=person)
    has_access = (
        Exists(declared.filter(moment=ConflictDeclaration.Moment.BEFORE_ACCESS))
        & Exists(declared.filter(moment=ConflictDeclaration.Moment.AFTER_OPENING))
        & ~Exists(declared.filter(has_conflict=True, cleared_at=None))
    )
    suppliers = organisations_of(person, at, role=Membership.Role.BIDDER)
    return with_contract(Contract.objects.filter(Q(supplier__in=suppliers.order_by()) | (Exists(mine) & has_access)))


def with_contract(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return the same contracts with what every rule and page reads, in a constant number of queries."""
    return contracts.select_related("tender__procurement__buyer", "buyer", "supplier", "bid").prefetch_related(
        "signatures",
        "extensions",
        "call_offs",
        "tender__procurement__facts",
        "tender__procurement__team__person",
        "tender__procurement__conflict_declarations",
    )


def contract_of(procurement: Procurement) -> Contract | None:
    """Return the procurement's contract, or None."""
    return with_contract(Contract.objects.filter(tender__procurement=procurement)).first()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What has been committed of a ceiling, in the contract's currency; `warning` is the highest level reached."""

    ceiling: Decimal
    committed: Decimal
    left: Decimal
    warning: RuleKind | None


def committed_amount(call_off: CallOff, price: Decimal) -> Decimal:
    """Return what a call-off binds: its amount, or once cancelled only what had been delivered; the rest is free."""
    if call_off.cancelled_at is None:
        return call_off.amount
    return (call_off.delivered_hours or Decimal(0)) * price


def ceiling_of(contract: Contract, on: date) -> Ceiling:
    """Return how much of the ceiling is committed (INV-24)."""
    committed = sum((committed_amount(call_off, contract.price) for call_off in contract.call_offs.all()), Decimal(0))
    level = ceiling_level(committed=committed, ceiling=contract.ceiling, on=on).known()
    return Ceiling(contract.ceiling, committed, contract.ceiling - committed, level)


def year_committed(contract: Contract, on: date) -> Decimal:
    """Return what is committed in the contract period that holds the day `on`; the yearly frame warns, never refuses."""
    for number in range(1, contract.periods + 1):
        period = period_of(contract, number)
        if period and period[0] <= on <= period[1]:
            within = [c for c in contract.call_offs.all() if period[0] <= c.starts_on <= period[1]]
            return sum((committed_amount(call_off, contract.price) for call_off in within), Decimal(0))
    return Decimal(0)


def thread_pieces(procurement: Procurement) -> tuple[list[Node], list[Link]]:
    """Return the contract's terms, each linked from its promise, or from its requirement where nothing was promised."""
    terms = list(
        Term.objects.filter(contract__tender__procurement=procurement)
        .select_related("requirement", "promise")
        .order_by("requirement__number")
    )
    nodes = [
        Node(Station.TERM, t.pk, t.requirement.label, t.promise.text if t.promise else t.requirement.level)
        for t in terms
    ]
    return nodes, [Link(t.promise_id or t.requirement_id, t.pk) for t in terms]


def open_tasks(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person`: a contract to sign, an option whose last day comes."""
    tasks: list[Task] = []
    for contract in visible_to(person, at):
        title = str(contract.tender.procurement)
        kwargs = {"contract_id": contract.pk}
        if signed_on(contract) is None and may_register_signature(person, contract):
            tasks.append(
                Task(say("Register the signatures"), person.pk, None, "contracts:sign", title, "contracts.sign", kwargs)
            )
        taken = 1 + len(contract.extensions.all())
        running = period_of(contract, taken)
        if running and taken < contract.periods and may_call_off(person, contract):
            decide = say("Decide whether to take up option {number}", number=taken)
            tasks.append(Task(decide, person.pk, running[1], "contracts:extend", title, "contracts.extend", kwargs))
    return tasks
