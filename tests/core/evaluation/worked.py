"""The worked examples of `docs/rules`: each table, the case file that it links, and the sums on the page by hand.

A page and its case and the code can't part: the table is compared with what the code finds, and with the column "By hand",
which is computed here from the page alone.
"""

from __future__ import annotations

import ast
import operator
import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rodatraden.core.evaluation import evaluate
from rodatraden.core.evaluation.case import Case, read_case
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from rodatraden.core.evaluation import BidResult, Outcome

ROOT = Path(__file__).parents[3]
RULES = ROOT / "docs" / "rules"
CASES = ROOT / "examples" / "cases"
OF_A_KIND = {"publ-02-e-avrop-avdrag", "publ-10-uppdragsarkeologi-95"}
"""The published examples whose way of weighing no other case has; the rest have the models of the families."""
FAMILIES = sorted(path for path in CASES.glob("*.json") if not path.stem.startswith("publ-") or path.stem in OF_A_KIND)
"""A case of every kind, each kind once or a few times: for what is slow to try on all."""
SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
STATUSES = {"below_gate": "below the gate", "not_qualified": "not qualified"}


def by_hand(text: str) -> Fraction:
    """Compute a sum as it stands on a page: + − × ÷ ^ and parentheses, with exact numbers."""
    plain = re.sub(r"(\d+/\d+)", r"(\1)", text)
    for sign, code in {"×": "*", "÷": "/", "−": "-", "^": "**"}.items():
        plain = plain.replace(sign, code)

    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.BinOp(left, sign, right):
                other = value(right)
                return Fraction(SIGNS[type(sign)](value(left), int(other) if isinstance(sign, ast.Pow) else other))
            case ast.UnaryOp(ast.USub(), operand):
                return -value(operand)
            case ast.Constant():
                return Fraction(ast.get_source_segment(plain, node) or "")
        raise ValueError(text)

    return value(ast.parse(plain, mode="eval").body)


@cache
def read(name: str) -> Case:
    return read_case((CASES / f"{name}.json").read_bytes())


@cache
def outcome(name: str) -> Outcome:
    """Evaluate the case with this name, which has no lots."""
    (lot,) = read(name).lots
    return evaluate(lot.model, lot.bids)


def tables(page: str) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the name of each case that a page links before a table, and the rows of the table by column."""
    blocks = (RULES / page).read_text(encoding="utf-8").split("\n\n")
    found = []
    for text, table in pairwise(blocks):
        link = re.match(r"\[`([\w-]+)\.json`\]\(../../examples/cases/\1\.json\)", text)
        if link and table.startswith("|"):
            head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines())
            found.append((link[1], [dict(zip(head, row, strict=True)) for row in rows]))
    return found


def check_page(page: str) -> None:
    """Compare every table of a page with its case, as computed by the code, and with the sums by hand."""
    found = tables(page)
    assert found, f"{page} has no worked example"
    for name, rows in found:
        results = {result.key: result for result in outcome(name).results}
        assert len(rows) == len(results), name
        assert [(name, row["Bid"], row["Value"], row["Place"]) for row in rows] == [
            (name, row["Bid"], *shown(results[row["Bid"]])) for row in rows
        ]
        for row in rows:
            if row["Value"] != "–":
                assert by_hand(row["By hand"]) == as_fraction(results[row["Bid"]].value), (name, row)


def shown(result: BidResult) -> tuple[str, str]:
    if result.value is None:
        return "–", STATUSES[result.status]
    return str(result.value), str(result.place)


def lines(name: str, key: str) -> list[tuple[str, str | None]]:
    """Return the steps of one bid of a case, as text and value."""
    (result,) = (each for each in outcome(name).results if each.key == key)
    return [(str(step.text), None if step.value is None else str(step.value)) for step in result.steps]
