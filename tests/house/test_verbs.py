"""A verb says who does it and when: keyword-only arguments, among them `by`, and `at` or the `arrival` of a request."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOMS, Module, assert_none, functions, modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterable

# The verbs under all other verbs: they begin with what they record, so that a line of a verb reads as a sentence.
BEGIN_WITH_THEIR_SUBJECT = {"record_event", "store_bytes", "store_chunks"}
# Repairs of the database's own means and entries that tell of nothing, by nobody and at no time that counts; and the
# signature under a receipt, whose entry says who and when; and what the server finds when it tries itself.
NOBODYS = {"note_stamp_trial", "record_cover", "restore_ledger_triggers", "sign_export", "sign_receipt"}


def unlike_verbs(all_modules: Iterable[Module]) -> list[str]:
    """List the verbs of the rooms that could be called without saying who and when.

    A verb is a public function of `actions.py`; where that is a package, one that its `__init__.py` hands out.
    """
    actions = [module for module in all_modules if module.room in ROOMS and module.layer == "actions"]
    handed_out = {
        (module.room, alias.name)
        for module in actions
        if module.place.endswith("/__init__.py")
        for node in module.nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return [
        fault
        for module in actions
        for function in functions(module.tree)
        if module.place.endswith("/actions.py") or (module.room, function.name) in handed_out
        for fault in verb_faults(module, function)
    ]


def verb_faults(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """List what a verb's signature lacks."""
    if function.name in NOBODYS:
        return []
    arguments = function.args
    named = {argument.arg for argument in arguments.kwonlyargs}
    n_by_position = len(arguments.posonlyargs) + len(arguments.args) + (arguments.vararg is not None)
    where = f"{module.at(function)}: {function.name}"
    found = []
    if n_by_position > (function.name in BEGIN_WITH_THEIR_SUBJECT):
        found.append(f"{where} takes arguments by position; begin its list with `*`")
    if "by" not in named:
        found.append(f"{where} does not say who: `by`")
    if not named & {"at", "arrival"}:
        found.append(f"{where} does not say when: `at`, or `arrival` for what must be in time")
    return found


def back_doors(module: Module) -> list[str]:
    """List where a module reaches past the front of another room's package: `bids.actions.opening` for `bids.actions`."""
    found = []
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            room, _, inner = rest.partition(".")
            if package == "rodatraden" and room in ROOMS and room != module.room and "." in inner:
                found.append(f"{module.at(node)}: {name} is inside another room; import what its package hands out")
    return found


def test_every_verb_says_who_and_when() -> None:
    assert_none(unlike_verbs(modules()))


def test_rooms_are_entered_by_the_front() -> None:
    assert_none(line for module in modules() for line in back_doors(module))


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("def open_bids(*, tender, by, at): ...", 0),
        ("def submit_bid(*, draft, by, arrival): ...", 0),
        ("def record_event(event, *, by, at): ...", 0),
        ("def _write(bid): ...", 0),
        ("class Outcome:\n  def value(self): ...", 0),
        ("def open_bids(tender, *, by, at): ...", 1),
        ("def open_bids(*tenders, by, at): ...", 1),
        ("def open_bids(*, tender, at): ...", 1),
        ("def open_bids(*, tender, by): ...", 1),
        ("def record_event(event, of, *, by, at): ...", 1),
        ("async def open_bids(tender): ...", 3),
    ],
)
def test_a_planted_verb_without_who_or_when_is_caught(code: str, faults: int) -> None:
    front = planted("bids/actions/__init__.py", "from rodatraden.bids.actions.opening import open_bids, record_event")
    assert len(unlike_verbs([planted("bids/actions.py", code)])) == faults
    assert len(unlike_verbs([front, planted("bids/actions/opening.py", code)])) == faults
    assert unlike_verbs([planted("bids/actions/opening.py", code)]) == []
    assert unlike_verbs([planted("bids/queries.py", code)]) == []


@pytest.mark.parametrize(
    ("place", "code", "faults"),
    [
        ("awards/actions.py", "from rodatraden.bids.actions.opening import write", 1),
        ("demo/story.py", "import rodatraden.bids.queries.seen", 1),
        ("config/urls.py", "from rodatraden.pages.templatetags.case import frame", 1),
        ("awards/actions.py", "from rodatraden.bids.actions import open_bids", 0),
        ("bids/actions/__init__.py", "from rodatraden.bids.actions.opening import open_bids", 0),
        ("bids/rules.py", "from rodatraden.core.calendars.days import is_day_off", 0),
    ],
)
def test_a_planted_back_door_is_caught(place: str, code: str, faults: int) -> None:
    assert len(back_doors(planted(place, code))) == faults
