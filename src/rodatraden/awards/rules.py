"""Who decides and who notifies, and from which day a contract may be concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.awards.models import AwardDecision, DecisionProposal, DelegationPoint, Notification, ReviewCase
from rodatraden.bids.queries import price_of_bid
from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import (
    BASES,
    PROCEDURES,
    Computed,
    LastSending,
    Sending,
    Standstill,
    Start,
    Unknown,
    after_reviews,
    last_sending,
    standstill,
)
from rodatraden.core.calendars import Channel as SendingChannel
from rodatraden.core.instants import local_date
from rodatraden.core.message import Amount, say
from rodatraden.evaluation.rules import may_see_outcome
from rodatraden.parties.models import Membership
from rodatraden.parties.rules import may_administer, may_bid_for, roles_of
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, has_judged, may_act_as, may_work, team_roles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import Tender

Role = TeamMember.Role
Kind = StageFact.Kind
LONGEST_WISH = 4_000
"""Characters of a request for documents. Source: policy."""
CARERS = frozenset({Role.OFFICER, Role.DECIDER, Role.CONTRACT_MANAGER})
"""Who has the care of the documents of a case, and tries requests for them."""
DELEGATION_SOURCE = "Kommunallagen 6 kap. 37–38 §§"
REPORTERS = frozenset({Membership.Role.PROCUREMENT_OFFICER, Membership.Role.DIRECTOR, Membership.Role.ADMINISTRATOR})
"""Who notes that the board was told of what was decided on its delegation."""


def may_see_decision(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees the award: who sees the outcome; once it is decided everybody with access does."""
    if has_happened(procurement, Kind.DECIDED):
        return may_work(person, procurement)
    return may_see_outcome(person, procurement)


def open_proposal(tender: Tender) -> DecisionProposal | None:
    """Return the proposal that waits for a decision maker, or None: prepared, not returned and not decided on."""
    decided = {each.proposal_id for each in tender.decisions.all()}
    waiting = (each for each in tender.decision_proposals.all() if each.returned_at is None and each.pk not in decided)
    return next(waiting, None)


