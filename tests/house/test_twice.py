"""A form sent twice does once what it asks: a view calls a verb through `carry_out` or `once`, or it is said why not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import Module, assert_none, modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterable

WATCHED = ("needs", "procurements", "tenders")
"""The rooms in which every view has been gone through; the others follow one by one."""
ONCE = ("carry_out", "once")
ADDS_NOTHING = "writes the values of one row: the second writes the same again"
REFUSED = "a rule refuses the second: it is done already"
IN_ONCE = "called by once alone"
NO_ROW = "takes away what then is no longer there"
READS = "reads only"
TWICE = {
    "needs": {
        "write_need": IN_ONCE,
        "revise_need": ADDS_NOTHING,
        "strike_need": REFUSED,
        "take_up": REFUSED,
    },
    "procurements": {
        "describe_procurement": ADDS_NOTHING,
        "appoint": REFUSED,
        "remove_member": REFUSED,
        "declare_interests": "the same words once more are the declaration that was made",
        "clear_conflict": REFUSED,
        "cancel_procurement": REFUSED,
    },
    "tenders": {
        "as_changed": READS,
        "begin_change": REFUSED,
        "drop_change": REFUSED,
        "take_back": NO_ROW,
        "edit_documents": "an edit of the same row replaces the one before",
        "withdraw_plan": REFUSED,
        "revise_content_item": ADDS_NOTHING,
        "remove_content_item": NO_ROW,
        "remove_document": ADDS_NOTHING,
        "set_terms": ADDS_NOTHING,
        "set_dates": ADDS_NOTHING,
        "propose_dates": "fills in what is empty",
        "accept_tender_proposals": ADDS_NOTHING,
        "set_evaluation_model": ADDS_NOTHING,
        "hand_over_notice": REFUSED,
        "revise_requirement": ADDS_NOTHING,
        "accept_proposals": ADDS_NOTHING,
        "reorder_requirements": "a step further is what two clicks ask for",
        "strike_requirement": REFUSED,
        "cancel_run": REFUSED,
    },
}
"""The verbs that a view may call outside of both, and why a second click does no harm."""


def called(module: Module) -> dict[str, ast.AST]:
    """Return the verbs of the room's own `actions` that are called outside `carry_out` and `once`, with the place."""
    found: dict[str, ast.AST] = {}
    for function in [node for node in module.nodes if isinstance(node, ast.FunctionDef)]:
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        within = {id(node) for call in calls if _name(call) in ONCE for node in ast.walk(call)}
        for call in calls:
            verb = call.func
            if (
                isinstance(verb, ast.Attribute)
                and isinstance(verb.value, ast.Name)
                and verb.value.id == "actions"
                and id(call) not in within
            ):
                found[verb.attr] = call
    return found


def twice(all_modules: Iterable[Module]) -> list[str]:
    """List the verbs that a double click would carry out twice."""
    return [
        f"{module.at(call)}: {verb} is carried out twice by a double click; use carry_out, or say in TWICE why it may"
        for module in all_modules
        if module.room in WATCHED and module.layer == "views"
        for verb, call in called(module).items()
        if verb not in TWICE[module.room]
    ]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_a_double_click_makes_one_thing() -> None:
    assert_none(twice(modules()))


def test_what_is_excused_is_still_called() -> None:
    there = {(module.room, verb) for module in modules() if module.layer == "views" for verb in called(module)}
    assert_none(
        f"{room}: {verb} needs no excuse" for room in TWICE for verb in TWICE[room] if (room, verb) not in there
    )


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("def add(r, desk): actions.add_content_item(tender=1)", 1),
        ("def add(r, desk): desk.carry_out(form, 'x', lambda: actions.add_content_item(tender=1))", 0),
        ("def add(r, desk): once(key='x', effect=lambda: str(actions.add_content_item(tender=1)))", 0),
        ("def edit(r, desk): actions.set_terms(tender=1)", 0),
    ],
)
def test_a_planted_view_that_makes_two_is_caught(code: str, faults: int) -> None:
    assert len(twice([planted("tenders/views/planted.py", code)])) == faults
