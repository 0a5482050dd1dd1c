"""The hazards of one run by themselves: when a dormant one begins, and what holds where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from drillsim.hazards.fire import FireRun
from drillsim.hazards.leak import LeakRun
from drillsim.simulation.clock import Clock
from drillsim.simulation.core import Core
from drillsim.simulation.dangers import Dangers
from drillsim.simulation.evacuees import Evacuees
from drillsim.simulation.moments import Moments
from drillsim.simulation.prepare import prepare
from drillsim.simulation.resources import Resources
from drillsim.streams import Streams
from drillsim.trace.log import RunHeader, Trace
from tests.simulation.small import fork, small, task

LEAK = {
    "kind": "leak",
    "substance": "acrylonitrile",
    "at": "west",
    "amount": "200 kg",
    "outflow": "1 min",
    "pool": "10 m²",
    "noticed": "0.001 ppm",
}
FIRE = {
    "kind": "fire",
    "at": "room",
    "door": "door",
    "smoulder": "60 s",
    "growth": "60 s",
    "detector": "10 s",
    "door_leak_share": "0 %",
}
AIR = {"kind": "prescribed", "at": "room", "air": [{"extinction": "2 /m", "co": "20000 ppm"}]}
DORMANT = {"dormant": "true"}
TASKS = {"over": task(milestone="over")}
WEATHER = {"wind_from": "270°", "wind_sd": "0°", "wind_speed": "3 m/s"}


@dataclass(frozen=True)
class Run:
    """Hazards and people on a clock, without a plan."""

    core: Core
    evacuees: Evacuees
    dangers: Dangers

    def until(self, time_s: float) -> None:
        self.core.clock.wake_at(time_s, lambda: None)
        while self.core.clock.turn(self.evacuees.crowd, until_s=time_s, watched=self.evacuees.passed):
            self.dangers.people_moved()

    def start(self, hazard: str, *, cause: int = 0) -> None:
        self.dangers.start_hazard(hazard, cause=cause)

    def treat(self, action: str, *, hazard: str = "h") -> None:
        self.dangers.treat(hazard=hazard, action=action, factor=0.0, cause=0)

    def done(self, hazard: str = "h") -> list[tuple[float, str]]:
        rows = (row for _, row in self.core.trace.of("hazard"))
        return [(row.time_s, row.task) for row in rows if row.actor == hazard]

    def reached(self, threshold: str, place: str) -> list[float]:
        rows = (row for _, row in self.core.trace.of("threshold"))
        return [row.time_s for row in rows if (row.task, row.place) == (threshold, place)]


def begin(made: Any = small, *, conditions: Any = "emergency", **hazards: dict[str, Any]) -> Run:
    scenario = made(tasks=TASKS, hazards=hazards, weather=WEATHER)
    prepared = prepare(scenario)
    header = RunHeader(
        scenario="small",
        digest="",
        plan="plan",
        conditions=conditions,
        seed=1,
        replication=0,
        version="",
        fingerprint="",
        start_s=0.0,
        slot_s=3600.0,
        horizon_s=scenario.horizon_s,
        milestones=(),
        groups=(),
        spaces=prepared.facility.spaces,
        links=prepared.facility.links,
        musters=(),
        operations=(),
        units=(),
        plan_edges=(),
    )
    clock = Clock()
    core = Core(
        scenario=scenario,
        plan_name="plan",
        plan=scenario.plans["plan"],
        conditions=conditions,
        facility=prepared.facility,
        clock=clock,
        trace=Trace(header),
        streams=Streams(1),
        moments=Moments(clock),
        resources=Resources(clock),
        tasks={},
        injects=frozenset(),
    )
    evacuees = Evacuees(core, record=True)
    run = Run(core, evacuees, Dangers(core, evacuees))
    run.dangers.start(core.note("startex"))
    return run


# -- dormant hazards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("made", "spec"), [(fork, LEAK), (small, FIRE), (small, AIR)])
def test_a_dormant_hazard_does_nothing_until_it_is_started(made: Any, spec: dict[str, Any]) -> None:
    run = begin(made, h=spec | DORMANT)
    run.until(3600.0)
    assert {row.event for row in run.core.trace.rows} == {"startex", "wind"}
    assert run.dangers.kept_out() == frozenset()
    assert not run.dangers.pending()
    awake = begin(made, h=spec)
    awake.until(3600.0)
    assert "threshold" in {row.event for row in awake.core.trace.rows}


def test_a_second_leak_is_the_first_one_later() -> None:
    run = begin(fork, first=LEAK, second=LEAK | DORMANT)
    run.until(600.0)
    run.start("second", cause=0)
    run.until(1200.0)
    (number, row) = next((n, row) for n, row in run.core.trace.of("hazard") if row.task != "smelt")
    assert row == (600.0, "hazard", "second", "", "started", None, "", 0)
    came = {
        row.actor: row for _, row in reversed(list(run.core.trace.of("threshold"))) if row.place == "east"
    }
    assert came["second"].time_s == came["first"].time_s + 600.0
    assert came["second"].cause == number


def test_a_leak_may_begin_some_time_after_it_is_started() -> None:
    run = begin(fork, h=LEAK | DORMANT | {"onset": "2 min"})
    run.until(300.0)
    run.start("h")
    run.until(900.0)
    assert 420.0 < run.reached("noticed", "yard-east")[0] <= 440.0


def test_a_fire_that_is_set_smoulders_first() -> None:
    run = begin(h=FIRE | DORMANT)
    run.until(100.0)
    run.start("h")
    run.until(400.0)
    assert run.done() == [(100.0, "started"), (160.0, "flaming"), (170.0, "detected")]
    assert 160.0 < run.reached("smoke", "room")[0] < 300.0
    drawn = {row.task: row.time_s for _, row in run.core.trace.of("drawn")}
    assert drawn["hazards.h.smoulder"] == 100.0


def test_starting_twice_or_what_has_begun_does_nothing() -> None:
    run = begin(fork, h=LEAK | DORMANT, awake=LEAK)
    run.until(60.0)
    run.start("h")
    leak = run.dangers.runs["h"]
    rows = len(run.core.trace.rows)
    run.until(61.0)
    run.start("h")
    run.start("awake")
    assert run.dangers.runs["h"] is leak
    assert len(run.core.trace.rows) == rows


def test_what_is_done_to_a_dormant_hazard_is_lost_but_doors_stay_shut() -> None:
    run = begin(fork, leak=LEAK | DORMANT | {"puff": "1 kg"})
    run.treat("plug", hazard="leak")
    run.treat("shut-door", hazard="leak")
    assert run.done("leak") == [(0.0, "plug"), (0.0, "shut-door")]
    run.until(60.0)
    run.start("leak")
    leak = run.dangers.runs["leak"]
    assert isinstance(leak, LeakRun)
    assert leak.pool.inflow_end_s == 120.0
    vapour = sum(part.rate_kg_s * (part.end_s - part.start_s) for part in leak.segments())
    assert vapour == pytest.approx(200.0)


@pytest.mark.parametrize("last_share", [0.0, 1.0])
def test_a_fire_that_is_set_meets_the_doors_as_they_stand(last_share: float) -> None:
    run = begin(h=FIRE | DORMANT)
    run.treat("attack")
    run.treat("shut-door")
    run.dangers.link_changed(run.core.facility.link_index["door"], open_share=last_share, cause=0)
    run.until(60.0)
    run.start("h")
    run.until(900.0)
    fire = run.dangers.runs["h"]
    assert isinstance(fire, FireRun)
    assert fire.flaming_s == 120.0
    assert bool(run.reached("smoke", "corridor")) is (last_share == 1.0)


def test_the_gas_of_a_device_fells_people_only_after_it_went_off() -> None:
    run = begin(h=AIR | DORMANT)
    run.until(600.0)
    assert list(run.core.trace.of("casualty")) == []
    run.start("h")
    run.until(1800.0)
    felled = [row.time_s for _, row in run.core.trace.of("casualty")]
    awake = begin(h=AIR)
    awake.until(1800.0)
    assert felled == pytest.approx([600.0 + row.time_s for _, row in awake.core.trace.of("casualty")])
    assert len(felled) == 10


def test_an_imaginary_device_fells_nobody() -> None:
    run = begin(h=AIR | DORMANT, conditions="exercise")
    run.start("h")
    run.until(1800.0)
    assert run.reached("smoke", "room") == [0.0]
    assert list(run.core.trace.of("casualty")) == []


# -- what holds now -----------------------------------------------------------------------------------


def test_a_threshold_holds_while_it_is_reached_and_no_longer() -> None:
    run = begin(h=AIR | DORMANT | {"air": [{"from": "10 s", "until": "70 s", "extinction": "2 /m"}]})
    room, yard = (run.core.facility.space_index[name] for name in ("room", "yard"))
    held = []
    for moment in (5.0, 20.0, 60.0, 100.0):
        run.until(moment)
        if moment == 5.0:
            run.start("h")
        held.append([run.dangers.holds("h", "smoke", space) for space in (room, yard)])
    assert held == [[False, False], [True, False], [True, False], [False, False]]
    assert not run.dangers.holds("h", "untenable", yard)


# -- ignition -----------------------------------------------------------------------------------------


def test_a_leak_that_is_set_alight_can_be_waited_for_until_it_has_burnt_out() -> None:
    run = begin(fork, h=LEAK)
    run.until(300.0)
    run.treat("ignite")
    run.until(3600.0)
    names = [name for _, name in run.done() if name != "smelt"]
    assert names == ["ignite", "ignited", "burnt-out", "contained"]
    assert all(run.core.moments.happened(f"hazard.h.{name}") for name in names[1:])
    assert (301.0, "ignited") in run.done()


def test_igniting_what_has_not_leaked_yet_is_noted_and_no_more() -> None:
    run = begin(fork, h=LEAK | {"onset": "10 min"})
    run.until(300.0)
    run.treat("ignite")
    run.until(1200.0)
    assert [done for done in run.done() if done[1] != "smelt"] == [(300.0, "ignite")]
    assert run.reached("noticed", "west") != []


def test_what_smoulders_is_smelt_only_by_who_is_there() -> None:
    smelling = FIRE | {"smell": "20 s"}
    profiles = {"plain": {"speed": "1 m/s", "responses": {"smell": "5 s"}}}
    there = begin(partial(small, profiles=profiles), h=smelling)
    nobody = begin(h=smelling | {"at": "corridor"})
    for run in (there, nobody):
        run.dangers.start(0)
        run.until(65.0)
    assert (20.0, "smelt") in there.done()
    assert [(row.time_s, row.task, row.value) for _, row in there.core.trace.of("told")] == [
        (20.0, "smell", 10.0)
    ]
    assert [name for _, name in nobody.done()] == ["flaming"]
