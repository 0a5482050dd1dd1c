"""Radiation that a pool takes up from sun and sky (ALOHA-TD 3.3)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

__all__ = ["STEFAN_BOLTZMANN", "sky_radiation", "sun_radiation"]

STEFAN_BOLTZMANN: Final = 5.670374e-8
_CLOUD_A: Final = (0.74, 0.75, 0.76, 0.77, 0.783, 0.793, 0.80, 0.81, 0.82, 0.84, 0.87)
_CLOUD_B: Final = (44.3, 44.3, 44.3, 44.2, 40.7, 40.5, 39.9, 38.4, 35.4, 31.0, 26.6)  # 1e-6 per Pa


def sun_radiation(*, elevation_deg: float, cloud: float) -> float:
    """Sun on level ground, W/m2: 1111 (1 - 0.0071 c^2)(sin e - 0.1), c cloud in tenths (ALOHA-TD 3.3).

    >>> round(sun_radiation(elevation_deg=60.0, cloud=0.5))
    700
    >>> sun_radiation(elevation_deg=5.0, cloud=0.0)
    0.0
    """
    height = math.sin(math.radians(elevation_deg))
    return max(0.0, 1111.0 * (1.0 - 0.0071 * (10.0 * cloud) ** 2) * (height - 0.1))


def sky_radiation(*, temperature_k: float, humidity: float, cloud: float) -> float:
    """Long-wave radiation of the sky taken up by a pool, W/m2 (ALOHA-TD 3.3); ``cloud`` a share, 0 to 1."""
    celsius = temperature_k - 273.15
    vapour = humidity * 610.94 * math.exp(17.625 * celsius / (celsius + 243.04))
    tenths = range(11)
    a = float(np.interp(10.0 * cloud, tenths, _CLOUD_A))
    b = float(np.interp(10.0 * cloud, tenths, _CLOUD_B)) * 1e-6
    return 0.97 * (a + b * vapour) * STEFAN_BOLTZMANN * temperature_k**4
