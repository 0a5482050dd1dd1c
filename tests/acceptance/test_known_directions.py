"""What every planner knows beforehand: which change must matter, and which cannot."""

from __future__ import annotations

import pytest

import drillsim as ds
from drillsim.scenario.model import Scenario
from tests.simulation.small import inject, small, task

pytestmark = pytest.mark.slow

RUNS = 12


def with_spare_unit(scenario: Scenario) -> Scenario:
    """The scenario and, for each agency, one more of its first kind of unit, under a name no plan calls."""
    agencies = {
        name: agency.model_copy(
            update={
                "units": {
                    **agency.units,
                    "spare": next(iter(agency.units.values())).model_copy(update={"count": 1}),
                }
            }
        )
        for name, agency in scenario.agencies.items()
    }
    return scenario.model_copy(update={"agencies": agencies})


@pytest.mark.parametrize("conditions", ["exercise", "emergency"])
@pytest.mark.parametrize(("name", "plan"), [("terminal-leak", "joint"), ("office-fire", "confirm-first")])
def test_a_unit_the_plan_never_calls_makes_no_difference_in_any_run(name, plan, conditions):
    scenario = ds.load(name)
    before, after = (
        ds.replicate(each, plan=plan, conditions=conditions, replications=RUNS)
        for each in (scenario, with_spare_unit(scenario))
    )
    assert before.n == after.n == RUNS
    for one, other in zip(before.outcomes, after.outcomes, strict=True):
        assert repr(one.measures) == repr(other.measures)
        assert one.exit_times_s == other.exit_times_s
        assert one.tasks == other.tasks


def test_a_unit_it_does_call_and_that_comes_late_makes_one():
    scenario = ds.load("terminal-leak")
    late = ds.load("terminal-leak", overrides={"agencies.fire.units.chemical-unit.travel": "30 min"})
    before, after = (
        ds.replicate(each, plan="joint", conditions="emergency", replications=RUNS)
        for each in (scenario, late)
    )
    stopped = "milestone.leak_stopped"
    assert after.summaries[stopped].p50.estimate > before.summaries[stopped].p50.estimate + 600.0


# -- agencies, orders, radio, air, decontamination -----------------------------------------------------

HOUR_S = 3600.0


def means(scenario, milestone, **how):
    """Mean time of a milestone over RUNS replications, s; a run that does not reach it fails the test."""
    return all_means(scenario, (milestone,), **how)[milestone]


def all_means(scenario, milestones, **how):
    """Mean time of each milestone over RUNS replications, s."""
    total = dict.fromkeys(milestones, 0.0)
    for number in range(RUNS):
        trace = ds.run(scenario, replication=number, **how)
        for milestone in milestones:
            reached = trace.first("milestone", task=milestone)
            assert reached is not None, (number, milestone, trace.rows[-1])
            total[milestone] += reached[1].time_s / RUNS
    return total


def test_a_night_shift_is_slower_than_a_day_shift():
    scenario = ds.load("terminal-leak")
    how = {"plan": "joint", "conditions": "emergency", "record": False}
    aims = ("engine_staged", "headcount", "leak_stopped")
    day = all_means(scenario, aims, **how)
    night = all_means(scenario, aims, start_s=2 * HOUR_S, **how)
    # 15 s more turnout, by the same luck
    assert 10.0 < night["engine_staged"] - day["engine_staged"] < 40.0
    assert night["headcount"] > day["headcount"]
    assert night["leak_stopped"] > day["leak_stopped"]


def test_a_second_pumper_is_missed():
    full, short = (
        ds.load("terminal-leak", overrides={"agencies.fire.units.engine.count": count}) for count in (2, 1)
    )
    how = {"plan": "joint", "conditions": "emergency", "record": False}
    assert means(short, "leak_stopped", **how) > means(full, "leak_stopped", **how) + 300.0


def hazmat(*, teams=2, work="60 min", temperature="20 °C"):
    """A leak that only hazmat teams of four may work at, two of them always standing by."""
    suit = {
        "level": "A",
        "don": "6 min",
        "bottle": {"volume": "6.8 L", "pressure": "30 MPa", "compressibility": 1},
        "heat": [{"from": "30 °C", "longest": "20 min"}],
        "rest": 1,
    }
    air = {"effort": "heavy", "way": "2 min", "decon": "5 min", "change": "3 min"}
    tasks = {
        "plug": task(takes=work, by={"hazmat": teams}, wearing="gas-tight", air=air, milestone="over"),
    }
    units = {"hazmat": {"count": teams, "people": 4, "station": "yard"}}
    return small(
        tasks=tasks,
        suits={"gas-tight": suit},
        agencies={"fire": {"title": "fire", "units": units}},
        weather={"wind_from": "135°", "wind_speed": "3 m/s", "temperature": temperature},
    )


def stopped_s(scenario):
    return ds.run(scenario, plan="plan").first("milestone", task="over")[1].time_s


def entries(scenario):
    return len(list(ds.run(scenario, plan="plan").of("entry")))


