"""Named reads of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.urls import reverse

from rodatraden.awards.rules import is_notified
from rodatraden.bids.models import BidFile, Promise
from rodatraden.contracts.models import CallOff, Contract, Deliverable, PersonOnContract, Signature, Term
from rodatraden.contracts.rules import (
    Kind,
    Role,
    can_be_cancelled,
    ceiling_of,
    follow_up_days,
    may_deliver,
    may_direct,
    may_extend,
    may_register_signature,
    period_of,
    periods_taken,
    signed_on,
    takes_hours,
    term_of,
    year_committed,
)
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.thread import Link, Node, NodeState, Station, Task
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.queries import accessible_of_each
from rodatraden.procurements.queries import standing as standing_of_case
from rodatraden.procurements.rules import has_happened, may_act_as
from rodatraden.records.models import StoredFile
from rodatraden.tenders.queries import standing, tenders_of
from rodatraden.ui.drawing import station_name
from rodatraden.ui.frame import Station as ShownStation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.contracts.rules import Ceiling
    from rodatraden.core.answer import Answer
    from rodatraden.core.message import Message
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import ContentItem, Requirement, Tender

SORTED = {
    "procurement": ("tender__procurement__title", "pk"),
    "supplier": ("supplier__name", "pk"),
    "drawn_up": ("drawn_up_at", "pk"),
}
"""What the list of contracts can be sorted by."""


def visible_to(person: Person, at: datetime) -> QuerySet[Contract]:
    """Return the contracts that `person` sees; the same that `rules.may_see` allows."""
    suppliers = organisations_of(person, at, role=Membership.Role.BIDDER)
    theirs = Q(supplier__in=suppliers.order_by())
    # Asked of each contract, which are few beside the procurements that somebody may work in.
    worked_in = accessible_of_each(person, "tender__procurement")
    return with_contract(Contract.objects.filter(theirs | worked_in))


def by_key(keys: Sequence[UUID]) -> list[Contract]:
    """Return the contracts with those keys, in that order, with what a list shows of each."""
    found = with_contract(Contract.objects.all()).in_bulk(keys)
    return [found[key] for key in keys]


def offer_documents(
    sender: object, document: DiaryDocument, person: Person | None, at: datetime, **_: object
) -> bool | None:
    """Answer whether somebody may know of a contract to sign: who sees the contract; None of other documents."""
    del sender
    if not Contract.objects.filter(document=document).exists():
        return None
    return person is not None and visible_to(person, at).filter(document=document).exists()


def answer_partners(
    sender: object, organisations: Sequence[Organisation], at: datetime, **_: object
) -> dict[UUID, set[UUID]]:
    """Answer with whom each organisation has a contract that both parties have signed, by the day of `at`."""
    del sender
    on = local_date(at)
    mine = [each.pk for each in organisations]
    signed = [
        Exists(Signature.objects.filter(contract=OuterRef("pk"), party=party, signed_on__lte=on))
        for party in Signature.Party
    ]
    pairs = Contract.objects.filter(*signed).filter(Q(buyer__in=mine) | Q(supplier__in=mine))
    found: dict[UUID, set[UUID]] = {}
    for buyer, supplier in pairs.values_list("buyer", "supplier"):
        found.setdefault(buyer, set()).add(supplier)
        found.setdefault(supplier, set()).add(buyer)
    return {pk: partners for pk, partners in found.items() if pk in mine}


def with_contract(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return the same contracts with what every rule and page reads, in a constant number of queries."""
    case = "tender__procurement"
    return (
        _with_terms(contracts)
        .select_related(f"{case}__buyer", f"{case}__diary_case")
        .prefetch_related(*standing_of_case(case))
    )


