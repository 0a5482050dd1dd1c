"""Gas detectors: first-order response, moment of alarm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drillsim.hazards.gas_detector import RESPONSE, GasDetector, alarm_time_s, time_constant_s
from drillsim.hazards.substances import substance


@given(share=st.floats(0.01, 0.99), t90=st.floats(1.0, 200.0), delay=st.floats(0.0, 60.0))
def test_a_step_gives_alarm_as_the_closed_form_has_it(share: float, t90: float, delay: float) -> None:
    found = alarm_time_s([0.0, 80.0], times_s=[-5.0, 7.0], alarm=80.0 * share, t90_s=t90, delay_s=delay)
    assert found == pytest.approx(7.0 - t90 / math.log(10.0) * math.log(1.0 - share) + delay)


def test_cutting_a_step_into_samples_changes_nothing() -> None:
    times = np.arange(0.0, 300.0, 10.0)
    found = alarm_time_s(np.full(30, 100.0), times_s=times, alarm=90.0, t90_s=40.0)
    assert found == pytest.approx(40.0)


@pytest.mark.parametrize("air", [0.0, 24.0, 25.0])
def test_air_that_does_not_pass_the_level_never_gives_alarm(air: float) -> None:
    times = np.arange(0.0, 5000.0, 10.0)
    assert alarm_time_s(np.full(500, air), times_s=times, alarm=25.0, t90_s=20.0) == math.inf


def test_a_puff_shorter_than_the_response_goes_unnoticed() -> None:
    puff = {"times_s": [0.0, 5.0], "alarm": 50.0}
    assert alarm_time_s([100.0, 0.0], **puff, t90_s=40.0) == math.inf
    assert alarm_time_s([100.0, 0.0], **puff, t90_s=10.0) == pytest.approx(
        time_constant_s(10.0) * math.log(2.0)
    )


def test_a_second_puff_finds_the_reading_of_the_first() -> None:
    once = alarm_time_s([60.0], times_s=[0.0], alarm=50.0, t90_s=40.0)
    again = alarm_time_s([60.0, 0.0, 60.0], times_s=[0.0, 20.0, 25.0], alarm=50.0, t90_s=40.0)
    assert again < 25.0 + once


def test_the_past_stands_when_later_samples_change() -> None:
    times = np.arange(0.0, 100.0, 10.0)
    air = np.full(10, 100.0)
    changed = np.where(times > 40.0, 0.0, air)
    early = {"times_s": times, "alarm": 80.0, "t90_s": 40.0}
    assert alarm_time_s(air, **early) == alarm_time_s(changed, **early) < 40.0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"t90_s": 0.0}, "above 0"),
        ({"alarm": 0.0}, "above 0 and from 0 on"),
        ({"delay_s": -1.0}, "above 0 and from 0 on"),
        ({"times_s": [0.0, 1.0]}, "one for each"),
    ],
)
def test_what_has_no_answer_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        alarm_time_s([1.0], **({"times_s": [0.0], "alarm": 0.5, "t90_s": 10.0} | changes))


def test_every_kind_has_its_response_with_a_source() -> None:
    for kind, response in RESPONSE.items():
        assert response.source and response.confidence in ("medium", "low")
        stated = {} if response.t90_s else {"response_s": 25.0}
        found = GasDetector(at="hall", kind=kind, alarm_ppm=25.0, **stated)
        assert found.t90_s == (response.t90_s or 25.0)
        assert found.delay_s == response.sampling_s


def test_a_detector_is_read_from_text_and_alarms_at_a_share_of_the_flammable_limit() -> None:
    read = GasDetector.model_validate(
        {"carried_by": "patrol", "kind": "pellistor", "alarm_lel": "20 %", "response": "30 s"}
    )
    assert (read.carried_by, read.t90_s) == ("patrol", 30.0)
    assert read.level_ppm(substance("propane")) == pytest.approx(4200.0)
    with pytest.raises(ValueError, match="lfl_vol_pct"):
        read.level_ppm(substance("chlorine"))
    found = read.alarm_s([8400.0], times_s=[0.0], entry=substance("propane"))
    assert found == pytest.approx(30.0 * math.log10(2.0))


@pytest.mark.parametrize(
    ("given_", "complaint"),
    [
        ({"kind": "pid"}, "give one of alarm"),
        ({"kind": "pid", "alarm_ppm": 1.0, "alarm_lel": 0.2}, "give one of alarm"),
        ({"kind": "sampling", "alarm_ppm": 1.0}, "state response"),
    ],
)
def test_a_detector_that_says_too_little_is_refused(given_: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        GasDetector(at="hall", **given_)
