"""One fire in one run: what fighting it does to its sizes and detectors."""

from __future__ import annotations

import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.blaze import Blaze, hand_attack_chance, water_knock_down
from drillsim.hazards.detector import Detector
from drillsim.hazards.heat_release import HeatCurve

LINK = Detector(radius_m=3.0, height_m=3.0, activation_k=330.0, rti=50.0)
SIZES = {"small": 1e5, "large": 1e6}
FLAME_S = 100.0


def blaze(*, detector_s: float = math.inf, **detectors: Detector) -> Blaze:
    return Blaze(
        HeatCurve.grown(300.0, 2e6),
        flaming_s=FLAME_S,
        detector_s=detector_s,
        detectors=detectors,
        ambient_k=293.15,
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


HEAD = LINK.model_copy(update={"spray_m_s": 0.07e-3})


def test_the_first_sprinkler_makes_the_fire_decay_and_a_second_one_changes_nothing() -> None:
    near, far = HEAD, HEAD.model_copy(update={"radius_m": 5.0, "spray_m_s": 1e-3})
    one, two = blaze(head=near), blaze(head=near, second=far)
    acts_s = moments(one)["head"]
    assert moments(two)["head"] == acts_s == moments(blaze(link=LINK))["link"]
    for later_s in (0.0, 60.0, 600.0):
        assert one.heat_w(acts_s + later_s) == two.heat_w(acts_s + later_s)
    assert one.heat_w(acts_s + 359.7) == pytest.approx(one.heat_w(acts_s) / math.e, rel=1e-3)
    assert moments(one)["large"] == math.inf
    assert one.curve.heat_w(acts_s + 60.0 - FLAME_S) == pytest.approx(one.heat_w(acts_s + 60.0))


def test_a_sprinkler_whose_fire_is_put_out_before_never_acts() -> None:
    fire = blaze(head=HEAD)
    fire.fight(FLAME_S + 30.0, share=0.0, tau_s=20.0)
    assert moments(fire)["head"] == math.inf
    assert fire.heat_w(FLAME_S + 5000.0) < 1.0


def test_water_on_a_fire_under_a_sprinkler_is_both() -> None:
    fire = blaze(head=HEAD)
    now_s = moments(fire)["head"] + 100.0
    before = moments(fire)["head"]
    fire.fight(now_s, share=0.0, tau_s=120.0)
    assert moments(fire)["head"] == before
    assert fire.heat_w(now_s + 60.0) == pytest.approx(
        blaze(head=HEAD).heat_w(now_s + 60.0) * math.exp(-60.0 / 120.0)
    )


def test_what_smoulders_is_smelt_before_flame_only_and_not_once_it_is_out() -> None:
    def smelling(smelt_s: float) -> Blaze:
        curve = HeatCurve.grown(300.0, 2e6)
        return Blaze(curve, flaming_s=FLAME_S, detector_s=1.0, detectors={}, ambient_k=293.0, smelt_s=smelt_s)

    assert moments(smelling(40.0))["smelt"] == 40.0
    assert "smelt" not in moments(smelling(140.0))
    out = smelling(40.0)
    out.fight(30.0, share=0.0, tau_s=20.0)
    assert "smelt" not in moments(out)
    smelt = smelling(40.0)
    smelt.fight(50.0, share=0.0, tau_s=20.0)
    assert moments(smelt)["smelt"] == 40.0


@given(small=st.floats(0.0, 1e6), more=st.floats(0.0, 1e6))
def test_a_larger_fire_is_never_put_out_more_often_and_training_never_harms(
    small: float, more: float
) -> None:
    trainings: tuple[Literal["trained", "untrained"], ...] = ("trained", "untrained")
    for training in trainings:
        assert hand_attack_chance(small, training=training) >= hand_attack_chance(
            small + more, training=training
        )
    assert hand_attack_chance(small, training="trained") >= hand_attack_chance(small, training="untrained")


def test_hand_attacks_succeed_as_surveyed_while_small_and_never_when_large() -> None:
    assert hand_attack_chance(0.0, training="trained") == 0.93
    assert hand_attack_chance(450e3, training="trained") == pytest.approx(0.465)
    assert hand_attack_chance(600e3, training="trained") == 0.0
    assert hand_attack_chance(100e3, training="untrained") == 0.80
    assert hand_attack_chance(300e3, training="untrained") == 0.0


@given(heat=st.floats(1e3, 1e7), water=st.floats(1e-5, 0.1), more=st.floats(1.0, 10.0))
def test_more_water_never_leaves_more_and_never_takes_longer(heat: float, water: float, more: float) -> None:
    (share, tau_s), (less, sooner_s) = (
        water_knock_down(heat, water_m3_s=flow) for flow in (water, water * more)
    )
    assert less <= share
    assert sooner_s <= tau_s


def test_water_that_takes_just_the_heat_puts_the_fire_out_and_a_third_less_holds_it() -> None:
    just = 1e6 / (0.33 * 2.6e6 * 1000.0)
    assert water_knock_down(1e6, water_m3_s=just)[0] == pytest.approx(0.0, abs=1e-12)
    share, tau_s = water_knock_down(1e6, water_m3_s=just * 2.0 / 3.0)
    assert (share, tau_s) == (pytest.approx(1.0 / 3.0), 120.0)
    with pytest.raises(ValueError, match="above 0"):
        water_knock_down(1e6, water_m3_s=0.0)