def _with_terms(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    return contracts.select_related("tender", "buyer", "supplier", "signed_file", "document__case").prefetch_related(
        "signatures", "extensions", "call_offs"
    )


def locked(contract: Contract) -> Contract:
    """Return the contract as it stands now, locked until the transaction ends: one order at a time (INV-24).

    Raises:
        RefusedError: it was a draft of a revoked award, and a new one was drawn up since it was read.
    """
    held = with_contract(Contract.objects.filter(pk=contract.pk)).select_for_update(of=("self",), no_key=True).first()
    if held is None:
        raise RefusedError(
            no(
                say(
                    "This contract was drawn up from an award that was revoked, and a new one has taken its place. Go on with that."
                ),
                mend=reverse("contracts:draw_up", args=[contract.tender.procurement_id]),
            )
        )
    return held


def contract_of(procurement: Procurement) -> Contract | None:
    """Return the procurement's contract, or None."""
    contract = _with_terms(Contract.objects.filter(tender__procurement=procurement)).first()
    if contract is not None:
        contract.tender.procurement = procurement  # with what has been fetched with it
    return contract


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
    """Return the signed contracts, the bid's files that are annexes, and what call-offs produced, of contracts seen."""
    mine = visible_to(person, at).order_by().prefetch_related(None).select_related(None)
    signed = mine.filter(signed_file=OuterRef("pk"))
    delivered = Deliverable.objects.filter(file=OuterRef("pk"), call_off__contract__in=mine.values("pk"))
    annexes = BidFile.objects.filter(
        file=OuterRef("pk"),
        content_item__is_annex=True,
        content_item__removed_at=None,
        bid__contract__in=mine.values("pk"),
    )
    return StoredFile.objects.filter(Exists(signed) | Exists(delivered) | Exists(annexes))


def contract_with_file(file: StoredFile, person: Person, at: datetime) -> Contract:
    """Return the contract by which `person` sees one of `files_visible_to`."""
    hangs_on = Q(signed_file=file) | Q(call_offs__deliverables__file=file) | Q(bid__files__file=file)
    found = visible_to(person, at).filter(hangs_on).order_by("pk").first()
    assert found is not None, "seen by it"
    return found


def terms_of(contract: Contract) -> QuerySet[Term]:
    """Return the terms in the order of the requirements, each with its promise, its needs and who follows it up."""
    return (
        contract.terms.select_related("requirement__follow_up_by", "promise")
        .prefetch_related("requirement__needs")
        .order_by("requirement__number")
    )


@dataclass(frozen=True, slots=True)
class BidAnnex:
    """A part of the bid that is an annex of the contract: its number there, what was asked for, and the bid's own files."""

    number: int
    asked: ContentItem
    files: Sequence[BidFile]


MADE_ANNEXES = 3
"""The annexes that are made of requirements and promises; those that the bid holds come after them."""


def annexes_of(bid: UUID) -> list[BidAnnex]:
    """Return what becomes annexes of a contract with this bid: the files of the items that are published as annexes."""
    files = (
        BidFile.objects.filter(bid=bid, content_item__is_annex=True, content_item__removed_at=None)
        .select_related("file", "content_item")
        .order_by("content_item__number", "pk")
    )
    parts = [list(group) for _, group in groupby(files, key=lambda each: each.content_item_id)]
    return [BidAnnex(number, part[0].content_item, part) for number, part in enumerate(parts, MADE_ANNEXES + 1)]


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


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period of a contract: agreed on (`state` done, now or coming) or an option that nobody has taken up."""

    number: int
    first_on: date
    last_on: date
    state: str
    is_option: bool


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract with what follows from its facts on one day; without both signatures it has no periods."""

    contract: Contract
    signed_on: date | None
    periods: Sequence[PeriodRow]
    ceiling: Ceiling
    state: Message

    @property
    def running(self) -> PeriodRow | None:
        """The last period that has been agreed on."""
        return next((period for period in reversed(self.periods) if not period.is_option), None)

    @property
    def option(self) -> PeriodRow | None:
        """The next option, if one is left."""
        return next((period for period in self.periods if period.is_option), None)


def row(contract: Contract, on: date) -> ContractRow:
    """Return a contract as it stands on the day `on`."""
    signed = signed_on(contract)
    periods = [_period(contract, number, on) for number in range(1, contract.periods + 1)] if signed else []
    return ContractRow(contract, signed, periods, ceiling_of(contract, on), state(contract, on))


def state(contract: Contract, on: date) -> Message:
    """Return how a contract stands on the day `on`: unsigned, running or ended."""
    agreed = term_of(contract)
    if agreed is None:
        return say("Waits for signatures")
    if on <= agreed[1]:
        return say("Runs to {last}", last=agreed[1])
    return say("Ended {last}", last=agreed[1])


def _period(contract: Contract, number: int, on: date) -> PeriodRow:
    first_on, last_on = period_of(contract, number) or (on, on)
    state = "coming" if on < first_on else "now" if on <= last_on else "done"
    return PeriodRow(number, first_on, last_on, state, is_option=number > periods_taken(contract))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A call-off in words, and what this person may do with it."""

    order: CallOff
    state: Message
    may_report: Answer
    may_cancel: Answer
    may_deliver: Answer


def order_rows(contract: Contract, person: Person, at: datetime) -> list[OrderRow]:
    """Return a contract's call-offs by number, in a constant number of queries."""
    deliverer, director = may_deliver(person, contract, at), may_direct(person, contract)
    return [
        OrderRow(
            order,
            _order_state(order),
            may_report=deliverer and takes_hours(order),
            may_cancel=director and can_be_cancelled(order),
            may_deliver=deliverer,
        )
        for order in orders_of(contract)
    ]


def _order_state(order: CallOff) -> Message:
    delivered = order.delivered_hours or Decimal(0)
    if order.cancelled_at is not None:
        return say("Cancelled, {hours} hours delivered", hours=delivered)
    if delivered == order.hours:
        return say("Delivered")
    return say("{hours} hours delivered", hours=delivered) if delivered else say("Ordered")


def delivered_amount(contract: Contract) -> Decimal:
    """Return what the hours that have been delivered so far cost, each at the price of its call-off."""
    return sum(((o.delivered_hours or Decimal(0)) * o.price for o in contract.call_offs.all()), Decimal(0))


def stations(terms: Sequence[Term], plan_url: str = "") -> list[ShownStation]:
    """Return the six stations as the page of a contract shows them; what follows stands on the page of the follow-up."""
    counts = {
        Station.NEED: len({need.pk for term in terms for need in term.requirement.needs.all()}),
        Station.REQUIREMENT: len(terms),
        Station.PROMISE: sum(term.promise is not None for term in terms),
        Station.TERM: len(terms),
    }
    return [
        ShownStation(
            station_name(station),
            "whole" if station in counts else "coming",
            counts.get(station),
            current=station is Station.TERM,
            url="" if station in counts else plan_url,
        )
        for station in Station
    ]


def proposed(tender: Tender) -> list[tuple[Requirement, Promise | None]]:
    """Return what a contract with the winner would hold: every published requirement, and the winner's promise."""
    promises = {promise.requirement_id: promise for promise in Promise.objects.filter(bid=tender.award.winner)}
    return [(requirement, promises.get(requirement.pk)) for requirement in standing(tender)]


def thread_pieces(procurement: Procurement) -> tuple[list[Node], list[Link]]:
    """Return the contract's terms, each linked from its promise, or from its requirement where nothing was promised.

    A term whose first follow-up lies beyond what has been agreed on so far waits for the option.
    """
    contract = contract_of(procurement)
    return pieces(contract, terms_of(contract)) if contract else ([], [])


def pieces(contract: Contract, terms: Iterable[Term]) -> tuple[list[Node], list[Link]]:
    """Return nodes and links of a contract's terms that have been fetched by `terms_of`."""
    terms = list(terms)
    nodes = [Node(Station.TERM, term.pk, term.requirement.label, term.text, _state(contract, term)) for term in terms]
    return nodes, [Link(term.promise_id or term.requirement_id, term.pk) for term in terms]


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in `cases`: a contract to draw up or to sign, an option whose last day comes.

    Whose contract is signed has its award behind it, which is not read.
    """
    awarded = [
        case
        for case in cases
        if has_happened(case, Kind.NOTIFIED)
        and any(may_act_as(role, person, case) for role in (Role.OFFICER, Role.DECIDER))
    ]
    if not awarded:
        return []
    tenders = {tender.pk: tender for tender in tenders_of(awarded)}
    unsigned = [case for case in awarded if not has_happened(case, Kind.CONTRACT_SIGNED)]
    prefetch_related_objects([case.tender for case in unsigned], "award__notifications")
    contracts = list(Contract.objects.filter(tender__in=tenders).prefetch_related("signatures", "extensions"))
    for contract in contracts:
        contract.tender = tenders[contract.tender_id]  # with what has been fetched with it
    drawn_up = {contract.bid_id for contract in contracts}
    waiting = [case for case in unsigned if is_notified(case.tender) and case.tender.award.winner_id not in drawn_up]
    return [*_to_draw_up(person, waiting), *_to_sign_and_extend(person, contracts, at)]


def _to_draw_up(person: Person, cases: Iterable[Procurement]) -> list[Task]:
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
        for procurement in cases
        if may_act_as(Role.OFFICER, person, procurement)
    ]


def _to_sign_and_extend(person: Person, contracts: Iterable[Contract], at: datetime) -> list[Task]:
    tasks: list[Task] = []
    for contract in contracts:
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
