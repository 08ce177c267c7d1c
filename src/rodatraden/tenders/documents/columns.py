"""What the columns of an exported document are called, and what a row of any document says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.numbers import parse_points, swedish_number
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rodatraden.core.message import Message


class RowKind(StrEnum):
    """What a row is: a need, one of the kinds of requirement, or a requirement that nobody has sorted yet."""

    NEED = "need"
    MUST = "must"
    CRITERION = "criterion"
    TERM = "term"
    UNDECIDED = "undecided"


KIND_WORDS: Mapping[RowKind, str] = {
    RowKind.NEED: "Behov",
    RowKind.MUST: "Skall-krav",
    RowKind.CRITERION: "Tilldelningskriterium",
    RowKind.TERM: "Särskilt kontraktsvillkor",
    RowKind.UNDECIDED: "Oklart",
}
"""What the kinds are called in Swedish documents."""

NEED_COLUMNS: Mapping[str, str] = {
    "label": "Nr",
    "title": "Behov",
    "for_whom": "För vem",
    "description": "Vad som behövs",
    "evidence": "Hur vi vet",
    "source": "Källa",
}
REQUIREMENT_COLUMNS: Mapping[str, str] = {
    "label": "Nr",
    "kind": "Typ",
    "title": "Krav",
    "text": "Kravtext",
    "needs": "Svarar mot behov",
    "level": "Lägsta godtagbara nivå",
    "level_reason": "Skäl till nivån",
    "evidence": "Bevis",
    "checked_when": "Prövas",
    "question": "Fråga till anbudsgivaren",
    "max_points": "Högsta poäng",
    "steps": "Skala",
    "acts_by": "Vem ska agera",
    "consequence": "Följd",
    "follow_up_how": "Hur det följs upp",
    "follow_up_when": "När det följs upp",
    "follow_up_months": "Efter antal månader",
    "follow_up_by": "Vem följer upp",
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "checked_when": {
        Requirement.Checked.IN_BID: "I anbudet",
        Requirement.Checked.BEFORE_AWARD: "Hos den tänkta vinnaren före tilldelning",
    },
    "acts_by": {
        Requirement.ActsBy.SUPPLIER: "Leverantören",
        Requirement.ActsBy.BUYER: "Beställaren",
        Requirement.ActsBy.BOTH: "Båda parter",
    },
    "follow_up_when": {
        Requirement.When.AT_AWARD: "En gång, vid tilldelningen",
        Requirement.When.AFTER_MONTHS: "En gång, efter ett antal månader",
        Requirement.When.QUARTERLY: "Varje kvartal",
        Requirement.When.HALF_YEARLY: "Varje halvår",
        Requirement.When.YEARLY: "Varje år",
    },
}
"""The words of choices in documents; documents are Swedish whatever language the pages have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One need or requirement as a document tells it.

    `place` says where it stands, `notes` what to look at, `more` what else it says by field, `is_chosen` whether it is
    taken unless a person says otherwise.
    """

    place: str
    kind: RowKind
    title: str
    text: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[Message] = ()
    is_chosen: bool = True


def field_of(heading: str) -> str | None:
    """Return the field that a heading names, or None when it is no heading of ours; "Behov" is a title of needs."""
    known = _NAMES.get(_plain(heading))
    return known or None


def kind_of(word: str) -> RowKind | None:
    """Return the kind that a word of ours, or a common name for it, stands for."""
    return _KINDS.get(_plain(word))


def choice_of(name: str, words: str) -> str:
    """Return the value of a choice from its words in a document; empty when it is none of them."""
    plain = _plain(words)
    return next((value for value, said in CHOICES[name].items() if _plain(said) == plain or value == plain), "")


def scale_text(steps: Sequence[tuple[Decimal, str]]) -> str:
    """Write a scale in one cell, a step in each line."""
    return "\n".join(f"{swedish_number(points)} = {' '.join(text.split())}" for points, text in steps)


def scale_of(text: str) -> tuple[list[tuple[Decimal, str]], list[str]]:
    """Read a scale from one cell, and return the lines that are no step besides."""
    steps: list[tuple[Decimal, str]] = []
    strange = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _STEP.fullmatch(line)
        points = parse_points(match[1]) if match else None
        if match and isinstance(points, Decimal):
            steps.append((points, match[2].strip()))
        else:
            strange.append(line)
    return steps, strange


_STEP = re.compile(r"([\d,.]+)\s*(?:p|poäng)?\s*(?:=|:|[–-](?!\s*\d))\s*((?:(?!;\s*\d).)+)")
"""A step is one number and its words: neither a range ("0-5 weak") nor several in a line ("0 = weak; 10 = good")."""


def _plain(text: str) -> str:
    return " ".join(text.replace("*", " ").split()).strip(" :.").casefold()


_NAMES = {_plain(said): name for columns in (REQUIREMENT_COLUMNS, NEED_COLUMNS) for name, said in columns.items()} | {
    "nummer": "label",
    "id": "label",
    "kravtyp": "kind",
    "typ av krav": "kind",
    "rubrik": "title",
    "titel": "title",
    "kravrubrik": "title",
    "beskrivning": "text",
    "text": "text",
    "krav och villkor": "title",
    "nivå": "level",
    "lägsta nivå": "level",
    "skäl": "level_reason",
    "motivering": "level_reason",
    "bevis i anbudet": "evidence",
    "bevis under avtalet": "evidence",
    "poäng": "max_points",
    "maxpoäng": "max_points",
    "konsekvens": "consequence",
    "uppföljning": "follow_up_how",
    "när": "follow_up_when",
    "vem": "follow_up_by",
    "behov som kravet svarar mot": "needs",
}
_KINDS = {_plain(said): kind for kind, said in KIND_WORDS.items()} | {
    "ska-krav": RowKind.MUST,
    "skallkrav": RowKind.MUST,
    "obligatoriskt krav": RowKind.MUST,
    "obligatoriska krav": RowKind.MUST,
    "skall-krav (obligatoriskt)": RowKind.MUST,
    "ska": RowKind.MUST,
    "skall": RowKind.MUST,
    "krav på leverantören": RowKind.MUST,
    "börkrav": RowKind.CRITERION,
    "bör": RowKind.CRITERION,
    "utvärderas": RowKind.CRITERION,
    "tilldelningskriterier": RowKind.CRITERION,
    "utvärdering": RowKind.CRITERION,
    "kontraktsvillkor": RowKind.TERM,
    "särskilda kontraktsvillkor": RowKind.TERM,
    "avtalsvillkor": RowKind.TERM,
    "villkor": RowKind.TERM,
}
