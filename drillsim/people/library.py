"""Profiles and populations shipped with the product, as a scenario file would write them.

Rows of ``data/profiles.csv`` and ``data/populations.csv``; what alarms they answer to, and how late, is named
there and lies in ``data/presets.csv``. A scenario's own profile of the same name wins.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from drillsim.presets import table, written

__all__ = ["catalogue", "populations", "shipped_profile", "shipped_profiles"]


def shipped_profiles() -> tuple[str, ...]:
    """Names of all shipped profiles, sorted."""
    return tuple(sorted(_rows()))


def shipped_profile(name: str) -> dict[str, Any]:
    """A shipped profile as raw entries of a file, with source and confidence of every draw.

    Raises ``KeyError`` for a name that is not shipped.
    """
    row = _rows()[name]
    flat = {key: row[key] for key in ("source", "confidence")}
    stair = {key: row[f"stair_{key}"] or row[key] for key in flat}
    profile: dict[str, Any] = {
        "title": row["title"],
        "title_zh": row["title_zh"],
        "speed": written(row["flat_m_s"], unit="m/s") | flat,
    }
    for way in ("down", "up"):
        if row[f"{way}_m_s"]:
            profile[way] = written(row[f"{way}_m_s"], unit="m/s") | stair
    if row["descend"]:
        profile["descend"] = {"preset": row["descend"]}
    answers = (entry.partition("=") for entry in row["responses"].split(";"))
    profile["responses"] = {mode.strip(): {"preset": preset.strip()} for mode, _, preset in answers}
    return profile


@cache
def populations() -> dict[str, dict[str, str]]:
    """Shipped mixes: name -> profile -> share as a file writes it, ``7 %``."""
    mixes: dict[str, dict[str, str]] = {}
    for row in table("populations.csv"):
        mixes.setdefault(row["name"], {})[row["profile"]] = f"{row['share_pct']} %"
    return mixes


def catalogue() -> dict[str, list[dict[str, str]]]:
    """All that is shipped, for reading: rows of ``profiles``, ``populations`` (shares) and ``presets``."""
    mixes = [
        {"name": name, "title": ", ".join(f"{profile} {share}" for profile, share in shares.items())}
        for name, shares in populations().items()
    ]
    return {"profiles": table("profiles.csv"), "populations": mixes, "presets": table("presets.csv")}


@cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in table("profiles.csv")}
