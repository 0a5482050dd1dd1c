"""The suite as shipped: every row holds, and the harness can fail."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources

import pytest

import drillsim
from drillsim.verification import measurements
from drillsim.verification.evidence import Asked, Laboratory
from drillsim.verification.suite import Case, Row, cases, selected, verify
from drillsim.verification.tables import failed

FOLDER = resources.files("drillsim.verification") / "cases"

# People start at the door itself; behind a shut door; rooms of a fire that nobody is in; spots where the heat
# of a fire is read, which nobody walks to.
DOUBTS = {"link-astray", "people-shut-in", "part-isolated", "level-step", "space-no-link", "link-gap"}

# Cases of the reference sheet: each must be there with at least one row that is measured.
SHEET = (
    *(f"E-{n}" for n in range(1, 9)), *(f"H-{n}" for n in range(1, 12)), "I-1", "W-1", "D-1", "D-2", "D-3",
    "F-1", "F-2", "F-3", "F-4", "Q-1", "Q-2", *(f"P-{n}" for n in range(1, 17)),
)  # fmt: skip
# Cases and properties of the sheet of releases: sums of public functions, counted apart from runs.
RELEASES = (*(f"V{n}" for n in range(1, 32)), *(f"R-{n}" for n in range(1, 17)))
# Values of tables and factors on paper that no run shows: no cases of either sheet, counted apart too.
SUMS = {"S-imo.flow-0.5", "S-imo.flow-3.2", "S-imo.flow-3.5", "S-imo.travel", "F-sprinkler.tau"}
SUMS |= {f"F-cabinet.heat-{age}" for age in (0, 72, 648, 1200, 1770, 2340, 3000)}


def one(case: Case) -> Row:
    (row,) = verify([case])
    return row


def case_of(name: str) -> Case:
    return next(case for case in cases() if case.case == name)


def test_every_row_that_can_be_judged_passes() -> None:
    rows = list(verify())
    assert [(row.case.case, row.got, row.case.expected, row.fault) for row in failed(rows)] == []
    judged = [row for row in rows if row.case.applicable]
    assert len(judged) > 250
    assert {row.verdict for row in judged} == {"pass"}


@pytest.mark.parametrize("name", [*SHEET, *RELEASES])
def test_every_case_of_the_sheets_is_measured(name: str) -> None:
    assert any(case.applicable for case in selected([name]))


@pytest.mark.parametrize("name", SHEET)
def test_every_row_of_the_sheet_is_a_scenario_that_is_run(name: str) -> None:
    assert [case.case for case in selected([name]) if not case.applicable or not case.run] == []


def test_only_releases_and_a_few_tables_are_sums_without_a_run_and_they_say_so() -> None:
    sums = [case for case in cases() if case.is_sum]
    releases = {case.case for name in RELEASES for case in selected([name])}
    assert {case.case for case in sums} == SUMS | releases
    assert all(case.note.startswith("Arithmetic, no run") for case in sums)
    assert all("非仿真" in case.note_zh for case in sums)


def test_what_a_graph_cannot_do_is_listed_with_its_reason_and_never_passes() -> None:
    others = list(verify([case for case in cases() if not case.applicable]))
    assert {"IMO-6", "RiMEA-15", "NIST-2.10"} <= {row.case.case for row in others}
    assert {row.verdict for row in others} == {"not applicable"}
    assert all(row.got is None and row.case.note and row.case.note_zh for row in others)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.case)
def test_a_case_says_what_it_is_where_it_comes_from_and_how_near_it_must_come(case: Case) -> None:
    assert case.what and case.what_zh and case.source
    assert bool(case.note) == bool(case.note_zh)
    if case.applicable:
        assert case.expected and float(case.tolerance.split()[0]) >= 0.0
        assert bool(case.run) == (case.measure != "formula")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("E-1.uniform", "uniform(10, 120)"),  # ks
        ("E-2.corridor", "41"),  # abs
        ("E-5.main", "14"),  # exact number
        ("E-6", "exit-1"),  # exact text
        ("E-7", "0.5"),  # at most
        ("E-8.four", "400"),  # at least
        ("H-2", "104"),  # headways
        ("H-9", "2.0"),  # rel
        ("D-1", "1108.8"),  # the factor 60 of trap 1
        ("P-6.order", "different"),
        ("P-10.never", "29.4"),
        ("S-weidmann.1", "1.028"),
        ("S-stair.7-11", "1.08"),  # the handbook's table
        ("H-8.density", "1.05"),
        ("H-8.other-root", "1.50"),
        ("I-1", "144"),
        ("I-1.stair", "44"),
        ("I-1.walk-1", "22"),
        ("RiMEA-12.first-wait", "12362"),  # a queue that N/C would make
        ("IMO-11.wide", "1"),
        ("D-1.co2", "1.554"),  # exponent 0.1930
        ("F-1.mowrer", "1.16"),  # lags and link together
        ("F-1.jet-ends", "0"),
        ("F-2.medium", "0.0111"),  # 1000 kW
        ("F-3.b-co2", "0.0181"),
        ("F-4.filling-180", "5.2"),  # the correlation's
        ("F-4.nfpa-300", "4.3"),
        ("F-4.pressure", "22.0"),  # walls that take nothing
        ("P-16.rti", "0.9"),
    ],
)
def test_a_wrong_expected_value_fails(name: str, wrong: str) -> None:
    case = case_of(name)
    assert one(case).verdict == "pass"
    assert one(replace(case, expected=wrong)).verdict == "fail"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"run": "no-such-file"}, "no such file"),
        ({"run": "h-2; facility.links.door.width=0.2 m"}, "ScenarioInvalid"),
        ({"run": "h-2; seed"}, "is not written as"),
        ({"tolerance": "1 no-such-link"}, "no-such-link"),
        ({"measure": "passages", "of": "no-such-link"}, "ValueError"),
        ({"expected": "soon"}, "soon"),
    ],
)
def test_a_crash_inside_a_case_is_a_failing_row(change: dict[str, str], fault: str) -> None:
    row = one(replace(case_of("H-2"), **change))
    assert row.verdict == "fail"
    assert row.got is None
    assert fault in row.fault
    assert "\n" not in row.fault


def test_a_crash_does_not_end_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(asked: Asked) -> float:
        raise ZeroDivisionError("nobody passed")

    monkeypatch.setattr(
        "drillsim.verification.suite.MEASUREMENTS", {**measurements.MEASUREMENTS, "mean_flow": crash}
    )
    found = {row.case.case: row for row in verify(selected(["E-7", "H-4"]))}
    assert found["E-7"].verdict == "fail"
    assert found["E-7"].fault == "ZeroDivisionError: nobody passed"
    assert found["H-4"].verdict == "pass"


def test_a_run_that_never_ends_does_not_pass_a_time() -> None:
    trapped = replace(case_of("H-2"), run="p-trapped", kind="at-most", tolerance="0", expected="99999")
    row = one(trapped)
    assert (row.got, row.verdict) == ("never", "fail")
    bound = replace(trapped, kind="at-least", expected="0")
    assert one(bound).verdict == "fail"


def test_cases_are_chosen_by_name_or_by_what_stands_before_the_dot() -> None:
    assert [case.case for case in selected(["H-2"])] == ["H-2"]
    assert [case.case for case in selected(["e-3", "H-1"])][-1] == "H-1"
    assert len(selected(["E-3"])) == 6
    assert selected() == cases()
    with pytest.raises(KeyError, match="H-99"):
        selected(["H-2", "H-99"])


def test_the_table_names_no_case_twice_and_only_files_that_are_there() -> None:
    names = [case.case for case in cases()]
    assert len(names) == len(set(names))
    orders = {order for case in cases() for order in (case.run, case.against) if order}
    files = {entry.name.removesuffix(".yaml") for entry in FOLDER.iterdir()}
    assert {order.split(";")[0].strip() for order in orders} == files


@pytest.mark.parametrize("name", sorted(entry.name for entry in FOLDER.iterdir()))
def test_a_case_file_is_small_valid_and_says_what_it_verifies(name: str) -> None:
    with resources.as_file(FOLDER / name) as file:
        scenario, problems = drillsim.check(file)
        text = file.read_text(encoding="utf-8")
    assert scenario is not None, problems
    assert scenario.name == name.removesuffix(".yaml")
    assert {problem.id for problem in problems} <= DOUBTS
    opening = text.split("\n\n")[0]
    assert opening.startswith("# ") and ("Expected" in opening or "expected" in opening)
    assert len(text.splitlines()) < 100


def test_a_run_is_done_once_for_all_rows_that_ask_for_it() -> None:
    laboratory = Laboratory()
    first, again = laboratory.evidence("h-2"), laboratory.evidence("h-2")
    assert first.trace is again.trace
    assert laboratory.evidence("h-2; seed=2").trace is not first.trace


def test_the_people_drawn_anew_are_those_of_the_run() -> None:
    evidence = Laboratory().evidence("e-3; replications=2; seed=5")
    for number, trace in enumerate(evidence.traces):
        population = evidence.population(number)
        walked = {
            person: 40.0 / arrived_s
            for person, link, arrived_s in zip(
                trace.crowd.person, trace.crowd.link, trace.crowd.arrived_s, strict=True
            )
            if link >= 0
        }
        assert len(walked) == 150
        assert all(math.isclose(walked[p], speed) for p, speed in enumerate(population.speed_m_s))


def test_progress_hears_every_case() -> None:
    heard: list[tuple[int, int]] = []
    list(verify(selected(["S-stair"]), progress=lambda done, total: heard.append((done, total))))
    assert heard == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_a_table_that_contradicts_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drillsim.verification.suite.MEASUREMENTS", {})
    cases.cache_clear()
    try:
        with pytest.raises(ValueError, match="no way of measuring"):
            cases()
    finally:
        cases.cache_clear()
