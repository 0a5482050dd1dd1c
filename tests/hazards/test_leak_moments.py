from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from drillsim.hazards.gas_detector import GasDetector, alarm_time_s
from drillsim.hazards.leak import LeakRun
from drillsim.hazards.leak_moments import LEL_SHARES, Ignition, lel_levels_ppm, live_spaces, smell_warning
from drillsim.hazards.protocol import WHOLE
from drillsim.hazards.substances import substance
from drillsim.streams import Streams
from tests.hazards.sites import begin_leak, leak, yard

SITE = yard()


def pid(at: str = "east-100", **changes: Any) -> dict[str, Any]:
    return {"at": at, "kind": "pid", "alarm_ppm": 5.0} | changes


def moments(run: LeakRun) -> dict[str, float]:
    return {c.threshold: c.time_s for c in run.crossings(-math.inf, 1e6) if c.space == WHOLE}


def test_a_detector_gives_alarm_by_its_own_response_to_the_air_of_its_space() -> None:
    run, _ = begin_leak(SITE, detectors={"slow": pid(response_s=120.0), "fast": pid(response_s=1.0)})
    found = moments(run)
    times = np.arange(0.0, 3600.0, 10.0)
    space = np.array([SITE.space_index["east-100"]])
    air = [float(run.at("ppm", space, time)[0]) for time in times]
    assert found["slow"] == pytest.approx(alarm_time_s(air, times_s=times, alarm=5.0, t90_s=120.0))
    assert found["detected"] == found["fast"] < found["slow"]


def test_a_response_that_is_not_stated_is_flagged_with_its_source() -> None:
    run, _ = begin_leak(SITE, detectors={"usual": pid(), "stated": pid(response_s=3.0)})
    told = [flag for flag in run.flags if flag.startswith("detector")]
    assert told == ["detector usual: pid, 15 s to 90 % (3 to 15 s, from memory: the slower end; low)"]


def test_a_detector_upwind_never_alarms_and_nothing_is_detected() -> None:
    run, _ = begin_leak(SITE, detectors={"wrong": pid("west-100")})
    assert not {"wrong", "detected"} & moments(run).keys()


def test_what_is_done_later_never_changes_an_alarm_that_was_given() -> None:
    run, _ = begin_leak(SITE, detectors={"d": pid()})
    before = moments(run)["d"]
    run.act("collect", 0.0, before + 20.0)
    assert moments(run)["d"] == before
    other, _ = begin_leak(SITE, detectors={"d": pid()})
    other.act("collect", 0.0, 5.0)
    assert "d" not in moments(other)


def test_the_words_of_detectors_and_ignition_belong_to_the_leak_that_has_them() -> None:
    plain = leak()
    assert not {"detected", "flash", "opened"} & plain.whole
    spec = leak(detectors={"gate": pid()}, ignition={"at": "east-100"})
    assert spec.whole - plain.whole == {"detected", "gate", "flash"}


@pytest.mark.parametrize("name", ["aegl2", "contained", "flash", "lel10", "detected"])
def test_a_detector_may_not_be_called_what_the_leak_calls_something_else(name: str) -> None:
    with pytest.raises(ValidationError, match="needs a name of its own"):
        leak(detectors={name: pid()})


def test_shares_of_the_flammable_limit_are_thresholds_of_what_burns_only() -> None:
    assert lel_levels_ppm(substance("propane")) == pytest.approx({"lel10": 2100.0, "lel60": 12600.0})
    assert lel_levels_ppm(substance("chlorine")) == {}
    assert leak().events - leak().whole == {"noticed", "aegl2", "aegl3", *LEL_SHARES}


def test_the_cloud_flashes_when_it_first_burns_where_something_is_hot() -> None:
    rich = {"amount_kg": 50_000.0, "outflow": 60.0, "pool_m2": 3000.0}
    run, _ = begin_leak(SITE, **rich, ignition={"at": ["source", "west-100"]})
    source = SITE.space_index["source"]
    first = next(
        c.time_s for c in run.crossings(-math.inf, 1e6) if (c.space, c.threshold) == (source, "lel60")
    )
    assert moments(run)["flash"] == first
    away, _ = begin_leak(SITE, **rich, ignition={"at": "west-100"})
    never, _ = begin_leak(SITE, **rich, ignition={"at": "source", "chance": 0.0})
    assert "flash" not in {*moments(away), *moments(never)}


def test_each_place_takes_fire_by_its_own_luck_at_the_stated_chance() -> None:
    told: dict[str, float] = {}
    chance = 0.3
    ignition = Ignition(at=tuple(SITE.spaces), chance=chance)
    live = [
        len(live_spaces(ignition, "drum", facility=SITE, streams=Streams(seed), drawn=told.__setitem__))
        for seed in range(300)
    ]
    n = 300 * len(SITE.spaces)
    assert sum(live) == pytest.approx(chance * n, abs=4.0 * math.sqrt(n * chance * (1.0 - chance)))
    assert told.keys() == {f"hazards.drum.ignition.{place}" for place in SITE.spaces}


def test_a_nose_that_warns_too_late_is_flagged() -> None:
    assert "17 ppm" in str(smell_warning(substance("acrylonitrile"), noticed_ppm=None))
    assert smell_warning(substance("ammonia"), noticed_ppm=None) is None
    assert smell_warning(substance("chlorine"), noticed_ppm=None) is None  # odour not known
    assert any("whoever waits for the smell" in flag for flag in begin_leak(SITE)[0].flags)


def test_a_share_of_a_limit_that_is_not_known_is_refused() -> None:
    detector = GasDetector(at="source", kind="pellistor", alarm_lel=0.2)
    with pytest.raises(ValueError, match="lfl_vol_pct"):
        detector.level_ppm(substance("chlorine"))


def test_an_opened_door_is_a_moment_of_a_container_only() -> None:
    assert "opened" not in leak().whole
    box = {"kind": "container", "amount_kg": 160.0, "outflow": 1200.0, "wet_floor_m2": 8.0}
    run, _ = begin_leak(SITE, amount_kg=None, outflow=None, source=box)
    assert "opened" in run.spec.whole
    assert "opened" not in moments(run)
    run.act("open-door", 0.0, 300.0)
    assert moments(run)["opened"] == 301.0
