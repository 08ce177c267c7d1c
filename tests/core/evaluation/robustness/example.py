"""The worked examples of `docs/rules/robustness.md`: one case file, one table under each heading, read by its test."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rodatraden.core.evaluation import Bid, Model, evaluate
from rodatraden.core.evaluation.robustness import Again, Panel
from rodatraden.core.evaluation.robustness.again import between_steps
from tests.core.evaluation.worked import RULES, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rodatraden.core.evaluation.robustness import First
    from rodatraden.core.exact import Exact

(PART,) = read("27-assessors").parts
MODEL, BIDS, INDIVIDUAL = PART.lot.model, PART.lot.bids, PART.individual or {}
OUTCOME = evaluate(MODEL, BIDS)
AGAIN = Again(MODEL, BIDS)
JOINING = Again(between_steps(MODEL), BIDS)
PANEL = Panel.of(MODEL, BIDS, INDIVIDUAL)


@cache
def rows(heading: str) -> list[dict[str, str]]:
    """Return the rows of the table under the heading that begins so, by column."""
    page = (RULES / "robustness.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {re.escape(heading)}[^\n]*\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    table = [line for line in section.splitlines() if line.startswith("|")]
    head, _, *found = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table)
    return [dict(zip(head, row, strict=True)) for row in found]


def shown(first: First) -> str:
    """Write who is first as the page does."""
    return "–" if first is None else ", ".join(first) or "nobody"


def first_of(model: Model, bids: Sequence[Bid]) -> tuple[str, ...]:
    """Return who is first, as the engine says."""
    return evaluate(model, bids).value.keys


def scored(bid: Bid, scores: Mapping[str, Exact]) -> Bid:
    """Return the bid with some other scores."""
    return Bid(bid.key, bid.name, bid.price, {**bid.scores, **scores}, bid.not_qualified)
