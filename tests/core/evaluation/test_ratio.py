from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import Best, Divided, InputError, InputFault, ModelError, Ratio, evaluate
from rodatraden.core.evaluation.field import Entry, Field
from tests.core.evaluation.worked import check_page, lines, read


def test_the_worked_example_of_the_page() -> None:
    check_page("ratio.md")


def test_the_lines_can_be_followed() -> None:
    assert ("Price ÷ points: 920000 ÷ 16", "57500") in lines("22-price-per-point", "A")


def test_a_published_factor_is_told() -> None:
    value, steps = Ratio(factor=Decimal(1000)).weighed(Entry(Fraction(1000), Fraction(15)), Field())
    assert value == 15
    assert [str(step.text) for step in steps] == ["Points ÷ price: 15 ÷ 1000", "Ratio: 0.015 × 1000"]


def test_the_best_end_follows_from_what_is_divided() -> None:
    assert [Ratio(divided).best for divided in Divided] == [Best.HIGHEST, Best.LOWEST]


def test_no_price_is_divided_by_no_points() -> None:
    (lot,) = read("22-price-per-point").lots
    (bid, *_) = lot.bids
    free = type(lot.model).from_json({key: part for key, part in lot.model.to_json().items() if key != "gates"})
    nothing = type(bid)(bid.key, bid.name, None, {"kvalitet": Decimal(0)}, prices=bid.prices)
    with pytest.raises(InputError) as refused:
        evaluate(free, [nothing])
    assert (refused.value.fault, refused.value.bid) == (InputFault.UNDEFINED, "A")


def test_what_cannot_be_read_names_its_field() -> None:
    with pytest.raises(ModelError) as refused:
        Ratio.from_json({"method": "ratio", "divided": "price"}, "c")
    assert refused.value.field == "c.divided"
