"""Join the pieces that the rooms offer into one thread, and find where it is broken.

Six stations in fixed order: need, requirement, promise, term, check (follow-up) and result. A room offers nodes
(one thing at one station) and links (from an earlier thing to a later one). A link may pass a station: a
requirement that became a term without any promise, or one that is checked once, at award.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.message import Message, say
from rodatraden.core.thread.stages import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID


class Station(StrEnum):
    """The six stations, in order; the value is also the default name of the place where a break there is mended."""

    NEED = "need"
    REQUIREMENT = "requirement"
    PROMISE = "promise"
    TERM = "term"
    CHECK = "check"
    RESULT = "result"


ORDER = {station: index for index, station in enumerate(Station)}


class NodeState(StrEnum):
    """Whether a thing counts, and whether what follows it is due.

    Standing counts. Waiting counts, but what follows is not due yet (a check whose day has not come). Struck is kept to
    be seen, and counts for nothing.
    """

    STANDING = "standing"
    WAITING = "waiting"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class Gap:
    """What its room knows to be missing before the thread can reach the station `before`, and where to mend it."""

    before: Station
    reason: Message
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One thing at one station. `note` says why and when a struck one was struck."""

    station: Station
    id: UUID
    label: str
    text: str
    state: NodeState = NodeState.STANDING
    gaps: tuple[Gap, ...] = ()
    note: Message | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The thread from one thing to one at a later station."""

    earlier: UUID
    later: UUID


class UnjoinableError(ValueError):
    """The pieces contradict each other: a fault in a room, never in what a person wrote."""


class KnotState(StrEnum):
    """How one station looks in one row.

    Whole: something is there. Passed: the thread goes by without a knot. Planned: not there yet, and everything for it
    is (only before publication). Later: not expected yet. Broken: expected and missing. Beyond: after a break.
    """

    WHOLE = "whole"
    PASSED = "passed"
    PLANNED = "planned"
    LATER = "later"
    BROKEN = "broken"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Knot:
    """One station in one row, with what is there."""

    station: Station
    state: KnotState
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a thread is broken: `station` is what it lacks after (for a need that is missing: before) `node`."""

    node: Node
    station: Station
    reason: Message
    mend: str


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One requirement with its thread in both directions; a struck one keeps its row, without breaks."""

    node: Node
    needs: tuple[Node, ...]
    knots: tuple[Knot, ...]
    breaks: tuple[Break, ...]

    @property
    def is_struck(self) -> bool:
        """Return whether the requirement no longer counts."""
        return self.node.state is NodeState.STRUCK

    @property
    def is_whole(self) -> bool:
        """Return whether it counts and nothing that is expected by now is missing."""
        return not self.is_struck and not self.breaks

    @property
    def reach(self) -> Station:
        """Return the last station before the break that the thread has reached, plans included."""
        held = (KnotState.WHOLE, KnotState.PASSED, KnotState.PLANNED)
        return next((knot.station for knot in reversed(self.knots) if knot.state in held), Station.REQUIREMENT)


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need; whole when at least one of its requirements is."""

    node: Node
    requirements: tuple[RequirementRow, ...]
    breaks: tuple[Break, ...]

    @property
    def is_struck(self) -> bool:
        """Return whether the need no longer counts."""
        return self.node.state is NodeState.STRUCK

    @property
    def is_whole(self) -> bool:
        """Return whether some requirement carries the need as far as can be expected by now."""
        return not self.is_struck and any(row.is_whole for row in self.requirements)


