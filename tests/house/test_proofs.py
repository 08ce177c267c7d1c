"""A page that names a test as its proof names one that exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from tests.house.tree import ROOT, assert_none, tracked_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAMED = re.compile(r"(tests/[\w/]+\.py)::(\w+(?:::\w+)*)")


def without_proof(pages: Iterable[tuple[str, str]], root: Path) -> list[str]:
    """List the tests that pages name and that nobody has written: a function, or a method, with its class or without."""
    return [
        f"{page} names {place}::{name}, which does not exist"
        for page, text in pages
        for place, name in NAMED.findall(text)
        if name not in names_in(root / place)
    ]


@cache
def names_in(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
            found |= methods | {f"{node.name}::{each}" for each in methods}
    return frozenset(found)


def test_each_test_that_a_page_names_exists():
    pages = [path for path in tracked_files() if path.suffix == ".md" and path.is_relative_to(ROOT / "docs")]
    assert_none(without_proof([(path.name, path.read_text("utf-8")) for path in pages], ROOT))


def test_one_that_is_gone_is_named(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("def test_b(): ...\nclass TestC:\n    def test_d(self): ...\n")
    text = "`tests/test_a.py::test_b`, `tests/test_a.py::TestC::test_d`, `tests/test_a.py::test_d`, `tests/test_a.py::test_gone`, `tests/no.py::x`"
    assert without_proof([("page", text)], tmp_path) == [
        "page names tests/test_a.py::test_gone, which does not exist",
        "page names tests/no.py::x, which does not exist",
    ]
