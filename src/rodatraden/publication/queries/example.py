"""A made-up evaluation, computed by the same program as the real ones: the page that explains it can't disagree with it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Criterion, Gate, Model, PriceAddition, TieRule, evaluate
from rodatraden.evaluation.queries import told
from rodatraden.tenders.queries import model_sentences, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation import BidResult

TEMPLATE = "consultant_hourly"
BIDS = (("A", "1140", ("9", "8")), ("B", "1000", ("7", "8")), ("C", "960", ("8", "6")), ("D", "790", ("5", "6")))
"""Name, price and points of each bid: the example of the design."""


@dataclass(frozen=True, slots=True)
class Example:
    """The model in words, and what it makes of each bid, step by step."""

    sentences: Sequence[str]
    bids: Sequence[tuple[BidResult, Sequence[tuple[str, str]]]]


def worked_example() -> Example:
    """Return the evaluation of four made-up bids by the model of the template for consultants by the hour.

    Raises:
        LookupError: the template is gone.
    """
    found = template(TEMPLATE)
    if found is None:
        msg = f"There is no template {TEMPLATE}"
        raise LookupError(msg)
    criteria = tuple(
        Criterion(str(number), row["title"], Scale(Decimal(0), Decimal(row["max_points"]), Decimal(1)))
        for number, row in enumerate(row for row in found.requirements if row.get("max_points"))
    )
    model = Model(
        criteria=criteria,
        combination=PriceAddition(Decimal(found.model["per_point"]), Decimal(found.model["target"])),
        gates=(Gate(Decimal(found.model["gate"])),),
        tie_rule=TieRule(found.model["tie_rule"]),
    )
    bids = [
        Bid(name, name, Decimal(price), dict(zip((c.key for c in criteria), map(Decimal, points), strict=True)))
        for name, price, points in BIDS
    ]
    results = evaluate(model, bids).results
    return Example(
        tuple(model_sentences(model)),
        [(result, [(line.text, line.value) for line in told(result)]) for result in results],
    )
