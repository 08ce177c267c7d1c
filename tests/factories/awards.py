"""An award decided and notified: `make_awarded()` gives the whole world, with the standstill running."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from rodatraden.awards.actions import (
    ask_for_documents,
    claim_secrecy,
    decide_award,
    enter_delegation,
    notify_bidders,
    prepare_decision,
    register_review,
    revoke_award,
)
from rodatraden.awards.models import AwardDecision, DecisionProposal, DelegationPoint, ReviewCase, Revocation
from rodatraden.awards.queries import intended_winner, parts_of
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Membership
from tests.factories.evaluation import PRICES, SCORES, SUPPLIERS, World, make_outcome
from tests.factories.memory import remembered
from tests.factories.parties import make_person
from tests.factories.tenders import ADDITION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation import Combination
    from rodatraden.records.models import AccessRequest, SecrecyClaim

WITHOUT_PROOF = "Bevisen lämnades i en upphandling förra månaden."
REASONS = "Anbudet har lägst utvärderingspris: högst kvalitet uppväger ett högre timpris."


def award(world: World, *, at: datetime | None = None, proposal: DecisionProposal | None = None) -> AwardDecision:
    """Let the director decide what the officer prepared, four days after the opening unless said."""
    proposal = proposal or prepare(world, at=at)
    return decide_award(
        proposal=proposal,
        reasons=proposal.reasons,
        delegation=proposal.delegation,
        by=world.case.decider,
        at=at or world.opened_at + timedelta(days=4),
    )


def prepare(world: World, *, at: datetime | None = None, reasons: str = REASONS) -> DecisionProposal:
    """Let the officer prepare the decision for the bid in first place."""
    tender = world.fresh_tender()
    return prepare_decision(
        tender=tender,
        winner=intended_winner(tender),
        reasons=reasons,
        delegation="Delegationsordningen punkt 4.2",
        without_proof=WITHOUT_PROOF,
        by=world.case.officer,
        at=at or world.opened_at + timedelta(days=4),
    )


def notify(world: World, decision: AwardDecision, *, at: datetime | None = None) -> None:
    """Notify all bidders at one instant, an hour after the decision unless said."""
    fresh = AwardDecision.objects.select_related("tender__procurement").get(pk=decision.pk)
    notify_bidders(decision=fresh, by=world.case.officer, at=at or decision.decided_at + timedelta(hours=1))


@remembered
def make_awarded(
    prices: Sequence[int | str] = PRICES,
    scores: Sequence[Sequence[int | str]] = SCORES,
    *,
    notified_at: datetime | None = None,
    weighing: Combination = ADDITION,
    language: str = "sv",
    suppliers: Sequence[str] = SUPPLIERS,
) -> World:
    """Bids opened, judged, awarded and notified; `notified_at` moves the notification (never before the decision)."""
    world = make_outcome(prices, scores, weighing=weighing, language=language, suppliers=suppliers)
    decision = award(world)
    notify(world, decision, at=notified_at)
    world.tender = world.fresh_tender()
    return world


def review(
    world: World,
    *,
    received_on: date | None = None,
    kind: ReviewCase.Kind = ReviewCase.Kind.PROCUREMENT,
    instance: ReviewCase.Instance = ReviewCase.Instance.FIRST,
    number: str = "4711-26",
    at: datetime | None = None,
) -> ReviewCase:
    """Let the officer register that a review case came to the first court, the day after the notification unless said."""
    decision = AwardDecision.objects.select_related("tender").get(in_force_of=world.tender)
    sent_at = decision.notifications.order_by("sent_at")[0].sent_at
    received_on = received_on or local_date(sent_at + timedelta(days=1))
    return register_review(
        decision=decision,
        kind=kind,
        instance=instance,
        court="Förvaltningsrätten i Östersund",
        number=number,
        received_on=received_on,
        by=world.case.officer,
        at=at or max(sent_at, datetime.combine(received_on, time(12), tzinfo=UTC)),
    )


def revoke(
    world: World, *, cause: Revocation.Cause = Revocation.Cause.WITHDREW, at: datetime | None = None
) -> Revocation:
    """Let the director revoke the award in force, a day after it unless said."""
    decision = AwardDecision.objects.select_related("tender").get(in_force_of=world.tender)
    return revoke_award(
        decision=decision,
        cause=cause,
        reason="Leverantören har skrivit att den inte kan utföra uppdraget.",
        delegation="Delegationsordningen punkt 4.2",
        by=world.case.decider,
        at=at or decision.decided_at + timedelta(days=1),
    )


def enter_point(world: World, **changes: Any) -> DelegationPoint:
    """Let an administrator enter a point of the delegation order: the director, up to a million, from long before."""
    buyer = world.procurement.buyer
    administrator = make_person(organisation=buyer, role=Membership.Role.ADMINISTRATOR)
    return enter_delegation(
        organisation=buyer,
        **{
            "point": "4.2",
            "covers": "Tilldelningsbeslut",
            "up_to": None,
            "currency": "SEK",
            "role": Membership.Role.DIRECTOR,
            "person": None,
            "source": "Delegationsordningen, styrelsen 2026-03-12 § 14",
            "valid_from_on": date(2026, 1, 1),
            "valid_to_on": None,
            "by": administrator,
            "at": world.opened_at,
        }
        | changes,
    )


TOKEN = "hemlig-lank"
LINK = f"/begaran/#{TOKEN}"
"""The secret of the link by which a request of the factory is followed."""


def ask(world: World, *, wanted: str = "Anbudet från vinnaren", token: str = TOKEN, at: datetime) -> AccessRequest:
    """Let somebody ask for documents of the case, without an account."""
    return ask_for_documents(tender=world.fresh_tender(), wanted=wanted, token=token, by=None, at=at)


def claim(world: World, *, number: int, at: datetime) -> SecrecyClaim:
    """Let the supplier of a bid claim that a name in its first file is secret."""
    bid = next(each for each in world.bids if each.number == number)
    bid.tender = world.fresh_tender()
    part = parts_of(bid)[-1]
    return claim_secrecy(
        bid=bid,
        file=part[2].pk,
        place="Sidan 2, kundens namn",
        reason="Kunden är inte offentlig.",
        harm="En konkurrent kunde ta kunden.",
        by=bid.submission.submitted_by,
        at=at,
    )
