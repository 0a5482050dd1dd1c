"""One order for everything whose order has no meaning, so that reordering a file changes nothing."""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

from drillsim.distributions import Distribution
from drillsim.spec import Draw, Spec

__all__ = ["as_json", "canonical"]

_S = TypeVar("_S", bound=Spec)

# Lists whose order says something: stairs from below, links from first to second, points east then north.
# Specs name more of their own in a class variable ``ordered``: rooms in the order they are searched.
_ORDERED: Final = frozenset({"floors", "between", "at_m", "size_m"})


def as_json(value: Any) -> Any:
    """A spec, draw or container as JSON-ready data, keys sorted when dumped."""
    if isinstance(value, Spec):
        return {name: as_json(entry) for name, entry in value.__dict__.items()}
    if isinstance(value, Draw):
        return {
            "exercise": as_json(value.exercise),
            "emergency": as_json(value.emergency),
            "source": value.source,
            "confidence": value.confidence,
        }
    if isinstance(value, Distribution):
        return [value.shape, *value.parameters]
    if isinstance(value, dict):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(entry) for entry in value]
    return value


def canonical(spec: _S) -> _S:
    """The same spec with tables sorted by name and lists without meaning in their order sorted by content."""
    ordered = _ORDERED | getattr(type(spec), "ordered", frozenset())
    changes = {name: _sorted(value, keep=name in ordered) for name, value in spec.__dict__.items()}
    return spec.model_copy(update=changes)


def _sorted(value: Any, *, keep: bool = False) -> Any:
    """``keep``: a list keeps its order."""
    if isinstance(value, Spec):
        return canonical(value)
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, tuple):
        entries = tuple(_sorted(entry) for entry in value)
        return entries if keep else tuple(sorted(entries, key=_rank))
    return value


def _rank(value: Any) -> str:
    return json.dumps(as_json(value), sort_keys=True, ensure_ascii=False)
