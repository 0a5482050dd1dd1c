from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from drillsim.hazards import HazardSpec
from drillsim.hazards.fractional_dose import Air, purser_rate_per_min
from drillsim.hazards.grid import DoseTable
from drillsim.hazards.prescribed import Prescribed, PrescribedRun
from drillsim.hazards.protocol import Crossing, HazardRun
from drillsim.hazards.weather import WeatherRecord
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND, floor

SITE = floor()
CORRIDOR, ROOM = SITE.space_index["F2-corridor"], SITE.space_index["room"]
EVERY = np.arange(len(SITE.spaces))


def spec(*air: dict[str, str], **entries: Any) -> Prescribed:
    return Prescribed.model_validate({"kind": "prescribed", "at": "F2-corridor", "air": air} | entries)


def begin(*air: dict[str, str], **entries: Any) -> PrescribedRun:
    streams = Streams(1)
    weather = WeatherRecord.begin(WEST_WIND, streams)
    return spec(*air, **entries).begin(
        "given",
        facility=SITE,
        weather=weather,
        conditions="emergency",
        streams=streams,
        drawn=lambda *_: pytest.fail("nothing is drawn"),
    )


def value(run: HazardRun, field: str, time_s: float, space: int = CORRIDOR) -> float:
    return float(run.at(field, np.array([space]), time_s)[0])


def test_it_is_a_kind_of_hazard_that_files_may_name() -> None:
    made: Any = TypeAdapter(HazardSpec).validate_python(
        {
            "kind": "prescribed",
            "at": "hall",
            "air": [{"extinction": "1.5 /m", "until": "10 min", "o2": "15 %"}],
        }
    )
    assert isinstance(made, Prescribed)
    assert (made.air[0].extinction_per_m, made.air[0].until_s, made.air[0].o2) == (1.5, 600.0, 0.15)


def test_dormant_air_counts_its_times_from_the_moment_it_is_started() -> None:
    made = spec({"from": "10 s", "until": "60 s", "extinction": "2 /m"}, {"co": "300 ppm"}, dormant="true")
    streams = Streams(1)
    run = made.begin(
        "given",
        facility=SITE,
        weather=WeatherRecord.begin(WEST_WIND, streams),
        conditions="emergency",
        streams=streams,
        drawn=lambda *_: pytest.fail("nothing is drawn"),
        start_s=100.0,
    )
    assert [value(run, "co_ppm", at) for at in (0.0, 99.0, 100.0, 1e6)] == [0.0, 0.0, 300.0, 300.0]
    smoke = [value(run, "extinction_per_m", at) for at in (10.0, 109.0, 110.0, 159.0, 160.0)]
    assert smoke == [0.0, 0.0, 2.0, 2.0, 0.0]
    assert run.doses()["fed-purser"].dose(np.array([CORRIDOR]), np.array([0.0]), np.array([100.0])) == 0.0


def test_dormant_air_cannot_have_been_there_before() -> None:
    with pytest.raises(ValidationError, match="begins when it is started"):
        spec({"from": "-10 s", "extinction": "2 /m"}, dormant="true")


def test_what_is_given_holds_from_its_beginning_until_its_end_and_only_there() -> None:
    run = begin({"from": "10 s", "until": "60 s", "extinction": "2 /m", "co": "300 ppm"})
    assert [value(run, "extinction_per_m", at) for at in (9.9, 10.0, 59.9, 60.0, 1e6)] == [0, 2, 2, 0, 0]
    assert [value(run, "extinction_per_m", at, ROOM) for at in (9.9, 10.0)] == [0.0, 0.0]
    assert value(run, "co_ppm", 30.0) == 300.0
    assert value(run, "visibility_m", 30.0) == 1.5
    assert value(run, "temperature_k", 30.0) == WEST_WIND.temperature_k
    assert [run.holds_until(at) for at in (0.0, 10.0, 60.0)] == [10.0, 60.0, math.inf]


def test_of_two_entries_that_give_the_same_the_worse_holds_in_any_order() -> None:
    first = {"co": "100 ppm", "o2": "18 %", "extinction": "1 /m"}
    second = {"co": "50 ppm", "o2": "16 %", "temperature": "80 °C", "from": "20 s"}
    for pair in ((first, second), (second, first)):
        run = begin(*pair)
        assert value(run, "co_ppm", 30.0) == 100.0
        assert (value(run, "o2", 10.0), value(run, "o2", 30.0)) == (0.18, 0.16)
        assert value(run, "temperature_k", 30.0) == pytest.approx(353.15)
        assert value(run, "extinction_per_m", 30.0) == 1.0


