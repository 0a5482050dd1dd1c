"""What the response of a replication costs beside a bare SimPy loop with as many events, both in this run."""

from __future__ import annotations

import gc
import random
import time

import pytest
import simpy

from drillsim.simulation import run as runs
from drillsim.simulation.clock import Clock

from .reference_plan import EVENTS, ROWS, TASKS, reference_plan

ROUNDS = 40


def events_and_rows(scenario, monkeypatch):
    """SimPy events of replication 0, counted by the numbers that SimPy gave out, and rows of its trace."""
    clocks = []

    class Counted(Clock):
        def __init__(self):
            super().__init__()
            clocks.append(self)

    monkeypatch.setattr(runs, "Clock", Counted)
    trace = runs.run(scenario, plan="plan", seed=1)
    monkeypatch.undo()
    assert trace.first("end")[1].task == "endex"
    return next(clocks[0]._eid), len(trace.rows)


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


def test_the_reference_plan_is_the_one_counted_once_and_takes_no_more_events(monkeypatch):
    events, rows = events_and_rows(reference_plan(), monkeypatch)
    assert rows == ROWS
    assert events <= EVENTS


@pytest.mark.benchmark(group="response")
def test_a_replication_beside_a_bare_loop(benchmark, monkeypatch):
    """The figure is ``ratio``, to one process with EVENTS events; the others stand beside it."""
    scenario = reference_plan()
    now, _ = events_and_rows(scenario, monkeypatch)
    work = {
        "run": lambda: runs.run(scenario, plan="plan", seed=1),
        "one": lambda: bare(1),
        "many": lambda: bare(TASKS),
        "as many events as now": lambda: bare(1, now),
    }
    cost = {name: [] for name in work}

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
    ratios = {name: best["run"] / best[name] for name in work if name != "run"}
    benchmark.extra_info |= {"events": EVENTS, "events_now": now, "ratio": ratios["one"]} | ratios
    print(
        f"\na replication {best['run'] * 1e3:.2f} ms, a bare loop of one process with {EVENTS} events "
        f"{best['one'] * 1e3:.2f} ms (ratio {ratios['one']:.2f}); for information: {TASKS} processes "
        f"{ratios['many']:.2f}, one process with the {now} events a run takes now "
        f"{ratios['as many events as now']:.2f}"
    )
