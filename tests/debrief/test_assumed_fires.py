"""What the table of assumptions says of fires."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillsim.debrief.assumed_fires import fire_values
from drillsim.messages import LANGUAGES, Language
from drillsim.scenario.load import load
from tests.example import EXAMPLE, write_example

DETECTOR = "    detector: {min: 30 s, likely: 60 s, max: 90 s, source: assumed, confidence: low}\n"
MORE = """    growth: fast
    growth_to: 1000 kW
    decay: {fuel: 50 kg}
    items: {desk: {ignites_at: 120 kW}}
    detectors:
      point: {radius: 3 m, height: 3 m, senses: smoke-obscuration}
      head: {radius: 3 m, height: 3 m, activation: 68 °C, spray: 0.07 mm/s}
"""
ATTACK = "{do: treat, hazard: bin, action: attack}"
TRAINED = (
    "{do: treat, hazard: bin, action: attack, training: untrained}, "
    "{do: treat, hazard: bin, action: extinguish, water: 400 L/min}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = EXAMPLE.replace(DETECTOR, DETECTOR + MORE).replace(ATTACK, TRAINED)
    return write_example(tmp_path_factory.mktemp("fires"), text=text)


def test_every_choice_of_a_fire_has_its_value_source_and_confidence(folder: Path) -> None:
    rows = {row.path: row for row in fire_values(load(folder))}
    assert {path: row.value for path, row in rows.items()} == {
        "hazards.bin.growth": "150 s to 1000 kW, up to 2000 kW",
        "hazards.bin.decay": "in a straight line once 70 % of 50 kg is burnt",
        "hazards.bin.items.desk": "when what burns gives 120 kW",
        "hazards.bin.detectors.point.senses": "smoke: jet dims light by 24 %/m",
        "hazards.bin.detectors.head.senses": "link by DETACT, 68 °C, index 50",
        "hazards.bin.detectors.head.spray": "0.07 mm/s, decay with 360 s",
        "attack.untrained": "80 % up to 100 kW, none from 300 kW",
        "hazards.bin.water": "400 L/min, which takes 5720 kW",
    }
    assert {row.confidence for row in rows.values()} == {"low", "medium"}
    assert all(row.source for row in rows.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_tell_the_same_choices(folder: Path, language: Language) -> None:
    scenario = load(folder)
    assert [row.path for row in fire_values(scenario, language=language)] == [
        row.path for row in fire_values(scenario)
    ]


def test_a_series_tells_its_file_and_source(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("Time (s),ULOD_1 (1/m)\n0,1\n", encoding="utf-8")
    hazard = (
        'hazards:\n  air: {kind: smoke-series, at: room-2, file: k.csv, spaces: {room-2: "1"}, '
        "source: CFAST 7.7}\n"
    )
    rows = fire_values(load(write_example(tmp_path, text=EXAMPLE.replace("hazards:\n", hazard, 1))))
    assert ("k.csv", "CFAST 7.7") in [(row.value, row.source) for row in rows]
