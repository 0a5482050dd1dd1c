"""What the response of a replication costs beside a bare SimPy loop with as many events, both in this run."""

from __future__ import annotations

import random
import time

import pytest
import simpy

from drillsim.simulation import run as runs
from drillsim.simulation.clock import Clock

from .reference_plan import EVENTS, EVENTS_WITHOUT_TRAFFIC, TASKS, reference_plan

ROUNDS = 40


def events_of(scenario, monkeypatch):
    """SimPy events of replication 0, counted by the numbers that SimPy gave out."""
    clocks = []

    class Counted(Clock):
        def __init__(self):
            super().__init__()
            clocks.append(self)

    monkeypatch.setattr(runs, "Clock", Counted)
    trace = runs.run(scenario, plan="plan", seed=1)
    monkeypatch.undo()
    assert trace.first("end")[1].task == "endex"
    return next(clocks[0]._eid)


def bare(processes, events=EVENTS):
    """A loop of so many processes that wait random times, with so many events in all."""
    luck = random.Random(1)
    waits = [luck.random() for _ in range(events - 2 * processes)]  # each process also begins and ends

    def wait(env, mine):
        for each in mine:
            yield env.timeout(each)

    env = simpy.Environment()
    for number in range(processes):
        env.process(wait(env, waits[number::processes]))
    env.run()


@pytest.mark.parametrize(("traffic", "events"), [(True, EVENTS), (False, EVENTS_WITHOUT_TRAFFIC)])
def test_the_events_of_the_reference_plan_are_those_counted_once(monkeypatch, traffic, events):
    assert events_of(reference_plan(traffic=traffic), monkeypatch) == events


@pytest.mark.benchmark(group="response")
@pytest.mark.parametrize(("traffic", "events"), [(True, EVENTS), (False, EVENTS_WITHOUT_TRAFFIC)])
def test_a_replication_beside_a_bare_loop(benchmark, traffic, events):
    """The traffic of others is the cheap part: the second case shows what the plan alone costs."""
    scenario = reference_plan(traffic=traffic)
    work = {
        "run": lambda: runs.run(scenario, plan="plan", seed=1),
        "one": lambda: bare(1, events),
        "many": lambda: bare(TASKS, events),
    }
    cost = {name: [] for name in work}

    def each():
        for name, call in work.items():
            begun = time.process_time()
            call()
            cost[name].append(time.process_time() - begun)

    benchmark.pedantic(each, rounds=ROUNDS, warmup_rounds=3)
    best = {name: min(times) for name, times in cost.items()}
    ratios = {name: best["run"] / best[name] for name in ("one", "many")}
    benchmark.extra_info |= {"events": events, "us_per_event": best["run"] / events * 1e6} | ratios
    print(
        f"\n{'with' if traffic else 'without'} traffic, {events} events: a replication "
        f"{best['run'] * 1e3:.1f} ms, a bare loop of one process {best['one'] * 1e3:.2f} ms "
        f"(ratio {ratios['one']:.2f}), of {TASKS} processes {best['many'] * 1e3:.2f} ms "
        f"(ratio {ratios['many']:.2f})"
    )
