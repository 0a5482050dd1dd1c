"""How one fire burns in one run: its growth, what is done against it, and when it is detected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from drillsim.hazards.detector import Detector
    from drillsim.hazards.heat_release import HeatCurve

__all__ = ["Blaze", "attack_chance"]


def attack_chance(heat_w: float, *, limit_w: float) -> float:
    """Chance that a hand extinguisher puts out a fire of ``heat_w``: 1 up to the limit, 0 from twice it.

    Linear between: untrained users fail above some 100 to 300 kW (sheet 8.4, from memory, weak). Trade
    counts of 80 to 93 % success are of fires that were found small: an upper bound.

    >>> attack_chance(225e3, limit_w=150e3)
    0.5
    """
    return min(1.0, max(0.0, 2.0 - heat_w / limit_w))


class _Knock(NamedTuple):
    """From ``time_s`` on the fire decays from ``heat_w`` towards ``share`` of it."""

    time_s: float
    heat_w: float
    share: float
    tau_s: float


class Blaze:
    """Heat release by the time of the run. Times are seconds since STARTEX; inf for what never happens."""

    def __init__(
        self,
        curve: HeatCurve,
        *,
        flaming_s: float,
        detector_s: float,
        detectors: Mapping[str, Detector],
        ambient_k: float,
    ) -> None:
        """``detector_s`` from flame to the first detector whose time is drawn; inf if there is none.

        Raises ``ValueError`` for a detector that acts at the temperature of the air.
        """
        self.flaming_s = flaming_s
        self.curve = curve
        self._detector_s = detector_s
        self._detectors = detectors
        self._ambient_k = ambient_k
        self._knocks: list[_Knock] = []
        self._activated_s = self._activations()

    def heat_w(self, time_s: float) -> float:
        """Heat the fire would release at ``time_s``, W."""
        knock = next((knock for knock in reversed(self._knocks) if knock.time_s <= time_s), None)
        if knock is None:
            return self.curve.heat_w(time_s - self.flaming_s)
        decay = math.exp(-(time_s - knock.time_s) / knock.tau_s)
        return knock.heat_w * (knock.share + (1.0 - knock.share) * decay)

    @property
    def fought_s(self) -> float | None:
        """When it was fought last; ``None`` if it never was."""
        return self._knocks[-1].time_s if self._knocks else None

    def fight(self, time_s: float, *, share: float, tau_s: float) -> None:
        """From now on it decays to ``share`` of its size; one that has no flame yet never gets any."""
        if time_s < self.flaming_s:
            self.flaming_s = math.inf
        else:
            self._knocks.append(_Knock(time_s, self.heat_w(time_s), share, tau_s))
        self._activated_s = self._activations()

    def _activations(self) -> dict[str, float]:
        """When each detector under the ceiling acts, as things stand."""
        if self.flaming_s == math.inf:
            return dict.fromkeys(self._detectors, math.inf)
        return {
            name: self.flaming_s
            + detector.activated_s(
                lambda age_s: self.heat_w(self.flaming_s + age_s), ambient_k=self._ambient_k
            )
            for name, detector in self._detectors.items()
        }

    @property
    def detected_s(self) -> float:
        """When the first detector answers."""
        return min([self.flaming_s + self._detector_s, *self._activated_s.values()])

    def moments(self, sizes: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        """What happens to the fire as a whole, and when; ``sizes`` are heat releases, W, by name."""
        yield from (("flaming", self.flaming_s), ("detected", self.detected_s))
        yield from self._activated_s.items()
        fought_s = self._knocks[0].time_s if self._knocks else math.inf  # from then on it grows no more
        for name, heat_w in sizes.items():
            time_s = self.flaming_s + self.curve.reached_s(heat_w)
            yield name, time_s if time_s <= fought_s else math.inf
