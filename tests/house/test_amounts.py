"""A sum of money in a sentence is an `Amount`, so that öre are told with both digits wherever a price is told."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import Module, assert_none, dotted, modules, planted

SAY = "rodatraden.core.message.say"
MONEY = {"price", "amount", "ceiling", "per_point", "deduction", "addition", "planned", "committed", "limit", "floor"}
"""What sums are called in sentences; some of the names also mean other things, which are named below."""
NO_MONEY = {
    "core/assessment",  # scales
    "core/canonical.py",  # a limit of whole numbers
    "core/numbers.py",  # limits of what was typed, of points and hours too
    "core/evaluation/price_points.py:ceiling",  # shares
    "core/evaluation/price_points.py:floor",
    "core/evaluation/weighted_sum.py:price",  # points
    "core/evaluation/wording.py:price",  # weights
    "core/evaluation/wording.py:ceiling",
    "core/evaluation/wording.py:floor",
}


def bare_amounts(module: Module) -> list[str]:
    """List the values of sentences that are named as money and are neither an `Amount` nor a text made of one."""
    names = module.names
    return [
        f"{module.at(word.value)}: {word.arg}={ast.unparse(word.value)} is no Amount"
        for node in module.nodes
        if isinstance(node, ast.Call) and dotted(node.func, names) == SAY
        for word in node.keywords
        if word.arg in MONEY and not _is_told(word.value) and not _is_no_money(module, word.arg)
    ]


def _is_told(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id
        in {
            "Amount",
            "swedish_amount",
            "str",
        }
    )


def _is_no_money(module: Module, name: str) -> bool:
    return any(module.place.startswith(each) or f"{module.place}:{name}" == each for each in NO_MONEY)


def test_sums_in_sentences_are_amounts() -> None:
    assert_none(line for module in modules() for line in bare_amounts(module))


@pytest.mark.parametrize(
    ("value", "faults"), [("price", 1), ("offer.price", 1), ("Amount(price)", 0), ("swedish_amount(price)", 0)]
)
def test_a_planted_bare_amount_is_caught(value: str, faults: int) -> None:
    code = f"from rodatraden.core.message import say\nsay('The price is {{price}} kr.', price={value})"
    assert len(bare_amounts(planted("bids/rules.py", code))) == faults
