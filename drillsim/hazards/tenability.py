"""Limits of what people bear and see where smoke is, in one place for every hazard that makes smoke."""

from __future__ import annotations

from typing import Final

__all__ = [
    "FLASHOVER_K",
    "HEAD_M",
    "SEEN_M",
    "SMALL_ROOM_M2",
    "SMALL_ROOM_VISIBILITY_M",
    "TENABLE_K",
    "TENABLE_VISIBILITY_M",
]

HEAD_M: Final = 2.0
"""Layer height that is still clear of heads. Source: sheet 5.3 (usual limits, from memory); medium."""
SEEN_M: Final = 30.0
"""Smoke through which one sees less far than this is seen as smoke. Rule of this product; confidence low."""
TENABLE_VISIBILITY_M: Final = 10.0
SMALL_ROOM_VISIBILITY_M: Final = 5.0
SMALL_ROOM_M2: Final = 60.0
TENABLE_K: Final = 273.15 + 60.0
"""Source of the three limits: sheet 5.3 (usual limits, from memory); confidence medium."""
FLASHOVER_K: Final = 873.0
