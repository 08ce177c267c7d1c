"""The worked examples of `docs/rules`: the table on the page is the fixture of the test."""

from __future__ import annotations

from pathlib import Path

RULES = Path(__file__).parents[3] / "docs" / "rules"


def worked_examples(page: str, *, table: int = 0) -> list[dict[str, str]]:
    """Return the rows of a table under the heading "Worked example" of a rule's page, by column."""
    text = (RULES / page).read_text(encoding="utf-8").partition("## Worked example")[2].partition("\n## ")[0]
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in tables[table].strip().splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]
