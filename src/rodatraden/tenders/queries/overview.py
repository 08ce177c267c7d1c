"""The page of requirements: each with what it lacks and its thread, counted and filtered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.thread import KnotState, Phase, Station, join, phase
from rodatraden.needs.queries import of_procurement
from rodatraden.needs.queries import pieces as needs_pieces
from rodatraden.tenders.queries.reads import requirements
from rodatraden.tenders.queries.thread import pieces
from rodatraden.tenders.rules.completeness import hints, missing
from rodatraden.ui.drawing import ToldRow, tell_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rodatraden.core.thread import RequirementRow, Thread
    from rodatraden.needs.models import Need
    from rodatraden.tenders.models import Requirement, Tender
    from rodatraden.tenders.rules.findings import Finding

DRAFTING = (Phase.NEED, Phase.DIALOGUE)


class Shown(StrEnum):
    """Which requirements a person wants to see."""

    ALL = "alla"
    MUST = "skall"
    CRITERION = "kriterier"
    TERM = "villkor"
    LACKING = "brister"
    STRUCK = "strukna"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement with what it lacks, what to ask oneself, and its thread."""

    requirement: Requirement
    lacking: Sequence[Finding]
    hints: Sequence[Finding]
    thread: RequirementRow

    @property
    def lacks(self) -> frozenset[str]:
        """The names of the fields that are missing."""
        return frozenset(finding.code.partition(":")[0] for finding in self.lacking)

    @property
    def told(self) -> ToldRow:
        """The thread in words and states, as pages draw it."""
        return tell_row(self.thread)

    def belongs_to(self, shown: Shown) -> bool:
        """Return whether the line is among those that a person wants to see."""
        row = self.requirement
        if shown is Shown.STRUCK:
            return row.struck_at is not None
        kinds = {Shown.MUST: row.Kind.MUST, Shown.CRITERION: row.Kind.CRITERION, Shown.TERM: row.Kind.TERM}
        if shown in kinds:
            return row.struck_at is None and row.kind == kinds[shown]
        return shown is Shown.ALL or bool(self.lacking)


@dataclass(frozen=True, slots=True)
class Overview:
    """All requirements of the documents, in order, and the thread that they make with the needs."""

    lines: Sequence[Line]
    thread: Thread
    needs: Sequence[Need]

    @property
    def counts(self) -> Mapping[Shown, int]:
        """How many requirements each choice shows."""
        return Counter({shown: sum(line.belongs_to(shown) for line in self.lines) for shown in Shown})

    @property
    def lacking(self) -> list[Line]:
        """The requirements that lack something."""
        return [line for line in self.lines if line.lacking]

    @property
    def n_lacking(self) -> int:
        """How many things are missing in all."""
        return sum(len(line.lacking) for line in self.lines)

    def station_state(self, station: Station) -> str:
        """Return whether the thread of the page is whole, broken before, or coming at a station."""
        states = {knot.state for row in self.thread.requirements for knot in row.knots if knot.station is station}
        if KnotState.BROKEN in states:
            return "broken"
        return "whole" if KnotState.WHOLE in states else "coming"


def overview(tender: Tender, at: datetime) -> Overview:
    """Return everything that the page of requirements shows, in a constant number of queries."""
    rows = list(requirements(tender))
    nodes, links = pieces(rows)
    needs = list(of_procurement(tender.procurement))
    need_nodes, _ = needs_pieces(needs)
    thread = join([*need_nodes, *nodes], links, stage=stage_of(tender, at))
    threads = {row.node.id: row for row in thread.requirements}
    return Overview([Line(row, missing(row), hints(row), threads[row.pk]) for row in rows], thread, needs)


def stage_of(tender: Tender, at: datetime) -> Phase:
    """Return the phase that the documents are judged in: being drafted, until they are published."""
    found = phase(tender.procurement.facts.all(), at)
    return Phase.DOCUMENTS if found in DRAFTING else found
