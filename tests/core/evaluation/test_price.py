from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from rodatraden.core.evaluation import Bid, InputError, InputFault, ModelError, Price, evaluate
from tests.core.evaluation.worked import check_page, lines, read

(LOT,) = read("24-price-lines-currency").lots
A, B = LOT.bids


def test_the_worked_example_of_the_page() -> None:
    check_page("price.md")


def test_every_line_and_the_rate_are_told() -> None:
    assert lines("24-price-lines-currency", "B") == [
        ("Konsult, timmar: 95 × 400", "38000"),
        ("Utbildningsdag: 1200.25 × 12", "14403"),
        ("Price: 38000 + 14403", "52403"),
        ("In EUR: 52403 × 11.2345", "588721.5035"),
        ("588721.5035 rounded to 2 decimals, halves up", "588721.5"),
        ("Price of all lines together", "588721.5"),
        ("Evaluation price: the compared price", "588721.5"),
        ("Place 2", None),
    ]


@pytest.mark.parametrize(
    ("bid", "fault", "field", "value"),
    [
        (replace(A, prices={"konsult": Decimal(1)}), InputFault.MISSING_PRICE, "prices.utbildning", None),
        (replace(A, prices={**A.prices, "resa": Decimal(1)}), InputFault.UNKNOWN_LINE, "prices.resa", "resa"),
        (replace(A, prices={**A.prices, "konsult": Decimal(0)}), InputFault.PRICE_NOT_POSITIVE, "prices.konsult", 0),
        (replace(A, prices={**A.prices, "konsult": Decimal(-1)}), InputFault.PRICE_NOT_POSITIVE, "prices.konsult", -1),
        (replace(A, prices={**A.prices, "konsult": 10**11}), InputFault.PRICE_TOO_LARGE, "prices.konsult", 10**11),
        (replace(A, prices={**A.prices, "konsult": Decimal(10**9)}), InputFault.PRICE_TOO_LARGE, "prices", None),
        (
            replace(A, prices={**A.prices, "konsult": Decimal("NaN")}),
            InputFault.PRICE_NOT_EXACT,
            "prices.konsult",
            None,
        ),
        (replace(A, prices={**A.prices, "konsult": 1050.5}), InputFault.PRICE_NOT_EXACT, "prices.konsult", 1050.5),
        (replace(A, currency="USD"), InputFault.UNKNOWN_CURRENCY, "currency", "USD"),
    ],
)
def test_a_price_that_cannot_be_counted_names_bid_field_and_value(
    bid: Bid, fault: InputFault, field: str, value: object
) -> None:
    with pytest.raises(InputError) as refused:
        evaluate(LOT.model, [bid, B])
    assert (refused.value.fault, refused.value.bid, refused.value.field) == (fault, "A", field)
    if value is not None:
        assert refused.value.value == value


def test_a_line_may_be_nought_only_when_the_model_says_so() -> None:
    (lot,) = read("22-price-per-point").lots
    assert lot.bids[1].prices["tillagg"] == 0
    assert evaluate(lot.model, lot.bids).results[1].price == 870_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": "day"}, "p.unit"),
        ({"rates": []}, "p.rates"),
        ({"rates": {"EUR": "0"}}, "p.rates.EUR"),
        ({"lines": [{"key": "a", "label": "A", "quantity": "1"}] * 2}, "p.lines[1].key"),
        ({"lines": [{"key": "a", "label": "A", "quantity": "-1"}]}, "p.lines[0].quantity"),
        ({"lines": [{"key": "a", "label": "A", "quantity": "1", "paid": "yearly"}]}, "p.lines[0].paid"),
        ({"lines": [{"key": "a", "label": "A", "quantity": "1", "deducted": 1}]}, "p.lines[0].deducted"),
    ],
)
def test_what_cannot_be_read_names_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(ModelError) as refused:
        Price.from_json({"unit": "total", **change}, "p")
    assert refused.value.field == field


def test_a_price_in_the_currency_of_the_tender_is_not_converted() -> None:
    assert Price().compared(Fraction(5), "SEK")[0] == Price().compared(Fraction(5), None)[0] == 5
