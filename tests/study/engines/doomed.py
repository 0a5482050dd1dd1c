"""Runs that go wrong in a process of an engine, each in its own way, and one that just takes its time.

With ``functools.partial`` they become a ``run`` that a process can be sent.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from itertools import repeat
from pathlib import Path
from typing import Any, NoReturn

from drillsim.scenario.model import Scenario
from drillsim.trace.log import Trace
from tests.study.hand import run


def slow_run(scenario: Scenario, *, lasts_s: float, **arguments: Any) -> Trace:
    time.sleep(lasts_s)
    return run(scenario, **arguments)


def exiting_run(scenario: Scenario, *, at: tuple[int, ...], replication: int, **arguments: Any) -> Trace:
    if replication in at:
        os._exit(3)
    return run(scenario, replication=replication, **arguments)


def leaving_run(scenario: Scenario, *, at: int, replication: int, **arguments: Any) -> Trace:
    if replication == at:
        sys.exit("never mind")
    return run(scenario, replication=replication, **arguments)


def once_killed_run(scenario: Scenario, *, at: int, mark: str, replication: int, **arguments: Any) -> Trace:
    """Killed twice; the third try goes through, so the machine was at fault."""
    if replication == at:
        tries = Path(mark)
        with tries.open("a") as written:
            written.write("x")
        if tries.stat().st_size < 3:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            time.sleep(60.0)
    return run(scenario, replication=replication, **arguments)


def hungry_run(scenario: Scenario, *, at: int, replication: int, **arguments: Any) -> Trace:
    if replication == at:
        raise MemoryError
    return run(scenario, replication=replication, **arguments)


def hanging_run(scenario: Scenario, *, at: tuple[int, ...], replication: int, **arguments: Any) -> Trace:
    """Hangs as compiled code does that never lets another thread run."""
    if replication in at:
        sum(repeat(0))
    return run(scenario, replication=replication, **arguments)


_WARM: list[bool] = []


def cold_run(scenario: Scenario, *, lasts_s: float, **arguments: Any) -> Trace:
    """The first in a process takes its time, as where much is computed once."""
    if not _WARM:
        _WARM.append(True)
        time.sleep(lasts_s)
    return run(scenario, **arguments)


def odd_error_run(scenario: Scenario, *, replication: int, **arguments: Any) -> NoReturn:
    raise OddError("first", "second")


class OddError(Exception):
    """Cannot be read back once pickled."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


class Unreadable:
    """A run that cannot be read in another process, or ends it."""

    def __init__(self, *, ends: bool) -> None:
        self.ends = ends

    def __reduce__(self) -> Any:
        return (os._exit, (9,)) if self.ends else (refuse, ())

    def __call__(self, scenario: Scenario, **arguments: Any) -> Trace:
        return run(scenario, **arguments)


def refuse() -> NoReturn:
    raise LookupError("no such run here")
