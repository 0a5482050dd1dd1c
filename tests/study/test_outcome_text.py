from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.measures.standstill import Wait
from drillsim.measures.value import Value
from drillsim.scenario.load import load
from drillsim.study.exact_json import fitted, from_bytes, packed, to_bytes, unpacked
from drillsim.study.job import Bench, Job
from drillsim.study.outcome_text import digest_of, outcome_of, text_of
from drillsim.study.results import Outcome, TaskSpan
from tests.study.stored import outcome

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = st.floats() | st.integers(-(10**20), 10**20)
TEXTS = st.text(max_size=8) | st.sampled_from(["\ud800", "a\u2028b", "__class__", "null"])
VALUES = st.one_of(
    st.builds(Value, st.floats(allow_nan=False) | st.integers(), TEXTS),
    st.builds(Value, st.just(math.nan), TEXTS, NUMBERS),
)
OUTCOMES = st.builds(
    Outcome,
    replication=st.integers(0),
    end=TEXTS,
    end_s=NUMBERS,
    measures=st.dictionaries(TEXTS, VALUES, max_size=4),
    tasks=st.dictionaries(TEXTS, st.builds(TaskSpan, NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=4),
    exit_times_s=st.lists(NUMBERS, max_size=8).map(tuple),
    leavers=st.integers(0),
    critical=st.lists(TEXTS, max_size=3).map(tuple),
    drawn=st.dictionaries(TEXTS, NUMBERS, max_size=3),
    trace_digest=TEXTS,
    flags=st.lists(TEXTS, max_size=2).map(tuple),
    waits=st.lists(
        st.builds(Wait, TEXTS, TEXTS, TEXTS, st.integers(), st.none() | st.floats(0.0, 1e6)), max_size=2
    ).map(tuple),
    trapped=st.lists(st.tuples(TEXTS, st.integers()), max_size=2).map(tuple),
    lost=st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple),
)


def sorted_out(found: Outcome) -> str:
    """The whole of it, type by type and sign by sign, whatever the order of its names."""
    named = {name: dict(sorted(getattr(found, name).items())) for name in ("measures", "tasks", "drawn")}
    return repr(replace(found, **named))


@given(OUTCOMES)
def test_an_outcome_comes_back_as_it_was(found):
    again = outcome_of(unpacked(packed(text_of(found))))
    assert sorted_out(again) == sorted_out(found)
    assert text_of(again) == text_of(found)


@given(OUTCOMES)
def test_the_order_of_names_does_not_matter_to_text_or_digest(found):
    turned = replace(found, measures=dict(reversed(found.measures.items())))
    assert text_of(turned) == text_of(found)
    assert digest_of([turned]) == digest_of([found])


@pytest.mark.parametrize(("name", "plan"), [("office-fire", "confirm-first"), ("terminal-leak", "joint")])
def test_real_outcomes_come_back_as_they_were(name, plan):
    bench = Bench(load(ROOT / "scenarios" / name))
    for conditions in ("exercise", "emergency"):
        found = bench.result(Job(plan, conditions, 1), 0).outcome
        assert sorted_out(outcome_of(text_of(found))) == sorted_out(found)
        assert outcome_of(text_of(found)) == found


def test_every_field_of_an_outcome_is_in_its_text():
    # A new field must be added to the text, and the format of stores raised.
    assert from_bytes(text_of(outcome(0))).keys() == {field.name for field in fields(Outcome)}


def test_scalars_of_numpy_become_plain_numbers():
    plain = replace(outcome(1), leavers=3, end_s=1.5, exit_times_s=(0.5,), drawn={"a": 2.5})
    arrays = replace(
        plain,
        leavers=np.int64(3),
        end_s=np.float64(1.5),
        exit_times_s=(np.float32(0.5),),
        drawn={"a": np.float64(2.5)},
    )
    assert text_of(arrays) == text_of(plain)
    assert {type(entry) for entry in outcome_of(text_of(arrays)).exit_times_s} == {float}


