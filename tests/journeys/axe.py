"""What axe finds on a page: WCAG 2.2 A and AA, and its best practices."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The thread is drawn beside the text by pseudo-elements; without this axe measures no contrast next to it.
MEASURE_BESIDE_THE_THREAD = {"checks": [{"id": "color-contrast", "options": {"ignorePseudo": True}}]}


@cache
def _program() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return each violation with the element it is about."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_program())
        page.evaluate("options => axe.configure(options)", MEASURE_BESIDE_THE_THREAD)
    found = page.evaluate(
        "options => axe.run(document, options)",
        {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "selectors": False},
    )
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]
