"""B5: agreement on each criterion, each bid, and on all."""

from __future__ import annotations

from decimal import Decimal

from rodatraden.core.assessment.agreement import Kind, agreement
from rodatraden.core.evaluation.robustness import EXPLAINS, Again, Panel
from rodatraden.core.evaluation.robustness.agreed import agreed
from tests.core.evaluation.robustness.example import AGAIN, BIDS, MODEL, PANEL, rows

KEYS = ("eketorp", "lyckastrand", "mellanrum", "nordvala")


def panel(n: int) -> Panel:
    """Return `n` assessors who differ by one on one bid each."""
    individual = {
        f"p{k}": {key: {"metod": Decimal(4 + m + (m == k % 4)), "case": Decimal(8 - m)} for m, key in enumerate(KEYS)}
        for k in range(n)
    }
    return Panel.of(MODEL, BIDS, individual)


def test_the_worked_example() -> None:
    found = agreed(AGAIN, PANEL)
    for row in rows("B5"):
        part = {"criterion": found.by_criterion, "bid": found.by_bid}[row["Of"]][row["Key"]]
        assert (str(part.widest), part.n_assessors, part.value) == (row["Largest spread"], 3, ())
    assert [str(each) for each in found.sentences] == [
        "On the sum of points of 4 bids judged by 3 assessors:",
        "How well they agree can't be determined with fewer than 5 assessors.",
        "Largest difference between two assessors: 4.",
        str(EXPLAINS),
    ]


def test_from_five_assessors_each_criterion_is_its_own_table() -> None:
    five = panel(5)
    found = agreed(AGAIN, five)
    metod = [[five.cells[key, 0][each] for each in five.assessors] for key in KEYS]
    assert found.by_criterion["metod"] == agreement(metod)
    assert [each.value for each in found.by_criterion["case"].value] == [1, 1, 1]
    assert [each.kind for each in found.value.value] == list(Kind)
    assert {each.kind for bid in found.by_bid.values() for each in bid.value} == {Kind.ICC, Kind.ALPHA}


def test_a_sum_is_told_only_of_who_judged_all() -> None:
    individual = {
        f"p{k}": {"mellanrum": {"metod": Decimal(5), **({} if k else {"case": Decimal(8)})}} for k in range(5)
    }
    found = agreed(AGAIN, Panel.of(MODEL, BIDS, individual))
    assert found.value.n_assessors == 1
    assert found.by_criterion["metod"].n_assessors == 5


def test_the_order_of_bids_plays_no_part() -> None:
    five = panel(5)
    assert agreed(Again(MODEL, list(reversed(BIDS))), five) == agreed(AGAIN, five)
