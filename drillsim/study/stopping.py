"""When a study knows enough: what a planner asks for in words, and the rule that stops it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Protocol

from drillsim.errors import DrillsimError
from drillsim.study.objectives import measured
from drillsim.study.results import Outcome
from drillsim.study.statistics import LOOKING, LOOKING_VERDICT, quantile_interval

if TYPE_CHECKING:
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions

__all__ = [
    "All",
    "KnownWell",
    "Precision",
    "StoppingRule",
    "VerdictsDecided",
    "batches",
    "full_name",
    "measures_asked",
    "parts",
    "precision",
    "quantity",
    "stopping_rule",
]

Study = Sequence[Outcome]  # of one plan

_FIRST: Final = 100  # replications before the first look
_MORE: Final = 50  # between two looks
_SHARES: Final = {"median": 0.5, "p50": 0.5, "p90": 0.9, "p95": 0.95}
_HEADLINES: Final = ("endex", "last_out")
_WIDE_S: Final = 30.0
_WIDE_SHARE: Final = 0.05
_FORM: Final = re.compile(
    r"(?P<share>\w+)\s+(?:of\s+)?(?P<measure>\S+)\s+(?:to\s+)?(?:±|\+-|\+/-)?\s*(?P<width>\d.*)"
)
_NUMBER: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>.*)")
_UNITS: Final = {"people": "p", "person": "p", "persons": "p"}


class StoppingRule(Protocol):
    """Says whether the replications made so far are enough."""

    def enough(self, studies: Sequence[Study]) -> bool:
        """``studies``: outcomes of each plan over the same replications, in their order.

        Raises :class:`DrillsimError` where it asks for a measure that no run has.
        """
        ...


def batches(maximum: int) -> Iterator[int]:
    """Numbers of replications after which to look: 100, 150, 200 … and ``maximum``.

    >>> list(batches(230)), list(batches(60))
    ([100, 150, 200, 230], [60])
    """
    if maximum < 1:
        raise ValueError(f"{maximum} replications; at least 1 is needed")
    yield from range(_FIRST, maximum, _MORE)
    yield maximum


@dataclass(frozen=True, slots=True)
class Precision:
    """Stop when a percentile of a measure is known to plus or minus ``half_width``, under every plan.

    The interval is the one that :func:`drillsim.study.statistics.summarise` gives after looking; both its
    ends must lie within ``half_width`` of the estimate. That a percentile is not reached is known once
    the whole interval says so.
    """

    measure: str
    share: float  # 0.5, 0.9, 0.95
    half_width: float
    unit: str

    def enough(self, studies: Sequence[Study]) -> bool:
        """Whether it is known so well; raises :class:`DrillsimError` for a measure or unit that is wrong."""
        return self.reach(studies) <= self.half_width

    def reach(self, studies: Sequence[Study]) -> float:
        """To plus or minus how much it is known, under the plan of which least is; ``inf``: not at all."""
        if not all(studies):
            return math.inf  # every run failed
        name = full_name(self.measure, studies)
        return max(self._reach(name, outcomes) for outcomes in studies)

    def _reach(self, name: str, outcomes: Study) -> float:
        values = [measured(outcome, name) for outcome in outcomes]
        if values[0].unit != self.unit:
            has = values[0].unit or "no unit"
            raise DrillsimError(f"{self.measure} is measured in {has}, not in {self.unit or 'no unit'}")
        return _reach([value.rank for value in values], self.share)


@dataclass(frozen=True, slots=True)
class KnownWell:
    """The sheet's rule: median and p95 of ENDEX and of the last person out to 30 s or 5 %, the larger."""

    def enough(self, studies: Sequence[Study]) -> bool:
        """Whether both are known so well under every plan that has them."""
        return all(
            self._known([measured(outcome, name).rank for outcome in outcomes])
            for outcomes in studies
            for name in _HEADLINES
            if outcomes and any(name in outcome.measures for outcome in outcomes)
        )

    def _known(self, ranks: Sequence[float]) -> bool:
        for share in (0.5, 0.95):
            estimate = quantile_interval(ranks, share).estimate
            wide_s = max(_WIDE_S, _WIDE_SHARE * estimate) if math.isfinite(estimate) else _WIDE_S
            if not _reach(ranks, share) <= wide_s:
                return False
        return True


@dataclass(frozen=True, slots=True)
class VerdictsDecided:
    """No objective is undecided, at a level that allows for being asked again and again."""

    scenario: Scenario
    conditions: Conditions

    def enough(self, studies: Sequence[Study]) -> bool:
        """Whether every objective is met or missed under every plan."""
        from drillsim.study.objectives import verdicts
        from drillsim.study.statistics import judge_all

        return all(
            judge_all(
                round(verdict.share.estimate * verdict.n),
                verdict.n,
                verdict.required_share,
                level=LOOKING_VERDICT,
            )
            != "undecided"
            for outcomes in studies
            for verdict in verdicts(self.scenario, self.conditions, outcomes)
        )


