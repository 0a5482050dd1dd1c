"""What leaks: drum, container, tank, pipe, or a rate stated outright; each gives an :class:`Outflow`.

The models are in :mod:`vessel` and :mod:`container`; a spec says what a planner knows, ``problems`` what has
no answer and what to write instead, ``begin`` the source of one run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import Field, model_validator

from drillsim.hazards.constants import P0_PA, R_J_MOL_K
from drillsim.hazards.container import GatheringBox
from drillsim.hazards.discharge import discharge_coefficient
from drillsim.hazards.outflow import Outflow, Part, Release, State
from drillsim.hazards.pipe_run import PipeRun
from drillsim.hazards.shapes import Vessel, VesselShape
from drillsim.hazards.substances import Substance
from drillsim.hazards.vessel import Emptying, Hole, Spray, liquid_density_kg_m3
from drillsim.spec import (
    Area,
    Conditions,
    Flag,
    Fraction,
    Length,
    Mass,
    MassRate,
    Pressure,
    Spec,
    Temperature,
    Time,
    TimeDraw,
    Volume,
)

if TYPE_CHECKING:
    from drillsim.hazards.weather import Weather

__all__ = [
    "Container",
    "DirectRelease",
    "Drum",
    "Outflow",
    "Pipe",
    "SourceRun",
    "SourceSpec",
    "Tank",
]

INSTANT_S: Final = 1.0
"""An instantaneous release comes out in this time."""
HIGHEST_FILL: Final = 0.97
"""Share of a vessel that may be liquid, so that it can warm up; from memory - check; confidence medium."""

Edge = Literal["aloha", "sharp", "short-tube", "rounded"]
Uniform = Callable[[str], float]


@dataclass(slots=True)
class ConstantRun:
    """So many kg at a constant rate. State: what is left, kg."""

    rate_kg_s: float
    airborne: bool
    temperature_k: float
    open_share: float = 1.0
    pumped_kg_s: float = 0.0
    caught: bool = False

    def held_kg(self, state: State) -> float:
        return state[0]

    def step(self, state: State, time_s: float) -> tuple[float, State, Part] | None:
        out = self.rate_kg_s * self.open_share
        if state[0] <= 0.0 or out + self.pumped_kg_s <= 0.0:
            return None
        removed = self.pumped_kg_s + (out if self.caught else 0.0)
        out = 0.0 if self.caught else out
        kelvin = self.temperature_k
        part = (
            Part(0.0, out, kelvin, kelvin, 0.0, removed)
            if self.airborne
            else Part(out, 0.0, kelvin, kelvin, 0.0, removed)
        )
        return state[0] / part.total_kg_s, (0.0,), part


@dataclass(slots=True)
class SourceRun:
    """A source in one run: its schedule as it stands, and what can be done to it."""

    spec: _Source
    release: Release
    drawn: dict[str, float] = field(default_factory=dict)

    @property
    def outflow(self) -> Outflow:
        return self.release.outflow

    @property
    def flags(self) -> tuple[str, ...]:
        """What the answer leaves out."""
        return (*self.release.flags, *getattr(self.release.model, "flags", ()))

    def act(self, action: str, *, time_s: float, factor: float = 0.0) -> None:
        """Do something to it at ``time_s``; what came out before stays.

        *plug*: nothing runs out any more. *plug-partly*: ``factor`` (0 to 1) of the hole stays open. *right*:
        the drum is turned so that the hole lies above the liquid. *overpack*: what still comes is caught.
        *close-valve*: nothing follows; of a pipe, once the valve is shut, its contents still do. *transfer*:
        the liquid is pumped over at the rate of the spec. *open-door*, *shut-door*, *ventilate* (the vapour
        goes where it harms nobody): the box.

        Raises ``ValueError`` for an action this source has no answer to, and for a factor outside 0 to 1.
        """
        if action not in self.spec.actions:
            raise ValueError(
                f"{action} is nothing to do to a {self.spec.kind}; {', '.join(sorted(self.spec.actions))}"
            )
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"a plug that leaves {factor} of the hole open; it must lie between 0 and 1")
        self.spec.check_act(action)
        time_s = max(time_s, self.release.start_s)
        self.release.change(time_s, lambda state: self._apply(action, factor, state, time_s))

    def _apply(self, action: str, factor: float, state: State, time_s: float) -> State | None:
        model = self.release.model
        if isinstance(model, PipeRun) and action == "close-valve":
            model.cut_s = min(model.cut_s, time_s + self.drawn["valve_closes"])
        elif action in ("plug", "right", "close-valve"):
            model.open_share = 0.0
        elif action == "plug-partly":
            model.open_share *= factor
        elif action == "overpack":
            model.caught = True
        elif action == "transfer" and isinstance(model, (ConstantRun, Emptying)):
            model.pumped_kg_s = self.spec.pump_kg_s() / getattr(model, "count", 1)
        elif isinstance(model, GatheringBox):
            return _door(model, action, state)
        return None


def _door(box: GatheringBox, action: str, state: State) -> State | None:
    if action == "open-door":
        box.open_door(state)
    elif action == "shut-door":
        box.shut_door()
    else:
        box.ventilated = True
        box.open_door(state)
    return None


class _Source(Spec):
    actions: ClassVar[frozenset[str]] = frozenset()
    jets: ClassVar[bool] = True  # what it gives straight to the air comes out of one hole
    kind: str

    @property
    def at_once(self) -> bool:
        """Whether all of it goes into the air at once."""
        return False

    def problems(self, substance: Substance, *, air_k: float) -> tuple[str, ...]:
        """What of it has no answer for this substance, and the remedy; empty if all is well."""
        raise NotImplementedError

    def begin(
        self,
        substance: Substance,
        *,
        weather: Weather,
        conditions: Conditions,
        uniform: Uniform,
        start_s: float = 0.0,
    ) -> SourceRun:
        """The source of one run. ``uniform(purpose)`` is the run's number in (0, 1) for a draw.

        Raises ``ValueError`` with the ``problems``.
        """
        found = self.problems(substance, air_k=weather.temperature_k)
        if found:
            raise ValueError("; ".join(found))
        return self._begin(substance, weather.temperature_k, _Draws(conditions, uniform), start_s)

    def _begin(self, substance: Substance, air_k: float, draws: _Draws, start_s: float) -> SourceRun:
        raise NotImplementedError

    def check_act(self, action: str) -> None:
        """Raise ``ValueError`` where the spec lacks what the action needs."""
        if action == "transfer" and self.pump_kg_s() <= 0.0:
            raise ValueError(f"transfer from a {self.kind} without a rate; give its transfer, such as 5 kg/s")

    def pump_kg_s(self) -> float:
        return float(getattr(self, "transfer_kg_s", None) or 0.0)


@dataclass(slots=True)
class _Draws:
    conditions: Conditions
    uniform: Uniform
    drawn: dict[str, float] = field(default_factory=dict)

    def __call__(self, name: str, draw: TimeDraw) -> float:
        self.drawn[name] = draw.under(self.conditions).quantile(self.uniform(name))
        return self.drawn[name]


def _lacking(substance: Substance, *names: str) -> list[str]:
    gone = [name for name in names if getattr(substance, name) is None]
    remedy = "state the rate with a source of kind direct, or a drum with an outflow time"
    return [f"{substance.id}: the substance table has no {', '.join(gone)}; {remedy}"] if gone else []


def _boils(substance: Substance, kelvin: float) -> bool:
    return substance.boiling_point_k is not None and kelvin >= substance.boiling_point_k


def _out_of_fit(substance: Substance, kelvin: float) -> list[str]:
    low, high = substance.antoine_t_min_k, substance.antoine_t_max_k
    if low is None or high is None or low <= kelvin <= high:
        return []
    return [
        f"{substance.id}: vapour pressure holds from {low} to {high} K, not at {kelvin:.1f} K; give another "
        "temperature, or the rate with a source of kind direct"
    ]


_BOILING: Final = ("boiling_point_k", "critical_temperature_k", "heat_of_vaporization_j_kg")
_VAPOUR: Final = ("molar_mass_g_mol", "antoine_a_log10_pa", "antoine_b_k", "antoine_c_k")


def _boiling_problems(substance: Substance, kelvin: float) -> list[str]:
    """Of a liquid kept under its own pressure."""
    needed = (*_BOILING, *_VAPOUR, "liquid_heat_capacity_j_kg_k", "gas_heat_capacity_ratio")
    return _lacking(substance, *needed) or _out_of_fit(substance, kelvin)


class _Holed(_Source):
    hole_diameter_m: Length | None = Field(None, gt=0)
    hole_area_m2: Area | None = Field(None, gt=0, description="instead of the diameter, for a crack")
    hole_height_m: Length = Field(0.0, ge=0, description="above the bottom inside")
    edge: Edge = Field("aloha", description="of the hole; aloha is 0.61")

    def _area_m2(self) -> float | None:
        if self.hole_area_m2 is not None:
            return self.hole_area_m2
        return None if self.hole_diameter_m is None else math.pi * self.hole_diameter_m**2 / 4.0

    @model_validator(mode="after")
    def _one_hole(self) -> _Holed:
        if self.hole_area_m2 is not None and self.hole_diameter_m is not None:
            raise ValueError("a hole has a hole_diameter or a hole_area, not both")
        return self


class Drum(_Holed):
    """A drum that runs out in a drawn time at a constant rate, or through a hole under its head."""

    actions: ClassVar[frozenset[str]] = frozenset({"plug", "plug-partly", "right", "overpack", "transfer"})
    kind: Literal["drum"] = "drum"
    amount_kg: Mass = Field(gt=0, description="what runs out; with a hole, what each drum holds")
    outflow: TimeDraw | None = Field(None, description="time in which it runs empty; or give a hole")
    diameter_m: Length = Field(0.571, gt=0, description="inside; default a 200 L steel drum, confidence low")
    height_m: Length = Field(0.851, gt=0, description="inside")
    sealed: Flag = Field(True, description="air comes in by the hole alone")
    count: int = Field(1, ge=1, le=1000)
    transfer_kg_s: MassRate | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _one_way_out(self) -> Drum:
        if (self.outflow is None) == (self._area_m2() is None):
            raise ValueError("a drum needs an outflow time or a hole, one of the two")
        return self

    @property
    def vessel(self) -> Vessel:
        return Vessel("vertical-cylinder", self.diameter_m, self.height_m)

    def problems(self, substance: Substance, *, air_k: float) -> tuple[str, ...]:
        found = []
        if _boils(substance, air_k):
            found.append(
                f"{substance.id} boils at {substance.boiling_point_k} K and the air has {air_k} K: no drum "
                "holds it; make it a tank, or a source of kind direct"
            )
        if self._area_m2() is not None and not found:
            needed = ["liquid_density_kg_m3_20c", *(_VAPOUR if self.sealed else ())]
            found += _lacking(substance, *needed) or (_out_of_fit(substance, air_k) if self.sealed else [])
            found += self._fills(substance, air_k) if not found else []
        return tuple(found)

    def _fills(self, substance: Substance, air_k: float) -> list[str]:
        most = HIGHEST_FILL * self.vessel.volume_m3 * liquid_density_kg_m3(substance, air_k)
        if self.hole_height_m >= self.height_m:
            return [f"a hole at {self.hole_height_m} m in a drum of {self.height_m} m; put it lower"]
        if self.amount_kg <= most:
            return []
        return [
            f"{self.amount_kg} kg of {substance.id} in a drum that takes {most:.0f} kg at 97 %; "
            "make it less, or the drum larger, or give count"
        ]

    def _begin(self, substance: Substance, air_k: float, draws: _Draws, start_s: float) -> SourceRun:
        if self.outflow is not None:
            seconds, amount = max(draws("outflow", self.outflow), 1.0), self.count * self.amount_kg
            constant = ConstantRun(amount / seconds, airborne=False, temperature_k=air_k)
            return SourceRun(self, Release(constant, start_s, (amount,)), draws.drawn)
        hole = Hole(self._area_m2() or 0.0, self.hole_height_m, discharge_coefficient(self.edge))
        model = Emptying(
            self.vessel, substance, hole, (self.amount_kg, 0.0, air_k), sealed=self.sealed, count=self.count
        )
        return SourceRun(self, Release(model, start_s, model.charge), draws.drawn)


class Container(_Source):
    """A package leaks inside a closed box; vapour gathers until the door is opened.

    Onset is when the package begins to leak; the door opens by the act open-door.
    """

    actions: ClassVar[frozenset[str]] = frozenset(
        {"plug", "plug-partly", "right", "overpack", "open-door", "shut-door", "ventilate"}
    )
    jets: ClassVar[bool] = False  # vapour drifts out by gaps and door, as wide as the pool below
    kind: Literal["container"] = "container"
    amount_kg: Mass = Field(gt=0)
    outflow: TimeDraw = Field(description="time in which the package runs empty")
    box_m3: Volume = Field(33.0, gt=0, description="inside; default a 20-ft box, confidence medium")
    wet_floor_m2: Area = Field(gt=0, description="floor that the liquid wets")
    floor_keeps_kg: Mass = Field(0.0, ge=0, description="liquid the floor keeps; more drips out below")
    air_change_s: Time = Field(7200.0, gt=0, description="one change of air, door shut; confidence low")
    puff_s: Time = Field(60.0, ge=1, description="the vapour comes out in this time; confidence low")
    runout_s: Time = Field(60.0, ge=1, description="so does the liquid on the floor; confidence low")

    def problems(self, substance: Substance, *, air_k: float) -> tuple[str, ...]:
        if _boils(substance, air_k):
            return (
                f"{substance.id} boils at {substance.boiling_point_k} K and the air has {air_k} K: it does "
                "not lie in a box; make it a tank, or a source of kind direct",
            )
        return tuple(_lacking(substance, *_VAPOUR) or _out_of_fit(substance, air_k))

    def _begin(self, substance: Substance, air_k: float, draws: _Draws, start_s: float) -> SourceRun:
        seconds = max(draws("outflow", self.outflow), 1.0)
        gas_constant = R_J_MOL_K / substance.molar_mass_kg_mol
        box = GatheringBox(
            leak_kg_s=self.amount_kg / seconds,
            box_m3=self.box_m3,
            wet_m2=self.wet_floor_m2,
            air_change_s=self.air_change_s,
            floor_kg=self.floor_keeps_kg,
            saturated_kg_m3=substance.vapour_pressure_pa(air_k) / (gas_constant * air_k),
            puff_s=self.puff_s,
            runout_s=self.runout_s,
            temperature_k=air_k,
            start_s=start_s,
        )
        return SourceRun(self, Release(box, start_s, (self.amount_kg, 0.0, 0.0)), draws.drawn)


class Tank(_Holed):
    """An ISO tank, rail car or storage tank with a hole, or with a pipe that has one at its end."""

    actions: ClassVar[frozenset[str]] = frozenset({"plug", "plug-partly", "close-valve", "transfer"})
    kind: Literal["tank"] = "tank"
    shape: VesselShape = "horizontal-cylinder"
    diameter_m: Length | None = Field(None, gt=0)
    length_m: Length | None = Field(None, gt=0, description="of a lying cylinder or a box")
    height_m: Length | None = Field(None, gt=0, description="of a standing cylinder or a box")
    width_m: Length | None = Field(None, gt=0, description="of a box")
    fill: Fraction | None = Field(None, gt=0, description="share of the volume that is liquid")
    pressure_pa: Pressure | None = Field(
        None, gt=0, description="absolute, of a tank of gas; instead of fill"
    )
    temperature_k: Temperature | None = Field(None, description="default: that of the air")
    pipe_length_m: Length = Field(0.0, ge=0)
    pipe_bore_m: Length | None = Field(None, gt=0)
    sealed: Flag = Field(False, description="no vent: a cold liquid runs at 1.01 of the ambient pressure")
    spray: Spray = Field("all-airborne", description="what becomes of a flashing liquid's drops")
    count: int = Field(1, ge=1, le=100, description="so many alike leak at once")
    transfer_kg_s: MassRate | None = Field(None, gt=0, description="rate at which it can be pumped over")

    @model_validator(mode="after")
    def _complete(self) -> Tank:
        needed = {
            "vertical-cylinder": ("diameter", "height"),
            "horizontal-cylinder": ("diameter", "length"),
            "sphere": ("diameter",),
            "box": ("length", "width", "height"),
        }[self.shape]
        gone = [name for name in needed if getattr(self, f"{name}_m") is None]
        if gone:
            raise ValueError(f"a {self.shape} needs {', '.join(needed)}; {', '.join(gone)} missing")
        if self._area_m2() is None:
            raise ValueError("a tank needs a hole_diameter or a hole_area")
        if (self.fill is None) == (self.pressure_pa is None):
            raise ValueError("a tank needs a fill (of liquid) or a pressure (of gas), one of the two")
        if self.pipe_length_m > 0.0 and self.pipe_bore_m is None:
            raise ValueError("a tank's pipe needs a pipe_bore")
        if self.hole_height_m >= self.vessel.height_m:
            raise ValueError(f"a hole at {self.hole_height_m} m in a tank of {self.vessel.height_m} m")
        return self

    @property
    def vessel(self) -> Vessel:
        if self.shape == "box":
            return Vessel("box", self.length_m or 0.0, self.height_m or 0.0, self.width_m or 0.0)
        along = self.height_m if self.shape == "vertical-cylinder" else self.length_m
        return Vessel(self.shape, self.diameter_m or 0.0, along or 0.0)

    def check_act(self, action: str) -> None:
        super().check_act(action)
        if action == "close-valve" and self.pipe_length_m == 0.0:
            raise ValueError("close-valve on a tank without a pipe; plug it, or give pipe_length")

    def problems(self, substance: Substance, *, air_k: float) -> tuple[str, ...]:
        kelvin = self.temperature_k or air_k
        if self.pressure_pa is not None:
            return tuple(_gas_problems(substance, kelvin, self.pressure_pa))
        found = []
        if self.fill is not None and self.fill > HIGHEST_FILL:
            found.append(f"a fill of {100 * self.fill:.0f} %; at most 97 %, for the liquid to warm up")
        found += _liquid_problems(substance, kelvin, sealed=self.sealed)
        return tuple(found)

    def _begin(self, substance: Substance, air_k: float, draws: _Draws, start_s: float) -> SourceRun:
        kelvin = self.temperature_k or air_k
        hole = Hole(
            self._area_m2() or 0.0,
            self.hole_height_m,
            discharge_coefficient(self.edge),
            self.pipe_length_m,
            self.pipe_bore_m or 0.0,
        )
        if self.pressure_pa is not None:
            model = Emptying.of_gas(
                self.vessel,
                substance=substance,
                hole=hole,
                pressure_pa=self.pressure_pa,
                temperature_k=kelvin,
            )
        else:
            model = Emptying.filled(
                self.vessel, substance=substance, hole=hole, fill=self.fill or 0.0, temperature_k=kelvin
            )
        model.sealed, model.spray, model.count = self.sealed, self.spray, self.count
        return SourceRun(self, Release(model, start_s, model.charge), draws.drawn)


def _liquid_problems(substance: Substance, kelvin: float, *, sealed: bool) -> list[str]:
    found = _lacking(substance, "liquid_density_kg_m3_20c")
    critical = substance.critical_temperature_k
    if critical is not None and kelvin >= critical:
        return [f"{substance.id} is no liquid from {critical} K on; give a pressure instead of fill"]
    if _boils(substance, kelvin):
        return found + _boiling_problems(substance, kelvin)
    if sealed:
        found += _lacking(substance, *_VAPOUR) or _out_of_fit(substance, kelvin)
    return found


def _gas_problems(substance: Substance, kelvin: float, pressure_pa: float) -> list[str]:
    found = _lacking(substance, "molar_mass_g_mol", "gas_heat_capacity_ratio", "liquid_density_kg_m3_20c")
    if pressure_pa <= P0_PA:
        found.append(
            f"a pressure of {pressure_pa:.0f} Pa is no more than the ambient 101325 Pa; give it absolute"
        )
    critical = substance.critical_temperature_k
    if found or critical is None or kelvin >= critical:
        return found
    found = _lacking(substance, *_VAPOUR) or _out_of_fit(substance, kelvin)
    if not found and pressure_pa > substance.vapour_pressure_pa(kelvin):
        found.append(
            f"{substance.id} condenses at {substance.vapour_pressure_pa(kelvin):.0f} Pa and {kelvin:.1f} K; "
            "give a fill instead of the pressure"
        )
    return found


class Pipe(_Holed):
    """A pipe that breaks or leaks at its end, fed at constant pressure until it is shut."""

    actions: ClassVar[frozenset[str]] = frozenset({"plug", "plug-partly", "close-valve"})
    kind: Literal["pipe"] = "pipe"
    pressure_pa: Pressure = Field(gt=0, description="absolute, where the pipe is fed")
    length_m: Length = Field(gt=0, description="from the valve to the hole")
    bore_m: Length = Field(gt=0)
    inventory_kg: Mass = Field(ge=0, description="what stands behind the valve")
    valve_closes: TimeDraw = Field(description="from the order until the valve is shut")
    shuts_itself: TimeDraw | None = Field(None, description="after the onset, without an order")
    most_kg_s: MassRate | None = Field(None, gt=0, description="a pump gives no more")
    temperature_k: Temperature | None = Field(None, description="default: that of the air")
    spray: Spray = "all-airborne"

    @model_validator(mode="after")
    def _fits(self) -> Pipe:
        if (self._area_m2() or 0.0) > math.pi * self.bore_m**2 / 4.0 * 1.000001:
            raise ValueError("the hole is larger than the bore; leave it out for a pipe torn off")
        return self

    def _is_gas(self, substance: Substance, kelvin: float) -> bool:
        critical = substance.critical_temperature_k
        if critical is not None and kelvin >= critical:
            return True
        return _boils(substance, kelvin) and self.pressure_pa < substance.vapour_pressure_pa(kelvin)

    def problems(self, substance: Substance, *, air_k: float) -> tuple[str, ...]:
        kelvin = self.temperature_k or air_k
        if self.pressure_pa <= P0_PA:
            return (f"a pressure of {self.pressure_pa:.0f} Pa is absolute; above the ambient 101325 Pa",)
        critical = substance.critical_temperature_k
        if critical is not None and kelvin >= critical:
            return tuple(_gas_problems(substance, kelvin, self.pressure_pa))
        found = _liquid_problems(substance, kelvin, sealed=False)
        if not found and self._is_gas(substance, kelvin):
            found = _gas_problems(substance, kelvin, self.pressure_pa)
        return tuple(found)

    def _begin(self, substance: Substance, air_k: float, draws: _Draws, start_s: float) -> SourceRun:
        kelvin = self.temperature_k or air_k
        draws("valve_closes", self.valve_closes)
        cut = math.inf if self.shuts_itself is None else start_s + draws("shuts_itself", self.shuts_itself)
        area = self._area_m2() or math.pi * self.bore_m**2 / 4.0
        model = PipeRun.of(
            substance,
            hole=Hole(area, 0.0, discharge_coefficient(self.edge), self.length_m, self.bore_m),
            pressure_pa=self.pressure_pa,
            temperature_k=kelvin,
            gas=self._is_gas(substance, kelvin),
            most_kg_s=self.most_kg_s or math.inf,
            spray=self.spray,
            cut_s=cut,
        )
        return SourceRun(self, Release(model, start_s, (self.inventory_kg, *model.inner.charge)), draws.drawn)


class DirectRelease(_Source):
    """A rate and how long, or a mass at once, into the air or onto the ground."""

    actions: ClassVar[frozenset[str]] = frozenset({"plug", "plug-partly", "close-valve", "overpack"})
    kind: Literal["direct"] = "direct"
    rate_kg_s: MassRate | None = Field(None, gt=0)
    duration: TimeDraw | None = Field(None, description="of the rate")
    mass_kg: Mass | None = Field(None, gt=0, description="at once; instead of rate and duration")
    as_: Literal["airborne", "liquid"] = "airborne"
    temperature_k: Temperature | None = Field(
        None, description="default: boiling point, or the air's if lower"
    )

    @model_validator(mode="after")
    def _one_way(self) -> DirectRelease:
        if (self.rate_kg_s is None) == (self.mass_kg is None):
            raise ValueError("a direct release needs a rate with a duration, or a mass at once")
        if (self.rate_kg_s is None) != (self.duration is None):
            raise ValueError("a direct release has a duration where it has a rate, and only there")
        return self

    @property
    def at_once(self) -> bool:
        return self.mass_kg is not None and self.as_ == "airborne"

    def problems(self, substance: Substance, *, air_k: float) -> tuple[str, ...]:
        return ()

    def _begin(self, substance: Substance, air_k: float, draws: _Draws, start_s: float) -> SourceRun:
        if self.rate_kg_s is None or self.duration is None:
            amount, rate = self.mass_kg or 0.0, (self.mass_kg or 0.0) / INSTANT_S
        else:
            rate = self.rate_kg_s
            amount = rate * max(draws("duration", self.duration), INSTANT_S)
        boiling = substance.boiling_point_k or air_k
        kelvin = self.temperature_k or min(boiling, air_k)
        model = ConstantRun(rate, airborne=self.as_ == "airborne", temperature_k=kelvin)
        return SourceRun(self, Release(model, start_s, (amount,)), draws.drawn)


SourceSpec = Annotated[Drum | Container | Tank | Pipe | DirectRelease, Field(discriminator="kind")]
"""What the field ``source`` of a leak takes."""
