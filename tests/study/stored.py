"""Outcomes and files of results for tests: made quickly, of any number and size."""

from __future__ import annotations

import math
import random

from drillsim.measures.standstill import Wait
from drillsim.measures.value import Value
from drillsim.study.job import Job, Result
from drillsim.study.results import Outcome, TaskSpan
from drillsim.study.store import Store

JOB = Job("slow", "emergency", 1)


def outcome(replication: int, *, heads: int = 20) -> Outcome:
    """What one replication might have given; equal for equal arguments."""
    chance = random.Random(replication)
    times_s = tuple(sorted(chance.uniform(60.0, 900.0) for _ in range(heads)))
    reached = replication % 3 > 0
    return Outcome(
        replication=replication,
        end="endex" if reached else "horizon",
        end_s=1200.0,
        measures={
            "last_out": Value(times_s[-1], "s"),
            "endex": Value(chance.uniform(900.0, 1200.0), "s") if reached else Value(math.nan, "s", 1200.0),
            "exposed.smoke.people": Value(3, "1"),
        },
        tasks={"look": TaskSpan(0.0, 10.0, 70.0, 1130.0), "=quench": TaskSpan(70.0, 80.0, 400.0, 0.0)},
        exit_times_s=times_s,
        leavers=heads,
        critical=("quench", "look"),
        drawn={"plans.slow.tasks.look.takes": 60.0},
        trace_digest=f"{replication:032x}",
        flags=("烟气: out of range",),
        waits=(Wait("", "a way out", "room", 4),),
        trapped=(("", 2),),
        lost=(("hall", "visibility"),),
    )


def results(numbers: range, *, heads: int = 20) -> list[Result]:
    return [Result(outcome(number, heads=heads), "0.2.0", "abc") for number in numbers]


def opened(path, scenario, *, seed=1) -> Store:
    return Store(path, scenario=scenario, seed=seed)


def filled(path, scenario, count=30):
    """A file with that many replications of ``JOB``, in batches of ten."""
    with opened(path, scenario) as store:
        for at in range(0, count, 10):
            store.add(JOB, results(range(at, min(at + 10, count))))
    return path