@dataclass(frozen=True, slots=True)
class All:
    """Every one of several rules."""

    rules: tuple[StoppingRule, ...]

    def enough(self, studies: Sequence[Study]) -> bool:
        """Whether all of them have enough; all are asked, so that a wrong name shows at the first look."""
        return not [rule for rule in self.rules if not rule.enough(studies)]


def stopping_rule(
    texts: Sequence[str], *, scenario: Scenario | None = None, conditions: Conditions = "emergency"
) -> StoppingRule:
    """The rule for what a planner writes: all of ``texts``, each as in :func:`precision` or ``auto``.

    ``auto`` is :class:`KnownWell` and, with a ``scenario``, :class:`VerdictsDecided`. Raises
    :class:`DrillsimError` for a text that is neither.
    """
    rules: list[StoppingRule] = []
    for text in texts:
        if text.strip().lower() == "auto":
            rules.append(KnownWell())
            if scenario is not None:
                rules.append(VerdictsDecided(scenario, conditions))
        else:
            rules.append(precision(text))
    return rules[0] if len(rules) == 1 else All(tuple(rules))


def parts(rule: StoppingRule | None) -> tuple[StoppingRule, ...]:
    """The rules that a rule from :func:`stopping_rule` is made of."""
    if isinstance(rule, All):
        return tuple(part for entry in rule.rules for part in parts(entry))
    return () if rule is None else (rule,)


def measures_asked(rule: StoppingRule | None) -> tuple[str, ...]:
    """Measures by the names a planner gave them in :func:`stopping_rule`."""
    return tuple(part.measure for part in parts(rule) if isinstance(part, Precision))


def precision(text: str) -> Precision:
    """What a planner asks for: ``p95 last_out 15 s``, ``p95 of last_out ±15 s``, ``median endex 1 min``.

    Raises :class:`DrillsimError` that says how to write it.

    >>> precision("p95 of last_out ±15 s")
    Precision(measure='last_out', share=0.95, half_width=15.0, unit='s')
    """
    found = _FORM.fullmatch(" ".join(text.split()))
    if found is None or set(text) & set(",;"):
        raise DrillsimError(
            f'{text!r} does not say when to stop; write "p95 last_out 15 s" or "auto", one at a time'
        )
    share = found["share"].lower()
    if share not in _SHARES:
        near = get_close_matches(share, _SHARES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise DrillsimError(f"{found['share']!r} in {text!r} is none of {', '.join(_SHARES)}{hint}")
    half_width, unit = quantity(found["width"])
    if not half_width > 0.0:
        raise DrillsimError(
            f"{found['width']!r} in {text!r}: nothing is known exactly; more than 0 is needed"
        )
    return Precision(found["measure"], _SHARES[share], half_width, unit)


def quantity(text: str) -> tuple[float, str]:
    """A duration in s, or a number in the unit it is written with; :class:`DrillsimError` without a unit.

    >>> quantity("1.5 min"), quantity("3 people")
    ((90.0, 's'), (3.0, 'p'))
    """
    from drillsim.units import parse_quantity

    try:
        return parse_quantity(text, "time"), "s"
    except ValueError as problem:
        found = _NUMBER.fullmatch(text.strip())
        if found is None or not found["unit"]:
            raise DrillsimError(f'{text!r}: a unit is needed, for example "15 s"') from problem
        return float(found["number"]), _UNITS.get(found["unit"], found["unit"])


def full_name(name: str, studies: Sequence[Study]) -> str:
    """The measure's full name; milestones may go without their prefix unless a measure has the same name.

    Raises :class:`DrillsimError` with the nearest name if no run has it.
    """
    known = sorted({measure for outcomes in studies for outcome in outcomes for measure in outcome.measures})
    for candidate in (name, f"milestone.{name}"):
        if candidate in known:
            return candidate
    short = {entry.removeprefix("milestone."): entry for entry in known}
    near = get_close_matches(name, [*short, *known], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise DrillsimError(f"{name!r} is no measure of these runs{hint}")


def _reach(ranks: Sequence[float], share: float) -> float:
    """How far the interval reaches from the estimate; ``inf`` without one, 0 where surely not reached."""
    found = quantile_interval(ranks, share, level=LOOKING)
    if found.low is None or found.high is None:
        return math.inf
    if math.isinf(found.low):
        return 0.0
    if not math.isfinite(found.estimate):
        return math.inf
    return max(found.high - found.estimate, found.estimate - found.low)
