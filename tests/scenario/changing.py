"""The example scenario with changes, and what the checks find in it."""

from __future__ import annotations

from pathlib import Path

from drillsim.errors import Problem
from drillsim.scenario.load import check
from tests.example import EXAMPLE, write_example

__all__ = ["Change", "found", "only"]

Change = tuple[str, str]


def found(folder: Path, *changes: Change) -> tuple[Problem, ...]:
    """Problems of the example after these replacements, each made once; all of the old text must be there."""
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return check(write_example(folder, text=text))[1]


def only(problems: tuple[Problem, ...], kind: str, words: str) -> Problem:
    """The first problem of this kind that says these words; no error may be of another kind.

    What plans inherit may be said once for each plan.
    """
    of_kind = [problem for problem in problems if problem.id == kind]
    assert not [p for p in problems if p.severity == "error" and p.id != kind], problems
    said = [problem for problem in of_kind if words in problem.message]
    assert said and said[0].line > 0, problems
    return said[0]
