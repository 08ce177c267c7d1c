"""The win map and the curve of a stress test: where squares, lines and labels go."""

from __future__ import annotations

from decimal import Decimal

from rodatraden.core.evaluation.stress import Share, WinMap
from rodatraden.ui.drawing import curve_plot, win_map_plot

FEW, NONE, HALF, ALL = Share(9, 10), Share(0, 40), Share(20, 40), Share(40, 40)


def decimals(*values: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


MAP = WinMap(
    prices=decimals("700", "800", "900", "1000"),
    points=decimals("11", "12", "13", "14"),
    shares=((FEW, NONE, FEW), (HALF, NONE, FEW), (ALL, HALF, FEW)),
)


def test_the_map_has_the_most_points_first_and_ends_where_there_are_too_few_cases_to_say():
    plot = win_map_plot(MAP, fewest=30)
    assert [(row.points, [square.percent for square in row.squares]) for row in plot.rows] == [
        (Decimal(13), [100, 50]),
        (Decimal(12), [50, 0]),
        (Decimal(11), [None, 0]),
    ]
    assert plot.columns == ((None, Decimal(800)), (Decimal(800), Decimal(900)))
    assert [label.text for label in plot.prices] == ["700", "800", "900"]


def test_the_last_column_holds_what_is_dearer_too():
    assert win_map_plot(MAP, fewest=1).columns[-1] == (Decimal(900), None)


def test_a_square_is_as_dark_as_its_share():
    assert [square.opacity for square in win_map_plot(MAP, fewest=30).rows[0].squares] == ["1", "0.5"]


def test_the_gate_is_drawn_below_the_row_in_which_it_lies():
    plot = win_map_plot(MAP, fewest=30, gate=Decimal(12))
    assert plot.gate == plot.rows[1].squares[0].y + 29 == plot.rows[2].squares[0].y


def test_a_gate_outside_the_map_is_not_drawn():
    assert [win_map_plot(MAP, fewest=30, gate=gate).gate for gate in (None, Decimal(9), Decimal(11), Decimal(19))] == [
        None
    ] * 4


def test_a_map_of_too_few_cases_is_empty():
    plot = win_map_plot(MAP, fewest=1000, gate=Decimal(12))
    assert (plot.rows, plot.columns, plot.prices, plot.gate) == ((), (), (), None)


def test_a_curve_goes_from_nothing_through_its_shares_under_ticks_that_hold_them_all():
    plot = curve_plot([(Decimal("0.5"), Share(100, 1000)), (Decimal(1), Share(360, 1000))])
    assert [label.text for label in plot.up] == ["0\xa0%", "10\xa0%", "20\xa0%", "30\xa0%", "40\xa0%"]
    assert [label.text for label in plot.across] == ["0", "0,5", "1"]
    assert [label.text for _dot, label in plot.dots] == ["10,0\xa0%", "36,0\xa0%"]
    assert plot.line == "M46 222L281 169.5L516 33"


def test_the_band_is_closed_and_holds_the_line():
    plot = curve_plot([(Decimal(1), Share(500, 1000))])
    ((dot, _label),) = plot.dots
    upper, lower = (float(place.split()[1]) for place in plot.band.removeprefix("M").removesuffix("Z").split("L")[1:])
    assert plot.band.endswith("Z")
    assert upper < dot.y < lower


def test_a_curve_without_anything_counted_is_its_axes():
    plot = curve_plot([(Decimal(1), Share(0, 0))])
    assert (plot.dots, [label.text for label in plot.up]) == ((), ["0\xa0%", "1\xa0%"])
