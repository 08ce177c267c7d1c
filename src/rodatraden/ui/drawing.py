"""Where the lines and knots of the small thread go. Templates draw; this computes the coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.ui.frame import ThreadState

STEP = 24  # units between the knots of the small thread
FIRST = 6  # x of the first knot


@dataclass(frozen=True, slots=True)
class Stroke:
    """One piece of line, with the class that says what it means."""

    d: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Knot:
    """One station; a filled one is reached by the thread."""

    x: float
    css: str
    y: float = 0


@dataclass(frozen=True, slots=True)
class MiniThread:
    """The lines and knots of a small thread, on a field of 132 by 18."""

    strokes: tuple[Stroke, ...]
    knots: tuple[Knot, ...]


def mini_thread(states: Sequence[ThreadState]) -> MiniThread:
    """Draw the stations: whole = the link to it exists, broken = the thread breaks on the way there, coming = later.

    After a break nothing is red: the rest is empty knots without a line.
    """
    strokes: list[Stroke] = []
    knots: list[Knot] = []
    broken = False
    for index, state in enumerate(states):
        x = FIRST + STEP * index
        reached = state == "whole" and not broken
        if index and not broken:
            start = x - STEP
            if state == "whole":
                strokes.append(Stroke(f"M{start + 4} 9H{x - 4}"))
            elif state == "coming":
                strokes.append(Stroke(f"M{start + 5} 9H{x - 4}", "fram"))
            else:
                end = start + 6
                strokes.append(Stroke(f"M{start + 3} 9H{end}"))
                strokes.append(Stroke(f"M{end} 9q5 0 7-6M{end} 9q4 0 8-1M{end} 9q4 0 6 5", "frans"))
        broken = broken or state == "broken"
        knots.append(Knot(x, "on" if reached else "fram"))
    return MiniThread(tuple(strokes), tuple(knots))
