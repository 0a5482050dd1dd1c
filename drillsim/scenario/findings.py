"""Where the checks of one scenario put what they find."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, Literal

from drillsim.errors import Problem
from drillsim.scenario.tree import Path, Place, Tree, dotted

__all__ = ["Findings"]

_MAX_PROBLEMS: Final = 300
_MAX_CANDIDATES: Final = 5000
_MAX_COMPARED: Final = 50_000


@dataclass(slots=True)
class Findings:
    """Collects problems with their places; keeps the list and the time for suggestions bounded."""

    tree: Tree
    problems: list[Problem] = field(default_factory=list)
    left_out: int = 0
    broken: set[Path] = field(default_factory=set)
    _unread: frozenset[Path] | None = None  # what was broken before the cross-checks began
    _compared: int = 0
    _read: set[Place] = field(default_factory=set)
    _seen: set[tuple[Place, str]] = field(default_factory=set)

    def error(
        self, path: Path, message: str, kind: str, *, key: bool = False, place: Place | None = None
    ) -> None:
        """An error at a value, at the key that names it, or at another place."""
        self.broken.update(path[:length] for length in range(len(path) + 1))
        self._add(path, message, kind, "error", place or self.tree.place(path, key=key))

    def warn(self, path: Path, message: str, kind: str, *, key: bool = False) -> None:
        """A doubt: the scenario runs, but somebody should look."""
        self._add(path, message, kind, "warning", self.tree.place(path, key=key))

    def _add(
        self, path: Path, message: str, kind: str, severity: Literal["error", "warning"], place: Place
    ) -> None:
        # An inherited entry is wrong once: where it is written.
        known = (place, message) if place.line else (place, f"{dotted(path)} {message}")
        if known in self._seen or place in self._read:
            return
        self._seen.add(known)
        if len(self.problems) >= _MAX_PROBLEMS:
            self.left_out += 1
            return
        self.problems.append(Problem(*place, dotted(path), message, kind, severity))

    def take(self, problems: Iterable[Problem]) -> None:
        """Problems found while reading; later ones at the same path are left out as their consequences."""
        for problem in problems:
            self.problems.append(problem)
            self._read.add(Place(problem.file, problem.line, problem.column))
            self.broken.add(())

    def sorted(self) -> tuple[Problem, ...]:
        """Everything found, by place; the last says how many more there are."""
        found = sorted(self.problems)
        if self.left_out:
            message = f"{self.left_out} more problems are not shown; mend these first"
            found.append(Problem(self.tree.file, 0, 0, "", message, "more-problems"))
        return tuple(found)

    def clean(self, *path: str | int) -> bool:
        """Whether no error was found at or below a path."""
        return path not in self.broken

    def begin_cross_checks(self) -> None:
        """From now on :meth:`whole` leaves out of account what is found."""
        self._unread = frozenset(self.broken)

    def whole(self, *path: str | int) -> bool:
        """Whether all at or below a path could be read and its names are known, so that nothing is missing.

        Unlike :meth:`clean` it holds whatever the cross-checks find, so that one fault hides no other.
        """
        return path not in (self.broken if self._unread is None else self._unread)

    def suggest(self, word: str, allowed: Collection[str]) -> str:
        """``; did you mean 'takes'?`` or the first of the allowed names; empty if there are none."""
        names = sorted(allowed) if len(allowed) <= _MAX_CANDIDATES else []
        if not names or self.left_out:
            return ""
        self._compared += len(names)
        if self._compared <= _MAX_COMPARED and len(word) <= 80:
            lower = {name.lower(): name for name in names}
            if close := get_close_matches(word.lower(), lower, n=1, cutoff=0.6):
                return f"; did you mean '{lower[close[0]]}'?"
        shown = ", ".join(name[:40] for name in names[:12])
        return f"; allowed: {shown}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")
