"""Smoke of another model in a run: where and when, for whom it is tenable, and what scenarios may write."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from drillsim.facility.graph import Facility
from drillsim.hazards.fractional_dose import CLEAN_CO2_PERCENT, Air, purser_rate_per_min
from drillsim.hazards.protocol import HazardRun
from drillsim.hazards.smoke_series import SmokeSeries, SmokeSeriesRun
from drillsim.hazards.weather import WeatherRecord
from drillsim.scenario.digest import digest
from drillsim.scenario.load import check, load
from drillsim.simulation.run import run
from drillsim.streams import Streams
from tests.example import EXAMPLE, write_example
from tests.hazards.sites import WEST_WIND, floor
from tests.hazards.test_series_table import CFAST

SITE = floor()
ROOM, CORRIDOR, OFFICE = (SITE.space_index[name] for name in ("room", "F2-corridor", "office"))


def series(**changes: Any) -> SmokeSeries:
    given: dict[str, Any] = {
        "kind": "smoke-series",
        "at": "room",
        "file": "cfast.csv",
        "spaces": {"room": "1", "F2-corridor": "2"},
        "content": CFAST,
    }
    return SmokeSeries(**(given | changes))


def begin(spec: SmokeSeries, *, start_s: float = 0.0) -> SmokeSeriesRun:
    streams = Streams(1)
    return spec.begin(
        "smoke",
        facility=SITE,
        weather=WeatherRecord.begin(WEST_WIND, streams),
        conditions="emergency",
        streams=streams,
        drawn=lambda path, value: None,
        start_s=start_s,
    )


def at(made: SmokeSeriesRun, field: str, time_s: float) -> list[float]:
    return made.at(field, np.array([ROOM, CORRIDOR, OFFICE]), time_s).tolist()


def test_each_row_holds_until_the_next_and_the_last_for_good() -> None:
    made: HazardRun = begin(series())
    thresholds = [(c.time_s, c.space, c.threshold) for c in made.crossings(-math.inf, 1e4) if c.above]
    assert thresholds == [
        (60.0, ROOM, "smoke"),
        (60.0, ROOM, "untenable"),
        (120.0, CORRIDOR, "smoke"),
        (120.0, CORRIDOR, "untenable"),
    ]
    assert [made.holds_until(time_s) for time_s in (-5.0, 0.0, 59.0, 60.0, 120.0)] == [
        0.0,
        60.0,
        60.0,
        120.0,
        math.inf,
    ]


def test_people_are_in_the_layer_once_it_is_below_their_heads() -> None:
    made = begin(series(content=CFAST.replace("120,200,1.0", "120,200,2.5")))
    assert at(made, "temperature_k", 60.0) == pytest.approx([393.15, WEST_WIND.temperature_k, 303.15])
    assert at(made, "temperature_k", 120.0)[0] == WEST_WIND.temperature_k
    assert at(made, "extinction_per_m", 120.0) == pytest.approx([0.0, 0.5 * math.log(10.0), 0.0])
    assert at(made, "layer_m", 60.0) == [1.5, 3.0, 3.0]
    assert at(made, "layer_m", -1.0) == [3.0, 3.0, 3.0]
    with pytest.raises(ValueError, match=r"a series of smoke has .* not heat"):
        made.at("heat", np.array([ROOM]), 0.0)


def test_without_a_layer_values_are_those_at_head_height() -> None:
    text = "Time (s),k room (1/m)\n0,0\n30,2\n"
    made = begin(series(content=text, spaces={"room": "room"}, columns={"extinction": "k *"}), start_s=100.0)
    assert at(made, "extinction_per_m", 129.0) == [0.0, 0.0, 0.0]
    assert at(made, "extinction_per_m", 130.0) == [2.0, 0.0, 0.0]


def test_it_begins_when_it_says_or_is_started() -> None:
    late = begin(series(begins_s=40.0, dormant=True), start_s=500.0)
    assert min(c.time_s for c in late.crossings(-math.inf, 1e4)) == 600.0
    with pytest.raises(ValidationError, match="cannot be negative"):
        series(begins_s=-1.0, dormant=True)


def test_its_gases_make_the_dose_of_the_convention() -> None:
    made = begin(series())
    air = Air(co_ppm=2000.0, hcn_ppm=0.0, co2_percent=CLEAN_CO2_PERCENT, o2_percent=15.0, temperature_c=200.0)
    table = made.doses()["fed-purser"]
    taken = table.dose(np.array([ROOM]), np.array([120.0]), np.array([180.0]))
    assert taken[0] == pytest.approx(purser_rate_per_min(air))
    assert series().harms
    bare = series(content="Time (s),k a (1/m)\n0,1\n", spaces={"room": "a"}, columns={"extinction": "k *"})
    assert not bare.harms


def test_aired_smoke_is_gone_and_its_past_stays() -> None:
    made = begin(series())
    made.act("ventilate", 0.0, 90.0)
    assert at(made, "extinction_per_m", 89.0)[0] > 4.0
    assert at(made, "extinction_per_m", 90.0) == at(made, "extinction_per_m", 1e4) == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="nothing to do to a series of smoke"):
        made.act("attack", 0.0, 0.0)


def test_an_area_stands_for_its_spaces_and_a_space_of_its_own_goes_before() -> None:
    areas = {"upstairs": ("room", "F2-corridor", "office")}
    site = Facility.build(SITE.written.model_copy(update={"areas": areas}))
    spec = series(spaces={"room": "1", "upstairs": "2"})
    made = SmokeSeriesRun("smoke", spec, facility=site, ambient_k=293.15, begins_s=0.0)
    room, corridor, office = at(made, "extinction_per_m", 120.0)
    assert room > corridor == office > 0.0


def test_rows_far_apart_are_flagged() -> None:
    assert "up to 60 s apart" in begin(series()).flags[0]
    assert begin(series(content=CFAST.replace("\n60,", "\n15,").replace("\n120,", "\n30,"))).flags == []


def test_a_bad_text_is_refused_and_one_that_was_not_read_cannot_begin() -> None:
    with pytest.raises(ValidationError, match=r"cfast.csv: .*and 1 more"):
        series(content=CFAST.replace("60,120.0,1.5", "60,x,y"))
    with pytest.raises(ValueError, match=r"cfast.csv: 0 rows of headings"):
        begin(series(content=""))


# -- in a scenario ------------------------------------------------------------------------------------

HAZARD = """  layer:
    kind: smoke-series
    at: room-2
    file: cfast.csv
    spaces: {room-2: "1", hall: "2"}