def test_the_thresholds_are_those_of_a_fire() -> None:
    run = begin(
        {"extinction": "0.2 /m", "until": "60 s"},
        {"extinction": "0.4 /m", "from": "60 s", "until": "120 s"},
        {"temperature": "61 °C", "from": "200 s"},
    )
    assert run.crossings(-math.inf, 1e4) == [
        Crossing(0.0, CORRIDOR, "smoke", True),
        Crossing(60.0, CORRIDOR, "untenable", True),
        Crossing(120.0, CORRIDOR, "smoke", False),
        Crossing(120.0, CORRIDOR, "untenable", False),
        Crossing(200.0, CORRIDOR, "untenable", True),
    ]
    stay = np.array([CORRIDOR]), np.array([30.0]), np.array([210.0])
    assert run.seconds_above("smoke", *stay).tolist() == [90.0]
    assert run.seconds_above("untenable", *stay).tolist() == [70.0]


def test_a_small_room_stays_tenable_down_to_five_metres_of_sight() -> None:
    small = begin(
        {"places": "room", "extinction": "0.5 /m"}, {"places": "room", "extinction": "0.7 /m", "from": "9 s"}
    )
    assert [c.time_s for c in small.crossings(-1.0, 1e3) if c.threshold == "untenable"] == [9.0]


def test_ventilating_leaves_a_share_of_what_differs_from_clean_air_and_the_past_alone() -> None:
    run = begin({"extinction": "2 /m", "co": "400 ppm", "o2": "14.9 %", "until": "100 s"})
    run.act("ventilate", 0.25, 40.0)
    assert [value(run, "extinction_per_m", at) for at in (39.9, 40.0, 99.9, 100.0)] == [2.0, 0.5, 0.5, 0.0]
    assert value(run, "co_ppm", 50.0) == 100.0
    assert value(run, "o2", 50.0) == pytest.approx(0.209 - 0.25 * 0.06)
    run.act("ventilate", 0.0, 40.0)
    assert value(run, "extinction_per_m", 40.0) == 0.0
    assert value(run, "extinction_per_m", 39.9) == 2.0


def test_ventilating_before_it_begins_acts_on_what_comes() -> None:
    run = begin({"extinction": "2 /m", "from": "100 s"})
    run.act("ventilate", 0.5, 20.0)
    assert [value(run, "extinction_per_m", at) for at in (0.0, 20.0, 100.0)] == [0.0, 0.0, 1.0]


def test_doses_are_named_by_their_convention_and_absent_in_harmless_air() -> None:
    assert begin({"extinction": "5 /m"}).doses() == {}
    assert begin({"co": "0 ppm", "o2": "20.9 %", "co2": "0.04 %"}).doses() == {}
    assert begin({"co": "10 ppm"}).doses().keys() == {"fed-purser"}
    assert begin({"co": "10 ppm", "temperature": "90 °C"}, dose="iso13571").doses().keys() == {
        "fed-iso13571",
        "heat-iso13571",
    }


def test_the_table_of_doses_is_the_rate_over_time() -> None:
    run = begin({"co": "1000 ppm", "from": "10 s", "until": "70 s"})
    table = run.doses()["fed-purser"]
    stay = np.array([CORRIDOR, CORRIDOR, ROOM]), np.array([0.0, 40.0, 0.0]), np.array([1e3, 1e3, 1e3])
    per_min = purser_rate_per_min(Air(co_ppm=1000.0))
    assert table.dose(*stay) == pytest.approx([per_min, per_min / 2.0, 0.0])
    assert table.spaces() == {CORRIDOR}


