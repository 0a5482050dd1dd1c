"""Detectors and sprinkler heads: the jet of a fire under the ceiling, and when it warms a link or blackens.

Alpert's correlations of the ceiling jet and the response of a link (DETACT), as in NRC Fire Dynamics Tools,
ch. 11 (NUREG-1805). For a flat ceiling without a layer below it yet, so in the room of the fire only; heat
acts at once unless its way is counted (Mowrer), and a fire short of air is taken at its full size. A smoke
detector is one of three named proxies, all of them very crude (CFAST says so of its own).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.smoke import EXTINCTION_M2_KG
from drillsim.spec import Length, Spec, Speed, Temperature, Text

__all__ = [
    "CONVECTIVE_SHARE",
    "Detector",
    "activation_time_s",
    "jet_excess_k",
    "jet_speed_m_s",
    "obscured_excess_k",
    "transport_lag_s",
]

CONVECTIVE_SHARE: Final = 0.7
"""Convective share of the heat released. Source: NRC Fire Dynamics Tools; confidence medium."""
STEP_S: Final = 0.5
"""Step of the link's temperature; within one the gas is as in its middle, so a steady fire is exact."""
_LAST_S: Final = 3600.0


_BY_HEAT: Final = {"smoke-5k": (5.0, 5.0), "smoke-13k": (13.0, 0.0)}
"""Proxies of a smoke detector by the heat that comes with the smoke: excess, K, and index, (m s)^0.5. Source:
CFAST (5 K, 5); in use beside it (13 K, 0), from memory; confidence low."""
OBSCURATION_PER_M: Final = -math.log(1.0 - 0.24)
"""Extinction at which a smoke detector acts, 1/m: 24 % of the light lost on one metre (8 % on one foot).
Source: CFAST; confidence low."""
_AIR_KG_K_M3: Final = 353.0  # density times temperature, at 101 kPa
_AIR_J_KG_K: Final = 1005.0


class Detector(Spec):
    """A heat or smoke detector, or a sprinkler head, under the ceiling of the fire room."""

    radius_m: Length = Field(gt=0, description="from the axis of the fire, along the ceiling")
    height_m: Length = Field(gt=0, description="from the base of the fire to the ceiling")
    senses: Literal["link", "smoke-5k", "smoke-13k", "smoke-obscuration"] = Field(
        "link",
        description="link: by its temperature (DETACT). Smoke by a proxy: 5 K with index 5 or 24 %/m (CFAST) "
        "or 13 K at once; report the choice",
    )
    activation_k: Temperature | None = Field(
        None, gt=220, lt=1500, description="temperature of the link at which it acts"
    )
    rti: float = Field(
        50.0, ge=0, le=1000, description="response time index, (m s)^0.5; 0: as fast as the gas"
    )
    heat: Literal["convective", "total"] = Field(
        "convective", description="heat that warms the jet: 0.7 of it (NRC), or all (Alpert)"
    )
    lag: Literal["none", "mowrer"] = Field(
        "none", description="time of the gas from fire to detector (Mowrer)"
    )
    spray_m_s: Speed | None = Field(
        None,
        gt=0,
        description="a sprinkler head: water on the fire per area; 0.07 mm/s is light hazard. From the first "
        "head on the fire decays with 3 w^-1.8 s (Madrzykowski and Evans)",
    )
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _acts_by_one_thing(self) -> Detector:
        if self.senses == "link" and self.activation_k is None:
            raise PydanticCustomError(
                "activation", "a link acts at a temperature; write activation: 68 °C, or what else it senses"
            )
        of_links = (self.activation_k, self.spray_m_s, self.rti)
        if self.senses != "link" and of_links != (None, None, type(self).model_fields["rti"].default):
            raise PydanticCustomError(
                "activation-smoke",
                "a smoke detector has no activation, rti or spray: its proxy says when it acts",
            )
        return self

    def activated_s(
        self,
        heat_w: Callable[[float], float],
        *,
        ambient_k: float,
        soot_per_j: float = 0.0,
        grows_until_s: float = math.inf,
    ) -> float:
        """When it acts, s after flame, for a heat release by age; inf if it does not within an hour.

        ``grows_until_s`` is an age from which on the heat never rises, which spares looking further.

        Raises ``ValueError`` if it acts at the temperature of the air.
        """
        share = CONVECTIVE_SHARE if self.heat == "convective" else 1.0
        activation_k, rti = self.activation_k, self.rti
        if self.senses == "smoke-obscuration":
            excess_k, rti = obscured_excess_k(soot_per_j / share, ambient_k=ambient_k), 0.0
            activation_k = ambient_k + excess_k
        elif self.senses != "link":
            excess_k, rti = _BY_HEAT[self.senses]
            activation_k = ambient_k + excess_k
        if activation_k is None or activation_k == math.inf:
            return math.inf
        age_s = activation_time_s(
            heat_w,
            radius_m=self.radius_m,
            height_m=self.height_m,
            rti=rti,
            activation_k=activation_k,
            ambient_k=ambient_k,
            share=share,
            grows_until_s=grows_until_s,
        )
        if self.lag == "none" or age_s == math.inf:
            return age_s
        size_w = heat_w(max(age_s, 0.5 * STEP_S))
        return age_s + transport_lag_s(size_w, radius_m=self.radius_m, height_m=self.height_m)


