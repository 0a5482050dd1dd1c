"""Leaks whose package is described: what comes out, what is done to it, and what people breathe indoors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, SpaceSpec
from drillsim.hazards.indoor import Building
from drillsim.hazards.leak import Leak, LeakRun
from drillsim.hazards.weather import Weather, WeatherRecord
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND, leak, yard

SITE = yard()
TANK = {
    "kind": "tank",
    "shape": "horizontal-cylinder",
    "diameter_m": 2.5,
    "length_m": 8.0,
    "fill": 0.8,
    "hole_diameter_m": 0.05,
    "hole_height_m": 0.1,
}
COOL = WEST_WIND.model_copy(update={"temperature_k": 288.15, "wind_speed_m_s": 5.0})


def begin(spec: Leak, facility: Facility = SITE, *, weather: Weather = WEST_WIND, **more: Any) -> LeakRun:
    record = WeatherRecord.begin(weather, Streams(1))
    return spec.begin(
        "leak",
        facility=facility,
        weather=record,
        conditions="emergency",
        streams=Streams(1),
        drawn=lambda path, value: None,
        **more,
    )


def packaged(source: dict[str, Any], substance: str = "chlorine", **entries: Any) -> Leak:
    return Leak(kind="leak", at="source", substance=substance, source=source, **entries)


def fates(run: LeakRun, time_s: float) -> dict[str, float]:
    return {name: float(kg.sum()) for name, kg in run.masses(time_s).items()}


def airborne_kg(run: LeakRun) -> float:
    return sum(part.rate_kg_s * (part.end_s - part.start_s) for part in run.segments())


def test_a_tank_of_chlorine_comes_out_as_the_case_of_the_sheet_says_and_is_dense() -> None:
    run = begin(packaged(TANK, pool_m2=100.0), weather=COOL)
    minute = [part for part in run.segments() if part.end_s <= 60.0]
    rate = sum(part.rate_kg_s * (part.end_s - part.start_s) for part in minute) / 60.0
    assert rate == pytest.approx(2700.0 / 60.0, rel=0.05)
    assert all(part.dense is not None for part in minute)
    spaces = np.array([SITE.space_index["east-400"], SITE.space_index["west-100"]])
    east, west = run.at("ppm", spaces, 600.0)
    assert east > 1000.0
    assert west == 0.0
    assert any("Britter-McQuaid" in flag for flag in run.flags)


def test_a_dense_plume_beyond_the_curves_of_the_workbook_is_flagged_once() -> None:
    slow = COOL.model_copy(update={"wind_speed_m_s": 1.0})
    run = begin(packaged({**TANK, "hole_diameter_m": 0.1}, pool_m2=100.0), weather=slow)
    alphas = [part.dense.alpha for part in run.segments() if part.dense is not None]
    assert max(alphas) > 1.0
    (said,) = [flag for flag in run.flags if "alpha" in flag]
    assert said == f"dense cloud with alpha {max(alphas):.2f}: the workbook's curves end at 1"
    assert sum("Britter-McQuaid" in flag for flag in run.flags) == 1
    brisk = begin(packaged(TANK, pool_m2=100.0), weather=COOL)
    assert any(part.dense for part in brisk.segments())
    assert not any("alpha" in flag for flag in brisk.flags)


def test_what_a_package_held_went_into_the_air_or_stayed_in_it() -> None:
    run = begin(packaged(TANK, pool_m2=100.0), weather=COOL)
    run.act("plug", 0.0, 300.0)
    assert run.source.package is not None
    flow = run.source.package.outflow
    out = flow.airborne_kg(math.inf) + run.pool.states[-1].evaporated_kg
    assert airborne_kg(run) == pytest.approx(out, rel=1e-6)
    assert flow.left_kg(1e6) == pytest.approx(flow.held_kg - flow.airborne_kg(1e6) - flow.liquid_kg(1e6))
    assert run.source.flowing_until_s <= 300.0


def test_a_rate_stated_outright_is_the_rate_of_the_cloud() -> None:
    run = begin(packaged({"kind": "direct", "rate_kg_s": 0.01, "duration": 3600.0}, "ammonia"))
    assert run.rate_kg_s(600.0) == pytest.approx(0.01)
    assert airborne_kg(run) == pytest.approx(36.0, rel=1e-6)


def test_a_curtain_keeps_its_share_of_the_vapour_back_from_then_on() -> None:
    run = begin(leak())
    before = run.rate_kg_s(500.0), run.rate_kg_s(1300.0)
    run.act("curtain", 0.25, 1200.0)
    assert run.rate_kg_s(500.0) == pytest.approx(before[0])
    assert run.rate_kg_s(1300.0) == pytest.approx(0.25 * before[1], rel=0.02)
    with pytest.raises(ValueError, match="between 0 and 1"):
        run.act("curtain", 1.5, 1300.0)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({}, "say what leaks"),
        ({"amount_kg": 1.0, "source": TANK}, "leave out amount"),
        ({"amount_kg": 1.0, "outflow": 60.0}, "area"),
    ],
)
def test_a_leak_says_once_what_leaks_and_into_what(entries: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Leak(kind="leak", at="source", substance="chlorine", **entries)


def test_only_what_the_package_has_an_answer_to_can_be_done() -> None:
    assert "transfer" not in leak().actions
    with pytest.raises(ValueError, match="transfer is nothing to do to a leak"):
        begin(leak()).act("transfer", 0.0, 10.0)


# -- indoors ------------------------------------------------------------------------------------------


def with_house() -> Facility:
    spaces = {
        "source": SpaceSpec(kind="yard", at_m=(0.0, 0.0), size_m=(20.0, 20.0)),
        "house": SpaceSpec(kind="room", at_m=(200.0, 0.0), size_m=(20.0, 20.0), height_m=3.0),
        "beside": SpaceSpec(kind="yard", at_m=(200.0, 0.0), size_m=(20.0, 20.0)),
    }
    return Facility.build(FacilitySpec(spaces=spaces))


def house(**entries: Any) -> dict[str, Building]:
    return {"house": Building(spaces=("house",), **entries)}


def levels(run: LeakRun, facility: Facility, time_s: float) -> tuple[float, float]:
    indoors, outdoors = run.at(
        "ppm", np.array([facility.space_index["house"], facility.space_index["beside"]]), time_s
    )
    return float(indoors), float(outdoors)


def test_a_house_fills_by_its_air_exchange_and_keeps_gas_when_the_cloud_has_gone() -> None:
    facility = with_house()
    run = begin(leak(outflow=3600.0), facility, buildings=house(air_exchange_s=1800.0))
    indoors, outdoors = levels(run, facility, 1200.0)
    assert 0.0 < indoors < outdoors
    run.act("collect", 0.0, 1200.0)
    later_in, later_out = levels(run, facility, 2400.0)
    assert later_out == pytest.approx(0.0, abs=1e-6)
    assert later_in > 0.2 * indoors


def test_shutting_the_vents_keeps_gas_out_from_then_on() -> None:
    facility = with_house()
    aired = house(air_exchange_s=7200.0, floor_area_m2=160.0, height_m=2.5, ventilation_m3_s=0.4)
    shut, open_ = (begin(leak(outflow=3600.0), facility, buildings=aired) for _ in range(2))
    shut.at("ppm", np.array([0]), 0.0)
    shut.vents_changed("house", False, 300.0)
    assert levels(shut, facility, 300.0) == levels(open_, facility, 300.0)
    assert levels(shut, facility, 1200.0)[0] < 0.5 * levels(open_, facility, 1200.0)[0]
    assert levels(shut, facility, 1200.0)[1] == levels(open_, facility, 1200.0)[1]


def test_the_toxic_air_is_what_is_breathed() -> None:
    facility = with_house()
    run = begin(leak(outflow=3600.0), facility, buildings=house(air_exchange_s=1800.0))
    air = run.toxic()
    assert (air.ppm >= 0.0).all()
    inside, beside = facility.space_index["house"], facility.space_index["beside"]
    stay = np.array([inside, beside]), np.array([0.0, 0.0]), np.array([1200.0, 1200.0])
    indoors, outdoors = air.loads(1.3).dose(*stay)
    assert 0.0 < indoors < outdoors


def test_spaces_beyond_ten_kilometres_are_named_and_nothing_is_said_of_them() -> None:
    spaces = {
        "source": SpaceSpec(kind="yard", at_m=(0.0, 0.0), size_m=(20.0, 20.0)),
        "within": SpaceSpec(kind="yard", at_m=(9_900.0, 0.0), size_m=(20.0, 20.0)),
        "beyond": SpaceSpec(kind="yard", at_m=(11_000.0, 0.0), size_m=(20.0, 20.0)),
    }
    facility = Facility.build(FacilitySpec(spaces=spaces))
    run = begin(leak(outflow=7200.0), facility)
    (flag,) = [flag for flag in run.flags if flag.startswith("beyond 10 km")]
    assert flag.endswith(": beyond")
    within, beyond = run.at(
        "ppm", np.array([facility.space_index[name] for name in ("within", "beyond")]), 6600.0
    )
    assert within > 0.0 == beyond


BOX = {
    "kind": "container",
    "amount_kg": 160.0,
    "outflow": 2700.0,
    "wet_floor_m2": 3.0,
    "floor_keeps_kg": 10.0,
}


BOX_ACTS = [
    ("open-door", 1.0, 300.0),
    ("shut-drains", 1.0, 600.0),
    ("ignite", 1.0, 650.0),
    ("extinguish", 1.0, 700.0),
    ("cover", 0.15, 900.0),
    ("curtain", 0.5, 1000.0),
    ("ventilate", 1.0, 1100.0),
    ("collect", 1.0, 1200.0),
    ("plug-partly", 0.5, 1300.0),
    ("overpack", 1.0, 1800.0),
]
GAS_ACTS = [("curtain", 0.3, 600.0), ("overpack", 1.0, 1200.0), ("plug", 1.0, 2000.0)]
DRUM_ACTS = [("ignite", 1.0, 20.0), ("ventilate", 1.0, 40.0), ("extinguish", 1.0, 70.0), ("plug", 1.0, 200.0)]


@pytest.mark.parametrize(
    ("spec", "held_kg", "acts", "told"),
    [
        (
            packaged(BOX, "acrylonitrile", pool_m2=30.0, drain_share=0.1),
            160.0,
            BOX_ACTS,
            {"vapour", "collected", "burnt", "drained", "washed-out", "removed"},
        ),
        (
            packaged({"kind": "direct", "rate_kg_s": 1.0, "duration": 3600.0}, "ammonia"),
            3600.0,
            GAS_ACTS,
            {"vapour", "washed-out", "removed"},
        ),
        (packaged(TANK, pool_m2=100.0), 42_900.0, [("plug", 1.0, 300.0)], {"vapour"}),
        (leak(puff_kg=20.0), 180.0, DRUM_ACTS, {"vapour", "burnt", "removed"}),
        (leak(puff_kg=20.0), 180.0, [("shut-door", 1.0, 20.0)], {"vapour"}),
    ],
    ids=["box", "gas", "tank", "drum with puff", "puff shut in"],
)
def test_every_kilogram_is_in_the_package_or_has_a_fate(
    spec: Leak, held_kg: float, acts: list[tuple[str, float, float]], told: set[str]
) -> None:
    run = begin(spec)
    for act in acts:
        run.act(*act)
    held = run.left_kg(-1.0)
    assert held == pytest.approx(held_kg, rel=0.02)
    for time_s in (10.0, 45.0, 330.0, 675.0, 1050.0, 1250.0, 1700.0, 2400.0, 4000.0, 1e5):
        masses = fates(run, time_s)
        assert min(masses.values()) >= -1e-9
        assert run.left_kg(time_s) + sum(masses.values()) == pytest.approx(held, rel=1e-6)
    assert {name for name, kg in masses.items() if kg > 0.01} - {"pool"} == told


def test_what_lies_on_the_ground_lies_at_the_source() -> None:
    run = begin(packaged(BOX, "acrylonitrile", pool_m2=30.0, drain_share=0.1))
    run.act("open-door", 1.0, 300.0)
    at = SITE.space_index["source"]
    assert run.masses(900.0)["pool"][at] == run.masses(900.0)["pool"].sum() > 0.0
    assert "kg down the drains" in run.state_text()


def test_what_seeps_from_a_box_is_no_jet_and_never_dense() -> None:
    run = begin(packaged(BOX, "acrylonitrile", pool_m2=30.0))
    assert all(part.dense is None for part in run.segments())
    assert not any("dense" in flag for flag in run.flags)


def test_what_was_put_out_gives_vapour_again_and_so_does_the_package() -> None:
    run = begin(packaged(BOX, "acrylonitrile", pool_m2=30.0))
    run.act("ignite", 0.0, 600.0)
    assert run.rate_kg_s(700.0) == 0.0
    run.act("extinguish", 0.0, 900.0)
    evaporated = run.pool.state(3600.0)[2] - run.pool.state(900.0)[2]
    assert evaporated > 1.0
    given = fates(run, 3600.0)["vapour"] - fates(run, 900.0)["vapour"]
    assert given > evaporated  # and what seeps from the box besides
    assert run.rate_kg_s(1000.0) > 0.0


def test_gas_that_burns_as_it_comes_is_burnt_and_goes_on_unburnt_once_put_out() -> None:
    run = begin(packaged({"kind": "direct", "rate_kg_s": 1.0, "duration": 3600.0}, "propane"))
    run.act("ignite", 0.0, 600.0)
    run.act("curtain", 0.5, 700.0)
    run.act("extinguish", 0.0, 900.0)
    assert [run.rate_kg_s(time_s) for time_s in (599.0, 600.0, 899.0)] == [1.0, 0.0, 0.0]
    assert run.rate_kg_s(1000.0) == pytest.approx(0.5)
    assert fates(run, 3600.0)["burnt"] == pytest.approx(300.0)
    assert fates(run, 800.0)["burnt"] == pytest.approx(200.0)
    assert [c.time_s for c in run.crossings(0.0, 1e4) if c.threshold == "ignited"] == [601.0]


def test_the_puff_that_burns_is_burnt() -> None:
    run = begin(leak(puff_kg=1.0))
    run.act("ignite", 0.0, 30.0)
    assert run.source.puff_end_s == 60.0
    assert fates(run, 1e5)["burnt"] == pytest.approx(run.pool.state(1e5)[4] + 0.5)