def test_the_digest_sees_every_field_and_the_number_of_outcomes_but_not_their_order():
    base = outcome(1)
    changed = {
        "replication": 2,
        "end": "standstill",
        "end_s": math.nextafter(base.end_s, 0.0),
        "measures": {**base.measures, "last_out": Value(base.measures["last_out"].number, "min")},
        "tasks": {},
        "exit_times_s": base.exit_times_s[:-1],
        "leavers": 21,
        "critical": (),
        "drawn": {},
        "trace_digest": "e",
        "flags": (),
        "waits": (),
        "trapped": (),
        "lost": (),
    }
    assert changed.keys() == {field.name for field in fields(Outcome)}
    digests = {digest_of([replace(base, **{name: value})]) for name, value in changed.items()}
    assert len(digests | {digest_of([base]), digest_of([]), digest_of([base, base])}) == len(changed) + 3
    assert digest_of([base, outcome(2)]) == digest_of([outcome(2), base])


def test_the_digest_is_the_same_for_every_hash_seed():
    code = (
        "from tests.study.stored import outcome as o; from drillsim.study.outcome_text import digest_of as d"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", f"{code}; print(d([o(0), o(1)]))"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "7")
    }
    assert found == {digest_of([outcome(0), outcome(1)])}


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("leavers", "3", "leavers: '3' is no int"),
        ("leavers", True, "leavers: True is no int"),
        ("end", 1, "end: 1 is no str"),
        ("exit_times_s", [1.0, None], "exit_times_s: None is no float"),
        ("exit_times_s", "1.0", "is no list"),
        ("measures", {"a": [1.0, "s"]}, "measures.a: 2 entries instead of 3"),
        ("measures", {"a": [1.0, "s", 3.0]}, "a NaN needs the bound"),
        ("measures", [], "measures: no names with values"),
        ("tasks", {"a": [1.0, 1.0, 1.0, {}]}, "tasks.a: a dict is no float"),
        ("drawn", {"a": [[[[]]]]}, "drawn.a: a list is no float"),
        ("waits", [["a", "b", "c", 1.5, None]], "1.5 is no int"),
        ("more", 1, "the fields are not those of an outcome"),
    ],
)
def test_what_is_no_outcome_is_refused(field, value, complaint):
    content = {**from_bytes(text_of(outcome(0))), field: value}
    with pytest.raises(ValueError, match=complaint):
        outcome_of(to_bytes(content))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"cos\nsystem\n(S'ls'\ntR.",
        b"1" * 10_000,
        b'{"a":1}',
    ],
)
def test_other_text_is_refused_in_an_orderly_way(text):
    with pytest.raises(ValueError):
        outcome_of(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_an_orderly_way(text):
    with pytest.raises(ValueError):
        outcome_of(text)
    with pytest.raises(ValueError):
        unpacked(text)


def test_compressed_bytes_that_would_fill_the_memory_are_refused(monkeypatch):
    monkeypatch.setattr("drillsim.study.exact_json._LONGEST", 10_000)
    assert unpacked(packed(b"a" * 10_000)) == b"a" * 10_000
    with pytest.raises(ValueError, match="too long"):
        unpacked(packed(b"a" * 10_001))


def test_bytes_after_the_end_or_a_missing_end_are_refused():
    with pytest.raises(ValueError, match="followed by others"):
        unpacked(packed(b"abc") + b"x")
    with pytest.raises(ValueError, match="cut short"):
        unpacked(packed(b"abc" * 100)[:-1])


def test_what_is_neither_text_nor_number_is_not_written():
    with pytest.raises(TypeError, match="neither text nor a number"):
        text_of(replace(outcome(0), drawn={"a": 1j}))


def test_a_long_text_is_shortened_in_the_complaint():
    with pytest.raises(ValueError, match=r"x: 'a{39}… is no int"):
        fitted("a" * 500, int, place="x")
