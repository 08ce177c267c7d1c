import pytest

from rodatraden.core.evaluation import ModelError, PercentageAddition
from tests.core.evaluation.worked import check_page, lines


def test_the_worked_example_of_the_page() -> None:
    check_page("percentage_addition.md")


def test_the_lines_can_be_followed() -> None:
    assert lines("04-percentage-addition", "A")[2:5] == [
        ("Addition in per cent: (20 − 17) × 8", "24"),
        ("Addition: 24 % of 1140", "273.6"),
        ("Evaluation price: 1140 + 273.6", "1413.6"),
    ]


def test_what_cannot_be_read_names_its_field() -> None:
    with pytest.raises(ModelError) as refused:
        PercentageAddition.from_json({"method": "percentage_addition", "percent": "-8", "target": "20"}, "c")
    assert (refused.value.field, refused.value.value) == ("c.percent", "'-8'")
