"""One seed, one trace, to the byte; another seed, another trace."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.example import write_example


def trace_of(folder, out, *, seed, hash_seed):
    command = [
        sys.executable,
        "-m",
        "drillsim",
        "run",
        str(folder),
        "--replications",
        "1",
        "--no-sensitivity",
    ]
    command += ["--plan", "simple", "--seed", str(seed), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": hash_seed})
    return (out / "trace.csv").read_bytes()


@pytest.mark.slow
def test_two_runs_with_one_seed_write_the_same_bytes_and_another_seed_does_not(tmp_path):
    folder = write_example(tmp_path / "office")
    first = trace_of(folder, tmp_path / "a", seed=4, hash_seed="1")
    again = trace_of(folder, tmp_path / "b", seed=4, hash_seed="77")
    other = trace_of(folder, tmp_path / "c", seed=5, hash_seed="1")
    assert first == again
    assert first != other
