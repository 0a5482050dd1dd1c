"""Named random streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.streams import Streams

ROOT = Path(__file__).resolve().parents[1]
WORDS = st.text(max_size=12)
SEEDS = st.integers(-(2**70), 2**70)


@given(SEEDS, st.integers(0, 10**6), WORDS, WORDS)
def test_a_stream_depends_on_its_key_only(seed: int, replication: int, entity: str, purpose: str) -> None:
    first, second = Streams(seed, replication), Streams(seed, replication)
    second.uniform("somebody else", "first")
    second.uniforms("somebody else", purpose, 5)
    assert first.uniform(entity, purpose) == second.uniform(entity, purpose)
    assert first.uniform(entity, purpose) == first.uniform(entity, purpose)
    assert 0.0 < first.uniform(entity, purpose) < 1.0


@given(WORDS, WORDS, st.integers(0, 200), st.integers(0, 200))
def test_a_larger_count_only_appends(entity: str, purpose: str, one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    streams = Streams(1)
    long = streams.uniforms(entity, purpose, more)
    assert long.shape == (more,)
    assert np.array_equal(streams.uniforms(entity, purpose, fewer), long[:fewer])
    assert ((long > 0.0) & (long < 1.0)).all()


@given(st.tuples(WORDS, WORDS), st.tuples(WORDS, WORDS))
def test_different_keys_give_different_numbers(one: tuple[str, str], other: tuple[str, str]) -> None:
    streams = Streams(1)
    if one != other:
        assert streams.uniform(*one) != streams.uniform(*other)
        assert not np.array_equal(streams.uniforms(*one, 3), streams.uniforms(*other, 3))


def test_entity_and_purpose_do_not_run_together() -> None:
    streams = Streams(1)
    assert streams.uniform("a", "bc") != streams.uniform("ab", "c")
    assert Streams(1, 11).uniform("a", "b") != Streams(11, 1).uniform("a", "b")
    assert Streams(1, 0).uniform("a", "b") != Streams(2, 0).uniform("a", "b")


def test_numbers_of_one_stream_and_over_replications_are_uniform() -> None:
    draws = Streams(7).uniforms("group", "speed", 20_000)
    counts, _ = np.histogram(draws, bins=20, range=(0.0, 1.0))
    assert ((counts - 1000.0) ** 2 / 1000.0).sum() < 43.8  # chi-squared, 19 degrees of freedom, 0.1 %
    single = np.array([Streams(7, n).uniform("task", "takes") for n in range(2000)])
    assert abs(single.mean() - 0.5) < 0.03
    assert abs(np.corrcoef(single[:-1], single[1:])[0, 1]) < 0.08


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_the_hash_seed_of_the_process_changes_nothing(hash_seed: str) -> None:
    code = (
        "from drillsim.streams import Streams; s = Streams(1); "
        "print(repr(s.uniform('a', 'b')), s.uniforms('组', 'x', 2).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    streams = Streams(1)
    assert done.stdout.strip() == f"{streams.uniform('a', 'b')!r} {streams.uniforms('组', 'x', 2).tolist()}"


KEPT = (0.833268612015056, [0.41910008229442497, 0.5327339093451297])


def test_the_numbers_of_a_seed_are_kept_from_version_to_version() -> None:
    assert Streams(1).uniform("task.look", "takes") == pytest.approx(KEPT[0], abs=1e-15)
    assert Streams(1).uniforms("clerks", "speed", 2) == pytest.approx(KEPT[1], abs=1e-15)
