"""Zones and threats in words, JSON, CSV and pictures; hostile names stay text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import drillsim as ds
from drillsim.debrief.charts import style
from drillsim.debrief.charts.threatline import threat_chart
from drillsim.debrief.charts.zonemap import zone_map
from drillsim.debrief.threat_lines import threat_csv, threat_json, threat_lines
from drillsim.debrief.zone_lines import highest, rounded, zones_csv, zones_json, zones_lines
from drillsim.hazards.leak import Leak
from drillsim.study.threat import Threat
from drillsim.study.zone_results import Zones
from tests.leaky import LEAKY, write_leaky


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Zones:
    return ds.zones(ds.load(write_leaky(tmp_path_factory.mktemp("leaky"))), at_s=(600.0, 1200.0))


@pytest.fixture(scope="module")
def threats(found: Zones) -> tuple[Threat, ...]:
    return ds.threat(found.scenario, "hut")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.15, "0.15"),
        (74.64, "74.6"),
        (99.96, "100"),
        (100.4, "100"),
        (-12.34, "-12.3"),
        (1e7, "10,000,000"),
    ],
)
def test_three_figures(value: float, text: str) -> None:
    assert rounded(value) == text


def test_the_lines_tell_zones_spaces_spots_and_first_distances(found: Zones) -> None:
    said = "\n".join(zones_lines(found, language="en"))
    assert "AEGL-2 (270°)" in said  # the worst wind of the fan for the east muster
    for words in (
        "not for use at a real incident",
        "Wind from 270° at 3 m/s, class D, open ground; turning from T+15 min to 180°",
        "Injects taken into account: The wind turns",
        "Left out, since nothing starts it at a fixed time: second",
        "since T−2 min, 160 kg",
        "T+10 min  AEGL-3: hut",
        "nowhere",
        "guide 131P, small spill, day",
        "at least 50 m all round",
    ):
        assert words in said
    (row,) = (
        line for line in said.splitlines() if "AEGL-2" in line and "T+10 min" in line and "34,800" in line
    )
    assert row.split()[-2:] == ["3", "10"]  # spaces, people


def test_they_speak_chinese(found: Zones, threats: tuple[Threat, ...]) -> None:
    said = "\n".join([*zones_lines(found, language="zh"), *threat_lines(threats, language="zh")])
    for words in ("场地上的桶", "一只桶", "丙烯腈", "初始隔离", "可信度 低", "小屋 (hut)", "室外", "从未"):
        assert words in said
    assert "zones." not in said
    assert "threat." not in said


def test_what_a_substance_has_not_is_said_to_be_unknown(found: Zones) -> None:
    source = {"kind": "direct", "mass_kg": 100.0}
    drum = Leak(kind="leak", substance="chlorine", at="yard", source=source)
    other = found.scenario.model_copy(update={"hazards": {"drum": drum}})
    said = "\n".join(zones_lines(ds.zones(other, at_s=600.0), language="en"))
    assert "10 % LEL: not known for this substance" in said
    assert "that does not mean harmless" in said


def test_the_innermost_zone_of_each_kind_is_named(found: Zones) -> None:
    zones = found.leaks[0].at(600.0)
    assert highest([zone for zone in zones if zone.polygons]) == "IDLH, 10 % LEL"
    assert highest([]) == ""


def test_the_json_documents_hold_the_same(found: Zones, threats: tuple[Threat, ...]) -> None:
    document = json.loads(zones_json(found))
    (leak,) = document["leaks"]
    assert [zone["area_m2"] for zone in leak["zones"]] == [zone.area_m2 for zone in found.leaks[0].zones]
    assert document["winds"][0]["start_s"] is None
    assert leak["first"]["isolation"]["distance_m"] == 50.0
    (entry,) = json.loads(json.dumps(threat_json(threats), allow_nan=False))
    assert [air["name"] for air in entry["airs"]] == ["outdoors", "indoors", "shut"]
    assert len(entry["times_s"]) == len(entry["airs"][0]["ppm"])


def test_the_tables_open_in_a_spreadsheet(found: Zones, threats: tuple[Threat, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(zones_csv(found, language="en").decode("utf-8-sig"))))
    assert len(rows) == len(found.leaks[0].zones)
    assert rows[1]["spaces"] == "east, hut, yard"
    assert float(rows[1]["area m²"]) == pytest.approx(found.leaks[0].zones[1].area_m2, abs=0.1)
    assert rows[5]["reaches m"] == ""
    samples = list(csv.reader(io.StringIO(threat_csv(threats[0], language="en").decode("utf-8-sig"))))
    assert len(samples) == 1 + len(threats[0].times_s)
    outdoors = np.array([float(row[2]) for row in samples[1:]])
    assert outdoors == pytest.approx(threats[0].airs[0].ppm, rel=1e-5)
    assert {row[3] for row, ppm in zip(samples[1:], outdoors, strict=True) if 1.8 < ppm < 27.0} == {"AEGL-2"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pictures_can_be_drawn(found: Zones, threats: tuple[Threat, ...], language: str) -> None:
    figure = zone_map(found, time_s=1200.0, language=language)
    said = " ".join(text.get_text() for text in figure.legends[0].get_texts())
    for label in ("PAC-1", "AEGL-2", "AEGL-3", "IDLH", "10 % LEL"):
        assert label in said
    (ax,) = figure.axes
    assert {"M", "P", "S"} <= {text.get_text() for text in ax.texts}
    assert style.png(figure, dpi=30).startswith(b"\x89PNG")
    chart = threat_chart(threats[0], language=language)
    assert len([line for line in chart.axes[0].lines if len(line.get_xdata()) > 2]) == 3
    assert style.png(chart, dpi=30).startswith(b"\x89PNG")


def test_the_map_draws_the_wind_that_holds_then(found: Zones) -> None:
    for time_s, words in ((600.0, "T+0 s: from 270°"), (1200.0, "T+15 min: from 180°")):
        (ax,) = zone_map(found, time_s=time_s).axes
        assert any(words in text.get_text() for text in ax.texts)
    with pytest.raises(ValueError, match="no zones at 5"):
        zone_map(found, time_s=5.0)


def test_hostile_names_stay_text(tmp_path) -> None:
    evil = "=1+1$\\\\frac{1}{0}$<b>{title}%s"
    text = LEAKY.replace("title: A drum,", f'title: "{evil}",').replace(
        "title: East muster", f'title: "{evil}"'
    )
    found = ds.zones(ds.load(write_leaky(tmp_path / "evil", text=text)), at_s=600.0)
    said = "\n".join(
        [*zones_lines(found, language="en"), *threat_lines(ds.threat(found.scenario, "east"), language="en")]
    )
    assert said.count("=1+1$\\frac{1}{0}$<b>{title}%s") == 4  # leak and muster, twice
    assert style.png(zone_map(found, time_s=600.0), dpi=30)
    assert style.png(threat_chart(ds.threat(found.scenario, "east")[0]), dpi=30)
    first = zones_csv(found, language="en").decode("utf-8-sig").splitlines()[1]
    assert not first.startswith("=")


HEAVY = {"hazards.drum.amount": "4000 kg", "hazards.drum.pool": "400 m²"}


@pytest.mark.parametrize(
    ("change", "said", "lines"),
    [
        ({"hazards.drum.cloud": "passive"}, "results are not valid", 1),
        ({}, "Britter-McQuaid plume, within a factor 2 at best", 0),  # in the words of the page instead
        ({"hazards.drum.evaporation": "epa-rmp", "hazards.drum.cloud": "passive"}, "pool by epa-rmp", 1),
    ],
)
def test_what_a_leak_flags_of_its_source_stands_in_zones_and_threats(
    tmp_path: Path, change: dict[str, str], said: str, lines: int
) -> None:
    scenario = ds.load(write_leaky(tmp_path), overrides={**HEAVY, **change})
    found, threats = ds.zones(scenario, at_s=600.0), ds.threat(scenario, "east")
    flags = json.loads(zones_json(found))["leaks"][0]["flags"]
    assert sum(said in flag for flag in flags) == 1
    assert threat_json(threats)[0]["flags"] == flags
    assert sum(said in line for line in zones_lines(found, language="en")) == lines
    assert sum(said in line for line in threat_lines(threats, language="en")) == 1
