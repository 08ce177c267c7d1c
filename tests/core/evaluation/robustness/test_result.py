"""What results have in common: a sentence for each that may be first, and figures without sentences for machines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation.robustness import EXPLAINS, How, as_json, consequence
from rodatraden.core.evaluation.robustness.result import told
from rodatraden.core.message import Message, say

NAMES = {"a": "Anbud A", "b": "Anbud B"}


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (("a",), "Anbud A would then have been first."),
        (("a", "b"), "Anbud A, Anbud B would then have been level, and nobody first."),
        ((), "No bid would then have been ranked."),
        (None, "Who would then have been first can't be computed."),
    ],
)
def test_every_first_place_has_its_sentence(first: tuple[str, ...] | None, sentence: str) -> None:
    assert str(consequence(first, NAMES)) == sentence


def test_what_holds_for_all_stands_last() -> None:
    one = say("One.")
    assert told(one, None) == (one, EXPLAINS)


@dataclass(frozen=True)
class Found:
    value: Fraction
    how: How
    first: tuple[str, ...] | None
    text: Message
    sentences: tuple[Message, ...]


def test_machines_get_every_figure_and_no_sentence() -> None:
    found = Found(Fraction(1, 3), How.EXCLUDED, ("a",), EXPLAINS, (EXPLAINS,))
    assert as_json({"found": (found, Decimal(2), None)}) == {
        "found": [{"value": Fraction(1, 3), "how": "excluded", "first": ["a"]}, Decimal(2), None]
    }
    with pytest.raises(TypeError):
        as_json({1.5})
