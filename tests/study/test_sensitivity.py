from __future__ import annotations

import math

import pytest

from drillsim.errors import DrillsimError, RunFailed
from drillsim.study.replicate import replicate
from drillsim.study.sensitivity import flip, tornado
from tests.study.hand import run, scenario

VOICE = "profiles.office.responses.voice"
LOOK = "plans.slow.tasks.look.takes"
QUENCH = "plans.slow.tasks.quench.takes"


@pytest.fixture(scope="module")
def ensemble():
    aims = scenario(
        out={"title": "All out", "milestone": "all-out", "within": "6 min"},
        rule={"title": "Order", "first": "alarm", "then": "fire-out"},
    )
    return replicate(aims, plan="slow", conditions="emergency", replications=40, seed=1, run=run)


@pytest.fixture(scope="module")
def found(ensemble):
    return tornado(ensemble, run=run)


def test_only_assumptions_that_move_the_measure_are_swung_and_the_rest_are_named(found):
    assert {swing.path for swing in found.swings} == {VOICE, LOOK}
    assert found.left_out == (
        "plans.slow.tasks.idle.takes",
        QUENCH,
        "profiles.office.responses.smoke",
    )


def test_rules_of_order_have_no_bar(found):
    assert {swing.objective for swing in found.swings} == {"out"}


def test_halving_and_doubling_a_fixed_time_moves_the_measure_by_exactly_that(found):
    voice = next(swing for swing in found.of("out") if swing.path == VOICE)
    assert voice.base - voice.low == pytest.approx(50.0)
    assert voice.high - voice.base == pytest.approx(100.0)
    assert (voice.median, voice.median_unit, voice.target, voice.measure) == (
        100.0,
        "s",
        360.0,
        "milestone.all-out",
    )
    assert voice.width == pytest.approx(150.0)


def test_the_flip_is_where_the_required_share_of_the_runs_stops_meeting_the_limit(ensemble, found):
    voice = next(swing for swing in found.of("out") if swing.path == VOICE)
    # 8 runs, 90 % of them: all 8 must be out. The slowest of them decides.
    slowest = max(outcome.measures["milestone.alarm"].number for outcome in ensemble.outcomes[:8])
    exact = 360.0 - 60.0 - slowest
    assert voice.direction == "longer"
    assert voice.flips_at_s == pytest.approx(exact, rel=1e-6)  # the measure is linear in it
    assert voice.flips_between_s[0] <= exact <= voice.flips_between_s[1] * (1 + 1e-9)
    assert flip(ensemble, path=VOICE, objective="out", run=run).at_s == pytest.approx(exact, rel=1e-6)


def test_bars_are_widest_first_and_the_budget_of_runs_is_kept(found):
    widths = [swing.width for swing in found.swings]
    assert widths == sorted(widths, reverse=True)
    assert found.runs <= 160
    assert found.replications == 8


def test_a_budget_too_small_for_anything_gives_no_bars(ensemble):
    small = tornado(ensemble, max_runs=3, run=run)
    assert small.swings == ()
    assert small.runs <= 3


def test_progress_ends_at_the_number_of_runs_made(ensemble):
    seen: list[tuple[int, int]] = []
    made = tornado(ensemble, run=run, progress=lambda *at: seen.append(at))
    assert seen[-1] == (made.runs, made.runs)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_assumption_that_does_nothing_flips_nothing(ensemble):
    assert flip(ensemble, path=QUENCH, objective="out", run=run) is None


def _breaks(path_is_changed):
    """A run that fails where the scenario's value was changed so."""

    def broken(scenario, **arguments):
        if path_is_changed(scenario):
            raise ValueError("out of its range")
        return run(scenario, **arguments)

    return broken


def _voice_s(scenario):
    return scenario.profiles["office"].responses["voice"].emergency.median


def test_an_assumption_whose_runs_fail_is_left_out_and_named_and_the_others_are_swung(ensemble):
    found = tornado(ensemble, run=_breaks(lambda scenario: _voice_s(scenario) == 50.0))
    assert {swing.path for swing in found.swings} == {LOOK}
    assert VOICE in found.left_out


def test_an_assumption_whose_probe_fails_is_left_out_and_named(ensemble):
    found = tornado(ensemble, run=_breaks(lambda scenario: _voice_s(scenario) == 200.0))
    assert {swing.path for swing in found.swings} == {LOOK}
    assert VOICE in found.left_out


def test_an_assumption_that_fails_only_farther_out_keeps_its_bar(ensemble):
    found = tornado(ensemble, run=_breaks(lambda scenario: not 50.0 <= _voice_s(scenario) <= 200.0))
    assert {swing.path for swing in found.swings} == {VOICE, LOOK}


def test_a_flip_that_could_not_be_looked_for_is_an_error_and_no_answer(ensemble):
    broken = _breaks(lambda scenario: _voice_s(scenario) != 100.0)
    with pytest.raises(RunFailed, match=r"16 of 16 runs with profiles.* run 0: out of its range"):
        flip(ensemble, path=VOICE, objective="out", run=broken)


def test_a_bar_of_an_objective_from_below_is_the_value_exceeded_in_the_share_of_runs_asked_for():
    aims = scenario(late={"title": "L", "measure": "milestone.all-out", "above": 150.0, "share": "75 %"})
    ensemble = replicate(aims, plan="slow", replications=8, seed=1, run=run)
    swing = next(swing for swing in tornado(ensemble, run=run).swings if swing.path == VOICE)
    times = sorted(outcome.measures["milestone.all-out"].number for outcome in ensemble.outcomes)
    assert swing.base == pytest.approx(times[2])  # 6 of 8 are at or above it
    assert swing.base_share == 1.0


def test_a_bar_reaches_infinity_where_the_doubled_value_is_not_reached():
    def late(scenario, **arguments):
        trace = run(scenario, **arguments)
        if _voice_s(scenario) > 150.0:
            trace.rows[:] = [
                row._replace(task="another") if row.task == "all-out" else row for row in trace.rows
            ]
        return trace

    ensemble = replicate(scenario(), plan="slow", replications=8, seed=1, run=late)
    swing = next(swing for swing in tornado(ensemble, run=late).swings if swing.path == VOICE)
    assert (swing.high, swing.width, swing.high_share) == (math.inf, math.inf, 0.0)


def test_a_missed_objective_flips_where_it_would_be_met():
    aims = scenario(out={"title": "All out", "milestone": "all-out", "within": "2 min", "share": "50 %"})
    ensemble = replicate(aims, plan="fast", replications=8, seed=1, run=run)
    found = flip(ensemble, path=VOICE, objective="out", run=run)
    alarms = sorted(outcome.measures["milestone.alarm"].number for outcome in ensemble.outcomes)
    assert found.direction == "shorter"
    assert found.at_s == pytest.approx(120.0 - 60.0 - alarms[3], rel=1e-6)


@pytest.mark.parametrize(("path", "objective"), [("profiles.x", "out"), (VOICE, "rule"), (VOICE, "none")])
def test_an_unknown_path_or_objective_without_a_number_is_refused(ensemble, path, objective):
    with pytest.raises(DrillsimError):
        flip(ensemble, path=path, objective=objective, run=run)
