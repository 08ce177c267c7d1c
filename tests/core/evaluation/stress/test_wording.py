"""The report in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from rodatraden.core.evaluation.lint import Severity
from rodatraden.core.evaluation.stress.report import stress
from rodatraden.core.evaluation.stress.wording import Line, assumptions, lines, panel_words
from tests.core.evaluation.stress.made import FOUR, model_of, typed
from tests.core.evaluation.stress.test_report import reported
from tests.core.evaluation.stress.test_scoring import USABLE

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.market import Parametric


def told(name: str, lot: int = 0, market: Parametric = FOUR) -> dict[str, Line]:
    found = stress(model_of(name, lot), market, tenders=400)
    assert found is not None
    return {line.code: line for line in lines(found, model_of(name, lot))}


@pytest.mark.parametrize(("name", "lot"), USABLE)
def test_every_line_stands_once_and_says_something(name: str, lot: int) -> None:
    every = lines(reported(model_of(name, lot)), model_of(name, lot))
    assert len({line.code for line in every}) == len(every)
    assert all(str(line.text) and str(line.meaning) for line in every)


def test_inv_10_price_without_effect_is_an_error() -> None:
    assert told("06-clipped")["price_without_effect"].severity is Severity.ERROR
    assert told("seed-000")["price_without_effect"].severity is None


def test_inv_11_a_third_bid_that_decides_is_a_warning_with_bids_that_show_it() -> None:
    relative, absolute = told("09-min-max")["dropped"], told("seed-000")["dropped"]
    assert (relative.severity, bool(relative.example)) == (Severity.WARNING, True)
    assert (absolute.severity, str(absolute.meaning)[:15]) == (None, "It can't happen")


def test_only_the_reference_set_of_the_model_is_spoken_of() -> None:
    codes = {code for code in told("09-min-max") if code.startswith("thrown_out")}
    assert codes == {f"thrown_out_{model_of('09-min-max').reference_set}"}
    assert not [code for code in told("seed-000") if code.startswith("thrown_out")]


def test_a_model_without_gates_says_nothing_of_them() -> None:
    assert not [code for code in told("09-min-max") if code.startswith("gate")]
    assert [code for code in told("seed-000") if code.startswith("gate")]


def test_how_many_assessors_are_enough_is_said_for_none_one_and_several() -> None:
    found = stress(model_of("seed-000"), FOUR, tenders=400)
    assert found is not None
    assert found.disagreement is not None
    said = [str(panel_words(replace(found.disagreement, enough=n))) for n in (None, 1, 3)]
    assert [text.split(",")[0] for text in said] == [
        "Also with seven assessors",
        "With a single assessor",
        "With 3 assessors",
    ]


def test_the_assumptions_are_all_said() -> None:
    words = " ".join(map(str, assumptions(FOUR)))
    for figure in ("4", "1100", "16.183", "70", "12.5", "0.4"):
        assert figure in words
    assert str(assumptions(typed((1000, 15), (900, 12)))[0]) == "The bids are those typed, 2 of them."
    two = replace(typed((1000, 15)), tenders=typed((1000, 15)).tenders * 2, price_jitter=Decimal(7))
    assert "2 earlier procurements" in str(assumptions(two)[0])
    one = replace(typed((1000, 15)), earlier=True, price_level=Decimal(110))
    assert [str(each) for each in assumptions(one)][:2] == [
        "The bids are those of one earlier procurement, 1 of them.",
        "Prices are counted as 110 % of what they were.",
    ]
    assert "7 %" in str(assumptions(two)[1])
