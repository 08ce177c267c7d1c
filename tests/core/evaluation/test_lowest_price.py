import pytest

from rodatraden.core.evaluation import LowestPrice, ModelError
from tests.core.evaluation.worked import check_page, lines


def test_the_worked_example_of_the_page() -> None:
    check_page("lowest_price.md")


def test_the_price_is_the_value() -> None:
    assert lines("01-lowest-price", "C")[-2:] == [("Evaluation price: the compared price", "960"), ("Place 1", None)]


def test_it_states_nothing() -> None:
    assert LowestPrice.from_json(LowestPrice().to_json(), "c") == LowestPrice()
    with pytest.raises(ModelError) as refused:
        LowestPrice.from_json({"method": "lowest_price", "per_point": "1"}, "c")
    assert refused.value.field == "c.per_point"
