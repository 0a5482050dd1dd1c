"""Toxic loads along paths: who reaches which class, who dies by which set, what an air set keeps out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drillsim.hazards.substances import substance
from drillsim.hazards.toxic_load import ToxicAir, constant_load
from drillsim.simulation.run import run
from drillsim.simulation.toxic_exposure import BREATHING_AIR_FACTOR, note_responders_toxic
from drillsim.simulation.unit_stays import Stay
from drillsim.trace.log import Trace
from tests.simulation.small import fork, task

LEAK = {
    "kind": "leak",
    "substance": "acrylonitrile",
    "at": "yard-west",
    "amount": "200 kg",
    "outflow": "10 min",
    "pool": "10 m²",
    "onset": "-10 min",
}
STAY = {"over": task(takes="30 min", milestone="over")}


class Noted:
    """A trace and nothing else, in place of the core of a run."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.trace = self

    def add(self, time_s: float, event: str, **columns: Any) -> None:
        self.rows.append((event, columns["actor"], columns["task"], columns["value"]))


def air(ppm: float) -> ToxicAir:
    return ToxicAir(substance("chlorine"), np.array([0.0, 3600.0]), np.array([[ppm, 0.0]]))


def stay(unit: str, *, on_air: bool, people: int = 4) -> Stay:
    return Stay(unit, 0, 0.0, 3600.0, people, on_air)


def test_a_crew_reaches_the_class_of_its_load_and_an_air_set_keeps_it_out() -> None:
    core = Noted()
    note_responders_toxic(
        core, air(25.0), [stay("bare", on_air=False), stay("masked", on_air=True)], end_s=9.0
    )
    # AEGL-3 of chlorine for 60 min is 20 ppm.
    assert core.rows == [("responder-toxic-class", "bare", f"aegl{level}", 4.0) for level in (1, 2, 3)]
    assert constant_load(25.0 / BREATHING_AIR_FACTOR, exponent=2.0, duration_s=3600.0) < 1e-3


def test_those_who_left_a_place_do_not_count_twice() -> None:
    core = Noted()
    there_and_gone = [stay("crew", on_air=False, people=6), stay("crew", on_air=False, people=-2)]
    note_responders_toxic(core, air(3.0), there_and_gone, end_s=9.0)
    assert {row[3] for row in core.rows} == {6.0}


def of(trace: Trace, event: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for _, row in trace.of(event):
        found[row.task] = found.get(row.task, 0.0) + float(row.value or 0.0)
    return found


@pytest.fixture(scope="module")
def harmed() -> Trace:
    weather = {"wind_from": "270°", "wind_sd": "0°", "wind_speed": "2 m/s", "terrain": "rural"}
    buildings = {"block": {"spaces": ["west", "room", "east", "store"], "air_exchange": "5 min"}}
    scenario = fork(tasks=STAY, hazards={"d": LEAK}, weather=weather, buildings=buildings)
    return run(scenario, plan="plan", conditions="emergency")


def test_a_class_counts_all_who_reached_it_or_a_higher_one(harmed: Trace) -> None:
    reached = of(harmed, "toxic-class")
    assert reached["aegl1"] >= reached["aegl2"] >= reached.get("aegl3", 0.0) >= 0.0
    assert 0.0 < reached["aegl2"] <= 10.0


def test_expected_deaths_never_exceed_the_heads(harmed: Trace) -> None:
    dead = of(harmed, "toxic-deaths")
    assert set(dead) == {"purple-book"}
    assert all(0.0 < value <= 10.0 for value in dead.values())
