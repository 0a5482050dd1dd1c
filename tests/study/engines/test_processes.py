from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from functools import partial

import pytest

from drillsim.errors import DrillsimError
from drillsim.study.engines.processes import ProcessEngine
from drillsim.study.engines.serial import SerialEngine
from drillsim.study.job import Bench, Job
from drillsim.study.results import Failure
from tests.study.engines import doomed, sessions
from tests.study.hand import failing_run, run, scenario

JOB = Job("slow", "emergency", 1)


def engine(run=run, *, workers=2, time_limit_s=None):
    return ProcessEngine(Bench(scenario(), run=run), workers=workers, time_limit_s=time_limit_s)


def serial(numbers):
    return list(SerialEngine(Bench(scenario(), run=run)).attempts(JOB, numbers))


def ordered(attempts):
    return sorted(attempts, key=lambda attempt: attempt.replication)


def failed(attempts):
    return [attempt for attempt in attempts if isinstance(attempt, Failure)]


@pytest.fixture(autouse=True)
def _no_process_is_left():
    yield
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_any_number_of_workers_gives_the_serial_answer(workers):
    numbers = range(5, 65)
    with engine(workers=workers) as processes:
        found = list(processes.attempts(JOB, numbers))
    assert repr(ordered(found)) == repr(serial(numbers))


@pytest.mark.slow
def test_workers_killed_at_random_moments_lose_and_double_nothing():
    numbers, dice, timers = range(90), random.Random(4), []
    with engine(partial(doomed.slow_run, lasts_s=0.02), workers=3) as processes:
        found = []
        for attempt in processes.attempts(JOB, numbers):
            found.append(attempt)
            if len(found) % 15 == 0:
                victim = dice.choice(multiprocessing.active_children())
                timers.append(threading.Timer(dice.uniform(0.0, 0.05), victim.kill))
                timers[-1].start()
        for timer in timers:
            timer.join()
    assert len(timers) == 6
    assert repr(ordered(found)) == repr(serial(numbers))


def test_a_replication_that_ends_its_process_is_named_and_the_others_are_done():
    with engine(partial(doomed.exiting_run, at=(7,))) as processes:
        found = ordered(processes.attempts(JOB, range(30)))
    assert [attempt.replication for attempt in found] == list(range(30))
    why = "its process ended (exit code 3) 3 times while it ran; run it alone to see why"
    assert failed(found) == [Failure(7, why, lasting=False)]


@pytest.mark.parametrize(
    ("guilty", "how"),
    [
        (doomed.hungry_run, "out of memory"),
        pytest.param(doomed.leaving_run, "exit code 1", marks=pytest.mark.slow),
    ],
)
def test_out_of_memory_and_a_run_that_leaves_count_as_the_end_of_a_process(guilty, how):
    with engine(partial(guilty, at=4), workers=1) as processes:
        found = ordered(processes.attempts(JOB, range(6)))
    assert [failure.replication for failure in failed(found)] == [4]
    assert how in failed(found)[0].message


@pytest.mark.slow
def test_a_replication_whose_process_is_killed_twice_is_done_at_the_third_try(tmp_path):
    mark = tmp_path / "tries"
    with engine(partial(doomed.once_killed_run, at=3, mark=str(mark))) as processes:
        found = list(processes.attempts(JOB, range(8)))
    assert mark.read_text() == "xxx"
    assert repr(ordered(found)) == repr(serial(range(8)))


@pytest.mark.slow
def test_a_replication_over_the_time_limit_is_given_up_and_the_others_are_done():
    with engine(partial(doomed.hanging_run, at=(0, 5)), time_limit_s=1.0) as processes:
        found = ordered(processes.attempts(JOB, range(20)))
    assert [attempt.replication for attempt in found] == list(range(20))
    assert failed(found) == [Failure(n, "took longer than 1 s", lasting=False) for n in (0, 5)]


