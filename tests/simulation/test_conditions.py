"""What a condition asks for in a run, and the row that made it hold."""

import pytest

from drillsim.simulation.conditions import holds_any
from drillsim.simulation.run import run

from .small import inject, small, task, times, when

AGENCIES = {
    "fire": {"title": "fire", "units": {"crew": {"people": "4", "station": "yard"}}},
    "police": {"title": "police"},
}
INFORMATION = {"number": "the UN number"}
TOLD = {"do": "inform", "item": "number", "to": "police"}
OPEN_END = task(takes="20 min", milestone="over")


def play(tasks, **sections):
    sections = {"agencies": AGENCIES, "information": INFORMATION} | sections
    return run(small(tasks={"over": OPEN_END} | tasks, **sections), plan="plan")


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"known": "number", "by": "police"}, True),
        ({"known": "number", "by": "fire"}, False),
        ({"unknown": "number", "by": "fire"}, True),
        ({"unknown": "number", "by": "police"}, False),
        ({"unknown": "number"}, False),
    ],
)
def test_what_one_agency_knows_is_not_known_to_the_others(asked, holds):
    tasks = {
        "tell": task(effects=[TOLD]),
        "act": task(takes="0 s", after="tell", milestone="acted", **{"if": asked}),
    }
    assert (times(play(tasks), "milestone", task="acted") == [60.0]) is holds


@pytest.mark.parametrize(
    ("wind_from", "holds"),
    [(["350°", "20°"], True), (["20°", "350°"], False), (["10°", "10°"], True), (["90°", "180°"], False)],
)
def test_directions_of_the_wind_run_clockwise_and_may_pass_north(wind_from, holds):
    weather = {"wind_from": "10°", "wind_sd": "0°", "wind_speed": "3 m/s"}
    trace = play(
        {"act": task(takes="0 s", when={"wind_from": wind_from}, milestone="acted")}, weather=weather
    )
    assert (times(trace, "milestone", task="acted") == [0.0]) is holds


def test_a_wind_that_turns_slowly_is_looked_at_when_it_has_turned():
    weather = {"wind_from": "0°", "wind_sd": "0°", "wind_speed": "3 m/s"}
    turned = inject("3 min", {"do": "wind", "from": "90°", "over": "4 min"})
    tasks = {"act": task(takes="0 s", when={"wind_from": ["80°", "100°"]}, milestone="acted")}
    assert when(play(tasks, weather=weather, injects={"turned": turned}), "acted") == 180.0 + 240.0


def test_a_threshold_that_is_reached_somewhere_is_a_condition():
    leak = {
        "kind": "leak", "substance": "acrylonitrile", "at": "yard", "amount": "200 kg", "outflow": "10 min",
        "pool": "10 m²", "noticed": "0.001 ppm",
    }  # fmt: skip
    asked = {"reached": {"hazard": "d", "threshold": "noticed", "at": "yard"}}
    tasks = {
        "act": task(takes="0 s", when=asked, milestone="acted"),
        "skip": task(takes="0 s", **{"if": asked}),
    }
    trace = play(tasks, hazards={"d": leak})
    above = next(row for _, row in trace.of("threshold") if (row.task, row.place) == ("noticed", "yard"))
    assert above.time_s > 0.0
    assert when(trace, "acted") == above.time_s
    assert times(trace, "task-skipped", task="skip") == [0.0]


def test_the_row_that_made_a_condition_hold_is_the_cause_of_what_waited():
    tasks = {
        "look": task(takes="4 min", effects=[TOLD]),
        "act": task(when={"known": "number"}, milestone="acted"),
    }
    trace = play(tasks)
    cause = trace.rows[trace.first("task-ready", task="act")[1].cause]
    assert (cause.event, cause.task, cause.time_s) == ("informed", "number", 240.0)


def test_what_holds_only_within_a_moment_is_not_seen():
    """Conditions are looked at when everything of a moment has happened."""
    forget = TOLD | {"known": "false"}
    forget.pop("to")
    tasks = {
        "look": task(takes="4 min", effects=[TOLD, forget]),
        "act": task(takes="0 s", when={"known": "number"}, milestone="acted"),
    }
    assert times(play(tasks), "milestone", task="acted") == []


def test_where_no_condition_is_given_nothing_is_asked_for():
    assert holds_any(None, ())


def test_what_other_tasks_undo_in_the_same_moment_is_not_seen_either():
    forget = {"do": "inform", "item": "number", "known": "false"}
    tasks = {
        "look": task(takes="4 min", effects=[TOLD]),
        "other": task(takes="4 min"),
        "undo": task(takes="0 s", after="other", effects=[forget]),
        "act": task(takes="0 s", when={"known": "number"}, milestone="acted"),
    }
    assert times(play(tasks), "milestone", task="acted") == []
