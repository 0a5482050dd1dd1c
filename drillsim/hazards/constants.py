"""Constants of nature and the air that the models stand in."""

from __future__ import annotations

from typing import Final

__all__ = ["GRAVITY_M_S2", "P0_PA", "R_J_MOL_K"]

R_J_MOL_K: Final = 8.314462618
"""Molar gas constant (exact but for digits, SI)."""
GRAVITY_M_S2: Final = 9.80665
"""Standard gravity."""
P0_PA: Final = 101325.0
"""Standard atmosphere: the ambient pressure unless one is stated."""
