"""Which characters are printed, and how those are told that no font has."""

from __future__ import annotations

import re

NOT_SURE = re.compile(
    "[^\n\t\r"
    " -~"  # ASCII
    "\u00a0-\u0148\u014a-\u017f"  # Latin of Europe's languages, with those of the Sami
    "\u0218-\u021b\u0300-\u0304\u0308\u030a\u030c\u0327\u0328"  # Romanian; marks that stand behind their letter
    "\u0391-\u03a1\u03a3-\u03c9"  # Greek
    "\u0400-\u045f"  # Cyrillic
    "\u1e00-\u1e9b\u1ea0-\u1eff"  # Latin with two marks, as in Vietnamese
    "\u2010-\u2027\u202f-\u2055"  # dashes, quotation marks, dots
    "\u20a0-\u20af\u2190-\u2199\u2212\u2260\u2264\u2265"  # money, arrows, signs of counting
    "]"
)
"""A character outside these is spelled out when a document can not be set as it is; a test prints each one that is within."""


def spelled_out(value: object) -> object:
    """Return text, also in lists and tables, with each character outside the sure ones as its number: [U+4E2D]."""
    match value:
        case str():
            return NOT_SURE.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
        case list():
            return [spelled_out(each) for each in value]
        case dict():
            return {key: spelled_out(each) for key, each in value.items()}
        case _:
            return value
