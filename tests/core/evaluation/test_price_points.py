from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import Curve, InputError, InputFault, ModelError, PricePoints, evaluate
from rodatraden.core.evaluation.field import Field
from tests.core.evaluation.worked import check_page, lines, outcome, read, tables

PAIRS = ["07-proportional", "08-linear-from-lowest", "09-min-max", "10-mean", "11-median"]


def test_the_worked_example_of_the_page() -> None:
    check_page("price_points.md")


@pytest.mark.parametrize("name", PAIRS)
def test_in_every_relative_model_a_bid_that_cannot_win_decides(name: str) -> None:
    together, alone = outcome(name), outcome(f"{name}-without-c")
    assert together.value.winner != "C"
    assert together.value.winner != alone.value.winner


def test_shares_below_nought_stand_unless_they_are_clipped() -> None:
    assert ("Share: 1 + 1 × (1000 − 2500) ÷ 1000", "-0.5") in lines("08-negative-points", "B")
    assert ("No share is less than 0", "0") in lines("06-clipped", "C")
    assert ("No share is more than 1", "1") in lines("06-clipped", "B")


def test_under_a_clip_a_lower_price_gives_nothing() -> None:
    assert outcome("06-clipped").value.keys == ("A", "B")
    assert not PricePoints(Curve.LINEAR, ceiling=Decimal(1)).always_counts
    assert not PricePoints(Curve.RANK).always_counts
    assert PricePoints(Curve.PROPORTIONAL).always_counts


def test_between_two_equal_references_the_model_says_nothing() -> None:
    (lot,) = read("09-min-max").lots
    with pytest.raises(InputError) as refused:
        evaluate(lot.model, lot.bids[:1])
    assert (refused.value.fault, refused.value.bid) == (InputFault.UNDEFINED, "A")
    assert str(refused.value) == "Both references are 1000, so the model says of no price what share it gets."


def test_rank_of_one_bid_and_of_equal_prices() -> None:
    rank = PricePoints(Curve.RANK)
    assert rank.share(Fraction(5), Field(prices=(Fraction(5),)))[0] == 1
    assert [rank.share(Fraction(p), Field(prices=tuple(map(Fraction, (5, 5, 9)))))[0] for p in (5, 9)] == [1, 0]


def test_each_curve_says_whether_bids_decide_it() -> None:
    cases = {name: read(name).lots[0].model.is_relative for name, _ in tables("price_points.md")}
    assert {name for name, is_relative in cases.items() if not is_relative} == {"06-absolute-linear", "06-clipped"}


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"curve": "s"}, "p.curve"),
        ({"curve": "linear", "reference": {"kind": "lowest"}, "at": "1"}, "p.slope"),
        ({"curve": "between", "reference": {"kind": "lowest"}}, "p.to"),
        ({"curve": "rank", "reference": {"kind": "lowest"}}, "p.reference"),
        ({"curve": "rank", "floor": "1", "ceiling": "1"}, "p.floor"),
        ({"curve": "proportional", "reference": {"kind": "fixed"}}, "p.reference.amount"),
    ],
)
def test_what_cannot_be_read_names_its_field(value: object, field: str) -> None:
    with pytest.raises(ModelError) as refused:
        PricePoints.from_json(value, "p")
    assert refused.value.field == field
