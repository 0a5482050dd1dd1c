"""Gas detectors: how late they read what is around them, and when they give alarm.

The reading follows the air at first order, dCind/dt = (C - Cind) / tau with tau = t90 / ln 10. The way of the
gas to the detector, which usually takes longer, is the cloud's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.indoor import indoor_concentration
from drillsim.spec import Concentration, Confidence, Fraction, Name, Ref, Spec, Text, Time

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from drillsim.hazards.substances import Substance

__all__ = ["RESPONSE", "GasDetector", "Response", "alarm_time_s", "time_constant_s"]

_PPM_PER_PERCENT: Final = 1e4

Sensor = Literal["electrochemical", "semiconductor", "pellistor", "infrared", "pid", "sampling"]


class Response(NamedTuple):
    """Time to 90 % of a step (None: must be stated), delay of the sampling tube, and where they come from."""

    t90_s: float | None
    sampling_s: float
    source: str
    confidence: Confidence


_DANFOSS: Final = "Danfoss gas-detection guide"
RESPONSE: Final[Mapping[Sensor, Response]] = {
    "electrochemical": Response(40.0, 0.0, f"{_DANFOSS}: ammonia, below 40 s", "medium"),
    "semiconductor": Response(
        120.0, 0.0, f"{_DANFOSS}: ammonia and halocarbons, more than 120 s, so the least there is", "low"
    ),
    "pellistor": Response(20.0, 0.0, f"{_DANFOSS}: ammonia, below 20 s", "medium"),
    "infrared": Response(90.0, 0.0, f"{_DANFOSS}: ammonia, below 90 s", "medium"),
    "pid": Response(15.0, 0.0, "3 to 15 s, from memory: the slower end", "low"),
    "sampling": Response(
        None, 29.0, f"{_DANFOSS}: 30 m of 1/4-inch tube add 29 s; its sensor must be stated", "medium"
    ),
}
"""Response by kind of sensor, with its source; for other gases than those named it may differ."""


class GasDetector(Spec):
    """A detector that gives alarm at a concentration, or at a share of the lower flammable limit.

    Combustible-gas alarms are commonly set at 20, 40 and 60 % of the limit (Danfoss gas-detection guide).
    """

    at: Annotated[Name, Ref("space")] | None = Field(None, description="of a fixed one")
    carried_by: Annotated[Name, Ref("unit")] | None = Field(
        None, description="of a portable one: unit that carries it, one each; in place of at"
    )
    kind: Sensor
    alarm_ppm: Concentration | None = Field(None, gt=0)
    alarm_lel: Fraction | None = Field(None, gt=0, description="share of the lower flammable limit")
    response_s: Time | None = Field(None, gt=0, description="time to 90 % of a step; default by kind")
    sampling_s: Time | None = Field(None, ge=0, description="delay of the sampling tube; default by kind")
    source: Text = ""
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _says_enough(self) -> GasDetector:
        if (self.at is None) == (self.carried_by is None):
            raise PydanticCustomError("detector-place", "give one of at: SPACE and carried_by: UNIT")
        if (self.alarm_ppm is None) == (self.alarm_lel is None):
            raise PydanticCustomError("alarm-level", "give one of alarm (5 ppm) and alarm_lel (20 %)")
        if self.response_s is None and RESPONSE[self.kind].t90_s is None:
            raise PydanticCustomError(
                "response-missing",
                "a {kind} detector has no usual response; state response (time to 90 %)",
                {"kind": self.kind},
            )
        return self

    @property
    def t90_s(self) -> float:
        """Time to 90 % of a step: as stated, else of its kind."""
        usual = RESPONSE[self.kind].t90_s
        return self.response_s if self.response_s is not None else float(usual or math.nan)

    @property
    def delay_s(self) -> float:
        """Delay of the sampling tube: as stated, else of its kind."""
        return RESPONSE[self.kind].sampling_s if self.sampling_s is None else self.sampling_s

    def level_ppm(self, entry: Substance) -> float:
        """Alarm level for a substance, ppm by volume; ``ValueError`` if its flammable limit is not known."""
        if self.alarm_lel is None:
            return float(self.alarm_ppm or math.nan)
        return self.alarm_lel * entry.need("lfl_vol_pct")[0] * _PPM_PER_PERCENT

    def alarm_s(self, ppm: ArrayLike, *, times_s: ArrayLike, entry: Substance) -> float:
        """When it first gives alarm in air of ``ppm`` (k,) from ``times_s`` (k,) on; inf if never."""
        return alarm_time_s(
            ppm, times_s=times_s, alarm=self.level_ppm(entry), t90_s=self.t90_s, delay_s=self.delay_s
        )


def time_constant_s(t90_s: float) -> float:
    """Time constant of a first-order sensor from its time to 90 % of a step: t90 / ln 10.

    Raises ``ValueError`` for a time that is not above 0.

    >>> round(time_constant_s(2.303), 3)
    1.0
    """
    if not 0.0 < t90_s < math.inf:
        raise ValueError(f"a response time of {t90_s} s; it must be above 0")
    return t90_s / math.log(10.0)


def alarm_time_s(
    concentration: ArrayLike,
    *,
    times_s: ArrayLike,
    alarm: float,
    t90_s: float,
    delay_s: float = 0.0,
    reading: float = 0.0,
) -> float:
    """When a reading first reaches ``alarm``; inf if never. Exact within a sample.

    ``concentration`` (k,) in the unit of ``alarm``; each sample holds from its time (``times_s``, ascending)
    to the next, the last for good; ``reading`` is what the detector shows at the first time. For a step to C
    it is delay - tau ln(1 - a/C), and never for C <= a. The answer depends on the samples before it only.
    Raises ``ValueError`` for an alarm not above 0, a delay below 0 or arrays that do not fit.

    >>> round(alarm_time_s([100.0], times_s=[0.0], alarm=90.0, t90_s=40.0), 6)
    40.0
    """
    tau_s = time_constant_s(t90_s)
    times, air = np.asarray(times_s, dtype=float), np.asarray(concentration, dtype=float)
    if times.ndim != 1 or times.shape != air.shape or not len(times) or not (np.diff(times) > 0.0).all():
        raise ValueError(f"samples {air.shape} at times {times.shape}; one for each of ascending times")
    if not (0.0 < alarm < math.inf and 0.0 <= delay_s < math.inf):
        raise ValueError(f"alarm at {alarm} after {delay_s} s; above 0 and from 0 on")
    if reading >= alarm:
        return float(times[0]) + delay_s
    shown = indoor_concentration(air[None, :], changes=np.diff(times) / tau_s, start=reading)[0]
    # Within a sample the reading runs one way, so the first interval that ends at the level holds the alarm.
    reached = (air > alarm) & np.append(shown[1:] >= alarm, True)
    if not reached.any():
        return math.inf
    step = int(np.argmax(reached))
    rest = (air[step] - alarm) / (air[step] - shown[step])
    end_s = times[step + 1] if step + 1 < len(times) else math.inf
    waited_s = -tau_s * math.log(rest) if rest > 0.0 else math.inf
    return float(min(times[step] + waited_s, end_s)) + delay_s