@dataclass(frozen=True, slots=True)
class Thread:
    """The whole case: rows by need and by requirement in the order given, and the loose ends.

    `orphans` are standing things after the need that no standing thing leads to.
    """

    needs: tuple[NeedRow, ...]
    requirements: tuple[RequirementRow, ...]
    orphans: tuple[Node, ...]

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Return every break, needs last: to mend a requirement often mends its need."""
        rows: tuple[RequirementRow | NeedRow, ...] = (*self.requirements, *self.needs)
        return tuple(each for row in rows for each in row.breaks)

    @property
    def n_whole(self) -> int:
        """Return how many requirements hang together."""
        return sum(row.is_whole for row in self.requirements)

    @property
    def n_requirements(self) -> int:
        """Return how many requirements count."""
        return sum(not row.is_struck for row in self.requirements)

    @property
    def summary(self) -> Message:
        """Return the one sentence about the case."""
        return say("{whole} of {all} requirements hang together.", whole=self.n_whole, all=self.n_requirements)


@dataclass(frozen=True, slots=True)
class _Horizon:
    """The last station that is expected to be there, and the last that must be planned."""

    expected: Station
    planned: Station


HORIZON: Mapping[Phase, _Horizon] = {
    Phase.NEED: _Horizon(Station.NEED, Station.NEED),
    Phase.DIALOGUE: _Horizon(Station.NEED, Station.NEED),
    Phase.DOCUMENTS: _Horizon(Station.REQUIREMENT, Station.CHECK),
    Phase.BIDS: _Horizon(Station.REQUIREMENT, Station.REQUIREMENT),
    Phase.EVALUATION: _Horizon(Station.REQUIREMENT, Station.REQUIREMENT),
    Phase.AWARD: _Horizon(Station.REQUIREMENT, Station.REQUIREMENT),
    Phase.CONTRACT: _Horizon(Station.TERM, Station.TERM),
    Phase.FOLLOW_UP: _Horizon(Station.RESULT, Station.RESULT),
}
"""What is expected in each phase. While documents are drafted the way to follow-up must be planned (a node's `gaps` say
what is missing). A promise is the supplier's to give: a requirement without one becomes a term as it stands, so a
missing promise breaks nothing. In follow-up a result is due as soon as its check no longer waits."""

DEMANDED = tuple(station for station in Station if station is not Station.PROMISE)
"""The stations that a whole thread can't pass by."""


def join(nodes: Iterable[Node], links: Iterable[Link], *, stage: Phase) -> Thread:
    """Return the thread that `nodes` and `links` make, judged by what can be expected in the phase `stage`.

    As soon as one requirement is written, requirements are expected, whatever the phase says.

    Raises:
        UnjoinableError: an id is given twice, or a link names something unknown or leads backwards.
    """
    web = _Web(tuple(nodes), tuple(links))
    horizon = HORIZON[stage]
    if horizon.expected is Station.NEED and any(_stands(node) for node in web.at(Station.REQUIREMENT)):
        horizon = HORIZON[Phase.DOCUMENTS]
    rows = tuple(_requirement_row(node, web, horizon) for node in web.at(Station.REQUIREMENT))
    return Thread(
        needs=tuple(_need_row(node, rows, horizon) for node in web.at(Station.NEED)),
        requirements=rows,
        orphans=tuple(
            node for node in web.nodes if _stands(node) and node.station is not Station.NEED and not web.before(node)
        ),
    )


class _Web:
    """The nodes and links, checked, with both directions at hand."""

    def __init__(self, nodes: tuple[Node, ...], links: tuple[Link, ...]) -> None:
        twice = [str(key) for key, times in Counter(node.id for node in nodes).items() if times > 1]
        if twice:
            raise UnjoinableError(f"given twice: {', '.join(twice)}")
        self.nodes = nodes
        by_id = {node.id: node for node in nodes}
        self._after: dict[UUID, list[Node]] = {node.id: [] for node in nodes}
        self._before: dict[UUID, list[Node]] = {node.id: [] for node in nodes}
        for link in dict.fromkeys(links):
            if link.earlier not in by_id or link.later not in by_id:
                raise UnjoinableError(f"link to something unknown: {link.earlier} → {link.later}")
            earlier, later = by_id[link.earlier], by_id[link.later]
            if ORDER[earlier.station] >= ORDER[later.station]:
                raise UnjoinableError(f"link that leads backwards: {earlier.label} → {later.label}")
            self._after[earlier.id].append(later)
            self._before[later.id].append(earlier)

    def at(self, station: Station) -> Iterator[Node]:
        return (node for node in self.nodes if node.station is station)

    def after(self, node: Node) -> list[Node]:
        return [later for later in self._after[node.id] if _stands(later)]

    def before(self, node: Node) -> list[Node]:
        return [earlier for earlier in self._before[node.id] if _stands(earlier)]

    def tail(self, node: Node) -> list[Node]:
        """Return `node` and everything after it, each once, in the order of the stations."""
        found, waiting = {node.id: node}, [node]
        while waiting:
            for later in self.after(waiting.pop()):
                if later.id not in found:
                    found[later.id] = later
                    waiting.append(later)
        return sorted(found.values(), key=lambda each: ORDER[each.station])


