"""What a run asks of the air of a leak is computed once and no further than it asks: evaluations counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from drillsim.hazards.cloud import Cloud, points_alone
from drillsim.hazards.indoor import Building
from drillsim.hazards.leak import LeakRun
from drillsim.hazards.places import Places
from drillsim.hazards.profiles import PassiveProfile
from drillsim.hazards.weather import WeatherRecord
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND, begin_leak, floor, leak, yard

SITE = yard()
POINTS = 9  # of a space of the yard
EAST = np.array([SITE.space_index["east-200"]])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[np.float64]]:
    """Times of each table of a cloud that was computed."""
    found: list[NDArray[np.float64]] = []
    table = Cloud.table

    def counted(self, segments, times_s, spaces=None, **given):
        found.append(times_s)
        return table(self, segments, times_s, spaces, **given)

    monkeypatch.setattr(Cloud, "table", counted)
    return found


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of points of each lattice on which the profile of a line was asked."""
    found: list[int] = []
    sheet = PassiveProfile.sheet

    def counted(self, lattice, nodes):
        found.append(len(lattice.w_j))
        return sheet(self, lattice, nodes)

    monkeypatch.setattr(PassiveProfile, "sheet", counted)
    return found


def test_no_more_is_computed_than_somebody_asks_for(asked: list[NDArray[np.float64]]) -> None:
    run, _ = begin_leak(SITE)
    assert not asked
    run.at("ppm", EAST, 600.0)
    run.crossings(-math.inf, 600.0)
    assert [times.tolist() for times in asked] == [np.arange(0.0, 601.0, 10.0).tolist()]
    run.seconds_above("aegl2", EAST, np.array([0.0]), np.array([900.0]))
    assert asked[1].tolist() == np.arange(610.0, 901.0, 10.0).tolist()
    run.toxic()
    run.crossings(-math.inf, 1e6)
    run.at("ppm", EAST, 1234.0)
    assert len(asked) == 3 and asked[2][0] == 910.0


def test_what_was_computed_is_used_again_until_source_or_wind_change(
    asked: list[NDArray[np.float64]],
) -> None:
    run, record = begin_leak(SITE)
    for change in (lambda: run.act("cover", 0.3, 600.0), lambda: record.shift(900.0, 200.0)):
        run.crossings(-math.inf, 1800.0)
        asked.clear()
        run.crossings(300.0, 1700.0)
        run.link_changed(0, 1.0, 500.0)
        run.followed_changed(500.0)
        run.at("ppm", EAST, 1750.0)
        assert not asked
        change()
    run.air_changed(900.0)
    run.crossings(900.0, 1800.0)
    assert len(asked) == 1 and asked[0][0] == 910.0


def test_vents_cost_nothing_outdoors(asked: list[NDArray[np.float64]]) -> None:
    site, streams = floor(), Streams(1)
    office = Building(spaces=("office",), air_exchange_s=600.0, ventilation_m3_s=0.1, floor_area_m2=30.0)

    def begin() -> LeakRun:
        return leak(at="outside").begin(
            "drum",
            facility=site,
            weather=WeatherRecord.begin(WEST_WIND.model_copy(update={"wind_from_deg": 180.0}), streams),
            conditions="emergency",
            streams=streams,
            drawn=lambda path, value: None,
            buildings={"office": office},
        )

    run, other = begin(), begin()
    inside = np.array([site.space_index["office"]])
    before = run.at("ppm", inside, 1800.0)
    asked.clear()
    run.vents_changed("office", False, 600.0)
    after = run.at("ppm", inside, 1800.0)
    assert not asked and (after != before).all()
    other.vents_changed("office", False, 600.0)
    assert other.at("ppm", inside, 1800.0) == after


def test_asking_by_and_by_is_asking_at_once() -> None:
    slow, once = begin_leak(SITE)[0], begin_leak(SITE)[0]
    found = []
    for start in range(0, 9000, 700):
        found += slow.crossings(start if start else -math.inf, start + 700.0)
    assert found == once.crossings(-math.inf, 9100.0) != []
    assert slow.toxic().ppm == pytest.approx(once.toxic().ppm, rel=1e-12)


def test_spaces_that_no_gas_can_reach_are_not_evaluated(points: list[int]) -> None:
    run, record = begin_leak(SITE)
    run.crossings(-math.inf, 600.0)
    assert points == [POINTS * 6]  # of 9 spaces the source and those to the east
    record.shift(600.0, 0.0)
    run.air_changed(600.0)
    run.crossings(600.0, 1500.0)
    assert sum(points[1:]) <= POINTS * (1 + 6 + 2)  # the old line on its way south, the new one


def test_of_a_table_of_some_spaces_no_others_are_evaluated(points: list[int]) -> None:
    cloud = Cloud(
        points_alone(np.array([[100.0, 0.0], [200.0, 0.0], [300.0, 0.0]])),
        source_m=(0.0, 0.0),
        diameter_m=6.0,
        weather=WEST_WIND,
    )
    segments = begin_leak(SITE)[0].segments()
    cloud.table(segments, np.arange(0.0, 900.0, 10.0), [1])
    assert points == [1]


def test_points_are_not_evaluated_before_the_gas_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    still = Places._add_still

    def counted(self, total, rows, touched, lines, profile):
        calls.append(int(touched[rows].sum()))
        still(self, total, rows, touched, lines, profile)

    monkeypatch.setattr(Places, "_add_still", counted)
    run, _ = begin_leak(SITE)
    run.at("ppm", EAST, 60.0)  # 200 m at less than 3 m/s
    assert calls[0] <= 7 * 3
