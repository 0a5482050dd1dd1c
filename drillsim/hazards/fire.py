"""Fire in a room: what the planner writes about it and how one run begins. The run: :mod:`fire_run`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.blaze import attack_chance
from drillsim.hazards.detector import Detector
from drillsim.hazards.fire_run import FireRun
from drillsim.hazards.heat_release import HeatPoint, t_squared
from drillsim.hazards.protocol import Dormant
from drillsim.spec import Conditions, Fraction, Name, Power, Ref, Spec, Text, Time, TimeDraw

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.hazards.indoor import Building
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["Fire", "FireRun", "attack_chance", "t_squared"]

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
