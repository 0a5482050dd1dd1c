"""One fire in one run: what fighting it does to its sizes and detectors."""

from __future__ import annotations

import math

import pytest

from drillsim.hazards.blaze import Blaze
from drillsim.hazards.detector import Detector
from drillsim.hazards.heat_release import HeatCurve

LINK = Detector(radius_m=3.0, height_m=3.0, activation_k=330.0, rti=50.0)
SIZES = {"small": 1e5, "large": 1e6}
FLAME_S = 100.0


def blaze(*, detector_s: float = math.inf, **detectors: Detector) -> Blaze:
    return Blaze(
        HeatCurve(300.0, 2e6), flaming_s=FLAME_S, detector_s=detector_s, detectors=detectors, ambient_k=293.15
    )


def moments(fire: Blaze) -> dict[str, float]:
    return dict(fire.moments(SIZES))


def test_moments_are_those_of_flame_detectors_and_sizes() -> None:
    found = moments(blaze(link=LINK))
    assert set(found) == {"flaming", "detected", "link", "small", "large"}
    assert found["flaming"] == FLAME_S
    assert found["detected"] == found["link"] > FLAME_S + 50.0
    assert found["small"] == pytest.approx(FLAME_S + 92.4, abs=0.1)
    assert found["large"] == pytest.approx(FLAME_S + 292.1, abs=0.1)


def test_the_first_detector_counts_whether_drawn_or_computed() -> None:
    link_s = moments(blaze(link=LINK))["link"]
    slow = LINK.model_copy(update={"rti": 300.0})
    assert blaze(link=LINK, slow=slow).detected_s == link_s
    assert blaze(detector_s=10.0, link=LINK).detected_s == FLAME_S + 10.0
    assert blaze(detector_s=1e4, link=LINK).detected_s == link_s
    assert blaze().detected_s == math.inf


def test_a_fire_that_is_fought_grows_no_more_and_is_not_detected_later() -> None:
    fire = blaze(link=LINK)
    fire.fight(FLAME_S + 60.0, share=0.0, tau_s=20.0)
    found = moments(fire)
    assert found["link"] == found["small"] == found["large"] == math.inf
    assert fire.fought_s == FLAME_S + 60.0
    assert fire.heat_w(FLAME_S + 80.0) == pytest.approx(fire.heat_w(FLAME_S + 60.0) / math.e)


def test_what_had_happened_before_it_was_fought_stays() -> None:
    fire, fought = blaze(link=LINK), blaze(link=LINK)
    fought.fight(FLAME_S + 250.0, share=0.0, tau_s=20.0)
    before, after = moments(fire), moments(fought)
    assert {name for name in before if before[name] != after[name]} == {"large"}
    assert after["large"] == math.inf


def test_without_flame_nothing_happens() -> None:
    fire = blaze(detector_s=5.0, link=LINK)
    fire.fight(FLAME_S - 1.0, share=0.0, tau_s=20.0)
    assert set(moments(fire).values()) == {math.inf}
