"""Wilson's interval, held to published figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.evaluation.stress.share import Share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_is_that_of_newcombe_1998_table_1_method_3(count: int, of: int, low: str, high: str) -> None:
    share = Share(count, of)
    assert [each.quantize(Decimal("0.0001")) for each in (share.low, share.high) if each is not None] == [
        Decimal(low),
        Decimal(high),
    ]


@given(st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_share_lies_in_its_interval_and_the_interval_between_0_and_1(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    assert share.low is not None
    assert share.value is not None
    assert share.high is not None
    assert 0 <= share.low <= share.value <= share.high <= 1


def test_ten_thousand_tries_are_within_a_percentage_point() -> None:
    share = Share(5000, 10_000)
    assert share.low is not None
    assert share.high is not None
    assert share.high - share.low < Decimal("0.02")


def test_without_tries_nothing_is_said() -> None:
    assert Share(0, 0).to_json() == {"count": 0, "of": 0, "value": None, "low": None, "high": None}
