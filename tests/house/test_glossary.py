"""The glossary holds the word for every table, so that code and people mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from tests.house.tree import ROOMS, ROOT, assert_none

if TYPE_CHECKING:
    from collections.abc import Iterable


def without_word(names: Iterable[str], glossary: str) -> list[str]:
    """Return the names that no row of the glossary's tables explains."""
    rows = [line for line in glossary.splitlines() if line.startswith("|")]
    return [name for name in names if not any(f"`{name}`" in row for row in rows)]


def test_every_table_has_its_word() -> None:
    names = [model.__name__ for model in apps.get_models() if model._meta.app_label in ROOMS]
    assert names
    assert_none(without_word(names, (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")))


def test_a_missing_word_is_caught() -> None:
    glossary = "| anbud | `Bid` |\nA `Tender` in the text is no row.\n| öppning | `Openings` |"
    assert without_word(["Bid", "Tender", "Opening"], glossary) == ["Tender", "Opening"]


def rooms_on_the_map(page: str) -> list[str]:
    """Return the rooms in the order in which the map lists them."""
    folders = [line.strip().partition("/")[0] for line in page.splitlines() if line.startswith("    ")]
    return [folder for folder in folders if folder in ROOMS]


def test_the_map_lists_the_rooms_in_their_order() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert rooms_on_the_map(page) == list(ROOMS)


def test_a_map_in_another_order_is_caught() -> None:
    assert rooms_on_the_map("    bids/    Anbud\n    parties/  Parter\n    ui/\nawards/ in the text") == [
        "bids",
        "parties",
    ]
