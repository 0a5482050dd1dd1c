"""Fires as scenarios write them: measured curves from files, names of curves and classes, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillsim.errors import Problem
from drillsim.hazards import Fire
from drillsim.hazards.heat_release import CABINET
from drillsim.scenario.digest import digest
from drillsim.scenario.load import check, load
from tests.example import EXAMPLE, write_example

DETECTOR = "    detector: {min: 30 s, likely: 60 s, max: 90 s, source: assumed, confidence: low}\n"


def written(folder: Path, more: str, **files: str) -> Path:
    """The example with more lines in its fire, and files beside it."""
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    assert DETECTOR in EXAMPLE
    return write_example(folder, text=EXAMPLE.replace(DETECTOR, DETECTOR + more))


def fire(path: Path) -> Fire:
    found = load(path).hazards["bin"]
    assert isinstance(found, Fire)
    return found


def problems(path: Path) -> list[Problem]:
    return [problem for problem in check(path)[1] if problem.severity == "error"]


def test_a_measured_curve_is_read_from_a_file_in_the_order_of_time(tmp_path: Path) -> None:
    file = "time_min,heat_kw\n0,0\n2,50\n10,300\n100,0\n"
    found = fire(written(tmp_path, "    heat_release: {file: curve.csv}\n", curve=file))
    points = [(point.at_s, point.heat_w) for point in found.heat_release]
    assert points == [(0.0, 0.0), (120.0, 50e3), (600.0, 300e3), (6000.0, 0.0)]


def test_another_value_in_the_file_is_another_scenario(tmp_path: Path) -> None:
    line = "    heat_release: {file: curve.csv}\n"
    digests = {
        digest(load(written(tmp_path, line, curve=f"time_s,heat_kw\n0,0\n60,{heat}\n"))) for heat in (50, 51)
    }
    assert len(digests) == 2


def test_curve_and_class_may_be_named(tmp_path: Path) -> None:
    more = "    heat_release: electrical-cabinet\n"
    more += "    items: {desk: {growth: fast, distance: 1 m, ignites: easy}}\n"
    found = fire(written(tmp_path, more))
    assert tuple((point.at_s, point.heat_w) for point in found.heat_release) == CABINET
    assert found.items["desk"].growth_s == 150.0
    assert found.items["desk"].level_w == pytest.approx(418.9e3, rel=1e-3)


def test_an_item_may_have_a_measured_curve_too(tmp_path: Path) -> None:
    more = "    items: {desk: {ignites_at: 100 kW, heat_release: {file: curve.csv}}}\n"
    found = fire(written(tmp_path, more, curve="heat_mw,time_s\n0,0\n1.5,60\n"))
    assert found.items["desk"].heat_release[-1].heat_w == 1.5e6


def test_all_faults_of_a_curve_are_told_at_their_cells(tmp_path: Path) -> None:
    file = "time_s,heat_kw\n0,x\n30,5\n20,6\n40,nan\n50,-1\n"
    found = problems(written(tmp_path, "    heat_release: {file: curve.csv}\n", curve=file))
    assert [(p.file, p.line, p.column) for p in found] == [
        ("curve.csv", 2, 2),
        ("curve.csv", 4, 1),
        ("curve.csv", 5, 2),
        ("curve.csv", 6, 2),
    ]
    assert "20 follows 30" in found[1].message


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("    heat_release: {file: ../curve.csv}\n", "out of the scenario's folder"),
        ("    heat_release: {file: none.csv}\n", "no such file beside the scenario"),
        ("    heat_release: {file: bad.csv}\n", "needs two columns, time_s"),
        ("    heat_release: cabinet\n", "the name of a curve: electrical-cabinet"),
        ("    growth: mediun\n", "there is no growth 'mediun'; write slow, medium"),
        ("    growth_to: 1005 kW\n", "the two conventions are 1055 kW and 1000 kW"),
        ("    decay: {from: 20 min}\n", "write from and over, or fuel"),
        ("    decay: {from: 20 min, over: 5 min, fuel: 10 kg}\n", "write from and over, or fuel"),
        ("    heat_release: electrical-cabinet\n    decay: {fuel: 10 kg}\n", "leave decay out"),
        ("    items: {desk: {growth: fast}}\n", "write ignites_at: 100 kW, or distance"),
        ("    items: {detected: {ignites_at: 1 kW}}\n", "needs a name of its own"),
        ("    detectors: {cold: {radius: 1 m, height: 3 m, activation: 5 °C}}\n", "it acts at 5 °C"),
        ("    detectors: {head: {radius: 1 m, height: 3 m}}\n", "write activation"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(tmp_path: Path, more: str, fault: str) -> None:
    found = problems(written(tmp_path, more, bad="seconds,kilowatts\n0,0\n"))
    assert any(fault in problem.message for problem in found), found


def test_a_door_of_another_room_is_refused(tmp_path: Path) -> None:
    text = EXAMPLE.replace("    door: door-2\n", "    door: exit\n")
    assert text != EXAMPLE
    found = problems(write_example(tmp_path, text=text))
    assert [problem.id for problem in found] == ["fire-door"]


@pytest.mark.parametrize(
    ("effect", "fault"),
    [
        ("{do: treat, hazard: bin, action: attack, water: 100 L/min}", "water goes with 'extinguish' only"),
        ("{do: treat, hazard: bin, action: extinguish, training: trained}", "matters to 'attack' only"),
    ],
)
def test_means_that_do_not_fit_what_is_done_are_refused(tmp_path: Path, effect: str, fault: str) -> None:
    text = EXAMPLE.replace("{do: treat, hazard: bin, action: attack}", effect)
    assert text != EXAMPLE
    assert any(fault in problem.message for problem in problems(write_example(tmp_path, text=text)))


@pytest.mark.parametrize(
    ("more", "moment", "warned"),
    [
        ("    sizes: {large: 3 MW}\n", "large", True),
        ("    sizes: {large: 1 MW}\n", "large", False),
        ("    items: {desk: {ignites_at: 3 MW}}\n", "desk", True),
        ("    detectors: {head: {radius: 5 m, height: 4 m, activation: 700 °C}}\n", "head", True),
        ("    detectors: {head: {radius: 5 m, height: 4 m, activation: 68 °C}}\n", "head", False),
    ],
)
def test_what_is_waited_for_and_never_comes_is_told(
    tmp_path: Path, more: str, moment: str, warned: bool
) -> None:
    text = EXAMPLE.replace(DETECTOR, DETECTOR + more)
    text = text.replace("after: hazard.bin.detected", f"after: hazard.bin.{moment}", 1)
    scenario, found = check(write_example(tmp_path, text=text))
    assert scenario is not None
    assert ("fire-too-small" in {problem.id for problem in found}) == warned
