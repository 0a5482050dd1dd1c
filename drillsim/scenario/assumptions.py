"""Every uncertain value a plan's runs depend on, found by walking the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from drillsim.scenario.model import Scenario
from drillsim.scenario.tree import Path, dotted
from drillsim.spec import Confidence, Draw, Spec, file_key

__all__ = ["Assumption", "assumptions", "draws"]


@dataclass(frozen=True, slots=True)
class Assumption:
    """An uncertain value: where it is written, what it is called, how it is spread, and why."""

    path: str
    label: str
    draw: Draw
    source: str
    confidence: Confidence


def assumptions(scenario: Scenario, plan: str) -> tuple[Assumption, ...]:
    """Assumptions behind runs of ``plan``, sorted by path; other plans' tasks and roles are left out.

    Raises ``KeyError`` for an unknown plan.
    """
    if plan not in scenario.plans:
        raise KeyError(f"there is no plan {plan!r}; plans: {', '.join(scenario.plans)}")
    found = []
    for path, label, draw in draws(scenario):
        if path[0] != "plans" or path[1] == plan:
            found.append(Assumption(dotted(path), label, draw, draw.source, draw.confidence))
    return tuple(sorted(found, key=lambda assumption: assumption.path))


def draws(value: Any, path: Path = (), titles: tuple[str, ...] = ()) -> Iterator[tuple[Path, str, Draw]]:
    """Every ``Draw`` below ``value`` with its path in files and label, ``Fire brigade, engine: turnout``."""
    if isinstance(value, Draw):
        yield path, _label(path, titles), value
    elif isinstance(value, Spec):
        for name, entry in value.__dict__.items():
            yield from draws(entry, (*path, file_key(name)), titles)
    elif isinstance(value, dict):
        for name, entry in value.items():
            named = (*titles, _title(entry, str(name))) if isinstance(entry, Spec) else titles
            own = titles if path == ("plans",) else named
            yield from draws(entry, (*path, str(name)), own)
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            named = titles
            if isinstance(entry, Spec) and hasattr(entry, "name"):
                named = (*titles, _title(entry, entry.name))
            yield from draws(entry, (*path, index), named)


def _title(entry: Spec, name: str) -> str:
    return getattr(entry, "title", "") or name


def _label(path: Path, titles: tuple[str, ...]) -> str:
    last = str(path[-1]).replace("_", " ")
    if len(path) > 1 and path[-2] == "responses":
        last = f"response to {last}"
    elif len(path) > 1 and path[-2] == "air":
        last = f"air, {last}"
    elif path[0] == "profiles" and last in ("down", "up"):
        last = f"speed {last} stairs"
    return f"{', '.join(titles)}: {last}" if titles else last
