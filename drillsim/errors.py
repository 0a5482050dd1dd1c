"""What can be wrong with a scenario, a run or a file, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DrillsimError", "Problem", "RunFailed", "ScenarioInvalid", "StoreFailed"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault or doubt: place, path of the field, and a message that says found, allowed and remedy.

    ``id`` is stable and short (``unit-missing``); ``file`` is relative to the scenario; ``line`` and
    ``column`` count from 1, 0 where the place is a whole file.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    id: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}  {self.path}  {self.message}" if self.path else f"{place}  {self.message}"


class DrillsimError(Exception):
    """Base of every error the package raises on purpose."""


class ScenarioInvalid(DrillsimError):
    """The scenario has at least one error; ``problems`` lists them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class RunFailed(DrillsimError):
    """One run could not be carried through; the message names the run and the cause."""


class StoreFailed(DrillsimError):
    """A file of results could not be read or written; the message says what is kept and what to do."""
