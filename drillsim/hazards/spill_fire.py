"""Fire and blast of a spill: pool fire, jet fire, fireball (BLEVE), flash fire, vapour cloud explosion.

Spec, then the run. What the fire does to each space stands in :mod:`burning_spill`, with what is not
modelled. It takes its size from the leak it burns, or as stated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.burning_spill import (
    Site,
    Step,
    burning_times,
    flammable_of,
    least_jet_kg_s,
    thinned,
)
from drillsim.hazards.combustion import heat_of_combustion_j_kg
from drillsim.hazards.fireball import fireball_reach_m
from drillsim.hazards.grid import DoseTable, StepTable
from drillsim.hazards.jet_fire import jet_fire_reach_m
from drillsim.hazards.leak import LeakRun
from drillsim.hazards.leak_moments import FLAMMABLE
from drillsim.hazards.pool_fire import pool_fire_reach_m
from drillsim.hazards.protocol import NO_MEANS, WHOLE, Crossing, Dormant, Means
from drillsim.hazards.thermal_dose import (
    BLAST_LEVELS_PA,
    BLAST_PA,
    ENGULFED_TDU,
    FELT_KW_M2,
    INCAPACITATING_TDU,
    PhysicalHarm,
)
from drillsim.hazards.vapour_explosion import (
    DETONATION_MACH,
    explosion_energy_j,
    flame_mach,
    reactivity_of,
    vapour_blast_reach_m,
)
from drillsim.spec import Angle, Area, Conditions, Flag, Mass, MassRate, Name, Ref, Spec, Text, Time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.indoor import Building
    from drillsim.hazards.protocol import HazardRun
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["HEAT_KW_M2", "SpillFire", "SpillFireRun"]

HEAT_KW_M2: Final[Mapping[str, float]] = {
    "heat-felt": FELT_KW_M2,
    "heat-burns": 5.0,
    "heat-lethal": 12.5,
    "heat-destroys": 37.5,
}
"""Thresholds by heat: no discomfort below, however long; second-degree burns within a minute (sheet 4, RMP);
wood ignites, some die within a minute; equipment is destroyed (World Bank 1985; memory, medium)."""
_BLAST: Final = dict(zip(("blast-destroys", "blast-injury", "blast-glass"), BLAST_LEVELS_PA, strict=True))
_ENGULFED: Final = "engulfed"
_HARM_FLAG: Final = (
    f"people lie from {INCAPACITATING_TDU:.0f} (kW/m2)^(4/3) s of heat (HSE's dangerous dose; from memory, "
    f"medium) or {BLAST_PA / 1000.0:.0f} kPa of blast (ALOHA, serious injury); clothing, turning away, cover "
    "behind stacks and vehicles are not counted, roofs keep all heat out and no blast"
)
_PULSE_S: Final = 1.0  # a blast and a flash are over after this


class PoolBurns(Spec):
    """A burning pool; its flame leans with the wind."""

    actions: ClassVar[frozenset[str]] = frozenset({"extinguish", "cover"})
    moments: ClassVar[tuple[str, ...]] = ("burning", "fire-out")
    thresholds: ClassVar[tuple[str, ...]] = tuple(HEAT_KW_M2)
    stated: ClassVar[str] = "area"

    kind: Literal["pool"]
    area_m2: Area | None = Field(None, gt=0, description="default: what burns of the leak's pool")
    lasts_s: Time | None = Field(None, gt=0, description="of a stated area; default: until put out")


class JetBurns(Spec):
    """Gas that burns as it leaves; the flame lies level. Wind does not bend it."""

    actions: ClassVar[frozenset[str]] = frozenset({"extinguish"})
    moments: ClassVar[tuple[str, ...]] = ("burning", "fire-out")
    thresholds: ClassVar[tuple[str, ...]] = tuple(HEAT_KW_M2)
    stated: ClassVar[str] = "rate"

    kind: Literal["jet"]
    rate_kg_s: MassRate | None = Field(None, gt=0, description="default: what the leak's package gives off")
    lasts_s: Time | None = Field(None, gt=0, description="of a stated rate; default: until put out")
    toward_deg: Angle | None = Field(
        None, ge=0, le=360, description="bearing the flame points to; default: with the wind"
    )


class FireballBurns(Spec):
    """A vessel of liquefied gas bursts in a fire (BLEVE)."""

    actions: ClassVar[frozenset[str]] = frozenset()
    moments: ClassVar[tuple[str, ...]] = ("burning", "fire-out")
    thresholds: ClassVar[tuple[str, ...]] = tuple(HEAT_KW_M2)
    stated: ClassVar[str] = "mass"

    kind: Literal["fireball"]
    mass_kg: Mass | None = Field(None, gt=0, description="default: what is left in the leak's package")


class FlashBurns(Spec):
    """The cloud of a leak burns without blast; whoever is in it in the open burns."""

    actions: ClassVar[frozenset[str]] = frozenset()
    moments: ClassVar[tuple[str, ...]] = ("flash",)
    thresholds: ClassVar[tuple[str, ...]] = (_ENGULFED,)
    stated: ClassVar[str] = ""

    kind: Literal["flash"]


class CloudExplodes(Spec):
    """The cloud explodes among obstacles (Baker-Strehlow-Tang); of a leak, it burns those in it as well."""

    actions: ClassVar[frozenset[str]] = frozenset()
    moments: ClassVar[tuple[str, ...]] = ("explosion",)
    thresholds: ClassVar[tuple[str, ...]] = (*_BLAST, _ENGULFED)
    stated: ClassVar[str] = "mass"

    kind: Literal["explosion"]
    mass_kg: Mass | None = Field(
        None, gt=0, description="flammable vapour; default: of the leak's cloud then"
    )
    congestion: Literal["low", "medium", "high"] = Field(
        "medium", description="obstacles in the cloud: container stacks, pipe racks"
    )
    detonates: Flag = Field(False, description="true: all of it at Mach 5.2, in place of 20 % of it")


Burns = Annotated[
    PoolBurns | JetBurns | FireballBurns | FlashBurns | CloudExplodes, Field(discriminator="kind")
]


class SpillFire(Spec):
    """Fire or explosion of a leak (``of``) or of a stated amount of a substance.

    Of a leak, a pool or jet burns while the leak does; started while ``dormant``, it sets the leak alight.
    """

    staged: ClassVar[bool] = False  # imaginary in an exercise
    harms: ClassVar[bool] = True

    kind: Literal["spill-fire"]
    at: Annotated[Name, Ref("space")] = Field(description="of a leak: where the leak is")
    of: Annotated[Name, Ref("hazard")] | None = Field(None, description="the leak that burns")
    substance: Annotated[Name, Ref("substance")] | None = Field(None, description="where it is of no leak")
    fire: Burns
    dormant: Dormant = False
    title: Text = ""
    title_zh: Text = ""

    @property
    def follows(self) -> tuple[str, ...]:
        """The leak it burns, if any."""
        return () if self.of is None else (self.of,)

    @property
    def actions(self) -> frozenset[str]:
        """What can be done to a stated one; a leak's is put out by work on the leak."""
        return self.fire.actions if self.of is None else frozenset()

    @property
    def whole(self) -> frozenset[str]:
        return frozenset(self.fire.moments)

    @property
    def events(self) -> frozenset[str]:
        return self.whole | frozenset(self.fire.thresholds)

    @model_validator(mode="after")
    def _says_what_burns(self) -> SpillFire:
        if (self.of is None) == (self.substance is None):
            raise PydanticCustomError(
                "fire-of",
                "say what burns: of: LEAK, or a substance with the size of the fire; one of the two",
            )
        stated = self.fire.stated
        if self.of is None and not stated:
            raise PydanticCustomError("fire-flash", "a flash is that of a leak's cloud; write of: LEAK")
        if self.of is None and getattr(self.fire, _FIELDS[stated]) is None:
            raise PydanticCustomError(
                "fire-size",
                "without a leak the size must be stated; write {stated} in fire",
                {"stated": stated},
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
        hazards: Mapping[str, HazardRun] | None = None,
    ) -> SpillFireRun:
        """The fire of one run from ``start_s`` on; nothing is drawn.

        ``hazards``: those that have begun; of a leak that has not, nothing burns. Raises ``ValueError`` if
        what it follows is no leak or a property of the substance is not known, ``KeyError`` for an unknown
        space.
        """
        leak = None if self.of is None else (hazards or {}).get(self.of)
        if leak is not None and not isinstance(leak, LeakRun):
            raise ValueError(f"{name}: {self.of} is no leak")
        return SpillFireRun(name, self, facility=facility, weather=weather, start_s=start_s, leak=leak)


