"""Why it went as it did, for one bidder: its own points and reasons beside what the accepted bid had, and what decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from rodatraden.awards.rules import computed_standstill
from rodatraden.core import evaluation as core
from rodatraden.core.calendars import BOOK, PROCEDURES, Standstill, Status, Unknown, rule
from rodatraden.core.instants import local_date
from rodatraden.evaluation.queries import ToldMargin, frozen_outcome, judged, told, told_margin, valued
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.awards.models import Notification
    from rodatraden.core.calendars import Computed, RuleRow
    from rodatraden.core.exact import Exact
    from rodatraden.evaluation.queries import Line

OF_OTHERS = {core.StepKind.TIE, core.StepKind.PLACE}
"""Steps that may name other bidders."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion: what the bidder got and why, beside the points of the accepted bid."""

    criterion: str
    highest: Exact
    points: Exact
    reason: str
    accepted: Exact | None


@dataclass(frozen=True, slots=True)
class Why:
    """One bidder's answer to why: nothing in it was said of anybody else but the accepted bid's points and value.

    `margin` is what would have been enough, where that can be told: absolute models, against the bid that came first.
    """

    is_accepted: bool
    place: int | None
    reason: str
    rows: Sequence[Compared]
    points: Exact | None
    accepted_points: Exact | None
    value: str
    accepted_value: str
    is_price: bool
    margin: ToldMargin | None
    steps: Sequence[Line]


def why_of(notification: Notification) -> Why | None:
    """Return why the bid of a notification came where it did; None when the frozen outcome does not hold it.

    The accepted bid's reasons stand in the decision, in the words of a person: here are its points and its value
    alone, which are public from the decision on (LOU 12 kap. 13 §, OSL 31 kap. 16 §). Its price is not shown.
    """
    decision = notification.decision
    counted = frozen_outcome(decision.tender)
    if counted is None:
        return None
    results = {result.key: result for result in counted.outcome.results}
    own, accepted = results.get(str(notification.bid_id)), results.get(str(decision.winner_id))
    if own is None or accepted is None:
        return None
    agreed = judged(decision.tender)
    theirs = {each.criterion: each.points for each in agreed.get(UUID(accepted.key), [])}
    is_accepted = own.key == accepted.key
    rows = [
        Compared(each.criterion, each.highest, each.points, each.reason, theirs.get(each.criterion))
        for each in (agreed.get(UUID(own.key), []) if own.status is not core.Status.NOT_QUALIFIED else [])
    ]
    margin = None
    if not is_accepted and accepted.key == counted.outcome.value.winner:
        found = core.margins(counted.model, counted.bids, counted.outcome)
        margin = next((told_margin(each, counted) for each in found if each.key == own.key), None)
    return Why(
        is_accepted=is_accepted,
        place=own.place,
        reason=said(own.reason) if own.reason is not None else "",
        rows=rows,
        points=own.points,
        accepted_points=accepted.points,
        value="" if own.value is None else valued(own.value, own.unit),
        accepted_value="" if accepted.value is None else valued(accepted.value, accepted.unit),
        is_price=accepted.unit is core.Unit.AMOUNT,
        margin=margin,
        steps=[line for line in told(own) if line.kind not in OF_OTHERS and line.kind is not core.StepKind.SCORE],
    )


@dataclass(frozen=True, slots=True)
class Recourse:
    """How a bidder has the decision tried: until when, and what else can be asked for; with what is not verified.

    `standstill` is unknown while a review case runs. `reasons` is the rule row of the days within which a written
    request for more is answered, None where the procedure has none.
    """

    standstill: Computed[Standstill]
    is_swedish: bool
    reasons: RuleRow | None
    unverified: tuple[str, ...]


def recourse_of(notification: Notification) -> Recourse:
    """Return how the decision can be tried, from the rule rows that the standstill was counted by."""
    procurement = notification.decision.tender.procurement
    counted = computed_standstill(notification.decision.tender)
    procedure = PROCEDURES.get(procurement.procedure)
    reasons = None
    if procedure is not None and procedure.reasons_days is not None:
        sent_on = local_date(notification.sent_at, procurement.country)
        row = rule(procedure.reasons_days, country=procedure.country, regime=procedure.regime, on=sent_on)
        reasons = None if isinstance(row, Unknown) else row
    used = [row for step in counted.steps if step.row_id and not isinstance(row := BOOK.row(step.row_id), Unknown)]
    return Recourse(
        standstill=counted,
        is_swedish=procurement.country == "SE",
        reasons=reasons,
        unverified=tuple(
            dict.fromkeys(row.paragraph for row in (*used, *filter(None, [reasons])) if row.status is not Status.READ)
        ),
    )
