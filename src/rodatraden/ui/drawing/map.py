"""The map of the thread on wide screens: needs to the left, requirements, then four stations each.

Narrow screens get the same as cards, and everybody the same as a table (`told`).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

from rodatraden.core.thread import KnotState
from rodatraden.ui import words
from rodatraden.ui.drawing.shapes import Box, Dot, Label, Stroke, cut, joined, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from rodatraden.core.thread import NeedRow, RequirementRow, Thread

WIDTH = 1120
TOP = 54  # below the headings
NEED_WIDTH, NEED_HEIGHT, NEED_STEP = 250, 54, 70
ROW_X, ROW_WIDTH, ROW_HEIGHT, ROW_STEP = 318, 322, 40, 54
STATION_X = (706, 822, 938, 1054)
RADIUS = 5
NEED_FAN, ROW_FAN = 9, 12  # how far apart several threads meet one box
NEED_ROOM, ROW_ROOM = 36, 41  # characters
CHARACTER = 6.9  # width of one, where a break is explained
NARROW = 28  # characters; with less room beside the break, the words stand below it


@dataclass(frozen=True, slots=True)
class ThreadMap:
    """Everything the template draws; all of it can be compared, so that the same map is drawn once (`ui.drawn`)."""

    height: float
    needs: tuple[Box, ...]
    rows: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    stations: tuple[int, ...] = STATION_X
    width: int = WIDTH


def thread_map(thread: Thread) -> ThreadMap:
    """Place needs and requirements so that few lines cross, and draw what the stations say."""
    place = {need.node.id: index for index, need in enumerate(thread.needs)}
    rows = sorted(thread.requirements, key=lambda row: _between(row, place))
    row_boxes = {row.node.id: _row_box(row, TOP + index * ROW_STEP) for index, row in enumerate(rows)}
    need_boxes = {
        need.node.id: _need_box(need, middle)
        for need, middle in zip(thread.needs, _spread(thread.needs, row_boxes), strict=True)
    }
    strokes = list(_links(thread, rows, need_boxes, row_boxes))
    dots = [Dot(NEED_WIDTH, box.middle, "on") for box in need_boxes.values()]
    labels: list[Label] = []
    for row in rows:
        _draw_row(row, row_boxes[row.node.id].middle, strokes, dots, labels)
    boxes = (*need_boxes.values(), *row_boxes.values())
    height = max((box.y + box.height for box in boxes), default=TOP) + 8
    needs, requirements = tuple(need_boxes.values()), tuple(row_boxes.values())
    return ThreadMap(height, needs, requirements, joined(strokes), tuple(dots), tuple(labels))


def _between(row: RequirementRow, place: Mapping[UUID, int]) -> float:
    """Return where among the needs the requirement belongs: in the middle of those it answers to."""
    return mean(place[need.id] for need in row.needs) if row.needs else len(place)


def _row_box(row: RequirementRow, y: float) -> Box:
    return Box(
        ROW_X,
        y,
        ROW_WIDTH,
        ROW_HEIGHT,
        row.node.label,
        cut(row.node.text, ROW_ROOM - len(row.node.label)),
        row.is_struck,
    )


def _need_box(need: NeedRow, middle: float) -> Box:
    y = middle - NEED_HEIGHT / 2
    return Box(0, y, NEED_WIDTH, NEED_HEIGHT, need.node.label, cut(need.node.text, NEED_ROOM), need.is_struck)


def _spread(needs: Sequence[NeedRow], rows: Mapping[UUID, Box]) -> list[float]:
    """Return the middle of each need: beside its requirements, but never nearer to the next than it is high."""
    middles: list[float] = []
    for need in needs:
        wanted = mean(rows[row.node.id].middle for row in need.requirements) if need.requirements else 0.0
        lowest = middles[-1] + NEED_STEP if middles else TOP + NEED_HEIGHT / 2
        middles.append(max(wanted, lowest))
    floor = max([TOP + len(rows) * ROW_STEP - NEED_HEIGHT / 2, TOP + (len(needs) - 0.5) * NEED_STEP])
    for index in range(len(middles) - 1, -1, -1):
        middles[index] = min(middles[index], floor)
        floor = middles[index] - NEED_STEP
    return middles


def _links(
    thread: Thread, rows: Sequence[RequirementRow], needs: Mapping[UUID, Box], boxes: Mapping[UUID, Box]
) -> Iterator[Stroke]:
    """Draw need to requirement; several threads fan out, in the order of what they lead to."""
    order = {row.node.id: index for index, row in enumerate(rows)}
    for need in thread.needs:
        answering = sorted(need.requirements, key=lambda row: order[row.node.id])
        for index, row in enumerate(answering):
            if row.is_struck:
                continue
            start = needs[need.node.id].middle + (index - (len(answering) - 1) / 2) * NEED_FAN
            ids = [each.id for each in row.needs]
            end = boxes[row.node.id].middle + (ids.index(need.node.id) - (len(ids) - 1) / 2) * ROW_FAN
            a, b = plain(start), plain(end)
            yield Stroke(f"M{NEED_WIDTH} {a}C{NEED_WIDTH + 40} {a} {ROW_X - 40} {b} {ROW_X} {b}")


def _draw_row(row: RequirementRow, y: float, strokes: list[Stroke], dots: list[Dot], labels: list[Label]) -> None:
    """Draw the four stations after the requirement, and the words of a break."""
    if row.is_struck:
        return
    if row.needs:
        dots.append(Dot(ROW_X, y, "on"))
    dots.append(Dot(ROW_X + ROW_WIDTH, y, "on"))
    height = plain(y)
    start: float = ROW_X + ROW_WIDTH + RADIUS
    for knot, x in zip(row.knots[2:], STATION_X, strict=True):
        end = x - RADIUS
        match knot.state:
            case KnotState.WHOLE | KnotState.PLANNED:
                strokes.append(Stroke(f"M{plain(start)} {height}H{end}"))
                dots.append(Dot(x, y, "on" if knot.state is KnotState.WHOLE else ""))
            case KnotState.PASSED:
                strokes.append(Stroke(f"M{plain(start)} {height}H{x + RADIUS}"))
            case KnotState.LATER:
                strokes.append(Stroke(f"M{plain(start)} {height}H{end}", "fram"))
                dots.append(Dot(x, y, "fram"))
            case KnotState.BROKEN:
                middle = (start + x) / 2
                strokes.extend(_frayed(start, middle, height))
                if row.breaks:
                    labels.extend(_explained(words.said(row.breaks[0].reason), middle + 34, y))
            case KnotState.BEYOND:
                pass
        start = x + RADIUS


def _frayed(start: float, middle: float, y: str) -> Iterator[Stroke]:
    """Draw two frayed ends with a gap between them."""
    left, right = plain(middle - 18), plain(middle + 18)
    yield Stroke(f"M{plain(start)} {y}H{left}M{plain(middle + 26)} {y}H{right}")
    yield Stroke(
        f"M{left} {y}q9 0 13-10M{left} {y}q8 0 16-2M{left} {y}q8 0 12 8"
        f"M{right} {y}q-9 0-13 10M{right} {y}q-8 0-15 2M{right} {y}q-8 0-12-8",
        "frans",
    )


def _explained(reason: str, x: float, y: float) -> Iterator[Label]:
    """Write why the thread breaks, beside the gap in one or two lines, or below it where there is no room."""
    room = int((WIDTH - x) / CHARACTER)
    if room < NARROW:
        yield Label(WIDTH, y + 20, cut(reason, NARROW * 2), "brist", "end")
        return
    first = reason if len(reason) <= room else reason[: room + 1].rsplit(" ", 1)[0]
    rest = reason[len(first) :].strip()
    yield Label(x, y - 2 if rest else y + 4, first, "brist")
    if rest:
        yield Label(x, y + 14, cut(rest, room), "brist")
