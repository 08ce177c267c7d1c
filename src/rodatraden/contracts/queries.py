"""Named reads of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q

from rodatraden.contracts.models import CallOff, Contract, Deliverable, PersonOnContract, Term
from rodatraden.contracts.rules import (
    Kind,
    Role,
    ceiling_of,
    follow_up_days,
    may_extend,
    may_register_signature,
    period_of,
    periods_taken,
    signed_on,
    year_committed,
)
from rodatraden.core.message import say
from rodatraden.core.thread import Link, Node, NodeState, Station, Task
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.models import ConflictDeclaration, Procurement, TeamMember
from rodatraden.procurements.queries import with_case
from rodatraden.procurements.rules import may_act_as
from rodatraden.records.models import StoredFile

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from rodatraden.contracts.rules import Ceiling
    from rodatraden.parties.models import Person

SORTED = {
    "procurement": ("tender__procurement__title", "pk"),
    "supplier": ("supplier__name", "pk"),
    "drawn_up": ("drawn_up_at", "pk"),
}
"""What the list of contracts can be sorted by."""


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
    return contracts.select_related("tender", "buyer", "supplier", "bid", "signed_file").prefetch_related(
        "signatures",
        "extensions",
        "call_offs",
        Prefetch("tender__procurement", with_case(Procurement.objects.all())),
    )


def locked(contract: Contract) -> Contract:
    """Return the contract as it stands now, locked until the transaction ends: one order at a time (INV-24)."""
    return with_contract(Contract.objects.filter(pk=contract.pk)).select_for_update(of=("self",)).get()


def contract_of(procurement: Procurement) -> Contract | None:
    """Return the procurement's contract, or None."""
    return with_contract(Contract.objects.filter(tender__procurement=procurement)).first()


def found(contracts: QuerySet[Contract], *, text: str = "", sort: str = "") -> QuerySet[Contract]:
    """Return the contracts whose procurement, supplier or case the words of `text` name, in the order asked for."""
    for word in text.split():
        contracts = contracts.filter(
            Q(tender__procurement__title__icontains=word)
            | Q(supplier__name__icontains=word)
            | Q(buyer__name__icontains=word)
        )
    fields = SORTED.get(sort.removeprefix("-"))
    if fields is None:
        return contracts.order_by("-drawn_up_at", "pk")
    return contracts.order_by(*(f"-{field}" if sort.startswith("-") else field for field in fields))


def orders_visible_to(person: Person, at: datetime) -> QuerySet[CallOff]:
    """Return the call-offs of the contracts that `person` sees."""
    return CallOff.objects.filter(contract__in=visible_to(person, at).order_by()).prefetch_related(
        Prefetch("contract", with_contract(Contract.objects.all()))
    )


def orders_of(contract: Contract) -> QuerySet[CallOff]:
    """Return a contract's call-offs by number, with what each produced."""
    return (
        CallOff.objects.filter(contract=contract)
        .select_related("ordered_by", "cancelled_by")
        .prefetch_related(Prefetch("deliverables", Deliverable.objects.select_related("file")))
        .order_by("number")
    )


def files_visible_to(person: Person, at: datetime) -> QuerySet[StoredFile]:
    """Return the signed contracts, and the files that call-offs produced, of the contracts that `person` sees."""
    mine = visible_to(person, at).order_by().prefetch_related(None).select_related(None)
    signed = mine.filter(signed_file=OuterRef("pk"))
    delivered = Deliverable.objects.filter(file=OuterRef("pk"), call_off__contract__in=mine.values("pk"))
    return StoredFile.objects.filter(Exists(signed) | Exists(delivered))


def terms_of(contract: Contract) -> QuerySet[Term]:
    """Return the terms in the order of the requirements, each with its promise, its needs and who follows it up."""
    return (
        Term.objects.filter(contract=contract)
        .select_related("requirement__follow_up_by", "promise")
        .prefetch_related("requirement__needs")
        .order_by("requirement__number")
    )


def people_on(contract: Contract, on: date) -> QuerySet[PersonOnContract]:
    """Return the named people who carry out the assignment on the day `on`; the last day is exclusive."""
    return (
        PersonOnContract.objects.filter(Q(until_on=None) | Q(until_on__gt=on), contract=contract, since_on__lte=on)
        .select_related("named_person")
        .order_by("named_person__name", "pk")
    )


@dataclass(frozen=True, slots=True)
class OrderSum:
    """What an order would come to, before it is made: the sum, and the ceiling before and after it.

    `over_frame` is by how much the contract year would pass its frame, which warns and never refuses; 0 when it
    doesn't, or when no frame was published.
    """

    amount: Decimal
    before: Ceiling
    after: Ceiling
    over_frame: Decimal


def order_sum(contract: Contract, hours: Decimal, starts_on: date, on: date) -> OrderSum:
    """Return what an order of so many hours at the contract's price would come to."""
    amount, frame = hours * contract.price, contract.yearly_frame
    over = Decimal(0) if frame is None else year_committed(contract, starts_on) + amount - frame
    return OrderSum(amount, ceiling_of(contract, on), ceiling_of(contract, on, more=amount), max(over, Decimal(0)))


def thread_pieces(procurement: Procurement) -> tuple[list[Node], list[Link]]:
    """Return the contract's terms, each linked from its promise, or from its requirement where nothing was promised.

    A term whose first follow-up lies beyond what has been agreed on so far waits for the option.
    """
    contract = contract_of(procurement)
    if contract is None:
        return [], []
    terms = list(terms_of(contract))
    nodes = [Node(Station.TERM, term.pk, term.requirement.label, term.text, _state(contract, term)) for term in terms]
    return nodes, [Link(term.promise_id or term.requirement_id, term.pk) for term in terms]


def open_tasks(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person`: a contract to draw up or to sign, an option whose last day comes."""
    return [*_to_draw_up(person), *_to_sign_and_extend(person, at)]


def _to_draw_up(person: Person) -> list[Task]:
    mine = TeamMember.objects.filter(person=person, role=Role.OFFICER, removed_at=None)
    notified = Procurement.objects.filter(
        pk__in=mine.values("procurement"), facts__kind=Kind.NOTIFIED, tender__contract=None
    )
    return [
        Task(
            say("Draw up the contract"),
            person.pk,
            None,
            "contracts:draw_up",
            procurement.title,
            "contracts.draw_up",
            {"procurement_id": procurement.pk},
        )
        for procurement in with_case(notified).order_by("title", "pk")
        if may_act_as(Role.OFFICER, person, procurement)
    ]


def _to_sign_and_extend(person: Person, at: datetime) -> list[Task]:
    tasks: list[Task] = []
    for contract in visible_to(person, at):
        title = contract.tender.procurement.title
        kwargs = {"contract_id": contract.pk}
        if may_register_signature(person, contract):
            tasks.append(
                Task(say("Register the signatures"), person.pk, None, "contracts:sign", title, "contracts.sign", kwargs)
            )
        running = period_of(contract, periods_taken(contract))
        if running and may_extend(person, contract, at):
            decide = say("Decide on period {number} of the contract", number=periods_taken(contract) + 1)
            tasks.append(Task(decide, person.pk, running[1], "contracts:extend", title, "contracts.extend", kwargs))
    return tasks


def _state(contract: Contract, term: Term) -> NodeState:
    later = signed_on(contract) is not None and not follow_up_days(contract, term.requirement)
    return NodeState.WAITING if later and term.requirement.follow_up_when else NodeState.STANDING
