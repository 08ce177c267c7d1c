"""The verbs of one who judges alone: save, hand in; and of the leader, who goes on without somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions.holding import alone, require_in_model
from rodatraden.assessments.models import IndividualScore, Round
from rodatraden.assessments.queries import left_to_score, with_panel
from rodatraden.assessments.rules import Role, assessors_of, is_on_scale, may_go_on_without, may_score, member_as
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.assessments.models import Criterion, Item, PanelMember
    from rodatraden.parties.models import Person


@dataclass(frozen=True, slots=True)
class Draft:
    """What an assessor has written so far for one criterion of one item; points may wait, nothing is not 0."""

    points: Decimal | None
    reason: str
    strengths: str = ""
    improvements: str = ""


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
        assessed = alone(item.round_id)
        require(may_score(by, assessed))
        member = member_as(by, assessed, Role.ASSESSOR)
        scores = []
        for criterion, draft in drafts.items():
            require_in_model(assessed, criterion)
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
        assessed = alone(assessed.pk)
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
        assessed = alone(member.round_id)
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


def _lock_individual(round_id: UUID, *, by: Person, at: datetime) -> None:
    """Lock the individual part when everybody who is left has handed in."""
    assessed = with_panel(Round.objects.filter(pk=round_id)).get()
    if any(member.submitted_at is None for member in assessors_of(assessed)):
        return
    assessed.individual_locked_at = at
    assessed.save(update_fields=["individual_locked_at"])
    record_event("individual_scores_locked", of=assessed, by=by, at=at, case=assessed.case_id)
