"""One hash for everything a run of a scenario depends on."""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from importlib import resources

from drillsim.scenario.canonical import as_json, canonical
from drillsim.scenario.model import Scenario

__all__ = ["digest"]


def digest(scenario: Scenario) -> str:
    """Hash (32 hex digits) over the spec and the bytes of the default tables in ``drillsim/data``.

    Reordering a file, or moving spaces to a table beside it, does not change it; any value does.
    """
    content = as_json(canonical(scenario))
    content["facility"].pop("tables")
    state = blake2b(digest_size=16)
    state.update(json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False).encode())
    state.update(_default_tables())
    return state.hexdigest()


@cache
def _default_tables() -> bytes:
    state = blake2b(digest_size=16)
    folder = resources.files("drillsim") / "data"
    for table in sorted(folder.iterdir(), key=lambda item: item.name):
        if table.name.endswith(".csv"):
            state.update(f"{table.name}\n".encode())
            state.update(table.read_bytes())
    return state.digest()
