"""A whole number of an address or a hidden field is read by `core.numbers.whole_number`, which no text breaks."""

from __future__ import annotations

import ast

from tests.house.tree import Module, assert_none, modules, planted

ASKS_FOR_DIGITS = {"isdigit", "isdecimal", "isnumeric"}
OWN_READING = {"core", "cli"}
"""The core counts digits where it knows which they are, and argparse tells what it could not read."""


def digits_asked_for(module: Module) -> list[str]:
    """List where a room asks a text for digits: those of every script, and of any length, which `int` then raises on."""
    if module.room in OWN_READING:
        return []
    return [
        f"{module.at(node)}: {node.attr} says yes to digits of every script; use core.numbers.whole_number"
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in ASKS_FOR_DIGITS
    ]


def test_no_room_reads_a_whole_number_in_a_way_of_its_own() -> None:
    assert_none(line for module in modules() for line in digits_asked_for(module))


def test_a_planted_reading_is_caught() -> None:
    code = 'asked = request.GET.get("del", "1")\nnumber = int(asked) if asked.isdecimal() else 1'
    assert len(digits_asked_for(planted("assessments/views/drafting.py", code))) == 1
    assert digits_asked_for(planted("core/canonical.py", code)) == []
