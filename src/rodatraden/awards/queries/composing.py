"""What a decision rests on and what each bidder reads, in words that a person then edits; in the language of the documents."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext

from rodatraden.awards.queries.ranking import has_next, left_in_rank
from rodatraden.awards.queries.reading import revoked_decisions
from rodatraden.core import evaluation as core
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say
from rodatraden.evaluation.queries import frozen_outcome, judged, told, valued
from rodatraden.ui.documents import written_in
from rodatraden.ui.words import moment, number, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rodatraden.bids.models import Bid
    from rodatraden.core.exact import Exact
    from rodatraden.evaluation.queries import Counted, Judged
    from rodatraden.tenders.models import Tender

OF_OTHERS = {core.StepKind.TIE, core.StepKind.PLACE}
"""Steps that may name other bidders."""


@written_in(lambda tender: tender.procurement.language)
def proposed_reasons(tender: Tender) -> str:
    """Return reasons for awarding the bid that is next: its result, and by criterion the consensus on it.

    Beside each criterion stands how the points relate to the best of the others, never whose those were nor why: all
    bidders read it (LOU 12 kap. 12 och 13 §§, OSL 31 kap. 16 §). A person edits it.

    Raises:
        LookupError: the outcome is not frozen, or no bid can be awarded.
    """
    counted = _frozen(tender)
    left = left_in_rank(tender)
    if not left or not has_next(tender):
        msg = "No bid can be awarded"
        raise LookupError(msg)
    first, *others = left
    agreed = judged(tender)
    scored = agreed.get(UUID(first.key), [])
    best = _best_by_criterion(agreed.get(UUID(result.key), []) for result in others)
    is_first = first.key == counted.outcome.value.winner
    lines = [_led_by(first, scored) if is_first else _next_after(first, tender)]
    if others and (ahead := _ahead(first, others[0])):
        lines.append(ahead)
    if is_first and any(step.kind is core.StepKind.TIE for step in first.steps):
        lines.append(_by_rule(counted.model.tie_rule))
    return "\n".join([*lines, *(_told(each, best.get(each.criterion)) for each in scored)])


def _by_rule(rule: core.TieRule) -> str:
    """Say by which published rule a bid goes before another of the same value."""
    match rule:
        case core.TieRule.LOWER_PRICE:
            return gettext("Another bid has the same value. By the published rule the lower price goes first.")
        case core.TieRule.CRITERIA_IN_ORDER:
            return gettext("Another bid has the same value. By the published rule the criteria are compared in order.")
        case _:
            return gettext("Another bid has the same value. By the published rule more points go first.")


def _next_after(first: core.BidResult, tender: Tender) -> str:
    """Say that a bid is next in the frozen outcome, since the one that was awarded has fallen away."""
    last = revoked_decisions(tender)[-1]
    return gettext(
        "The decision of %(moment)s to accept the bid of %(fallen)s is revoked. The bid of %(winner)s is next in the frozen outcome, with %(value)s."
    ) % {
        "moment": moment(last.decided_at),
        "fallen": last.winner.supplier.name,
        "winner": first.name,
        "value": valued(first.value or Decimal(0), first.unit),
    }


def _led_by(first: core.BidResult, scored: list[Judged]) -> str:
    values = {
        "winner": first.name,
        "value": valued(first.value or Decimal(0), first.unit),
        "points": number(first.points or 0),
        "most": number(sum(each.highest for each in scored)),
    }
    if first.unit is not core.Unit.AMOUNT:
        return gettext("The bid of %(winner)s is best by the published model, with %(value)s.") % values
    if not scored:
        return gettext("The bid of %(winner)s has the lowest evaluation price, %(value)s.") % values
    return (
        gettext("The bid of %(winner)s has the lowest evaluation price, %(value)s, and %(points)s of %(most)s points.")
        % values
    )


def _ahead(first: core.BidResult, second: core.BidResult) -> str:
    """Say how far the next bid is behind; nothing when both have the same value: the tie rule is told instead."""
    apart = simplest(abs(as_fraction(second.value) - as_fraction(first.value)))
    if not apart:
        return ""
    return gettext("The next bid is %(ahead)s behind.") % {"ahead": valued(apart, first.unit)}


def _best_by_criterion(others: Iterable[list[Judged]]) -> dict[str, Exact]:
    best: dict[str, Exact] = {}
    for judgements in others:
        for each in judgements:
            best[each.criterion] = max(each.points, best.get(each.criterion, each.points))
    return best


@written_in(lambda tender, *_: tender.procurement.language)
def own_results(tender: Tender, winner: Bid) -> dict[UUID, str]:
    """Return each bid's own result, step by step with reasons, and what the accepted bid took; nothing else of others.

    Source: LOU 12 kap. 12 and 13 §§, OSL 31 kap. 16 §.

    Raises:
        LookupError: the outcome is not frozen.
    """
    outcome = _frozen(tender).outcome
    accepted = next(result for result in outcome.results if result.key == str(winner.pk))
    scored = judged(tender)
    return {
        (key := UUID(result.key)): "\n".join(_own_result(result, accepted, scored.get(key, [])))
        for result in outcome.results
    }


def _own_result(result: core.BidResult, accepted: core.BidResult, scored: list[Judged]) -> Iterator[str]:
    yield gettext("Your bid:")
    if result.steps:
        yield from map(_told, scored)
    for line in told(result):
        if line.kind not in OF_OTHERS and line.kind is not core.StepKind.SCORE:
            yield str(line)
    if result.reason is not None:
        yield said(result.reason)
    if result.place is not None:
        yield said(say("Place {place}", place=result.place))
    if accepted.key != result.key:
        values = {"winner": accepted.name, "value": valued(accepted.value or Decimal(0), accepted.unit)}
        if accepted.unit is core.Unit.AMOUNT:
            yield gettext("Accepted: %(winner)s, evaluation price %(value)s.") % values
        else:
            yield gettext("Accepted: %(winner)s, %(value)s.") % values


def _told(judgement: Judged, best_of_others: Exact | None = None) -> str:
    score = said(say("{score} of {highest}", score=judgement.points, highest=judgement.highest))
    if best_of_others is None:
        return f"{judgement.criterion}: {score}. {judgement.reason}"
    if judgement.points > best_of_others:
        beside = gettext("more than any other bid")
    elif judgement.points == best_of_others:
        beside = gettext("as much as the best of the others")
    else:
        beside = gettext("another bid got more here")
    return f"{judgement.criterion}: {score}, {beside}. {judgement.reason}"


def _frozen(tender: Tender) -> Counted:
    found = frozen_outcome(tender)
    if found is None:
        msg = "The outcome is not frozen"
        raise LookupError(msg)
    return found
