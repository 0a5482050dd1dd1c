"""A scenario with some values changed: a validated copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import ValidationError

from drillsim.distributions import Distribution
from drillsim.errors import Problem, ScenarioInvalid
from drillsim.scenario.model import Scenario
from drillsim.scenario.shapes import file_keys
from drillsim.spec import Draw, Spec

__all__ = ["Change", "scale", "value_at", "variant"]

Change: TypeAlias = "Draw | Distribution | str | float | int | bool | tuple[Any, ...]"


def variant(scenario: Scenario, changes: Mapping[str, Change]) -> Scenario:
    """A copy of ``scenario`` with the values at these paths replaced.

    A path is dotted and uses field names or keys of files: ``plans.joint.tasks.isolate.takes``. A value is a
    ``Draw`` or ``Distribution``, a text with unit, or a number in SI units. To multiply a value, see
    :func:`scale`. Raises ``KeyError`` for a path that leads nowhere and ``ScenarioInvalid`` for a value that
    is not allowed there. References and cross-checks are not looked at again.
    """
    for path, change in changes.items():
        try:
            scenario = _changed(scenario, path.split("."), change, path)
        except ValidationError as faults:
            message = faults.errors(include_url=False)[0]["msg"]
            raise ScenarioInvalid((Problem("(variant)", 0, 0, path, message, "variant"),)) from None
    return scenario


def scale(scenario: Scenario, path: str, factor: float) -> Scenario:
    """A copy with the value at ``path`` multiplied by ``factor`` > 0, whatever its distribution.

    Raises ``KeyError`` for a path that leads nowhere, ``ValueError`` for a factor not above 0 and
    ``TypeError`` for a value that is no quantity.
    """
    if not factor > 0.0:
        raise ValueError(f"a scale of {factor}; it must be above 0")
    value = value_at(scenario, path)
    if isinstance(value, Draw):
        return variant(scenario, {path: value.scaled(factor)})
    if isinstance(value, float):
        return variant(scenario, {path: value * factor})
    raise TypeError(f"{path} is no quantity; only times, speeds and other quantities can be scaled")


def value_at(scenario: Scenario, path: str) -> Any:
    """The value at a dotted path; raises ``KeyError`` if it leads nowhere."""
    node: Any = scenario
    parts = path.split(".")
    while parts:
        node, parts, _ = _step(node, parts, path)
    return node


def _step(node: Any, parts: list[str], path: str) -> tuple[Any, list[str], str]:
    """The entry below ``node``, the parts that remain, and the name or key taken."""
    if isinstance(node, Spec):
        model = type(node)
        name = parts[0] if parts[0] in model.model_fields else file_keys(model).get(parts[0])
        if name is not None:
            return getattr(node, name), parts[1:], name
    elif isinstance(node, dict):
        # Names may hold dots: the longest that exists is meant.
        for end in range(len(parts), 0, -1):
            key = ".".join(parts[:end])
            if key in node:
                return node[key], parts[end:], key
    elif isinstance(node, tuple) and parts[0].isdecimal() and int(parts[0]) < len(node):
        return node[int(parts[0])], parts[1:], parts[0]
    raise KeyError(f"{path} leads nowhere: there is no {parts[0]!r}")


def _changed(node: Any, parts: list[str], change: Any, path: str) -> Any:
    if not parts:
        return change
    below, rest, key = _step(node, parts, path)
    new = _changed(below, rest, change, path)
    if isinstance(node, Spec):
        return type(node).model_validate({**node.__dict__, key: new})
    if isinstance(node, dict):
        return {**node, key: new}
    return (*node[: int(key)], new, *node[int(key) + 1 :])
