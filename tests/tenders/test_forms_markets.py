"""The market of a test, as it is chosen and typed: row by row, nothing judged that is not used."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation import Criterion, Model, PriceAddition, PriceUnit
from rodatraden.core.evaluation.stress import Made, Parametric, Typed
from rodatraden.tenders.forms.markets import MOST_ROWS, Kind
from rodatraden.tenders.forms.stress import StressForm
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import EarlierTender
from rodatraden.ui.forms import ADD_ROW

TEN = Scale(Decimal(0), Decimal(10), Decimal(1))
MODEL = Model((Criterion("a", "A", TEN), Criterion("b", "B", TEN)), PriceAddition(Decimal(100), Decimal(20)))
EARLIER = EarlierTender(
    UUID(int=1),
    "Coachning",
    datetime(2026, 3, 1, tzinfo=UTC),
    PriceUnit.HOUR,
    "SEK",
    (Made(Decimal(900), (Decimal(70),)), Made(Decimal(1100), (Decimal(90),))),
)
LIMITS_ONLY = {"tenders": "400", "seed": "7"}


def sent(*rows, n=4, kind="typed", **more):
    """What a browser sends for rows of price and two scores, with fields of the other markets left empty."""
    data = {
        **LIMITS_ONLY,
        "market": kind,
        "bid-TOTAL_FORMS": str(n),
        "bid-INITIAL_FORMS": "0",
        "bids": "",
        "price": "",
    }
    for number, row in enumerate(rows):
        data |= {f"bid-{number}-{name}": value for name, value in zip(("price", "a", "b"), row, strict=True)}
    return data | more


def form(data=None, *, earlier=()):
    return StressForm(data, tender=Tender(ceiling=None), model=MODEL, earlier=earlier)


def test_typed_bids_become_a_market_and_empty_rows_do_not_count():
    market = form(sent(("1 140", "9", "8"), ("", "", ""), ("1000", "7", "0"))).assumed.market
    assert market == Typed(
        ((Made(Decimal(1140), (Decimal(90), Decimal(80))), Made(Decimal(1000), (Decimal(70), Decimal(0)))),)
    )


def test_jitter_is_what_is_written():
    market = form(sent(("25000", "9", "8"), price_jitter="10 %", score_jitter="0", price_level="300")).assumed.market
    assert (market.price_jitter, market.score_jitter) == (10, 0)
    assert (market.price_level, market.price_step, market.earlier) == (100, 10, False)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (("", "9", "8"), "price"),
        (("0", "9", "8"), "price"),
        (("gratis", "9", "8"), "price"),
        (("1000", "", "8"), "a"),
        (("1000", "11", "8"), "a"),
        (("1000", "9", "7,5"), "b"),
    ],
)
def test_a_fault_is_told_at_its_row(row, field):
    wrong = form(sent(("1000", "1", "1"), row))
    assert wrong.assumed is None
    assert [(problem.href, problem.text.startswith("Rad 2: ")) for problem in wrong.problems] == [
        (f"#id_bid-1-{field}", True)
    ]
    assert wrong.status == 422


def test_no_bid_is_no_market():
    wrong = form(sent())
    assert (wrong.assumed, list(wrong.errors)) == (None, ["market"])
    bare = form({**LIMITS_ONLY, "market": "typed"})
    assert (bare.assumed, list(bare.errors), len(bare.rows.forms)) == (None, ["market"], 4)


@pytest.mark.parametrize(("typed", "field"), [("101", "price_jitter"), ("-1", "score_jitter"), ("x", "price_jitter")])
def test_jitter_has_limits(typed, field):
    wrong = form(sent(("1000", "1", "1"), **{field: typed}))
    assert (wrong.assumed, list(wrong.errors)) == (None, [field])


def test_rows_are_not_judged_when_another_market_is_chosen():
    market = form(
        sent(
            ("gratis", "99", ""),
            kind="parametric",
            bids="4",
            price="1000",
            price_spread="15",
            quality="70",
            quality_spread="10",
            correlation="0",
        )
    ).assumed.market
    assert isinstance(market, Parametric)


def test_one_more_row_is_asked_for_without_being_judged_until_there_are_enough():
    asked = form(sent(("gratis", "", ""), n=5, kind="parametric", **{ADD_ROW: "bid"}))
    assert (asked.assumed, asked.problems, len(asked.rows.forms)) == (None, [], 5)
    assert asked.opened == {"parametric": True, "typed": True, "earlier": False}
    assert [form(sent(n=n)).has_room for n in (MOST_ROWS - 1, MOST_ROWS, 10_000)] == [True, False, False]
    assert len(form(sent(n=10_000)).rows.forms) == MOST_ROWS


def test_ticked_procurements_become_a_market():
    market = form(
        {**LIMITS_ONLY, "market": "earlier", "earlier": [str(EARLIER.procurement)], "price_level": "110"},
        earlier=[EARLIER],
    )
    assert market.assumed.market == Typed((EARLIER.bids,), price_level=Decimal(110), earlier=True)
    assert market.assumed.earlier == (EARLIER,)


def test_a_rate_follows_the_middle_price_of_the_market():
    data = {
        **LIMITS_ONLY,
        "market": "earlier",
        "earlier": [str(EARLIER.procurement)],
        "price_level": "200",
        "against": "percent",
    }
    other = form(data, earlier=[EARLIER]).assumed.other
    assert other.combination.percent == Decimal(5)


@pytest.mark.parametrize(("ticked", "field"), [([], "earlier"), ([str(UUID(int=2))], "earlier")])
def test_what_is_not_offered_can_not_be_used(ticked, field):
    wrong = form({**LIMITS_ONLY, "market": "earlier", "earlier": ticked}, earlier=[EARLIER])
    assert (wrong.assumed, list(wrong.errors)) == (None, [field])


def test_without_earlier_procurements_there_are_two_markets():
    bare = form({**LIMITS_ONLY, "market": "earlier", "earlier": [str(EARLIER.procurement)]})
    assert [value for value, _ in bare.fields["market"].choices] == ["parametric", "typed"]
    assert (bare.kind, bare.assumed, "market" in bare.errors, "earlier" in bare.fields) == (
        Kind.PARAMETRIC,
        None,
        True,
        False,
    )
