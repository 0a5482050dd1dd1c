"""A run in which things happen again and again without time passing is stopped and says what."""

from __future__ import annotations

from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from drillsim import simulation
from drillsim.errors import DrillsimError
from drillsim.simulation.clock import Clock
from drillsim.simulation.stuck import ZeroTimeWatch
from drillsim.trace.log import Row
from tests.simulation.small import small, task


class Run:
    """As much of a run's core as the watch looks at: a clock, rows, and who waits."""

    def __init__(self, *, heads: int = 0, tasks: tuple[str, ...] = ()) -> None:
        self.clock = Clock()
        self.trace = SimpleNamespace(header=SimpleNamespace(start_s=36_000.0), rows=[])
        self.scenario = SimpleNamespace(groups={"all": SimpleNamespace(count=heads)})
        self.tasks = dict.fromkeys(tasks)
        self.waits: dict[str, Any] = {}

    @property
    def now_s(self) -> float:
        return self.clock.now

    def note(self, event: str, *, task: str = "", actor: str = "") -> None:
        self.trace.rows.append(Row(self.now_s, event, actor, "", task, None, "", -1))

    def drive(self, *, most: int, turns: int) -> None:
        """As ``run`` drives: the count is kept by the loop, the watch is asked once in so many turns."""
        watch, counted = ZeroTimeWatch(self, most=most), 0  # type: ignore[arg-type]
        for _ in range(turns):
            self.clock.step()
            counted += 1
            if counted >= watch.most:
                counted = watch.look()


def swap(run, *, from_s, every_s=0.0):
    """Two tasks that give each other work without end."""
    yield run.clock.pause(from_s)
    run.note("task-started", task="before")
    for turn in count():
        yield run.clock.pause(every_s)
        run.note("task-started", task=("ask", "answer")[turn % 2])
        run.note("drawn", task="plans.p.tasks.ask.takes", actor="task.ask")


def test_a_loop_without_time_is_stopped_and_names_the_wall_clock_and_who_is_in_it():
    run = Run(tasks=("ask", "answer", "before"))
    run.clock.process(swap(run, from_s=270.0))
    with pytest.raises(
        DrillsimError, match="zero-time loop at 10:04:30: answer, ask do the same again"
    ) as said:
        run.drive(most=100, turns=1_000)
    assert "before" not in str(said.value)
    assert "a time above 0" in str(said.value)


def test_a_loop_in_which_time_passes_however_little_goes_on():
    run = Run(tasks=("ask", "answer"))
    run.clock.process(swap(run, from_s=0.0, every_s=1e-6))
    run.drive(most=100, turns=2_000)


def test_a_loop_is_stopped_within_twice_the_turns_it_is_given():
    run = Run()
    run.clock.process(swap(run, from_s=0.0))
    with pytest.raises(DrillsimError):
        run.drive(most=100, turns=201)


def test_a_crowd_that_acts_at_one_moment_is_no_loop():
    run = Run(heads=20_000)
    run.clock.process(swap(run, from_s=0.0))
    run.drive(most=100_000, turns=200_000)
    assert ZeroTimeWatch(run).most == 300_000  # type: ignore[arg-type]


def test_units_are_named_where_rows_name_no_task():
    run = Run()

    def states(run):
        while True:
            yield run.clock.pause(0.0)
            run.note("unit-state", task="staged", actor="engine-1")

    run.clock.process(states(run))
    with pytest.raises(DrillsimError, match="10:00:00: engine-1 do"):
        run.drive(most=10, turns=100)


def test_a_loop_that_leaves_no_rows_names_who_waits():
    run = Run()
    run.waits["gauge"] = object()

    def silent(run):
        while True:
            yield run.clock.pause(0.0)

    run.clock.process(silent(run))
    with pytest.raises(DrillsimError, match="gauge do the same"):
        run.drive(most=10, turns=100)


def test_a_run_whose_tasks_hand_work_to_and_fro_without_time_is_stopped(monkeypatch):
    def to_and_fro(world, name, task):
        while True:
            yield world.core.clock.pause(0.0)
            world.core.note("task-ready", task=name)

    monkeypatch.setattr(simulation.world, "carry_out", to_and_fro)
    monkeypatch.setattr(simulation.run, "ZeroTimeWatch", partial(ZeroTimeWatch, most=1_000))
    scenario = small(tasks={"ask": task(), "answer": task(milestone="over")})
    with pytest.raises(DrillsimError, match="zero-time loop at 10:00:00: answer, ask do the same"):
        simulation.run.run(scenario, plan="plan")
