"""The small thread: six knots in a row of text, on a field of 132 by 18."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.ui.drawing.shapes import Dot, Stroke

if TYPE_CHECKING:
    from collections.abc import Sequence

STEP = 24  # units between two knots
FIRST = 6  # x of the first knot
MIDDLE = 9  # y of all
SOLID = {"whole", "planned", "passed"}
LATER = {"coming", "later"}


@dataclass(frozen=True, slots=True)
class MiniThread:
    """The lines and knots of a small thread."""

    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]


def mini_thread(states: Sequence[str]) -> MiniThread:
    """Draw the states of the six stations, as `core.thread` names them.

    Whole and planned are filled, passed is a line without a knot, later is dotted and grey, broken is frayed. After a
    break nothing is red: the rest is empty knots without a line.
    """
    strokes: list[Stroke] = []
    dots: list[Dot] = []
    for index, state in enumerate(states):
        x = FIRST + STEP * index
        before = x - STEP
        if index and state in SOLID:
            strokes.append(Stroke(f"M{before + 4} {MIDDLE}H{x + 4 if state == 'passed' else x - 4}"))
        elif index and state in LATER:
            strokes.append(Stroke(f"M{before + 5} {MIDDLE}H{x - 4}", "fram"))
        elif index and state == "broken":
            end = before + 6
            strokes.append(Stroke(f"M{before + 3} {MIDDLE}H{end}"))
            strokes.append(Stroke(f"M{end} 9q5 0 7-6M{end} 9q4 0 8-1M{end} 9q4 0 6 5", "frans"))
        if state != "passed":
            dots.append(Dot(x, MIDDLE, "on" if state in SOLID else "fram"))
    return MiniThread(tuple(strokes), tuple(dots))