_FIELDS: Final = {"area": "area_m2", "rate": "rate_kg_s", "mass": "mass_kg"}


class _Field(NamedTuple):
    """Heat from each of ``times_s`` (k,) to the next, kW/m2, shape (spaces, k)."""

    times_s: NDArray[np.float64]
    heat_kw_m2: NDArray[np.float64]


class SpillFireRun:
    """One fire of a spill in one run.

    Thresholds, per space in the open: *heat-felt*, *heat-burns*, *heat-lethal*, *heat-destroys*
    (:data:`HEAT_KW_M2`), *engulfed* by a burning cloud; everywhere: *blast-glass*, *blast-injury*,
    *blast-destroys*. As a whole: *burning*, *fire-out*, or *flash*, or *explosion*.
    """

    fields: frozenset[str] = frozenset({"radiation_kw_m2", "overpressure_pa"})

    def __init__(
        self,
        name: str,
        spec: SpillFire,
        *,
        facility: Facility,
        weather: WeatherRecord,
        start_s: float,
        leak: LeakRun | None,
    ) -> None:
        self.name, self.spec = name, spec
        self.thresholds: tuple[str, ...] = spec.fire.thresholds
        self.flags: list[str] = []
        self._leak = leak
        self._start_s = start_s
        self._weather = weather
        self._substance = spec.substance or (leak.spec.substance if leak is not None else "")
        place = leak.spec.at if leak is not None else spec.at
        x, y = facility.centre[facility.space_index[place]]
        self._site = Site(facility, (float(x), float(y)), weather.weather)
        self._spaces = len(facility.spaces)
        self._open = np.asarray(facility.outdoors, dtype=np.bool_)
        self._end_s = math.inf
        self._share: list[tuple[float, float]] = []  # of a stated pool in flames, from when on
        self._known: dict[Step, NDArray[np.float64]] = {}
        self._stepped: list[Step] | None = None
        self._computed: _Field | None = None
        self._above: StepTable | None = None
        if spec.of is not None and leak is None:
            self.flags.append(f"{spec.of} has not begun: nothing burns")
        self._flag(_HARM_FLAG)
        self._burst: tuple[float, float] | None = None  # energy, J, and Mach number of an explosion
        self._pressure_pa = self._blast()
        self._engulfed = self._in_cloud()

    # -- what burns -----------------------------------------------------------------------------------

    def _blast(self) -> NDArray[np.float64]:
        """Side-on overpressure of an explosion, Pa, shape (spaces,); 0 of what does not explode."""
        fire, nothing = self.spec.fire, np.zeros(self._spaces)
        if not isinstance(fire, CloudExplodes) or (self._leak is None and fire.mass_kg is None):
            return nothing
        centre_m, from_deg, mass_kg = 0.0, self._weather.at(self._start_s).from_deg, fire.mass_kg or 0.0
        if self._leak is not None:
            before_s = math.nextafter(self._start_s, -math.inf)  # as it was until it took fire
            begun = [part for part in self._leak.segments() if part.start_s <= before_s]
            parts = [part for part in begun if part.puff is not None or before_s < part.end_s]
            if parts:
                cloud = flammable_of(
                    parts[0], entry=self._leak.substance, weather=self._weather.weather, time_s=before_s
                )
                centre_m, from_deg = cloud.centre_m, parts[0].from_deg
                mass_kg = fire.mass_kg or cloud.mass_kg
            self.flags.append(f"flammable mass {mass_kg:.3g} kg, of a steady cloud of what came out then")
        if mass_kg <= 0.0:
            return nothing
        mach = flame_mach(reactivity_of(self._substance), congestion=fire.congestion)
        mach = DETONATION_MACH if fire.detonates else mach
        energy_j = explosion_energy_j(
            mass_kg,
            heat_of_combustion_j_kg=heat_of_combustion_j_kg(self._substance),
            share=1.0 if mach >= DETONATION_MACH else 0.2,
        )
        self._burst = energy_j, mach
        return self._site.blast_pa(energy_j=energy_j, mach=mach, centre_m=centre_m, from_deg=from_deg)

    def _in_cloud(self) -> NDArray[np.bool_]:
        """Spaces in the open where the leak's cloud could burn when it took fire, shape (spaces,)."""
        if self._leak is None or _ENGULFED not in self.thresholds:
            return np.zeros(self._spaces, dtype=np.bool_)
        if FLAMMABLE not in self._leak.levels_ppm:
            raise ValueError(f"{self._substance}: no lower flammable limit is known; name what burns")
        ppm = self._leak.at("ppm", np.arange(self._spaces), self._start_s)
        return self._open & (ppm > self._leak.levels_ppm[FLAMMABLE])

    def _sizes(self) -> list[tuple[float, float]]:
        """(time, size) of each step of the fire, size 0 from its end on; m2, kg/s or kg."""
        fire, leak, start = self.spec.fire, self._leak, self._start_s
        if isinstance(fire, FireballBurns):
            mass = fire.mass_kg or (leak.left_kg(start) if leak is not None else 0.0)
            return [(start, mass)]
        if not isinstance(fire, (PoolBurns, JetBurns)) or (self.spec.of is not None and leak is None):
            return []
        stated = fire.area_m2 if isinstance(fire, PoolBurns) else fire.rate_kg_s
        if leak is None or stated is not None:
            end = min(self._end_s, start + (fire.lasts_s or math.inf))
            parts = [(start, stated or 0.0)]
            parts += [(since, (stated or 0.0) * share) for since, share in self._share if since < end]
            return [*parts, (end, 0.0)] if end < math.inf else parts
        if isinstance(fire, PoolBurns):
            return self._leak_pool(leak)
        edges, rates = leak.given_off()
        rates = np.where(rates >= least_jet_kg_s(self._substance), rates, 0.0)
        held = max(0, int(np.searchsorted(edges, start, side="right")) - 1)
        return thinned(np.maximum(edges[held:], start), rates[held:]) if len(rates) else []

    def _leak_pool(self, leak: LeakRun) -> list[tuple[float, float]]:
        pool, found = leak.pool, []
        out_s = pool.burnt_out_s(leak.spec.onset_s + 7 * 86400.0)
        for since, until in pool.fires:
            begin, end = max(since, self._start_s), min(until, out_s)
            if begin < end:
                times = burning_times(begin, end)
                found += thinned(times, pool.burning_area_m2(times))
                found += [(end, 0.0)] if end < math.inf else []
        return found

    def _steps(self) -> list[Step]:
        if self._stepped is None:
            self._stepped = self._under_winds(self._sizes())
        return self._stepped

    def _under_winds(self, sizes: list[tuple[float, float]]) -> list[Step]:
        """Sizes under the winds that blow then."""
        if not sizes:
            return []
        if isinstance(self.spec.fire, FireballBurns):
            return [Step(*sizes[0], 0.0)]
        winds = [segment.start_s for segment in self._weather.segments if segment.start_s > sizes[0][0]]
        at = sorted({time for time, _ in sizes} | {wind for wind in winds if wind < math.inf})
        known = np.array([time for time, _ in sizes])
        steps = []
        for time in at:
            size = sizes[int(np.searchsorted(known, time, side="right")) - 1][1]
            steps.append(Step(time, size, self._weather.at(time).from_deg))
        return steps

    def _heat(self, step: Step) -> NDArray[np.float64]:
        key = step._replace(time_s=0.0)
        if key not in self._known:
            fire = self.spec.fire
            if step.size <= 0.0:
                self._known[key] = np.zeros(self._spaces)
            elif isinstance(fire, PoolBurns):
                self._known[key] = self._site.pool_kw_m2(step, substance=self._substance)
            else:
                toward = fire.toward_deg if isinstance(fire, JetBurns) else None
                self._known[key] = self._site.jet_kw_m2(step, substance=self._substance, toward_deg=toward)
        return self._known[key]

    def _table(self) -> _Field:
        """Heat in every space from each change to the next."""
        if self._computed is not None:
            return self._computed
        steps = self._steps()
        times = np.array([step.time_s for step in steps])
        if steps and isinstance(self.spec.fire, FireballBurns):
            ball = self._site.ball(steps[0].size, substance=self._substance)
            times = np.array([self._start_s, self._start_s + ball.duration_s])
            heat = np.column_stack([self._site.ball_kw_m2(ball), np.zeros(self._spaces)])
        elif steps:
            heat = np.column_stack([self._heat(step) for step in steps])
        else:
            times, heat = np.array([self._start_s]), np.zeros((self._spaces, 1))
        self._computed = _Field(times, heat)
        return self._computed

    def _pulse(self) -> NDArray[np.float64]:
        return np.array([self._start_s, self._start_s + _PULSE_S])

    def _steps_above(self) -> StepTable:
        if self._above is None:
            table = self._table()
            off = np.zeros((self._spaces, 1), dtype=np.bool_)
            if isinstance(self.spec.fire, (FlashBurns, CloudExplodes)):
                pulses = {_ENGULFED: self._engulfed} | {
                    level: self._pressure_pa > pascal for level, pascal in _BLAST.items()
                }
                above = {level: np.hstack([pulses[level][:, None], off]) for level in self.thresholds}
                self._above = StepTable(self._pulse(), above)
            else:
                above = {level: table.heat_kw_m2 > HEAT_KW_M2[level] for level in self.thresholds}
                self._above = StepTable(table.times_s, above)
        return self._above

    # -- what is done to it ---------------------------------------------------------------------------

    def act(self, action: str, factor: float, time_s: float, means: Means = NO_MEANS) -> None:
        """*extinguish*: it is out. *cover*: ``factor`` (0 to 1) of a stated pool is left in flames.

        Raises ``ValueError`` for any other action and for a factor outside 0 to 1.
        """
        if action not in self.spec.actions:
            can = ", ".join(sorted(self.spec.actions)) or "nothing; treat the leak it is of"
            raise ValueError(f"{self.name}: {action} is nothing to do to this fire: {can}")
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"{self.name}: a share of {factor} that remains; it must lie between 0 and 1")
        if action == "extinguish":
            self._end_s = min(self._end_s, max(time_s, self._start_s))
        else:
            last = self._share[-1][1] if self._share else 1.0
            self._share.append((max(time_s, self._start_s), last * factor))
        self._forget()

    def _forget(self) -> None:
        self._stepped = self._computed = self._above = None

    def followed_changed(self, time_s: float) -> None:
        self._forget()

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """Doors do not act on fires in the open."""

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        """Nor do vents."""

    def air_changed(self, time_s: float) -> None:
        self._forget()

    # -- answers --------------------------------------------------------------------------------------

    def _moments(self) -> dict[str, float]:
        fire = self.spec.fire
        if isinstance(fire, (FlashBurns, CloudExplodes)):
            burst = self._engulfed.any() or self._pressure_pa.any()
            return {fire.moments[0]: self._start_s if burst else math.inf}
        steps = self._steps()
        lit = [step.time_s for step in steps if step.size > 0.0]
        if not lit:
            return {}
        times = self._table().times_s
        out = steps[-1].time_s if steps[-1].size <= 0.0 else math.inf
        return {"burning": lit[0], "fire-out": times[-1] if isinstance(fire, FireballBurns) else out}

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s]."""
        found = list(self._steps_above().crossings(after_s, until_s))
        for moment, time_s in self._moments().items():
            if after_s < time_s <= until_s and time_s < math.inf:
                found.append(Crossing(float(time_s), WHOLE, moment, True))
        return sorted(found)

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Footprint mean of "radiation_kw_m2" or "overpressure_pa". ``ValueError`` for another field."""
        if field not in self.fields:
            raise ValueError(f"{self.name}: a spill fire has {', '.join(sorted(self.fields))}, not {field}")
        if field == "overpressure_pa":
            now = self._start_s <= time_s < self._start_s + _PULSE_S
            return self._pressure_pa[spaces] if now else np.zeros(len(spaces))
        table = self._table()
        step = int(np.searchsorted(table.times_s, time_s, side="right")) - 1
        return np.zeros(len(spaces)) if step < 0 else table.heat_kw_m2[spaces, step]

    def holds_until(self, time_s: float) -> float:
        times = np.union1d(self._table().times_s, self._pulse())
        after = int(np.searchsorted(times, time_s, side="right"))
        return float(times[after]) if after < len(times) else math.inf

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above ``threshold`` in stays [start, end); one per element."""
        return self._steps_above().seconds_above(threshold, spaces, start_s, end_s)

    def _pulse_table(self, amount: NDArray[np.float64]) -> DoseTable:
        """A dose taken within the second of the burst."""
        return DoseTable(self._pulse(), np.column_stack([amount, np.zeros(self._spaces)]) / _PULSE_S)

    def _thermal(self) -> DoseTable:
        """Thermal dose, (kW/m2)^(4/3) s, of heat that is felt; engulfed people take a deadly one."""
        table = self._table()
        felt = np.where(table.heat_kw_m2 > FELT_KW_M2, table.heat_kw_m2, 0.0)
        heat = DoseTable(table.times_s, felt ** (4.0 / 3.0))
        if not self._engulfed.any():
            return heat
        return DoseTable.together([heat, self._pulse_table(np.where(self._engulfed, ENGULFED_TDU, 0.0))])

    def doses(self) -> Mapping[str, DoseTable]:
        """``thermal-1000tdu`` and ``blast-24kpa``: at 1 a person collapses; only what is ever taken."""
        thermal = self._thermal()
        tables = {
            f"thermal-{INCAPACITATING_TDU:.0f}tdu": DoseTable(
                thermal.times_s, thermal.rate_per_s / INCAPACITATING_TDU
            ),
            f"blast-{BLAST_PA / 1000.0:.0f}kpa": self._pulse_table(self._pressure_pa / BLAST_PA),
        }
        return {name: table for name, table in tables.items() if table.spaces()}

    def toxic(self) -> None:
        """None: combustion products are not modelled."""

    def physical(self) -> PhysicalHarm:
        """Thermal dose and overpressure along paths, for what people suffer, and how far it reaches."""
        return PhysicalHarm(self._thermal(), self._pulse_table(self._pressure_pa), self._stand_off_m())

    def _stand_off_m(self) -> dict[str, float]:
        """Distance from the fire at its largest, or from the explosion's centre, to each threshold, m.

        In the open, the way it reaches farthest: downwind, along the jet. Of what the model says nothing
        any more (beyond 10 km) there is a flag.
        """
        found = {}
        for threshold in self.thresholds:
            if threshold == _ENGULFED:
                continue
            try:
                metres = self._reach_m(threshold)
            except ValueError as fault:
                self._flag(f"{threshold}: {fault}")
                continue
            if metres > 0.0:
                found[threshold] = metres
        return found

    def _reach_m(self, threshold: str) -> float:
        fire, site, level = self.spec.fire, self._site, 1000.0 * HEAT_KW_M2.get(threshold, math.nan)
        if isinstance(fire, CloudExplodes):
            if self._burst is None:
                return 0.0
            return vapour_blast_reach_m(_BLAST[threshold], energy_j=self._burst[0], mach=self._burst[1])
        size = max((step.size for step in self._steps()), default=0.0)
        if size <= 0.0:
            return 0.0
        if isinstance(fire, PoolBurns):
            return pool_fire_reach_m(site.pool(size, substance=self._substance), level_w_m2=level)
        if isinstance(fire, JetBurns):
            return jet_fire_reach_m(site.jet(size, substance=self._substance), level_w_m2=level)
        return fireball_reach_m(site.ball(size, substance=self._substance), level_w_m2=level)

    def _flag(self, said: str) -> None:
        if said not in self.flags:
            self.flags.append(said)

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """None."""
        return {}

    def state_text(self) -> str:
        """What burns or burst, and when."""
        moments = ", ".join(f"{what} at {time:.0f} s" for what, time in self._moments().items())
        return f"{self.spec.fire.kind} of {self._substance or self.spec.of}: {moments or 'nothing'}"
