"""The thread in words: for the table, for small screens, and beside every picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rodatraden.core.thread import KnotState, Station
from rodatraden.ui import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.utils.functional import Promise

    from rodatraden.core.thread import Knot, NeedRow, RequirementRow, Thread

NAMES: Mapping[Station, Promise] = {
    Station.NEED: _("Need"),
    Station.REQUIREMENT: _("Requirement"),
    Station.PROMISE: _("Promise"),
    Station.TERM: _("Contract term"),
    Station.CHECK: _("Follow-up"),
    Station.RESULT: _("Result"),
}
BROKEN_BEFORE: Mapping[Station, Promise] = {
    Station.NEED: _("Breaks before the need"),
    Station.REQUIREMENT: _("Breaks before the requirement"),
    Station.PROMISE: _("Breaks before the promise"),
    Station.TERM: _("Breaks before the contract term"),
    Station.CHECK: _("Breaks before the follow-up"),
    Station.RESULT: _("Breaks before the result"),
}
WHOLE_TO: Mapping[Station, Promise] = {
    Station.NEED: _("Whole to the need"),
    Station.REQUIREMENT: _("Whole to the requirement"),
    Station.PROMISE: _("Whole to the promise"),
    Station.TERM: _("Whole to the contract term"),
    Station.CHECK: _("Whole to the follow-up"),
    Station.RESULT: _("Whole to the result"),
}
PLANNED_TO: Mapping[Station, Promise] = {
    Station.PROMISE: _("Whole to the planned promise"),
    Station.TERM: _("Whole to the planned contract term"),
    Station.CHECK: _("Whole to the planned follow-up"),
}
NOTHING: Mapping[KnotState, Promise | str] = {
    KnotState.WHOLE: "",
    KnotState.PASSED: pgettext_lazy("a station of the thread", "not needed"),
    KnotState.PLANNED: pgettext_lazy("a station of the thread", "planned"),
    KnotState.LATER: pgettext_lazy("a station of the thread", "later"),
    KnotState.BROKEN: pgettext_lazy("a station of the thread", "missing"),
    KnotState.BEYOND: "–",
}
"""What a station says where nothing stands."""


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One requirement: the states of its six stations, what stands at each, and the whole in words."""

    label: str
    text: str
    needs: str
    states: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    words: str
    struck: bool


@dataclass(frozen=True, slots=True)
class ToldNeed:
    """One need with its requirements; without label: the requirements that answer to no need."""

    label: str
    text: str
    rows: tuple[ToldRow, ...]
    words: str = ""


def station_name(station: Station) -> str:
    """Return what people call the station."""
    return str(NAMES[station])


def tell_rows(thread: Thread) -> dict[UUID, ToldRow]:
    """Tell every requirement, in their order."""
    return {row.node.id: tell_row(row) for row in thread.requirements}


def tell(thread: Thread, rows: Mapping[UUID, ToldRow]) -> tuple[ToldNeed, ...]:
    """Tell the thread need by need, requirements without a need last; `rows` are told already."""
    told = tuple(
        ToldNeed(
            need.node.label, need.node.text, tuple(rows[row.node.id] for row in need.requirements), _need_words(need)
        )
        for need in thread.needs
    )
    loose = tuple(rows[row.node.id] for row in thread.requirements if not row.needs)
    return (*told, ToldNeed("", "", loose)) if loose else told


def tell_row(row: RequirementRow) -> ToldRow:
    """Tell one requirement."""
    return ToldRow(
        label=row.node.label,
        text=row.node.text,
        needs=", ".join(need.label for need in row.needs),
        states=tuple(knot.state.value for knot in row.knots),
        cells=tuple((station_name(knot.station), _cell(knot)) for knot in row.knots[2:]),
        words=_row_words(row),
        struck=row.is_struck,
    )


def _row_words(row: RequirementRow) -> str:
    """Say how far the thread holds, or where and why it breaks."""
    if row.is_struck:
        return words.said(row.node.note) if row.node.note else gettext("Struck")
    if row.breaks:
        first = row.breaks[0]
        return f"{BROKEN_BEFORE[first.station]}. {words.said(first.reason)}"
    planned = any(knot.state is KnotState.PLANNED for knot in row.knots)
    return str((planned and PLANNED_TO.get(row.reach)) or WHOLE_TO[row.reach])


def _need_words(need: NeedRow) -> str:
    return " ".join(words.said(each.reason) for each in need.breaks)


def _cell(knot: Knot) -> str:
    if knot.nodes:
        return ", ".join(node.label for node in knot.nodes)
    return str(NOTHING[knot.state])
