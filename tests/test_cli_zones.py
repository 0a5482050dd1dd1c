"""``drillsim zones``: what it says, what it writes, and which exit code it gives."""

from __future__ import annotations

import json

import pytest

from drillsim.cli import Exit, main
from tests.example import write_example
from tests.leaky import write_leaky


@pytest.fixture
def zones(tmp_path, capsys):
    """Runs the command on the small leak; its exit code, its stdout and its stderr."""
    folder = write_leaky(tmp_path / "leaky")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["zones", str(folder), *(str(argument) for argument in arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_it_prints_zones_and_writes_geojson_table_and_maps(zones, tmp_path):
    code, out, err = zones("--at", "10min", "--at", "90 s", "--out", tmp_path / "out")
    assert code == Exit.OK
    assert "AEGL-2" in out
    assert "T+1 min 30 s" in out
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"zones.geojson", "zones.csv", "zones-10min.png", "zones-1.5min.png"}
    document = json.loads((tmp_path / "out" / "zones.geojson").read_text(encoding="utf-8"))
    assert "local metres" in document["drillsim"]["coordinates"]
    assert "--origin" in err


def test_the_document_alone_is_on_stdout_and_the_wind_is_the_one_stated(zones):
    code, out, _ = zones("--at", "10min,20min", "--wind-from", "90°", "--wind-speed", "5 m/s", "--json")
    document = json.loads(out)
    assert code == Exit.OK
    assert document["times_s"] == [600.0, 1200.0]
    assert [(wind["from_deg"], wind["speed_m_s"]) for wind in document["winds"]] == [(90.0, 5.0)]
    assert document["injects"] == []


def test_it_speaks_chinese(zones):
    code, out, _ = zones("--at", "10min", "--lang", "zh")
    assert code == Exit.OK
    assert "场地上的桶" in out
    assert "各空间所触及的最高区域" in out


def test_a_place_has_its_threat_in_words_table_and_chart(zones, tmp_path):
    code, out, _ = zones("--place", "hut", "--place=-50,0", "--out", tmp_path / "out")
    assert code == Exit.OK
    assert "threat at Hut (hut)" in out
    assert "point -50,0 (x -50 m, y 0 m)" in out
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {f"threat-{number}.{kind}" for number in (1, 2) for kind in ("csv", "png")}
    code, out, _ = zones("--place", "hut", "--json")
    assert json.loads(out)[0]["place"] == "hut"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--place", "hat"), "did you mean hut"),
        (("--place", "hut", "--at", "10min"), "leave out --at"),
        (("--at=-3min",), "nothing leaks yet"),
        (("--at", "10"), "has no unit"),
        (("--at", "5h"), "horizon"),
        (("--wind-speed", "0.9 m/s"), "state 1 m/s or more"),
        (("--wind-speed", "fast"), "write 1.2 m/s"),
        (("--wind-from", "400°"), "between 0° and 360°"),
        (("--wind-from", "90"), "has no unit"),
        (("--hazard", "drums"), "did you mean drum"),
        (("--plan", "nobody"), "no plan 'nobody'"),
        (("--inject", "nobody"), "no inject 'nobody'"),
        (("--origin", "here"), "write 121.62,31.36"),
        (("--at", "10min", "--origin", "200,10"), "longitude within 180"),
    ],
)
def test_bad_questions_are_wrong_use(zones, arguments, said):
    code, out, err = zones(*arguments)
    assert code == Exit.USAGE
    assert said in err
    assert out == ""


def test_a_scenario_without_leaks_and_one_in_a_calm_are_refused(tmp_path, capsys, zones):
    folder = write_example(tmp_path / "fire")
    assert main(["zones", str(folder)]) == Exit.USAGE
    assert "has no leak" in capsys.readouterr().err
    code, _, err = zones("--set", "weather.wind_speed=0.5 m/s")
    assert code == Exit.INVALID
    assert "wind_speed" in err


def test_a_file_in_the_place_of_the_folder_is_told(zones, tmp_path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    code, _, err = zones("--at", "10min", "--out", tmp_path / "taken")
    assert code == Exit.DISK
    assert "is not a folder" in err
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"
