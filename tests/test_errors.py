"""How faults are said."""

from __future__ import annotations

import pickle

from drillsim.errors import DrillsimError, Problem, RunFailed, ScenarioInvalid

FAULT = Problem("scenario.yaml", 3, 7, "start", "no unit", "unit-missing")


def test_a_problem_reads_file_line_column_path_and_message() -> None:
    assert str(FAULT) == "scenario.yaml:3:7  start  no unit"
    assert str(Problem("scenario.yaml", 0, 0, "", "cannot be read", "file-unreadable")) == (
        "scenario.yaml  cannot be read"
    )


def test_problems_sort_by_place() -> None:
    later = Problem("scenario.yaml", 10, 1, "slot", "no unit", "unit-missing", "warning")
    assert sorted([later, FAULT]) == [FAULT, later]


def test_an_invalid_scenario_lists_every_problem_and_survives_a_process_boundary() -> None:
    error = ScenarioInvalid((FAULT, FAULT))
    assert str(error).count("no unit") == 2
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == (FAULT, FAULT)
    assert isinstance(again, DrillsimError)
    assert str(pickle.loads(pickle.dumps(RunFailed("run 3: no way out")))) == "run 3: no way out"
