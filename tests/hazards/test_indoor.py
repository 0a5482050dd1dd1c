"""Air exchange of buildings, and the box model between outdoors and indoors."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, SpaceSpec
from drillsim.hazards.indoor import (
    AirExchange,
    Building,
    IndoorAir,
    air_exchange_s,
    indoor_at,
    indoor_concentration,
    leakage_flow_m3_s,
    opening_flow_m3_s,
    stack_flow_m3_s,
    ventilate_from_s,
    wind_flow_m3_s,
)

TIMES = np.arange(0.0, 3600.0, 10.0)
CLOUD = np.where((TIMES >= 300.0) & (TIMES < 1500.0), 40.0, 0.0)[None, :]


def inside(
    outdoor: np.ndarray, times: np.ndarray = TIMES, *, tau: float = 900.0, start: float = 0.0
) -> np.ndarray:
    return indoor_concentration(outdoor, changes=np.diff(times) / tau, start=start)


# -- how fast the air is exchanged ----------------------------------------------------------------------


def test_the_flows_of_alohas_house_are_as_worked_by_hand() -> None:
    # AE = 0.00059 * 160 = 0.0944 m2; fs = 1.25/3 * sqrt(9.80665 * 2.5 / 293.15) = 0.120507
    stack = stack_flow_m3_s(160.0, height_m=2.5, inside_k=293.15, outside_k=303.15)
    assert stack == pytest.approx(0.0944 * (1.25 / 3) * math.sqrt(9.80665 * 2.5 / 293.15) * math.sqrt(10.0))
    # Qw = 0.0944 * 0.32 * 0.793701 * 3
    wind = wind_flow_m3_s(160.0, roof_wind_m_s=3.0, sheltered=False)
    assert wind == pytest.approx(0.0719283, rel=1e-5)
    assert air_exchange_s(roof_wind_m_s=3.0, outside_k=303.15) == pytest.approx(
        400.0 / math.hypot(stack, wind)
    )


def test_a_sheltered_house_takes_three_quarters_of_the_wind() -> None:
    sheltered, open_ = (
        wind_flow_m3_s(160.0, roof_wind_m_s=4.0, sheltered=sheltered) for sheltered in (True, False)
    )
    assert sheltered / open_ == pytest.approx(0.75)


def test_the_floor_area_cancels_out_of_the_time_constant() -> None:
    small, large = (air_exchange_s(area, roof_wind_m_s=3.0, outside_k=283.15) for area in (20.0, 2000.0))
    assert small == pytest.approx(large)


def test_ventilation_adds_to_the_root_sum_of_the_leaks() -> None:
    leaks = leakage_flow_m3_s(160.0, height_m=2.5, roof_wind_m_s=3.0, outside_k=293.15)
    assert air_exchange_s(roof_wind_m_s=3.0, outside_k=293.15, ventilation_m3_s=0.5) == pytest.approx(
        400.0 / (leaks + 0.5)
    )
    assert opening_flow_m3_s(2.0, wind_m_s=3.0) == pytest.approx(1.8)


def test_without_wind_or_difference_of_temperature_no_air_is_exchanged() -> None:
    assert air_exchange_s(roof_wind_m_s=0.0, outside_k=293.15) == math.inf


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"roof_wind_m_s": -1.0}, "it must be 0 or more"),
        ({"outside_k": 400.0}, "220 to 330 K"),
        ({"height_m": 0.0}, "both must be above 0"),
        ({"ventilation_m3_s": -0.1}, "ventilation of -0.1"),
        ({"roof_wind_m_s": math.nan}, "it must be 0 or more"),
    ],
)
def test_what_lies_outside_the_range_is_refused(changes: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        air_exchange_s(**({"roof_wind_m_s": 3.0, "outside_k": 293.15} | changes))


# -- the box ----------------------------------------------------------------------------------------------


def test_a_step_reaches_63_per_cent_after_tau_and_86_after_two() -> None:
    for times, share in ((1.0, 0.6321206), (2.0, 0.8646647)):
        found = indoor_at(times * 600.0, outdoor=(1.0,), times_s=(0.0,), air_exchange_s=600.0)
        assert found == pytest.approx(share, abs=1e-7)


def test_when_the_cloud_has_gone_it_decays_with_the_same_time_constant() -> None:
    found = indoor_at(1200.0, outdoor=(1.0, 0.0), times_s=(0.0, 600.0), air_exchange_s=600.0)
    assert found == pytest.approx((1.0 - math.exp(-1.0)) * math.exp(-1.0))


def test_the_samples_are_those_of_an_integrator_of_the_same_equation() -> None:
    from scipy.integrate import solve_ivp

    times = np.array([0.0, 60.0, 90.0, 400.0, 460.0, 1000.0])
    outdoor = np.array([3.0, 50.0, 0.0, 20.0, 1.0, 0.0])
    exchange = AirExchange(1.0 / 500.0)
    exchange.change(200.0, 1.0 / 100.0)
    exchange.change(430.0, 1.0 / 2000.0)
    found = indoor_concentration(outdoor[None, :], changes=exchange.between(times))[0]
    level = 0.0
    edges = np.unique(np.concatenate([times, [200.0, 430.0]]))
    for start, end in pairwise(edges):
        air = outdoor[np.searchsorted(times, start, side="right") - 1]
        rate = exchange.at(start)
        step = solve_ivp(
            lambda t, c, air=air, rate=rate: rate * (air - c), (start, end), [level], rtol=1e-10, atol=1e-12
        )
        level = step.y[0, -1]
        if end in times:
            assert found[np.searchsorted(times, end)] == pytest.approx(level, rel=1e-7)


@given(
    arrays(float, (3, 40), elements=st.floats(0.0, 1e4)),
    arrays(float, (3, 39), elements=st.floats(0.0, 50.0)),
)
def test_indoors_never_exceeds_the_highest_outdoors_so_far(outdoor: np.ndarray, changes: np.ndarray) -> None:
    found = indoor_concentration(outdoor, changes=changes)
    highest = np.maximum.accumulate(outdoor, axis=1)
    assert (found[:, 1:] <= highest[:, :-1] * (1.0 + 1e-12) + 1e-300).all()
    assert (found >= -1e-9 * outdoor.max()).all() and np.isfinite(found).all()


def test_indoors_is_continuous_when_the_cloud_leaves() -> None:
    # No sample moves by more than the share of the air renewed within it.
    steps = np.abs(np.diff(inside(CLOUD)[0]))
    assert steps.max() <= 40.0 * (1.0 - math.exp(-10.0 / 900.0)) * (1.0 + 1e-12)


def test_over_a_whole_passage_indoors_takes_the_same_integral_as_outdoors() -> None:
    times = np.arange(0.0, 30000.0, 10.0)
    outdoor = np.where((times >= 300.0) & (times < 1500.0), 40.0, 0.0)[None, :]
    assert inside(outdoor, times).sum() == pytest.approx(outdoor.sum(), rel=1e-9)


def test_a_change_acts_on_later_samples_only_and_to_the_bit() -> None:
    exchange = AirExchange(1.0 / 900.0)
    before = indoor_concentration(CLOUD, changes=exchange.between(TIMES))
    exchange.change(600.0, 1.0 / 100.0)
    after = indoor_concentration(CLOUD, changes=exchange.between(TIMES))
    assert (after[:, TIMES <= 600.0] == before[:, TIMES <= 600.0]).all()
    assert (after[:, TIMES > 600.0] != before[:, TIMES > 600.0]).any()


def test_a_table_may_be_continued_from_its_last_column() -> None:
    whole = inside(CLOUD)
    rest = inside(CLOUD[:, 70:], TIMES[70:], start=whole[:, 70])
    assert (rest == whole[:, 70:]).all()


def test_an_exchange_is_written_forwards_only() -> None:
    exchange = AirExchange(0.001)
    exchange.change(100.0, 0.002)
    with pytest.raises(ValueError, match="after a change at"):
        exchange.change(99.0, 0.001)
    with pytest.raises(ValueError, match="0 or more, and finite"):
        exchange.change(200.0, math.inf)
    with pytest.raises(ValueError, match="of shape"):
        indoor_concentration(CLOUD, changes=np.ones(3))
    with pytest.raises(ValueError, match="before the first sample"):
        indoor_at(-1.0, outdoor=(1.0,), times_s=(0.0,), air_exchange_s=600.0)


# -- when to ventilate ------------------------------------------------------------------------------------


def test_it_is_time_to_ventilate_when_the_cloud_has_gone() -> None:
    outdoor = np.vstack([CLOUD, np.zeros_like(CLOUD)])
    found = ventilate_from_s(inside(outdoor), outdoor=outdoor, times_s=TIMES)
    assert found.tolist() == [1500.0, math.inf]


def test_a_cloud_that_comes_back_puts_off_the_time_to_ventilate() -> None:
    outdoor = CLOUD.copy()
    outdoor[:, (TIMES >= 2000.0) & (TIMES < 2400.0)] = 60.0
    assert ventilate_from_s(inside(outdoor), outdoor=outdoor, times_s=TIMES).tolist() == [2400.0]


def test_below_the_level_that_matters_nobody_need_ventilate() -> None:
    assert ventilate_from_s(inside(CLOUD), outdoor=CLOUD, times_s=TIMES, level=40.0).tolist() == [math.inf]


# -- buildings of a facility ------------------------------------------------------------------------------


def site() -> Facility:
    spaces = {
        "hall": SpaceSpec(kind="room", at_m=(0.0, 0.0), size_m=(20.0, 20.0)),
        "office": SpaceSpec(kind="room", at_m=(20.0, 0.0), size_m=(20.0, 20.0)),
        "hut": SpaceSpec(kind="room", at_m=(80.0, 0.0), size_m=(5.0, 5.0)),
        "yard": SpaceSpec(kind="yard", at_m=(50.0, 0.0), size_m=(20.0, 20.0)),
    }
    return Facility.build(FacilitySpec(spaces=spaces))


HOUSE = Building(spaces=("hall", "office"), air_exchange_s=1800.0)
VENTED = HOUSE.model_copy(update={"floor_area_m2": 800.0, "ventilation_m3_s": 2.0})


def air(building: Building = HOUSE) -> IndoorAir:
    return IndoorAir({"house": building}, facility=site(), wind_at=lambda height: 2.0, outside_k=293.15)


def outdoors(**ppm: float) -> np.ndarray:
    facility = site()
    return np.array([[ppm.get(space, 0.0)] * len(TIMES) for space in facility.spaces])


def test_a_building_breathes_the_mean_of_what_lies_outside_its_spaces() -> None:
    facility, table = site(), air().table(outdoors(hall=10.0, office=30.0, yard=7.0), times_s=TIMES)
    rows = facility.space_index
    expected = 20.0 * (1.0 - np.exp(-TIMES / 1800.0))
    assert table[rows["hall"]] == pytest.approx(expected)
    assert (table[rows["hall"]] == table[rows["office"]]).all()
    assert (table[rows["yard"]] == 7.0).all()
    assert not table[rows["hut"]].any()


def test_a_roofed_space_in_no_building_is_alohas_house_with_a_flag() -> None:
    box = air()
    (flag,) = box.flags
    assert "confidence low): hut" in flag
    assert box.exchange_s("space hut", 0.0) == pytest.approx(
        air_exchange_s(roof_wind_m_s=2.0, outside_k=293.15)
    )


def test_shut_vents_slow_what_comes_in_and_open_doors_hasten_what_goes_out() -> None:
    box = air(VENTED)
    assert box.exchange_s("house", 0.0) == pytest.approx(1.0 / (1.0 / 1800.0 + 2.0 / 2000.0))
    box.run_vents("house", False, 600.0)
    assert box.exchange_s("house", 599.0) < box.exchange_s("house", 600.0) == pytest.approx(1800.0)
    box.open_up("house", 4.0, 1200.0)
    assert box.exchange_s("house", 1200.0) == pytest.approx(1.0 / (1.0 / 1800.0 + 2.4 / 2000.0))


def test_another_wind_changes_a_leaky_house_and_not_a_sealed_one() -> None:
    box = air()
    hut = box.exchange_s("space hut", 0.0)
    box.weather_changed(600.0, wind_at=lambda height: 4.0, outside_k=293.15)
    assert box.exchange_s("space hut", 600.0) == pytest.approx(hut / 2.0)
    assert box.exchange_s("house", 600.0) == pytest.approx(1800.0)


@pytest.mark.parametrize(
    ("buildings", "complaint"),
    [
        ({"a": Building(spaces=("yard",))}, "yard lies outdoors"),
        ({"a": Building(spaces=("attic",))}, "no space attic"),
        ({"a": Building(spaces=("hall",)), "b": Building(spaces=("hall",))}, "in two buildings: a and b"),
    ],
)
def test_a_building_that_cannot_be_is_refused(buildings: dict[str, Building], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        IndoorAir(buildings, facility=site(), wind_at=lambda height: 2.0, outside_k=293.15)


def test_a_building_is_read_from_text_and_says_what_is_missing() -> None:
    read = Building.model_validate({
        "spaces": "hall", "floor_area": "800 m²", "height": "5 m", "ventilation": "60000 L/min",
        "running": "false",
    })  # fmt: skip
    assert (read.spaces, read.volume_m3, read.running) == (("hall",), 4000.0, False)
    assert read.ventilation_m3_s == pytest.approx(1.0)
    with pytest.raises(ValidationError, match="state floor_area"):
        Building(spaces=("hall",), ventilation_m3_s=1.0)
    with pytest.raises(ValidationError, match="have no effect"):
        Building(spaces=("hall",), air_exchange_s=600.0, sheltered=True)
