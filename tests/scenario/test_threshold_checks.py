"""Thresholds that tasks wait for and that objectives measure."""

from __future__ import annotations

import pytest

from drillsim.scenario.load import check
from tests.example import EXAMPLE, write_example

DRUM = "hazards:\n  drum: {kind: leak, substance: acrylonitrile, at: hall, amount: 160 kg, outflow: OUT, "
DRUM = DRUM.replace("OUT", "{value: 45 min, source: assumed, confidence: low}") + "pool: 30 m²}\n"
WAIT, TARGET = "after: hazard.bin.detected", "milestone: all-out, within: 6 min"


def faults(tmp_path, old: str, new: str) -> list[tuple[str, int, str]]:
    assert old in EXAMPLE
    text = EXAMPLE.replace("hazards:\n", DRUM).replace(old, new, 1)
    line = text[: text.index(new)].count("\n") + 1
    return [
        (p.id, p.line - line, p.message)
        for p in check(write_example(tmp_path, text=text))[1]
        if p.severity == "error"
    ]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("hazard.bin.detectd", "no threshold 'detectd' that can be waited for; did you mean 'detected'?"),
        (
            "hazard.bin.contained",
            "no threshold 'contained' that can be waited for; allowed: detected, flaming",
        ),
        (
            "hazard.bin.smoke",
            "'smoke' of hazard 'bin' is reached space by space; what can be waited for is: detected, flaming",
        ),
        (
            "hazard.drum.aegl2",
            "is reached space by space; what can be waited for is: burnt-out, contained, ignited",
        ),
    ],
)
def test_nothing_can_wait_for_what_a_hazard_never_announces(tmp_path, event, words):
    ((kind, line, message),) = faults(tmp_path, WAIT, f"after: {event}")
    assert (kind, line) == ("unknown-threshold", 0)
    assert words in message


@pytest.mark.parametrize("event", ["bin.detected", "bin.flaming", "drum.contained"])
def test_moments_of_a_hazard_as_a_whole_can_be_waited_for(tmp_path, event):
    assert faults(tmp_path, WAIT, f"after: hazard.{event}") == []


def test_milestones_and_injects_wait_by_the_same_rule(tmp_path):
    assert faults(tmp_path, "after: alarm}", "after: hazard.bin.untenable}")[0][0] == "unknown-threshold"
    assert faults(tmp_path, "after: alarm, delay", "after: hazard.bin.x, delay")[0][0] == "unknown-threshold"


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("exposed.smok.people", "no hazard has the threshold 'smok'; did you mean 'smoke'?"),
        ("exposed.aegl1.person_s", "did you mean 'aegl"),
        ("posts.untenible", "did you mean 'untenable'?"),
        ("musters.agl2", "did you mean 'aegl2'?"),
        ("staging.agl2", "did you mean 'aegl2'?"),
        ("responders.flaming.person_s", "no hazard has the threshold 'flaming'"),
    ],
)
def test_an_objective_cannot_measure_a_threshold_no_hazard_has(tmp_path, measure, words):
    ((kind, line, message),) = faults(tmp_path, TARGET, f"measure: {measure}, at_most: 0")
    assert (kind, line) == ("unknown-threshold", 0)
    assert words in message


@pytest.mark.parametrize(
    "measure",
    [
        "exposed.smoke.people",
        "exposed.aegl3.person_s",
        "posts.aegl2",
        "musters.aegl2",
        "staging.aegl2",
        "responders.untenable.person_s",
        "endex",
    ],
)
def test_an_objective_may_measure_any_threshold_of_any_hazard(tmp_path, measure):
    assert faults(tmp_path, TARGET, f"measure: {measure}, at_most: 0") == []


@pytest.mark.parametrize("action", ["cover", "absorb"])
def test_a_cover_says_what_share_of_the_rate_remains(tmp_path, action):
    attack = "{do: treat, hazard: bin, action: attack}"
    ((kind, _, message),) = faults(tmp_path, attack, f"{{do: treat, hazard: drum, action: {action}}}")
    assert kind == "factor-missing"
    assert f"'{action}' needs a factor" in message
    assert "write factor: 15 %" in message
    for share in ("15 %", "0 %"):
        said = f"{{do: treat, hazard: drum, action: {action}, factor: {share}}}"
        assert faults(tmp_path, attack, said) == []
