from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.hazards.drift import Drift, SourceSegment
from drillsim.hazards.lines import Lines, Release, lines_at
from drillsim.hazards.places import Places
from drillsim.hazards.profiles import PassiveProfile
from drillsim.hazards.weather import WindSegment
from tests.hazards.sites import WEST_WIND

STEADY = SourceSegment(0.0, 36_000.0, 0.5, 270.0, 3.0)
PROFILE = PassiveProfile((0.0,), weather=WEST_WIND, diameter_m=6.0, averaging_s=180.0)


def lines(*, turns: bool) -> Lines:
    """A line at 100 s and at 900 s; with ``turns`` one that the wind moved as well."""
    winds, parts = [WindSegment(-math.inf, 270.0, 3.0)], [STEADY]
    if turns:
        winds.append(WindSegment(800.0, 240.0, 3.0))
        parts = [STEADY._replace(end_s=800.0), STEADY._replace(start_s=800.0, from_deg=240.0)]
    return lines_at(
        Release.of(parts, Drift(winds, float), passive=True),
        np.array([100.0, 900.0]),
        profile=PROFILE,
        reach_m=3000.0,
    )


@pytest.mark.parametrize("turns", [False, True])
def test_the_sum_over_the_points_of_a_space_is_that_of_its_points_alone(turns: bool) -> None:
    points = np.random.default_rng(1).uniform((0.0, -60.0), (800.0, 60.0), (60, 2))
    found = lines(turns=turns)
    assert found.still.tolist() == ([True, False, True] if turns else [True, True])
    grouped = Places.of(points, np.zeros(60), np.full(6, 10), near_m=6.0).sums(found, PROFILE, 2)
    alone = Places.of(points, np.zeros(60), np.ones(60, dtype=np.intp), near_m=6.0)
    each = alone.sums(found, PROFILE, 2)
    assert grouped == pytest.approx(each.reshape(6, 10, 2).sum(axis=1), abs=1e-9 * grouped.max())
    assert grouped.max() > 0.0
    assert alone.only(np.array([7])).sums(found, PROFILE, 2) == pytest.approx(each[[7]])


def test_many_points_are_worked_on_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(1).uniform((0.0, -60.0), (800.0, 60.0), (60, 2))
    places = Places.of(points, np.zeros(60), np.full(6, 10), near_m=6.0)
    whole = places.sums(lines(turns=True), PROFILE, 2)
    monkeypatch.setattr("drillsim.hazards.places.AT_ONCE", 1)
    assert places.sums(lines(turns=True), PROFILE, 2) == pytest.approx(whole, rel=1e-12)


def test_no_lines_bring_nothing() -> None:
    none = lines_at(
        Release.of([STEADY], Drift([WindSegment(-math.inf, 270.0, 3.0)], float), passive=True),
        np.array([-5.0]),
        profile=PROFILE,
        reach_m=3000.0,
    )
    places = Places.of(np.ones((3, 2)), np.zeros(3), np.ones(3, dtype=np.intp), near_m=6.0)
    assert not places.sums(none, PROFILE, 1).any()
