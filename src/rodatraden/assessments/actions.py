"""The verbs of judging: make a model, start a round, score alone, agree, lock."""

from __future__ import annotations

from dataclasses import dataclass
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
from rodatraden.assessments.queries import (
    consensus_completeness,
    latest_consensus,
    left_to_score,
    with_panel,
)
from rodatraden.assessments.rules import (
    Role,
    assessors_of,
    is_on_scale,
    may_go_on_without,
    may_record_consensus,
    may_score,
    member_as,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.assessment import check_score
from rodatraden.core.canonical import canonical_hash, canonical_json, sha256_hex
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement


@dataclass(frozen=True, slots=True)
class Draft:
    """What an assessor has written so far for one criterion of one item; points may wait, nothing is not 0."""

    points: Decimal | None
    reason: str
    strengths: str = ""
    improvements: str = ""


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
    case: Procurement | None = None,
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
            case=assessed.case_id,
            what={"model": model.sha256, "leader": leader.pk, "assessors": [person.pk for person in assessors]},
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
    """Save the person's own points and reason for one criterion of one item; see `save_scores`.

    Raises:
        RefusedError: the person may not score here (INV-14), or the points lie outside the scale.
    """
    draft = Draft(points, reason, strengths, improvements)
    return save_scores(item=item, drafts={criterion: draft}, by=by, at=at)[0]


def save_scores(*, item: Item, drafts: Mapping[Criterion, Draft], by: Person, at: datetime) -> list[IndividualScore]:
    """Save the person's own points and reasons for one item, all or none; drafts until handed in.

    Points may wait; when they are given they lie on the scale. Drafts leave no ledger entry: handing in does.

    Raises:
        RefusedError: the person may not score here (INV-14), or the points lie outside the scale.
    """
    with transaction.atomic():
        assessed = _alone(item.round_id)
        require(may_score(by, assessed))
        member = member_as(by, assessed, Role.ASSESSOR)
        scores = []
        for criterion, draft in drafts.items():
            _require_in_model(assessed, criterion)
            if draft.points is not None:
                require(is_on_scale(criterion, draft.points))
            values = {
                "points": draft.points,
                "reason": draft.reason.strip(),
                "strengths": draft.strengths.strip(),
                "improvements": draft.improvements.strip(),
                "saved_at": at,
            }
            score, _ = IndividualScore.objects.update_or_create(
                item=item, criterion=criterion, assessor=member, defaults=values
            )
            scores.append(score)
    return scores


def submit_scores(*, assessed: Round, by: Person, at: datetime) -> PanelMember:
    """Hand in one's scores, all of them with reasons; they can't be changed after. The last one locks the round's part.

    The ledger keeps the hash of points and reasons, so that they can be proved later and read by nobody there.

    Raises:
        RefusedError: the person may not score here, or something is left without points or reason.
    """
    with transaction.atomic():
        assessed = _alone(assessed.pk)
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
        member = assessed.panel.get(person=by, role=Role.ASSESSOR, removed_at=None)
        member.submitted_at = at
        member.save(update_fields=["submitted_at"])
        given = [
            {"item": score.item_id, "criterion": score.criterion.key, "points": score.points, "reason": score.reason}
            for score in member.scores.select_related("criterion").order_by("item__number", "criterion__number")
        ]
        record_event(
            "scores_submitted",
            of=member,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"scores_sha256": canonical_hash(given)},
        )
        _lock_individual(assessed.pk, by=by, at=at)
    return member


def go_on_without(*, member: PanelMember, reason: str, by: Person, at: datetime) -> PanelMember:
    """Go on without an assessor who has not handed in; what that person has written stays on record, unread.

    Raises:
        RefusedError: `by` does not lead, no reason is given, the scores are in, or nobody would be left.
    """
    with transaction.atomic():
        assessed = _alone(member.round_id)
        member = next(m for m in assessed.panel.all() if m.pk == member.pk)
        member.round = assessed
        require(may_go_on_without(by, member))
        if not reason.strip():
            raise RefusedError(no(say("Say why the round goes on without this assessor.")))
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record_event(
            "assessor_removed", of=member, by=by, at=at, case=assessed.case_id, what={"reason": reason.strip()}
        )
        _lock_individual(assessed.pk, by=by, at=at)
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
        RefusedError: `by` may not, nobody of the panel took part, the points lie outside the scale or have no reason.
    """
    with transaction.atomic():
        assessed = _alone(item.round_id)
        require(may_record_consensus(by, assessed))
        _require_in_model(assessed, criterion)
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
        assessed = _alone(assessed.pk)
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


def _alone(round_id: UUID) -> Round:
    """Hold the round alone until the transaction ends, and return it as it stands now, with what its rules read."""
    Round.objects.select_for_update().get(pk=round_id)
    return with_panel(Round.objects.filter(pk=round_id)).get()


def _lock_individual(round_id: UUID, *, by: Person, at: datetime) -> None:
    """Lock the individual part when everybody who is left has handed in."""
    assessed = with_panel(Round.objects.filter(pk=round_id)).get()
    if any(member.submitted_at is None for member in assessors_of(assessed)):
        return
    assessed.individual_locked_at = at
    assessed.save(update_fields=["individual_locked_at"])
    record_event("individual_scores_locked", of=assessed, by=by, at=at, case=assessed.case_id)


def _agreed(record: Consensus) -> dict[str, object]:
    """Return what the ledger's hash of a consensus commits to."""
    return {
        "item": record.item_id,
        "criterion": record.criterion_id,
        "number": record.number,
        "points": record.points,
        "reason": record.reason,
    }


def _require_in_model(assessed: Round, criterion: Criterion) -> None:
    if criterion.model_id != assessed.model_id:
        raise RefusedError(no(say("The criterion does not belong to this round."), source="LOU 16 kap. 1 §"))
