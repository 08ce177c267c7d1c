from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import Level, ModelError, PercentageDeduction, findings
from tests.core.evaluation.worked import check_page, lines, read


def test_the_worked_example_of_the_page() -> None:
    check_page("percentage_deduction.md")


def test_the_lines_can_be_followed() -> None:
    assert lines("publ-02-e-avrop-avdrag", "A")[2:] == [
        ("Deduction in per cent: 50 × 1", "50"),
        ("Deduction: 50 % of 500", "250"),
        ("Evaluation price: 500 − 250", "250"),
        ("Place 2", None),
    ]


def test_inv_10_a_full_deduction_leaves_no_price_to_lower() -> None:
    assert PercentageDeduction(Decimal(1)).leaves_a_price(Fraction(99))
    for name, level in (("publ-02-e-avrop-avdrag", Level.WARNING), ("publ-10-uppdragsarkeologi-95", Level.PASSED)):
        found = {each.code: each.level for each in findings(read(name).lots[0].model)}
        assert found["price_always_counts"] is level


def test_what_cannot_be_read_names_its_field() -> None:
    with pytest.raises(ModelError) as refused:
        PercentageDeduction.from_json({"method": "percentage_deduction", "percent": "0"}, "c")
    assert (refused.value.field, refused.value.value) == ("c.percent", "'0'")
