from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, SpaceSpec
from drillsim.hazards.burning_spill import Site, Step, flammable_of, thinned
from drillsim.hazards.drift import SourceSegment
from drillsim.hazards.fireball import fireball, fireball_heat_w_m2
from drillsim.hazards.leak import LeakRun
from drillsim.hazards.pool_fire import pool_fire, pool_fire_heat_w_m2
from drillsim.hazards.protocol import WHOLE, HazardRun
from drillsim.hazards.spill_fire import SpillFire, SpillFireRun
from drillsim.hazards.substances import substance
from drillsim.hazards.thermal_dose import BLAST_PA, ENGULFED_TDU, INCAPACITATING_TDU
from drillsim.hazards.vapour_explosion import explosion_energy_j, flame_mach, vapour_blast_pa
from drillsim.hazards.weather import Weather, WeatherRecord
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND, begin_leak

EVER = 1e6


def ring() -> Facility:
    """Spots of 1 m around the source, named by bearing and distance, and a room 30 m east."""
    spots = {"source": (0.0, 0.0)}
    for name, (x, y) in {"east": (1.0, 0.0), "west": (-1.0, 0.0), "north": (0.0, 1.0)}.items():
        spots |= {f"{name}-{far}": (x * far, y * far) for far in (10, 15, 20, 30, 50, 100, 200, 400)}
    spaces = {name: SpaceSpec(kind="yard", at_m=place, size_m=(1.0, 1.0)) for name, place in spots.items()}
    spaces["room"] = SpaceSpec(kind="room", at_m=(30.0, 3.0), size_m=(1.0, 1.0))
    return Facility.build(FacilitySpec(spaces=spaces))


SITE = ring()


def begin(
    fire: dict[str, Any],
    *,
    leak: LeakRun | None = None,
    record: WeatherRecord | None = None,
    start_s: float = 0.0,
    **changes: Any,
) -> SpillFireRun:
    what = {"of": "drum"} if leak is not None else {"substance": "toluene"}
    spec = SpillFire(**({"kind": "spill-fire", "at": "source", "fire": fire} | what | changes))
    return spec.begin(
        "blaze",
        facility=SITE,
        weather=record or WeatherRecord.begin(WEST_WIND, Streams(1)),
        conditions="emergency",
        streams=Streams(1),
        drawn=lambda path, value: None,
        start_s=start_s,
        hazards={"drum": leak} if leak is not None else {},
    )


def heat(run: SpillFireRun, name: str, time_s: float) -> float:
    return float(run.at("radiation_kw_m2", np.array([SITE.space_index[name]]), time_s)[0])


def moments(run: SpillFireRun) -> dict[str, float]:
    return {c.threshold: c.time_s for c in run.crossings(-math.inf, EVER) if c.space == WHOLE}


def stay(name: str, start_s: float, end_s: float) -> tuple[Any, ...]:
    return np.array([SITE.space_index[name]]), np.array([start_s]), np.array([end_s])


POOL = {"kind": "pool", "area_m2": 20.0, "lasts_s": 600.0}


def test_a_pool_fire_gives_each_space_the_heat_of_its_formula_and_no_more_when_it_is_out() -> None:
    run: HazardRun = begin(POOL)
    fire = pool_fire(20.0, substance="toluene", wind_m_s=3.0, air_k=303.15, humidity=0.6)
    spots = {"east-20": (20.0, 0.0), "west-20": (-20.0, 0.0), "north-20": (0.0, 20.0)}
    assert isinstance(run, SpillFireRun)
    for name, (along, aside) in spots.items():
        expected = float(pool_fire_heat_w_m2(along, crosswind_m=aside, fire=fire)) / 1000.0
        assert heat(run, name, 10.0) == pytest.approx(expected, rel=0.01)  # of 1 m2 of floor, not of a point
    assert heat(run, "east-20", 10.0) > heat(run, "west-20", 10.0)  # the flame leans downwind
    assert moments(run) == {"burning": 0.0, "fire-out": 600.0}
    assert heat(run, "east-20", 600.0) == 0.0


