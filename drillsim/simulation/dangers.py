"""The hazards of one run: what each reaches where and when, who perceives it, and what is done to it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.criteria import UNTENABLE, failed_criterion
from drillsim.hazards.leak import Leak
from drillsim.hazards.protocol import NO_MEANS, WHOLE, Means
from drillsim.hazards.smoke import VISIBILITY_C
from drillsim.hazards.weather import WeatherRecord
from drillsim.people.smoke_speed import smoke_speed_flag
from drillsim.simulation.carried_detectors import CarriedDetectors
from drillsim.simulation.doses import Doses

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray

    from drillsim.hazards.protocol import Crossing, HazardRun
    from drillsim.simulation.core import Core
    from drillsim.simulation.evacuees import Evacuees

__all__ = ["PERCEIVED", "Dangers"]

# Threshold -> the cue by which people perceive it.
PERCEIVED: Final = {"smoke": "smoke", "noticed": "gas", "heat-felt": "smoke", "blast-glass": "smoke"}
# Moment that comes only if somebody is there -> the cue of who has it.
SMELT: Final = {"smelt": "smell"}
# Thresholds beyond which responders keep out of a space, and people who have been told of it.
KEPT_OUT: Final = frozenset({"smoke", "aegl2", "lel10", "heat-burns"})
_NOTICED: Final = "noticed"
_LOOK_AHEAD_S: Final = 1800.0
_EXTINCTION: Final = "extinction_per_m"
_SMOKE: Final = "smoke"


@dataclass(slots=True)
class _Outlook:
    """What one hazard will do as things stand: crossings to come, each with the row that causes it."""

    until_s: float = -math.inf
    version: int = 0
    pending: deque[tuple[Crossing, int]] = field(default_factory=deque)


class Dangers:
    """Follows every hazard's crossings in the background; the plan acts on hazards through :meth:`treat`.

    A hazard acts on people in an emergency, and in an exercise if it is staged. The smoke of those that
    answer for ``extinction_per_m`` slows people from each of their steps on; smokes in one space add up.
    A dormant hazard is nowhere until :meth:`start_hazard`; what is done to it before then does nothing, but
    doors stay as they were left.
    """

    def __init__(self, core: Core, evacuees: Evacuees) -> None:
        self._core = core
        self._evacuees = evacuees
        self.weather = WeatherRecord.begin(core.scenario.weather, core.streams)
        self.runs: dict[str, HazardRun] = {}
        self._outlooks: dict[str, _Outlook] = {}
        self._above: dict[tuple[str, int], set[str]] = {}
        self._somebody_told = False
        self._smoke: dict[str, NDArray[np.float64]] = {}  # extinction by space, 1/m, of each hazard now
        self._smoke_version: dict[str, int] = {}
        self._dormant: dict[str, list[methodcaller]] = {}  # what was done to doors and vents in the meantime
        self.detectors = CarriedDetectors(core, self.runs, self._alarm)
        self._followers: dict[str, list[str]] = {}
        hazards = sorted(core.scenario.hazards.items())
        for name, spec in sorted(hazards, key=lambda entry: bool(entry[1].follows)):  # what is followed first
            for followed in spec.follows:
                self._followers.setdefault(followed, []).append(name)
            if spec.dormant:
                self._dormant[name] = []
            else:
                self._begin(name, start_s=0.0)
        self._real = frozenset(
            name
            for name, spec in core.scenario.hazards.items()
            if core.conditions == "emergency" or spec.staged
        )
        self._doses = Doses(
            core, evacuees, tuple(run for name, run in self.runs.items() if name in self._real)
        )

    def _begin(self, name: str, *, start_s: float) -> None:
        core = self._core
        self.runs[name] = core.scenario.hazards[name].begin(
            name,
            facility=core.facility,
            weather=self.weather,
            conditions=core.conditions,
            streams=core.streams,
            drawn=partial(self._drawn, name),
            start_s=start_s,
            buildings=core.scenario.buildings,
            hazards=self.runs,
        )
        self._outlooks[name] = _Outlook()

    def _drawn(self, hazard: str, path: str, value: float) -> None:
        self._core.note("drawn", task=path, actor=hazard, value=value)

    def start(self, cause: int) -> None:
        """From STARTEX on; what began before it is noted at STARTEX."""
        self._core.note("wind", value=self.weather.at(0.0).from_deg, unit="deg", cause=cause)
        for name in self.runs:
            self._forecast(name, after_s=-math.inf, cause=cause)
            self._smoke_changed(name)
        self._doses.changed(cause)

    # -- crossings to come ----------------------------------------------------------------------------

    def _forecast(self, name: str, *, after_s: float, cause: int) -> None:
        """Ask for the crossings after ``after_s``; those already expected at that time keep their cause."""
        outlook = self._outlooks[name]
        expected = {(c.space, c.threshold, c.above): (c.time_s, why) for c, why in outlook.pending}
        outlook.version += 1
        outlook.until_s = min(max(after_s, 0.0) + _LOOK_AHEAD_S, self._core.scenario.horizon_s)
        outlook.pending = deque()
        for crossing in self.runs[name].crossings(after_s, outlook.until_s):
            time_s, why = expected.get(
                (crossing.space, crossing.threshold, crossing.above), (math.nan, cause)
            )
            outlook.pending.append((crossing, why if time_s == crossing.time_s else cause))
        self._arm(name, cause)

    def _arm(self, name: str, cause: int) -> None:
        """Be woken for the next crossing, or to look further ahead; a changed outlook makes that void."""
        outlook = self._outlooks[name]
        next_s = outlook.pending[0][0].time_s if outlook.pending else outlook.until_s
        self._core.clock.wake_at(
            max(next_s, self._core.now_s), partial(self._turn, name, outlook.version, cause)
        )

    def _turn(self, name: str, version: int, cause: int) -> None:
        outlook = self._outlooks[name]
        if version != outlook.version:
            return
        if outlook.pending:
            crossing, why = outlook.pending.popleft()
            self._crossed(name, crossing, cause=why)
            if version == outlook.version:
                self._arm(name, cause)
        elif outlook.until_s < self._core.scenario.horizon_s:
            self._forecast(name, after_s=outlook.until_s, cause=cause)

    def _changed(self, name: str, cause: int) -> None:
        # What falls on this very moment is asked for again; states already known are passed over.
        self._forecast(name, after_s=math.nextafter(self._core.now_s, -math.inf), cause=cause)
        self._smoke_changed(name)
        if self._core.scenario.hazards[name].harms:
            self._doses.changed(cause)
        self.detectors.changed(name)
        for follower in self._followers.get(name, ()):
            if follower in self.runs:
                self.runs[follower].followed_changed(self._core.now_s)
                self._changed(follower, cause)

    def _crossed(self, name: str, crossing: Crossing, *, cause: int) -> None:
        core = self._core
        if crossing.space == WHOLE:
            self._came_about(name, crossing.threshold, cause=cause)
            return
        held = self._above.setdefault((name, crossing.space), set())
        if crossing.above == (crossing.threshold in held):
            return
        held.symmetric_difference_update({crossing.threshold})
        event = "threshold" if crossing.above else "threshold-over"
        place = core.facility.spaces[crossing.space]
        row = core.note(event, actor=name, task=crossing.threshold, place=place, cause=cause)
        if crossing.above and crossing.threshold == UNTENABLE:
            self._note_criterion(name, crossing.space, cause=row)
        self._people_keep_out()
        if not crossing.above or crossing.threshold not in PERCEIVED:
            return
        if crossing.threshold == _NOTICED and self._evacuees.anybody_in(crossing.space):
            self._stamp(name, "smelt", place=place, cause=row)
        if name in self._real:
            self._evacuees.perceive(crossing.space, mode=PERCEIVED[crossing.threshold], cause=row)

    def _came_about(self, name: str, what: str, *, cause: int) -> None:
        """A hazard as a whole has come to something, once; to be smelt, if anybody is there."""
        spec = self._core.scenario.hazards[name]
        space = self._core.facility.space_index[spec.at]
        if what in SMELT and not self._evacuees.anybody_in(space):
            return
        row = self._stamp(name, what, cause=cause)
        if row is None:
            return
        if what in SMELT and name in self._real:
            self._evacuees.perceive(space, mode=SMELT[what], cause=row)
        if what == "flash" and isinstance(spec, Leak) and spec.ignition is not None:
            self.treat(hazard=name, action="ignite", factor=0.0, cause=row)
            for hazard in spec.ignition.starts:
                self._start(hazard, cause=row)

    def _alarm(self, name: str, what: str, cause: int, place: str) -> None:
        self._stamp(name, what, cause=cause, place=place)

    def _stamp(self, name: str, what: str, *, cause: int, place: str = "") -> int | None:
        """The row of a moment of a hazard as a whole; ``None`` if it has come about before."""
        moment = f"hazard.{name}.{what}"
        if self._core.moments.happened(moment):
            return None
        row = self._core.note("hazard", actor=name, task=what, place=place, cause=cause)
        self._core.moments.stamp(moment, row)
        return row

    def _note_criterion(self, name: str, space: int, *, cause: int) -> None:
        """A row of what made a space untenable."""
        core = self._core
        area_m2 = float(core.facility.area_m2[space])
        found = failed_criterion(self.runs[name], space=space, area_m2=area_m2, time_s=core.now_s)
        if found is not None:
            place = core.facility.spaces[space]
            core.note(
                "criterion",
                actor=name,
                place=place,
                task=found.name,
                value=found.value,
                unit=found.unit,
                cause=cause,
            )

    def holds(self, hazard: str, threshold: str, space: int) -> bool:
        """Whether a hazard is above one of its thresholds in a space now; never while it lies dormant."""
        return threshold in self._above.get((hazard, space), ())

    # -- who keeps out --------------------------------------------------------------------------------

    def kept_out(self) -> frozenset[int]:
        """Spaces that responders keep out of now."""
        return self._spaces_above(KEPT_OUT)

    def told(self) -> None:
        """Somebody has been told: from now on people keep out of the spaces they are warned of."""
        if not self._somebody_told:
            self._somebody_told = True
            self._people_keep_out()

    def _people_keep_out(self) -> None:
        """People keep out of what they perceive or were told of; in an exercise, of what is staged only.

        Of smoke whose extinction is known they turn back at the visibility of the movement model.
        """
        known = KEPT_OUT | PERCEIVED.keys() if self._somebody_told else PERCEIVED.keys()
        spaces = self._spaces_above(frozenset(known - {_SMOKE}), hazards=self._real)
        spaces |= self._spaces_above(frozenset({_SMOKE}), hazards=self._real - self._smoke.keys())
        if self._smoke:
            thick = VISIBILITY_C / self._core.facility.spec.movement.turn_back_m
            total = np.sum(list(self._smoke.values()), axis=0)
            spaces |= frozenset(np.flatnonzero(total > thick).tolist())
        self._evacuees.crowd.set_avoid(spaces, hard=False)

    def _spaces_above(
        self, thresholds: frozenset[str], *, hazards: Container[str] | None = None
    ) -> frozenset[int]:
        return frozenset(
            space
            for (name, space), held in self._above.items()
            if held & thresholds and (hazards is None or name in hazards)
        )

    # -- smoke and doses ------------------------------------------------------------------------------

    def _smoke_changed(self, name: str) -> None:
        """Tell the crowd how thick a hazard's smoke is now, and be woken when the answer no longer holds."""
        core, run = self._core, self.runs[name]
        if _EXTINCTION not in run.fields or name not in self._real:
            return
        version = self._smoke_version[name] = self._smoke_version.get(name, 0) + 1
        clear = np.zeros(len(core.facility.spaces))
        before = sum(self._smoke.values(), clear)
        self._smoke[name] = run.at(_EXTINCTION, np.arange(len(clear)), core.now_s)
        now = sum(self._smoke.values(), clear)
        for space in np.flatnonzero(now != before).tolist():
            self._evacuees.crowd.set_extinction(space, float(now[space]))
            self._flag_speed(run, float(now[space]))
        if (now != before).any():
            self._people_keep_out()
        next_s = run.holds_until(core.now_s)
        if next_s <= core.scenario.horizon_s:
            core.clock.wake_at(next_s, partial(self._smoke_turn, name, version))

    def _smoke_turn(self, name: str, version: int) -> None:
        if version == self._smoke_version[name]:
            self._smoke_changed(name)

    def _flag_speed(self, run: HazardRun, per_m: float) -> None:
        flag = smoke_speed_flag(per_m, law=self._core.facility.spec.movement.smoke_speed)
        if flag is not None and flag not in run.flags:
            run.flags.append(flag)

    def people_moved(self) -> None:
        """After every turn of the clock: who has come into harmful air, or out of it?"""
        self._doses.people_moved()

    # -- what is done to hazards ----------------------------------------------------------------------

    def start_hazard(self, hazard: str, *, cause: int) -> None:
        """A dormant hazard begins now, and sets alight what it follows. One that has begun goes on as it is,
        and nothing is noted."""
        row = self._start(hazard, cause=cause)
        if row is not None:
            for followed in self._core.scenario.hazards[hazard].follows:
                self.treat(hazard=followed, action="ignite", factor=0.0, cause=row)

    def _start(self, hazard: str, *, cause: int) -> int | None:
        """The row of its start; ``None`` if it has begun before."""
        if hazard not in self._dormant:
            return None
        row = self._core.note("hazard", actor=hazard, task="started", cause=cause)
        self._begin(hazard, start_s=self._core.now_s)
        run = self.runs[hazard]
        for done in self._dormant.pop(hazard):
            done(run)
        if hazard in self._real:
            self._doses.add(run)
        self._changed(hazard, row)
        return row

    def treat(self, *, hazard: str, action: str, factor: float, means: Means = NO_MEANS, cause: int) -> None:
        row = self._core.note("hazard", actor=hazard, task=action, value=factor, cause=cause)
        if hazard in self._dormant:
            if action == "shut-door":
                self._dormant[hazard].append(methodcaller("act", action, factor, self._core.now_s))
            return
        self.runs[hazard].act(action, factor, self._core.now_s, means)
        self._changed(hazard, row)

    def run_vents(self, building: str, *, running: bool, cause: int) -> None:
        row = self._core.note("vents", actor=building, task="run" if running else "shut", cause=cause)
        done = methodcaller("vents_changed", building, running, self._core.now_s)
        for name, run in self.runs.items():
            done(run)
            self._changed(name, row)
        for later in self._dormant.values():
            later.append(done)

    def wind(self, *, from_deg: float, over_s: float, cause: int) -> None:
        """The wind turns; the row's value is the direction it comes to, this run's deviation included."""
        self.weather.shift(self._core.now_s, from_deg, over_s)
        row = self._core.note("wind", value=self.weather.at(math.inf).from_deg, unit="deg", cause=cause)
        for name, run in self.runs.items():
            run.air_changed(self._core.now_s)
            self._changed(name, row)

    def link_changed(self, link: int, *, open_share: float, cause: int) -> None:
        for name, run in self.runs.items():
            run.link_changed(link, open_share, self._core.now_s)
            self._changed(name, cause)
        for doors in self._dormant.values():
            doors.append(methodcaller("link_changed", link, open_share, self._core.now_s))

    def note_masses(self, time_s: float, *, cause: int) -> None:
        """Rows of where each species that a hazard makes is at the end of the run."""
        places = (*self._core.facility.spaces, "")
        for name, run in self.runs.items():
            for species, masses_kg in run.masses(time_s).items():
                for place, mass_kg in zip(places, masses_kg.tolist(), strict=True):
                    if mass_kg > 0.0:
                        self._core.trace.add(
                            time_s,
                            "species",
                            actor=name,
                            place=place,
                            task=species,
                            value=mass_kg,
                            unit="kg",
                            cause=cause,
                        )

    def pending(self) -> bool:
        """Whether any hazard will still cross a threshold, or fell somebody, before the horizon."""
        now_s, horizon_s = self._core.now_s, self._core.scenario.horizon_s
        if self._doses.pending() or self.detectors.pending():
            return True
        return any(run.crossings(now_s, horizon_s) for run in self.runs.values())