def test_without_a_second_hazmat_team_the_work_stands_still_while_the_first_rests():
    # 32.9 min of air less 9 of ways and decon: 60 min are three stints
    assert entries(hazmat()) == entries(hazmat(teams=1)) == 3
    assert stopped_s(hazmat(teams=1)) > stopped_s(hazmat()) + 2 * 25 * 60.0
    # a third team adds nothing
    assert stopped_s(hazmat(teams=3)) == stopped_s(hazmat())


def test_a_hotter_day_takes_more_rotations_and_longer():
    assert entries(hazmat(temperature="35 °C")) == 6
    assert stopped_s(hazmat(temperature="35 °C")) > stopped_s(hazmat())
    leak = ds.load("terminal-leak")
    hot = ds.load("terminal-leak", overrides={"weather.temperature": "36 °C"})
    how = {"plan": "joint", "conditions": "emergency", "record": False}
    assert means(hot, "leak_stopped", **how) > means(leak, "leak_stopped", **how) + 60.0


def commanded(*, lines, decides):
    """Eight crews that ask one officer for orders over one talk-group of so many lines."""
    work = {f"crew-{n}": task(takes="10 min", by="crew", order_by="officer") for n in range(8)}
    last = task(takes="0 s", after=list(work), milestone="over")
    agencies = {
        "fire": {
            "title": "fire",
            "channel": "net",
            "units": {"crew": {"count": 8, "people": 4, "station": "yard"}},
        }
    }
    return small(
        tasks=work | {"last": last},
        roles={"officer": {"agency": "fire", "decides": decides}},
        agencies=agencies,
        channels={"net": {"count": lines, "talk": "20 s"}},
    )


def test_more_radios_help_while_the_talk_group_binds_and_not_once_the_commander_does():
    slow_radio = [stopped_s(commanded(lines=lines, decides="1 s")) for lines in (1, 2)]
    assert slow_radio[1] < slow_radio[0] - 60.0
    slow_officer = [stopped_s(commanded(lines=lines, decides="5 min")) for lines in (1, 2, 8)]
    assert len(set(slow_officer)) == 1


def corridor(*, shower, places=5):
    stages = [
        {"name": "disrobe", "places": 4, "takes": "2 min"},
        {"name": "shower", "places": 5, "takes": shower},
        {"name": "re-robe", "places": places, "takes": "6 min"},
    ]
    wash = {"do": "decontaminate", "corridor": "mass", "people": 100}
    return small(
        tasks={"wash": task(takes="0 s", effects=[wash], milestone="over")},
        corridors={"mass": {"stages": stages}},
    )


def test_a_shorter_shower_changes_nothing_while_re_robing_binds():
    # only the head of the line gains: the first five are at the re-robing places 2 min earlier
    usual, short = stopped_s(corridor(shower="3 min")), stopped_s(corridor(shower="1 min"))
    assert 0.0 <= usual - short <= 120.0
    assert usual == pytest.approx(100 / 5 * 360.0 + 300.0, abs=120.0)
    more = [stopped_s(corridor(shower=shower, places=20)) for shower in ("3 min", "1 min")]
    assert more[0] - more[1] > 120.0


def test_two_agencies_that_hold_each_others_resource_are_named_and_the_run_ends():
    units = {"station": "yard", "people": 2}
    agencies = {
        "fire": {"title": "fire", "units": {"foam-trailer": units}},
        "terminal": {"title": "terminal", "units": {"reach-stacker": units}},
    }
    tasks = {
        "foam": task(by="foam-trailer", keeps_until="lifted"),
        "box": task(by="reach-stacker", keeps_until="covered"),
        "lift": task(by="reach-stacker", after="foam", milestone="lifted"),
        "cover": task(by="foam-trailer", after="box", milestone="covered"),
        "over": task(after=["lift", "cover"], milestone="over"),
    }
    trace = ds.run(small(tasks=tasks, agencies=agencies), plan="plan")
    assert trace.first("end")[1].task == "standstill"
    ((_, ring),) = trace.of("deadlock")
    assert set(ring.task.split(" → ")) == {"foam", "box", "lift", "cover"}
    waits = {row.task: row.actor for _, row in trace.of("standstill")}
    assert waits["lift"] == "1 x unit reach-stacker, held by box (terminal)"
    assert waits["cover"] == "1 x unit foam-trailer, held by foam (fire)"


def test_a_plan_whose_resource_never_comes_ends_with_a_verdict():
    noshow = inject("0 s", {"do": "disable", "name": "engine"})
    tasks = {
        "call": task(effects=[{"do": "call", "units": "engine"}]),
        "over": task(by="engine", after="call", milestone="over"),
    }
    trace = ds.run(small(tasks=tasks, injects={"no-show": noshow}), plan="plan")
    assert trace.first("end")[1].task == "standstill"
    (wait,) = [(row.task, row.actor) for _, row in trace.of("standstill")]
    assert wait == ("over", "1 x unit engine, out: unit engine since inject.no-show")
