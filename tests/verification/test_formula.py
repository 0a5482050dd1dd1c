"""Sums in the table of cases."""

from __future__ import annotations

import math

import pytest

from drillsim.verification.formula import value_of


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3 - 8 / 4", 5.0),
        ("-(2 - 5)", 3.0),
        ("imo_flow_time(165, flow_p_s_m=1.3, clear_width_m=1.4)", 165 / 1.82),
        ("imo_ideal_time(flow_times_s=[2, 7], walking_times_s=[1, 2])", 10.0),
        ("speed_m_s('weidmann', density_p_m2=0)", 1.34),
        ("purser_co_rate_per_min(0)", 0.0),
        ("fireball_diameter_m(8e3)", 116.0),
        ("2 * round_hole_m2(2)", 2 * math.pi),
    ],
)
def test_arithmetic_of_numbers_and_public_functions(formula: str, value: float) -> None:
    assert value_of(formula) == pytest.approx(value)


@pytest.mark.parametrize(
    "formula",
    [
        "open('/etc/passwd')",
        "__import__('os').getcwd()",
        "(lambda: 1)()",
        "[n for n in (1, 2)]",
        "2 ** 9",
        "x",
        "_between(1, 2, 'x')",
    ],
)
def test_nothing_else_is_run(formula: str) -> None:
    with pytest.raises(ValueError, match=r"neither a number|no function"):
        value_of(formula)
