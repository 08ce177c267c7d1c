"""What a bid would have needed to be first, and that it is enough and no less is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Bid, Criterion, Gate, Model, PriceAddition, TieRule, evaluate, margins

MODEL = Model(
    criteria=tuple(Criterion(key, key.title(), Scale(Decimal(0), Decimal(10))) for key in ("metod", "case")),
    combination=PriceAddition(per_point=Decimal(100), target=Decimal(20)),
    gates=(Gate(Decimal(12)),),
)


def bid(key: str, price: int, metod: int, case: int) -> Bid:
    return Bid(key, key.upper(), Decimal(price), {"metod": Decimal(metod), "case": Decimal(case)})


BIDS = [bid("a", 1140, 9, 8), bid("b", 1000, 7, 8), bid("c", 960, 8, 6), bid("d", 790, 5, 6)]


def test_the_worked_example() -> None:
    found = {each.key: each for each in margins(MODEL, BIDS, evaluate(MODEL, BIDS))}
    assert {key: (each.behind, each.price, each.points) for key, each in found.items()} == {
        "b": (60, 940, 16),
        "c": (120, 840, 16),
        "d": (None, None, 14),
    }


@pytest.mark.parametrize(
    ("price", "rule", "points", "first"),
    [
        ("939.99", TieRule.NONE, 15, ("b",)),
        ("940", TieRule.NONE, 15, ("a", "b")),
        ("940", TieRule.HIGHER_QUALITY, 15, ("a",)),
    ],
)
def test_the_price_of_a_margin_is_where_first_place_begins(
    price: str, rule: TieRule, points: int, first: tuple[str, ...]
) -> None:
    model = replace(MODEL, tie_rule=rule)
    bids = [BIDS[0], replace(BIDS[1], price=Decimal(price))]
    outcome = evaluate(model, bids)
    assert outcome.value.keys == first
    assert points == next(each.points for each in outcome.results if each.key == "b")


def test_more_points_win_when_equal_by_the_published_rule() -> None:
    model = replace(MODEL, tie_rule=TieRule.HIGHER_QUALITY)
    bids = [bid("a", 1000, 8, 8), bid("b", 1000, 9, 8), bid("c", 1300, 10, 9)]
    (c, a) = margins(model, bids, evaluate(model, bids))
    assert (a.key, a.wins_when_equal, a.price) == ("a", False, 900)
    assert (c.key, c.wins_when_equal, c.price) == ("c", True, 1200)


def test_without_a_first_or_without_steps_nothing_is_said() -> None:
    tied = [bid("a", 1000, 8, 8), bid("b", 1000, 8, 8)]
    assert margins(MODEL, tied, evaluate(MODEL, tied)) == ()
    free = replace(
        MODEL, criteria=tuple(replace(each, scale=Scale(Decimal(0), Decimal(10), None)) for each in MODEL.criteria)
    )
    assert {each.points for each in margins(free, BIDS, evaluate(free, BIDS))} == {None}
