"""What every engine promises; what goes wrong in processes is tested with each of them."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec

import pytest

from drillsim.study.engines.processes import ProcessEngine
from drillsim.study.engines.serial import SerialEngine
from drillsim.study.job import Bench, Job
from drillsim.study.results import Failure
from tests.study.hand import failing_run, half_failing_run, run, scenario

JOB, OTHER = (
    Job("slow", "emergency", 1),
    Job("fast", "exercise", 2, factors=(("plans.fast.tasks.look.takes", 2.0),)),
)


def serial(bench):
    return SerialEngine(bench)


def processes(bench):
    return ProcessEngine(bench, workers=2)


def dask(bench):
    from drillsim.study.engines.dask_cluster import DaskEngine

    return DaskEngine(bench, workers=2)


WITHOUT_DASK = pytest.mark.skipif(find_spec("distributed") is None, reason="dask.distributed is not there")
EVERY_ENGINE = pytest.mark.parametrize(
    "start", [serial, processes, pytest.param(dask, marks=[pytest.mark.slow, WITHOUT_DASK])]
)


def ordered(attempts):
    return repr(sorted(attempts, key=lambda attempt: attempt.replication))


@EVERY_ENGINE
def test_every_replication_once_whatever_the_numbers_and_the_jobs_before(start):
    bench = Bench(scenario(), run=run)
    with start(bench) as engine:
        for job, numbers in ((JOB, range(20)), (OTHER, [9, 2, 40, 7]), (JOB, [])):
            found = list(engine.attempts(job, numbers))
            assert ordered(found) == ordered(bench.attempt(job, number) for number in numbers)


@EVERY_ENGINE
def test_a_run_that_fails_is_an_attempt_like_others_and_closing_early_costs_nothing(start):
    with start(Bench(scenario(), run=half_failing_run)) as engine:
        with closing(iter(engine.attempts(JOB, range(500)))) as attempts:
            next(attempts)
        found = list(engine.attempts(JOB, range(6)))
    failures = [attempt for attempt in found if isinstance(attempt, Failure)]
    assert len(found) == 6
    assert ordered(failures) == ordered(Failure(number, "odd") for number in (1, 3, 5))


@EVERY_ENGINE
def test_a_defect_is_raised_as_it_is(start):
    bench = Bench(scenario(), run=failing_run)
    with start(bench) as engine, pytest.raises(RuntimeError, match="replication 3 failed"):
        list(engine.attempts(JOB, range(12)))