def may_prepare(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may prepare the decision for another to make: the officer or a decision maker.

    Source: policy, so that two people have seen what is decided.
    """
    procurement = tender.procurement
    official = may_act_as(Role.OFFICER, person, procurement) or may_act_as(Role.DECIDER, person, procurement)
    if not official:
        return official
    ready = _can_be_awarded(tender)
    if ready and open_proposal(tender):
        return no(say("A prepared decision waits for the decision maker."), mend=_page("awards:decision", procurement))
    return ready


def may_decide(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may decide the award: the decision maker, on what somebody else has prepared (INV-35)."""
    procurement = tender.procurement
    decider = may_act_as(Role.DECIDER, person, procurement)
    ready = decider and _can_be_awarded(tender)
    if not ready:
        return ready
    if tender.outcome.frozen_by_id == person.pk or has_judged(person, procurement):
        return no(
            say("You have judged the bids or computed the outcome. Somebody else decides the award."),
            mend=_page("procurements:team", procurement),
            source="policy",
        )
    proposal = open_proposal(tender)
    if proposal is None:
        return no(
            say("Nobody has prepared the decision yet. One person prepares it, another decides."),
            mend=_page("awards:decision", procurement),
            source="policy",
        )
    if proposal.prepared_by_id == person.pk:
        return no(
            say("You have prepared the decision yourself. Somebody else decides."),
            mend=_page("procurements:team", procurement),
            source="policy",
        )
    return YES


def may_return(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may return the prepared decision: who may decide on it, and who prepared it."""
    proposal = open_proposal(tender)
    if proposal is None:
        return no(say("No prepared decision waits."), mend=_page("awards:decision", tender.procurement))
    if proposal.prepared_by_id == person.pk:
        return may_work(person, tender.procurement)
    return may_decide(person, tender)


def may_report_to_board(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may note that the board was told: its officers, director and administrators."""
    if roles_of(person, organisation, at) & REPORTERS:
        return YES
    return no(
        say("Only a procurement officer, the director or an administrator of the organisation can do this."),
        source="policy",
    )


def _can_be_awarded(tender: Tender) -> Answer:
    """Answer whether there is something to decide: a frozen outcome with one bid in first place, and no decision yet."""
    procurement = tender.procurement
    if hasattr(tender, "award"):
        return no(say("The award has been decided already."))
    if has_happened(procurement, Kind.CONTRACT_SIGNED):
        return no(say("The contract has been concluded."), source="LOU 20 kap. 6 §")
    if not hasattr(tender, "outcome"):
        return no(
            say("The outcome has not been computed and frozen yet."), mend=_page("evaluation:outcome", procurement)
        )
    if tender.outcome.winner_id is None:
        return no(
            say("No single bid is in first place, so there is nothing to award."),
            mend=_page("evaluation:outcome", procurement),
            source="LOU 4 kap. 1 §, 16 kap. 1 §",
        )
    return YES


def is_notified(tender: Tender) -> bool:
    """Whether all bidders have been notified of the award that is in force."""
    return hasattr(tender, "award") and bool(tender.award.notifications.all())


def may_notify(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may send the notifications: the officer or the decision maker, once decided."""
    procurement = tender.procurement
    official = may_act_as(Role.OFFICER, person, procurement) or may_act_as(Role.DECIDER, person, procurement)
    if not official:
        return official
    if not hasattr(tender, "award"):
        return no(say("The award has not been decided yet."), mend=_page("awards:decision", procurement))
    if is_notified(tender):
        return no(say("All bidders have been notified already."))
    return YES


def may_send_letter(person: Person, notification: Notification) -> Answer:
    """Answer whether `person` may register a letter instead of a notification by mail that has not gone out."""
    procurement = notification.decision.tender.procurement
    official = may_act_as(Role.OFFICER, person, procurement) or may_act_as(Role.DECIDER, person, procurement)
    if not official:
        return official
    if notification.dispatched_at is not None:
        return no(say("The notification has been sent."))
    return YES


def may_register_review(person: Person, decision: AwardDecision) -> Answer:
    """Answer whether `person` may register a review case of the award: the officer or the decision maker."""
    procurement = decision.tender.procurement
    return may_act_as(Role.OFFICER, person, procurement) or may_act_as(Role.DECIDER, person, procurement)


def may_end_review(person: Person, review: ReviewCase) -> Answer:
    """Answer whether `person` may register an interim order or how a review case ended: who registers them, while it runs."""
    registers = may_register_review(person, review.decision)
    if registers and review.decided_on is not None:
        return no(say("How the case ended is registered. Another instance is a case of its own."))
    return registers


def may_revoke(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may revoke the award: the decision maker, until a contract is concluded."""
    procurement = tender.procurement
    decider = may_act_as(Role.DECIDER, person, procurement)
    if not decider:
        return decider
    if not hasattr(tender, "award"):
        return no(say("No award decision is in force."), mend=_page("awards:decision", procurement))
    if has_happened(procurement, Kind.CONTRACT_SIGNED):
        return no(say("The contract has been concluded. A contract ends by its own terms."), source="LOU 20 kap. 6 §")
    return YES


def may_read_notification(person: Person, notification: Notification, at: datetime) -> Answer:
    """Answer whether `person` reads a notification: those who bid for its supplier, and the team (OSL 31 kap. 16 §)."""
    own = may_bid_for(person, notification.bid.supplier, at)
    return own or may_work(person, notification.decision.tender.procurement)


def may_see_cancellation(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees the page on which a published procurement is cancelled: the team, once published."""
    access = may_work(person, procurement)
    if access and not has_happened(procurement, Kind.PUBLISHED):
        return no(
            say("The procurement is not published yet. Cancel it where it is described."),
            mend=_page("procurements:describe", procurement),
        )
    return access


def may_cancel(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may cancel a published procurement: the decision maker, until a contract is concluded."""
    seen = may_see_cancellation(person, procurement)
    if not seen:
        return seen
    decider = may_act_as(Role.DECIDER, person, procurement)
    if decider and has_happened(procurement, Kind.CONTRACT_SIGNED):
        return no(
            say("The contract has been concluded. A contract ends by its own terms, not by cancelling."),
            source="LOU 12 kap. 12 §, 20 kap. 6 §",
        )
    return decider


def may_open_notification(person: Person, notification: Notification, at: datetime) -> Answer:
    """Answer whether it is the receipt when `person` opens a notification: only somebody who bids for its supplier."""
    return may_bid_for(person, notification.bid.supplier, at)


def may_ask_for_documents(tender: Tender) -> Answer:
    """Answer whether anybody may ask for documents of the case here: as soon as it is on the public page (INV-27)."""
    if has_happened(tender.procurement, Kind.PUBLISHED):
        return YES
    return no(say("The procurement is not published yet. Ask the authority."))


def may_see_requests(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees the requests for documents: the team, once there is a public page to ask on."""
    access = may_work(person, procurement)
    if access and not has_happened(procurement, Kind.PUBLISHED):
        return no(say("The procurement is not published yet."))
    return access


def may_answer_requests(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` answers requests for documents: the officials of the case, also when all is over.

    Source: OSL 6 kap. 3 §: the official who has the care of the document tries it first.
    """
    access = may_work(person, procurement)
    if access and not team_roles(person, procurement) & CARERS:
        return no(
            say("The officer, the decision maker or the contract manager answers requests for documents."),
            mend=_page("procurements:team", procurement),
            source="OSL 6 kap. 3 §",
        )
    return access


def may_claim_secrecy(person: Person, bid: Bid, at: datetime) -> Answer:
    """Answer whether `person` may ask that a part of a bid is kept secret: who bids for its supplier, once it is opened."""
    own = may_bid_for(person, bid.supplier, at)
    if own and not has_happened(bid.tender.procurement, Kind.OPENED):
        return no(say("The bid is not opened yet: nobody can read it."), source="LOU 12 kap. 10 §")
    return own


def is_secrecy_over(procurement: Procurement) -> bool:
    """Whether what concerns the bids is no longer secret as a whole: the award is decided, or the procurement cancelled."""
    return has_happened(procurement, Kind.DECIDED) or has_happened(procurement, Kind.CANCELLED)


def may_hand_out(document: DiaryDocument, procurement: Procurement) -> Answer:
    """Answer whether a document can be handed out at all: what concerns the bids not before the award decision.

    Until then the secrecy is absolute, for the whole document; from then on it is tried part by part (OSL 19 kap. 3 §,
    31 kap. 16 §, INV-02).
    """
    if document.secrecy_note and not is_secrecy_over(procurement):
        return no(
            say("What concerns the bids is secret for everybody until the award decision."), source="OSL 19 kap. 3 §"
        )
    return YES


def standstill_basis(procurement: Procurement, stated_days: int | None = None) -> str:
    """Return the basis of the standstill: the procedure's own row.

    Only where that row has none can days that the authority states make a voluntary one (INV-22).
    """
    procedure = PROCEDURES[procurement.procedure]
    if stated_days is None or BASES[procedure.standstill].start is not Start.NONE:
        return procedure.standstill
    voluntary = (basis for basis in procedure.standstill_choices if BASES[basis].start is Start.SENT)
    return next(voluntary, procedure.standstill)


def computed_standstill(
    tender: Tender, reviews: Sequence[ReviewCase] | None = None, sent: Sequence[Notification] | None = None
) -> Computed[Standstill]:
    """Return the standstill of a tender's award, with what its review cases do to it, and the steps.

    Its value holds the last barred day and the first day on which a contract may be signed; while a case extends it the
    end is unknown (LOU 20 kap. 8–10 §§). `reviews` and `sent` are all of `reviews_of` and all notifications of the award
    in force, where they have been read already.
    """
    in_force = (each for each in (reviews_of(tender) if reviews is None else reviews) if each.decision.in_force_of_id)
    return after_reviews(plain_standstill(tender, sent), [each.counted for each in in_force])


def plain_standstill(tender: Tender, sent: Sequence[Notification] | None = None) -> Computed[Standstill]:
    """Return the standstill as it was notified, counted from the last notification sent (INV-21)."""
    notifications = _sent(tender) if sent is None else sent
    last = last_notice(tender.procurement, notifications)
    if isinstance(last.value, Unknown):
        return Computed(last.value, last.steps)
    stated_days = notifications[0].decision.stated_days
    counted = standstill(
        basis=standstill_basis(tender.procurement, stated_days),
        sent_on=last.value.sent_on,
        channel=last.value.channel,
        stated_days=stated_days,
    )
    return Computed(counted.value, last.steps + counted.steps)


def reviews_of(tender: Tender) -> list[ReviewCase]:
    """Return the review cases of a tender's awards, revoked ones too, by when the court got them."""
    found = ReviewCase.objects.filter(decision__tender=tender).prefetch_related("decision")  # hardly any award has one
    return list(found.order_by("received_on", "registered_at"))


def last_notice(procurement: Procurement, notifications: Sequence[Notification]) -> Computed[LastSending]:
    """Return the day of the last notification and the slowest channel; unknown while one has not gone out."""
    return last_sending(
        [Sending(sent_at=each.dispatched_at, channel=SendingChannel(each.sent_by)) for each in notifications],
        country=procurement.country,
    )


def may_conclude_contract(tender: Tender, on: date) -> Answer:
    """Answer whether a contract may be concluded on the day `on`: decided, all notified, the standstill over (INV-19)."""
    procurement = tender.procurement
    if not AwardDecision.objects.filter(in_force_of=tender).exists():
        return no(say("The award has not been decided yet."), mend=_page("awards:decision", procurement))
    found = computed_standstill(tender).value
    if isinstance(found, Unknown):
        return no(found.reason, mend=_page("awards:notices", procurement), source=found.source)
    if on < found.earliest_signing_on:
        return no(
            say(
                "The standstill runs. The contract can be signed on {earliest} at the earliest.",
                earliest=found.earliest_signing_on,
            ),
            mend=_page("awards:notices", procurement),
            source=found.basis.paragraph,
        )
    return YES


OF_A_SENDING = (
    *("channel", "sent_at", "letter_at"),
    *("decision__stated_days", "mail__sent_at", "mail__attempts"),
)
"""What says when and how a notification went out, and what standstill it stated."""


def _sent(tender: Tender) -> list[Notification]:
    sent = Notification.objects.filter(decision__in_force_of=tender).select_related("decision", "mail")
    return list(sent.only(*OF_A_SENDING).order_by("sent_at", "pk"))


def _page(name: str, procurement: Procurement) -> str:
    return reverse(name, kwargs={"procurement_id": procurement.pk})


def may_keep_delegations(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` keeps the list of the delegation order: an administrator of the organisation."""
    return may_administer(person, organisation, at)


def delegations_on(organisation: Organisation, on: date) -> list[DelegationPoint]:
    """Return the points of an organisation's delegation order that are valid on the day `on`."""
    found = DelegationPoint.objects.filter(organisation=organisation).select_related("person").order_by("point", "pk")
    return [each for each in found if each.holds_on(on)]


def has_delegations(organisation: Organisation) -> bool:
    """Whether the organisation keeps its delegation order here; then a decision rests on one of its points."""
    return DelegationPoint.objects.filter(organisation=organisation).exists()


def amount_of(tender: Tender, winner: Bid | None = None) -> tuple[Decimal | None, str]:
    """Return what an award may cost, without VAT, with its currency: the ceiling, else the estimated value; or None.

    Where a price is for the whole assignment, that of the `winner` where it is higher; None where the two are in different
    currencies.
    """
    whole = price_of_bid(winner, tender) if winner is not None and tender.price_unit == tender.Priced.TOTAL else None
    planned, currency = (
        (tender.ceiling, tender.currency)
        if tender.ceiling is not None
        else (tender.procurement.estimated_value, tender.procurement.currency)
    )
    if whole is None:
        return planned, currency
    if planned is None:
        return whole, tender.currency
    return (max(planned, whole) if currency == tender.currency else None), currency


def may_rest_on(
    delegation: str, tender: Tender, *, at: datetime, by: Person | None = None, winner: Bid | None = None
) -> Answer:
    """Answer whether a decision may rest on what is stated as its delegation.

    Where the organisation keeps no list anything may be written (policy). Where it does, it must be a point that is valid on
    the day; `by` is who decides and must hold it; an award to a `winner` must not cost more than it covers, and what can't be
    compared is refused, never guessed. Source: kommunallagen (2017:725) 6 kap. 37–38 §§ och 7 kap. 5 §, read at second hand.
    """
    procurement = tender.procurement
    organisation, mend = procurement.buyer, reverse("awards:delegations", args=[procurement.buyer_id])
    if not has_delegations(organisation):
        return YES
    valid = delegations_on(organisation, local_date(at, organisation.calendar))
    point = next((each for each in valid if str(each) == delegation.strip()), None)
    if point is None:
        return no(
            say("Choose a point of the delegation order that is valid today. The list is kept by an administrator."),
            mend=mend,
            source=DELEGATION_SOURCE,
        )
    if by is not None and not _holds(by, point, at):
        return no(
            say("{point} is held by {holder}, not by you.", point=str(point), holder=point.holder),
            mend=mend,
            source=DELEGATION_SOURCE,
        )
    return _is_within(point, tender, winner, mend) if winner is not None else YES


def _holds(person: Person, point: DelegationPoint, at: datetime) -> bool:
    if point.person_id is not None:
        return point.person_id == person.pk
    return point.role in roles_of(person, point.organisation, at)


def _is_within(point: DelegationPoint, tender: Tender, winner: Bid, mend: str) -> Answer:
    if point.up_to is None:
        return YES
    amount, currency = amount_of(tender, winner)
    if amount is None or currency != point.currency:
        return no(
            say("{point} has a limit, and what the award may cost can't be compared with it.", point=str(point)),
            mend=mend,
            source=DELEGATION_SOURCE,
        )
    if amount > point.up_to:
        return no(
            say(
                "{point} covers up to {limit} {currency}, and the award may cost {amount} {currency}. Somebody with a higher limit decides, or the board.",
                point=str(point),
                limit=Amount(point.up_to),
                amount=Amount(amount),
                currency=currency,
            ),
            mend=mend,
            source=DELEGATION_SOURCE,
        )
    return YES
