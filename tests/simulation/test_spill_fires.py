"""Detectors, ignition and fires of spills in whole runs: who waits for them, who is hit, who keeps out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drillsim.hazards.substances import substance
from drillsim.hazards.toxic_load import ToxicAir
from drillsim.measures.evaluate import evaluate
from drillsim.simulation.carried_detectors import air_along
from drillsim.simulation.run import run
from drillsim.spec import Conditions
from drillsim.trace.log import Trace
from tests.simulation.small import inject, profile, small, space, task, times, when

WEST = {"wind_from": "270°", "wind_sd": "0°", "wind_speed": "3 m/s", "temperature": "20 °C"}
GAS: dict[str, Any] = {
    "kind": "leak",
    "substance": "propane",
    "at": "tank",
    "spread": "free",
    "source": {"kind": "direct", "rate": "3 kg/s", "duration": "20 min"},
    "onset": "1 min",
}
OPEN_END = task(takes="40 min", milestone="over")


def site(**sections: Any) -> Any:
    """A tank, people 40 m downwind of it in the open, a room, a muster 300 m off; a crew at the muster."""
    spaces = {
        "tank": space("yard", x=0, width=4, y=0, depth=4),
        "near": space("yard", x=40, width=10, y=0, depth=10),
        "room": space("room", x=40, width=6, y=9, depth=6),
        "away": space("muster", x=300, width=10, y=0, depth=10),
    }
    links = {
        "gate": {"between": ["tank", "near"], "width": "4 m"},
        "door": {"between": ["near", "room"], "width": "1 m"},
        "road": {"between": ["near", "away"], "width": "4 m"},
    }
    made: dict[str, Any] = {
        "facility": {"spaces": spaces, "links": links},
        "weather": WEST,
        "profiles": profile(voice="30 s", smoke="5 s", gas="600 s"),
        "groups": {
            "crew": {"count": "8", "place": "near", "profile": "plain"},
            "desk": {"count": "4", "place": "room", "profile": "plain"},
        },
        "agencies": {"fire": {"title": "fire", "units": {"pump": {"people": "4", "station": "away"}}}},
        "tasks": {"over": OPEN_END},
    }
    return small(**(made | sections))


def play(scenario: Any, conditions: Conditions = "emergency") -> Trace:
    return run(scenario, plan="plan", conditions=conditions)


def moment(trace: Trace, hazard: str, what: str) -> float:
    return next(
        (row.time_s for _, row in trace.of("hazard") if (row.actor, row.task) == (hazard, what)), math.nan
    )


def spill(burns: dict[str, Any], **entries: Any) -> dict[str, Any]:
    return {"kind": "spill-fire", "at": "tank", "dormant": "true", "fire": burns} | entries


def test_discovery_comes_from_a_detector_and_a_milestone_follows_from_it() -> None:
    detectors = {"fence": {"at": "near", "kind": "infrared", "alarm_lel": "20 %"}}
    tasks = {
        "look": task(after="hazard.gas.detected", takes="1 min", milestone="looked"),
        "evacuate": task(
            after="hazard.gas.fence", takes="0 s", effects=[{"do": "tell", "groups": "crew", "mode": "voice"}]
        ),
        "over": OPEN_END,
    }
    trace = play(site(hazards={"gas": GAS | {"detectors": detectors}}, tasks=tasks))
    alarm_s = moment(trace, "gas", "fence")
    assert 60.0 < alarm_s == moment(trace, "gas", "detected") < 300.0
    assert when(trace, "looked") == pytest.approx(alarm_s + 60.0)
    assert times(trace, "told", task="voice", actor="crew") == [alarm_s]


def test_a_patrol_finds_the_leak_by_the_detector_it_carries_when_it_gets_there() -> None:
    detectors = {"meter": {"carried_by": "pump", "kind": "pid", "alarm": "500 ppm", "response": "10 s"}}
    hazards = {"gas": GAS | {"detectors": detectors}}
    tasks = {
        "walk": task(by="pump", at="near", takes="20 min"),
        "report": task(after="hazard.gas.detected", takes="1 min", milestone="reported"),
        "over": OPEN_END,
    }
    far = {
        "tank": space("yard", x=0, width=4, y=0, depth=4),
        "near": space("yard", x=40, width=10, y=0, depth=10),
    }
    far["away"] = space("muster", x=-300, width=10, y=0, depth=10)  # upwind: clean air
    links = {
        "gate": {"between": ["tank", "near"], "width": "4 m"},
        "road": {"between": ["near", "away"], "width": "4 m"},
    }
    groups = {"crew": {"count": "1", "place": "away", "profile": "plain", "stays": "true"}}
    made = {"hazards": hazards, "facility": {"spaces": far, "links": links}, "groups": groups}
    trace = play(site(tasks=tasks, **made))
    (begun,) = times(trace, "task-started", task="walk")
    alarm_s = moment(trace, "gas", "meter")
    assert begun > 60.0 and begun < alarm_s == moment(trace, "gas", "detected") < begun + 10.0
    assert when(trace, "reported") == pytest.approx(alarm_s + 60.0)
    row = next(row for _, row in trace.of("hazard") if row.task == "meter")
    assert row.place == "near" and trace.rows[row.cause].event == "unit-state"
    idle = play(site(tasks={"over": OPEN_END}, **made))
    assert math.isnan(moment(idle, "gas", "meter"))  # nobody carries it there


def test_what_a_unit_carries_reads_the_air_of_the_space_it_is_in() -> None:
    air = ToxicAir(
        substance("propane"), np.array([0.0, 10.0, 20.0]), np.array([[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]])
    )
    read, ppm = air_along(air, [(-5.0, 0), (12.0, -1), (15.0, 1)])
    assert read.tolist() == [-5.0, 0.0, 10.0, 12.0, 15.0, 20.0]
    assert ppm.tolist() == [0.0, 1.0, 2.0, 0.0, 6.0, 7.0]


def test_a_leak_is_smelt_where_people_are_and_not_where_nobody_is() -> None:
    leak = GAS | {"substance": "acrylonitrile", "spread": "given", "pool": "30 m²", "noticed": "17 ppm"}
    trace = play(site(hazards={"gas": leak}))
    first = next(row for _, row in trace.of("hazard") if row.task == "smelt")
    assert first.place in ("near", "room")
    empty = site(hazards={"gas": leak}, groups={})
    assert math.isnan(moment(play(empty), "gas", "smelt"))


@pytest.fixture(scope="module")
def flash() -> Trace:
    ignition = {"at": "near", "starts": ["bang", "torch"]}
    hazards = {
        "gas": GAS | {"ignition": ignition},
        "bang": spill({"kind": "explosion", "congestion": "high"}, of="gas"),
        "torch": spill({"kind": "jet"}, of="gas"),
    }
    tasks = {"raise": task(after="hazard.bang.explosion", milestone="raised"), "over": OPEN_END}
    return play(site(hazards=hazards, tasks=tasks))


def test_the_cloud_reaches_a_source_of_ignition_explodes_and_goes_on_as_a_jet(flash) -> None:
    lit = moment(flash, "gas", "flash")
    assert 60.0 < lit == moment(flash, "bang", "explosion") == moment(flash, "torch", "burning")
    assert moment(flash, "torch", "fire-out") == pytest.approx(1260.0)
    assert when(flash, "raised") == lit + 60.0
    asked = [row.task for _, row in flash.of("hazard") if row.actor == "gas"]
    assert asked.count("ignite") == 1
    causes = {row.actor: row.cause for _, row in flash.of("hazard") if row.task == "started"}
    flashed = next(n for n, row in flash.of("hazard") if row.task == "flash")
    assert causes == {"bang": flashed, "torch": flashed}


def test_who_stands_in_the_cloud_is_felled_and_the_desk_indoors_is_not_burnt(flash) -> None:
    lit = moment(flash, "gas", "flash")
    fell = [row for _, row in flash.of("casualty")]
    assert {(row.actor, row.task) for row in fell} == {("crew", "thermal-1000tdu")}
    assert sum(row.value or 0.0 for row in fell) == 8.0
    assert all(lit <= row.time_s <= lit + 1.0 for row in fell)
    values = evaluate(flash)
    dead = {(row.actor, row.task): row.value for _, row in flash.of("heat-deaths")}
    for probit in ("eisenberg", "purple-book"):
        assert dead["crew", probit] == pytest.approx(8.0)  # once, though the jet burns where they lie
        assert 8.0 <= values[f"deaths-by-heat.{probit}.people"].number < 12.0
    assert values["exposed.engulfed.people"].number == 8.0
    assert values["stand-off.torch.heat-burns"].number > values["stand-off.torch.heat-lethal"].number > 0.0
    assert 0.0 < values["harmed-by-blast.sheet.people"].number <= 12.0


def test_in_an_exercise_the_same_happens_to_nobody(flash) -> None:
    ignition = {"at": "near", "starts": "bang"}
    hazards = {"gas": GAS | {"ignition": ignition}, "bang": spill({"kind": "explosion"}, of="gas")}
    trace = play(site(hazards=hazards), "exercise")
    assert moment(trace, "bang", "explosion") == moment(flash, "bang", "explosion")
    assert list(trace.of("casualty")) == []
    assert evaluate(trace)["exposed.engulfed.people"].number == 8.0  # what would have been


def test_an_inject_lights_the_pool_foam_puts_it_out_and_people_flee_from_the_heat() -> None:
    drum = GAS | {
        "substance": "toluene",
        "spread": "given",
        "pool": "300 m²",
        "source": {"kind": "direct", "rate": "50 kg/s", "duration": "2 min", "as": "liquid"},
        "onset": "0 s",
    }
    hazards = {"gas": drum, "blaze": spill({"kind": "pool"}, of="gas")}
    tasks = {
        "foam": task(
            after="hazard.blaze.burning",
            takes="4 min",
            effects=[{"do": "treat", "hazard": "gas", "action": "extinguish"}],
        ),
        "over": OPEN_END,
    }
    injects = {"spark": inject("5 min", {"do": "start", "hazard": "blaze"})}
    trace = play(site(hazards=hazards, tasks=tasks, injects=injects))
    assert moment(trace, "blaze", "burning") == 300.0
    assert moment(trace, "gas", "ignited") == 301.0
    assert moment(trace, "blaze", "fire-out") == 540.0
    reached = {(row.task, row.place): row.time_s for _, row in trace.of("threshold") if row.actor == "blaze"}
    assert reached["heat-felt", "near"] == 300.0 and ("heat-felt", "room") not in reached
    told = [(row.actor, row.task, row.time_s) for _, row in trace.of("told")]
    assert ("crew", "smoke", 300.0) in told
    assert not any((actor, mode) == ("desk", "smoke") for actor, mode, _ in told)
    taken = {(row.actor, row.task): row.value for _, row in trace.of("dose")}
    assert taken["crew", "thermal-1000tdu"] > 0.0 and ("desk", "thermal-1000tdu") not in taken


def test_responders_go_round_heat_that_burns_and_a_crew_in_it_is_told_at_the_end() -> None:
    spaces = {
        "tank": space("yard", x=0, width=4, y=0, depth=4),
        "near": space("yard", x=40, width=10, y=0, depth=10),
        "round": space("yard", x=40, width=10, y=500, depth=10),
        "away": space("muster", x=300, width=10, y=0, depth=10),
        "goal": space("yard", x=-300, width=10, y=0, depth=10),
    }
    ways = [("near", "away"), ("near", "goal"), ("round", "away"), ("round", "goal"), ("tank", "near")]
    links = {f"{one}-{two}": {"between": [one, two], "width": "4 m"} for one, two in ways}
    pool = spill({"kind": "pool", "area": "300 m²"}, substance="toluene")
    tasks = {
        "go": task(by="pump", at="goal", takes="1 min"),
        "stand": task(by="pump", at="near", after="go", takes="10 min"),
        "over": OPEN_END,
    }
    made = {
        "facility": {"spaces": spaces, "links": links},
        "hazards": {"blaze": pool},
        "tasks": tasks,
        "groups": {"crew": {"count": "1", "place": "goal", "profile": "plain", "stays": "true"}},
        "injects": {"spark": inject("0 s", {"do": "start", "hazard": "blaze"}, off="true")},
    }
    cool = play(site(**made))
    hot = run(site(**made), plan="plan", injects=("spark",))
    straight, around = (times(trace, "task-started", task="go")[0] for trace in (cool, hot))
    assert around > straight + 60.0
    assert evaluate(hot)["responders-felled.thermal-1000tdu.people"].number == 4.0
    assert "responders-felled.thermal-1000tdu.people" not in evaluate(cool)


def test_the_same_seed_gives_the_same_luck_to_a_source_of_ignition() -> None:
    ignition = {"at": "near", "starts": "torch", "chance": "50 %"}
    hazards = {"gas": GAS | {"ignition": ignition}, "torch": spill({"kind": "jet"}, of="gas")}
    scenario = site(hazards=hazards)
    lit = [
        moment(run(scenario, plan="plan", seed=seed), "gas", "flash") for seed in (1, 2, 3, 4, 5, 6, 7, 8, 1)
    ]
    assert lit[0] == pytest.approx(lit[-1], nan_ok=True)
    assert 0 < sum(math.isnan(time) for time in lit) < len(lit)
