"""A stored report reads back as what it was written from, and what is no report is refused with the field that is wrong."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import ModelError
from rodatraden.core.evaluation.stress.budget import Budget
from rodatraden.core.evaluation.stress.market import Parametric
from rodatraden.core.evaluation.stress.report import Report, stress
from rodatraden.core.evaluation.stress.stored import read_report
from tests.core.evaluation.stress.made import FOUR, model_of, typed
from tests.core.evaluation.stress.test_scoring import USABLE

markets = st.one_of(
    st.builds(
        Parametric,
        price=st.sampled_from([Decimal("0.5"), Decimal(1100), Decimal(3_000_000)]),
        price_step=st.sampled_from([Decimal("0.01"), Decimal(1)]),
        bids=st.just(Decimal(3)),
    ),
    st.just(typed((1000, 19), (900, 12), (2000, 12))),
)
budgets = st.sampled_from([None, Budget(Decimal(3_000_000)), Budget(Decimal("2999999.5"), Decimal(2500))])


def without_examples(part: Any) -> Any:
    """Return a part of a report as it would be had nothing been found to show."""
    if isinstance(part, tuple):
        return tuple(map(without_examples, part))
    if not is_dataclass(part) or isinstance(part, type):
        return part
    return replace(
        part,
        **{
            each.name: None if each.name == "example" else without_examples(getattr(part, each.name))
            for each in fields(part)
        },
    )


def report(name: str = "seed-000", lot: int = 0) -> Report:
    found = stress(model_of(name, lot), FOUR, tenders=200, seed=1)
    assert found is not None
    return found


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(USABLE), markets, budgets, st.integers(0, 2**31))
def test_a_report_is_read_back_as_it_was_apart_from_its_examples(
    which: tuple[str, int], market: Any, budget: Budget | None, seed: int
) -> None:
    model = model_of(*which)
    found = stress(model, market, tenders=100, seed=seed, budget=budget)
    assert found is not None
    again = read_report(read_canonical(canonical_json(found.to_json())), model)
    assert again == without_examples(found)
    assert again.hash == found.hash


def test_a_report_that_has_never_been_text_is_read_too() -> None:
    assert read_report(report().to_json(), model_of("seed-000")) == without_examples(report())


def test_the_report_of_another_model_is_refused() -> None:
    with pytest.raises(ModelError) as raised:
        read_report(report().to_json(), model_of("07-proportional"))
    assert raised.value.field == "report.model"


@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("format", 2, "report.format"),
        ("ties", {}, "report.ties.level"),
        ("worth", {"low": "1e3", "middle": None, "high": None, "of": 0}, "report.worth.low"),
        ("properties", [{"property": "luck", "broken": None}], "report.properties[0].property"),
        ("power", [{"key": "x", "stated": None, "realised": None, "changes": None}], "report.power[0].key"),
        ("win_map", {"prices": ["1", "2"], "points": ["1", "2"], "won": [[1, 2]], "of": [[1, 2]]}, "report.win_map"),
        ("rates", [{"rate": "1", "is_published": "yes", "same": None}], "report.rates[0].is_published"),
    ],
)
def test_what_is_no_report_is_refused_with_its_field(part: str, value: object, field: str) -> None:
    with pytest.raises(ModelError) as raised:
        read_report(report().to_json() | {part: value}, model_of("seed-000"))
    assert raised.value.field == field
