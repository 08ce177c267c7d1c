"""The thread in words: for the table, for small screens, and beside every picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from rodatraden.core.thread import KnotState, Station
from rodatraden.ui import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.thread import Knot, NeedRow, RequirementRow, Thread


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One requirement: the states of its six stations, what stands at each, and the whole in words."""

    label: str
    text: str
    needs: str
    states: Sequence[str]
    cells: Sequence[tuple[str, str]]
    words: str
    struck: bool


@dataclass(frozen=True, slots=True)
class ToldNeed:
    """One need with its requirements; without label: the requirements that answer to no need."""

    label: str
    text: str
    rows: Sequence[ToldRow]
    words: str = ""


def station_name(station: Station) -> str:
    """Return what people call the station."""
    return {
        Station.NEED: gettext("Need"),
        Station.REQUIREMENT: gettext("Requirement"),
        Station.PROMISE: gettext("Promise"),
        Station.TERM: gettext("Contract term"),
        Station.CHECK: gettext("Follow-up"),
        Station.RESULT: gettext("Result"),
    }[station]


def tell(thread: Thread) -> list[ToldNeed]:
    """Tell the thread need by need, requirements without a need last."""
    rows = {row.node.id: tell_row(row) for row in thread.requirements}
    told = [
        ToldNeed(need.node.label, need.node.text, [rows[row.node.id] for row in need.requirements], _need_words(need))
        for need in thread.needs
    ]
    loose = [rows[row.node.id] for row in thread.requirements if not row.needs]
    return [*told, ToldNeed("", "", loose)] if loose else told


def tell_row(row: RequirementRow) -> ToldRow:
    """Tell one requirement."""
    return ToldRow(
        label=row.node.label,
        text=row.node.text,
        needs=", ".join(need.label for need in row.needs),
        states=[knot.state.value for knot in row.knots],
        cells=[(station_name(knot.station), _cell(knot)) for knot in row.knots[2:]],
        words=_row_words(row),
        struck=row.is_struck,
    )


def _row_words(row: RequirementRow) -> str:
    """Say how far the thread holds, or where and why it breaks."""
    if row.is_struck:
        return words.said(row.node.note) if row.node.note else gettext("Struck")
    if row.breaks:
        first = row.breaks[0]
        where = {
            Station.NEED: gettext("Breaks before the need"),
            Station.REQUIREMENT: gettext("Breaks before the requirement"),
            Station.PROMISE: gettext("Breaks before the promise"),
            Station.TERM: gettext("Breaks before the contract term"),
            Station.CHECK: gettext("Breaks before the follow-up"),
            Station.RESULT: gettext("Breaks before the result"),
        }[first.station]
        return f"{where}. {words.said(first.reason)}"
    planned = any(knot.state is KnotState.PLANNED for knot in row.knots)
    return {
        Station.NEED: gettext("Whole to the need"),
        Station.REQUIREMENT: gettext("Whole to the requirement"),
        Station.PROMISE: gettext("Whole to the planned promise") if planned else gettext("Whole to the promise"),
        Station.TERM: gettext("Whole to the planned contract term")
        if planned
        else gettext("Whole to the contract term"),
        Station.CHECK: gettext("Whole to the planned follow-up") if planned else gettext("Whole to the follow-up"),
        Station.RESULT: gettext("Whole to the result"),
    }[row.reach]


def _need_words(need: NeedRow) -> str:
    return " ".join(words.said(each.reason) for each in need.breaks)


def _cell(knot: Knot) -> str:
    if knot.nodes:
        return ", ".join(node.label for node in knot.nodes)
    return {
        KnotState.WHOLE: "",
        KnotState.PASSED: pgettext("a station of the thread", "not needed"),
        KnotState.PLANNED: pgettext("a station of the thread", "planned"),
        KnotState.LATER: pgettext("a station of the thread", "later"),
        KnotState.BROKEN: pgettext("a station of the thread", "missing"),
        KnotState.BEYOND: "–",
    }[knot.state]
