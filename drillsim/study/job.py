"""One replication: what is to be run, on what bench, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from drillsim.errors import DrillsimError
from drillsim.scenario.variant import scale
from drillsim.study.reduce import reduce
from drillsim.study.results import Failure

if TYPE_CHECKING:
    from drillsim.scenario.model import Scenario
    from drillsim.simulation.core import Bound
    from drillsim.spec import Conditions
    from drillsim.study.results import Outcome
    from drillsim.trace.log import Trace

    Run = Callable[..., Trace]

__all__ = ["FIRST_S", "Attempt", "Bench", "Job", "Result"]

FIRST_S: Final = 5.0
"""How much more time the first replication of a process has: it computes what the next ones find ready."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: ``factors`` are (path of an assumption, factor) applied to the scenario first.

    ``bound`` leaves something out of the runs, to tell what it costs; a store does not keep such runs.
    """

    plan: str
    conditions: Conditions
    seed: int
    start_s: float | None = None
    injects: tuple[str, ...] | None = None
    factors: tuple[tuple[str, float], ...] = ()
    bound: Bound | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome and who made it."""

    outcome: Outcome
    version: str
    fingerprint: str

    @property
    def replication(self) -> int:
        return self.outcome.replication


Attempt = Result | Failure


class Bench:
    """A scenario and how to run it, with its last variant. ``run`` takes the arguments of ``drillsim.run``.

    It is sent once to every process that runs replications.
    """

    def __init__(self, scenario: Scenario, *, run: Run | None = None) -> None:
        self.scenario = scenario
        self._run = run
        self._variant: tuple[tuple[tuple[str, float], ...], Scenario] = ((), scenario)

    def prepare(self) -> None:
        """Load what runs need and build what no draw changes, so that no replication pays for it."""
        import drillsim.simulation.run  # noqa: F401
        from drillsim.simulation.prepare import prepare

        prepare(self.scenario)

    def trace(self, job: Job, replication: int) -> Trace:
        """Run one replication."""
        if self._run is None:
            from drillsim.simulation.run import run

            self._run = run
        left_out: dict[str, Any] = {} if job.bound is None else {"bound": job.bound}
        return self._run(
            self._scaled(job.factors),
            plan=job.plan,
            conditions=job.conditions,
            seed=job.seed,
            replication=replication,
            start_s=job.start_s,
            injects=job.injects,
            **left_out,
        )

    def result(self, job: Job, replication: int) -> Result:
        """Run one replication and keep what tables and charts need."""
        trace = self.trace(job, replication)
        asked = {entry.measure for entry in self.scenario.objectives.values() if entry.measure}
        return Result(reduce(trace, asked=asked), trace.header.version, trace.header.fingerprint)

    def attempt(self, job: Job, replication: int) -> Attempt:
        """:meth:`result`, or why the run could not be carried through.

        Only what a scenario can cause (a :class:`DrillsimError`, a formula out of its range) is such a
        failure; anything else is a defect of the program and is raised.
        """
        try:
            return self.result(job, replication)
        except (DrillsimError, ValueError, ArithmeticError) as fault:
            return Failure(replication, str(fault) or type(fault).__name__)

    def _scaled(self, factors: tuple[tuple[str, float], ...]) -> Scenario:
        if self._variant[0] != factors:
            scenario = self.scenario
            for path, factor in factors:
                scenario = scale(scenario, path, factor)
            self._variant = (factors, scenario)
        return self._variant[1]
