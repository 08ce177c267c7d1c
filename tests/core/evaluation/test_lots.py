from dataclasses import replace

from rodatraden.core.evaluation.lots import evaluate_lots
from tests.core.evaluation.worked import RULES, read

CASE = read("25-lots")


def told(lots, most: int | None) -> list[tuple[str, str | None, list[str]]]:
    return [(each.key, each.winner, [str(step) for step in each.steps]) for each in evaluate_lots(lots, most)]


def test_the_worked_example_of_the_page() -> None:
    rows = [line for line in (RULES / "lots.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    outcomes = evaluate_lots(CASE.lots, CASE.most_lots_per_bidder)
    shown = [
        [each.label, ", ".join(f"{r.key} {r.value}" for r in each.outcome.results), each.winner or "–"]
        for each in outcomes
    ]
    assert [[cell.strip() for cell in row.split("|")[1:4]] for row in rows] == shown


def test_without_a_limit_each_lot_goes_to_its_first() -> None:
    assert [winner for _, winner, _ in told(CASE.lots, None)] == ["A", "A", "A"]


def test_who_has_its_number_is_passed_over_and_nobody_may_be_left() -> None:
    passed = "Anbud {} is passed over: it has already won as many lots as one bidder may win (1)."
    assert told(CASE.lots, 1)[1:] == [
        ("mitt", "B", [passed.format("A")]),
        ("syd", None, [passed.format("A"), passed.format("B")]),
    ]


def test_two_lots_each_are_enough_for_three() -> None:
    assert [winner for _, winner, _ in told(CASE.lots, 2)] == ["A", "A", "B"]


def test_after_a_tie_the_later_lots_wait_when_there_is_a_limit() -> None:
    north, middle, south = CASE.lots
    a, b, c = north.bids
    tied = replace(north, bids=(a, replace(b, price=a.price), c))
    assert told([tied, middle, south], 1) == [
        ("norr", None, []),
        ("mitt", None, ["Waits for Norr: who may still win depends on it."]),
        ("syd", None, ["Waits for Norr: who may still win depends on it."]),
    ]
    assert [winner for _, winner, _ in told([tied, middle, south], None)] == [None, "A", "A"]


def test_a_lot_in_which_nobody_is_ranked_stops_no_other() -> None:
    north, middle, south = CASE.lots
    empty = replace(north, bids=())
    assert [winner for _, winner, _ in told([empty, middle, south], 1)] == [None, "A", "B"]
