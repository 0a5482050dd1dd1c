"""What the response of a replication costs beside a bare SimPy loop with as many events, both in this run."""

from __future__ import annotations

import gc
import random
import time

import pytest
import simpy

from drillsim.simulation import run as runs
from drillsim.simulation.clock import Clock

from .reference_plan import EVENTS, TASKS, reference_plan

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


def bare(processes):
    """A loop of so many processes that wait random times, with EVENTS events in all."""
    luck = random.Random(1)
    waits = [luck.random() for _ in range(EVENTS - 2 * processes)]  # each process also begins and ends

    def wait(env, mine):
        for each in mine:
            yield env.timeout(each)

    env = simpy.Environment()
    for number in range(processes):
        env.process(wait(env, waits[number::processes]))
    env.run()


def test_the_events_of_the_reference_plan_are_those_counted_once(monkeypatch):
    assert events_of(reference_plan(), monkeypatch) == EVENTS


@pytest.mark.benchmark(group="response")
def test_a_replication_beside_a_bare_loop(benchmark):
    scenario = reference_plan()
    cost = {"run": [], "bare": [], "one": []}
    work = {
        "run": lambda: runs.run(scenario, plan="plan", seed=1),
        "bare": lambda: bare(TASKS),
        "one": lambda: bare(1),
    }

    def each():
        for name, call in work.items():
            begun = time.process_time()
            call()
            cost[name].append(time.process_time() - begun)

    gc.collect()
    gc.freeze()  # what the test session itself holds is no part of a run
    benchmark.pedantic(each, rounds=ROUNDS, warmup_rounds=3)
    gc.unfreeze()
    best = {name: min(times) for name, times in cost.items()}
    benchmark.extra_info |= {
        "events": EVENTS,
        "us_per_event": best["run"] / EVENTS * 1e6,
        "ratio": best["run"] / best["bare"],
        "ratio_to_one_process": best["run"] / best["one"],
    }
    print(
        f"\n{EVENTS} events: a replication {best['run'] * 1e3:.1f} ms, a bare loop of {TASKS} processes "
        f"{best['bare'] * 1e3:.2f} ms (ratio {best['run'] / best['bare']:.2f}), of one process "
        f"{best['one'] * 1e3:.2f} ms (ratio {best['run'] / best['one']:.2f})"
    )