@pytest.mark.slow
def test_the_time_limit_counts_no_start_up_no_queue_and_no_pause_of_the_caller():
    slow = partial(doomed.slow_run, lasts_s=0.05)
    with engine(slow, time_limit_s=0.5) as processes:  # starting takes longer
        found = []
        for attempt in processes.attempts(JOB, range(60)):
            if len(found) == 20:
                time.sleep(1.0)
            found.append(attempt)
    assert failed(found) == []
    assert len(found) == 60


def test_what_the_first_replication_of_a_process_computes_once_does_not_count_against_the_limit():
    with engine(partial(doomed.cold_run, lasts_s=1.0), time_limit_s=0.4) as processes:
        found = ordered(processes.attempts(JOB, range(8)))
    assert failed(found) == []
    assert len(found) == 8


def test_a_defect_is_raised_with_its_type_and_where_it_came_from():
    with engine(failing_run) as processes:
        with pytest.raises(RuntimeError, match="replication 3 failed") as caught:
            list(processes.attempts(JOB, range(12)))
        assert "in failing_run" in caught.value.__notes__[0]
        later = list(processes.attempts(JOB, range(20, 40)))
    assert repr(ordered(later)) == repr(serial(range(20, 40)))


def test_a_defect_that_cannot_be_sent_is_told():
    with engine(doomed.odd_error_run) as processes, pytest.raises(RuntimeError, match="OddError: first and"):
        list(processes.attempts(JOB, range(2)))


def test_closing_early_is_prompt_and_leaves_the_engine_of_use():
    with engine(partial(doomed.slow_run, lasts_s=0.01)) as processes:
        with closing(processes.attempts(JOB, range(1_000_000_000))) as attempts:
            first = [next(attempts) for _ in range(30)]
        crew = multiprocessing.active_children()
        begin_s = time.monotonic()
        found = list(processes.attempts(JOB, range(20)))
        assert time.monotonic() - begin_s < 3.0
        assert {child.pid for child in crew} == {child.pid for child in multiprocessing.active_children()}
    assert len({attempt.replication for attempt in first}) == 30
    assert repr(ordered(found)) == repr(serial(range(20)))


def test_closing_while_a_replication_hangs_leaves_the_engine_of_use():
    with engine(partial(doomed.hanging_run, at=(10,)), workers=1) as processes:
        with closing(processes.attempts(JOB, range(100))) as attempts:
            for _ in range(10):  # by now it is given several at a time
                next(attempts)
            time.sleep(0.3)
        assert len(list(processes.attempts(JOB, range(4)))) == 4


@pytest.mark.slow
def test_workers_that_die_between_two_jobs_are_replaced():
    other = Job("fast", "emergency", 2)
    with engine() as processes:
        assert len(list(processes.attempts(JOB, range(10)))) == 10
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        found = list(processes.attempts(other, range(10)))
    expected = SerialEngine(Bench(scenario(), run=run)).attempts(other, range(10))
    assert repr(ordered(found)) == repr(list(expected))


