"""Law is data (INV-34): no legal amount or period is a literal in a room; the core takes them as arguments.

A test can't know law when it sees it. It looks for what such a literal looks like: an amount that stands in a rule row,
a length of time of five days or more, and a number with a name like `STANDSTILL_DAYS` or `direct_award_limit`.
"""

from __future__ import annotations

import ast
import re
import tomllib
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOMS, SOURCE, Module, assert_none, dotted, modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = 5  # days; shorter is housekeeping, such as a day's grace for a reminder
SMALL = 1000  # amounts below are no thresholds but numbers of something
LENGTHS = {"days": 1, "weeks": 7, "months": 30, "years": 365}
LEGAL_NAME = re.compile(r"(^|_)(days|weeks|months|years|threshold|standstill|amount|sek|nok|eur)(_|$)", re.IGNORECASE)


@cache
def amounts_in_rule_rows() -> frozenset[Decimal]:
    """Return every amount that a rule row holds."""
    found: set[Decimal] = set()
    for path in SOURCE.glob("core/calendars/**/*.toml"):
        found.update(number for number in _numbers(tomllib.loads(path.read_text(encoding="utf-8"))) if number >= SMALL)
    return frozenset(found)


def _numbers(data: object) -> Iterator[Decimal]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _numbers(value)
    elif isinstance(data, list):
        for value in data:
            yield from _numbers(value)
    elif (number := _number(data)) is not None:
        yield number


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).replace("_", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def law_in_code(module: Module, amounts: frozenset[Decimal]) -> list[str]:
    """List the literals of a module that look like legal amounts or periods."""
    if module.room not in ROOMS:
        return []
    names = module.names
    found = []
    for node in module.nodes:
        if isinstance(node, ast.Constant) and (number := _number(node.value)) is not None and number in amounts:
            found.append(f"{_shown(module, node)} is the amount of a rule row; ask core.calendars for it")
        if isinstance(node, ast.Call) and dotted(node.func, names).rpartition(".")[2] in {"timedelta", "relativedelta"}:
            given = [*zip(("days",), node.args[:1], strict=False), *((word.arg, word.value) for word in node.keywords)]
            if any(_literal(value) * LENGTHS.get(unit or "", 0) >= SHORT for unit, value in given):
                found.append(f"{_shown(module, node)} is a legal period or looks like one; ask core.calendars for it")
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _literal(node.value) >= SHORT:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [
                f"{_shown(module, node)} looks like law" for name in map(ast.unparse, targets) if _is_legal_name(name)
            ]
    return found


def _shown(module: Module, node: ast.AST) -> str:
    return f"{module.at(node)}: {ast.unparse(node)}"


def _is_legal_name(name: str) -> bool:
    """Whether a number of this name may be law; how many months there are in a year is not."""
    return bool(LEGAL_NAME.search(name)) and "_in_" not in name.lower()


def _literal(node: ast.expr) -> Decimal:
    """Return the number that an expression is, as `5`, `Decimal("5")` or `2 * 5`; nought for what isn't a number."""
    match node:
        case ast.Constant(value=value):
            return _number(value) or Decimal(0)
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=value)]):
            return _number(value) or Decimal(0)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _literal(left) * _literal(right)
        case ast.UnaryOp(operand=operand):
            return _literal(operand)
    return Decimal(0)


def test_inv_34_no_legal_amount_or_period_stands_in_code() -> None:
    amounts = amounts_in_rule_rows()
    assert amounts
    assert_none(line for module in modules() for line in law_in_code(module, amounts))


AMOUNTS = frozenset({Decimal(700000), Decimal("1605000.50")})


@pytest.mark.parametrize(
    "code",
    [
        "value < 700_000",
        "value < Decimal('1605000.5')",
        "at + timedelta(days=10)",
        "at + timedelta(10)",
        "at + datetime.timedelta(weeks=1)",
        "at + relativedelta(months=+3)",
        "STANDSTILL = 10",
        "N_DAYS = 15",
        "days: int = 2 * 5",
        "direct_award_threshold = Decimal('5e5')",
    ],
)
def test_planted_law_is_caught(code: str) -> None:
    for place in ("awards/rules.py", "awards/forms.py", "awards/queries/standstill.py"):
        assert len(law_in_code(planted(place, code), AMOUNTS)) == 1
    assert law_in_code(planted("demo/story.py", code), AMOUNTS) == []


@pytest.mark.parametrize(
    "code",
    [
        "at + timedelta(days=1)",
        "at + timedelta(hours=24)",
        "at + timedelta(days=row.days)",
        "days = row.days",
        "page_size = 30",
        "MONTHS_IN_YEAR = 12",
        "text[:300]",
        "'2024-05-01', True, 'NaN'",
    ],
)
def test_other_numbers_are_no_law(code: str) -> None:
    assert law_in_code(planted("awards/rules.py", code), AMOUNTS) == []
