"""Fire in a room: what the planner writes about it and how one run begins. The run: :mod:`fire_run`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.blaze import Blaze, attack_chance, hand_attack_chance, water_knock_down
from drillsim.hazards.burning_item import Burning, BurningItem
from drillsim.hazards.detector import Detector
from drillsim.hazards.fire_run import FireRun
from drillsim.hazards.heat_release import (
    ignitions,
    named_heat_release_w,
    sprinkler_decay_s,
    t_squared,
    t_squared_coefficient_kw_s2,
)
from drillsim.hazards.protocol import Dormant
from drillsim.spec import Conditions, Flag, Fraction, Name, Power, Ref, Text, TimeDraw

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.hazards.indoor import Building
    from drillsim.hazards.protocol import HazardRun
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = [
    "Fire",
    "FireRun",
    "attack_chance",
    "hand_attack_chance",
    "named_heat_release_w",
    "sprinkler_decay_s",
    "t_squared",
    "t_squared_coefficient_kw_s2",
    "water_knock_down",
]

_EVENTS: Final = frozenset({"smoke", "untenable", "flaming", "detected"})
_WHOLE: Final = frozenset({"flaming", "detected"})  # as a whole; others per space


class Fire(Burning):
    """An appliance fire; time zero of the run, or when it is started, is the onset of smouldering."""

    actions: ClassVar[frozenset[str]] = frozenset({"shut-door", "attack", "extinguish", "ventilate"})

    follows: ClassVar[tuple[str, ...]] = ()
    staged: ClassVar[bool] = False  # imaginary in an exercise
    harms: ClassVar[bool] = True

    kind: Literal["fire"]
    at: Annotated[Name, Ref("space")]
    door: Annotated[Name, Ref("link")] = Field(description="door of the fire room; open until shut")
    smoulder: TimeDraw = Field(description="smouldering before flame")
    smell: TimeDraw | None = Field(
        None, description="smouldering until people in the room smell it, if anybody is there; before flame"
    )
    items: dict[Name, BurningItem] = Field(
        default_factory=dict, description="what stands near and is set alight; their heats add up"
    )
    sizes: dict[Name, Power] = Field(
        default_factory=dict, description="heat releases whose moment is noted and can be waited for, by name"
    )
    soot_yield: float = Field(0.05, ge=0, le=0.3, description="kg soot per kg fuel")
    heat_of_combustion_j_kg: float = Field(2.0e7, gt=0)
    yields: dict[Name, Annotated[float, Field(ge=0, le=10)]] = Field(
        default_factory=dict,
        description="kg of a species per kg fuel; its mass is noted at the end of the run. Default for what "
        "people breathe: co 0.04, co2 1.5, hcn 0.005",
    )
    dose: Literal["purser", "iso13571"] = Field("purser", description="convention of the dose of gases")
    clothed: Flag = Field(True, description="people are fully clothed: heat")
    detector: TimeDraw | None = Field(None, description="flame to first smoke detector")
    detectors: dict[Name, Detector] = Field(
        default_factory=dict,
        description="detectors and sprinkler heads in the fire room; the first one counts",
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
        """What concerns the fire as a whole: flaming, detected, each of its sizes, detectors and items."""
        smelt = frozenset() if self.smell is None else frozenset({"smelt"})
        return _WHOLE | smelt | self.sizes.keys() | self.detectors.keys() | self.items.keys()

    @model_validator(mode="after")
    def _sound(self) -> Fire:
        if self.detector is None and not self.detectors:
            raise PydanticCustomError(
                "no-detector", "nothing detects it; write detector: 60 s, or detectors under the ceiling"
            )
        names = [*_EVENTS, "smelt", *self.sizes, *self.detectors, *self.items]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise PydanticCustomError(
                "named-twice",
                "{names}: a size, detector or item needs a name of its own",
                {"names": ", ".join(twice)},
            )
        if "fuel" in self.yields:
            raise PydanticCustomError("yields", "yields name no fuel: its mass is noted beside theirs")
        return self

    def blaze(
        self, *, flaming_s: float, detector_s: float, ambient_k: float, smelt_s: float = math.inf
    ) -> Blaze:
        """How it burns with what it sets alight. ``ValueError`` for a detector that acts in the air as is."""
        first = self.curve(self.heat_of_combustion_j_kg)
        others = {
            name: (item.level_w, item.curve(self.heat_of_combustion_j_kg))
            for name, item in self.items.items()
        }
        items_s = ignitions(first, others)
        burning = [(age_s, others[name][1]) for name, age_s in items_s.items() if age_s < math.inf]
        return Blaze(
            first.and_from(burning) if burning else first,
            flaming_s=flaming_s,
            detector_s=detector_s,
            detectors=self.detectors,
            ambient_k=ambient_k,
            soot_per_j=self.soot_yield / self.heat_of_combustion_j_kg,
            items_s=items_s,
            smelt_s=smelt_s,
        )

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
    ) -> FireRun:
        """The fire of one run, smouldering from ``start_s``.

        Raises ``ValueError`` if the door is no link of the room or a detector acts at the temperature of the
        air, ``KeyError`` for an unknown space or link.
        """
        draws = {"smoulder": self.smoulder, "detector": self.detector, "smell": self.smell}
        drawn_s = {
            purpose: math.inf
            if draw is None
            else draw.under(conditions).quantile(streams.uniform(name, purpose))
            for purpose, draw in draws.items()
        }
        luck = streams.uniform(name, "attack")
        for purpose, value in (drawn_s | {"attack": luck}).items():
            if value < math.inf:
                drawn(f"hazards.{name}.{purpose}", value)
        ambient = weather.weather.temperature_k
        return FireRun(
            name,
            self,
            facility=facility,
            ambient_k=ambient,
            flaming_s=start_s + drawn_s["smoulder"],
            detector_s=drawn_s["detector"],
            smelt_s=start_s + drawn_s["smell"],
            luck=luck,
        )
