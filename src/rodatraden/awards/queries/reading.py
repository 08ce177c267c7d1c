"""Who was awarded, who was notified and how, and what was cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext

from rodatraden.awards.models import (
    AwardDecision,
    Cancellation,
    DecisionProposal,
    DelegationPoint,
    Notification,
    ReviewCase,
    Revocation,
)
from rodatraden.awards.rules import delegations_on, has_delegations
from rodatraden.bids.queries import suppliers_of
from rodatraden.core.calendars import PROCEDURES, duty_due_on
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.records.models import AccessAnswer

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.awards.models import BoardReport
    from rodatraden.core.calendars import Computed
    from rodatraden.core.message import Message
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import Tender


def visible_to(person: Person, at: datetime) -> QuerySet[Notification]:
    """Return the notifications that `person` reads; the same that `rules.may_read_notification` allows."""
    own = Q(bid__supplier__in=suppliers_of(person, at).order_by())
    return with_case(Notification.objects.filter(own | Q(decision__tender__procurement__in=accessible_to(person))))


def with_case(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    """Return the same notifications with what their rules and pages read, in a constant number of queries."""
    case = "decision__tender__procurement"
    return (
        _with_bid(notifications)
        .select_related(f"{case}__buyer", f"{case}__diary_case")
        .prefetch_related(*standing(case))
    )


def reviews_visible_to(person: Person) -> QuerySet[ReviewCase]:
    """Return the review cases in the procurements that `person` has access to."""
    case = "decision__tender__procurement"
    return (
        ReviewCase.objects.filter(decision__tender__procurement__in=accessible_to(person))
        .select_related(f"{case}__buyer", f"{case}__diary_case", "registered_by", "document__case")
        .prefetch_related(*standing(case))
    )


def _with_bid(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    return notifications.select_related(
        "bid__supplier",
        "mail",
        "document__case",
        "opened_by",
        "decision__decided_by",
        "decision__prepared_by",
        "decision__winner__supplier",
        "decision__revocation",
    )


def decision_of(tender: Tender) -> AwardDecision | None:
    """Return the award decision of a tender that is in force, or None; kept with the tender, for rules to read."""
    # There is one at most: to sort it costs Django more than to read it.
    found = next(iter(_with_people(AwardDecision.objects.filter(in_force_of=tender)).order_by()), None)
    if found is not None:
        found.tender = found.in_force_of = tender  # with what has been fetched with it
    return found


def revoked_decisions(tender: Tender, *, only_notified: bool = False) -> list[AwardDecision]:
    """Return the award decisions of a tender that were revoked, the first one first, each with its revocation.

    `only_notified` leaves out those that nobody had been told of: no public page tells of them either.
    """
    found = AwardDecision.objects.filter(tender=tender, in_force_of=None).order_by("decided_at")
    if only_notified:
        found = found.filter(Exists(Notification.objects.filter(decision=OuterRef("pk"))))
    return list(_with_people(found).select_related("revocation__revoked_by", "revocation__document__case"))


def _with_people(decisions: QuerySet[AwardDecision]) -> QuerySet[AwardDecision]:
    return decisions.select_related(
        "winner__supplier", "decided_by", "prepared_by", "proposal", "document__case", "reported_in"
    )


def proposals_of(tender: Tender) -> list[DecisionProposal]:
    """Return the decisions that were prepared, the latest first, with who prepared and who returned them."""
    found = DecisionProposal.objects.filter(tender=tender).order_by("-number")
    return list(found.select_related("winner__supplier", "prepared_by", "returned_by"))


def last_returned(tender: Tender) -> DecisionProposal | None:
    """Return the latest prepared decision when it was returned: what has to be otherwise in the next one."""
    latest = next(iter(proposals_of(tender)), None)
    return latest if latest and latest.returned_at else None


def usual_delegation(tender: Tender) -> str:
    """Return the point of the delegation order that the buyer's latest decision rested on; a person checks it."""
    found = AwardDecision.objects.filter(tender__procurement__buyer=tender.procurement.buyer_id)
    return found.order_by("-decided_at").values_list("delegation", flat=True).first() or ""


def points_to_choose(tender: Tender, at: datetime) -> list[DelegationPoint] | None:
    """Return the points that a decision can rest on today, or None where the buyer keeps no list and they are written."""
    buyer = tender.procurement.buyer
    return delegations_on(buyer, local_date(at, buyer.calendar)) if has_delegations(buyer) else None


def delegation_points(organisation: Organisation) -> list[DelegationPoint]:
    """Return all points of an organisation's delegation order, ended ones too."""
    found = DelegationPoint.objects.filter(organisation=organisation).select_related("person", "entered_by")
    return list(found.order_by("point", "valid_from_on"))


