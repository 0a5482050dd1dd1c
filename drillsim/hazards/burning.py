"""How fast a pool of liquid burns once it has been set alight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drillsim.hazards.combustion import heat_of_combustion_j_kg, heats_of_combustion

if TYPE_CHECKING:
    from drillsim.hazards.substances import Substance

__all__ = ["BURNING_FLAG", "BURNING_KG_M2_S", "burn", "burning_rate_kg_m2_s", "has_own_burning_rate"]

BURNING_KG_M2_S: Final = 0.05
"""Mass burning rate of a pool more than some metres wide, for a liquid without a rate of its own. Babrauskas
(1983), Fire Technology 19:251: 0.02 (methanol) to 0.09 (benzene), acetone 0.04; memory, confidence low."""
BURNING_FLAG: Final = (
    f"burning pool: {BURNING_KG_M2_S} kg/m2/s whatever the liquid (0.02 to 0.09 are usual); its heat is "
    "that of a spill-fire of this leak if there is one; smoke and spread are not modelled, and it is as warm "
    "after the fire as before"
)


def has_own_burning_rate(substance: Substance) -> bool:
    """Whether all that :func:`burning_rate_kg_m2_s` needs is known of the substance."""
    needed = (
        substance.heat_of_vaporization_j_kg,
        substance.liquid_heat_capacity_j_kg_k,
        substance.boiling_point_k,
    )
    return substance.id in heats_of_combustion() and None not in needed


def burning_rate_kg_m2_s(substance: Substance, *, liquid_k: float) -> float:
    """Mass burning rate of a large pool: 0.001 Hc / (L + cp (Tb - T)) (ALOHA-TD 6.5; sheet 8.2).

    A liquid at or above its boiling point needs L alone. Against Babrauskas (memory) methanol 0.016 v.
    0.017, benzene 0.081 v. 0.085, acetone 0.050 v. 0.041. Raises ``ValueError`` where a property is unknown.
    """
    latent, heat_capacity, boiling = substance.need(
        "heat_of_vaporization_j_kg", "liquid_heat_capacity_j_kg_k", "boiling_point_k"
    )
    if not liquid_k > 0.0:
        raise ValueError(f"a liquid at {liquid_k} K; the temperature must be above 0")
    warming = heat_capacity * max(0.0, boiling - liquid_k)
    return 0.001 * heat_of_combustion_j_kg(substance.id) / (latent + warming)


def burn(
    left_kg: float,
    *,
    fed_kg: float,
    area_m2: float,
    share: float,
    seconds: float,
    rate_kg_m2_s: float = BURNING_KG_M2_S,
) -> tuple[float, float]:
    """Mass burnt, kg, and the time it took, s: all of ``seconds`` unless a pool that is not fed burns out.

    The pool holds ``left_kg``, gets ``fed_kg`` meanwhile and burns at ``share`` of ``rate_kg_m2_s``.

    >>> burn(160.0, fed_kg=0.0, area_m2=30.0, share=1.0, seconds=60.0)
    (90.0, 60.0)
    >>> burn(75.0, fed_kg=0.0, area_m2=30.0, share=1.0, seconds=60.0)
    (75.0, 50.0)
    """
    available = left_kg + fed_kg
    rate = share * rate_kg_m2_s * area_m2
    if rate * seconds < available:
        return rate * seconds, seconds
    return available, seconds if fed_kg > 0.0 or rate <= 0.0 else available / rate