@pytest.mark.slow
def test_an_interruption_ends_all_and_the_engine_may_start_again(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    with engine() as processes:
        attempts = processes.attempts(JOB, range(1000))
        next(attempts)
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("drillsim.study.engines.processes.wait", interrupted)
            list(attempts)
        assert multiprocessing.active_children() == []
        assert len(list(processes.attempts(JOB, range(4)))) == 4


def test_nothing_starts_for_no_replications():
    with engine() as processes:
        assert list(processes.attempts(JOB, [])) == []
        assert multiprocessing.active_children() == []


def test_a_bench_that_cannot_be_read_is_told_at_once():
    says = r"cannot take the scenario: LookupError.*no such run here"
    with engine(doomed.Unreadable(ends=False)) as processes, pytest.raises(DrillsimError, match=says):
        list(processes.attempts(JOB, range(4)))


@pytest.mark.slow
def test_processes_that_end_as_they_start_are_given_up_after_a_few():
    says = r"5 processes in a row .* exit code 9; .*__main__"
    with engine(doomed.Unreadable(ends=True)) as processes, pytest.raises(DrillsimError, match=says):
        list(processes.attempts(JOB, range(4)))


def test_a_machine_without_more_processes_is_told_or_done_with_fewer(monkeypatch):
    allowed, start = [1], multiprocessing.get_context("spawn").Process.start

    def scarce(process):
        if not allowed:
            raise OSError("no more processes")
        allowed.pop()
        start(process)

    monkeypatch.setattr(multiprocessing.get_context("spawn").Process, "start", scarce)
    with engine(workers=3) as processes:
        assert len(list(processes.attempts(JOB, range(9)))) == 9
    with engine(workers=3) as processes, pytest.raises(DrillsimError, match="no more processes; try engine"):
        list(processes.attempts(JOB, range(9)))


UNGUARDED = """
from drillsim.study.engines.processes import ProcessEngine
from drillsim.study.job import Bench, Job
from tests.study.hand import run, scenario

with ProcessEngine(Bench(scenario(), run=run), workers=2) as processes:
    print(len(list(processes.attempts(Job("slow", "emergency", 1), range(9)))))
"""

GUARDED = """
import sys
from functools import partial
from drillsim.study.engines.processes import ProcessEngine
from drillsim.study.job import Bench, Job
from tests.study.engines.doomed import hanging_run
from tests.study.hand import scenario

if __name__ == "__main__":
    bench = Bench(scenario(), run=partial(hanging_run, at=range(20, 1000)))
    with ProcessEngine(bench, workers=2) as processes:
        try:
            print("begun", flush=True)
            for done, _ in enumerate(processes.attempts(Job("slow", "emergency", 1), range(1000)), 1):
                if done == 20:
                    print("hangs", flush=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
"""


def test_a_script_without_a_guarded_start_is_told_how_to_write_one(tmp_path):
    script = tmp_path / "study.py"
    script.write_text(UNGUARDED)
    with sessions.start([str(script)]) as program:
        _, errors = program.communicate(timeout=60)
    assert program.returncode == 1
    assert errors.rstrip().splitlines()[-1].endswith('stand below a line  if __name__ == "__main__":')
    assert errors.count("Traceback") == 1  # none of the processes


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
class TestTheWholeSession:
    """A program and its workers, some of them in compiled code that never lets another thread run."""

    @pytest.fixture
    def program(self, tmp_path):
        script = tmp_path / "study.py"
        script.write_text(GUARDED)
        with sessions.start([str(script)]) as program:
            assert program.stdout.readline() == "begun\n"
            yield program
            program.kill()

    @pytest.mark.parametrize("starting", [True, False])
    def test_no_process_is_left_when_the_parent_is_killed(self, program, starting):
        if starting:
            wait_for_workers(program)
        else:
            assert program.stdout.readline() == "hangs\n"
        assert len(sessions.workers(program.pid)) == 2
        program.kill()
        program.wait()
        assert sessions.left_after(60.0, program.pid) == {}  # a worker that still starts finds out late

    @pytest.mark.parametrize("starting", [True, False])
    def test_ctrl_c_reaches_the_parent_alone_and_ends_all(self, program, starting):
        if starting:
            wait_for_workers(program)
        else:
            assert program.stdout.readline() == "hangs\n"
        begin_s = time.monotonic()
        os.killpg(program.pid, signal.SIGINT)
        out, errors = program.communicate(timeout=20)
        assert time.monotonic() - begin_s < 4.0
        assert (out.splitlines()[-1], errors, program.returncode) == ("interrupted", "", 0)
        assert sessions.left_after(1.0, program.pid) == {}


def wait_for_workers(program: subprocess.Popen[str]) -> None:
    while len(sessions.workers(program.pid)) < 2:
        assert program.poll() is None
        time.sleep(0.002)
    time.sleep(0.15)  # Python runs and imports
