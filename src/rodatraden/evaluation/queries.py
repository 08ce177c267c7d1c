"""Named reads of the evaluation: checks, what is left, and the outcome with its steps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.assessments.queries import latest_consensus
from rodatraden.bids.models import Bid, RequirementAnswer
from rodatraden.core import evaluation as core
from rodatraden.core.canonical import read_canonical
from rodatraden.evaluation.models import BidItem, FrozenOutcome, RequirementCheck, TenderRound
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.queries import latest_snapshot, read_snapshot

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.tenders.models import Tender


@dataclass(frozen=True, slots=True)
class CheckCell:
    """One must requirement in one bid: what the bid says of it, and the check that counts."""

    bid: Bid
    requirement: Requirement
    answer: RequirementAnswer | None
    check: RequirementCheck | None


def musts(tender: Tender) -> list[Requirement]:
    """Return the must requirements that a bid is checked against."""
    return list(
        Requirement.objects.filter(tender=tender, kind=Requirement.Kind.MUST, struck_at=None).order_by("number")
    )


def check_cells(tender: Tender) -> list[CheckCell]:
    """Return every bid × must requirement, in a constant number of queries."""
    bids = list(Bid.objects.filter(tender=tender).select_related("supplier").order_by("number"))
    answers = {(a.bid_id, a.requirement_id): a for a in RequirementAnswer.objects.filter(bid__tender=tender)}
    latest = latest_checks(tender)
    return [
        CheckCell(bid, must, answers.get((bid.pk, must.pk)), latest.get((bid.pk, must.pk)))
        for bid in bids
        for must in musts(tender)
    ]


def latest_checks(tender: Tender) -> dict[tuple[UUID, UUID], RequirementCheck]:
    """Return the check that counts, the latest, by bid and requirement."""
    checks = RequirementCheck.objects.filter(bid__tender=tender).select_related("checked_by", "requirement")
    return {(check.bid_id, check.requirement_id): check for check in checks.order_by("checked_at", "pk")}


def failed_checks(tender: Tender) -> dict[UUID, RequirementCheck]:
    """Return, for each bid that fails a must, the first one that it fails (INV-12)."""
    failed: dict[UUID, RequirementCheck] = {}
    for check in sorted(latest_checks(tender).values(), key=lambda check: check.requirement.number):
        if not check.is_met:
            failed.setdefault(check.bid_id, check)
    return failed


def evaluation_bids(tender: Tender) -> list[core.Bid]:
    """Return the bids as the calculation takes them: consensus points, price, and a person's reason if not qualified."""
    failed = failed_checks(tender)
    assessment = TenderRound.objects.select_related("round__model").get(tender=tender)
    agreed = latest_consensus(assessment.round)
    criteria = {criterion.pk: criterion.key for criterion in assessment.round.model.criteria.all()}
    items = dict(BidItem.objects.filter(bid__tender=tender).values_list("bid", "item"))
    bids = Bid.objects.filter(tender=tender).select_related("supplier", "price").order_by("number")
    return [
        core.Bid(
            key=str(bid.pk),
            name=bid.supplier.name,
            price=bid.price.amount if hasattr(bid, "price") else None,
            scores={
                criteria[criterion]: consensus.points
                for (item, criterion), consensus in agreed.items()
                if item == items.get(bid.pk)
            },
            not_qualified=_reason(failed.get(bid.pk), bid),
        )
        for bid in bids
    ]


def published_model(tender: Tender) -> core.Model:
    """Return the evaluation model as it was published, never the one that lies in the working documents (INV-08)."""
    snapshot = latest_snapshot(tender)
    if snapshot is None:
        msg = "The tender has not been published"
        raise LookupError(msg)
    return core.Model.from_json(read_snapshot(snapshot)["documents"]["evaluation_model"])


def frozen_outcome(tender: Tender) -> tuple[FrozenOutcome, core.Outcome] | None:
    """Return the frozen outcome and the calculation made again from its inputs, which must give the same hash.

    Raises:
        ValueError: the inputs do not give the hash they were frozen with.
    """
    frozen = FrozenOutcome.objects.select_related("winner__supplier", "frozen_by").filter(tender=tender).first()
    if frozen is None:
        return None
    model, bids = core.read_inputs(read_canonical(frozen.inputs.encode()))
    outcome = core.evaluate(model, bids)
    if outcome.inputs_hash != frozen.inputs_sha256:
        msg = f"The outcome of {tender.pk} does not agree with its inputs"
        raise ValueError(msg)
    return frozen, outcome


def criteria_of(tender: Tender) -> list[dict[str, object]]:
    """Return the published award criteria as a quality model takes them, in the order of the documents."""
    snapshot = latest_snapshot(tender)
    content = read_snapshot(snapshot) if snapshot else {"requirements": []}
    scales = {criterion.key: criterion.scale for criterion in published_model(tender).criteria}
    return [
        {
            "key": row["id"],
            "title": row["title"],
            "question": row["question"],
            "min_points": scales[row["id"]].lowest,
            "max_points": scales[row["id"]].highest,
            "step": scales[row["id"]].step,
            "steps": json.loads(json.dumps(row["scale"])),
        }
        for row in content["requirements"]
        if row["id"] in scales
    ]


def _reason(failed: RequirementCheck | None, bid: Bid) -> str | None:
    if failed is not None:
        return f"{failed.requirement.label} {failed.requirement.title}: {failed.reason}"
    return str(bid.index["unreadable"]) if bid.index.get("unreadable") else None
