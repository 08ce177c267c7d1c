from fractions import Fraction

import pytest

from rodatraden.core.evaluation.field import Entry


def test_an_entry_without_price_has_none_to_state() -> None:
    assert Entry(Fraction(5), Fraction(1)).stated_price == 5
    with pytest.raises(ValueError, match="has none"):
        Entry(None, Fraction(1)).stated_price  # noqa: B018
