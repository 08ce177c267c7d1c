"""The verbs of one who judges alone: save, hand in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions.holding import alone, lock_individual, require_in_model, tidy
from rodatraden.assessments.models import IndividualScore, Round
from rodatraden.assessments.queries import left_to_score, mark_of, own_scores
from rodatraden.assessments.rules import Role, is_on_scale, may_score, member_as
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.assessments.models import Criterion, Item, PanelMember
    from rodatraden.parties.models import Person

    Cell = tuple[Item, Criterion]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an assessor has written so far for one criterion of one item; points may wait, nothing is not 0.

    `based_on` is the mark of what stood there when the writer began (`queries.mark_of`); without it whatever stands
    there is written over.
    """

    points: Decimal | None
    reason: str
    strengths: str = ""
    improvements: str = ""
    places: str = ""
    based_on: str = ""

    def tidy(self) -> Draft:
        """Return the same with the line ends and without the outer space that a browser sends."""
        return replace(
            self,
            reason=tidy(self.reason),
            strengths=tidy(self.strengths),
            improvements=tidy(self.improvements),
            places=tidy(self.places),
        )


TEXTS = ("reason", "strengths", "improvements", "places")


class ScoresChangedElsewhereError(RefusedError):
    """What is being written was changed after the page was opened (another tab, another machine); nothing is saved.

    `others` are the records as they stand, for the writer to choose from: no text is lost.
    """

    def __init__(self, others: Mapping[Cell, IndividualScore]) -> None:
        super().__init__(no(say("You have written something else here in another window. Both texts are kept below.")))
        self.others = others


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
    places: str = "",
) -> IndividualScore:
    """Save what the person has written for one criterion of one item; see `save_cells`.

    Raises:
        RefusedError: the person may not score here (INV-14), or the points lie outside the scale.
    """
    draft = Draft(points, reason, strengths, improvements, places)
    return save_scores(item=item, drafts={criterion: draft}, by=by, at=at)[0]


def save_scores(*, item: Item, drafts: Mapping[Criterion, Draft], by: Person, at: datetime) -> list[IndividualScore]:
    """Save what the person has written for one item; see `save_cells`.

    Raises:
        RefusedError: the person may not score here (INV-14), or the points lie outside the scale.
    """
    return save_cells(drafts={(item, criterion): draft for criterion, draft in drafts.items()}, by=by, at=at)


def save_cells(*, drafts: Mapping[Cell, Draft], by: Person, at: datetime) -> list[IndividualScore]:
    """Save what the person has written for criteria of items of one round, all or none; drafts until handed in.

    Points may wait; when they are given they lie on the scale. What the writer has not touched is left alone, however
    it stands now. Drafts leave no ledger entry: handing in does. Returns what was written.

    Raises:
        RefusedError: the person may not score here (INV-14), or the points lie outside the scale.
        ScoresChangedElsewhereError: something was written over what the writer began from.
    """
    with transaction.atomic():
        assessed = alone(next(iter(drafts))[0].round_id)
        require(may_score(by, assessed))
        member = member_as(by, assessed, Role.ASSESSOR)
        own = own_scores(by, assessed)
        scores, others = [], {}
        for (item, criterion), written in drafts.items():
            _require_in_round(assessed, item, criterion)
            draft, before = written.tidy(), own.get((item.pk, criterion.pk))
            if draft.points is not None:
                require(is_on_scale(criterion, draft.points))
            if draft.based_on and mark_of(draft) in {draft.based_on, mark_of(before)}:
                continue
            if before is not None and draft.based_on not in {"", mark_of(before)}:
                others[item, criterion] = before
                continue
            values = {name: getattr(draft, name) for name in ("points", *TEXTS)}
            score, _ = IndividualScore.objects.update_or_create(
                item=item, criterion=criterion, assessor=member, defaults=values | {"saved_at": at}
            )
            scores.append(score)
        if others:
            raise ScoresChangedElsewhereError(others)
    return scores


def submit_scores(*, assessed: Round, by: Person, at: datetime) -> PanelMember:
    """Hand in one's scores, all of them with reasons; they can't be changed after. The last one locks the round's part.

    The ledger keeps the hash of all that was written, so that it can be proved later and read by nobody there.

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
            {"item": score.item_id, "criterion": score.criterion.key, "points": score.points}
            | {name: getattr(score, name) for name in TEXTS}
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
        lock_individual(assessed.pk, by=by, at=at)
    return member


def _require_in_round(assessed: Round, item: Item, criterion: Criterion) -> None:
    require_in_model(assessed, criterion)
    if item.round_id != assessed.pk:
        raise RefusedError(no(say("What is judged does not belong to this round.")))
