"""The few shapes that the thread is drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Stroke:
    """One piece of line, with the class that says what it means."""

    d: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One knot: filled = there, open = planned, grey = later."""

    x: float
    y: float
    css: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One need or requirement: its label, and as much of its text as there is room for."""

    x: int
    y: float
    width: int
    height: int
    code: str
    text: str
    struck: bool = False

    @property
    def middle(self) -> float:
        """Return the height at which the thread meets the box."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text."""

    x: float
    y: float
    text: str
    css: str = ""
    anchor: str = "start"


def joined(strokes: Iterable[Stroke]) -> tuple[Stroke, ...]:
    """Return the strokes as one for each class, in the order in which the classes first come."""
    pieces: dict[str, list[str]] = {}
    for stroke in strokes:
        pieces.setdefault(stroke.css, []).append(stroke.d)
    return tuple(Stroke("".join(lines), css) for css, lines in pieces.items())


def cut(text: str, room: int) -> str:
    """Return `text`, shortened at a word so that at most `room` characters are left; the table has all of it."""
    if len(text) <= room:
        return text
    return f"{text[: room - 1].rsplit(' ', 1)[0].rstrip(',.;:')}…"


def plain(value: float) -> str:
    """Write a coordinate without needless decimals."""
    return f"{value:.1f}".removesuffix(".0")
