"""Who is named in a text: by the whole name, or without the form of company as people write it. A guard, no proof."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 3
"""Characters of a name without its form of company: shorter ones stand in any text. Source: policy."""
_FORM = r"(?:publ|aktiebolag(?:et)?|ab|handelsbolag(?:et)?|hb|kommanditbolag(?:et)?|kb|ekonomisk f\u00f6rening|ek\.? ?f\u00f6r\.?|as|asa|a/s|oy|oyj|ltd|gmbh|inc)"
_FORMS = re.compile(rf"^{_FORM}\s+|[\s,]+\(?{_FORM}\)?\.?$", re.IGNORECASE)


def is_named(name: str, text: str) -> bool:
    """Whether `text` holds the whole `name`, as words of its own, whatever the case and the spaces between them."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return bool(words) and re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) is not None


def named_in(text: str, names: Iterable[str]) -> list[str]:
    """Return which of `names` stand in `text`, in full or without their form of company."""
    return [name for name in names if any(is_named(each, text) for each in (name, short_name(name)))]


def short_name(name: str) -> str:
    """Return a name without its form of company: "Insikt Coachning AB (publ)" is "Insikt Coachning"."""
    short, before = name.strip(), ""
    while short != before:
        short, before = _FORMS.sub("", short).strip(), short
    return short if len(short) >= SHORTEST else name