"""


def written(folder: Path, text: str = CFAST, change: tuple[str, str] = ("", "")) -> Path:
    (folder / "cfast.csv").write_text(text, encoding="utf-8")
    return write_example(
        folder, text=EXAMPLE.replace("hazards:\n", "hazards:\n" + HAZARD.replace(*change), 1)
    )


def test_a_scenario_runs_on_the_series_and_its_digest_covers_the_file(tmp_path: Path) -> None:
    scenario = load(written(tmp_path))
    trace = run(scenario, plan=min(scenario.plans), conditions="emergency", seed=1)
    rows = [(row.time_s, row.place) for _, row in trace.of("threshold") if row.actor == "layer"]
    assert (60.0, "room-2") in rows
    other = load(written(tmp_path, CFAST.replace("120.0,1.5", "121.0,1.5")))
    assert digest(other) != digest(scenario)


def test_all_faults_of_the_file_are_told_at_their_cells(tmp_path: Path) -> None:
    text = CFAST.replace("60,120.0,1.5", "60,NaN,x").replace("120,200", "30,200")
    found = check(written(tmp_path, text))[1]
    assert [(p.file, p.line, p.column, p.id) for p in found if p.severity == "error"] == [
        ("cfast.csv", 6, 2, "series"),
        ("cfast.csv", 6, 3, "series"),
        ("cfast.csv", 7, 1, "series"),
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("cfast.csv", "../cfast.csv"), "out of the scenario's folder"),
        (("cfast.csv", "other.csv"), "no such file beside the scenario"),
        (('hall: "2"', 'hal: "2"'), "did you mean"),
        (('hall: "2"', 'hall: "7"'), "'HGT_7' is missing from"),
        (('{room-2: "1", hall: "2"}', "{}"), "spaces"),
        (("    at: room-2\n", "    at: room-2\n    columns: {layer: HEIGHT}\n"), "columns.layer"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    found = [p for p in check(written(tmp_path, change=change))[1] if p.severity == "error"]
    assert any(fault in f"{p.path} {p.message}" for p in found), found
