"""The verbs of the panel that agrees: write the consensus down, lock it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from rodatraden.assessments.actions.holding import alone, require_in_model
from rodatraden.assessments.models import Consensus
from rodatraden.assessments.queries import consensus_completeness, latest_consensus
from rodatraden.assessments.rules import assessors_of, may_record_consensus
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.assessment import check_score
from rodatraden.core.canonical import canonical_hash, canonical_json
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.assessments.models import Criterion, Item, PanelMember, Round
    from rodatraden.parties.models import Person


def record_consensus(
    *,
    item: Item,
    criterion: Criterion,
    points: Decimal,
    reason: str,
    present: Sequence[PanelMember],
    by: Person,
    at: datetime,
    strengths: str = "",
    improvements: str = "",
) -> Consensus:
    """Write down what the panel agreed on, with the reason and who took part; a new record each time.

    It is never computed from the individual scores, which stay as they were given.

    Raises:
        RefusedError: `by` may not, nobody of the panel took part, the points lie outside the scale or have no reason.
    """
    with transaction.atomic():
        assessed = alone(item.round_id)
        require(may_record_consensus(by, assessed))
        require_in_model(assessed, criterion)
        problem = check_score(criterion.scale, points, reason)
        if problem:
            raise RefusedError(no(problem.reason))
        if not present or not set(present) <= set(assessors_of(assessed)):
            raise RefusedError(no(say("Say which of the assessors took part in the consensus.")))
        last = Consensus.objects.filter(item=item, criterion=criterion).aggregate(last=Max("number"))["last"]
        consensus = Consensus.objects.create(
            item=item,
            criterion=criterion,
            number=(last or 0) + 1,
            points=points,
            reason=reason.strip(),
            strengths=strengths.strip(),
            improvements=improvements.strip(),
            decided_at=at,
            written_by=by,
        )
        consensus.present.set(present)
        record_event(
            "consensus_recorded",
            of=consensus,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"number": consensus.number, "consensus_sha256": canonical_hash(_agreed(consensus))},
        )
    return consensus


def lock_consensus(*, assessed: Round, by: Person, at: datetime) -> Round:
    """Lock the consensus of a round: every item × criterion has one; nothing is agreed anew after (INV-09, INV-13).

    Raises:
        RefusedError: `by` may not, or something has no consensus.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_record_consensus(by, assessed))
        done = consensus_completeness(assessed)
        if not done.is_complete:
            raise RefusedError(no(done.summary, source="LOU 16 kap. 1 §"))
        assessed.consensus_locked_at = at
        assessed.save(update_fields=["consensus_locked_at"])
        agreed = sorted((_agreed(record) for record in latest_consensus(assessed).values()), key=canonical_json)
        record_event(
            "consensus_locked",
            of=assessed,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"agreed_sha256": canonical_hash(agreed)},
        )
    return assessed


def _agreed(record: Consensus) -> dict[str, object]:
    """Return what the ledger's hash of a consensus commits to."""
    return {
        "item": record.item_id,
        "criterion": record.criterion_id,
        "number": record.number,
        "points": record.points,
        "reason": record.reason,
        "strengths": record.strengths,
        "improvements": record.improvements,
    }
