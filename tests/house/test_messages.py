"""Everything that people see has its Swedish, and whoever bids is one person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.house.tree import assert_none
from tools import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OF_A_BIDDER = re.compile(
    r"\byour (own )?(sealed )?(bids?|promise|presentation|copy of the bid)\b|\bdo you meet\b|\byou (state that no|accept the)\b"
    r"|\bask you to show\b|\bwhen you (fill it in|name a file)\b",
    re.IGNORECASE,
)
SEVERAL = re.compile(r"\b(ni|er|ert|era)\b", re.IGNORECASE)


def test_the_swedish_catalogue_is_complete() -> None:
    assert_none(messages.check(messages.SOURCE))


def sentences() -> Iterator[tuple[str, str]]:
    """Yield each English sentence with its Swedish, a plural form by form."""
    for catalogue in messages.read_catalogues(messages.SOURCE).values():
        for message in catalogue:
            said = [message.string] if isinstance(message.string, str) else message.string
            yield from ((str(message.id), each) for each in said)


def said_to_several(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """List the Swedish that says "ni" to a bidder, to whom the rest says "du" (CONTRIBUTING.md)."""
    return [swedish for english, swedish in pairs if OF_A_BIDDER.search(english) and SEVERAL.search(swedish)]


def test_a_bidder_is_spoken_to_as_one_person() -> None:
    pairs = list(sentences())
    assert any(OF_A_BIDDER.search(english) for english, _ in pairs)
    assert_none(said_to_several(pairs))


def test_a_planted_word_to_several_bidders_is_caught() -> None:
    assert said_to_several([("A question about your bid", "En fråga om ert anbud")]) == ["En fråga om ert anbud"]
    assert said_to_several([("A question about your bid", "En fråga om ditt anbud")]) == []
    assert said_to_several([("Before you judge", "Innan ni bedömer")]) == []
