"""Shares of first place: exact where all was counted, with Wilson's interval where it was drawn."""

from __future__ import annotations

from fractions import Fraction

from rodatraden.core.evaluation.robustness.shares import shares

NAMES = {"a": "A", "b": "B", "c": "C"}


def test_all_that_was_counted_adds_up_and_is_said() -> None:
    found = shares({("a",): 10, ("b",): 12, ("a", "b"): 3, (): 1, None: 1}, NAMES, is_drawn=False)
    assert [(each.key, each.value, each.low) for each in found.alone] == [
        ("b", Fraction(4, 9), None),
        ("a", Fraction(10, 27), None),
        ("c", 0, None),
    ]
    assert (found.level, found.nobody, found.not_computed) == (Fraction(1, 9), Fraction(1, 27), Fraction(1, 27))
    assert [str(each) for each in found.sentences] == [
        "B is first in 44.4 %.",
        "A is first in 37.0 %.",
        "Several are level in 11.1 %.",
        "No bid is ranked in 3.7 %.",
        "3.7 % can't be computed.",
    ]


def test_a_drawn_share_says_its_interval() -> None:
    found = shares({("a",): 75, ("b",): 25}, NAMES, is_drawn=True)
    assert str(found.sentences[0]) == "A is first in 75.0 %, 95 % interval 65.7 to 82.5 %."
