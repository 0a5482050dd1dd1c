"""Properties of sources, doses and blasts: they hold, and broken physics breaks them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.hazards import constants, discharge, evaporation, indoor, toxic_load, vapour_explosion
from drillsim.verification import release_properties as properties
from drillsim.verification.suite import selected, verify
from drillsim.verification.tables import failed

SOURCES = ["R-5", "R-6", "R-9", "R-10", "R-13", "R-14", "R-15", "R-16"]


def red(*names: str) -> set[str]:
    return {row.case.case for row in failed(verify(selected(names)))}


def test_the_properties_of_sources_doses_and_blasts_hold() -> None:
    rows = list(verify(selected(SOURCES)))
    assert {row.case.case.split(".")[0] for row in rows} == set(SOURCES)
    assert [(row.case.case, row.got, row.fault) for row in failed(rows)] == []


def test_a_tank_that_loses_mass_turns_its_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = properties.Emptying.held_kg
    monkeypatch.setattr(properties.Emptying, "held_kg", lambda self, state: sound(self, state) ** 0.999)
    assert "R-5.tank" in red("R-5")


def test_gas_that_chokes_at_another_pressure_turns_its_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = discharge.critical_pressure_ratio
    # Choked at once, at a rate that the unchoked one does not come to.
    monkeypatch.setattr(
        discharge,
        "gas_orifice_rate",
        lambda *_, pressure_pa, heat_capacity_ratio, **__: (
            2.0 if pressure_pa > constants.P0_PA / sound(heat_capacity_ratio) else 1.0
        ),
    )
    assert red("R-14") == {"R-14.choked"}


def test_blasts_and_their_joints_are_told_from_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c, plateau, end = vapour_explosion._CURVES[0.7]
    monkeypatch.setitem(vapour_explosion._CURVES, 0.7, (a, b, c, 1.1 * plateau, end))
    assert red("R-15") == {"R-15.joint"}
    monkeypatch.setitem(vapour_explosion._CURVES, 0.7, (a, b, -c, plateau, end))
    assert {"R-15.joint", "R-15.blast"} <= red("R-15")


def test_a_load_that_counts_every_stay_anew_turns_its_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toxic_load, "path_loads", lambda *_, start_s, **__: np.array([float(len(start_s))]))
    assert red("R-13") == {"R-13.cut"}


def test_air_that_gathers_indoors_turns_its_rows_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indoor, "indoor_concentration", lambda outdoor, **_: 1.5 * outdoor)
    assert {"R-6.highest", "R-6.leaves", "R-6.step"} <= red("R-6")


def test_what_is_answered_out_of_range_or_not_finite_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaporation, "saturation_ratio", lambda _: math.nan)
    assert properties.not_finite() == 2.0
    assert properties.accepted_outside_range() == 1.0
    assert red("R-10", "R-16") == {"R-10", "R-16"}
