"""The stress test of a model: how it behaves in thousands of made-up tenders, before anybody has bid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rodatraden.core.evaluation.stress import PRICE, StressError
from rodatraden.core.evaluation.stress.win_map import FEWEST
from rodatraden.core.evaluation.stress.wording import assumptions, lines, panel_words
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.numbers import swedish_amount
from rodatraden.tenders import queries
from rodatraden.tenders.forms.markets import ROWS
from rodatraden.tenders.forms.stress import StressForm
from rodatraden.tenders.rules.model import model_of
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui.drawing import curve_plot, win_map_plot
from rodatraden.ui.forms import ADD_ROW, with_new_row
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from rodatraden.core.evaluation import Model
    from rodatraden.core.evaluation.stress import Report, Share, Spread
    from rodatraden.core.message import Message
    from rodatraden.tenders.forms.stress import Assumed
    from rodatraden.ui.drawing import WinMapPlot

HALF = 50
ORE = Decimal("0.01")
MOST_RUNS = 20
"""Long tests that the page lists. Source: policy."""


@signed_in
@at_desk
def stress(request: Request, desk: Desk) -> HttpResponse:
    """Run the test that the address describes; without any description, the usual one."""
    chosen = model_of(desk.tender)
    if chosen is None:
        return redirect("tenders:model", desk.procurement.pk)
    data = request.GET if "tenders" in request.GET else None
    form = StressForm(
        with_new_row(data, ROWS) if data and ADD_ROW in data else data,
        tender=desk.tender,
        model=chosen,
        earlier=queries.earlier_tenders(desk.tender, chosen, desk.person),
    )
    assumed = form.assumed
    runs = queries.stress_runs(desk.tender)[:MOST_RUNS]
    context = desk.context(form=form, model=chosen, runs=runs, **(_shown(desk, chosen, assumed) if assumed else {}))
    return render(request, "tenders/stress.html", context, status=form.status)


def _shown(desk: Desk, chosen: Model, assumed: Assumed) -> dict[str, object]:
    """Return the report as the page tells it, or why the model can't be tested."""
    try:
        report = queries.stress_test(
            chosen, assumed.market, tenders=assumed.tenders, seed=assumed.seed, budget=assumed.budget
        )
    except StressError as error:
        return {"refused": error.reason}
    return {**told(desk, chosen, report), "used": assumed.earlier, **_beside(chosen, report, assumed)}


def told(desk: Desk, chosen: Model, report: Report) -> dict[str, object]:
    """Return a report as `tenders/_stress_report.html` tells it."""
    plot = win_map_plot(report.win_map, fewest=FEWEST, gate=chosen.gate.minimum if chosen.gate else None)
    return {
        "report": report,
        "assumptions": assumptions(report.market),
        "plot": plot,
        "plot_example": _halfway(plot),
        "lines": lines(report, chosen),
        "prices_count": chosen.combination.needs_price,
        "worth": queries.point_worth(chosen, desk.tender.ceiling),
        "budget": report.budget,
        "point": _worth(chosen, report),
        "price": _ends(report.spending.price if report.spending else None),
        "power_of_price": PRICE,
        **_judged(report),
    }


@dataclass(frozen=True, slots=True)
class Ends:
    """Where nine tenths of some amounts lie, written for the reader."""

    low: str
    middle: str
    high: str


def _ends(found: Spread | None) -> Ends | None:
    """Return the middle and the ends of some amounts; None when there are none."""
    if found is None or not found.of:
        return None
    low, middle, high = (
        gettext("without limit") if each is None else swedish_amount(each.quantize(ORE, ROUND_HALF_UP))
        for each in (found.low, found.middle, found.high)
    )
    return Ends(low, middle, high)


def _worth(model: Model, report: Report) -> Ends | None:
    """Return what one point more may cost the winner, in a model that weighs points against a price."""
    return _ends(report.worth) if model.combination.needs_price and model.combination.needs_points else None


@dataclass(frozen=True, slots=True)
class Beside:
    """One row of two models side by side; a share that a model has no use for is None."""

    text: Message
    own: Share | None
    other: Share | None


def _beside(chosen: Model, report: Report, assumed: Assumed) -> dict[str, object]:
    """Return another model on the same tenders, row by row, if one is asked for."""
    other = assumed.other
    if other is None:
        return {}
    same = {"tenders": assumed.tenders, "seed": assumed.seed}
    again = queries.stress_test(other, assumed.market, budget=assumed.budget, **same)
    own, others = (
        {line.code: line for line in lines(each, model)} for each, model in ((report, chosen), (again, other))
    )
    return {
        "other": other,
        "other_point": _worth(other, again),
        "other_price": _ends(again.spending.price if again.spending else None),
        "other_words": worded(other),
        "difference": queries.stress_difference(chosen, other, assumed.market, **same),
        "beside": [
            Beside(line.text, own[code].share if code in own else None, others[code].share if code in others else None)
            for code, line in (own | others).items()
        ],
    }


def _judged(report: Report) -> dict[str, object]:
    """Return how assessors who do not agree change the winner, for a model that is judged."""
    found = report.disagreement
    if found is None:
        return {}
    return {"disagreement": found, "curve": curve_plot(found.by_spread), "panel": panel_words(found)}


def _halfway(plot: WinMapPlot) -> tuple[Decimal, tuple[Decimal | None, Decimal | None], int] | None:
    """Return the square whose share lies nearest to a half, to read the map by: points, prices, per cent."""
    told: Sequence[tuple[Decimal, tuple[Decimal | None, Decimal | None], int]] = [
        (row.points, prices, square.percent)
        for row in plot.rows
        for prices, square in zip(plot.columns, row.squares, strict=True)
        if square.percent is not None and None not in prices
    ]
    return min(told, key=lambda each: abs(each[2] - HALF), default=None)
