"""What leaves a package: an append-only schedule of steps, and the stepping that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["HORIZON_S", "Outflow", "Part", "Release", "ReleaseModel"]

HORIZON_S: Final = 7 * 86400.0
"""How long a release is followed; what has not come by then is flagged."""
_MOST_STEPS: Final = 100_000  # of one release; some hundred are usual


class Part(NamedTuple):
    """Rates of one step, constant over it. ``removed_kg_s`` was caught, pumped over or let out harmlessly."""

    liquid_kg_s: float = 0.0
    airborne_kg_s: float = 0.0
    liquid_k: float = 0.0
    airborne_k: float = 0.0
    aerosol_share: float = 0.0
    removed_kg_s: float = 0.0

    @property
    def total_kg_s(self) -> float:
        return self.liquid_kg_s + self.airborne_kg_s + self.removed_kg_s


@dataclass(frozen=True, slots=True, eq=False)
class Outflow:
    """Steps of constant rate, k of them; temperatures where a rate is zero mean nothing.

    ``airborne_kg_s`` is vapour and aerosol; ``aerosol_share`` is the part of it that is droplets.
    ``held_kg`` is what the package held at the first edge. In = left + out + removed at every edge.
    """

    edges_s: NDArray[np.float64]  # (k + 1,)
    liquid_kg_s: NDArray[np.float64]  # (k,)
    airborne_kg_s: NDArray[np.float64]
    liquid_k: NDArray[np.float64]
    airborne_k: NDArray[np.float64]
    aerosol_share: NDArray[np.float64]
    removed_kg_s: NDArray[np.float64]
    held_kg: float

    def __post_init__(self) -> None:
        count = len(self.edges_s) - 1
        rates = (self.liquid_kg_s, self.airborne_kg_s, self.removed_kg_s)
        columns = (*rates, self.liquid_k, self.airborne_k, self.aerosol_share)
        if count < 0 or any(column.shape != (count,) for column in columns):
            raise ValueError("an outflow needs one more edge than it has steps")
        if not all(np.isfinite(column).all() for column in (self.edges_s, *columns)):
            raise ValueError("an outflow needs finite numbers")
        if (np.diff(self.edges_s) <= 0.0).any() or any((rate < 0.0).any() for rate in rates):
            raise ValueError("the edges of an outflow must rise and its rates must not be negative")

    @classmethod
    def of(cls, edges_s: list[float], parts: list[Part], *, held_kg: float) -> Outflow:
        """From the steps of a release."""
        table = np.array(parts, dtype=np.float64).reshape(len(parts), len(Part._fields))
        liquid, airborne, liquid_k, airborne_k, aerosol, removed = np.ascontiguousarray(table.T)
        edges = np.array(edges_s, dtype=np.float64)
        return cls(edges, liquid, airborne, liquid_k, airborne_k, aerosol, removed, held_kg)

    def _sum(self, rate_kg_s: NDArray[np.float64], time_s: float) -> float:
        spent = np.clip(time_s - self.edges_s[:-1], 0.0, np.diff(self.edges_s))
        return float(rate_kg_s @ spent)

    def liquid_kg(self, time_s: float) -> float:
        """Liquid that has run out by ``time_s``."""
        return self._sum(self.liquid_kg_s, time_s)

    def airborne_kg(self, time_s: float) -> float:
        """Vapour and aerosol that have come out by ``time_s``."""
        return self._sum(self.airborne_kg_s, time_s)

    def removed_kg(self, time_s: float) -> float:
        """What was caught, pumped over or let out harmlessly by ``time_s``."""
        return self._sum(self.removed_kg_s, time_s)

    def left_kg(self, time_s: float) -> float:
        """What the package still holds."""
        out = self.liquid_kg_s + self.airborne_kg_s + self.removed_kg_s
        return self.held_kg - self._sum(out, time_s)

    @property
    def end_s(self) -> float:
        """When nothing comes out any more; the first edge if nothing ever does."""
        runs = np.flatnonzero(self.liquid_kg_s + self.airborne_kg_s > 0.0)
        return float(self.edges_s[runs[-1] + 1] if len(runs) else self.edges_s[0])

    def step(self, time_s: float) -> int:
        """Index of the step that holds at ``time_s``; -1 before the first and after the last."""
        index = int(np.searchsorted(self.edges_s, time_s, side="right")) - 1
        return index if index < len(self.liquid_kg_s) else -1

    def rates_kg_s(self, time_s: float) -> tuple[float, float]:
        """Liquid and airborne rate at ``time_s``."""
        index = self.step(time_s)
        return (0.0, 0.0) if index < 0 else (float(self.liquid_kg_s[index]), float(self.airborne_kg_s[index]))

    def largest_mean_kg_s(self, over_s: float = 60.0) -> float:
        """Largest mean of liquid and airborne rate over any ``over_s``, as ALOHA prints it for a minute."""
        rate = self.liquid_kg_s + self.airborne_kg_s
        # The mean over a window turns only where one of its ends meets an edge.
        starts = np.concatenate([self.edges_s, self.edges_s - over_s])
        total = np.concatenate([[0.0], np.cumsum(rate * np.diff(self.edges_s))])
        gained = np.interp(starts + over_s, self.edges_s, total) - np.interp(starts, self.edges_s, total)
        return float(gained.max() / over_s)

    def truncated(self, time_s: float) -> Outflow:
        """The same up to ``time_s``; nothing runs out after it, and the package holds the rest."""
        steps = max(0, int(np.searchsorted(self.edges_s, time_s, side="left")))
        if steps >= len(self.edges_s):
            return self
        edges = np.append(self.edges_s[: max(steps, 1)], time_s)
        if time_s <= self.edges_s[0]:
            edges = self.edges_s[:1]
        kept = len(edges) - 1
        return Outflow(
            edges,
            self.liquid_kg_s[:kept],
            self.airborne_kg_s[:kept],
            self.liquid_k[:kept],
            self.airborne_k[:kept],
            self.aerosol_share[:kept],
            self.removed_kg_s[:kept],
            self.held_kg,
        )


State = tuple[float, ...]


class ReleaseModel(Protocol):
    """How a package goes on from a state, under what has been done to it so far."""

    open_share: float  # of the hole
    caught: bool  # what comes out is caught

    def step(self, state: State, time_s: float) -> tuple[float, State, Part] | None:
        """Seconds, state after them and rates within; None when nothing more can happen by itself."""

    def held_kg(self, state: State) -> float:
        """Mass in the package."""


@dataclass(slots=True)
class Release:
    """A release in one run. Steps before the last change stay; later ones are computed anew."""

    model: ReleaseModel
    start_s: float
    first: State
    edges_s: list[float] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.edges_s, self.states = [self.start_s], [self.first]
        self._run()

    @property
    def outflow(self) -> Outflow:
        """The schedule as it stands."""
        return Outflow.of(self.edges_s, self.parts, held_kg=self.model.held_kg(self.first))

    def change(self, time_s: float, apply: Callable[[State], State | None]) -> None:
        """Let ``apply`` change the model at ``time_s``, and the state if it returns one; then go on."""
        time_s = max(time_s, self.start_s)
        self._back_to(time_s)
        changed = apply(self.states[-1])
        if changed is not None:
            self.states[-1] = changed
        self._run()

    def _back_to(self, time_s: float) -> None:
        while len(self.edges_s) > 1 and self.edges_s[-2] >= time_s:
            self._drop()
        last = self.edges_s[-1]
        if last > time_s:  # rates are constant within the step, so masses are linear in it
            before, after, start = self.states[-2], self.states[-1], self.edges_s[-2]
            share = (time_s - start) / (last - start)
            self.states[-1] = _between(before, after, share)
            self.edges_s[-1] = time_s
        elif last < time_s:
            self.edges_s.append(time_s)
            self.states.append(self.states[-1])
            self.parts.append(Part())

    def _drop(self) -> None:
        self.edges_s.pop()
        self.states.pop()
        self.parts.pop()

    def _run(self) -> None:
        end = self.start_s + HORIZON_S
        while self.edges_s[-1] < end:
            step = self.model.step(self.states[-1], self.edges_s[-1])
            if step is None:
                return
            seconds, state, part = step
            if len(self.parts) >= _MOST_STEPS:
                raise RuntimeError(f"a release of over {_MOST_STEPS} steps at {self.edges_s[-1]} s")
            if not seconds > 0.0:
                raise ValueError(f"a step of {seconds} s at {self.edges_s[-1]} s of a release")
            if seconds > end - self.edges_s[-1]:
                share = (end - self.edges_s[-1]) / seconds
                seconds = end - self.edges_s[-1]
                state = _between(self.states[-1], state, share)
            following = self.edges_s[-1] + seconds
            if following <= self.edges_s[-1]:  # too short to be told apart at this time
                return
            self.edges_s.append(following)
            self.states.append(state)
            self.parts.append(part)
        flag = f"followed for {HORIZON_S / 86400.0:.0f} days: the package was not empty by then"
        if flag not in self.flags:
            self.flags.append(flag)


def _between(before: State, after: State, share: float) -> State:
    return tuple(a + share * (b - a) for a, b in zip(before, after, strict=True))
