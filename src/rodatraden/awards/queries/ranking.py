"""Which bid can be awarded: first place of the frozen outcome, or the next one when the winner has fallen away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from rodatraden.awards.models import AwardDecision, Revocation
from rodatraden.bids.models import Bid
from rodatraden.core.answer import YES, Answer, no, require
from rodatraden.core.message import say
from rodatraden.evaluation.queries import (
    check_cells,
    failed_checks,
    frozen_outcome,
    has_asked_for_proof,
    left_for_first,
    left_to_assess,
    left_to_prove,
    put_out,
)
from rodatraden.evaluation.rules import is_proof_asked_by_law
from rodatraden.tenders.queries import tender_of

if TYPE_CHECKING:
    from rodatraden.core.evaluation import BidResult
    from rodatraden.evaluation.models import Proof
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender


def left_in_rank(tender: Tender) -> list[BidResult]:
    """Return the ranked bids of the frozen outcome that can still be awarded, in its order, which is never computed anew.

    Those fall away whose award was revoked for their own sake, those that fail a must that was checked later (INV-12), and
    those that were put out later: excluded, or without the proof that they were asked for (LOU 13 kap. 7 §, 15 kap. 4 §).

    Raises:
        ValueError: the inputs do not give the outcome that they were frozen with.
    """
    counted = frozen_outcome(tender)
    if counted is None:
        return []
    revoked = AwardDecision.objects.filter(tender=tender, revocation__cause__in=Revocation.FALLS_AWAY)
    fallen = {*revoked.values_list("winner_id", flat=True), *failed_checks(check_cells(tender)), *put_out(tender)}
    return [
        each for each in counted.outcome.results if each.place is not None and each.key not in set(map(str, fallen))
    ]


def has_next(tender: Tender) -> Answer:
    """Answer whether one bid can be awarded now: alone in its place, with all checked that is checked before the award."""
    try:
        left = left_in_rank(tender)
    except ValueError:
        return no(
            say("The frozen outcome does not agree with what it was computed from. Nothing can be decided on it.")
        )
    if not left:
        return no(
            say("No bid is left that can be awarded. What may be done: cancel the procurement with the reason."),
            mend=reverse("awards:cancel", args=[tender.procurement_id]),
        )
    if len(left) > 1 and left[0].place == left[1].place:
        return no(
            say("Two or more bids share the next place, and no published rule sets them apart."),
            source="LOU 4 kap. 1 §, 16 kap. 1 §",
        )
    unchecked = left_for_first(check_cells(tender), [left[0].key])
    if unchecked:
        return no(
            say(
                "{supplier} is next. Check first in its bid what is checked before the award.",
                supplier=unchecked[0].bid.supplier.name,
            ),
            mend=reverse("evaluation:check", args=[unchecked[0].bid.pk, unchecked[0].requirement.pk]),
            source="LOU 4 kap. 12 §, 15 kap. 4 §",
        )
    return _has_proved(tender, UUID(left[0].key))


def _has_proved(tender: Tender, key: UUID) -> Answer:
    """Answer whether nothing that the bid was asked for is left: proof that nobody has accepted, a question not assessed."""
    bid = Bid.objects.select_related("supplier").get(pk=key)
    left = left_to_prove(bid)
    if left:
        return no(
            say(
                "{supplier} is next. Of the proof that was asked for is left: {left}",
                supplier=bid.supplier.name,
                left="; ".join(f"{proof.about}, {proof.what} ({proof.state.label})" for proof in left),
            ),
            mend=reverse("evaluation:proofs", args=[tender.procurement_id]),
            source="LOU 15 kap. 4 §",
        )
    if any(inquiry.bid_id == key for inquiry in left_to_assess(tender)):
        return no(
            say("{supplier} is next. A question to it is not assessed.", supplier=bid.supplier.name),
            mend=reverse("evaluation:inquiries", args=[tender.procurement_id]),
            source="LOU 4 kap. 9 §, 13 kap. 4 §",
        )
    return YES


@dataclass(frozen=True, slots=True)
class ProofLeft:
    """How far the proof of the intended winner has come: whether any was asked for, and what nobody has accepted yet."""

    is_asked: bool
    left: list[Proof]
    is_asked_by_law: bool

    @property
    def is_wanting(self) -> bool:
        """Whether the law says that proof shall be asked for, and none has been."""
        return self.is_asked_by_law and not self.is_asked


def proof_of(tender: Tender, following: BidResult | None) -> ProofLeft | None:
    """Return how far the proof of the bid that is next has come; None while no bid is, or an award is in force."""
    if following is None or hasattr(tender, "award"):
        return None
    bid = Bid.objects.get(pk=following.key)
    return ProofLeft(has_asked_for_proof(bid), left_to_prove(bid), is_proof_asked_by_law(tender.procurement))


def lacks_proof_by_law(tender: Tender, winner: Bid) -> bool:
    """Whether the law says that the winner shall be asked for proof before the award, and nothing has been asked for."""
    return is_proof_asked_by_law(tender.procurement) and not has_asked_for_proof(winner)


def is_proof_asked_for(tender: Tender, winner: Bid) -> Answer:
    """Answer whether the winner has been asked for proof, where the law says that it shall be (LOU 15 kap. 4 §).

    No lawyer has checked how the paragraph is used here, so a person may go on with a reason on record.
    """
    if not lacks_proof_by_law(tender, winner):
        return YES
    return no(
        say("No proof has been asked for. Ask the intended winner, or write why the award is decided without."),
        mend="without_proof",
        source="LOU 15 kap. 4 §",
    )


def offer_next(sender: object, procurement: Procurement, **_: object) -> Bid | None:
    """Answer which bid the award is about to be decided for: alone in its place, while no award is in force."""
    del sender
    tender = tender_of(procurement)
    if tender is None or AwardDecision.objects.filter(in_force_of=tender).exists():
        return None
    try:
        left = left_in_rank(tender)
    except ValueError:
        return None
    if not left or (len(left) > 1 and left[0].place == left[1].place):
        return None
    return Bid.objects.select_related("supplier").get(pk=left[0].key)


def next_in_rank(tender: Tender) -> BidResult | None:
    """Return the bid that is next, also while something has to be checked in it first; None when none can be."""
    try:
        return next(iter(left_in_rank(tender)), None)
    except ValueError:
        return None


def intended_winner(tender: Tender) -> Bid:
    """Return the bid that the decision can be made for.

    Raises:
        RefusedError: there is none.
    """
    require(has_next(tender))
    return Bid.objects.select_related("supplier").get(pk=left_in_rank(tender)[0].key)
