"""Each rule that must never be broken has a test that carries its number, such as `test_inv_19_no_contract_before_…`."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.house.tree import ROOT, assert_none

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of the 35 in docs/invariants.md, those that what is built so far touches.
TOUCHED = (*range(1, 31), *range(32, 36))


def without_test(numbers: Iterable[int], sources: Iterable[str]) -> list[int]:
    """Return the numbers of invariants that no test function carries."""
    tested = {
        int(match[1])
        for source in sources
        if "test_inv_" in source
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and (match := re.match(r"test_inv_(\d\d)_\w", node.name))
    }
    return sorted(set(numbers) - tested)


def test_every_touched_invariant_has_its_test() -> None:
    sources = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)
    ]
    assert_none(f"INV-{number:02} has no test" for number in without_test(TOUCHED, sources))


def test_a_missing_invariant_is_caught() -> None:
    sources = [
        "def test_inv_19_no_contract_before_earliest_signing(): ...",
        "# def test_inv_05_late(): ...",
        "inv_01 = 1",
    ]
    assert without_test([1, 5, 19], sources) == [1, 5]
