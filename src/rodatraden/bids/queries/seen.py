"""Who sees which bids: suppliers their own, officials the opened ones under the access rule."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Subquery

from rodatraden.assessments.queries import masked_materials
from rodatraden.bids.models import Bid, BidFile, Opening, SealedUpload, Submission
from rodatraden.bids.queries.changed import answered_by
from rodatraden.bids.rules import may_see_bid, may_see_bids
from rodatraden.core.message import say
from rodatraden.core.thread import Link, Node, Station, Task
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import memberships_of, organisations_of
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.models import ConflictDeclaration, StageFact, TeamMember
from rodatraden.procurements.queries import accessible_to, standing, with_case
from rodatraden.procurements.rules import READERS, has_happened, judges_without_names, may_act_as, team_roles
from rodatraden.tenders.models import Snapshot
from rodatraden.tenders.queries import published, tenders_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.bids.models import Promise
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import Requirement, Tender

Kind = StageFact.Kind
Moment = ConflictDeclaration.Moment
EVALUATOR = TeamMember.Role.EVALUATOR


def suppliers_of(person: Person, at: datetime) -> QuerySet[Organisation]:
    """Return the suppliers that `person` bids for."""
    return organisations_of(person, at, role=Membership.Role.BIDDER)


def supplier_of(person: Person, supplier: UUID, at: datetime) -> Organisation | None:
    """Return a supplier that `person` bids for, or None."""
    mine = (each.organisation for each in memberships_of(person, at) if each.role == Membership.Role.BIDDER)
    return next((each for each in mine if each.pk == supplier), None)


def is_bidder(person: Person, at: datetime) -> bool:
    """Whether `person` bids for any supplier; who does not has nothing to be asked for as a bidder."""
    return any(membership.role == Membership.Role.BIDDER for membership in memberships_of(person, at))


def submissions_visible_to(person: Person, at: datetime) -> QuerySet[Submission]:
    """Return the bids handed in by the suppliers that `person` bids for, latest first."""
    return (
        Submission.objects.filter(supplier__in=suppliers_of(person, at))
        .select_related("tender__procurement__buyer", "supplier", "submitted_by", "snapshot")
        .prefetch_related("tender__procurement__facts")
        .order_by("-received_at", "-version")
    )


def opened_bids(tender: Tender) -> QuerySet[Bid]:
    """Return the opened bids of a tender by number, for the rooms that judge them under their own rules."""
    return Bid.objects.filter(tender=tender).select_related("supplier", "submission").order_by("number")


def visible_to(person: Person, at: datetime) -> QuerySet[Bid]:
    """Return the opened bids that `person` sees; the same that `rules.may_see_bid` allows."""
    hidden = Exists(_facts(Kind.NAMES_HIDDEN)) & ~Exists(_facts(Kind.CONSENSUS_LOCKED))
    by_name = TeamMember.objects.filter(
        procurement=OuterRef("tender__procurement"), person=person, removed_at=None, role__in=READERS - {EVALUATOR}
    )
    mine = Q(supplier__in=suppliers_of(person, at))
    return _read_by(person, at).filter(mine | ~hidden | Exists(by_name))


def _read_by(person: Person, at: datetime) -> QuerySet[Bid]:
    """Return the opened bids that `person` reads, under their names or without."""
    mine = TeamMember.objects.filter(person=person, removed_at=None).order_by().values("procurement")
    declared = ConflictDeclaration.objects.filter(person=person).order_by().values("procurement")
    readers, members, declarers, undecided = (
        Q(tender__procurement__in=each)
        for each in (
            mine.filter(role__in=READERS),
            mine,
            declared.filter(moment=Moment.AFTER_OPENING),
            declared.filter(has_conflict=True, cleared_at=None),
        )
    )
    ours = (readers | (members & Q(Exists(_facts(Kind.DECIDED))))) & declarers & ~undecided
    suppliers = suppliers_of(person, at).order_by().values("pk")
    return bids_with_case().filter(Q(supplier__in=suppliers) | ours).order_by("tender_id", "number")


def bids_with_case() -> QuerySet[Bid]:
    """Return the opened bids with what the rules of who sees one read; who does is `rules.may_see_bid`."""
    return Bid.objects.select_related(
        "supplier", "submission", "tender__procurement__buyer", "tender__procurement__diary_case"
    ).prefetch_related(*standing("tender__procurement"))


def _facts(kind: StageFact.Kind) -> QuerySet[StageFact]:
    return StageFact.objects.filter(procurement=OuterRef("tender__procurement"), kind=kind)


def files_visible_to(person: Person, at: datetime) -> QuerySet[BidFile]:
    """Return the files of the opened bids that `person` sees; no price before the prices are open (INV-13).

    Neither one marked price, nor one in which somebody who judges has met a price and that is read in a masked copy;
    the officer, who handled it, sees the latter.
    """
    procurement = OuterRef("bid__tender__procurement")
    officer = TeamMember.objects.filter(
        procurement=procurement, person=person, removed_at=None, role=TeamMember.Role.OFFICER
    )
    is_masked = Exists(masked_materials(OuterRef("pk")))
    return judged_files(person, at).filter(
        ~is_masked | Exists(officer) | Q(bid__supplier__in=suppliers_of(person, at)) | Exists(_prices_open())
    )


def files_of(bid: Bid, person: Person, at: datetime) -> QuerySet[BidFile]:
    """Return those files of one bid with its case that `person` sees: of a bid that they see the same as `files_visible_to`.

    The rule is asked of what has been read with the bid; as a condition on all files it takes ten times as long.
    """
    files = (
        BidFile.objects.filter(bid=bid).select_related("file", "content_item").order_by("content_item__number", "id")
    )
    if not may_see_bid(person, bid, at):
        return files.none()
    case = bid.tender.procurement
    if has_happened(case, Kind.PRICES_OPENED) or may_bid_for(person, bid.supplier, at):
        return files
    files = files.filter(content_item__is_price=False)
    if TeamMember.Role.OFFICER in team_roles(person, case):
        return files
    return files.filter(~Exists(masked_materials(OuterRef("pk"))))


def judged_files(person: Person, at: datetime) -> QuerySet[BidFile]:
    """Return the files of the bids that `person` judges or reads, those too that are read in a masked copy now."""
    shown = Q(content_item__is_price=False) | Q(bid__supplier__in=suppliers_of(person, at)) | Exists(_prices_open())
    return (
        BidFile.objects.filter(shown, bid__in=_read_by(person, at).order_by())
        .select_related("file", "content_item", "bid__tender__procurement")
        .prefetch_related(*standing("bid__tender__procurement"))
        .order_by("bid", "content_item__number", "id")
    )


def name_of(file: BidFile, person: Person) -> str:
    """Return what `person` reads as the name of a file: where bids are judged without names only what it answers.

    The supplier has named the file, often after itself.
    """
    if not judges_without_names(person, file.bid.tender.procurement):
        return file.file.name
    return f"{file.content_item.title}{PurePosixPath(file.file.name).suffix}"


def _prices_open() -> QuerySet[StageFact]:
    return StageFact.objects.filter(procurement=OuterRef("bid__tender__procurement"), kind=Kind.PRICES_OPENED)


def offer_documents(
    sender: object, document: DiaryDocument, person: Person | None, at: datetime, **_: object
) -> bool | None:
    """Answer whether somebody may know of a list of opened bids: who sees the bids; None of other documents."""
    del sender, at
    opening = Opening.objects.filter(document=document).select_related("tender").first()
    if opening is None:
        return None
    if person is None:
        return False
    cases = accessible_to(person).filter(pk=opening.tender.procurement_id)
    return any(may_see_bids(person, case) for case in with_case(cases))


def thread_pieces(procurement: Procurement, bid: Bid | None = None) -> tuple[list[Node], list[Link]]:
    """Return the promises of `bid`, each linked from its requirement; without a bid nothing, since none has won."""
    if bid is None:
        return [], []
    promises = bid.promises.filter(bid__tender__procurement=procurement).select_related("requirement")
    return pieces((row, row.requirement) for row in promises.order_by("requirement__number"))


def pieces(promises: Iterable[tuple[Promise, Requirement]]) -> tuple[list[Node], list[Link]]:
    """Return nodes and links of promises that have been fetched with what they answer to."""
    nodes, links = [], []
    for promise, requirement in promises:
        nodes.append(Node(Station.PROMISE, promise.pk, requirement.label, promise.text))
        links.append(Link(requirement.pk, promise.pk))
    return nodes, links


def tasks_as_bidder(person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person` as somebody who bids: bids to hand in, or to confirm for documents that changed."""
    if not is_bidder(person, at):
        return []
    return [*_to_hand_in(person, at), *_to_confirm(person, at)]


