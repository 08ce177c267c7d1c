"""Who is before whom: third bids, ties, and what quality is worth in money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.lint.market import (
    ORE,
    is_ranked,
    lower,
    offered,
    order,
    passing,
    prices,
    result_of,
    tried,
)
from rodatraden.core.evaluation.lint.remark import Example, Remark, Severity, Source
from rodatraden.core.evaluation.outcome import Verdict
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.lint.market import Scores
    from rodatraden.core.evaluation.lint.remark import Field, Subject
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.exact import Exact

EQUAL_TREATMENT = Source("LOU 4 kap. 1 §")
POLICY = Source("policy")
FINE = 1000
"""Parts of a scale without steps that are tried. Source: policy."""
CLOSEST = 40
"""How many pairs of bids that lie close to each other are tried with a third. Source: policy."""


def third_bid(subject: Subject) -> Iterator[Remark]:
    """Tell when a third bid can change the order of two others (INV-11)."""
    if not subject.model.is_relative:
        return
    yield Remark(
        "third_bid",
        Severity.WARNING,
        say("Which of two bids goes first can depend on a third."),
        say("Choose a model in which a bid's value depends on that bid alone, such as a price addition, or write why not."),
        EQUAL_TREATMENT,
        subject.field("combination"),
        _third_bid_example(subject),
    )  # fmt: skip


def _third_bid_example(subject: Subject) -> Example | None:
    """Return two bids whose order turns when a third comes, first of all one that does not win itself."""
    model = subject.model
    tries = prices(model, subject.part.lot.bids)
    scored = passing(model)
    pairs = []
    for (low, high), (worse, better) in product(combinations(tries[2:], 2), combinations(scored, 2)):
        bids = offered(model, "A", low, worse), offered(model, "B", high, better)
        ranked = order(model, *bids)
        if ranked and ranked["A"][1] != ranked["B"][1]:
            pairs.append((_apart(ranked), bids))
    pairs.sort(key=lambda pair: pair[0])
    near = [bids for _distance, bids in pairs[:CLOSEST]]
    weak, every = ([(price, scores) for price in tries for scores in some] for some in (scored[:2], scored))
    for thirds, may_win in ((weak, False), (every, True)):
        for bids in near:
            before = order(model, *bids)
            for price, scores in thirds:
                third = offered(model, "C", price, scores)
                after = order(model, *bids, third)
                if before and after and _turned(before, after) and (may_win or after["C"][1] != 1):
                    return _shown(model, bids, third)
    return None


def _turned(before: dict[str, tuple[Exact, int]], after: dict[str, tuple[Exact, int]]) -> bool:
    return (before["A"][1] < before["B"][1]) != (after["A"][1] < after["B"][1]) and after["A"][1] != after["B"][1]


def _shown(model: Model, bids: tuple[Bid, Bid], third: Bid) -> Example | None:
    without, with_third = tried(model, *bids), tried(model, *bids, third)
    if without is None or with_third is None:
        return None
    return Example(say("With C the order of A and B is the other one."), (without, with_third))


def _apart(ranked: dict[str, tuple[Exact, int]]) -> Fraction:
    a, b = (as_fraction(ranked[key][0]) for key in ("A", "B"))
    return abs(a - b) / max(abs(a), abs(b), Fraction(1, 10**9))


def tie_rule(subject: Subject) -> Iterator[Remark]:
    """Tell when nothing is published about equal bids."""
    model = subject.model
    if model.tie_rule is not TieRule.NONE:
        return
    yield Remark(
        "tie_rule",
        Severity.WARNING,
        say("Nothing is said about equal bids. A tie for first place then stops the decision."),
        say("Publish what goes first when two are equal: more points, or the lower price.")
        if model.combination.needs_price
        else say("Publish that the criteria are compared in order when two have the same points."),
        EQUAL_TREATMENT,
        subject.field("tie_rule"),
        _tie(model, subject),
    )


def _tie(model: Model, subject: Subject) -> Example | None:
    """Return two different bids that are equal where there are such, otherwise two that are the same."""
    if not passing(model):
        return None
    tries = prices(model, subject.part.lot.bids)
    price, scores = tries[len(tries) // 2], passing(model)[-1]
    found = None
    for criterion in model.criteria:
        less = lower(criterion, scores[criterion.key])
        if less is not None:
            found = found or _equal(model, offered(model, "A", price, scores), {**scores, criterion.key: less}, price)
    found = found or tried(model, *(offered(model, key, price, scores) for key in ("A", "B")))
    if found is None or found.outcome.value.verdict is not Verdict.TIE:
        return None
    return Example(say("A and B are equal, and nobody is first."), (found,))


def _equal(model: Model, a: Bid, scores: dict[str, Decimal | Fraction], price: Fraction) -> Field | None:
    """Return A with a B of other scores at the price that makes them equal, if value goes evenly with price."""
    values = [tried(model, offered(model, "A", each, scores)) for each in (price, price / 2)]
    whole, half = (None if each is None else result_of(each, "A").value for each in values)
    alone = tried(model, a)
    if whole is None or half is None or alone is None or whole == half:
        return None
    wanted = as_fraction(result_of(alone, "A").value or Decimal(0))
    per_krona = (as_fraction(whole) - as_fraction(half)) / (price / 2)
    found = tried(model, a, offered(model, "B", price + (wanted - as_fraction(whole)) / per_krona, scores))
    return found if found is not None and found.outcome.value.verdict is Verdict.TIE else None


def trade_off(subject: Subject) -> Iterator[Remark]:
    """Tell what all of quality is worth in money, where the model says it in money: a choice, and no rule of law."""
    model = subject.model
    weighing = model.combination
    if not isinstance(weighing, PriceAddition | PriceDeduction) or weighing.is_relative or not passing(model):
        return
    worst, best = _weakest(model), passing(model)[-1]
    if worst == best:
        return
    price = prices(model, subject.part.lot.bids)[-1]
    found = tried(model, *(offered(model, key, price, scores) for key, scores in (("A", worst), ("B", best))))
    if found is None:
        return
    a, b = (result_of(found, key) for key in ("A", "B"))
    most = as_fraction(a.value or Decimal(0)) - as_fraction(b.value or Decimal(0))
    high = max(price, 2 * most)
    shown = tried(
        replace(model, reference_set=None),
        offered(model, "A", high - most - as_fraction(ORE), worst), offered(model, "B", high, best),
    )  # fmt: skip
    example = None
    if shown is not None and shown.outcome.value.winner == "A":
        example = Example(say("A is first: it is just so much cheaper."), (shown,))
    yield Remark(
        "trade_off",
        Severity.NOTE,
        say(
            "A bid with {fewest} points beats one with {most} if it is more than {amount} cheaper. Is that what you want?",
            fewest=a.points or Decimal(0), most=b.points or Decimal(0), amount=Amount(simplest(most)),
        ),
        say("Show it as a table in the documents, and change what a point is worth if it is not what you want."),
        POLICY,
        subject.field("combination.per_point"),
        example,
    )  # fmt: skip


def _weakest(model: Model) -> Scores:
    """Return scores just above the gates: one criterion after the other lowered as far as the gates let it."""
    scores = dict(passing(model)[0])
    price = prices(model)[0]
    for criterion in model.criteria:
        low, step = as_fraction(criterion.scale.lowest), as_fraction(criterion.scale.step or 0)
        step = step or criterion.scale.width / FINE
        fewest, enough = 0, int((as_fraction(scores[criterion.key]) - low) / step)
        while fewest < enough:
            middle = (fewest + enough) // 2
            tried_scores = {**scores, criterion.key: simplest(low + middle * step)}
            if is_ranked(model, offered(model, "A", price, tried_scores)):
                enough = middle
            else:
                fewest = middle + 1
        scores[criterion.key] = simplest(low + enough * step)
    return scores
