"""One fire in one run: what is done to it, and what its smoke is like where and when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.hazards.blaze import WATER_TAU_S, attack_chance, hand_attack_chance, water_knock_down
from drillsim.hazards.fractional_dose import HEAT
from drillsim.hazards.grid import DoseTable, StepTable
from drillsim.hazards.protocol import NO_MEANS, WHOLE, Crossing, Means
from drillsim.hazards.smoke import T2_SHAPES, VISIBILITY_C, flashover_heat_w, visibility_m
from drillsim.hazards.smoke_air import gas_dose_per_s, gases, head_air, heat_dose_per_s
from drillsim.hazards.smoke_layers import Fumes, SmokeNetwork, SmokeState
from drillsim.hazards.smoke_zones import SmokeZones
from drillsim.hazards.tenability import (
    FLASHOVER_K,
    SEEN_M,
    SMALL_ROOM_M2,
    SMALL_ROOM_VISIBILITY_M,
    TENABLE_K,
    TENABLE_VISIBILITY_M,
)
from drillsim.hazards.unfought import END_S, LATE_STEP_S, SmokeByAge, smoke_by_age, step_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.fire import Fire
    from drillsim.hazards.smoke_air import HeadAir
    from drillsim.hazards.smoke_layers import Profile

    Floats = NDArray[np.float64]

__all__ = ["FireRun"]

HAND_TAU_S: Final = 20.0
"""Decay after a successful hand extinguisher. Rule of this product; confidence low."""
LEAST_DOSE_PER_S: Final = 1e-7
"""Doses taken more slowly, under 0.0004 an hour, are none."""
_BLOCK_S: Final = 300.0  # computed at a time


def _shape_flags(facility: Facility, room: int) -> Iterator[str]:
    """Fire rooms of a shape in which the filling by smoke was never measured."""
    shape = float(facility.area_m2[room]) / float(facility.height_m[room]) ** 2
    low, high = T2_SHAPES
    if not low <= shape <= high:
        yield (
            f"smoke filling of {facility.spaces[room]}: floor over height squared is {shape:.3g}; "
            f"NFPA 92 measured {low:g} to {high:g}"
        )


class FireRun:
    """One fire in one run.

    Thresholds, per space, at a head height of 2 m: *smoke*, one sees less than 30 m: people there see smoke;
    *untenable*, one sees less than 10 m (5 m where the floor is under 60 m2) or it is hotter than 60 °C.
    Gases count by their dose alone. As a whole: *flaming*, *detected*, *smelt*, and by their names the
    sizes, detectors and items of the spec. A smouldering appliance gives no smoke to the model.
    """

    thresholds: tuple[str, ...] = ("smoke", "untenable")
    fields: frozenset[str] = frozenset(
        {
            *("visibility_m", "extinction_per_m", "layer_m", "temperature_k"),
            *("co_ppm", "hcn_ppm", "co2", "o2"),
        }
    )

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
        smelt_s: float = math.inf,
    ) -> None:
        room, door = facility.space_index[spec.at], facility.link_index[spec.door]
        if door not in facility.space_links[room]:
            raise ValueError(f"{name}: {spec.door} is no link of {spec.at}")
        self.name = name
        self.spec = spec
        self.flags: list[str] = list(_shape_flags(facility, room))
        self._blaze = spec.blaze(
            flaming_s=flaming_s, detector_s=detector_s, ambient_k=ambient_k, smelt_s=smelt_s
        )
        self._luck = luck
        self._door = door
        self._height_m = facility.height_m
        zones = SmokeZones.around(facility, room=room, door=door)
        self._zone_spaces = np.array(zones.spaces, dtype=np.intp)
        self._zone_of = np.full(len(facility.spaces), -1, dtype=np.intp)
        self._zone_of[self._zone_spaces] = np.arange(len(zones.spaces))
        self.smoke = SmokeNetwork(
            zones,
            ambient_k,
            Fumes(spec.heat_of_combustion_j_kg, spec.soot_yield),
            spec.door_leak_share,
        )
        self._times: list[float] = [flaming_s]
        self._states: list[SmokeState] = [self.smoke.start()]
        self._unfought: SmokeByAge | None = self._by_age()
        self._profile: Profile
        self._air: HeadAir
        self._table: StepTable | None = None

    # -- the fire -----------------------------------------------------------------------------------

    @property
    def flaming_s(self) -> float:
        """When flames begin; inf if it was put out before."""
        return self._blaze.flaming_s

    def heat_w(self, time_s: float) -> float:
        """Heat the fire would release at ``time_s``, W; a room short of air lets it release less."""
        return self._blaze.heat_w(time_s)

    def act(self, action: str, factor: float, time_s: float, means: Means = NO_MEANS) -> None:
        """*shut-door*: the door of the fire room leaks only. *attack*: a hand extinguisher, by
        :func:`hand_attack_chance` if the training is known, else :func:`attack_chance`, against the run's one
        draw; a smouldering appliance is always put out. *extinguish*: brigade water, as much as is needed or
        by :func:`water_knock_down`. ``factor`` is the share of the fire that remains. *ventilate* does
        nothing to this model. Raises ``ValueError`` for any other action.
        """
        if action not in self.spec.actions:
            raise ValueError(
                f"{self.name}: {action} is nothing to do to a fire; {', '.join(sorted(self.spec.actions))}"
            )
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"{self.name}: a share of {factor} that remains; it must lie between 0 and 1")
        if action == "shut-door":
            self.link_changed(self._door, 0.0, time_s)
        elif action == "attack" and self._put_out_by_hand(time_s, means):
            self._fight(time_s, factor, HAND_TAU_S)
        elif action == "extinguish" and means.water_m3_s is not None:
            share, tau_s = water_knock_down(self.heat_w(time_s), water_m3_s=means.water_m3_s)
            self._fight(time_s, max(share, factor), tau_s)
        elif action == "extinguish":
            self._fight(time_s, factor, WATER_TAU_S)

    def _put_out_by_hand(self, time_s: float, means: Means) -> bool:
        if time_s < self.flaming_s:
            return True
        heat_w = self.heat_w(time_s)
        if means.training is not None:
            return self._luck <= hand_attack_chance(heat_w, training=means.training)
        return self._luck <= attack_chance(heat_w, limit_w=self.spec.extinguish_limit_w)

    def _fight(self, time_s: float, share: float, tau_s: float) -> None:
        self._blaze.fight(time_s, share=share, tau_s=tau_s)
        self._back_to(time_s)
        self._unfought = None

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """A door that is opened (1) stands open, where others are ajar as people pass one by one."""
        if not 0.0 <= open_share <= 1.0:
            raise ValueError(f"{self.name}: an open share of {open_share}; it must lie between 0 and 1")
        if any(opening.link == link for opening in self.smoke.zones.openings):
            self._back_to(time_s)
            self.smoke.set_share(link, open_share)
            self._unfought = self._by_age() if len(self._states) == 1 else None

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        """Vents of buildings act on what comes from outdoors only."""

    def followed_changed(self, time_s: float) -> None:
        """It follows no other hazard."""

    def air_changed(self, time_s: float) -> None:
        """Wind does not act on this model."""

    # -- the smoke ----------------------------------------------------------------------------------

    def _by_age(self) -> SmokeByAge:
        """What the smoke does from flame on if nobody fights the fire and the doors stay as they are now."""
        return smoke_by_age(
            self.smoke.zones,
            ambient_k=self.smoke.ambient_k,
            fumes=self.smoke.fumes,
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
            self._profile = profile = self.smoke.profile(self._states)
            self._flag(profile.kelvin)
            self._air = air = head_air(profile)
            area = np.array(self.smoke.zones.area_m2)[:, None]
            limit = np.where(area < SMALL_ROOM_M2, SMALL_ROOM_VISIBILITY_M, TENABLE_VISIBILITY_M)
            blind = air.extinction_per_m > VISIBILITY_C / limit
            above = {
                "smoke": air.extinction_per_m > VISIBILITY_C / SEEN_M,
                "untenable": blind | (air.kelvin > TENABLE_K),
            }
            self._table = StepTable(
                np.array(self._times), {key: self._spread(value) for key, value in above.items()}
            )
        return self._table

    def _flag(self, kelvin: Floats) -> None:
        flag = "flashover of the fire room is likely, and beyond it the smoke model has no answer"
        if flag not in self.flags and (bool((kelvin[0] > FLASHOVER_K).any()) or self._large_enough()):
            self.flags.append(flag)

    def _large_enough(self) -> bool:
        """Whether the fire is large enough for flashover while its door stands open."""
        zones, share = self.smoke.zones, self.smoke.open_share.get(self._door, 1.0)
        opening = next(each for each in zones.openings if each.link == self._door)
        if share * opening.share <= 0.0:
            return False
        inner = 2.0 * zones.area_m2[0] + zones.perimeter_m[0] * zones.height_m[0]
        least = flashover_heat_w(inner_m2=inner, width_m=share * opening.width_m, height_m=opening.height_m)
        return any(self.heat_w(time_s) >= least for time_s in self._times)

    def _spread(self, zones: NDArray[Any]) -> NDArray[Any]:
        """By space what is given by zone; 0 where no smoke gets."""
        spaces = np.zeros((len(self._height_m), zones.shape[1]), dtype=zones.dtype)
        spaces[self._zone_spaces] = zones
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
        """Value of a field in ``spaces``: ``layer_m`` above the floor, all others at head height.

        ``extinction_per_m`` in hundredths; 100 m of visibility is 100 m or more; ``co2`` and ``o2`` are
        shares by volume. Without smoke the layer stands at the ceiling. Raises ``ValueError`` for
        another field.
        """
        if field not in self.fields:
            raise ValueError(f"{self.name}: a fire has {', '.join(sorted(self.fields))}, not {field}")
        step = max(self._tabulate(time_s).step(time_s), 0)
        zone = self._zone_of[spaces]
        inside = zone >= 0
        at = np.where(inside, zone, 0)
        if field == "layer_m":
            return np.where(inside, self._profile.layer_m[at, step], self._height_m[spaces])
        clear = self.smoke.ambient_k if field == "temperature_k" else 0.0
        value = np.where(inside, self._column(field)[at, step], clear)
        if field == "extinction_per_m":
            return np.asarray(np.round(value, 2), dtype=np.float64)
        if field == "visibility_m":
            return np.array([visibility_m(extinction) for extinction in value.tolist()])
        if field == "temperature_k":
            return value
        return gases(value, yields=self.spec.yields, heat_j_kg=self.spec.heat_of_combustion_j_kg)[field]

    def _column(self, field: str) -> Floats:
        if field in ("extinction_per_m", "visibility_m"):
            return self._air.extinction_per_m
        return self._air.kelvin if field == "temperature_k" else self._air.fuel

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
        """Tables of the doses taken, as things stand: ``fed-CONVENTION`` of gases, ``heat-iso13571``."""
        if self.flaming_s == math.inf:
            return {}
        times = self._tabulate(self.flaming_s + END_S).times_s
        gas = gases(self._air.fuel, yields=self.spec.yields, heat_j_kg=self.spec.heat_of_combustion_j_kg)
        rates = {
            f"fed-{self.spec.dose}": gas_dose_per_s(gas, self.spec.dose),
            HEAT: heat_dose_per_s(self._air.kelvin, clothed=self.spec.clothed),
        }
        counted = {name: np.where(rate < LEAST_DOSE_PER_S, 0.0, rate) for name, rate in rates.items()}
        return {name: DoseTable(times, self._spread(rate)) for name, rate in counted.items() if rate.any()}

    def toxic(self) -> None:
        """None: what people take is told by :meth:`doses`."""

    def physical(self) -> None:
        """None: the smoke model gives no heat that is followed outdoors."""

    def state_at(self, time_s: float) -> SmokeState:
        """The smoke at the last sample up to ``time_s``."""
        self._advance(time_s)
        return self._states[max(0, int(np.searchsorted(self._times, time_s, side="right")) - 1)]

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """Mass of each species of the spec, kg, at the last sample up to ``time_s``, shape (spaces + 1,); the
        last entry is what has left the spaces. ``fuel`` is what has burned. Empty without yields.

        Species go with the burnt fuel: its mass times their yields.
        """
        if not self.spec.yields:
            return {}
        state = self.state_at(time_s)
        fuel = np.zeros(len(self._height_m) + 1)
        fuel[self._zone_spaces] = state.fuel_kg
        fuel[-1] = state.books.gone_fuel_kg
        return {species: fuel * share for species, share in sorted({"fuel": 1.0, **self.spec.yields}.items())}

    def state_text(self) -> str:
        """Stage and size of the fire at the last sample."""
        if self.flaming_s == math.inf:
            return "put out before flame"
        if (fought_s := self._blaze.fought_s) is not None:
            return f"fought since {fought_s:.0f} s"
        return f"flame at {self.flaming_s:.0f} s, growing to {self.spec.peak_w / 1000:.0f} kW"
