"""The report in words: each figure with what it means, so that page, document and command say the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.lint.remark import Severity
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.stress.market import Typed
from rodatraden.core.evaluation.stress.monotone import Property
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.lint.remark import Field
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.stress.disagreement import Disagreement
    from rodatraden.core.evaluation.stress.market import Market
    from rodatraden.core.evaluation.stress.monotone import Held
    from rodatraden.core.evaluation.stress.report import Report
    from rodatraden.core.evaluation.stress.share import Share
    from rodatraden.core.message import Message

HUNDRED = 100
OFTEN = Decimal("0.05")
"""From this share on, something that a buyer can mend is a warning. Source: policy."""


@dataclass(frozen=True, slots=True)
class Line:
    """One share in words. `severity` is None when all is as it should be; `source` is the rule that it is held to."""

    code: str
    text: Message
    share: Share
    meaning: Message
    severity: Severity | None = None
    source: str = ""
    example: tuple[Field, ...] | None = None


def lines(report: Report, model: Model) -> tuple[Line, ...]:
    """Return every share of the report in words, in the order of the tests."""
    return (*_third_bid(report, model), *_price(report), *_properties(report), *_gates(report), *_ties(report, model))


def _third_bid(report: Report, model: Model) -> Iterator[Line]:
    dropped = report.dropped
    text = say("Another bid wins when a losing bid is taken away")
    if not model.is_relative:
        meaning = say("It can't happen: in this model the order of two bids depends on those two alone.")
        yield Line("dropped", text, dropped.share, meaning, None, "LOU 4 kap. 1 §")
        return
    meaning = say("A bid that does not win decides who does. It should be 0 %.")
    severity = Severity.WARNING if dropped.share.count else None
    yield Line("dropped", text, dropped.share, meaning, severity, "LOU 4 kap. 1 §", dropped.example)
    for each, share in report.thrown_out.items():
        if model.reference_set not in {None, each} or not model.combination.is_relative:
            continue
        meaning = _SETS[each]
        text = say("Another bid wins because of bids that are thrown out")
        yield Line(
            f"thrown_out_{each.value}",
            text,
            share,
            meaning,
            Severity.WARNING if share.count else None,
            "LOU 4 kap. 1 §",
        )
    cover = report.cover
    if cover.price is not None and cover.quality is not None:
        text = say("Another bid wins when a bid comes only to lose")
        meaning = say(
            "The worst of those tried: a bid at {level} % of the mean price with {quality} % of every scale.",
            level=cover.price * HUNDRED, quality=cover.quality * HUNDRED,
        )  # fmt: skip
        yield Line("cover", text, cover.flip.share, meaning, Severity.WARNING, "LOU 4 kap. 1 §", cover.flip.example)


_SETS = {
    ReferenceSet.OPENED: say("References are taken from all bids that are opened, also those that are thrown out."),
    ReferenceSet.QUALIFIED: say("References are taken from the qualified bids, also those below the gate."),
    ReferenceSet.ABOVE_GATE: say("References are taken only from bids that pass the gates."),
}


def _price(report: Report) -> Iterator[Line]:
    if report.own_price is None:
        return
    found = report.own_price
    yield Line(
        "price_without_effect",
        say("A lower price brings a bid nothing"),
        found.without_effect,
        say(
            "Every lower price should pay. Each winner's price was tried from half to one and a half times what it was."
        ),
        Severity.ERROR if found.without_effect.count else None,
        "HFD 2022 ref. 41",
        found.example,
    )


def _properties(report: Report) -> Iterator[Line]:
    for each in report.properties:
        if each.asked is not Property.ORDER_OF_BIDS and each.broken.of:
            yield _property(each)


def _property(found: Held) -> Line:
    severity = Severity.WARNING if found.broken.count else None
    if found.asked is Property.HIGHER_SCORE_NEVER_HURTS:
        text = say("A higher score makes a bid worse")
        meaning = say("One score at a time was raised by one step.")
    else:
        text = say("The winner is dearer than another bid and nowhere better")
        meaning = say("A bid that costs less and is at least as good on every criterion should go before.")
    return Line(found.asked.value, text, found.broken, meaning, severity, "LOU 16 kap. 1 §", found.example)


def _gates(report: Report) -> Iterator[Line]:
    gates = report.gates
    if gates is None:
        return
    yield Line(
        "gate_changes",
        say("The gate changes who wins"),
        gates.changes,
        say("A bid below the gate would otherwise have won."),
    )
    yield Line(
        "gate_lone",
        say("Only one of several bids passes the gate"),
        gates.lone,
        say("Then there is no competition left."),
        _when_often(gates.lone),
    )
    yield Line(
        "gate_nobody",
        say("No bid passes the gate"),
        gates.nobody,
        say("The procurement has to be made again."),
        _when_often(gates.nobody),
    )
    yield Line(
        "gate_just_below",
        say("A bid is out for want of one step on one criterion"),
        gates.just_below,
        say("Here a single assessor's step decides."),
        _when_often(gates.just_below),
    )


def _ties(report: Report, model: Model) -> Iterator[Line]:
    ties = report.ties
    yield Line(
        "level",
        say("The best value is shared"),
        ties.level,
        say("Then the published rule for equal bids decides, if there is one."),
    )
    if ties.undecided.count or ties.level.count:
        yield Line(
            "undecided",
            say("Nobody is first, also by the rule for equal bids"),
            ties.undecided,
            say("Then the decision stops."),
            Severity.WARNING if ties.undecided.count else None,
        )
    if ties.undefined.count:
        yield Line(
            "undefined",
            say("The formula gives no value"),
            ties.undefined,
            say("It would divide by zero. Then nobody can be first."),
            Severity.WARNING,
        )
    if model.criteria:
        yield Line(
            "within_a_point",
            say("The winner would not have won with one point less"),
            ties.within_a_point,
            say("So often the outcome hangs on one point."),
        )


def _when_often(share: Share) -> Severity | None:
    return Severity.WARNING if share.value is not None and share.value >= OFTEN else None


def panel_words(found: Disagreement) -> Message:
    """Say how many assessors are enough."""
    if found.enough is None:
        return say(
            "Also with seven assessors, each straying by {points} points, more than a tenth of the winners change.",
            points=found.panel_points,
        )
    if found.enough == 1:
        return say(
            "With a single assessor, who strays by {points} points, less than a tenth of the winners change.",
            points=found.panel_points,
        )
    return say(
        "With {n} assessors, each straying by {points} points, less than a tenth of the winners change.",
        n=found.enough, points=found.panel_points,
    )  # fmt: skip


def assumptions(market: Market) -> tuple[Message, ...]:
    """Return the market in sentences; it is always an assumption."""
    if isinstance(market, Typed):
        n = len(market.tenders)
        shaken = say(
            "Each bid is shaken: prices by {jitter} %, points by {quality} % of the scale.",
            jitter=market.price_jitter, quality=market.score_jitter,
        )  # fmt: skip
        if not market.earlier and n == 1:
            bids = say("The bids are those typed, {bids} of them.", bids=len(market.tenders[0]))
        elif n == 1:
            bids = say("The bids are those of one earlier procurement, {bids} of them.", bids=len(market.tenders[0]))
        else:
            bids = say("The bids are those of {n} earlier procurements, one drawn at a time.", n=n)
        if market.price_level == HUNDRED:
            return bids, shaken
        return bids, say("Prices are counted as {level} % of what they were.", level=market.price_level), shaken
    bids = say(
        "About {bids} bids in each tender, at least {fewest} and at most {most}.",
        bids=market.bids, fewest=market.fewest, most=market.most,
    )  # fmt: skip
    return (
        bids,
        say(
            "Prices lie around {price}, with a spread of {spread} %, lognormal, in steps of {step}.",
            price=Amount(market.price), spread=market.price_spread, step=market.price_step,
        ),
        say(
            "Points lie around {quality} % of the scale, with a spread of {spread} % of it.",
            quality=market.quality, spread=market.quality_spread,
        ),
        say(
            "Better bids are dearer: the correlation between points and price is {correlation}.",
            correlation=market.correlation,
        ),
    )  # fmt: skip
