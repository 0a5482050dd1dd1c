"""Threat at a place: the run's own table, the closed form indoors, spells, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import drillsim as ds
from drillsim.errors import DrillsimError
from drillsim.hazards.indoor import indoor_at
from drillsim.scenario.model import Scenario
from drillsim.study.threat import threat
from tests.leaky import write_leaky


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return ds.load(write_leaky(tmp_path_factory.mktemp("leaky")))


def test_outdoors_and_indoors_are_what_a_run_says(scenario: Scenario) -> None:
    (one,) = ds.threat(scenario, "hut")
    run, spaces = one.leak.run, one.world.facility.space_index
    for time_s in (0.0, 600.0, 1200.0, 3000.0):
        index = int(np.searchsorted(one.times_s, time_s))
        inside = run.at("ppm", np.array([spaces["hut"]]), time_s)[0]
        assert one.airs[1].ppm[index] == pytest.approx(inside, rel=1e-9, abs=1e-12)
    (east,) = ds.threat(scenario, "east")
    index = int(np.searchsorted(east.times_s, 600.0))
    outdoors = run.at("ppm", np.array([spaces["east"]]), 600.0)[0]
    assert east.airs[0].ppm[index] == pytest.approx(outdoors, rel=1e-9)


def test_indoors_follows_the_closed_form(scenario: Scenario) -> None:
    (one,) = ds.threat(scenario, "120,0")
    outdoors, house = one.airs
    assert one.building is None
    assert house.exchange_s is not None
    index = int(np.searchsorted(one.times_s, 900.0))
    expected = indoor_at(
        900.0, outdoor=outdoors.ppm[:index], times_s=one.times_s[:index], air_exchange_s=house.exchange_s
    )
    assert house.ppm[index] == pytest.approx(expected, rel=1e-9)


def test_with_vents_shut_the_air_is_cleaner_and_stays_bad_longer(scenario: Scenario) -> None:
    (one,) = ds.threat(scenario, "hut")
    outdoors, running, shut = one.airs
    assert [air.name for air in one.airs] == ["outdoors", "indoors", "shut"]
    assert shut.exchange_s == pytest.approx(1800.0)
    assert outdoors.peak_ppm > running.peak_ppm > shut.peak_ppm
    assert shut.above("aegl2")[-1].end_s > running.above("aegl2")[-1].end_s


def test_a_spell_begins_and_ends_where_the_table_crosses_the_level(scenario: Scenario) -> None:
    (one,) = ds.threat(scenario, "east")
    ppm, times = one.airs[0].ppm, one.times_s
    spells = one.airs[0].above("aegl2")
    inside = np.zeros(len(times), dtype=bool)
    for spell in spells:
        inside |= (times >= spell.start_s) & (times < spell.end_s)
    assert (inside == (ppm > 1.7)).all()
    assert len(spells) >= 1
    assert one.airs[0].above("aegl3") == ()


def test_what_is_not_over_at_the_horizon_has_no_end(scenario: Scenario) -> None:
    short = scenario.model_copy(update={"horizon_s": 600.0})
    (one,) = ds.threat(short, "hut")
    assert one.airs[0].above("aegl2")[-1].end_s == math.inf


def test_a_point_on_the_axis_sees_more_than_the_mean_of_a_space(scenario: Scenario) -> None:
    (point,), (space,) = ds.threat(scenario, (200.0, 0.0)), ds.threat(scenario, "east")
    assert point.place.space is None
    assert point.airs[0].peak_ppm > space.airs[0].peak_ppm > 0.0
    assert ds.threat(scenario, "200, 0")[0].rows() == point.rows()


@pytest.mark.parametrize(
    ("place", "asked", "said"),
    [
        ("eats", {}, "did you mean east"),
        ("1;2", {}, "A point is written x,y"),
        ("nan,3", {}, "no space 'nan,3'"),
        ((math.nan, 0.0), {}, "finite"),
        ("20000,0", {}, "more than 10 km"),
        ("east", {"wind_speed_m_s": 0.9}, "1 m/s or more"),
        ("east", {"hazard": "nothing"}, "no leak"),
    ],
)
def test_bad_questions_are_refused(scenario: Scenario, place: Any, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(DrillsimError, match=said):
        threat(scenario, place, **asked)
