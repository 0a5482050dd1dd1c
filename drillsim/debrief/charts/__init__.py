"""Charts: ``draw_x(result, *, ax=None) -> Axes``; readable in grey, with n and units on every one."""

from __future__ import annotations

from drillsim.debrief.charts.capacity_use import draw_capacity_use
from drillsim.debrief.charts.differences import differences_figures, draw_differences
from drillsim.debrief.charts.egresstimes import draw_egress_times
from drillsim.debrief.charts.evacuation import draw_evacuation
from drillsim.debrief.charts.exits import draw_exits
from drillsim.debrief.charts.marginmap import draw_margin_map, margin_map_figure
from drillsim.debrief.charts.milestones import draw_milestones
from drillsim.debrief.charts.sitemap import draw_floor, draw_site
from drillsim.debrief.charts.timeline import draw_timeline
from drillsim.debrief.charts.tornado import draw_tornado

__all__ = [
    "differences_figures",
    "draw_capacity_use",
    "draw_differences",
    "draw_egress_times",
    "draw_evacuation",
    "draw_exits",
    "draw_floor",
    "draw_margin_map",
    "draw_milestones",
    "draw_site",
    "draw_timeline",
    "draw_tornado",
    "margin_map_figure",
]
