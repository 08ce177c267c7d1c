"""The verbs of judging: make a model, start a round, score alone, agree, lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from rodatraden.assessments.models import (
    Consensus,
    Criterion,
    IndividualScore,
    Item,
    PanelMember,
    QualityModel,
    Round,
)
from rodatraden.assessments.queries import consensus_completeness, left_to_score, scale_of
from rodatraden.assessments.rules import Role, may_lead, may_record_consensus, may_score, member_as
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.assessment import check_score
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.parties.models import Person


def make_model(*, title: str, criteria: Sequence[dict[str, object]], by: Person, at: datetime) -> QualityModel:
    """Make a quality model from its criteria: key, title, question, min_points, max_points, step, steps; frozen by its hash.

    A model in use is never changed: the same title gets the next version.
    """
    canonical = canonical_json({"title": title, "criteria": list(criteria)})
    with transaction.atomic():
        last = QualityModel.objects.filter(title=title).aggregate(last=Max("version"))["last"]
        model = QualityModel.objects.create(
            title=title,
            version=(last or 0) + 1,
            canonical=canonical.decode("utf-8"),
            sha256=sha256_hex(canonical),
            made_at=at,
        )
        Criterion.objects.bulk_create(
            Criterion(model=model, number=number, **criterion) for number, criterion in enumerate(criteria, start=1)
        )
        record_event("quality_model_made", of=model, by=by, at=at, what={"sha256": model.sha256})
    return model


def start_round(
    *,
    title: str,
    model: QualityModel,
    leader: Person,
    assessors: Sequence[Person],
    labels: Sequence[str],
    by: Person,
    at: datetime,
    case: UUID | None = None,
) -> Round:
    """Start a round in which `assessors` judge the things labelled `labels`; the later room holds what they are.

    Raises:
        RefusedError: nobody assesses, or there is nothing to judge.
    """
    if not assessors or not labels:
        raise RefusedError(no(say("A round needs at least one assessor and one thing to judge.")))
    with transaction.atomic():
        assessed = Round.objects.create(title=title, model=model, case=case, started_at=at)
        PanelMember.objects.create(round=assessed, person=leader, role=Role.LEADER)
        PanelMember.objects.bulk_create(
            PanelMember(round=assessed, person=person, role=Role.ASSESSOR) for person in assessors
        )
        Item.objects.bulk_create(
            Item(round=assessed, number=number, label=label) for number, label in enumerate(labels, start=1)
        )
        record_event(
            "round_started",
            of=assessed,
            by=by,
            at=at,
            case=case,
            what={"model": model.sha256, "assessors": [person.pk for person in assessors], "items": len(labels)},
        )
    return assessed


def save_score(
    *,
    item: Item,
    criterion: Criterion,
    points: Decimal | None,
    reason: str,
    by: Person,
    at: datetime,
    strengths: str = "",
    improvements: str = "",
) -> IndividualScore:
    """Save the person's own points and reason for one criterion of one item; a draft until handed in.

    Points may wait; when they are given they lie on the scale. Drafts leave no ledger entry: handing in does.

    Raises:
        RefusedError: the person may not score here (INV-14), or the points lie outside the scale.
    """
    require(may_score(by, item.round))
    _require_in_model(item.round, criterion)
    problem = check_score(scale_of(criterion), points, reason or "-") if points is not None else None
    if problem:
        raise RefusedError(no(problem.reason))
    score, _ = IndividualScore.objects.update_or_create(
        item=item,
        criterion=criterion,
        assessor=member_as(by, item.round, Role.ASSESSOR),
        defaults={
            "points": points,
            "reason": reason,
            "strengths": strengths,
            "improvements": improvements,
            "saved_at": at,
        },
    )
    return score


def submit_scores(*, assessed: Round, by: Person, at: datetime) -> PanelMember:
    """Hand in one's scores, all of them with reasons; they can't be changed after. The last one locks the round's part.

    Raises:
        RefusedError: the person may not score here, or something is left without points or reason.
    """
    require(may_score(by, assessed))
    left = left_to_score(by, assessed)
    if left:
        item, criterion = left[0]
        raise RefusedError(
            no(
                say(
                    "{n} scores lack points or reason. The first is {criterion} for {item}.",
                    n=len(left),
                    criterion=criterion.title,
                    item=item.label,
                )
            )
        )
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=assessed.pk)
        member = locked.panel.get(person=by, role=Role.ASSESSOR, removed_at=None)
        member.submitted_at = at
        member.save(update_fields=["submitted_at"])
        given = [
            {"item": score.item_id, "criterion": score.criterion.key, "points": score.points}
            for score in member.scores.select_related("criterion").order_by("item__number", "criterion__number")
        ]
        record_event(
            "scores_submitted", of=member, by=by, at=at, case=locked.case, what={"scores": given}, is_sealed=True
        )
        if not locked.panel.filter(role=Role.ASSESSOR, removed_at=None, submitted_at=None).exists():
            locked.individual_locked_at = at
            locked.save(update_fields=["individual_locked_at"])
            record_event("individual_scores_locked", of=locked, by=by, at=at, case=locked.case)
    return member


def go_on_without(*, member: PanelMember, reason: str, by: Person, at: datetime) -> PanelMember:
    """Go on without an assessor who has not handed in; what that person has written stays on record, unread.

    Raises:
        RefusedError: `by` does not lead, no reason is given, the scores are in, or nobody would be left.
    """
    assessed = member.round
    require(may_lead(by, assessed))
    if not reason.strip():
        raise RefusedError(no(say("Say why the round goes on without this assessor.")))
    if member.submitted_at is not None or assessed.individual_locked_at is not None:
        raise RefusedError(no(say("The scores have been handed in and stay.")))
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=assessed.pk)
        others = locked.panel.filter(role=Role.ASSESSOR, removed_at=None).exclude(pk=member.pk)
        if not others.exists():
            raise RefusedError(no(say("Somebody must judge. Appoint another assessor first.")))
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record_event("assessor_removed", of=member, by=by, at=at, case=locked.case, what={"reason": reason})
        if not others.filter(submitted_at=None).exists():
            locked.individual_locked_at = at
            locked.save(update_fields=["individual_locked_at"])
            record_event("individual_scores_locked", of=locked, by=by, at=at, case=locked.case)
    return member


def record_consensus(
    *,
    item: Item,
    criterion: Criterion,
    points: Decimal,
    reason: str,
    present: Sequence[PanelMember],
    by: Person,
    at: datetime,
) -> Consensus:
    """Write down what the panel agreed on, with the reason and who took part; a new record each time.

    It is never computed from the individual scores, which stay as they were given.

    Raises:
        RefusedError: `by` may not, nobody took part, the points lie outside the scale or have no reason.
    """
    assessed = item.round
    require(may_record_consensus(by, assessed))
    _require_in_model(assessed, criterion)
    problem = check_score(scale_of(criterion), points, reason)
    if problem:
        raise RefusedError(no(problem.reason))
    if not present:
        raise RefusedError(no(say("Say who took part in the consensus.")))
    with transaction.atomic():
        consensus = Consensus.objects.create(
            item=item, criterion=criterion, points=points, reason=reason, decided_at=at, written_by=by
        )
        consensus.present.set(present)
        record_event(
            "consensus_recorded",
            of=consensus,
            by=by,
            at=at,
            case=assessed.case,
            what={"item": item.pk, "criterion": criterion.key, "points": points},
        )
    return consensus


def lock_consensus(*, assessed: Round, by: Person, at: datetime) -> Round:
    """Lock the consensus of a round: every item × criterion has one; nothing is agreed anew after (INV-08, INV-13).

    Raises:
        RefusedError: `by` may not, or something has no consensus.
    """
    require(may_record_consensus(by, assessed))
    done = consensus_completeness(assessed)
    if not done.is_complete:
        raise RefusedError(no(done.summary))
    with transaction.atomic():
        assessed.consensus_locked_at = at
        assessed.save(update_fields=["consensus_locked_at"])
        agreed = {
            f"{record.item_id}/{record.criterion_id}": record.points
            for record in Consensus.objects.filter(item__round=assessed).order_by("decided_at", "pk")
        }
        record_event("consensus_locked", of=assessed, by=by, at=at, case=assessed.case, what={"agreed": agreed})
    return assessed


def _require_in_model(assessed: Round, criterion: Criterion) -> None:
    if criterion.model_id != assessed.model_id:
        raise RefusedError(no(say("The criterion does not belong to this round."), source="LOU 16 kap. 1 §"))
