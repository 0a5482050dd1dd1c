"""How one fire burns in one run: its growth, what is done against it, and when it is detected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from drillsim.hazards.heat_release import sprinkler_decay_s

if TYPE_CHECKING:
    from drillsim.hazards.detector import Detector
    from drillsim.hazards.heat_release import HeatCurve

__all__ = ["Blaze", "attack_chance", "hand_attack_chance", "water_knock_down", "water_takes_w"]

WATER_J_KG: Final = 2.6e6
"""Heat that water takes up from 10 °C to steam of 100 °C. Source: steam tables; confidence high."""
WATER_USED: Final = 0.33
"""Share of it that hose water takes out of a room fire. Source: Grimwood and Särdqvist on firefighting flow
rates, from memory; confidence low."""
WATER_TAU_S: Final = 120.0
"""Decay under brigade water that just suffices. Rule of this product; confidence low."""
_WATER_KG_M3: Final = 1000.0
HAND_SUCCESS: Final = {"trained": (0.93, 300e3, 600e3), "untrained": (0.80, 100e3, 300e3)}
"""Success of a portable extinguisher: of small fires, up to which size, and the size that nobody puts out.

Shares: UK surveys of the trade, 93 % (2021) and 80 % (2003) of fires, found small and by its own service, so
an upper bound. Sizes: untrained users fail above some 100 to 300 kW (from memory, weak); trained ones are
taken at twice to three times that (rule of this product). Confidence low."""


def attack_chance(heat_w: float, *, limit_w: float) -> float:
    """Chance that a hand extinguisher puts out a fire of ``heat_w``: 1 up to the limit, 0 from twice it.

    Linear between: untrained users fail above some 100 to 300 kW (sheet 8.4, from memory, weak). Trade
    counts of 80 to 93 % success are of fires that were found small: an upper bound.

    >>> attack_chance(225e3, limit_w=150e3)
    0.5
    """
    return min(1.0, max(0.0, 2.0 - heat_w / limit_w))


def hand_attack_chance(heat_w: float, *, training: Literal["trained", "untrained"]) -> float:
    """Chance that somebody with an extinguisher puts out a fire of ``heat_w``: linear between two sizes.

    Trained: 93 % up to 300 kW, 0 from 600 kW; untrained: 80 % up to 100 kW, 0 from 300 kW. Raises
    ``ValueError`` for heat below 0.

    >>> hand_attack_chance(200e3, training="untrained"), hand_attack_chance(200e3, training="trained")
    (0.4, 0.93)
    """
    if not heat_w >= 0.0:
        raise ValueError(f"a fire of {heat_w} W; it must be 0 or more")
    most, sure_w, never_w = HAND_SUCCESS[training]
    return most * min(1.0, max(0.0, (never_w - heat_w) / (never_w - sure_w)))


def water_takes_w(water_m3_s: float) -> float:
    """Heat that a flow of hose water takes out of a fire, W."""
    return WATER_USED * WATER_J_KG * _WATER_KG_M3 * water_m3_s


def water_knock_down(heat_w: float, *, water_m3_s: float) -> tuple[float, float]:
    """Share of a fire that hose water leaves, and the time constant of the decay to it, s.

    Water takes 2.6 MJ/kg, and a third of it does. Less than the fire's heat holds it at what is not taken,
    with 120 s; more puts it out, the faster the more there is: 120 s times heat / taken. Raises
    ``ValueError`` for no water or heat below 0.

    >>> share, tau_s = water_knock_down(2e6, water_m3_s=100 / 60000)
    >>> round(share, 3), tau_s
    (0.285, 120.0)
    >>> share, tau_s = water_knock_down(2e6, water_m3_s=400 / 60000)
    >>> share, round(tau_s)
    (0.0, 42)
    """
    if not (water_m3_s > 0.0 and heat_w >= 0.0):
        raise ValueError(f"{water_m3_s} m3/s on {heat_w} W; water above 0, heat from 0 on")
    taken_w = water_takes_w(water_m3_s)
    if taken_w < heat_w:
        return 1.0 - taken_w / heat_w, WATER_TAU_S
    return 0.0, WATER_TAU_S * heat_w / taken_w


class _Knock(NamedTuple):
    """From ``time_s`` on the fire decays towards ``share`` of what it would be."""

    time_s: float
    share: float
    tau_s: float

    def left(self, time_s: float) -> float:
        """Share of the fire that is left at a time."""
        if time_s <= self.time_s:
            return 1.0
        if self.tau_s <= 0.0:
            return self.share
        return self.share + (1.0 - self.share) * math.exp(-(time_s - self.time_s) / self.tau_s)


class Blaze:
    """Heat release by the time of the run. Times are seconds since STARTEX; inf for what never happens.

    From the moment it is first fought, or a sprinkler acts, it grows no more. What is done to it later adds
    to what was done before: water on a fire under a sprinkler is both.
    """

    def __init__(
        self,
        curve: HeatCurve,
        *,
        flaming_s: float,
        detector_s: float,
        detectors: Mapping[str, Detector],
        ambient_k: float,
        soot_per_j: float = 0.0,
        items_s: Mapping[str, float] | None = None,
        smelt_s: float = math.inf,
    ) -> None:
        """``detector_s`` from flame to the first detector whose time is drawn; inf if there is none.

        ``items_s`` is the age at which each other item that burns has caught fire, ``smelt_s`` the time at
        which what smoulders can be smelt; with flames it is seen and no longer smelt.

        Raises ``ValueError`` for a detector that acts at the temperature of the air.
        """
        self.flaming_s = flaming_s
        self._grown = curve
        self._detector_s = detector_s
        self._detectors = detectors
        self._ambient_k = ambient_k
        self._soot_per_j = soot_per_j
        self._items_s = dict(items_s or {})
        self._smelt_s = smelt_s if smelt_s < flaming_s else math.inf
        self._knocks: list[_Knock] = []
        self._sprinkler: _Knock | None = None
        self._activated_s: dict[str, float] = {}
        self._reached_s: dict[float, float] = {}
        self._look(-math.inf)

    @property
    def curve(self) -> HeatCurve:
        """What it does by its age if nobody fights it, sprinklers included."""
        if self._sprinkler is None:
            return self._grown
        return self._grown.doused(self._sprinkler.time_s - self.flaming_s, decay_s=self._sprinkler.tau_s)

    def heat_w(self, time_s: float) -> float:
        """Heat the fire would release at ``time_s``, W."""
        knocks = self._knocks if self._sprinkler is None else [*self._knocks, self._sprinkler]
        grows_until_s = min([time_s, *(knock.time_s for knock in knocks)])
        heat_w = self._grown.heat_w(grows_until_s - self.flaming_s)
        return heat_w * math.prod(knock.left(time_s) for knock in knocks)

    @property
    def fought_s(self) -> float | None:
        """When it was fought last; ``None`` if it never was."""
        return self._knocks[-1].time_s if self._knocks else None

    def fight(self, time_s: float, *, share: float, tau_s: float) -> None:
        """From now on it decays to ``share`` of its size; one that has no flame yet never gets any."""
        if time_s < self.flaming_s:
            self.flaming_s = math.inf
            if self._smelt_s > time_s:
                self._smelt_s = math.inf
        else:
            self._knocks.append(_Knock(time_s, share, tau_s))
        self._look(time_s)

    def _look(self, now_s: float) -> None:
        """When each detector under the ceiling acts, as things stand; what acted by ``now_s`` has acted."""
        acted = {name: time_s for name, time_s in self._activated_s.items() if time_s <= now_s}
        waiting = {name: detector for name, detector in self._detectors.items() if name not in acted}
        if self._sprinkler is not None and self._sprinkler.time_s > now_s:
            self._sprinkler = None
        acts_s = self._activations(waiting)
        sprays = {name: head.spray_m_s for name, head in waiting.items() if head.spray_m_s is not None}
        first_s = min((acts_s[name] for name in sprays), default=math.inf)
        if self._sprinkler is None and first_s < math.inf:
            spray_m_s = max(spray for name, spray in sprays.items() if acts_s[name] == first_s)
            self._sprinkler = _Knock(first_s, 0.0, sprinkler_decay_s(spray_m_s))
            # The fire is another one for all that have not acted by then.
            later = {name: waiting[name] for name, time_s in acts_s.items() if time_s > first_s}
            acts_s |= self._activations(later)
        self._activated_s = {name: (acted | acts_s)[name] for name in self._detectors}

    def _activations(self, detectors: Mapping[str, Detector]) -> dict[str, float]:
        if self.flaming_s == math.inf:
            return dict.fromkeys(detectors, math.inf)
        if not self._knocks:
            curve = self.curve
            return {
                name: self.flaming_s + _unfought_s(detector, curve, self._ambient_k, self._soot_per_j)
                for name, detector in detectors.items()
            }
        grows_until_s = min(self.curve.grows_until_s(), self._knocks[0].time_s - self.flaming_s)
        return {
            name: self.flaming_s
            + detector.activated_s(
                lambda age_s: self.heat_w(self.flaming_s + age_s),
                ambient_k=self._ambient_k,
                soot_per_j=self._soot_per_j,
                grows_until_s=grows_until_s,
            )
            for name, detector in detectors.items()
        }

    @property
    def detected_s(self) -> float:
        """When the first detector answers."""
        return min([self.flaming_s + self._detector_s, *self._activated_s.values()])

    def moments(self, sizes: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        """What happens to the fire as a whole, and when; ``sizes`` are heat releases, W, by name."""
        yield from (("flaming", self.flaming_s), ("detected", self.detected_s))
        if self._smelt_s < math.inf:
            yield "smelt", self._smelt_s
        yield from self._activated_s.items()
        ends_s = [knock.time_s for knock in self._knocks[:1]]
        if self._sprinkler is not None:
            ends_s.append(self._sprinkler.time_s)
        fought_s = min(ends_s, default=math.inf)  # from then on it grows no more
        for name, heat_w in sizes.items():
            if heat_w not in self._reached_s:
                self._reached_s[heat_w] = self._grown.reached_s(heat_w)
            time_s = self.flaming_s + self._reached_s[heat_w]
            yield name, time_s if time_s <= fought_s else math.inf
        for name, age_s in self._items_s.items():
            time_s = self.flaming_s + age_s
            yield name, time_s if time_s <= fought_s else math.inf


@lru_cache(maxsize=256)
def _unfought_s(detector: Detector, curve: HeatCurve, ambient_k: float, soot_per_j: float) -> float:
    """Age at which a detector acts if nobody fights the fire: the same in every run, so once a study."""
    return detector.activated_s(
        curve.heat_w, ambient_k=ambient_k, soot_per_j=soot_per_j, grows_until_s=curve.grows_until_s()
    )