def test_a_roof_shields_from_heat_and_not_from_blast() -> None:
    assert heat(begin(POOL), "room", 10.0) == 0.0 < heat(begin(POOL), "east-30", 10.0)
    boom = begin({"kind": "explosion", "mass_kg": 50.0}, substance="propane")
    room, yard = (np.array([SITE.space_index[name]]) for name in ("room", "east-30"))
    assert boom.at("overpressure_pa", room, 0.0) == pytest.approx(
        boom.at("overpressure_pa", yard, 0.0), rel=0.02
    )


@pytest.mark.parametrize(
    "fire",
    [
        POOL,
        {"kind": "jet", "rate_kg_s": 2.0},
        {"kind": "fireball", "mass_kg": 5000.0},
        {"kind": "explosion", "mass_kg": 100.0},
    ],
)
def test_heat_and_blast_never_rise_with_distance_and_thresholds_follow_the_field(fire) -> None:
    run = begin(fire, substance="toluene" if fire["kind"] == "pool" else "propane")
    field = "overpressure_pa" if fire["kind"] == "explosion" else "radiation_kw_m2"
    if fire["kind"] != "jet":
        spaces = np.array([SITE.space_index[f"east-{far}"] for far in (10, 15, 20, 30, 50, 100, 200, 400)])
        values = run.at(field, spaces, 0.5)
        assert (np.diff(values) <= 1e-9).all() and values[0] > values[-1] > 0.0
    for crossing in run.crossings(-math.inf, EVER):
        if crossing.space != WHOLE and crossing.above:
            seconds = run.seconds_above(
                crossing.threshold, np.array([crossing.space]), np.array([0.0]), np.array([EVER])
            )
            assert seconds[0] > 0.0
    reached = {c.threshold for c in run.crossings(-math.inf, EVER)}
    assert reached <= run.spec.events and set(run.thresholds) <= run.spec.events


def test_a_fireball_gives_its_heat_for_its_duration() -> None:
    run = begin({"kind": "fireball", "mass_kg": 5000.0}, substance="propane", start_s=60.0)
    ball = fireball(5000.0, heat_of_combustion_j_kg=46.35e6, air_k=303.15, humidity=0.6)
    assert moments(run) == pytest.approx({"burning": 60.0, "fire-out": 60.0 + ball.duration_s})
    expected = float(fireball_heat_w_m2(200.0, ball=ball)) / 1000.0
    assert heat(run, "north-200", 61.0) == pytest.approx(expected, rel=0.01)
    dose = run.doses()[f"thermal-{INCAPACITATING_TDU:.0f}tdu"].dose(*stay("north-200", 0.0, EVER))[0]
    assert dose == pytest.approx(expected ** (4 / 3) * ball.duration_s / INCAPACITATING_TDU, rel=0.02)


def test_heat_that_nobody_feels_is_no_dose_however_long() -> None:
    run = begin({"kind": "pool", "area_m2": 20.0})
    table = run.physical().thermal
    assert 0.0 < heat(run, "north-50", 1.0) < 1.6
    assert table.dose(*stay("north-50", 0.0, EVER))[0] == 0.0 < table.dose(*stay("east-20", 0.0, 1.0))[0]


