"""A dask scheduler and workers as processes of their own, as on a cluster; here all on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from psutil import NoSuchProcess, Process

from drillsim.scenario.model import Scenario
from drillsim.trace.log import Trace
from tests.study.hand import run

ROOT = Path(__file__).resolve().parents[3]


class Alone:
    """A scheduler, and workers (a nanny with a process) that come and go; logs in ``folder``."""

    def __init__(self, folder: Path, *, protocol: str = "tcp", environment: dict[str, str] | None = None):
        self._folder = folder
        self._protocol = protocol
        self._environment = environment or {}
        self._stack = ExitStack()
        self.workers: list[Process] = []

    def __enter__(self) -> Self:
        host = f"{self._protocol}://127.0.0.1"
        here = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--no-show")
        self.scheduler = self._start("scheduler", "--host", host, "--port", "0", *here)
        self.address = self.wait_for("scheduler", rf"Scheduler at:\s+({self._protocol}://[\d.]+:\d+)")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add_worker(self, *options: str) -> str:
        """Start one; returns its name at once."""
        name = f"worker-{len(self.workers)}"
        here = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
        self.workers.append(
            self._start(
                name, self.address, "--nthreads", "1", *here, "--local-directory", str(self._folder), *options
            )
        )
        return name

    def add_workers(self, count: int) -> None:
        """Start them and wait until they are there."""
        for name in [self.add_worker() for _ in range(count)]:
            self.wait_for(name, "(Starting established connection)")

    def wait_for(self, name: str, pattern: str) -> str:
        """Group of the pattern in the log of ``scheduler``, ``worker-0`` …"""
        log = self._folder / f"{name}.log"
        for _ in range(300):
            if found := re.search(pattern, log.read_text(encoding="utf-8")):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(log.read_text(encoding="utf-8"))

    def _start(self, name: str, *options: str) -> Process:
        with (self._folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + name.partition("-")[0], *options],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self._environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._stack.callback(child.wait)
        self._stack.callback(kill, Process(child.pid))
        return Process(child.pid)


def kill(process: Process) -> None:
    """A nanny and its worker at one blow, as if the machine were gone."""
    try:
        family = [process, *process.children(recursive=True)]
    except NoSuchProcess:
        return
    for member in family:
        try:
            member.kill()
        except NoSuchProcess:
            continue


def sleeping_run(scenario: Scenario, *, at: tuple[int, ...], replication: int, **arguments: Any) -> Trace:
    if replication in at:
        time.sleep(60.0)
    return run(scenario, replication=replication, **arguments)
