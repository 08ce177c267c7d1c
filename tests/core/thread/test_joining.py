from collections.abc import Iterable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.message import say
from rodatraden.core.thread import (
    Gap,
    KnotState,
    Link,
    Node,
    NodeState,
    Phase,
    Station,
    Thread,
    UnjoinableError,
    join,
)

STATIONS = {"B": Station.NEED, "K": Station.REQUIREMENT, "U": Station.PROMISE}
STATIONS |= {"V": Station.TERM, "F": Station.CHECK, "R": Station.RESULT}


def key(label: str) -> UUID:
    return UUID(int=int.from_bytes(label.encode()))


def node(label: str, state: NodeState = NodeState.STANDING, *gaps: Gap) -> Node:
    return Node(STATIONS[label[0]], key(label), label, f"text of {label}", state, gaps)


def links(*chains: str) -> list[Link]:
    """Read "B1 K1 U1" as two links."""
    pairs = [pair for chain in chains for pair in zip(chain.split(), chain.split()[1:], strict=False)]
    return [Link(key(earlier), key(later)) for earlier, later in pairs]


def thread(*chains: str, stage: Phase, instead: Iterable[Node] = ()) -> Thread:
    special = {each.label: each for each in instead}
    labels = dict.fromkeys(label for chain in chains for label in chain.split())
    return join([special.get(label, node(label)) for label in labels], links(*chains), stage=stage)


def states(found: Thread, label: str) -> str:
    row = next(row for row in found.requirements if row.node.label == label)
    return " ".join(knot.state.value for knot in row.knots)


def breaks(found: Thread) -> list[tuple[str, str, str, str]]:
    return [(each.node.label, each.station.value, str(each.reason), each.mend) for each in found.breaks]


def test_before_publication_a_planned_thread_is_whole_and_a_gap_breaks_it() -> None:
    """The drafting page of the design: K2 breaks before the promise, K9 before follow-up, and takes B3 with it."""
    points = Gap(Station.PROMISE, say("The points are not in the model."), "tenders:criteria")
    nobody = Gap(Station.CHECK, say("Nobody is appointed to measure."))
    found = thread(
        "B1 K6",
        "B1 K4",
        "B1 K5",
        "B2 K1",
        "B2 K2",
        "B2 K4",
        "B3 K9",
        "B4 K5",
        "B4 K7",
        "B5 K3",
        "B5 K8",
        stage=Phase.DOCUMENTS,
        instead=[node("K2", NodeState.STANDING, points), node("K9", NodeState.STANDING, nobody)],
    )
    assert str(found.summary) == "7 of 9 requirements hang together."
    assert states(found, "K1") == "whole whole planned planned planned later"
    assert states(found, "K2") == "whole whole broken beyond beyond beyond"
    assert states(found, "K9") == "whole whole planned planned broken beyond"
    assert breaks(found) == [
        ("K2", "promise", "The points are not in the model.", "tenders:criteria"),
        ("K9", "check", "Nobody is appointed to measure.", "check"),
        ("B3", "check", "The need B3 has no whole thread.", "check"),
    ]
    assert [(row.node.label, row.is_whole) for row in found.needs] == [
        ("B1", True),
        ("B2", True),
        ("B3", False),
        ("B4", True),
        ("B5", True),
    ]
    reaches = {row.node.label: row.reach.value for row in found.requirements}
    assert (reaches["K1"], reaches["K2"], reaches["K9"]) == ("check", "requirement", "term")


@pytest.mark.parametrize(
    ("stage", "chain", "expected", "broken"),
    [
        (Phase.NEED, "B1 K1", "whole whole planned planned planned later", []),
        (Phase.DOCUMENTS, "B1 K1", "whole whole planned planned planned later", []),
        (Phase.BIDS, "B1 K1", "whole whole later later later later", []),
        (Phase.EVALUATION, "B1 K1 U1", "whole whole whole later later later", []),
        (Phase.AWARD, "B1 K1", "whole whole later later later later", []),
        (Phase.CONTRACT, "B1 K1", "whole whole passed broken beyond beyond", ["term", "term"]),
        (Phase.CONTRACT, "B1 K1 U1 V1", "whole whole whole whole later later", []),
        (Phase.CONTRACT, "B1 K1 U1", "whole whole whole broken beyond beyond", ["term", "term"]),
        (Phase.CONTRACT, "B1 K1 V1", "whole whole passed whole later later", []),
        (Phase.FOLLOW_UP, "B1 K1 U1 V1", "whole whole whole whole broken beyond", ["check", "check"]),
        (Phase.FOLLOW_UP, "B1 K1 U1 V1 F1", "whole whole whole whole whole broken", ["result", "result"]),
        (Phase.FOLLOW_UP, "B1 K1 U1 V1 F1 R1", "whole whole whole whole whole whole", []),
        (Phase.FOLLOW_UP, "B1 K1 F1 R1", "whole whole passed passed whole whole", []),
    ],
)
def test_what_is_missing_depends_on_the_phase(stage: Phase, chain: str, expected: str, broken: list[str]) -> None:
    found = thread(chain, stage=stage)
    assert states(found, "K1") == expected
    assert [each.station.value for each in found.breaks] == broken