def usual_court(tender: Tender) -> str:
    """Return the court that the buyer's latest notifications named for an application for review; a person checks it."""
    found = AwardDecision.objects.filter(tender__procurement__buyer=tender.procurement.buyer_id).exclude(court="")
    return found.order_by("-decided_at").values_list("court", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class OnDelegation:
    """A decision that somebody made on the board's delegation, as the board is told of it."""

    pk: UUID
    procurement: Procurement
    what: str
    delegation: str
    decided_by: str
    decided_at: datetime
    decided_on: date
    document: DiaryDocument
    report: BoardReport | None

    @property
    def waits(self) -> bool:
        """Whether the board has not been told of it yet."""
        return self.report is None


def delegation_decisions(organisation: Organisation) -> list[OnDelegation]:
    """Return all decisions of an organisation on delegation, awards, revocations and cancellations, the latest first."""
    case = ("tender__procurement", "document__case", "reported_in")
    awards = AwardDecision.objects.filter(tender__procurement__buyer=organisation)
    cancelled = Cancellation.objects.filter(tender__procurement__buyer=organisation)
    revoked = Revocation.objects.filter(decision__tender__procurement__buyer=organisation)
    found: list[tuple[AwardDecision | Cancellation | Revocation, Tender, str, datetime, Person]] = [
        (
            each,
            each.tender,
            gettext("Award to %(winner)s") % {"winner": each.winner.supplier.name},
            each.decided_at,
            each.decided_by,
        )
        for each in awards.select_related(*case, "winner__supplier", "decided_by")
    ]
    found += [
        (each, each.tender, gettext("Procurement cancelled"), each.cancelled_at, each.cancelled_by)
        for each in cancelled.select_related(*case, "cancelled_by")
    ]
    of_decision = ("decision__tender__procurement", "decision__winner__supplier", "document__case", "reported_in")
    found += [
        (
            each,
            each.decision.tender,
            gettext("Award to %(winner)s revoked") % {"winner": each.decision.winner.supplier.name},
            each.revoked_at,
            each.revoked_by,
        )
        for each in revoked.select_related(*of_decision, "revoked_by")
    ]
    told = [
        OnDelegation(
            pk=each.pk,
            procurement=tender.procurement,
            what=what,
            delegation=each.delegation,
            decided_by=by.name,
            decided_at=at,
            decided_on=local_date(at, organisation.calendar),
            document=each.document,
            report=each.reported_in,
        )
        for each, tender, what, at, by in found
    ]
    return sorted(told, key=lambda each: (each.decided_at, str(each.pk)), reverse=True)


def cancellation_of(tender: Tender) -> Cancellation | None:
    """Return why and by whom a published procurement was cancelled, or None."""
    return Cancellation.objects.filter(tender=tender).select_related("cancelled_by", "document__case").first()


def duties_after_cancelling(cancellation: Cancellation) -> list[tuple[Message, Computed[date | None]]]:
    """Return what the law still asks for after a cancellation, each with its last day, counted from rule rows."""
    procurement = cancellation.tender.procurement
    procedure = PROCEDURES.get(procurement.procedure)
    if procedure is None:
        return []
    on = local_date(cancellation.cancelled_at, procurement.country)
    asked = (
        (say("The documentation of the procurement is finished"), procedure.documentation_days),
        (say("The individual report is written"), procedure.report_days),
    )
    return [(what, duty_due_on(kind, procedure=procedure, event_on=on)) for what, kind in asked if kind]


def notifications_of(decision: AwardDecision) -> list[Notification]:
    """Return the notifications of an award by the number of the bid; kept with the award, for rules to read."""
    with_bids = Notification.objects.select_related("bid__supplier", "mail", "document__case", "opened_by").order_by()
    prefetch_related_objects([decision], Prefetch("notifications", with_bids))
    return sorted(decision.notifications.all(), key=lambda each: each.bid.number)


def offer_documents(
    sender: object, document: DiaryDocument, person: Person | None, at: datetime, **_: object
) -> bool | None:
    """Answer whether somebody may know of a document that the room has issued; None when another room has.

    The decisions to award and to cancel are public once made, but for one that was revoked before anybody was told of it:
    no public page tells of it either. So are answers to requests for documents. A notification is its bidder's and the
    team's.
    """
    del sender
    if any(model.objects.filter(document=document).exists() for model in (Cancellation, AccessAnswer)):
        return True
    decision = AwardDecision.objects.filter(Q(document=document) | Q(revocation__document=document)).first()
    if decision is not None:
        if decision.in_force_of_id is not None or decision.notifications.exists():
            return True
        cases = accessible_to(person) if person else Procurement.objects.none()
        return cases.filter(tender=decision.tender_id).exists()
    notification = Notification.objects.filter(document=document).first()
    if notification is None:
        return None
    return person is not None and visible_to(person, at).filter(pk=notification.pk).exists()
