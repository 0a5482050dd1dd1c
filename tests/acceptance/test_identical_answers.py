"""One study has one answer: whoever runs it, with how many workers, in how many goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.example import write_example

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STUDY = ("office-fire", "--plans", "confirm-first,alarm-at-once", "--conditions", "emergency")


def digest(*options: object, hash_seed: int = 0) -> str:
    """Of a comparison of two plans of the office fire, in a process of its own."""
    command = [sys.executable, "-m", "drillsim", "compare", *STUDY, "--no-sensitivity", "--json"]
    done = subprocess.run(
        [*command, "--replications", "6", *map(str, options)],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["digest"])


@pytest.fixture(scope="module")
def alone() -> str:
    return digest("--engine", "serial")


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_any_number_of_processes_and_any_hash_seed_give_the_answer_of_one(alone, workers):
    assert digest("--engine", "processes", "--workers", workers, hash_seed=workers) == alone


def test_a_cluster_gives_the_same(alone):
    pytest.importorskip("distributed")
    assert digest("--engine", "dask", "--workers", 2, hash_seed=77) == alone


def test_a_study_in_several_goes_by_several_engines_gives_the_same(alone, tmp_path):
    store = ("--store", tmp_path / "s.sqlite")
    digest("--engine", "serial", "--replications", 1, *store)
    digest("--engine", "processes", "--workers", 2, "--replications", 4, *store, hash_seed=5)
    assert digest("--engine", "auto", *store, hash_seed=6) == alone


def test_keeping_traces_or_not_changes_nothing(alone, tmp_path):
    assert digest("--engine", "serial", "--store", tmp_path / "a.sqlite", "--traces", 0) == alone
    assert digest("--engine", "serial", "--store", tmp_path / "b.sqlite", "--traces", 5) == alone


def document(*options: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "drillsim", *map(str, options), "--json"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_whole_document_sensitivity_included_is_the_same(tmp_path):
    study = ("run", write_example(tmp_path / "office"), "--plan", "simple", "--replications", 8)
    one = document(*study, "--engine", "serial")
    assert '"swings"' in one
    assert document(*study, "--engine", "processes", "--workers", 2) == one


def test_a_leak_with_its_cloud_is_the_same_in_two_processes():
    study = ("run", "terminal-leak", "--plan", "joint", "--replications", 4, "--no-sensitivity")
    study = (*study, "--conditions", "emergency")
    assert document(*study, "--engine", "processes", "--workers", 2) == document(*study, "--engine", "serial")


def test_another_seed_gives_another(alone):
    assert digest("--engine", "serial", "--seed", 2) != alone