def _stands(node: Node) -> bool:
    return node.state is not NodeState.STRUCK


def _requirement_row(node: Node, web: _Web, horizon: _Horizon) -> RequirementRow:
    needs = tuple(web.before(node))
    if not _stands(node):
        return RequirementRow(node, needs, _knots(needs, [node], None, _Horizon(Station.NEED, Station.NEED)), ())
    tail = web.tail(node)
    breaks = [] if needs else [_missing(node, node, Station.NEED)]
    for each in tail:
        broken = _break_after(each, node, web, horizon)
        if broken:
            breaks.append(broken)
    breaks.sort(key=lambda each: ORDER[each.station])
    return RequirementRow(
        node, needs, _knots(needs, tail, breaks[0].station if breaks else None, horizon), tuple(breaks)
    )


def _break_after(node: Node, requirement: Node, web: _Web, horizon: _Horizon) -> Break | None:
    """Return what `node` lacks after itself; a gap is mended by the fact that the thread got past it."""
    tail = web.tail(node)
    furthest = ORDER[tail[-1].station]
    for gap in sorted(node.gaps, key=lambda each: ORDER[each.before]):
        if furthest < ORDER[gap.before]:
            return Break(node, gap.before, gap.reason, gap.mend or gap.before.value)
    if len(tail) > 1 or node.state is NodeState.WAITING or ORDER[node.station] >= ORDER[horizon.expected]:
        return None
    return _missing(node, requirement, next(station for station in DEMANDED if ORDER[station] > furthest))


def _missing(node: Node, requirement: Node, station: Station) -> Break:
    reasons = {
        Station.NEED: say("{label} answers to no need.", label=requirement.label),
        Station.TERM: say("{label} is not in the contract.", label=requirement.label),
        Station.CHECK: say("Nobody follows up {label}.", label=requirement.label),
        Station.RESULT: say("The follow-up of {label} has no result.", label=requirement.label),
    }
    return Break(node, station, reasons[station], station.value)


def _knots(needs: Sequence[Node], tail: Sequence[Node], broken: Station | None, horizon: _Horizon) -> tuple[Knot, ...]:
    nodes = (*needs, *tail)
    furthest = max(ORDER[node.station] for node in nodes)
    return tuple(
        Knot(station, _state(station, here, furthest, broken, horizon), here)
        for station in Station
        for here in [tuple(node for node in nodes if node.station is station)]
    )


def _state(
    station: Station, here: Sequence[Node], furthest: int, broken: Station | None, horizon: _Horizon
) -> KnotState:
    index = ORDER[station]
    if broken is not None and index >= ORDER[broken]:
        return KnotState.BROKEN if station is broken else KnotState.BEYOND
    if here:
        return KnotState.WHOLE
    if ORDER[horizon.expected] < index <= ORDER[horizon.planned]:
        return KnotState.PLANNED
    was_due = broken is not None and index <= ORDER[horizon.expected]
    return KnotState.PASSED if index < furthest or was_due else KnotState.LATER


def _need_row(node: Node, rows: Sequence[RequirementRow], horizon: _Horizon) -> NeedRow:
    answering = tuple(row for row in rows if node in row.needs)
    return NeedRow(node, answering, tuple(_need_breaks(node, answering, horizon)))


def _need_breaks(node: Node, rows: Sequence[RequirementRow], horizon: _Horizon) -> Iterator[Break]:
    if not _stands(node) or any(row.is_whole for row in rows) or horizon.expected is Station.NEED:
        return
    breaks = [each for row in rows for each in row.breaks]
    if breaks:
        first = min(breaks, key=lambda each: ORDER[each.station])
        yield Break(node, first.station, say("The need {label} has no whole thread.", label=node.label), first.mend)
    else:
        reason = say("No requirement answers to the need {label}.", label=node.label)
        yield Break(node, Station.REQUIREMENT, reason, Station.REQUIREMENT.value)
