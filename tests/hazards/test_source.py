"""What leaks: what a planner writes, the schedule it gives, and what can be done to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from drillsim.hazards.source import SourceRun, SourceSpec
from drillsim.hazards.substances import substance
from drillsim.hazards.weather import Weather

AIR = Weather(wind_from_deg=0.0, wind_speed_m_s=3.0, temperature_k=303.15)
READ = TypeAdapter(SourceSpec)
DRUM = {"kind": "drum", "amount": "160 kg", "outflow": "40 min"}
HOLED = {"kind": "drum", "amount": "150 kg", "hole_diameter": "2 cm"}
BOX = {
    "kind": "container",
    "amount": "160 kg",
    "outflow": "40 min",
    "wet_floor": "2 m2",
    "floor_keeps": "10 kg",
}
TANK = {
    "kind": "tank",
    "diameter": "2.5 m",
    "length": "8 m",
    "fill": "80 %",
    "hole_diameter": "5 cm",
    "hole_height": "10 cm",
    "temperature": "15 °C",
    "transfer": "5 kg/s",
}
PIPE = {
    "kind": "pipe",
    "pressure": "8 bar",
    "length": "200 m",
    "bore": "10 cm",
    "inventory": "20 t",
    "valve_closes": "30 s",
}
DIRECT = {"kind": "direct", "rate": "0.1 kg/s", "duration": "10 min"}
WITH = [
    (DRUM, "acrylonitrile"),
    (HOLED, "acrylonitrile"),
    (BOX, "acrylonitrile"),
    (TANK, "chlorine"),
    (TANK, "acrylonitrile"),
    (PIPE, "ammonia"),
    ({**PIPE, "pressure": "15 bar"}, "chlorine"),
    (PIPE, "acrylonitrile"),
    ({**PIPE, "pressure": "3 bar"}, "hydrogen_sulphide"),
    (DIRECT, "nitric_acid_70"),
]


def begin(text: dict[str, str], name: str, start_s: float = 0.0) -> SourceRun:
    return READ.validate_python(text).begin(
        substance(name), weather=AIR, conditions="emergency", uniform=lambda purpose: 0.5, start_s=start_s
    )


def problems(text: dict[str, str], name: str) -> str:
    return "; ".join(READ.validate_python(text).problems(substance(name), air_k=303.15))


def balance(run: SourceRun) -> None:
    outflow, release = run.outflow, run.release
    held = [release.model.held_kg(state) for state in release.states]
    left = [outflow.left_kg(edge) for edge in release.edges_s]
    assert left == pytest.approx(held, abs=1e-7 * outflow.held_kg)
    assert min(left) >= -1e-7 * outflow.held_kg


@pytest.mark.parametrize(("text", "name"), WITH)
def test_mass_in_is_left_plus_out_of_every_kind(text: dict[str, str], name: str) -> None:
    run = begin(text, name, start_s=-300.0)
    balance(run)
    assert run.outflow.edges_s[0] == -300.0
    if text is not BOX:
        assert run.outflow.left_kg(1e9) < run.outflow.held_kg


@pytest.mark.parametrize(("text", "name"), WITH)
def test_a_plug_keeps_the_past_to_the_bit_and_lets_nothing_out_after(text: dict[str, str], name: str) -> None:
    free, plugged = begin(text, name), begin(text, name)
    plugged.act("plug", time_s=120.0)
    times = np.linspace(0.0, 120.0, 7)
    for time in times.tolist():
        assert plugged.outflow.left_kg(time) == pytest.approx(free.outflow.left_kg(time), rel=1e-12)
    if text["kind"] != "container":
        assert plugged.outflow.rates_kg_s(121.0) == (0.0, 0.0)
        assert plugged.outflow.left_kg(1e9) == pytest.approx(free.outflow.left_kg(120.0), rel=1e-9)
    balance(plugged)


@settings(max_examples=20, deadline=None)
@given(
    which=st.sampled_from([0, 1, 3, 4, 5, 9]),
    time_s=st.floats(-50.0, 5000.0),
    factor=st.floats(0.0, 1.0),
)
def test_a_partial_plug_never_lets_more_out(which: int, time_s: float, factor: float) -> None:
    text, name = WITH[which]
    free, narrowed = begin(text, name), begin(text, name)
    narrowed.act("plug-partly", time_s=time_s, factor=factor)
    balance(narrowed)
    for time in (100.0, 1000.0, 4000.0, 20000.0):
        slack = 1e-3 * free.outflow.held_kg
        assert narrowed.outflow.left_kg(time) >= free.outflow.left_kg(time) - slack


def test_a_drum_runs_empty_in_its_drawn_time_at_one_rate() -> None:
    outflow = begin(DRUM, "acrylonitrile").outflow
    assert outflow.end_s == pytest.approx(2400.0)
    assert outflow.rates_kg_s(10.0)[0] == pytest.approx(160.0 / 2400.0)
    assert outflow.liquid_kg(1200.0) == pytest.approx(80.0)


def test_a_drum_turned_upright_stops_and_an_overpack_catches() -> None:
    righted, packed = begin(HOLED, "acrylonitrile"), begin(HOLED, "acrylonitrile")
    righted.act("right", time_s=30.0)
    packed.act("overpack", time_s=30.0)
    assert righted.outflow.liquid_kg(1e6) == pytest.approx(packed.outflow.liquid_kg(1e6))
    assert packed.outflow.removed_kg(1e6) > 0.0
    balance(packed)


def test_a_pump_empties_the_tank_below_the_hole() -> None:
    run = begin(TANK, "acrylonitrile")
    run.act("plug", time_s=60.0)
    run.act("transfer", time_s=600.0)
    assert run.outflow.left_kg(1e9) == pytest.approx(0.0, abs=1e-6)
    assert run.outflow.rates_kg_s(700.0) == (0.0, 0.0)
    balance(run)


def test_transfer_without_a_rate_is_refused_with_a_remedy() -> None:
    run = begin({key: value for key, value in TANK.items() if key != "transfer"}, "chlorine")
    with pytest.raises(ValueError, match="give its transfer"):
        run.act("transfer", time_s=1.0)
    with pytest.raises(ValueError, match="nothing to do to a tank"):
        run.act("right", time_s=1.0)


def test_vapour_that_gathered_comes_out_as_a_puff_when_the_door_opens() -> None:
    run = begin(BOX, "acrylonitrile")
    shut = run.outflow
    run.act("open-door", time_s=900.0)
    opened = run.outflow
    assert opened.airborne_kg(900.0) == pytest.approx(shut.airborne_kg(900.0))
    gathered = opened.airborne_kg(961.0) - opened.airborne_kg(900.0)
    assert 0.5 < gathered < 33.0 * 0.39  # not above saturation
    assert opened.airborne_kg(1e6) == pytest.approx(opened.airborne_kg(961.0))
    assert opened.left_kg(1e6) == pytest.approx(0.0, abs=1e-6)
    balance(run)


def test_a_door_shut_again_keeps_the_rest_in() -> None:
    run = begin(BOX, "acrylonitrile")
    run.act("open-door", time_s=900.0)
    puff = run.outflow.airborne_kg(960.0) - run.outflow.airborne_kg(900.0)
    run.act("shut-door", time_s=930.0)
    let_out = run.outflow.airborne_kg(930.0) - run.outflow.airborne_kg(900.0)
    assert let_out == pytest.approx(puff / 2, rel=0.01)
    balance(run)


def test_ventilated_vapour_harms_nobody() -> None:
    run = begin(BOX, "acrylonitrile")
    run.act("ventilate", time_s=900.0)
    assert run.outflow.airborne_kg(1e6) == pytest.approx(run.outflow.airborne_kg(900.0))
    assert run.outflow.removed_kg(1e6) > 0.5


def test_a_shut_valve_leaves_only_what_the_pipe_holds() -> None:
    run = begin({**PIPE, "pressure": "15 bar"}, "ammonia")  # liquid: it condenses at 11.7 bar
    run.act("close-valve", time_s=60.0)
    outflow = run.outflow
    assert outflow.rates_kg_s(80.0) == pytest.approx(outflow.rates_kg_s(10.0))
    after = outflow.airborne_kg(1e6) - outflow.airborne_kg(90.0)
    assert after == pytest.approx(200.0 * np.pi * 0.01 / 4 * 595.0, rel=0.01)
    balance(run)


def test_a_flashing_liquid_that_rains_out_falls_partly() -> None:
    air = begin(TANK, "chlorine").outflow
    rain = begin({**TANK, "spray": "rains-out"}, "chlorine").outflow
    assert air.rates_kg_s(10.0)[0] == 0.0
    liquid, airborne = rain.rates_kg_s(10.0)
    assert airborne / (liquid + airborne) == pytest.approx(2 * 0.151, rel=0.02)
    assert 0.8 < air.aerosol_share[0] < 0.9
    assert air.airborne_k[0] == pytest.approx(239.2)


def test_several_tanks_leak_so_many_times_as_much() -> None:
    one, three = begin(TANK, "chlorine").outflow, begin({**TANK, "count": 3}, "chlorine").outflow
    assert three.airborne_kg(500.0) == pytest.approx(3 * one.airborne_kg(500.0))


def test_an_instantaneous_mass_comes_at_once() -> None:
    outflow = begin({"kind": "direct", "mass": "25 t"}, "chlorine").outflow
    assert outflow.airborne_kg(1.0) == pytest.approx(25000.0)
    assert outflow.airborne_k[0] == pytest.approx(239.2)


def test_what_has_no_answer_is_named_with_its_remedy() -> None:
    assert "make it a tank" in problems(DRUM, "chlorine")
    assert "make it a tank" in problems(BOX, "ammonia")
    assert "at most 97 %" in problems({**TANK, "fill": "99 %"}, "chlorine")
    assert "drum with an outflow time" in problems(HOLED, "nitric_acid_70")
    assert "give count" in problems({**HOLED, "amount": "500 kg"}, "acrylonitrile")
    assert "give a fill instead" in problems(
        {**{key: value for key, value in TANK.items() if key != "fill"}, "pressure": "30 bar"}, "chlorine"
    )
    assert problems(TANK, "chlorine") == ""
    with pytest.raises(ValueError, match="at most 97 %"):
        begin({**TANK, "fill": "99 %"}, "chlorine")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ({"kind": "drum", "amount": "160 kg"}, "outflow time or a hole"),
        ({**TANK, "pressure": "5 bar"}, "one of the two"),
        ({**TANK, "hole_height": "3 m"}, "a hole at 3.0 m"),
        ({**TANK, "shape": "box"}, "width, height missing"),
        ({"kind": "direct", "rate": "1 kg/s"}, "duration where it has a rate"),
        ({**PIPE, "hole_diameter": "20 cm"}, "larger than the bore"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(text: dict[str, str], match: str) -> None:
    with pytest.raises(ValidationError, match=match):
        READ.validate_python(text)