def test_a_stated_pool_is_covered_in_part_and_put_out_and_what_was_stays() -> None:
    run = begin({"kind": "pool", "area_m2": 20.0})
    before = heat(run, "east-20", 50.0)
    run.act("cover", 0.5, 100.0)
    run.act("extinguish", 0.0, 200.0)
    assert heat(run, "east-20", 50.0) == before > heat(run, "east-20", 150.0) > 0.0
    assert moments(run) == {"burning": 0.0, "fire-out": 200.0}
    with pytest.raises(ValueError, match="nothing to do"):
        run.act("plug", 0.0, 0.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        run.act("cover", 1.5, 0.0)


def test_the_flame_turns_with_the_wind_from_then_on() -> None:
    record = WeatherRecord.begin(WEST_WIND, Streams(1))
    run = begin({"kind": "pool", "area_m2": 20.0}, record=record)
    east, west = heat(run, "east-20", 10.0), heat(run, "west-20", 10.0)
    record.shift(300.0, 90.0)
    run.air_changed(300.0)
    assert (heat(run, "east-20", 10.0), heat(run, "west-20", 10.0)) == (east, west)
    assert heat(run, "west-20", 301.0) == pytest.approx(east)


def burning_drum() -> tuple[LeakRun, WeatherRecord]:
    return begin_leak(SITE, amount_kg=400.0, outflow=60.0)


def test_a_fire_of_a_leak_burns_while_its_pool_does() -> None:
    leak, record = burning_drum()
    run = begin({"kind": "pool"}, leak=leak, record=record)
    assert moments(run) == {}  # it has not been lit
    leak.act("ignite", 0.0, 120.0)
    run.followed_changed(120.0)
    alone = begin({"kind": "pool", "area_m2": 30.0}, substance="acrylonitrile")
    assert heat(run, "east-20", 130.0) == pytest.approx(heat(alone, "east-20", 130.0))
    out_s = leak.pool.burnt_out_s(EVER)
    assert moments(run) == pytest.approx({"burning": 120.0, "fire-out": out_s})
    leak.act("extinguish", 0.0, 240.0)
    run.followed_changed(240.0)
    assert moments(run)["fire-out"] == 240.0
    assert heat(run, "east-20", 239.0) > 0.0 == heat(run, "east-20", 240.0)


def test_foam_on_part_of_the_pool_leaves_a_smaller_fire() -> None:
    leak, record = burning_drum()
    leak.act("ignite", 0.0, 120.0)
    run = begin({"kind": "pool"}, leak=leak, record=record)
    leak.act("cover", 0.2, 150.0)
    run.followed_changed(150.0)
    assert 0.0 < heat(run, "east-20", 170.0) < heat(run, "east-20", 140.0)


def test_of_a_leak_that_has_not_begun_nothing_burns_and_that_is_flagged() -> None:
    run = begin({"kind": "pool"}, substance=None, of="drum")
    assert run.crossings(-math.inf, EVER) == [] and any("has not begun" in flag for flag in run.flags)


PROPANE = {
    "substance": "propane",
    "amount_kg": None,
    "outflow": None,
    "source": {"kind": "direct", "rate_kg_s": 2.0, "duration": 600.0},
}


def test_gas_that_is_lit_burns_as_it_comes_and_no_more_of_it_drifts() -> None:
    leak, record = begin_leak(SITE, **PROPANE)
    leak.act("ignite", 0.0, 120.0)
    assert leak.rate_kg_s(60.0) == pytest.approx(2.0) and leak.rate_kg_s(130.0) == 0.0
    run = begin({"kind": "jet"}, leak=leak, record=record, start_s=120.0)
    stated = begin({"kind": "jet", "rate_kg_s": 2.0}, substance="propane")
    assert heat(run, "east-20", 130.0) == pytest.approx(heat(stated, "east-20", 130.0))
    assert moments(run) == pytest.approx({"burning": 120.0, "fire-out": 600.0})


def test_who_stands_in_the_burning_cloud_in_the_open_takes_a_deadly_dose() -> None:
    leak, record = begin_leak(SITE, **PROPANE)
    run = begin({"kind": "flash"}, leak=leak, record=record, start_s=120.0)
    inside = {SITE.spaces[c.space] for c in run.crossings(-math.inf, EVER) if c.threshold == "engulfed"}
    ppm = leak.at("ppm", np.arange(len(SITE.spaces)), 120.0)
    burns = {name for name, value in zip(SITE.spaces, ppm, strict=True) if value > 0.6 * 21000.0}
    assert inside == burns - {"room"} != set()
    table = run.physical().thermal
    assert table.dose(*stay(min(inside), 0.0, EVER))[0] == pytest.approx(ENGULFED_TDU)
    assert table.dose(*stay(min(inside), 125.0, EVER))[0] == 0.0  # who comes later is not hit
    assert moments(run) == {"flash": 120.0}


def test_an_explosion_of_a_leak_has_the_mass_of_its_cloud_before_it_took_fire() -> None:
    leak, record = begin_leak(SITE, **PROPANE)
    leak.act("ignite", 0.0, 120.0)
    run = begin({"kind": "explosion", "congestion": "high"}, leak=leak, record=record, start_s=120.0)
    part = next(part for part in leak.segments() if part.start_s < 120.0 <= part.end_s)
    cloud = flammable_of(part, entry=substance("propane"), weather=record.weather)
    energy = explosion_energy_j(cloud.mass_kg, heat_of_combustion_j_kg=46.35e6)
    distance = 100.0 - cloud.centre_m
    expected = float(vapour_blast_pa(distance, energy_j=energy, mach=flame_mach("medium", congestion="high")))
    space = np.array([SITE.space_index["east-100"]])
    assert run.at("overpressure_pa", space, 120.0)[0] == pytest.approx(expected, rel=0.01)
    assert run.at("overpressure_pa", space, 122.0)[0] == 0.0
    blast = run.doses()[f"blast-{BLAST_PA / 1000:.0f}kpa"]
    assert blast.dose(*stay("east-100", 0.0, EVER))[0] == pytest.approx(expected / BLAST_PA, rel=0.01)


def test_stand_off_distances_are_those_at_which_the_field_falls_to_the_level() -> None:
    mild = WeatherRecord.begin(WEST_WIND.model_copy(update={"temperature_k": 288.15}), Streams(1))
    ball = begin({"kind": "fireball", "mass_kg": 16037.0}, substance="propane", record=mild)
    reach = ball.physical().stand_off_m
    assert list(reach) == ["heat-felt", "heat-burns", "heat-lethal", "heat-destroys"]
    assert sorted(reach.values(), reverse=True) == list(reach.values())
    assert reach["heat-burns"] == pytest.approx(478.0, rel=0.03)  # ALOHA
    pool = begin(POOL).physical().stand_off_m["heat-burns"]
    fire = pool_fire(20.0, substance="toluene", wind_m_s=3.0, air_k=303.15, humidity=0.6)
    assert float(pool_fire_heat_w_m2(pool, fire=fire)) == pytest.approx(5000.0, rel=1e-3)
    boom = begin({"kind": "explosion", "mass_kg": 50.0, "congestion": "high"}, substance="propane")
    assert boom.physical().stand_off_m.keys() == {"blast-injury", "blast-glass"}
    vast = begin({"kind": "explosion", "mass_kg": 1e9}, substance="propane")
    assert vast.physical().stand_off_m.keys() == {"blast-injury"}
    assert any(flag.startswith("blast-glass: a level reached beyond") for flag in vast.flags)


def test_the_flammable_mass_of_a_plume_grows_faster_than_its_rate() -> None:
    weather = Weather(wind_from_deg=270.0, wind_speed_m_s=5.0, temperature_k=288.15)
    masses = [
        flammable_of(
            SourceSegment(0.0, 600.0, rate, 270.0, 5.0), entry=substance("propane"), weather=weather
        ).mass_kg
        for rate in (0.5, 1.0, 2.0)
    ]
    assert 0.0 < masses[0] < masses[1] < masses[2]
    assert masses[2] / masses[1] > 2.0


def test_what_is_kept_of_a_growing_fire_is_within_five_percent_and_depends_on_the_past_only() -> None:
    times = np.arange(0.0, 600.0, 10.0)
    sizes = 1.0 + times / 20.0
    kept = thinned(times, sizes)
    held = np.array([size for time in times for since, size in kept if since <= time][-1:])
    assert len(kept) < len(times) and held[0] > 0.0
    at = np.searchsorted([time for time, _ in kept], times, side="right") - 1
    assert (sizes / np.array([kept[i][1] for i in at]) < 1.05 + 1e-9).all()
    assert thinned(times[:30], sizes[:30]) == [entry for entry in kept if entry[0] < times[30]]


def test_bearings_are_those_of_the_map() -> None:
    site = Site(SITE, (0.0, 0.0), WEST_WIND)
    step = Step(0.0, 2.0, 270.0)
    north = site.jet_kw_m2(step, substance="propane", toward_deg=0.0)
    east = site.jet_kw_m2(step, substance="propane", toward_deg=None)
    index = SITE.space_index
    assert north[index["north-30"]] == pytest.approx(east[index["east-30"]])
    assert north[index["north-30"]] > north[index["east-30"]]


def test_a_field_or_a_followed_hazard_of_another_kind_is_refused() -> None:
    run = begin(POOL)
    with pytest.raises(ValueError, match="not ppm"):
        run.at("ppm", np.array([0]), 0.0)
    with pytest.raises(ValueError, match="is no leak"):
        begin({"kind": "pool"}, leak=run)  # type: ignore[arg-type]
