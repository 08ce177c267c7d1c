"""What the simulation found is shown as bids that the engine has computed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from rodatraden.core.evaluation.stress.example import bare, bids_of, computed, first_of, shown, smallest
from tests.core.evaluation.stress.made import batch, model_of, typed


def test_the_bids_of_a_column_have_letters_prices_and_scores() -> None:
    found = batch(model_of("09-min-max"), typed((1000, 19), (900, 12)))
    bids = bids_of(found.scoring, found.tenders.without(0), 0)
    assert {row: (bid.key, bid.price, dict(bid.scores)) for row, bid in bids.items()} == {
        1: ("A", Decimal(900), {"kvalitet": Decimal(12)})
    }


def test_a_model_with_price_lines_is_shown_with_one_price() -> None:
    model = model_of("24-price-lines-currency")
    assert model.price.lines
    found = batch(model, typed((1000, 0), (900, 0)))
    tried = computed(model, *bids_of(found.scoring, found.tenders, 0).values())
    assert first_of(tried) == "B"
    assert bare(model).price.lines == ()


def test_where_the_formula_gives_nothing_there_is_nothing_to_show() -> None:
    found = batch(model_of("09-min-max"), typed((1000, 19)))
    assert computed(found.scoring.model, *bids_of(found.scoring, found.tenders, 0).values()) is None
    assert first_of(None) is None


def test_the_smallest_tender_comes_first_and_only_a_confirmed_one_is_shown() -> None:
    tenders = batch(model_of("09-min-max"), typed((1000, 19), (900, 12)), 3).tenders
    tenders.present[1, 2] = False
    assert list(smallest(tenders, np.array([True, False, True]))) == [2, 0]
    field = computed(model_of("03-price-deduction"))
    assert field is not None
    assert shown(tenders, np.ones(3, np.bool_), lambda column: (field,) if column == 1 else None) == (field,)
    assert shown(tenders, np.ones(3, np.bool_), lambda _column: None) is None
