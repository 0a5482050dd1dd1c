"""``drillsim list --substances``: what may leak, by which names it is found, and from where on it harms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from drillsim.cli.console import Exit, language, out, out_json
from drillsim.messages import say

if TYPE_CHECKING:
    from drillsim.hazards.substances import Substance

__all__ = ["list_substances"]


def list_substances(*, as_json: bool) -> int:
    """One line a substance; the JSON document has the source of each level too."""
    from drillsim.hazards.substances import substances

    found = [_about(entry) for _, entry in sorted(substances().items())]
    if as_json:
        out_json(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return Exit.OK
    unknown = say("cli.unknown-value", language.get())
    for row in found:
        name = row["name_zh"] if language.get() == "zh" else row["name_en"]
        levels = " / ".join(unknown if value is None else f"{value:g}" for value in row["aegl_60min_ppm"])
        out(f"{row['id']:26}  UN {row['un_number'] or unknown:5} CAS {row['cas']:11} {name}")
        out(f"    {say('cli.substance-levels', language.get(), levels=levels)}")
    return Exit.OK


def _about(entry: Substance) -> dict[str, Any]:
    levels = [getattr(entry, f"aegl{level}_60min_ppm") for level in (1, 2, 3)]
    return {
        "id": entry.id,
        "name_en": entry.name_en,
        "name_zh": entry.name_zh,
        "cas": entry.cas,
        "un_number": entry.un_number,
        "imdg_class": entry.imdg_class,
        "erg_guide": entry.erg_guide,
        "aegl_60min_ppm": levels,
        "idlh_ppm": entry.idlh_ppm,
        "odour_ppm": entry.odour_ppm,
        "sources": {
            f"aegl{level}": " ".join(entry.source_of(f"aegl{level}_60min_ppm")[:2])
            for level, value in zip((1, 2, 3), levels, strict=True)
            if value is not None
        },
    }
