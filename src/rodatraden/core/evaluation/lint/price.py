"""Does every lower price pay? Clipped scales, corridors, coarse rounding and prices that need not be delivered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.life_cycle import Paid
from rodatraden.core.evaluation.lint.market import ORE, offered, order, passing, prices, result_of, tried
from rodatraden.core.evaluation.lint.remark import Example, Remark, Severity, Source
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.lint.market import Scores
    from rodatraden.core.evaluation.lint.remark import Field, Subject
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.exact import Exact

PRICE_COUNTS = Source("HFD 2022 ref. 41")
UNBOUND = Source("LOU 4 kap. 1 §; Kammarrätten i Sundsvall 2024", is_verified=False)
COARSE = Fraction(1, 1000)
"""The share of a price that rounding may leave without effect before it is told. Source: policy."""


def price_without_effect(subject: Subject) -> Iterator[Remark]:
    """Tell when there are prices at which a lower price gives nothing (INV-10)."""
    model = replace(subject.model, roundings=(), corridor=None)
    if not model.combination.needs_price:
        return
    example = _same_value(model, subject) or _no_better_place(model, subject)
    if example is None:
        return
    yield Remark(
        "price_without_effect",
        Severity.ERROR,
        say("There are prices at which a lower price gives nothing."),
        say("Let the value change with the price at every price: no floor, no ceiling, no points by rank. A price addition does."),
        PRICE_COUNTS,
        subject.field("combination"),
        example,
    )  # fmt: skip


def price_clipped(subject: Subject) -> Iterator[Remark]:
    """Tell of a scale that is clipped at prices that only certain fields of bids reach."""
    weighing = subject.model.combination
    clipped = isinstance(weighing, WeightedSum) and not weighing.always_counts
    clipped = clipped or (isinstance(weighing, PriceDeduction) and weighing.floor is not None)
    if clipped and not list(price_without_effect(subject)):
        yield Remark(
            "price_clipped",
            Severity.WARNING,
            say("The price scale is clipped. Among the bids that were tried every lower price paid, but at the clip it does not."),
            say("Take floor and ceiling away."),
            PRICE_COUNTS,
            subject.field("combination"),
        )  # fmt: skip


def _tried_qualities(model: Model) -> tuple[Scores, ...]:
    """Return a middling and the highest quality; at the lowest a ratio is 0 at every price, which says nothing."""
    return passing(model)[1:][-2:] or passing(model)[-1:]


def _same_value(model: Model, subject: Subject) -> Example | None:
    """Return two bids with the same quality, of which the cheaper has no better value, alone or among others."""
    tries = prices(model, subject.part.lot.bids)
    for scores in _tried_qualities(model):
        others = [offered(model, key, tries[0], scores) for key in "CDEF"] if model.is_relative else []
        for rivals in ((), others) if others else ((),):
            for low, high in pairwise(tries[len(rivals) // 4 :]):
                bids = offered(model, "A", low, scores), offered(model, "B", high, scores), *rivals
                if _leads(order(model, *bids), model) <= 0 and (found := tried(model, *bids)) is not None:
                    return Example(
                        say("A is {less} cheaper than B with the same quality, and has no better value.", less=Amount(_less(found))),
                        (found,),
                    )  # fmt: skip
    return None


def _no_better_place(model: Model, subject: Subject) -> Example | None:
    """Return a bid that lowers its price and comes no closer to another one."""
    tries = prices(model, subject.part.lot.bids)
    qualities = _tried_qualities(model)
    rivals = [(tries[n], scores) for n in (0, len(tries) // 2, -1) for scores in qualities]
    for scores in qualities:
        for price, theirs in rivals:
            rival = offered(model, "B", price, theirs)
            own = [offered(model, "A", each, scores) for each in tries]
            leads = [_leads(order(model, each, rival), model) for each in own]
            for n, (after, before) in enumerate(pairwise(leads)):
                if after > before:
                    continue
                dearer, cheaper = tried(model, own[n + 1], rival), tried(model, own[n], rival)
                if dearer is not None and cheaper is not None:
                    text = say("A lowers its price and comes no closer to B, or gets no further ahead.")
                    return Example(text, (dearer, cheaper))
    return None


NOTHING = Fraction(10**30)
"""A lead so large that no fault is found in it: of bids that the model says nothing of."""


def _leads(ranked: dict[str, tuple[Exact, int]] | None, model: Model) -> Fraction:
    """Return how much better the value of A is than that of B."""
    if not ranked or not {"A", "B"} <= ranked.keys():
        return NOTHING
    a, b = (as_fraction(ranked[key][0]) for key in ("A", "B"))
    return b - a if model.combination.best is Best.LOWEST else a - b


def _less(found: Field) -> Exact:
    a, b = (as_fraction(result_of(found, key).price or Decimal(0)) for key in ("A", "B"))
    return simplest(b - a)


def price_in_corridor(subject: Subject) -> Iterator[Remark]:
    """Tell when bids near the best are set apart without regard to price (INV-10)."""
    model, corridor = subject.model, subject.model.corridor
    if corridor is None or corridor.decided_by is TieRule.LOWER_PRICE:
        return
    yield Remark(
        "price_in_corridor",
        Severity.ERROR,
        say("Within {percent} % of the best value the price has no effect.", percent=corridor.percent),
        say("Take the corridor away, and say in the model what quality is worth in money."),
        PRICE_COUNTS,
        subject.field("corridor"),
        _corridor_example(model, subject),
    )


def _corridor_example(model: Model, subject: Subject) -> Example | None:
    qualities = passing(model)
    tries = prices(model, subject.part.lot.bids)
    for worse in qualities:
        for better in qualities[qualities.index(worse) + 1 :]:
            for price in tries:
                for cheaper in (
                    price * part for part in (Fraction(19, 20), Fraction(9, 10), Fraction(4, 5), Fraction(2, 3))
                ):
                    bids = offered(model, "A", cheaper, worse), offered(model, "B", price, better)
                    ranked = order(model, *bids)
                    is_passed_over = ranked is not None and 0 < _leads(ranked, model) < NOTHING and ranked["B"][1] == 1
                    if is_passed_over and (found := tried(model, *bids)) is not None:
                        return Example(say("A has the better value, and B is first."), (found,))
    return None


def price_rounded(subject: Subject) -> Iterator[Remark]:
    """Tell when rounding takes away the effect of more than a thousandth of a price."""
    model = subject.model
    if not model.roundings or not model.combination.needs_price or not passing(model):
        return
    scores, tries = passing(model)[-1], prices(model, subject.part.lot.bids)
    price = tries[len(tries) // 2]
    low = price * (1 - COARSE) - as_fraction(ORE)
    exact = replace(model, roundings=())
    pair = offered(model, "A", low, scores), offered(model, "B", price, scores)
    rounded, unrounded = (_leads(order(each, *pair), each) for each in (model, exact))
    if rounded > 0 or unrounded <= 0 or (found := tried(model, *pair)) is None:
        return
    yield Remark(
        "price_rounded",
        Severity.WARNING,
        say("Rounding leaves price differences of more than a thousandth without effect."),
        say("Round to more decimals, or not at all."),
        PRICE_COUNTS,
        subject.field("roundings"),
        Example(say("A is {less} cheaper than B with the same quality, and has no better value.", less=Amount(_less(found))), (found,)),
    )  # fmt: skip


def unbound_line(subject: Subject) -> Iterator[Remark]:
    """Tell when a price that is counted is one that the supplier need never deliver at."""
    if subject.documents is None:
        return
    for n, line in enumerate(subject.model.price.lines):
        if line.key in subject.documents.unbound_lines:
            yield Remark(
                "unbound_line",
                Severity.WARNING,
                say("{line} counts in the price, but the documents oblige nobody to order or deliver it.", line=line.label),
                say("Bind the supplier to the price, give the quantity a reason, or take the line out of the sum."),
                UNBOUND,
                subject.field(f"price.lines[{n}]"),
                _unbound_example(subject.model, line.key),
            )  # fmt: skip


def _unbound_example(model: Model, unbound: str) -> Example | None:
    """Return two bids of which the one that costs more for what is delivered is first."""
    bound = next(
        (
            each.key
            for each in model.price.lines
            if each.key != unbound and not each.deducted and each.paid is Paid.ONCE
        ),
        None,
    )
    if bound is None or not passing(model):
        return None
    quantity = {line.key: line.quantity for line in model.price.lines}
    low = {line.key: Decimal(100) for line in model.price.lines}
    gained = simplest(
        as_fraction(quantity[bound]) * 10 / as_fraction(quantity[unbound])
    )  # what 10 more on `bound` costs
    a = offered(model, "A", Fraction(1), passing(model)[-1])
    bids: list[Bid] = [
        replace(a, prices={**low, bound: Decimal(110), unbound: ORE}),
        replace(a, key="B", name="B", prices={**low, unbound: simplest(as_fraction(gained) + 1)}),
    ]
    found = tried(model, *bids)
    if found is None or found.outcome.value.winner != "A":
        return None
    return Example(say("A is first, though what must be delivered costs more from A."), (found,))
