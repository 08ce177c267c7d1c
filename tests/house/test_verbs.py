"""A verb says who does it and when: keyword-only arguments, among them `by` and `at`."""

from __future__ import annotations

import pytest

from tests.house.tree import Module, assert_none, functions, modules, planted

# The verbs under all other verbs: they begin with what they record, so that a line of a verb reads as a sentence.
BEGIN_WITH_THEIR_SUBJECT = {"records/actions.py": {"record_event", "store_bytes"}}
# Repairs of the database's own means, by nobody and at no time that counts.
NOBODYS = {"records/actions.py": {"restore_ledger_triggers"}}


def unlike_verbs(module: Module) -> list[str]:
    """List the public functions of an actions file that could be called without saying who and when."""
    if module.layer != "actions":
        return []
    found = []
    for function in functions(module.tree):
        arguments = function.args
        named = {argument.arg for argument in arguments.kwonlyargs}
        where = f"{module.at(function)}: {function.name}"
        if function.name in NOBODYS.get(module.place, ()):
            continue
        n_by_position = len(arguments.posonlyargs) + len(arguments.args) + (arguments.vararg is not None)
        if n_by_position > (function.name in BEGIN_WITH_THEIR_SUBJECT.get(module.place, ())):
            found.append(f"{where} takes arguments by position; begin its list with `*`")
        found += [f"{where} lacks `{name}`" for name in ("by", "at") if name not in named]
    return found


def test_every_verb_says_who_and_when() -> None:
    assert_none(line for module in modules() for line in unlike_verbs(module))


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("def open_bids(*, tender, by, at): ...", 0),
        ("def _write(bid): ...", 0),
        ("class Outcome:\n  def value(self): ...", 0),
        ("def open_bids(tender, *, by, at): ...", 1),
        ("def open_bids(*tenders, by, at): ...", 1),
        ("def open_bids(*, tender, at): ...", 1),
        ("def open_bids(*, tender, by): ...", 1),
        ("def open_bids(tender): ...", 3),
    ],
)
def test_a_planted_verb_without_who_or_when_is_caught(code: str, faults: int) -> None:
    assert len(unlike_verbs(planted("bids/actions.py", code))) == faults
    assert len(unlike_verbs(planted("bids/actions/opening.py", code))) == faults
    assert unlike_verbs(planted("bids/queries.py", code)) == []
