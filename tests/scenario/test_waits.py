"""What must come before what in a plan, held against what runs of random plans do."""

from __future__ import annotations

import random

import pytest

from drillsim.scenario.waits import BEGINS, KNOWLEDGE, before, circles, waits_of
from drillsim.simulation.run import run
from tests.simulation.small import inject, small, task

NAMES = tuple(f"t{number}" for number in range(5))
AGENCIES = {
    name: {"title": name, "units": {f"u{name}": {"people": "2", "count": "9", "station": "yard"}}}
    for name in "ab"
}


def random_task(luck: random.Random, name: str):
    """A task that may wait for others, for news, for an order or for a condition, and may bring news."""
    keys: dict[str, object] = {
        "after": [other for other in NAMES if luck.random() < (0.25 if other < name else 0.02)],
        "needs": luck.choice([[], [], [], ["x"]]),
        "effects": [],
    }
    keys["after"] = [other for other in keys["after"] if other != name]
    if luck.random() < 0.9:
        keys["by"] = luck.choice(["ua", "ub"])
    if luck.random() < 0.15:
        keys["order_by"] = luck.choice(["ra", "rb", "held"])
    if luck.random() < 0.5:
        to = {"to": luck.choice("ab")} if luck.random() < 0.8 else {}
        keys["effects"].append({"do": "inform", "item": "x"} | to)
    if luck.random() < 0.5:
        keys["effects"].append({"do": "message", "to": luck.choice("ab"), "items": "x"})
    if luck.random() < 0.1:
        by = {"by": luck.choice("ab")} if luck.random() < 0.5 else {}
        keys["when"] = [{"known": "x"} | by]
    if luck.random() < 0.15:
        keys["if"] = [{luck.choice(["known", "unknown"]): "x"}]
    return task(**keys)


def random_plan(seed: int):
    luck = random.Random(seed)
    tasks = {name: random_task(luck, name) for name in NAMES}
    tasks["t0"]["milestone"] = "over"
    roles = {
        "ra": {"agency": "a", "decides": "1 s"},
        "rb": {"agency": "b", "decides": "1 s", "takes_office": luck.choice(NAMES)},
        "held": {"held_by": ["rb"]},
    }
    tell = inject("", {"do": "inform", "item": "x"}, after=luck.choice(NAMES))
    return small(
        tasks=tasks,
        agencies=AGENCIES,
        information={"x": "x"},
        roles=roles,
        injects={"tell": tell} if luck.random() < 0.3 else {},
    )


@pytest.mark.parametrize("seed", range(80))
def test_what_must_come_before_a_task_has_come_before_it_in_a_run(seed):
    scenario = random_plan(seed)
    trace = run(scenario, plan="plan")
    done = {row.task: row.time_s for _, row in trace.of("task-done")}
    over = done | {row.task: row.time_s for _, row in trace.of("task-skipped")}
    waits = waits_of(scenario, scenario.plans["plan"])
    for name, at_s in done.items():
        earlier = before(waits, f"{name}{BEGINS}")
        assert name not in earlier
        assert [other for other in earlier & set(NAMES) if over.get(other, at_s + 1.0) > at_s] == []


def test_random_plans_have_circles_through_news_and_orders_so_that_the_test_above_can_fail():
    plans = [random_plan(seed) for seed in range(80)]
    found = [circle for plan in plans for circle in circles(waits_of(plan, plan.plans["plan"]))]
    assert sum(any(name.startswith(KNOWLEDGE) for name in circle) for circle in found) > 5