@pytest.mark.parametrize(
    ("air", "entries", "says"),
    [
        ({"from": "10 s", "until": "10 s", "co": "1 ppm"}, {}, "until must be later than from"),
        ({"from": "10 s"}, {}, "nothing is given"),
        ({"extinction": "1"}, {}, "write 1 /m"),
        ({"extinction": "-1 /m"}, {}, "greater than or equal to 0"),
        ({"o2": "120 %"}, {}, "less than or equal to 1"),
        ({"co": "1000001 ppm"}, {}, "less than or equal to 1000000"),
        ({"hcn": "10001 ppm"}, {}, "less than or equal to 10000"),
        ({"co2": "60 %", "o2": "50 %"}, {}, "its gases make 110 %"),
        ({"co2": "90 %"}, {}, "its gases make 110.9 % .* write o2"),
        ({"co": "950000 ppm", "o2": "10 %"}, {}, "its gases make 105 %"),
        ({"co": "1 ppm"}, {"staged": "true"}, "nothing that harms"),
        ({"co": "1 ppm"}, {"dose": "fds"}, "purser"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(
    air: dict[str, str], entries: dict[str, str], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        spec(air, **entries)


def test_gases_may_fill_the_whole_volume() -> None:
    assert spec({"co2": "90 %", "o2": "10 %", "co": "0 ppm"}).air[0].co2 == 0.9
    assert spec({"co": "900000 ppm", "co2": "0 %", "o2": "10 %"}).air[0].co_ppm == 900000.0


def test_it_needs_something_to_prescribe() -> None:
    with pytest.raises(ValidationError, match="at least one entry"):
        spec()


def test_fields_and_acts_it_does_not_know_are_refused() -> None:
    run = begin({"extinction": "1 /m"})
    with pytest.raises(ValueError, match=r"prescribed air has .* not layer_m"):
        value(run, "layer_m", 0.0)
    with pytest.raises(ValueError, match="attack is nothing to do"):
        run.act("attack", 0.0, 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        run.act("ventilate", 2.0, 1.0)


# -- tables of doses ------------------------------------------------------------------------------------

rows = st.lists(st.floats(0.0, 0.5), min_size=3, max_size=3)


@given(rates=rows, start=st.floats(-20.0, 100.0), dose=st.floats(1e-6, 20.0))
def test_a_dose_is_reached_when_the_table_says_the_stay_has_cost_it(
    rates: list[float], start: float, dose: float
) -> None:
    table = DoseTable(np.array([0.0, 10.0, 50.0]), np.array([rates]))
    reached = table.reached_s(0, start_s=start, dose=dose)
    if reached == math.inf:
        late = np.array([start + 1e9])
        assert table.dose(np.array([0]), np.array([start]), late)[0] <= dose * (1.0 + 1e-9)
    else:
        taken = table.dose(np.array([0]), np.array([start]), np.array([reached]))[0]
        assert taken == pytest.approx(dose, rel=1e-6, abs=1e-9)


@given(rates=rows, times=st.tuples(*[st.floats(-20.0, 200.0)] * 3))
def test_a_dose_never_falls_and_a_stay_cut_in_two_costs_the_same(
    rates: list[float], times: tuple[float, float, float]
) -> None:
    table = DoseTable(np.array([0.0, 10.0, 50.0]), np.array([rates]))
    a, b, c = (np.array([at]) for at in sorted(times))
    here = np.array([0])
    parts = table.dose(here, a, b)[0], table.dose(here, b, c)[0]
    assert min(parts) >= -1e-12
    assert sum(parts) == pytest.approx(table.dose(here, a, c)[0], abs=1e-9)


def test_tables_together_are_the_sum_of_their_rates() -> None:
    early = DoseTable(np.array([0.0, 20.0]), np.array([[0.1, 0.0], [0.0, 0.0]]))
    late = DoseTable(np.array([10.0]), np.array([[0.2], [0.3]]))
    both = DoseTable.together([early, late])
    assert both.times_s.tolist() == [0.0, 10.0, 20.0]
    assert both.rate_per_s == pytest.approx(np.array([[0.1, 0.3, 0.2], [0.0, 0.3, 0.3]]))
    assert both.reached_s(0, start_s=0.0, dose=4.0) == pytest.approx(20.0)
    with pytest.raises(ValueError, match="no table"):
        DoseTable.together([])


def test_a_pause_in_the_rate_only_puts_the_time_off() -> None:
    table = DoseTable(np.array([0.0, 10.0, 50.0]), np.array([[0.05, 0.0, 0.05]]))
    assert table.reached_s(0, start_s=0.0, dose=0.5) == pytest.approx(10.0)
    assert table.reached_s(0, start_s=0.0, dose=1.0) == pytest.approx(60.0)
    assert table.reached_s(0, start_s=20.0, dose=1.0) == pytest.approx(70.0)
    assert table.reached_s(0, start_s=-5.0, dose=0.1) == pytest.approx(2.0)
    assert table.reached_s(0, start_s=5.0, dose=0.0) == 5.0
