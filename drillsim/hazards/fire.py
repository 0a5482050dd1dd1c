"""Fire in a room: smouldering, t-squared growth to a peak, smoke that fills room, corridor and stairs.

Spec, then growth and attack, then the run. The smoke model stands in :mod:`smoke`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.blaze import Blaze, attack_chance
from drillsim.hazards.detector import Detector
from drillsim.hazards.grid import DoseTable, StepTable
from drillsim.hazards.heat_release import HeatCurve, HeatPoint, t_squared
from drillsim.hazards.protocol import WHOLE, Crossing, Dormant
from drillsim.hazards.smoke import CLEAR_M, SmokeNetwork, SmokeState, SmokeZones, visibility_m
from drillsim.hazards.unfought import END_S, LATE_STEP_S, SmokeByAge, smoke_by_age, step_s
from drillsim.spec import Conditions, Fraction, Name, Power, Ref, Spec, Text, Time, TimeDraw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.indoor import Building
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["Fire", "FireRun", "attack_chance", "t_squared"]

HAND_TAU_S: Final = 20.0
"""Decay after a successful hand extinguisher. Rule of this product; confidence low."""
WATER_TAU_S: Final = 120.0
"""Decay under brigade water. Rule of this product; confidence low."""
_BLOCK_S: Final = 300.0  # computed at a time
HEAD_M: Final = 2.0
"""Layer height that is still clear of heads. Source: sheet 5.3 (usual limits, from memory); medium."""
SEEN_M: Final = 30.0
"""Smoke through which one sees less far than this is seen as smoke. Rule of this product; confidence low."""
TENABLE_VISIBILITY_M: Final = 10.0
SMALL_ROOM_VISIBILITY_M: Final = 5.0
SMALL_ROOM_M2: Final = 60.0
TENABLE_K: Final = 273.15 + 60.0
"""Source of the three limits: sheet 5.3 (usual limits, from memory); confidence medium."""
FLASHOVER_K: Final = 873.0

_EVENTS: Final = frozenset({"smoke", "untenable", "flaming", "detected"})
_WHOLE: Final = frozenset({"flaming", "detected"})  # as a whole; others per space


class Fire(Spec):
    """An appliance fire; time zero of the run, or when it is started, is the onset of smouldering."""

    actions: ClassVar[frozenset[str]] = frozenset({"shut-door", "attack", "extinguish", "ventilate"})

    staged: ClassVar[bool] = False  # imaginary in an exercise
    harms: ClassVar[bool] = False  # gives no dose

    kind: Literal["fire"]
    at: Annotated[Name, Ref("space")]
    door: Annotated[Name, Ref("link")] = Field(description="door of the fire room; open until shut")
    smoulder: TimeDraw = Field(description="smouldering before flame")
    growth_s: Time = Field(300.0, gt=0, description="time to 1055 kW; medium 300 s")
    peak_w: Power = Field(2e6, gt=0)
    heat_release: tuple[HeatPoint, ...] = Field(
        (), description="instead of growth and peak; straight lines between the points, the last holds"
    )
    sizes: dict[Name, Power] = Field(
        default_factory=dict, description="heat releases whose moment is noted and can be waited for, by name"
    )
    soot_yield: float = Field(0.05, ge=0, le=0.3, description="kg soot per kg fuel")
    heat_of_combustion_j_kg: float = Field(2.0e7, gt=0)
    yields: dict[Name, Annotated[float, Field(ge=0, le=10)]] = Field(
        default_factory=dict,
        description="kg of a species per kg fuel; its mass is noted at the end of the run",
    )
    detector: TimeDraw | None = Field(None, description="flame to first smoke detector")
    detectors: dict[Name, Detector] = Field(
        default_factory=dict,
        description="heat detectors and sprinkler heads in the fire room; the first one counts",
    )
    extinguish_limit_w: Power = Field(
        1.5e5, gt=0, description="fire size up to which a hand extinguisher works"
    )
    door_leak_share: Fraction = Field(0.01, description="open share of a shut door (gaps)")
    dormant: Dormant = False
    title: Text = ""
    title_zh: Text = ""

    @property
    def events(self) -> frozenset[str]:
        """All that can be reached: in a space, or as a whole."""
        return _EVENTS | self.whole

    @property
    def whole(self) -> frozenset[str]:
        """What concerns the fire as a whole: flaming, detected, each of its sizes and detectors."""
        return _WHOLE | self.sizes.keys() | self.detectors.keys()

    @model_validator(mode="after")
    def _sound(self) -> Fire:
        ages = [point.at_s for point in self.heat_release]
        if any(later <= earlier for earlier, later in pairwise(ages)):
            raise PydanticCustomError(
                "heat-order", "the points of heat release must follow one another in time"
            )
        if self.detector is None and not self.detectors:
            raise PydanticCustomError(
                "no-detector", "nothing detects it; write detector: 60 s, or detectors under the ceiling"
            )
        names = [*_EVENTS, *self.sizes, *self.detectors]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise PydanticCustomError(
                "named-twice",
                "{names}: a size or detector needs a name of its own",
                {"names": ", ".join(twice)},
            )
        if self.yields and ("fuel" in self.yields or not self.soot_yield > 0.0):
            raise PydanticCustomError(
                "yields", "yields need a soot_yield above 0, for species go with the smoke, and name no fuel"
            )
        return self

    def begin(
        self,
        name: str,
        *,
        facility: Facility,
        weather: WeatherRecord,
        conditions: Conditions,
        streams: Streams,
        drawn: Callable[[str, float], None],
        start_s: float = 0.0,
        buildings: Mapping[str, Building] | None = None,
    ) -> FireRun:
        """The fire of one run, smouldering from ``start_s``.

        Raises ``ValueError`` if the door is no link of the room or a detector acts at the temperature of the
        air, ``KeyError`` for an unknown space or link.
        """
        smoulder, detector = (
            math.inf if draw is None else draw.under(conditions).quantile(streams.uniform(name, purpose))
            for purpose, draw in (("smoulder", self.smoulder), ("detector", self.detector))
        )
        luck = streams.uniform(name, "attack")
        for purpose, value in (("smoulder", smoulder), ("detector", detector), ("attack", luck)):
            if value < math.inf:
                drawn(f"hazards.{name}.{purpose}", value)
        ambient = weather.weather.temperature_k
        return FireRun(
            name,
            self,
            facility=facility,
            ambient_k=ambient,
            flaming_s=start_s + smoulder,
            detector_s=detector,
            luck=luck,
        )


class FireRun:
    """One fire in one run.

    Thresholds, per space: *smoke*, the layer is below 2 m and one sees less than 30 m in it: people there see
    smoke; *untenable*, the layer is below 2 m and one sees less than 10 m in it (5 m where the floor is under
    60 m2) or it is hotter than 60 °C. As a whole: *flaming*, *detected*, and by their names the sizes and
    detectors of the spec. A smouldering appliance gives no smoke to the model.
    """

    thresholds: tuple[str, ...] = ("smoke", "untenable")
    fields: frozenset[str] = frozenset({"visibility_m", "layer_m", "temperature_k"})

    def __init__(
        self,
        name: str,
        spec: Fire,
        *,
        facility: Facility,
        ambient_k: float,
        flaming_s: float,
        detector_s: float,
        luck: float,
    ) -> None:
        room, door = facility.space_index[spec.at], facility.link_index[spec.door]
        if door not in facility.space_links[room]:
            raise ValueError(f"{name}: {spec.door} is no link of {spec.at}")
        self.name = name
        self.spec = spec
        self.flags: list[str] = []
        self._blaze = Blaze(
            HeatCurve(
                spec.growth_s, spec.peak_w, tuple((point.at_s, point.heat_w) for point in spec.heat_release)
            ),
            flaming_s=flaming_s,
            detector_s=detector_s,
            detectors=spec.detectors,
            ambient_k=ambient_k,
        )
        self._luck = luck
        self._door = door
        self._height_m = facility.height_m
        self.smoke = SmokeNetwork(
            SmokeZones.around(facility, room=room, door=door),
            ambient_k,
            spec.soot_yield / spec.heat_of_combustion_j_kg,
            spec.door_leak_share,
        )
        self._times: list[float] = [flaming_s]
        self._states: list[SmokeState] = [self.smoke.start()]
        self._unfought: SmokeByAge | None = self._by_age()
        self._fields: tuple[NDArray[np.float64], ...] = ()
        self._table: StepTable | None = None

    # -- the fire -----------------------------------------------------------------------------------

    @property
    def flaming_s(self) -> float:
        """When flames begin; inf if it was put out before."""
        return self._blaze.flaming_s

    def heat_w(self, time_s: float) -> float:
        """Heat the fire would release at ``time_s``, W; a room short of air lets it release less."""
        return self._blaze.heat_w(time_s)

    def act(self, action: str, factor: float, time_s: float) -> None:
        """*shut-door*: the door of the fire room leaks only. *attack*: a hand extinguisher, certain up to the
        limit, then with :func:`attack_chance` against the run's one draw; a smouldering appliance is always
        put out. *extinguish*: brigade water, always works. ``factor`` is the share of the fire that remains.
        *ventilate* does nothing to this model. Raises ``ValueError`` for any other action.
        """
        if action not in Fire.actions:
            raise ValueError(
                f"{self.name}: {action} is nothing to do to a fire; {', '.join(sorted(Fire.actions))}"
            )
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"{self.name}: a share of {factor} that remains; it must lie between 0 and 1")
        if action == "shut-door":
            self.link_changed(self._door, 0.0, time_s)
        elif action == "attack" and self._luck <= attack_chance(
            self.heat_w(time_s), limit_w=self.spec.extinguish_limit_w
        ):
            self._fight(time_s, factor, HAND_TAU_S)
        elif action == "extinguish":
            self._fight(time_s, factor, WATER_TAU_S)

    def _fight(self, time_s: float, share: float, tau_s: float) -> None:
        self._blaze.fight(time_s, share=share, tau_s=tau_s)
        self._back_to(time_s)
        self._unfought = None

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """``open_share`` 1 is the door's usual state: open for the fire room, people passing for others."""
        if not 0.0 <= open_share <= 1.0:
            raise ValueError(f"{self.name}: an open share of {open_share}; it must lie between 0 and 1")
        if any(opening.link == link for opening in self.smoke.zones.openings):
            self._back_to(time_s)
            self.smoke.set_share(link, open_share)
            self._unfought = self._by_age() if len(self._states) == 1 else None

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        """Vents of buildings act on what comes from outdoors only."""

    def air_changed(self, time_s: float) -> None:
        """Wind does not act on this model."""

    # -- the smoke ----------------------------------------------------------------------------------

    def _by_age(self) -> SmokeByAge:
        """What the smoke does from flame on if nobody fights the fire and the doors stay as they are now."""
        return smoke_by_age(
            self.smoke.zones,
            ambient_k=self.smoke.ambient_k,
            soot_per_j=self.smoke.soot_per_j,
            leak_share=self.smoke.leak_share,
            open_share=frozenset(self.smoke.open_share.items()),
            curve=self._blaze.curve,
        )

    def _back_to(self, time_s: float) -> None:
        """Bring the states up to ``time_s`` as things stood, and forget what was computed beyond."""
        self._advance(time_s)
        keep = max(1, int(np.searchsorted(self._times, time_s, side="right")))
        del self._times[keep:], self._states[keep:]
        self._table = None

    def _advance(self, until_s: float) -> None:
        # A run goes on from its last sample; a fire that never flames has none.
        while self._times[-1] < until_s and self.flaming_s < math.inf:
            age = self._times[-1] - self.flaming_s
            if age >= END_S:
                flag = f"smoke held as it stood {END_S / 60:.0f} min after flame"
                if flag not in self.flags:
                    self.flags.append(flag)
                return
            step = step_s(age)
            if self._unfought is not None:
                state = self._unfought.after(len(self._states))
            else:
                size = self.heat_w(self._times[-1] + 0.5 * step)
                state = self.smoke.step(self._states[-1], heat_w=size, step_s=step)
            self._times.append(self._times[-1] + step)
            self._states.append(state)
            self._table = None

    def _tabulate(self, until_s: float) -> StepTable:
        if self.flaming_s < until_s:
            block = math.ceil((until_s - self.flaming_s) / _BLOCK_S) if math.isfinite(until_s) else math.inf
            self._advance(self.flaming_s + block * _BLOCK_S)
        if self._table is None:
            layer, extinction, kelvin = self._fields = self.smoke.profile(self._states)
            self._flag(kelvin)
            area = np.array(self.smoke.zones.area_m2)[:, None]
            limit = np.where(area < SMALL_ROOM_M2, SMALL_ROOM_VISIBILITY_M, TENABLE_VISIBILITY_M)
            at_head = layer < HEAD_M
            blind = extinction > 3.0 / limit
            above = {
                "smoke": at_head & (extinction > 3.0 / SEEN_M),
                "untenable": at_head & (blind | (kelvin > TENABLE_K)),
            }
            self._table = StepTable(
                np.array(self._times), {key: self._spread(value) for key, value in above.items()}
            )
        return self._table

    def _flag(self, kelvin: NDArray[np.float64]) -> None:
        flag = "layer above 600 °C: flashover is likely, and beyond it the smoke model has no answer"
        if flag not in self.flags and bool((kelvin[0] > FLASHOVER_K).any()):
            self.flags.append(flag)

    def _spread(self, zones: NDArray[np.bool_]) -> NDArray[np.bool_]:
        spaces = np.zeros((len(self._height_m), zones.shape[1]), dtype=np.bool_)
        spaces[list(self.smoke.zones.spaces)] = zones
        return spaces

    # -- answers ------------------------------------------------------------------------------------

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s]; computes the smoke as far as ``until_s`` and no further."""
        found = list(self._tabulate(until_s).crossings(after_s, until_s))
        for threshold, time_s in self._blaze.moments(self.spec.sizes):
            if after_s < time_s <= until_s and time_s < math.inf:
                found.append(Crossing(time_s, WHOLE, threshold, True))
        return sorted(found)

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Value of a field in ``spaces``: "visibility_m" and "temperature_k" at head height, "layer_m" above
        the floor. 100 m of visibility is 100 m or more; without smoke the layer stands at the ceiling.
        Raises ``ValueError`` for another field.
        """
        if field not in self.fields:
            raise ValueError(f"{self.name}: a fire has visibility_m, layer_m and temperature_k, not {field}")
        step = self._tabulate(time_s).step(time_s)
        clear = {"visibility_m": CLEAR_M, "temperature_k": self.smoke.ambient_k}
        zone_of = {space: zone for zone, space in enumerate(self.smoke.zones.spaces)}
        values = []
        for space in spaces.tolist():
            layer, zone = float(self._height_m[space]), zone_of.get(space)
            if zone is not None:
                layer, extinction, kelvin = (float(column[zone, max(step, 0)]) for column in self._fields)
            if field == "layer_m":
                values.append(layer)
            elif zone is None or layer >= HEAD_M:
                values.append(clear[field])
            else:
                values.append(kelvin if field == "temperature_k" else visibility_m(extinction))
        return np.array(values, dtype=np.float64)

    def holds_until(self, time_s: float) -> float:
        if time_s < self.flaming_s:
            return self.flaming_s
        self._tabulate(time_s + LATE_STEP_S)
        after = int(np.searchsorted(self._times, time_s, side="right"))
        return self._times[after] if after < len(self._times) else math.inf

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above ``threshold`` in stays [start, end); one per element."""
        return self._tabulate(float(np.max(end_s, initial=0.0))).seconds_above(
            threshold, spaces, start_s, end_s
        )

    def doses(self) -> Mapping[str, DoseTable]:
        """None: the model gives no gases."""
        return {}

    def toxic(self) -> None:
        """None: what people take is told by :meth:`doses`."""

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """Mass of each species of the spec, kg, at the last sample up to ``time_s``, shape (spaces + 1,); the
        last entry is what has left the spaces. ``fuel`` is what has burned. Empty without yields.

        Species go with the smoke: their mass is that of its soot times the ratio of the yields.
        """
        if not self.spec.yields:
            return {}
        self._advance(time_s)
        state = self._states[max(0, int(np.searchsorted(self._times, time_s, side="right")) - 1)]
        soot = np.zeros(len(self._height_m) + 1)
        soot[list(self.smoke.zones.spaces)] = state.soot_kg
        soot[-1] = state.lost_kg
        return {
            species: soot * (share / self.spec.soot_yield)
            for species, share in sorted({"fuel": 1.0, **self.spec.yields}.items())
        }

    def state_text(self) -> str:
        """Stage and size of the fire at the last sample."""
        if self.flaming_s == math.inf:
            return "put out before flame"
        if (fought_s := self._blaze.fought_s) is not None:
            return f"fought since {fought_s:.0f} s"
        return f"flame at {self.flaming_s:.0f} s, growing to {self.spec.peak_w / 1000:.0f} kW"
