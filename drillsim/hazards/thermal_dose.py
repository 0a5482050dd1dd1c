"""What heat and blast do to people: dose, probit, share. Levels shown on maps.

Probits differ by large factors between sources: one per run, printed with its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from drillsim.hazards.grid import DoseTable

__all__ = [
    "BLAST_LEVELS_PA",
    "BLAST_PA",
    "BLAST_PROBITS",
    "ENGULFED_TDU",
    "FELT_KW_M2",
    "HEAT_LEVELS_W_M2",
    "HEAT_PROBITS",
    "INCAPACITATING_TDU",
    "PSI_PA",
    "PhysicalHarm",
    "blast_probit",
    "heat_probit",
    "share_by_blast",
    "share_killed_by_heat",
    "thermal_dose",
]

PSI_PA: Final = 6894.757
HEAT_LEVELS_W_M2: Final = (10e3, 5e3, 2e3)
"""For 60 s: may kill; second-degree burns; pain (ALOHA, sheet 4)."""
BLAST_LEVELS_PA: Final = (8.0 * PSI_PA, 3.5 * PSI_PA, 1.0 * PSI_PA)
"""Buildings destroyed; serious injury; glass breaks (ALOHA, sheet 4)."""
BLAST_PA: Final = BLAST_LEVELS_PA[1]
"""Side-on overpressure from which people are taken as felled: serious injury is likely (ALOHA, sheet 4)."""
FELT_KW_M2: Final = 1.6
"""Heat up to which nobody is harmed, however long (API RP 521 has 1.58; memory, medium): no dose is taken."""
INCAPACITATING_TDU: Final = 1000.0
"""Thermal dose at which people are taken as felled, (kW/m2)^(4/3) s: HSE's dangerous dose, of which about
1 % die (memory, medium). Clothing and turning away are not counted."""
ENGULFED_TDU: Final = 1e5
"""Dose of whoever is in a burning cloud in the open: by every probit all die (Purple Book; memory)."""
HEAT_PROBITS: Final = {
    "eisenberg": (-14.9, 2.56),
    "purple-book": (-36.38 + 2.56 * 4.0 * math.log(10.0), 2.56),
}
"""Death: Y = a + b ln(dose), dose in (kW/m2)^(4/3) s. Purple Book's -36.38 is for W/m2. Read secondary."""
BLAST_PROBITS: Final = {
    "sheet": (1.47 - 1.37 * math.log(PSI_PA), 1.37),
    "eardrum-eisenberg": (-15.6, 1.93),
    "lung-eisenberg": (-77.1, 6.91),
}
"""Y = a + b ln(p), p side-on in Pa. ``sheet``: 1.47 + 1.37 ln(p psi), read secondary, named there eardrum or
lung (from memory HSE's for death outdoors). Eisenberg's eardrum and death by lung: memory, confidence low."""


class PhysicalHarm(NamedTuple):
    """What people take of heat, (kW/m2)^(4/3) s, of a blast, Pa, by space; reach of thresholds, m."""

    thermal: DoseTable
    blast: DoseTable
    stand_off_m: Mapping[str, float]


def thermal_dose(heat_w_m2: Any, *, seconds: Any) -> float:
    """Sum of I^(4/3) t, I in kW/m2: dose in (kW/m2)^(4/3) s of steps of steady heat; shapes broadcast.

    It adds up over a path and does not depend on how the path is cut.

    >>> round(thermal_dose([8000.0, 1000.0], seconds=[10.0, 5.0]), 6)
    165.0
    """
    heat, time = np.asarray(heat_w_m2, dtype=float), np.asarray(seconds, dtype=float)
    if not (np.all((heat >= 0.0) & np.isfinite(heat)) and np.all((time >= 0.0) & np.isfinite(time))):
        raise ValueError("a heat or a time below 0 or not finite")
    return float(np.sum((heat / 1000.0) ** (4.0 / 3.0) * time))


def _probit(load: Any, a: float, b: float) -> Any:
    amount = np.asarray(load, dtype=float)
    if not np.all(amount >= 0.0):
        raise ValueError("a load below 0 or not a number")
    with np.errstate(divide="ignore"):  # nothing taken: minus infinity, of which the share is exactly 0
        return a + b * np.log(amount)


def heat_probit(dose: Any, *, source: str = "eisenberg") -> Any:
    """Probit of death by heat; ``dose`` as of :func:`thermal_dose`, any shape; -inf for none."""
    if source not in HEAT_PROBITS:
        raise ValueError(f"no probit of heat {source!r}; {', '.join(HEAT_PROBITS)}")
    return _probit(dose, *HEAT_PROBITS[source])


def blast_probit(overpressure_pa: Any, *, source: str = "sheet") -> Any:
    """Probit of harm by side-on overpressure, any shape; -inf for none; see :data:`BLAST_PROBITS`."""
    if source not in BLAST_PROBITS:
        raise ValueError(f"no probit of blast {source!r}; {', '.join(BLAST_PROBITS)}")
    return _probit(overpressure_pa, *BLAST_PROBITS[source])


def share_killed_by_heat(heat_w_m2: float, *, seconds: float, source: str = "eisenberg") -> float:
    """Share of people who die of steady heat, 0 to 1; exactly 0 without heat or time.

    >>> round(share_killed_by_heat(10e3, seconds=60.0), 3)
    0.059
    """
    from scipy.special import ndtr

    return float(ndtr(heat_probit(thermal_dose(heat_w_m2, seconds=seconds), source=source) - 5.0))


def share_by_blast(overpressure_pa: Any, *, source: str = "sheet") -> Any:
    """Share of people harmed as the probit's source has it, 0 to 1, any shape; exactly 0 without blast."""
    from scipy.special import ndtr

    return ndtr(blast_probit(overpressure_pa, source=source) - 5.0)
