"""Smoke as another model has computed it: series of CFAST or FDS, space by space."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from drillsim.hazards.given_air import HARMFUL, QUANTITIES, GivenAirRun
from drillsim.hazards.protocol import Dormant, check_dormant
from drillsim.hazards.series_table import SeriesFault, SeriesTable, read_series
from drillsim.hazards.tenability import HEAD_M
from drillsim.spec import Conditions, Flag, Name, Ref, Spec, Text, Time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.indoor import Building
    from drillsim.hazards.protocol import HazardRun
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["SeriesColumns", "SmokeSeries", "SmokeSeriesRun"]

_COARSE_S: Final = 30.0
Heading = Annotated[
    str, StringConstraints(max_length=80, min_length=1, pattern=r"^[^\x00-\x1f\x7f]*\*[^\x00-\x1f\x7f]*$")
]
Compartment = Annotated[str, StringConstraints(max_length=80, min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]


class SeriesColumns(Spec):
    """What the columns of a file are called, * for the compartment; the defaults are CFAST's own (memory)."""

    layer: Heading = Field("HGT_*", description="height of the layer above the floor")
    temperature: Heading = Field("ULT_*", description="of the upper layer, or at head height if no layer is")
    optical_density: Heading = Field("ULOD_*", description="to the base 10, per m")
    extinction: Heading | None = Field(None, description="instead of the optical density")
    visibility: Heading | None = Field(
        None, description="instead of it, of reflecting things: 3 / extinction"
    )
    co: Heading = "ULCO_*"
    hcn: Heading = "ULHCN_*"
    co2: Heading = "ULCO2_*"
    o2: Heading = "ULO2_*"

    @property
    def written(self) -> frozenset[str]:
        """Quantities whose heading is not CFAST's own."""
        fields = type(self).model_fields
        return frozenset(name for name, info in fields.items() if getattr(self, name) != info.default)

    @property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """Quantity and heading; one way of telling how far one sees leaves out CFAST's own."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        if (self.extinction or self.visibility) and "optical_density" not in self.written:
            del given["optical_density"]
        return tuple((name, heading) for name, heading in given.items() if heading)


class SmokeSeries(Spec):
    """Smoke from a file of CFAST (`*_compartments.csv`) or FDS (`*_devc.csv`) beside the scenario.

    Each row holds until the next one, the last for good. Where the layer's height is given, people are in
    the upper layer while it is below 2 m and in clean air above that; without it, values are those at head
    height. In an exercise it is imaginary, as every hazard is that is not staged.
    """

    actions: ClassVar[frozenset[str]] = frozenset({"ventilate"})

    events: ClassVar[frozenset[str]] = frozenset({"smoke", "untenable"})
    whole: ClassVar[frozenset[str]] = frozenset()
    follows: ClassVar[tuple[str, ...]] = ()
    staged: ClassVar[bool] = False

    kind: Literal["smoke-series"]
    at: Annotated[Name, Ref("space")] = Field(description="where it begins, for maps and for units")
    file: Text = Field(description="CSV beside the scenario")
    spaces: dict[Annotated[Name, Ref("place")], Compartment] = Field(
        min_length=1, description="space or area -> compartment or device, as the headings have it"
    )
    columns: SeriesColumns = Field(
        default_factory=SeriesColumns, description="headings, * for the compartment"
    )
    begins_s: Time = Field(0.0, description="time 0 of the file, after STARTEX; negative: before it")
    dose: Literal["purser", "iso13571"] = Field("purser", description="convention of the dose of gases")
    clothed: Flag = Field(True, description="people are fully clothed: heat")
    source: Text = Field("", description="model, version and input the file is from")
    content: SkipJsonSchema[str] = Field("", max_length=6_000_000, repr=False)
    """Text of the file, put in when the scenario is read."""
    dormant: Dormant = False
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _sound(self) -> SmokeSeries:
        check_dormant(self.dormant, self.begins_s)
        if self.content and (faults := self.read()[1]):
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            raise PydanticCustomError("series", "{what}", {"what": f"{self.file}: {faults[0].message}{more}"})
        return self

    def read(self) -> tuple[SeriesTable | None, tuple[SeriesFault, ...]]:
        """The table of the file, or everything that is wrong with it."""
        return read_series(
            self.content,
            compartments=tuple(sorted(set(self.spaces.values()))),
            columns=self.columns.headings,
            written=self.columns.written,
        )

    @property
    def harms(self) -> bool:
        """Whether it may have a dose: of gases or heat."""
        table = self.read()[0]
        return table is not None and any(
            quantity in values for values in table.values.values() for quantity in HARMFUL
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
    ) -> SmokeSeriesRun:
        """The series of one run; nothing is drawn. ``ValueError`` if its file has not been read, ``KeyError``
        for an unknown space or area."""
        return SmokeSeriesRun(
            name,
            self,
            facility=facility,
            ambient_k=weather.weather.temperature_k,
            begins_s=start_s + self.begins_s,
        )


class SmokeSeriesRun(GivenAirRun):
    """A series in one run; see :class:`GivenAirRun` for its thresholds."""

    called = "a series of smoke"
    fields = frozenset({*GivenAirRun.fields, "layer_m"})

    def __init__(
        self, name: str, spec: SmokeSeries, *, facility: Facility, ambient_k: float, begins_s: float
    ) -> None:
        table, faults = spec.read()
        if table is None:
            raise ValueError(f"{name}: {spec.file}: {faults[0].message}")
        self.spec = spec
        height_m = np.asarray(facility.height_m, dtype=np.float64)
        shape = (len(facility.spaces), len(table.times_s))
        values = {quantity: np.full(shape, np.nan) for quantity in QUANTITIES}
        self._layer_m = np.repeat(height_m[:, None], shape[1], axis=1)
        for space, compartment in _compartments(spec, facility).items():
            given = table.values[compartment]
            if (layer_m := given.get("layer_m")) is not None:
                self._layer_m[space] = layer_m
            in_smoke = layer_m is None or layer_m < HEAD_M
            for quantity in given.keys() & values.keys():
                values[quantity][space] = np.where(in_smoke, given[quantity], np.nan)
        self._layer_times_s = table.times_s + begins_s
        self._height_m = height_m
        super().__init__(
            name,
            times_s=self._layer_times_s.copy(),
            values=values,
            facility=facility,
            ambient_k=ambient_k,
            dose=spec.dose,
            clothed=spec.clothed,
        )
        longest_s = float(np.max(np.diff(table.times_s), initial=0.0))
        if longest_s > _COARSE_S:
            self.flags.append(
                f"rows of the series lie up to {longest_s:.0f} s apart, and each holds until the next"
            )

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """As of given air, and "layer_m" above the floor, at the ceiling where no layer is given."""
        if field != "layer_m":
            return super().at(field, spaces, time_s)
        step = int(np.searchsorted(self._layer_times_s, time_s, side="right")) - 1
        return self._height_m[spaces] if step < 0 else self._layer_m[spaces, step]

    def state_text(self) -> str:
        first_s, last_s = self._layer_times_s[0], self._layer_times_s[-1]
        return f"series from {first_s:.0f} s to {last_s:.0f} s, then as at its end"


def _compartments(spec: SmokeSeries, facility: Facility) -> dict[int, str]:
    """Compartment by space; one named itself goes before the area it is in."""
    own = {name: compartment for name, compartment in spec.spaces.items() if name in facility.space_index}
    found = {
        space: compartment
        for name, compartment in spec.spaces.items()
        if name not in own
        for space in facility.places(name)
    }
    return found | {facility.space_index[name]: compartment for name, compartment in own.items()}
