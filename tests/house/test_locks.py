"""A row is held so that who only points to it does not wait: foreign keys are checked at the commit, with the log held.

Who holds a row in full and then waits for the log, and who holds the log and points to the row, wait for each other for
ever, and PostgreSQL breaks off one of them. That was how somebody who asked a question could stop a bid.
"""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import Module, assert_none, modules, planted

IN_FULL = {
    "assessments/actions/library.py": "a draft that is made a version, or thrown away, is deleted; nothing points to it",
    "bids/actions/discarding.py": "what had come of a bid is deleted; only its parts and a hand-in point to it, which hold it first",
    "bids/actions/unlocking.py": "what the first one handed back is deleted; nothing points to it",
}
"""Where one row is held in full, because it is deleted, and why nobody who points to it waits with the log held."""


def locks(module: Module) -> list[ast.Call]:
    """List the calls of a module that hold rows in full."""
    return [
        node
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and not any(
            each.arg == "no_key" and isinstance(each.value, ast.Constant) and each.value.value is True
            for each in node.keywords
        )
    ]


def joined(module: Module) -> list[str]:
    """List where rows are held together with those they are read with, which is out of the order of locks."""
    return [
        f'{module.at(node)}: holds what it is joined with too; write of=("self",)'
        for node in module.nodes
        if isinstance(node, ast.Call)
        and (chain := _chain(node))
        and "select_related" in chain
        and "select_for_update" in chain
        and not any(each.arg == "of" for each in chain["select_for_update"].keywords)
    ]


def _chain(call: ast.Call) -> dict[str, ast.Call]:
    """Return the calls of `a.b(…).c(…)` by name, from the last."""
    chain: dict[str, ast.Call] = {}
    node: ast.expr = call
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        chain[node.func.attr] = node
        node = node.func.value
    return chain


def test_no_row_is_held_against_those_who_only_point_to_it() -> None:
    assert_none(
        f"{module.at(call)}: holds the row in full; write no_key=True, or say in IN_FULL that it is deleted"
        for module in modules()
        for call in locks(module)[module.place in IN_FULL :]
    )


def test_what_is_held_in_full_is_there() -> None:
    assert {module.place for module in modules() if locks(module)} == set(IN_FULL)


def test_no_row_is_held_with_what_it_is_read_with() -> None:
    assert_none(line for module in modules() for line in joined(module))


@pytest.mark.parametrize(
    "code",
    [
        "Tender.objects.select_for_update().get(pk=pk)",
        'Tender.objects.select_for_update(of=("self",)).get(pk=pk)',
        "tender.refresh_from_db(from_queryset=Tender.objects.select_for_update(no_key=False))",
        "rows = type(row)._default_manager.select_for_update(nowait=True)",
    ],
)
def test_a_planted_lock_is_caught(code: str) -> None:
    assert len(locks(planted("tenders/actions/questions.py", code))) == 1


def test_a_planted_join_is_caught() -> None:
    code = 'KeyHolder.objects.select_for_update(no_key=True).select_related("organisation").get(pk=pk)'
    assert joined(planted("parties/actions/keys.py", code))
    assert not joined(planted("parties/actions/keys.py", code.replace("(no_key", '(of=("self",), no_key')))


def test_a_lock_that_lets_pass_who_points_is_none() -> None:
    code = 'Tender.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)'
    assert not locks(planted("tenders/actions/questions.py", code))
