from __future__ import annotations

from drillsim.study.reduce import reduce
from tests.measures.hand import everybody_out, trace


def test_an_outcome_holds_exits_draws_and_the_critical_path_last_first():
    t = trace(*everybody_out())
    t.add(0.0, "drawn", task="profiles.x.responses.voice", actor="clerks", value=10.0)
    t.add(0.0, "drawn", task="profiles.x.responses.voice", actor="visitors", value=20.0)
    ready = t.add(10.0, "task-ready", task="alarm")
    granted = t.add(30.0, "units-granted", task="alarm", cause=ready)
    begun = t.add(30.0, "task-started", task="alarm", actor="patrol", cause=granted)
    done = t.add(90.0, "task-done", task="alarm", actor="patrol", cause=begun)
    stamped = t.add(90.0, "milestone", task="clear", cause=done)
    t.add(130.0, "end", task="endex", cause=stamped)
    found = reduce(t)
    assert found.exit_times_s == (60.0, 70.0, 80.0, 110.0, 120.0)
    assert found.leavers == 5
    assert found.drawn == {"profiles.x.responses.voice": 15.0}
    assert found.critical == ("alarm", "alarm: wait for units", "alarm: delay")
    assert (found.end, found.end_s, found.tasks["alarm"].started_s) == ("endex", 130.0, 30.0)
    assert found.trace_digest == t.digest()


def test_a_trace_that_was_cut_off_has_no_critical_path():
    t = trace()
    t.add(7200.0, "end", task="horizon")
    assert reduce(t).critical == ()
    assert reduce(t).end == "horizon"
