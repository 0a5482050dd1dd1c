"""Sums of the package's public functions, written in the table of cases as on paper."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

__all__ = ["value_of"]

# Rooms whose public functions a formula may name.
_ROOMS: Final = (
    "drillsim.facility.flow",
    "drillsim.people.movement",
    "drillsim.people.smoke_speed",
    "drillsim.hazards.fire",
    "drillsim.hazards.fractional_dose",
    "drillsim.hazards.substances",
    "drillsim.hazards.discharge",
    "drillsim.hazards.tank_release",
    "drillsim.hazards.pool",
    "drillsim.hazards.spreading",
    "drillsim.hazards.plume",
    "drillsim.hazards.puff",
    "drillsim.hazards.dense",
    "drillsim.hazards.indoor",
    "drillsim.hazards.combustion",
    "drillsim.hazards.fireball",
    "drillsim.hazards.pool_fire",
    "drillsim.hazards.vapour_explosion",
    "drillsim.hazards.toxic_load",
    "drillsim.hazards.probit",
    "drillsim.hazards.stand_off",
    "drillsim.hazards.segregation",
    # What a release case needs besides, and the worst of many sums.
    "drillsim.verification.prairie_grass",
    "drillsim.verification.releases",
    "drillsim.verification.cloud_properties",
    "drillsim.verification.release_properties",
)
_OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def value_of(formula: str) -> float:
    """The number of a formula: arithmetic of numbers and of public functions of the physics rooms.

    Raises ``ValueError`` for anything else, and what a function raises for its arguments.

    >>> value_of("2 * stair_constant_m_s(riser_m=1, tread_m=1) - 0.5 * 2")
    0.7266666666666666
    """
    return float(_value(ast.parse(formula, mode="eval").body))


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        named = {keyword.arg or "": _value(keyword.value) for keyword in node.keywords}
        return _function(node.func.id)(*map(_value, node.args), **named)
    raise ValueError(f"{ast.unparse(node)} is neither a number, a sum nor a function of the package")


def _function(name: str) -> Callable[..., Any]:
    for room in map(import_module, _ROOMS):
        if name in room.__all__:
            found: Callable[..., Any] = getattr(room, name)
            return found
    raise ValueError(f"no function {name} in {', '.join(_ROOMS)}")
