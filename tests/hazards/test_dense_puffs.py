"""What is let out at once and dense: one puff in table, map, zone length, fan of winds and explosion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, SpaceSpec
from drillsim.hazards.burning_spill import flammable_of
from drillsim.hazards.cloud_map import cloud_map, distance_along
from drillsim.hazards.leak import Leak, LeakRun
from drillsim.hazards.plume import ppm
from drillsim.hazards.weather import WeatherRecord
from drillsim.hazards.wind_fan import sustained, wind_fan
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND

AIR = WEST_WIND.model_copy(update={"wind_speed_m_s": 2.0})


def site() -> Facility:
    at = {"source": 0.0, "east-100": 100.0, "east-1000": 1000.0, "west-60": -60.0, "west-1000": -1000.0}
    spaces = {name: SpaceSpec(kind="yard", at_m=(x, 0.0), size_m=(2.0, 2.0)) for name, x in at.items()}
    return Facility.build(FacilitySpec(spaces=spaces))


SITE = site()


def begin(
    mass_kg: float = 25_000.0, substance: str = "chlorine", **changes: object
) -> tuple[LeakRun, WeatherRecord]:
    source = {"kind": "direct", "mass_kg": mass_kg}
    record = WeatherRecord.begin(AIR, Streams(1))
    leak = Leak(kind="leak", at="source", substance=substance, source=source, **changes)
    run = leak.begin(
        "tank",
        facility=SITE,
        weather=record,
        conditions="emergency",
        streams=Streams(1),
        drawn=lambda path, value: None,
    )
    return run, record


def read(run: LeakRun, space: str, time_s: float) -> float:
    return float(run.at("ppm", np.array([SITE.space_index[space]]), time_s)[0])


def test_chlorine_let_out_at_once_is_the_puff_of_the_workbook() -> None:
    run, _ = begin()
    (part,) = [part for part in run.segments() if part.puff is not None]
    puff = part.puff
    assert puff is not None
    assert part.rate_kg_s * (part.end_s - part.start_s) == pytest.approx(25_000.0)
    for time_s in (60.0, 300.0, 900.0):
        expected = 1e6 * float(puff.share(time_s))
        centre, radius = float(puff.centre_m(time_s)), float(puff.radius_m(time_s))
        for space, x in (("east-100", 100.0), ("west-60", -60.0), ("east-1000", 1000.0)):
            inside = abs(x - centre) < radius - 2.0
            assert read(run, space, time_s) == pytest.approx(expected if inside else 0.0)
    assert max(read(run, "east-100", time_s) for time_s in (10.0, 20.0, 30.0)) > 1e4
    assert any("Britter-McQuaid puff" in flag for flag in run.flags)
    assert not any("plume" in flag for flag in run.flags)


def test_all_of_it_is_gone_from_every_space_in_the_end() -> None:
    run, _ = begin()
    assert read(run, "west-60", 100.0) > 0.0  # it spreads against a wind as low as this
    table = run._tabulate(math.inf)
    assert not any(above[:, -1].any() for above in table.above.values())
    last = [space for space in range(len(SITE.spaces)) if run._air.ppm[space, -2] > 0.0]
    assert not last  # of itself, not because the table ends there


def test_a_puff_turns_with_the_wind() -> None:
    run, record = begin(mass_kg=100.0)
    before = read(run, "west-1000", 2000.0)
    record.shift(300.0, 90.0, 0.0)
    run.air_changed(300.0)
    assert before == 0.0
    assert max(read(run, "west-1000", time_s) for time_s in range(900, 3600, 60)) > 0.0


def test_the_map_the_zone_length_and_the_table_agree() -> None:
    run, record = begin()
    puff = run.segments()[0].puff
    assert puff is not None
    axis = np.array([-1000.0, -60.0, 0.0, 100.0, 1000.0])
    chart = cloud_map(run.cloud, run.segments(), time_s=300.0, x_m=axis, y_m=np.array([0.0]))
    order = [SITE.space_index[name] for name in ("west-1000", "west-60", "source", "east-100", "east-1000")]
    table = run.cloud.table(run.segments(), np.array([300.0]), order, winds=record.segments)
    assert chart.kg_m3[:, 0] == pytest.approx(table[:, 0])
    length = distance_along(run.cloud, run.segments(), float(table.max()) / 2.0, time_s=300.0)
    assert length == pytest.approx(float(puff.front_m(300.0)), rel=2e-3)


def test_over_a_fan_of_winds_a_puff_counts_with_its_highest() -> None:
    run, _ = begin()
    source = sustained(run.segments())
    assert source is not None and source.puff is not None
    spaces = [SITE.space_index["east-100"], SITE.space_index["east-1000"]]
    found = wind_fan(run.cloud, source, spaces, winds_deg=np.array([270.0, 90.0]))
    peaks = [max(read(run, name, t) for t in range(10, 3000, 10)) for name in ("east-100", "east-1000")]
    as_ppm = ppm(
        found[:, 0],
        molar_mass_kg_mol=run.substance.molar_mass_kg_mol,
        temperature_k=AIR.temperature_k,
    )
    assert as_ppm == pytest.approx(peaks, rel=0.15)
    assert found[1, 1] < found[1, 0]


def test_a_little_of_it_is_a_passive_puff_and_what_asks_for_a_passive_cloud_is_flagged() -> None:
    light, _ = begin(mass_kg=1e-6)
    assert light.segments()[0].puff is None
    passive, _ = begin(cloud="passive")
    assert passive.segments()[0].puff is None and passive.segments()[0].dense is None
    passive.at("ppm", np.array([0]), 10.0)
    assert any("passive plume that the scenario asks for errs" in flag for flag in passive.flags)


def test_a_puff_explodes_whole_or_not_at_all() -> None:
    run, _ = begin(mass_kg=1000.0, substance="propane")
    part = run.segments()[0]
    assert part.puff is not None
    times = np.arange(1.0, 2000.0)
    share = part.puff.share(times)
    low, high = run.substance.lfl_vol_pct, run.substance.ufl_vol_pct
    assert low is not None and high is not None
    burning = times[(share >= 0.009 * low) & (share <= 0.01 * high)]
    assert burning.size
    for time_s, mass_kg in ((float(burning[0]), 1000.0), (1.0, 0.0), (2000.0, 0.0)):
        cloud = flammable_of(part, entry=run.substance, weather=AIR, time_s=time_s)
        assert cloud.mass_kg == pytest.approx(mass_kg)


def test_plugged_within_its_second_less_of_it_is_one_puff() -> None:
    run, _ = begin()
    run.act("plug", 0.0, 0.5)
    (part,) = [part for part in run.segments() if part.rate_kg_s > 0.0]
    assert part.puff is not None
    assert part.puff.volume_m3 == pytest.approx(
        begin(mass_kg=12_500.0)[0].segments()[0].puff.volume_m3  # type: ignore[union-attr]
    )
