from __future__ import annotations

import base64
import math
from dataclasses import fields
from pathlib import Path

import pytest

from drillsim.scenario.load import load
from drillsim.study.exact_json import from_bytes, packed, to_bytes, unpacked
from drillsim.study.job import Bench, Job
from drillsim.study.reduce import reduce
from drillsim.study.trace_text import trace_of, trace_text
from drillsim.trace.log import RunHeader
from tests.measures.hand import everybody_out, trace

ROOT = Path(__file__).resolve().parents[2]


def hand_trace():
    t = trace(*everybody_out())
    ready = t.add(10.0, "task-ready", task="alarm")
    t.add(30.0, "task-started", task="报警", actor="patrol", place="hall", value=4, unit="1", cause=ready)
    t.add(30.0, "flag", actor="fire", task="x", value=math.inf)
    t.add(130.0, "end", task="endex", value=0.1 + 0.2)
    return t


def same(first, second):
    assert second.digest() == first.digest()
    assert second.header == first.header
    assert second.crowd == first.crowd
    assert repr(second.rows) == repr(first.rows)


def test_a_trace_comes_back_as_it_was():
    same(hand_trace(), trace_of(unpacked(packed(trace_text(hand_trace())))))


@pytest.mark.parametrize(("name", "plan"), [("office-fire", "alarm-at-once"), ("terminal-leak", "joint")])
def test_real_traces_come_back_as_they_were_and_reduce_to_the_same(name, plan):
    found = Bench(load(ROOT / "scenarios" / name)).trace(Job(plan, "exercise", 1), 2)
    again = trace_of(trace_text(found))
    same(found, again)
    assert reduce(again) == reduce(found)


def test_every_field_of_a_header_is_in_the_text():
    given = from_bytes(trace_text(hand_trace()))["header"]
    assert given.keys() == {field.name for field in fields(RunHeader)}


def column(name, numbers):
    def change(content):
        raw = b"".join(number.to_bytes(4, "little", signed=True) for number in numbers)
        content["crowd"][name] = base64.b64encode(raw).decode()

    return change


def at(*path):
    *way, last, value = path

    def change(content):
        for step in way:
            content = content[step]
        content[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (at("rows", 0, 0, 11.0), "do not match their digest"),
        (at("rows", 0, 1, "exec"), "not in the vocabulary"),
        (at("rows", 1, 7, 5), "not an earlier row"),
        (at("rows", 0, ["a"]), "rows: 1 entries instead of 8"),
        (at("header", "seed", 1.5), "seed: 1.5 is no int"),
        (at("header", "units", [["a", 1, 1]]), "units: 1 is no bool"),
        (at("header", {}), "not those of a trace's header"),
        (at("crowd", []), "not those of passages"),
        (at("crowd", "time_s", "****"), "base64|Only base64|Non-base64"),
        (at("crowd", "time_s", "AAAA"), "bytes length not a multiple"),
        (at("crowd", "time_s", ""), "unequal length"),
        (at("crowd", "time_s", 3), "time_s: 3 is no str"),
        (at("digest", "x"), "do not match"),
        (at("digest", None), "do not match"),
        (column("link", [-2] * 10), "column link holds a number that is not from -1 to 3"),
        (column("space", [5] * 10), "column space"),
        (column("person", [6] * 10), "column person"),
    ],
)
def test_what_is_no_trace_is_refused(change, complaint):
    content = from_bytes(trace_text(hand_trace()))
    change(content)
    with pytest.raises(ValueError, match=complaint):
        trace_of(to_bytes(content))


def test_other_json_is_refused():
    with pytest.raises(ValueError, match="not those of a trace"):
        trace_of(b"{}")
