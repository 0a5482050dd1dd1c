"""How fast a pool of liquid burns once it has been set alight."""

from __future__ import annotations

from typing import Final

__all__ = ["BURNING_FLAG", "BURNING_KG_M2_S", "burn"]

BURNING_KG_M2_S: Final = 0.05
"""Mass burning rate of a pool more than some metres wide, for every liquid. Babrauskas (1983), Fire
Technology 19:251: 0.02 (methanol) to 0.09 (benzene), acetone 0.04; from memory, confidence low."""
BURNING_FLAG: Final = (
    f"burning pool: {BURNING_KG_M2_S} kg/m2/s whatever the liquid (0.02 to 0.09 are usual); its heat, "
    "smoke and spread are not modelled, and it is as warm after the fire as before"
)


def burn(
    left_kg: float, *, fed_kg: float, area_m2: float, share: float, seconds: float
) -> tuple[float, float]:
    """Mass burnt, kg, and the time it took, s: all of ``seconds`` unless a pool that is not fed burns out.

    The pool holds ``left_kg``, gets ``fed_kg`` meanwhile and burns at ``share`` of :data:`BURNING_KG_M2_S`.

    >>> burn(160.0, fed_kg=0.0, area_m2=30.0, share=1.0, seconds=60.0)
    (90.0, 60.0)
    >>> burn(75.0, fed_kg=0.0, area_m2=30.0, share=1.0, seconds=60.0)
    (75.0, 50.0)
    """
    available = left_kg + fed_kg
    rate = share * BURNING_KG_M2_S * area_m2
    if rate * seconds < available:
        return rate * seconds, seconds
    return available, seconds if fed_kg > 0.0 or rate <= 0.0 else available / rate
