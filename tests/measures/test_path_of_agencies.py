"""The critical path of real runs in which parties talk, call, wear suits and are decontaminated."""

from __future__ import annotations

import pytest

from drillsim.measures.capacity_use import capacity_use
from drillsim.measures.critical_path import critical_path
from drillsim.measures.task_spans import task_spans
from drillsim.scenario.load import load
from drillsim.simulation.run import run
from tests.simulation.small import small, task


def _spread(median_s: int) -> dict[str, object]:
    spread = {"median": f"{median_s} s", "p90": f"{2 * median_s} s"}
    return spread | {"source": "test", "confidence": "low"}


def _on_air(*after: str, milestone: str) -> dict[str, object]:
    air = {"way": "2 min", "pairs": 1, "backup": 1, "corridor": "lane", "change": "1 min"}
    return task(
        by={"crew": "1"},
        takes=_spread(600),
        after=list(after),
        wearing="suit",
        air=air,
        order_by="chief",
        milestone=milestone,
    )


@pytest.fixture(scope="module")
def scenario():
    """Alarm by telephone, two tasks on air for two crews with suits for one, both ordered over one line."""
    tasks = {
        "alarm": task(takes="10 s", effects=[{"do": "call", "units": ["engine"], "over": "phone"}]),
        "told": task(
            takes="5 s",
            after=["alarm"],
            by={"watch": "1"},
            effects=[{"do": "message", "to": ["fire"], "items": ["cargo"], "over": "radio"}],
        ),
        "lane": task(takes="30 s", after=["alarm"], by={"engine": "1"}, milestone="ready"),
        "seal": _on_air("told", milestone="sealed"),
        "patch": _on_air("told", milestone="patched"),
        "end": task(after=["out.seal", "out.patch"], takes="0 s", milestone="over"),
    }
    agencies = {
        "fire": {
            "title": "fire service",
            "channel": "radio",
            "answering": {"takers": 1, "takes": _spread(40)},
            "units": {
                "crew": {"count": "2", "people": "4", "station": "yard"},
                "engine": {"people": "6", "station": "yard", "on_site": "false", "travel": _spread(240)},
            },
        },
        "port": {
            "title": "port",
            "channel": "radio",
            "units": {"watch": {"people": "1", "station": "yard"}},
        },
    }
    return small(
        tasks=tasks,
        agencies=agencies,
        information={"cargo": "what it is"},
        roles={"chief": {"agency": "port", "decides": _spread(60)}},
        channels={
            "phone": {"kind": "telephone", "talk": _spread(30)},
            "radio": {"talk": _spread(20), "loss": 0.2, "others": {"every": _spread(60)}},
        },
        capacities={"suits": {"count": 4}, "bottles": {"count": 40}},
        suits={
            "suit": {
                "level": "A",
                "don": "3 min",
                "stock": "suits",
                "bottle": {
                    "volume": "6.8 L",
                    "pressure": "30 MPa",
                    "whistle": "5.5 MPa",
                    "stock": "bottles",
                },
            }
        },
        corridors={
            "lane": {"opens": "ready", "stages": [{"name": "shower", "places": 1, "takes": _spread(60)}]}
        },
    )


@pytest.fixture(scope="module")
def traces(scenario):
    return [run(scenario, plan="plan", replication=number, record=False) for number in range(25)]


def test_the_steps_leave_no_gap_and_add_up_to_every_milestone(traces):
    for t in traces:
        for _, row in t.of("milestone"):
            end_s = 0.0
            for step in critical_path(t, row.task):
                assert step.start_s == end_s
                assert step.since_s <= step.start_s <= step.end_s
                end_s = step.end_s
            assert end_s == row.time_s


def test_air_lines_and_decontamination_are_waited_for_by_name(traces):
    labels = {label for t in traces for step in critical_path(t, "over") for label in step.labels}
    assert {f"{name}: wait for air" for name in ("seal", "patch")} & labels
    assert {f"{name}: wait for a line" for name in ("seal", "patch", "told")} & labels
    assert {f"{name}: wait for decontamination" for name in ("seal", "patch")} & labels
    assert {"radio: line", "chief: command"} <= labels
    known = {"alarm", "told", "lane", "seal", "patch", "end", "engine", "fire", "chief", "radio", "phone"}
    assert {label.partition(":")[0] for label in labels} <= known


def test_a_call_is_the_work_before_it_the_wait_and_the_talk(traces):
    for t in traces:
        (_, answered) = t.first("call-answered")
        steps = [step for step in critical_path(t, "ready") if step.end_s <= answered.time_s]
        assert [step.kind for step in steps if step.start_s < step.end_s] == ["work", "call"]
        assert steps[0].end_s == 10.0


def test_every_pool_of_the_run_has_its_use(traces):
    found = {(use.kind, use.name): use for use in capacity_use(traces[0])}
    assert {("channel", "radio"), ("answering", "fire"), ("stage", "lane/shower"), ("role", "chief")} <= set(
        found
    )
    assert all(0.0 <= use.utilisation <= 1.0 for use in found.values())
    assert found["capacity", "suits"].waited_s > 0.0


def test_whoever_sets_the_end_has_no_slack(traces):
    """Also where a pair has to come out, or a message to be heard, before the next task can go on."""
    for t in traces:
        spans = task_spans(t)
        critical = {step.what for step in critical_path(t, "over") if step.kind == "work"}
        assert {name for name in critical if spans[name].slack_s > 1e-6} == set()


def test_a_delay_after_a_task_is_no_slack_of_it():
    tasks = {"first": task(), "then": task(after=["first"], delay="5 min", milestone="over")}
    t = run(small(tasks=tasks), plan="plan", record=False)
    assert task_spans(t)["first"].slack_s == 0.0
    assert [step.label for step in critical_path(t, "over")] == ["first", "then: delay", "then"]


@pytest.mark.parametrize("conditions", ["exercise", "emergency"])
def test_no_work_that_leads_to_the_end_of_a_shipped_drill_has_time_to_spare(conditions):
    """Calls, orders, levels and crews that others free lie between one work and the next."""
    scenario = load("terminal-leak")
    for plan in ("joint", "staged-forward"):
        for number in range(3):
            t = run(scenario, plan=plan, conditions=conditions, replication=number, record=False)
            spans = task_spans(t)
            path = critical_path(t, scenario.plans[plan].end)
            spare = {step.what: spans[step.what].slack_s for step in path if step.kind == "work"}
            assert {name: slack_s for name, slack_s in spare.items() if slack_s > 1e-6} == {}