def obscured_excess_k(soot_per_j: float, *, ambient_k: float) -> float:
    """How much warmer a jet is whose smoke dims light by 24 %/m, K; inf if no jet is ever so black.

    Soot and heat come from the fire together and are diluted alike: ``soot_per_j`` is kg of soot per J that
    warms the jet. Raises ``ValueError`` for a negative yield.

    >>> round(obscured_excess_k(0.05 / 2e7 / 0.7, ambient_k=293.15), 1)
    7.5
    """
    if not soot_per_j >= 0.0:
        raise ValueError(f"{soot_per_j} kg of soot per J; it must be 0 or more")
    # Extinction is K rho cp dT s with rho = 353 / (T + dT): solved for dT.
    blackest_per_m = EXTINCTION_M2_KG * _AIR_KG_K_M3 * _AIR_J_KG_K * soot_per_j
    if blackest_per_m <= OBSCURATION_PER_M:
        return math.inf
    return OBSCURATION_PER_M * ambient_k / (blackest_per_m - OBSCURATION_PER_M)


def jet_excess_k(heat_w: float, *, radius_m: float, height_m: float) -> float:
    """Temperature of the ceiling jet above the air, K (Alpert): r and H in m, Q in kW.

    16.9 Q^(2/3) / H^(5/3) up to r/H = 0.18, beyond it 5.38 (Q/r)^(2/3) / H. Raises ``ValueError`` for a
    radius or height that is not above 0 or heat below 0.

    >>> round(jet_excess_k(0.7e6, radius_m=3.06, height_m=3.96), 1)
    50.8
    """
    heat_kw = _checked_kw(heat_w, radius_m, height_m)
    if radius_m <= 0.18 * height_m:
        return float(16.9 * heat_kw ** (2.0 / 3.0) / height_m ** (5.0 / 3.0))
    return float(5.38 * (heat_kw / radius_m) ** (2.0 / 3.0) / height_m)


def jet_speed_m_s(heat_w: float, *, radius_m: float, height_m: float) -> float:
    """Speed of the ceiling jet, m/s (Alpert), of the total heat; r and H in m, Q in kW.

    0.96 (Q/H)^(1/3) up to r/H = 0.15, beyond it 0.195 Q^(1/3) H^(1/2) / r^(5/6). Raises ``ValueError`` as
    :func:`jet_excess_k`.

    >>> round(jet_speed_m_s(1e6, radius_m=3.06, height_m=3.96), 3)
    1.528
    """
    heat_kw = _checked_kw(heat_w, radius_m, height_m)
    if radius_m <= 0.15 * height_m:
        return float(0.96 * (heat_kw / height_m) ** (1.0 / 3.0))
    return float(0.195 * heat_kw ** (1.0 / 3.0) * height_m**0.5 / radius_m ** (5.0 / 6.0))


def transport_lag_s(heat_w: float, *, radius_m: float, height_m: float) -> float:
    """Time of the gas from the fire up and along the ceiling, s (Mowrer, from memory); inf for no heat.

    0.67 H^(4/3) / Q^(1/3) + r^(11/6) / (1.2 Q^(1/3) H^(1/2)), total Q in kW. Raises ``ValueError`` as
    :func:`jet_excess_k`.

    >>> round(transport_lag_s(1e6, radius_m=3.06, height_m=3.96), 3)
    0.745
    """
    heat_kw = _checked_kw(heat_w, radius_m, height_m)
    if heat_kw == 0.0:
        return math.inf
    up = 0.67 * height_m ** (4.0 / 3.0)
    along = radius_m ** (11.0 / 6.0) / (1.2 * height_m**0.5)
    return float((up + along) / heat_kw ** (1.0 / 3.0))


def activation_time_s(
    heat_w: Callable[[float], float],
    *,
    radius_m: float,
    height_m: float,
    rti: float,
    activation_k: float,
    ambient_k: float,
    share: float = CONVECTIVE_SHARE,
    grows_until_s: float = math.inf,
) -> float:
    """When a link acts, s after flame; inf if it does not within an hour.

    dT/dt = sqrt(u)/RTI (Tgas - T), exact for a steady fire, in steps of half a second for another.
    ``heat_w`` gives the total heat release, W, by age, s, and rises no more from ``grows_until_s`` on;
    ``share`` of it warms the jet. Raises ``ValueError`` for an activation temperature that the air has
    already, a negative index, and as :func:`jet_excess_k`.

    >>> far = {"radius_m": 3.06, "height_m": 3.96, "rti": 5.0, "ambient_k": 298.15}
    >>> round(activation_time_s(lambda age: 1e6, activation_k=303.15, **far), 2)
    0.42
    """
    if not activation_k > ambient_k or not rti >= 0.0:
        raise ValueError(
            f"a link that acts at {activation_k - 273.15:.1f} °C, index {rti}; it must act above the "
            f"{ambient_k - 273.15:.1f} °C of the air, and have an index from 0 on"
        )
    link_k = ambient_k
    for step in range(round(_LAST_S / STEP_S)):
        size_w = heat_w((step + 0.5) * STEP_S)
        falls = step * STEP_S >= grows_until_s
        if size_w <= 0.0 and not falls:
            continue
        gas_k = ambient_k + jet_excess_k(share * size_w, radius_m=radius_m, height_m=height_m)
        speed = math.sqrt(jet_speed_m_s(size_w, radius_m=radius_m, height_m=height_m))
        if gas_k <= activation_k and falls:
            return math.inf  # neither the gas nor the link gets that warm any more
        per_s = speed / rti if rti > 0.0 else math.inf
        warmed_k = gas_k - (gas_k - link_k) * math.exp(-per_s * STEP_S)
        if warmed_k >= activation_k:
            return step * STEP_S + math.log((gas_k - link_k) / (gas_k - activation_k)) / per_s
        link_k = warmed_k
    return math.inf


def _checked_kw(heat_w: float, radius_m: float, height_m: float) -> float:
    if not (heat_w >= 0.0 and radius_m > 0.0 and height_m > 0.0):
        raise ValueError(
            f"{heat_w} W, {radius_m} m from a fire under {height_m} m; heat from 0 on, lengths above 0"
        )
    return heat_w / 1000.0