def _to_hand_in(person: Person, at: datetime) -> list[Task]:
    """Return the bids of which parts have come since the supplier last handed in, each supplier's once."""
    handed_in = Submission.objects.filter(
        tender=OuterRef("tender"),
        supplier=OuterRef("supplier"),
        received_at__gte=OuterRef("started_at"),
    )
    waiting = (
        SealedUpload.objects.filter(
            ~Exists(handed_in),
            submission=None,
            supplier__in=suppliers_of(person, at).order_by(),
            tender__deadline_at__gt=at,
            tender__in=published().order_by(),
        )
        .select_related("tender__procurement")
        .order_by("started_at", "id")
    )
    begun = {(each.tender_id, each.supplier_id): each for each in waiting}
    return [
        Task(
            title=say("Parts of your bid have come, but it has not been handed in."),
            for_person=person.pk,
            due=upload.tender.deadline_at,
            url_name="bids:workspace",
            url_kwargs={"tender_id": upload.tender_id, "organisation_id": upload.supplier_id},
            case_title=upload.tender.procurement.title,
            kind="bids.hand_in",
        )
        for upload in begun.values()
    ]


def _to_confirm(person: Person, at: datetime) -> list[Task]:
    """Return the bids handed in that answer an earlier edition of the documents: to be confirmed or replaced in time."""
    editions = Snapshot.objects.filter(tender=OuterRef("tender")).order_by("-number").values("edition")[:1]
    handed_in = (
        submissions_visible_to(person, at)
        .filter(withdrawn_at=None, is_late=False, tender__deadline_at__gt=at, tender__in=published().order_by())
        .annotate(edition_now=Subquery(editions))
        .prefetch_related("confirmations__snapshot")
        .order_by("version")
    )
    latest = {(each.tender_id, each.supplier_id): each for each in handed_in}
    return [
        Task(
            title=say("The documents have changed: confirm or replace your bid."),
            for_person=person.pk,
            due=submission.tender.deadline_at,
            url_name="bids:confirm",
            url_kwargs={"submission_id": submission.pk},
            case_title=submission.tender.procurement.title,
            kind="bids.confirm",
        )
        for submission in latest.values()
        if answered_by(submission).edition != submission.edition_now
    ]


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in `cases`: as opening official, a box to open."""
    unopened = [
        case
        for case in cases
        if has_happened(case, Kind.PUBLISHED)
        and not has_happened(case, Kind.OPENED)
        and may_act_as(TeamMember.Role.OPENER, person, case)
    ]
    return [
        Task(
            title=say("Open the bids together with another official."),
            for_person=person.pk,
            due=tender.deadline_at,
            url_name="bids:opening",
            url_kwargs={"procurement_id": tender.procurement_id},
            case_title=tender.procurement.title,
            kind="bids.open",
        )
        for tender in tenders_of(unopened)
        if tender.deadline_at and tender.deadline_at <= at
    ]


def accepts_price(bid: Bid, tender: Tender) -> bool:
    """Whether a bid accepts the fixed price of the documents, as they are now; no bid does where each states its own.

    A yes is to an amount: a bid that was made for another one, and was not handed in anew, does not accept this one.
    """
    accepted = None if bid.is_unreadable else bid.index.get("accepted_price")
    return accepted is not None and Decimal(accepted) == tender.fixed_price


def price_of_bid(bid: Bid, tender: Tender) -> Decimal | None:
    """Return what a bid costs per unit: the fixed price where it accepts that, its own once opened; None without either."""
    if tender.has_fixed_price:
        return tender.fixed_price if accepts_price(bid, tender) else None
    return bid.price.amount if hasattr(bid, "price") else None
