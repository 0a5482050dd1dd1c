"""The trace: append-only, closed vocabulary, causes that come first."""

from __future__ import annotations

import re
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.trace.log import CrowdLog, Row, RunHeader, Trace
from drillsim.vocabulary import EVENTS

HEADER = RunHeader(
    scenario="small",
    digest="0",
    plan="plan",
    conditions="exercise",
    seed=1,
    replication=0,
    version="0",
    fingerprint="0",
    start_s=36000.0,
    slot_s=3600.0,
    horizon_s=7200.0,
    milestones=(),
    groups=(),
    spaces=("room",),
    links=("door",),
    musters=(),
    operations=(),
    units=(),
    plan_edges=(),
)


def trace_of(*times: float) -> Trace:
    trace = Trace(HEADER)
    for time in times:
        trace.add(time, "milestone", task="x")
    return trace


def test_rows_are_numbered_from_zero_and_keep_what_was_said() -> None:
    trace = Trace(HEADER)
    assert trace.add(0.0, "startex") == 0
    assert (
        trace.add(5.0, "task-done", actor="crew", place="room", task="look", value=5.0, unit="s", cause=0)
        == 1
    )
    assert trace.rows[1] == Row(5.0, "task-done", "crew", "room", "look", 5.0, "s", 0)


def test_an_event_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="event 'party' is not in the vocabulary"):
        Trace(HEADER).add(0.0, "party")


def test_time_does_not_go_back() -> None:
    trace = trace_of(10.0)
    with pytest.raises(ValueError, match=re.escape("row end at 9.0 s comes after one at 10.0 s")):
        trace.add(9.0, "end", task="endex")
    assert len(trace.rows) == 1
    assert trace.add(10.0, "end", task="endex") == 1


@pytest.mark.parametrize("cause", [-2, 1, 7])
def test_a_cause_is_an_earlier_row(cause: int) -> None:
    trace = trace_of(0.0)
    with pytest.raises(ValueError, match=f"cause {cause} of row 1 is not an earlier row"):
        trace.add(1.0, "end", task="endex", cause=cause)


def test_rows_of_one_event_are_found_with_their_numbers() -> None:
    trace = Trace(HEADER)
    trace.add(0.0, "startex")
    trace.add(1.0, "milestone", task="a")
    trace.add(2.0, "milestone", task="b")
    assert [(number, row.task) for number, row in trace.of("milestone")] == [(1, "a"), (2, "b")]
    assert trace.first("milestone") == (1, trace.rows[1])
    assert trace.first("milestone", task="b") == (2, trace.rows[2])
    assert trace.first("milestone", task="c") is None
    assert trace.first("end") is None


@given(st.lists(st.floats(0, 1e6), max_size=30))
def test_equal_rows_give_equal_digests(times: list[float]) -> None:
    ordered = sorted(times)
    assert trace_of(*ordered).digest() == trace_of(*ordered).digest()
    assert trace_of(*ordered, 2e6).digest() != trace_of(*ordered).digest()


def test_the_digest_sees_rows_and_every_column_of_passages() -> None:
    def crowd() -> CrowdLog:
        return CrowdLog(
            array("d", [2.0]), array("d", [1.0]), array("i", [0]), array("i", [0]), array("i", [0])
        )

    base = Trace(HEADER, crowd()).digest()
    assert Trace(HEADER, crowd()).digest() == base
    for column, value in (("time_s", 3.0), ("arrived_s", 0.5), ("person", 1), ("link", -1), ("space", 1)):
        changed = crowd()
        getattr(changed, column)[0] = value
        assert Trace(HEADER, changed).digest() != base
    two = trace_of(1.0)
    two.rows[0] = two.rows[0]._replace(value=1.0)
    assert two.digest() != trace_of(1.0).digest()


def test_a_trace_without_passages_has_columns_of_its_own() -> None:
    one, other = Trace(HEADER), Trace(HEADER)
    one.crowd.time_s.append(1.0)
    assert not other.crowd.time_s


def test_every_event_says_what_its_row_means() -> None:
    assert all(text.strip() for text in EVENTS.values())
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", event) for event in EVENTS)


def test_a_state_outside_the_vocabulary_is_refused() -> None:
    trace = Trace(HEADER)
    with pytest.raises(ValueError, match="person 'flying' is not one of evacuated, inside"):
        trace.add(0.0, "person", task="flying")
