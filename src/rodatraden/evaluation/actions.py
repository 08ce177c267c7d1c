"""The verbs of the evaluation: check, start the judging, lock the quality, compute and freeze."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions import lock_consensus, make_model, start_round
from rodatraden.bids.models import Bid
from rodatraden.core import evaluation as core
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json
from rodatraden.core.message import say
from rodatraden.evaluation.models import BidItem, FrozenOutcome, RequirementCheck, TenderRound
from rodatraden.evaluation.queries import check_cells, criteria_of, evaluation_bids, published_model
from rodatraden.evaluation.rules import Kind, Role, may_check, may_freeze, may_start_round
from rodatraden.procurements.actions import record_fact
from rodatraden.records.actions import record_event
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import Round
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


def check_requirement(
    *, bid: Bid, requirement: Requirement, is_met: bool, evidence: str, reason: str, by: Person, at: datetime
) -> RequirementCheck:
    """Check a published must requirement in a bid, with the evidence and the reason; the latest check counts.

    A bid is never rejected without a stated requirement and evidence (INV-12). The bid itself never changes.

    Raises:
        RefusedError: `by` may not check now, the requirement is not a published must, or evidence or reason is missing.
    """
    procurement = bid.tender.procurement
    require(may_check(by, procurement))
    if requirement.tender_id != bid.tender_id or requirement.kind != Requirement.Kind.MUST or requirement.struck_at:
        raise RefusedError(no(say("Only a published must requirement can be checked."), source="LOU 4 kap. 10 §"))
    if not evidence.strip() or not reason.strip():
        raise RefusedError(no(say("Write where in the bid it shows, and why that is enough or not.")))
    with transaction.atomic():
        check = RequirementCheck.objects.create(
            bid=bid,
            requirement=requirement,
            is_met=is_met,
            evidence=evidence,
            reason=reason,
            checked_at=at,
            checked_by=by,
        )
        record_event(
            "requirement_checked",
            of=check,
            by=by,
            at=at,
            case=procurement.pk,
            what={"bid": bid.pk, "requirement": requirement.pk, "is_met": is_met},
        )
    return check


def start_evaluation_round(*, tender: Tender, by: Person, at: datetime) -> Round:
    """Start the round in which the evaluators judge all bids by the published criteria; `by` leads it.

    Raises:
        RefusedError: `by` may not, an evaluator has not declared anew, there is no bid, or the round has started.
    """
    procurement = tender.procurement
    require(may_start_round(by, procurement))
    if TenderRound.objects.filter(tender=tender).exists():
        raise RefusedError(no(say("The judging has started already.")))
    bids = list(Bid.objects.filter(tender=tender).select_related("supplier").order_by("number"))
    if not bids:
        raise RefusedError(no(say("There is no bid to judge.")))
    assessors = [m.person for m in procurement.team.all() if m.role == Role.EVALUATOR and m.removed_at is None]
    with transaction.atomic():
        model = make_model(title=procurement.title, criteria=criteria_of(tender), by=by, at=at)
        assessed = start_round(
            title=procurement.title,
            model=model,
            leader=by,
            assessors=assessors,
            labels=[str(bid) for bid in bids],
            by=by,
            at=at,
            case=procurement.pk,
        )
        TenderRound.objects.create(tender=tender, round=assessed)
        items = list(assessed.items.order_by("number"))
        BidItem.objects.bulk_create(BidItem(bid=bid, item=item) for bid, item in zip(bids, items, strict=True))
    return assessed


def lock_quality(*, tender: Tender, by: Person, at: datetime) -> Round:
    """Lock the consensus on quality; only after this can prices be opened (INV-13).

    Raises:
        RefusedError: the judging has not started, `by` does not lead it, or something has no consensus.
    """
    assessment = TenderRound.objects.select_related("round__model").filter(tender=tender).first()
    if assessment is None:
        raise RefusedError(no(say("The judging has not started yet.")))
    with transaction.atomic():
        assessed = lock_consensus(assessed=assessment.round, by=by, at=at)
        record_fact(procurement=tender.procurement, kind=Kind.CONSENSUS_LOCKED, by=by, at=at)
    return assessed


def freeze_outcome(*, tender: Tender, by: Person, at: datetime) -> FrozenOutcome:
    """Compute the outcome exactly by the published model and freeze it with the hash of its inputs.

    A tie for first place freezes without a winner: the decision stops until a published rule breaks it. The program
    computes; a named person decides (INV-35).

    Raises:
        RefusedError: `by` may not now, a check is missing, or something cannot be counted.
    """
    require(may_freeze(by, tender.procurement))
    unchecked = next((cell for cell in check_cells(tender) if cell.check is None), None)
    if unchecked is not None:
        raise RefusedError(
            no(
                say(
                    "{requirement} has not been checked in the bid of {supplier}.",
                    requirement=unchecked.requirement.label,
                    supplier=unchecked.bid.supplier.name,
                ),
                mend="evaluation:checks",
                source="LOU 4 kap. 10 §",
            )
        )
    model, bids = published_model(tender), evaluation_bids(tender)
    try:
        outcome = core.evaluate(model, bids)
    except core.InputError as error:
        raise RefusedError(no(error.reason, mend="evaluation:outcome", source=error.source)) from error
    winner = Bid.objects.get(pk=outcome.value.winner) if outcome.value.winner else None
    with transaction.atomic():
        frozen = FrozenOutcome.objects.create(
            tender=tender,
            inputs=canonical_json(core.inputs(model, bids)).decode("utf-8"),
            inputs_sha256=outcome.inputs_hash,
            winner=winner,
            frozen_at=at,
            frozen_by=by,
        )
        record_fact(
            procurement=tender.procurement,
            kind=Kind.OUTCOME_FROZEN,
            by=by,
            at=at,
            what={"inputs": outcome.inputs_hash, "outcome": outcome.hash},
        )
    return frozen
