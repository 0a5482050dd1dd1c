"""One study, ended a hundred times: ``python -m pytest tests/study/test_kills.py -m kills -s``, minutes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drillsim.study.store import read
from tests.study.engines import sessions

KILLS = 100
STUDY = ["-m", "drillsim", "run", "office-fire", "--plan", "confirm-first", "--no-sensitivity", "--json"]
PROCESSES = ["--engine", "processes", "--workers", "2"]
ENDLESS = 100_000


def start(store: Path, errors: object) -> subprocess.Popen[str]:
    more = ["--replications", str(ENDLESS), "--store", str(store), *PROCESSES]
    return sessions.start([*STUDY, *more], stdout=subprocess.DEVNULL, stderr=errors)


def digest(replications: int, *more: str) -> str:
    program = sessions.start([*STUDY, "--replications", str(replications), *PROCESSES, *more], stderr=None)
    out, _ = program.communicate()
    assert program.returncode == 0
    assert sessions.left_after(3.0, program.pid) == {}
    return str(json.loads(out)["digest"])


def end(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.wait()
    assert sessions.left_after(3.0, program.pid) == {}


def kept(store: Path) -> list[int]:
    """Replications that are kept."""
    (series,) = read(store).series
    return [result.replication for result in series.results]


@pytest.mark.kills
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_hundred_kills_of_parent_and_workers_change_nothing(tmp_path: Path) -> None:
    """The study has no end while it is disturbed; then it is finished as long as it has become.

    Moments are drawn so that some meet processes that start and others processes that work.
    """
    begin_s = time.monotonic()
    digest(4)
    longest_s = 1.5 * (time.monotonic() - begin_s)
    store, dice = tmp_path / "study.sqlite", random.Random(4)
    kills = {"parent": 0, "worker": 0}
    with (tmp_path / "errors.txt").open("w") as errors:
        program = start(store, errors)
        while sum(kills.values()) < KILLS:
            time.sleep(dice.uniform(0.1, longest_s))
            assert program.poll() is None, (tmp_path / "errors.txt").read_text()
            workers = sessions.workers(program.pid)
            if workers and dice.random() < 0.5:
                os.kill(dice.choice(workers), signal.SIGKILL)
                kills["worker"] += 1
            else:
                end(program)
                kills["parent"] += 1
                program = start(store, errors)
        end(program)
    reached = kept(store)
    replications = max(reached) + 50
    print(f"\n{kills}, {len(reached)} runs kept, then {replications} in all", end="")
    finished = digest(replications, "--store", str(store))
    assert kept(store) == list(range(replications))
    assert finished == digest(replications)
