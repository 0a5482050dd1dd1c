"""What a tank gives off in one line: for a table of cases, or a calculation on paper."""

from __future__ import annotations

from drillsim.hazards.outflow import Outflow, Release
from drillsim.hazards.shapes import Vessel, VesselShape
from drillsim.hazards.substances import substance
from drillsim.hazards.vessel import Emptying, Hole

__all__ = ["largest_minute_rate_kg_s", "tank_outflow", "tank_released_kg"]


def tank_outflow(
    name: str,
    *,
    diameter_m: float,
    length_m: float,
    fill: float,
    temperature_k: float,
    hole_m2: float,
    hole_height_m: float = 0.0,
    shape: VesselShape = "horizontal-cylinder",
) -> Outflow:
    """The outflow of a tank of the substance ``name``, a hole with coefficient 0.61, all of a flashing liquid
    airborne. Raises what :mod:`vessel` raises, and ``KeyError`` for an unknown substance.
    """
    model = Emptying.filled(
        Vessel(shape, diameter_m, length_m),
        substance=substance(name),
        hole=Hole(hole_m2, hole_height_m),
        fill=fill,
        temperature_k=temperature_k,
    )
    return Release(model, 0.0, model.charge).outflow


def largest_minute_rate_kg_s(
    name: str,
    *,
    diameter_m: float,
    length_m: float,
    fill: float,
    temperature_k: float,
    hole_m2: float,
    hole_height_m: float = 0.0,
) -> float:
    """Largest mean over a minute of :func:`tank_outflow`, a lying cylinder, kg/s.

    The propane rail car of the ALOHA examples; 5,730 lb/min = 43.32 kg/s there:

    >>> car = dict(diameter_m=2.764536, length_m=21.336, fill=1.0, temperature_k=294.26, hole_m2=2.581e-3)
    >>> round(largest_minute_rate_kg_s("propane", **car), 1)
    43.7
    """
    return tank_outflow(
        name,
        diameter_m=diameter_m,
        length_m=length_m,
        fill=fill,
        temperature_k=temperature_k,
        hole_m2=hole_m2,
        hole_height_m=hole_height_m,
    ).largest_mean_kg_s()


def tank_released_kg(
    name: str,
    *,
    by_s: float,
    diameter_m: float,
    length_m: float,
    fill: float,
    temperature_k: float,
    hole_m2: float,
    hole_height_m: float = 0.0,
) -> float:
    """Mass out of the same by ``by_s``, kg; ALOHA says 140,200 lb = 63,594 kg in 26 min of the rail car.

    >>> car = dict(diameter_m=2.764536, length_m=21.336, fill=1.0, temperature_k=294.26, hole_m2=2.581e-3)
    >>> round(tank_released_kg("propane", by_s=26 * 60.0, **car), -2)
    62400.0
    """
    outflow = tank_outflow(
        name,
        diameter_m=diameter_m,
        length_m=length_m,
        fill=fill,
        temperature_k=temperature_k,
        hole_m2=hole_m2,
        hole_height_m=hole_height_m,
    )
    return outflow.liquid_kg(by_s) + outflow.airborne_kg(by_s)
