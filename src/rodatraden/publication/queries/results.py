"""How it was decided: from the notification on, every score, reason, price and sum; before it nothing (INV-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from rodatraden.awards.queries import decision_of
from rodatraden.awards.rules import computed_standstill, is_notified
from rodatraden.bids.queries import opened_bids, price_of_bid
from rodatraden.evaluation.queries import frozen_outcome, judged, told, valued
from rodatraden.tenders.queries import fixed_price_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from rodatraden.awards.models import AwardDecision
    from rodatraden.core.calendars import Standstill, Unknown
    from rodatraden.core.evaluation import BidResult, Unit
    from rodatraden.evaluation.queries import Judged
    from rodatraden.tenders.models import Tender


@dataclass(frozen=True, slots=True)
class BidLine:
    """One bid in the published result: its place and sums, its price, what it got with the reasons, and the sum in steps."""

    result: BidResult
    price: Decimal | None
    scores: Sequence[Judged]
    steps: Sequence[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class PublicResult:
    """A decision that all bidders have been notified of; `fixed_price` in words where the documents state one."""

    decision: AwardDecision
    fixed_price: str
    unit: Unit
    criteria: tuple[str, ...]
    bids: tuple[BidLine, ...]
    standstill: Standstill | Unknown
    inputs_sha256: str


def result_of(tender: Tender) -> PublicResult | None:
    """Return the published result, or None before all bidders have been notified.

    What the bids and CVs hold is not in it: their secrecy is tried document by document (OSL 31 kap. 16 §).
    """
    if not is_notified(tender):
        return None
    counted, decision = frozen_outcome(tender), decision_of(tender)
    if counted is None or counted.frozen is None or decision is None:
        return None
    prices = {bid.key: bid.price for bid in counted.bids}
    if tender.has_fixed_price:
        prices |= {str(bid.pk): price_of_bid(bid, tender) for bid in opened_bids(tender)}
    scores = judged(tender)
    return PublicResult(
        decision=decision,
        fixed_price=fixed_price_of(tender),
        unit=counted.model.combination.unit,
        criteria=tuple(criterion.label for criterion in counted.model.criteria),
        bids=tuple(
            BidLine(
                result,
                prices[result.key],
                scores.get(UUID(result.key), ()),
                [(line.text, line.value) for line in told(result)],
                "" if result.value is None else valued(result.value, result.unit),
            )
            for result in counted.outcome.results
        ),
        standstill=computed_standstill(tender).value,
        inputs_sha256=counted.frozen.inputs_sha256,
    )
