"""Phases are time: which phase a case is in follows from the facts recorded about it and an instant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class Phase(StrEnum):
    """The eight phases of a case, in order."""

    NEED = "need"
    DIALOGUE = "dialogue"
    DOCUMENTS = "documents"
    BIDS = "bids"
    EVALUATION = "evaluation"
    AWARD = "award"
    CONTRACT = "contract"
    FOLLOW_UP = "follow_up"


class FactKind(StrEnum):
    """What happens at most once to a case. Stored facts use the same values (`procurements.StageFact`).

    Three are not stored but follow from rows of a room, which offers them as `Happened`: the first dialogue, the first
    requirement, the contract drawn up.
    """

    CREATED = "created"
    DIALOGUE_STARTED = "dialogue_started"
    DOCUMENTS_STARTED = "documents_started"
    PUBLISHED = "published"
    NOTICE_CONFIRMED = "notice_confirmed"
    CLOSED = "closed"
    OPENED = "opened"
    CONSENSUS_LOCKED = "consensus_locked"
    PRICES_OPENED = "prices_opened"
    OUTCOME_FROZEN = "outcome_frozen"
    DECIDED = "decided"
    NOTIFIED = "notified"
    CONTRACT_DRAWN_UP = "contract_drawn_up"
    CONTRACT_SIGNED = "contract_signed"
    CANCELLED = "cancelled"


class Fact(Protocol):
    """What a recorded fact must tell; a kind that is not in `FactKind` moves nothing."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact that a room derives from its rows, or has read no more of than this."""

    kind: str
    at: datetime


ENTERS: Mapping[str, Phase] = {
    FactKind.CREATED: Phase.NEED,
    FactKind.DIALOGUE_STARTED: Phase.DIALOGUE,
    FactKind.DOCUMENTS_STARTED: Phase.DOCUMENTS,
    FactKind.PUBLISHED: Phase.BIDS,
    FactKind.OPENED: Phase.EVALUATION,
    FactKind.DECIDED: Phase.AWARD,
    FactKind.CONTRACT_DRAWN_UP: Phase.CONTRACT,
    FactKind.CONTRACT_SIGNED: Phase.FOLLOW_UP,
}
"""Which phase each fact enters. Closing stays within the bids: until the opening nothing can be judged. Follow-up begins
with the last signature: from that day on promises are to be kept."""

ORDER = tuple(Phase)


def phase(facts: Iterable[Fact], at: datetime) -> Phase:
    """Return the furthest phase that a fact at or before `at` has entered; without facts the case is in its need.

    A case never goes back: a fact recorded late (a dialogue after publication) doesn't move it.
    """
    entered = (ENTERS[fact.kind] for fact in facts if fact.kind in ENTERS and fact.at <= at)
    return max(entered, key=ORDER.index, default=Phase.NEED)


def cancelled_at(facts: Iterable[Fact], at: datetime) -> datetime | None:
    """Return when the case was cancelled, or None when it had not been at `at`; the phase stays where it was."""
    return min((fact.at for fact in facts if fact.kind == FactKind.CANCELLED and fact.at <= at), default=None)


class PhaseState(StrEnum):
    """Where a phase stands in relation to the instant."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """One step of the phase bar; `since` is when it was first entered, None when it was passed without a fact."""

    phase: Phase
    state: PhaseState
    since: datetime | None


def bar(facts: Iterable[Fact], at: datetime) -> tuple[PhaseStep, ...]:
    """Return all eight phases in order with their state at `at`."""
    known = [fact for fact in facts if fact.kind in ENTERS and fact.at <= at]
    now = ORDER.index(phase(known, at))
    return tuple(
        PhaseStep(
            phase=each,
            state=PhaseState.DONE if index < now else PhaseState.NOW if index == now else PhaseState.LATER,
            since=min((fact.at for fact in known if ENTERS[fact.kind] is each), default=None),
        )
        for index, each in enumerate(ORDER)
    )
