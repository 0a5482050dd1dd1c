from __future__ import annotations

import pytest

from tests.scenario.changing import SURE, Change, effects, found, only

TANK = "{kind: tank, diameter: 2.5 m, length: 8 m, fill: 80 %, hole_diameter: 5 cm, hole_height: 10 cm}"


def hazards(*entries: str) -> Change:
    return ("hazards:\n", "hazards:\n" + "".join(f"  {entry}\n" for entry in entries))


def drum(extra: str = "", *, of: str = "acrylonitrile", at: str = "street") -> str:
    return (
        f"drum: {{kind: leak, substance: {of}, at: {at}, amount: 160 kg, "
        f"outflow: {{value: 20 min, {SURE}}}, pool: 30 m²{extra}}}"
    )


def tank(of: str, extra: str = "") -> str:
    return f"drum: {{kind: leak, substance: {of}, at: street, pool: 30 m², source: {TANK}{extra}}}"


def fire(extra: str, *, at: str = "street", burns: str = "{kind: pool}") -> str:
    return f"blaze: {{kind: spill-fire, at: {at}, dormant: true, fire: {burns}, {extra}}}"


START = effects("do: start, hazard: blaze")


def test_a_fire_of_a_leak_and_one_of_a_stated_size_are_no_error(tmp_path) -> None:
    assert found(tmp_path, hazards(drum(), fire("of: drum")), START) == ()
    assert (
        found(tmp_path, hazards(fire("substance: toluene", burns="{kind: pool, area: 20 m²}")), START) == ()
    )


def test_what_the_flash_of_a_leak_starts_need_not_be_started_otherwise(tmp_path) -> None:
    ignition = ", ignition: {at: street, chance: 30 %, starts: blaze}"
    assert found(tmp_path, hazards(drum(ignition), fire("of: drum"))) == ()


@pytest.mark.parametrize(
    ("changes", "kind", "words", "path"),
    [
        (
            [
                hazards(
                    tank("chlorine", ", detectors: {gate: {at: street, kind: pellistor, alarm_lel: 20 %}}")
                )
            ],
            "detector-without-limit",
            "write alarm, such as 5 ppm",
            "hazards.drum.detectors.gate.alarm_lel",
        ),
        (
            [hazards(tank("chlorine", ", ignition: {at: street}"))],
            "ignition-without-limit",
            "no lower flammable limit of chlorine is known",
            "hazards.drum.ignition",
        ),
        (
            [hazards(tank("chlorine")), effects("do: treat, hazard: drum, action: ignite")],
            "ignition-without-limit",
            "chlorine does not burn as far as is known",
            None,
        ),
        (
            [hazards(fire("of: bin")), START],
            "fire-of-no-leak",
            "'bin' is a fire; a spill fire is of a leak",
            "hazards.blaze.of",
        ),
        (
            [hazards(drum(), fire("of: drum", at="lawn")), START],
            "fire-elsewhere",
            "write at: street",
            "hazards.blaze.at",
        ),
        (
            [hazards(tank("chlorine"), fire("of: drum")), START],
            "fire-unknown",
            "no heat of combustion of chlorine is known",
            "hazards.blaze.of",
        ),
        (
            [hazards(drum(), fire("of: drum", burns="{kind: jet}")), START],
            "fire-unknown",
            "describe one as source, or write rate in fire",
            "hazards.blaze.of",
        ),
        (
            [hazards(fire("substance: ethanol", burns="{kind: pool, area: 20 m²}")), START],
            "fire-unknown",
            "how fast a pool of it burns is not known",
            "hazards.blaze.substance",
        ),
        (
            [
                hazards(drum(), fire("of: drum")),
                START,
                effects("do: treat, hazard: blaze, action: extinguish"),
            ],
            "hazard-action",
            "treat hazard 'drum' instead",
            None,
        ),
    ],
)
def test_what_cannot_burn_or_be_told_is_refused_with_a_remedy(tmp_path, changes, kind, words, path) -> None:
    problems = found(tmp_path, *changes)
    problem = next(p for p in problems if p.id == kind and words in p.message)
    assert problem.severity == "error"
    assert path is None or problem.path == path


def test_a_hazard_that_does_not_lie_dormant_is_no_use_to_an_ignition(tmp_path) -> None:
    awake = fire("of: drum").replace("dormant: true, ", "")
    problems = found(tmp_path, hazards(drum(", ignition: {at: street, starts: blaze}"), awake))
    assert only(problems, "start-not-dormant", "dormant: true").path == "hazards.drum.ignition.starts[0]"


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (", ignition: {at: nowhere}", "nowhere"),
        (", detectors: {gate: {at: nowhere, kind: pid, alarm: 5 ppm}}", "nowhere"),
        (", ignition: {at: street, starts: nothing}", "nothing"),
    ],
)
def test_names_that_are_not_known_are_found(tmp_path, extra, words) -> None:
    assert any(
        problem.severity == "error" and words in problem.message
        for problem in found(tmp_path, hazards(drum(extra)))
    )


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (fire("title: x"), "say what burns"),
        (fire("of: drum, substance: toluene"), "one of the two"),
        (fire("substance: toluene"), "write area in fire"),
        (fire("substance: propane", burns="{kind: flash}"), "write of: LEAK"),
    ],
)
def test_a_fire_says_what_burns_and_how_much(tmp_path, entry, words) -> None:
    assert any(words in problem.message for problem in found(tmp_path, hazards(drum(), entry), START))


def test_a_moment_of_a_detector_that_is_not_there_is_not_awaited(tmp_path) -> None:
    late = ("after: hazard.bin.detected", "after: hazard.drum.detected")
    problem = only(found(tmp_path, hazards(drum()), late), "unknown-threshold", "no threshold 'detected'")
    assert problem.severity == "error"
