"""The hazards of one run: what each reaches where and when, who perceives it, and what is done to it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from simpy.events import Event

from drillsim.hazards.protocol import WHOLE
from drillsim.hazards.weather import WeatherRecord

if TYPE_CHECKING:
    from drillsim.hazards.protocol import Crossing, HazardRun
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.evacuees import Evacuees

__all__ = ["PERCEIVED", "Dangers"]

# Threshold -> the cue by which people perceive it.
PERCEIVED: Final = {"smoke": "smoke", "noticed": "gas"}
# Thresholds that close a space to those who know: responders, and evacuees once told.
AVOIDED: Final = frozenset({"smoke", "aegl2"})
_LOOK_AHEAD_S: Final = 1800.0


class Dangers:
    """Runs every hazard's crossings as background; the plan acts on them through :meth:`treat`."""

    def __init__(self, core: Core, evacuees: Evacuees) -> None:
        self._core = core
        self._evacuees = evacuees
        self.weather = WeatherRecord.begin(core.scenario.weather, core.streams)
        self.runs: dict[str, HazardRun] = {}
        self._changed: dict[str, Event] = {}
        self._above: dict[tuple[str, int], set[str]] = {}
        self.all_told = False
        for name, spec in sorted(core.scenario.hazards.items()):
            self.runs[name] = spec.begin(
                name,
                facility=core.facility,
                weather=self.weather,
                conditions=core.conditions,
                streams=core.streams,
                drawn=partial(self._drawn, name),
            )
            self._changed[name] = Event(core.clock)

    def _drawn(self, hazard: str, path: str, value: float) -> None:
        self._core.note("drawn", task=path, actor=hazard, value=value)

    def start(self, cause: int) -> None:
        self._core.note("wind", value=self.weather.at(0.0).from_deg, unit="deg", cause=cause)
        for name in self.runs:
            self._core.clock.process(self._unfold(name))

    def _unfold(self, name: str) -> Process:
        """Wait for each crossing in turn; whatever changes the hazard makes the rest be asked for anew."""
        core, hazard = self._core, self.runs[name]
        asked_s, cause = -math.inf, -1  # what began before STARTEX is noted at STARTEX
        while asked_s < core.scenario.horizon_s:
            until_s = min(max(asked_s, 0.0) + _LOOK_AHEAD_S, core.scenario.horizon_s)
            changed = self._changed[name]
            for crossing in hazard.crossings(asked_s, until_s):
                yield core.clock.timeout(max(0.0, crossing.time_s - core.now_s)) | changed
                if changed.triggered:
                    break
                self._crossed(name, crossing, cause=cause)
            if not changed.triggered:
                yield core.clock.timeout(max(0.0, until_s - core.now_s)) | changed
            if changed.triggered:
                cause = int(changed.value or 0)
                self._changed[name] = Event(core.clock)
                # What falls on this very moment is asked for again; states already known are passed over.
                asked_s = math.nextafter(core.now_s, -math.inf)
            else:
                asked_s = until_s

    def _crossed(self, name: str, crossing: Crossing, *, cause: int) -> None:
        core = self._core
        if crossing.space == WHOLE:
            moment = f"hazard.{name}.{crossing.threshold}"
            if not core.moments.happened(moment):
                core.moments.stamp(
                    moment, core.note("hazard", actor=name, task=crossing.threshold, cause=cause)
                )
            return
        held = self._above.setdefault((name, crossing.space), set())
        if crossing.above == (crossing.threshold in held):
            return
        held.symmetric_difference_update({crossing.threshold})
        event = "threshold" if crossing.above else "threshold-over"
        place = core.facility.spaces[crossing.space]
        row = core.note(event, actor=name, task=crossing.threshold, place=place, cause=cause)
        acts = core.conditions == "emergency"
        if crossing.threshold in AVOIDED and (acts or self.all_told):
            self.people_avoid()
        if crossing.above and acts and crossing.threshold in PERCEIVED:
            self._evacuees.perceive(crossing.space, mode=PERCEIVED[crossing.threshold], cause=row)

    def people_avoid(self) -> None:
        """People keep out of the spaces known to be dangerous where there is another way."""
        self._evacuees.crowd.set_avoid(self.avoided(), hard=False)

    def avoided(self) -> frozenset[int]:
        """Spaces that are known to be dangerous now."""
        return frozenset(space for (_, space), held in self._above.items() if held & AVOIDED)

    def treat(self, *, hazard: str, action: str, factor: float, cause: int) -> None:
        row = self._core.note("hazard", actor=hazard, task=action, value=factor, cause=cause)
        self.runs[hazard].act(action, factor, self._core.now_s)
        self._wake(hazard, row)

    def wind(self, *, from_deg: float, over_s: float, cause: int) -> None:
        self.weather.shift(self._core.now_s, from_deg, over_s)
        drawn_deg = self.weather.at(math.inf).from_deg
        row = self._core.note("wind", value=drawn_deg, unit="deg", cause=cause)
        for name, run in self.runs.items():
            run.wind_changed(self._core.now_s)
            self._wake(name, row)

    def link_changed(self, link: int, *, open_share: float, cause: int) -> None:
        for name, run in self.runs.items():
            run.link_changed(link, open_share, self._core.now_s)
            self._wake(name, cause)

    def _wake(self, name: str, row: int) -> None:
        if not self._changed[name].triggered:
            self._changed[name].succeed(row)

    def pending(self) -> bool:
        """Whether any hazard will still cross a threshold before the horizon."""
        now_s, horizon_s = self._core.now_s, self._core.scenario.horizon_s
        return any(run.crossings(now_s, horizon_s) for run in self.runs.values())
