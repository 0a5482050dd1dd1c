"""Runs of the shipped case files, each done once however many rows ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Final

from drillsim.hazards.fire_run import FireRun
from drillsim.hazards.weather import WeatherRecord
from drillsim.people.population import Population
from drillsim.scenario.load import load
from drillsim.simulation.prepare import prepare
from drillsim.simulation.run import run
from drillsim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drillsim.facility.graph import Facility
    from drillsim.scenario.model import Scenario
    from drillsim.trace.log import Trace

__all__ = ["Asked", "Evidence", "Laboratory"]

_CASES: Final = resources.files("drillsim.verification") / "cases"


@dataclass(frozen=True)
class Evidence:
    """One case file with some entries changed, and its runs."""

    name: str
    overrides: Mapping[str, str]
    seed: int
    replications: int

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario of the file; raises ``ScenarioInvalid`` as loading does."""
        with resources.as_file(_CASES / f"{self.name}.yaml") as file:
            return load(file, overrides=self.overrides)

    @property
    def plan(self) -> str:
        """The first plan; the case files have one each."""
        return min(self.scenario.plans)

    @property
    def facility(self) -> Facility:
        return prepare(self.scenario).facility

    @cached_property
    def traces(self) -> tuple[Trace, ...]:
        """One trace a replication, under the conditions of an emergency."""
        return tuple(
            run(self.scenario, plan=self.plan, conditions="emergency", seed=self.seed, replication=number)
            for number in range(self.replications)
        )

    @property
    def trace(self) -> Trace:
        return self.traces[0]

    def fire(self, name: str) -> FireRun:
        """A fire of the first replication, begun anew as in the run. ``ValueError`` for another hazard."""
        scenario, streams = self.scenario, Streams(self.seed, 0)
        begun = scenario.hazards[name].begin(
            name,
            facility=self.facility,
            weather=WeatherRecord.begin(scenario.weather, streams),
            conditions="emergency",
            streams=streams,
            drawn=lambda path, value: None,
            buildings=scenario.buildings,
            hazards={},
        )
        if not isinstance(begun, FireRun):
            raise ValueError(f"{name} is no fire")
        return begun

    def population(self, replication: int) -> Population:
        """Who was there in a replication, drawn anew: equal to the run's own people."""
        scenario, streams = self.scenario, Streams(self.seed, replication)
        return Population.draw(
            scenario.groups, scenario.profiles, self.facility, streams, conditions="emergency"
        )


class Laboratory:
    """Evidence by what was asked for, kept for the rows that ask for the same."""

    def __init__(self) -> None:
        self._found: dict[str, Evidence] = {}

    def evidence(self, order: str) -> Evidence:
        """Evidence of an order ``file; path=text; …``; ``seed`` and ``replications`` are those of the run.

        An order is run once; one written with another spacing is run anew. Raises ``ValueError`` for an
        order that cannot be read.
        """
        if order not in self._found:
            name, *changes = (part.strip() for part in order.split(";"))
            pairs = [change.partition("=") for change in changes if change]
            if not name or not all(path and mark and text for path, mark, text in pairs):
                raise ValueError(f"the order {order!r} is not written as: file; path=text; …")
            values = {path.strip(): text.strip() for path, _, text in pairs}
            seed, replications = int(values.pop("seed", 1)), int(values.pop("replications", 1))
            self._found[order] = Evidence(name, values, seed, replications)
        return self._found[order]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row asks of a way of measuring: its own run, the run it is set against, and what of it."""

    laboratory: Laboratory
    run: str
    against: str
    of: str

    @property
    def evidence(self) -> Evidence:
        return self.laboratory.evidence(self.run)

    @property
    def other(self) -> Evidence:
        return self.laboratory.evidence(self.against)

    @property
    def names(self) -> tuple[str, ...]:
        """``of`` as words."""
        return tuple(self.of.split())
