"""Files of others leave by one door, `records.handing_out`, and each page that offers one says what a scanner said of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from django.urls import get_resolver

from rodatraden.config.checks import addresses
from tests.house.tree import SOURCE, Module, assert_none, modules, planted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

READS_BYTES = {"open_stored", "read_bytes"}
READ_FOR_ANOTHER_END = {
    "assessments/views/bundling.py": "the package of reports is ours",
    "awards/actions/access.py": "a masked copy is made of it",
    "bids/queries/sealed.py": "what is sealed is opened, or handed back to whoever sealed it",
    "publication/documents/archive.py": "leaves out what holds a finding, and says so",
    "publication/views.py": "the published documents are ours",
    "tenders/actions/copying.py": "becomes a file of a copy, which leaves by the door; what holds a finding is left out",
}
"""Where else the bytes of a stored file are read, and why no finding can leave that way."""
MARK = 'include "ui/components/scan.html"'
ADDRESS = re.compile(r"""(?:\{%\s*url\s+|reverse\()["']([a-z]+:[a-z_]+)["']""")


def undoored(found: Iterable[Module], allowed: Collection[str]) -> list[str]:
    """List the places outside the records that read the bytes of a stored file and are not known to."""
    return [
        f"{module.at(node)} reads a stored file: hand it out by records.handing_out.hand_out"
        for module in found
        if module.room not in {"records", "cli"} and module.place not in allowed
        for node in module.nodes
        if isinstance(node, ast.ImportFrom)
        and node.module == "rodatraden.records.queries"
        and READS_BYTES & {alias.name for alias in node.names}
    ]


def handing_out() -> set[str]:
    """Return the names of the addresses whose views hand out what others have sent."""
    views = {
        f"rodatraden.{module.place.removesuffix('.py').replace('/', '.')}.{function.name}"
        for module in modules()
        if module.layer == "views"
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef) and _calls(module, function)
    }
    found = addresses(get_resolver().url_patterns)
    return {name for _, name, view in found if f"{view.__module__}.{view.__name__}" in views}


def _calls(module: Module, function: ast.FunctionDef) -> bool:
    """Whether a function hands out a file, itself or by a private one of its module."""
    called = {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    private = {each.name: each for each in module.tree.body if isinstance(each, ast.FunctionDef)}
    return "hand_out" in called or any(
        _calls(module, private[name]) for name in called if name.startswith("_") and name in private
    )


def unmarked(place: str, text: str, names: Collection[str]) -> list[str]:
    """List the files that a template offers without what a scanner said of them."""
    offered = [name for name in ADDRESS.findall(text) if name in names]
    return [f"{place} offers {name} without {MARK}" for name in offered[text.count(MARK) :]]


def test_every_file_leaves_by_the_one_door():
    assert_none(undoored(modules(), READ_FOR_ANOTHER_END))


def test_every_exception_is_one():
    used = {module.place for module in modules() if undoored([module], ())}
    assert used == set(READ_FOR_ANOTHER_END)


def test_every_page_that_offers_a_file_says_what_a_scanner_said_of_it():
    names, offered = handing_out(), set()
    complaints = []
    for path in sorted(SOURCE.rglob("*.html")):
        text, place = path.read_text(encoding="utf-8"), path.relative_to(SOURCE).as_posix()
        offered |= set(ADDRESS.findall(text)) & names
        complaints += unmarked(place, text, names)
    assert_none(complaints)
    in_code = {name for module in modules() for name in ADDRESS.findall(ast.unparse(module.tree))} & names
    assert "assessments:reading" in in_code  # by assessments/material.html, which says it too
    assert MARK in (SOURCE / "assessments/templates/assessments/material.html").read_text(encoding="utf-8")
    assert names - offered - in_code == set()
    assert len(names) >= 12


@pytest.mark.parametrize(
    "text", ["{% url 'bids:file' 1 %}", '{% url "bids:file" file.pk as address %}', "{%  url 'bids:file' 1 %}"]
)
def test_an_offer_without_its_mark_is_found(text):
    assert unmarked("a.html", text, {"bids:file"})
    marked = text + "{% " + MARK + " with mark=1 only %}"
    assert not unmarked("a.html", marked, {"bids:file"})
    assert unmarked("a.html", marked + text, {"bids:file"})
    assert not unmarked("a.html", text, {"bids:read"})


def test_a_second_door_is_found():
    code = "from rodatraden.records.queries import open_stored"
    assert undoored([planted("bids/views/x.py", code)], ())
    assert not undoored([planted("records/views.py", code)], ())
    assert not undoored([planted("bids/views/x.py", "from rodatraden.records.queries import mark_scans")], ())
