"""Where the lines and knots of the thread go. Templates draw; this computes coordinates, and says the same in words."""

from rodatraden.ui.drawing.ceiling import CeilingMeter, ceiling_meter
from rodatraden.ui.drawing.curve import CurvePlot, curve_plot
from rodatraden.ui.drawing.days import DayStrip, day_strip
from rodatraden.ui.drawing.map import STATION_X, ThreadMap, thread_map
from rodatraden.ui.drawing.mini import MiniThread, mini_thread
from rodatraden.ui.drawing.shapes import Box, Dot, Label, Stroke
from rodatraden.ui.drawing.spread import SpreadPlot, spread_plot
from rodatraden.ui.drawing.told import ToldNeed, ToldRow, station_name, tell, tell_row, tell_rows
from rodatraden.ui.drawing.win_map import WinMapPlot, win_map_plot

__all__ = [
    "STATION_X",
    "Box",
    "CeilingMeter",
    "CurvePlot",
    "DayStrip",
    "Dot",
    "Label",
    "MiniThread",
    "SpreadPlot",
    "Stroke",
    "ThreadMap",
    "ToldNeed",
    "ToldRow",
    "WinMapPlot",
    "ceiling_meter",
    "curve_plot",
    "day_strip",
    "mini_thread",
    "spread_plot",
    "station_name",
    "tell",
    "tell_row",
    "tell_rows",
    "thread_map",
    "win_map_plot",
]
