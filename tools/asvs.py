"""Write docs/asvs.md, the table that people read, from docs/asvs.toml, the rows that people keep.

python -m tools.asvs
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA, PAGE = ROOT / "docs" / "asvs.toml", ROOT / "docs" / "asvs.md"
CHAPTERS = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web frontend",
    4: "API and web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorization",
    9: "Self-contained tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "Communication",
    13: "Configuration",
    14: "Data protection",
    15: "Code and architecture",
    16: "Logging and errors",
    17: "WebRTC",
}
MET, LACKS, NOT_APPLICABLE = "met", "not met yet", "not applicable"


@dataclass(frozen=True)
class Requirement:
    """A requirement of the standard, and what we say to it."""

    number: str
    level: int
    asks: str
    tests: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    lacks: str = ""
    not_applicable: str = ""

    @property
    def chapter(self) -> int:
        return int(self.number.partition(".")[0])

    @property
    def status(self) -> str:
        """What holds: a requirement with anything lacking is not met yet, whatever stands beside it."""
        if self.lacks:
            return LACKS
        return NOT_APPLICABLE if self.not_applicable else MET


def read(text: str) -> list[Requirement]:
    """Return the rows of the data file, in its order; a field that is none of ours is an error."""
    return [
        Requirement(
            number,
            row.pop("level"),
            row.pop("asks"),
            tuple(row.pop("tests", ())),
            tuple(row.pop("documents", ())),
            **row,
        )
        for number, row in tomllib.loads(text).items()
    ]


def page(rows: list[Requirement]) -> str:
    """Return the table for people."""
    counts = Counter((row.level, row.status) for row in rows)
    lines = [
        "# OWASP ASVS 5.0, level 2",
        "",
        "Made of [asvs.toml](asvs.toml) by `python -m tools.asvs`: change that file. Numbers and levels are those of the",
        "[OWASP Application Security Verification Standard 5.0.0](https://github.com/OWASP/ASVS) (CC BY-SA 4.0); what each",
        "requirement asks is told in words of our own. What holds against whom: [security](security.md).",
        "",
        "| | met | not met yet | not applicable | all |",
        "|---|---|---|---|---|",
    ]
    for level in (1, 2):
        told = [counts[level, status] for status in (MET, LACKS, NOT_APPLICABLE)]
        lines.append(f"| Level {level} | {' | '.join(map(str, told))} | {sum(told)} |")
    if lacking := [row for row in rows if row.status == LACKS]:
        lines += ["", "## Not met yet", "", "| No | Level | It asks | What is lacking |", "|---|---|---|---|"]
        lines += [f"| {row.number} | {row.level} | {row.asks} | {row.lacks} |" for row in lacking]
    for number, name in CHAPTERS.items():
        lines += ["", f"## V{number} {name}", "", "| No | Level | It asks | Met by |", "|---|---|---|---|"]
        lines += [_line(row) for row in rows if row.chapter == number]
    return "\n".join(lines) + "\n"


def _line(row: Requirement) -> str:
    by = [f"[{_short(each)}](../{each.partition('::')[0]})" for each in row.tests]
    by += [f"[{each.removeprefix('docs/')}]({_from_docs(each)})" for each in row.documents]
    said = {LACKS: "**not met yet**", NOT_APPLICABLE: f"*not applicable: {row.not_applicable}*", MET: ""}[row.status]
    return f"| {row.number} | {row.level} | {row.asks} | {' · '.join([*([said] if said else []), *by])} |"


def _short(test: str) -> str:
    file, _, name = test.partition("::")
    return name.removeprefix("test_").replace("_", " ") or file.removeprefix("tests/")


def _from_docs(document: str) -> str:
    return document.removeprefix("docs/") if document.startswith("docs/") else f"../{document}"


if __name__ == "__main__":
    PAGE.write_text(page(read(DATA.read_text(encoding="utf-8"))), encoding="utf-8")
