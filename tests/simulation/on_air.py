"""One piece of work on air, done by a crew of so many people in a bare world."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from drillsim.simulation.core import Core
from drillsim.simulation.entries import work_on_air
from tests.simulation.bare import BareWorld, bare_core
from tests.simulation.small import small, task, times

MIN = 60.0
BOTTLE = {"volume": "6.8 L", "pressure": "30 MPa", "compressibility": "1"}
IDEAL_S = 6.8e-3 * (30e6 - 5.5e6) / 101_325.0 / (50e-3 / 60.0)  # 32.9 min at 50 L/min


@dataclass
class Work:
    """What became of one piece of work on air."""

    core: Core
    world: BareWorld
    name: str
    done_s: float = math.nan
    out_s: float = math.nan
    row: int = -1
    out_row: int = -1

    @property
    def first_s(self) -> float:
        return times(self.core.trace, "entry", task=self.name)[0]

    @property
    def took_s(self) -> float:
        """From the first entry to the end of the work."""
        return self.done_s - self.first_s

    def states(self) -> list[str]:
        return [row.task for _, row in self.core.trace.of("unit-state") if row.actor == "hazmat"]


def begin(
    *,
    work_s: float,
    people: int = 40,
    air: dict[str, Any] | None = None,
    suit: dict[str, Any] | None = None,
    priority: int = 5,
    conditions_c: float = 20.0,
    bound: Any = None,
    core: Core | None = None,
    name: str = "plug",
    again: bool = False,
    **sections: Any,
) -> Work:
    """Start a piece of work on air at once; a crew of ``people`` does it."""
    entry: dict[str, Any] = {"by": "crew", "at": "room", "priority": str(priority)}
    entry["air"] = {"change": "3 min", "effort": "heavy"} | (air or {})
    suit_entries = {"level": "A", "don": "6 min", "bottle": BOTTLE, "rest": "1"} | (suit or {})
    scenario = small(
        tasks={name: task(milestone="over", wearing="gas-tight", **entry)},
        suits={"gas-tight": suit_entries},
        weather={"wind_from": "135°", "wind_speed": "3 m/s", "temperature": f"{conditions_c} °C"},
        horizon="100 h",
        **sections,
    )
    core = core or bare_core(scenario, bound=bound)
    world: Any = BareWorld(core, people=people)
    work, spec, crew = Work(core, world, name), scenario.plans["plan"].tasks[name], ("hazmat",)

    def carry_out() -> Generator[Any, Any, None]:
        entry = yield from work_on_air(world, name, spec, crew, work_s=work_s, cause=-1)
        work.done_s, work.row = core.now_s, entry.row
        work.out_row = yield from entry.bring_out()
        work.out_s = core.now_s
        if again:
            yield from work_on_air(world, name, spec, crew, work_s=work_s, cause=work.out_row, before=entry)

    core.clock.process(carry_out())
    return work


def do(**entries: Any) -> Work:
    work = begin(**entries)
    work.core.clock.run()
    return work


def rows(work: Work, event: str) -> list[tuple[int, Any]]:
    return list(work.core.trace.of(event))