def test_a_check_that_waits_for_its_day_breaks_nothing() -> None:
    found = thread("B1 K1 U1 V1 F1", stage=Phase.FOLLOW_UP, instead=[node("F1", NodeState.WAITING)])
    assert states(found, "K1") == "whole whole whole whole whole later"
    assert breaks(found) == []


def test_one_branch_that_ends_breaks_the_whole_requirement() -> None:
    found = thread("B1 K1 U1 V1 F1 R1", "U1 V2", stage=Phase.FOLLOW_UP)
    assert states(found, "K1") == "whole whole whole whole broken beyond"
    assert breaks(found)[0] == ("V2", "check", "Nobody follows up K1.", "check")


def test_a_gap_is_mended_by_the_fact_that_the_thread_got_past_it() -> None:
    gap = Gap(Station.CHECK, say("Nobody is appointed to measure."))
    found = thread("B1 K1 V1 F1 R1", stage=Phase.FOLLOW_UP, instead=[node("K1", NodeState.STANDING, gap)])
    assert found.requirements[0].is_whole


def test_a_gap_breaks_the_thread_in_every_phase_until_it_is_mended() -> None:
    gap = Gap(Station.CHECK, say("Nobody is appointed to measure."))
    found = thread("B1 K1", stage=Phase.BIDS, instead=[node("K1", NodeState.STANDING, gap)])
    assert states(found, "K1") == "whole whole later later broken beyond"


def test_a_struck_requirement_keeps_its_row_and_counts_for_nothing() -> None:
    struck = Node(
        Station.REQUIREMENT, key("K2"), "K2", "", NodeState.STRUCK, note=say("Struck on 3 March: not feasible.")
    )
    found = thread("B1 K1", "B1 K2", "B2 K2", stage=Phase.DOCUMENTS, instead=[struck])
    assert str(found.summary) == "1 of 1 requirements hang together."
    assert [(row.node.label, row.is_struck, row.is_whole) for row in found.requirements] == [
        ("K1", False, True),
        ("K2", True, False),
    ]
    assert breaks(found) == [("B2", "requirement", "No requirement answers to the need B2.", "requirement")]
    assert found.requirements[1].node.note == say("Struck on 3 March: not feasible.")


def test_a_struck_need_asks_for_nothing_and_carries_nobody() -> None:
    found = thread("B1 K1", stage=Phase.DOCUMENTS, instead=[node("B1", NodeState.STRUCK)])
    assert (found.needs[0].is_struck, found.needs[0].breaks) == (True, ())
    assert breaks(found) == [("K1", "need", "K1 answers to no need.", "need")]


def test_orphans_are_listed_at_every_station() -> None:
    found = thread("B1 K1 U1", "K2", "V9", "F9", "R9", stage=Phase.CONTRACT, instead=[node("R9", NodeState.STRUCK)])
    assert [each.label for each in found.orphans] == ["K2", "V9", "F9"]
    assert states(found, "K2") == "broken beyond beyond beyond beyond beyond"


def test_a_need_without_requirement_is_later_while_needs_are_written_and_broken_after() -> None:
    assert breaks(thread("B1", stage=Phase.DIALOGUE)) == []
    assert breaks(thread("B1", stage=Phase.DOCUMENTS)) == [
        ("B1", "requirement", "No requirement answers to the need B1.", "requirement")
    ]


@pytest.mark.parametrize(
    ("nodes", "chain"),
    [(["B1", "B1"], ""), (["B1", "K1"], "K1 B1"), (["B1"], "B1 K1"), (["K1"], "B1 K1"), (["K1", "K2"], "K1 K2")],
)
def test_pieces_that_contradict_each_other_are_refused(nodes: list[str], chain: str) -> None:
    with pytest.raises(UnjoinableError):
        join([node(label) for label in nodes], links(chain), stage=Phase.DOCUMENTS)


@st.composite
def webs(draw: st.DrawFn) -> tuple[list[Node], list[Link]]:
    states_of = st.sampled_from(NodeState)
    nodes = [node(f"{kind}{n}", draw(states_of)) for kind in STATIONS for n in range(draw(st.integers(0, 3)))]
    order = list(Station)
    possible = [
        Link(one.id, other.id)
        for one in nodes
        for other in nodes
        if order.index(one.station) < order.index(other.station)
    ]
    return nodes, draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []


@given(webs(), st.sampled_from(Phase))
def test_every_requirement_is_whole_struck_or_told_why(web: tuple[list[Node], list[Link]], stage: Phase) -> None:
    nodes, chosen = web
    found = join(nodes, chosen, stage=stage)
    for row in found.requirements:
        assert row.is_struck + row.is_whole + bool(row.breaks) == 1
        shown = [knot.state for knot in row.knots]
        assert bool(row.breaks) == (shown.count(KnotState.BROKEN) == 1)
        assert KnotState.WHOLE not in shown[shown.index(KnotState.BROKEN) :] if row.breaks else True
    for need in found.needs:
        assert not (need.is_whole and need.breaks)
    again = join(nodes, chosen[::-1] + chosen, stage=stage)
    assert [row.is_whole for row in again.requirements] == [row.is_whole for row in found.requirements]
    assert again.summary == found.summary
