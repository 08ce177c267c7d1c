from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.thread import Fact, FactKind, Happened, Phase, PhaseState, bar, cancelled_at, phase
from rodatraden.core.thread.stages import ENTERS


@dataclass(frozen=True)
class Recorded:
    kind: str
    at: datetime


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 9, tzinfo=UTC)


STORY: list[Fact] = [
    Recorded(FactKind.CREATED, day(1)),
    Happened(FactKind.DOCUMENTS_STARTED, day(3)),
    Recorded(FactKind.PUBLISHED, day(5)),
    Recorded(FactKind.CLOSED, day(7)),
    Recorded(FactKind.OPENED, day(8)),
    Recorded(FactKind.CONSENSUS_LOCKED, day(10)),
    Recorded(FactKind.DECIDED, day(12)),
    Happened(FactKind.CONTRACT_DRAWN_UP, day(20)),
    Recorded(FactKind.CONTRACT_SIGNED, day(25)),
    Recorded("something_else", day(2)),
]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (1, Phase.NEED),
        (2, Phase.NEED),
        (3, Phase.DOCUMENTS),
        (5, Phase.BIDS),
        (7, Phase.BIDS),
        (8, Phase.EVALUATION),
        (11, Phase.EVALUATION),
        (12, Phase.AWARD),
        (20, Phase.CONTRACT),
        (31, Phase.FOLLOW_UP),
    ],
)
def test_phase_follows_from_the_facts_up_to_the_instant(at: int, expected: Phase) -> None:
    assert phase(STORY, day(at)) is expected


def test_a_case_without_facts_is_in_its_need() -> None:
    assert phase([], day(1)) is Phase.NEED


def test_a_fact_recorded_late_never_takes_a_case_back() -> None:
    assert phase([*STORY, Recorded(FactKind.DIALOGUE_STARTED, day(6))], day(6)) is Phase.BIDS


def test_the_bar_shows_a_skipped_phase_as_done_without_a_date() -> None:
    assert [(step.phase.value, step.state.value, step.since) for step in bar(STORY, day(6))] == [
        ("need", "done", day(1)),
        ("dialogue", "done", None),
        ("documents", "done", day(3)),
        ("bids", "now", day(5)),
        ("evaluation", "later", None),
        ("award", "later", None),
        ("contract", "later", None),
        ("follow_up", "later", None),
    ]


def test_cancellation_stops_no_clock_but_is_told() -> None:
    facts: list[Fact] = [*STORY[:3], Recorded(FactKind.CANCELLED, day(6))]
    assert cancelled_at(facts, day(5)) is None
    assert cancelled_at(facts, day(6)) == day(6)
    assert phase(facts, day(30)) is Phase.BIDS


facts = st.lists(st.builds(Recorded, st.sampled_from(FactKind), st.integers(1, 28).map(day)))


@given(facts, st.integers(1, 28), st.integers(1, 28))
def test_phase_never_goes_back_as_time_goes_on(recorded: list[Recorded], one: int, other: int) -> None:
    order = list(Phase)
    early, late = sorted([one, other])
    assert order.index(phase(recorded, day(early))) <= order.index(phase(recorded, day(late)))
    assert [step.state for step in bar(recorded, day(late))].count(PhaseState.NOW) == 1


def test_every_phase_can_be_entered() -> None:
    assert set(ENTERS.values()) == set(Phase)
