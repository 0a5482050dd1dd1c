"""Volume and level of the liquid in a vessel, by its shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["DRUM_200_L", "Vessel", "VesselShape"]

VesselShape = Literal["vertical-cylinder", "horizontal-cylinder", "sphere", "box"]


@dataclass(frozen=True, slots=True)
class Vessel:
    """A shape with its sizes, m. ``across_m`` is the diameter, or the floor's side of a box (``side_m`` the
    other); ``along_m`` the height of a vertical cylinder or a box, the length of a horizontal cylinder; a
    sphere has none. Cylinders have flat ends.

    Raises ``ValueError`` for a size that is missing or not positive.
    """

    shape: VesselShape
    across_m: float
    along_m: float = 0.0
    side_m: float = 0.0

    def __post_init__(self) -> None:
        sizes = [self.across_m] if self.shape == "sphere" else [self.across_m, self.along_m]
        sizes += [self.side_m] if self.shape == "box" else []
        if not all(0.0 < size < math.inf for size in sizes):
            raise ValueError(f"a {self.shape} of {', '.join(f'{size:g} m' for size in sizes)}; all above 0")

    @property
    def height_m(self) -> float:
        """From the bottom to the top inside."""
        return self.across_m if self.shape in ("horizontal-cylinder", "sphere") else self.along_m

    @property
    def volume_m3(self) -> float:
        return self.liquid_m3(self.height_m)

    def liquid_m3(self, level_m: float) -> float:
        """Volume of liquid up to ``level_m`` above the bottom; ``ValueError`` outside the vessel.

        >>> round(Vessel("sphere", 2.0).liquid_m3(1.0) / (2 / 3 * math.pi), 9)
        1.0
        """
        if not 0.0 <= level_m <= self.height_m:
            raise ValueError(f"a level of {level_m} m in a vessel of {self.height_m} m; from 0 to its height")
        across = self.across_m
        if self.shape == "vertical-cylinder":
            return math.pi * across**2 / 4.0 * level_m
        if self.shape == "box":
            return across * self.side_m * level_m
        if self.shape == "sphere":
            return math.pi * level_m**2 * (1.5 * across - level_m) / 3.0
        return self.along_m * _segment_m2(level_m, across)

    def level_m(self, liquid_m3: float) -> float:
        """Height of the liquid above the bottom, the inverse of :meth:`liquid_m3`, to 1e-12 of the height.

        >>> tank = Vessel("horizontal-cylinder", 2.5, 8.0)
        >>> round(tank.level_m(tank.liquid_m3(0.4)), 9)
        0.4
        """
        whole = self.volume_m3
        if not 0.0 <= liquid_m3 <= whole * (1.0 + 1e-9):
            raise ValueError(f"{liquid_m3} m3 of liquid in a vessel of {whole} m3; from 0 to its volume")
        share = min(1.0, liquid_m3 / whole)
        if self.shape in ("vertical-cylinder", "box"):
            return share * self.height_m
        return self.across_m * _round_level(share, sphere=self.shape == "sphere")


DRUM_200_L = Vessel("vertical-cylinder", 0.571, 0.851)
"""Inside of a tight-head steel drum of 200 L nominal; from memory - check; confidence low."""


def _segment_m2(level_m: float, diameter_m: float) -> float:
    """Area of a circle's segment."""
    angle = math.acos(max(-1.0, 1.0 - 2.0 * level_m / diameter_m))
    return diameter_m**2 / 4.0 * (angle - math.sin(angle) * math.cos(angle))


def _round_level(share: float, *, sphere: bool) -> float:
    """Level over diameter at which ``share`` of a sphere or lying cylinder is full.

    With level = (1 - cos a) / 2 the share is (2 + cos a)(1 - cos a)^2 / 4, or (a - sin a cos a) / pi; Newton
    on a, kept within a bracket that shrinks.
    """
    if share <= 0.0 or share >= 1.0:
        return min(1.0, max(0.0, share))
    low, high, angle = 0.0, math.pi, math.pi * share**0.4
    for _ in range(60):
        sine, cosine = math.sin(angle), math.cos(angle)
        if sphere:
            over, slope = 0.25 * (2.0 + cosine) * (1.0 - cosine) ** 2 - share, 0.75 * sine**3
        else:
            over, slope = (angle - sine * cosine) / math.pi - share, 2.0 * sine**2 / math.pi
        low, high = (low, angle) if over > 0.0 else (angle, high)
        guess = angle - over / slope if slope > 0.0 else math.inf
        if not low < guess < high:
            guess = 0.5 * (low + high)
        if abs(guess - angle) < 1e-13:
            break
        angle = guess
    return 0.5 * (1.0 - math.cos(angle))
