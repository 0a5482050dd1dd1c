"""What differs between two plans of one scenario, task by task, and whether it can matter for the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from drillsim.messages import Language, say
from drillsim.spec import file_key
from drillsim.study.plan_words import PlanWords, same
from drillsim.study.results import PlanChange
from drillsim.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from drillsim.response.command import Level, Role
    from drillsim.response.communication import Line
    from drillsim.response.plan import Plan, Task
    from drillsim.scenario.model import Scenario
    from drillsim.study.results import Ensemble

__all__ = ["critical_share", "plan_changes"]

# What a task may wait for by itself; other words after the colon belong to units, groups and hazards.
_OWN_STEPS: Final = (
    "prepare",
    "travel",
    "way back",
    "wait for order",
    "wait for units",
    "wait for information",
    "wait for air",
    "wait for a line",
    "wait for decontamination",
    "wait for a call-taker",
    "delay",
)
_NO_CHANGE: Final = ("title", "title_zh", "only")  # `only` picks the tasks that are looked at


def plan_changes(
    first: Ensemble,
    second: Ensemble,
    *,
    language: Language = "en",
    duration: Callable[[float], str] = format_duration,
) -> tuple[PlanChange, ...]:
    """What the second plan has that the first has not, lacks, or has otherwise.

    First the plan as a whole (``task`` empty: end, staging, roles, levels, lines), then tasks, those that
    are critical in the largest share of either plan's runs that ended first. ``what`` has (field of the
    file, text before, text after); a task added or removed has what it consists of. Titles, sources and
    values of the other conditions are no change. ``duration`` writes seconds. Raises ``ValueError`` for
    plans of two scenarios or conditions.
    """
    if first.scenario.name != second.scenario.name or first.conditions != second.conditions:
        raise ValueError("changes are told between plans of one scenario under the same conditions")
    pair = [_resolved(one.scenario, one.scenario.plans[one.plan]) for one in (first, second)]
    tasks = [_in_use(one.tasks, first.conditions) for one in pair]
    roles, levels, lines = ([getattr(one, part) for one in pair] for part in ("roles", "levels", "lines"))
    words = PlanWords.of(
        second.scenario,
        {**tasks[0], **tasks[1]},
        {**roles[0], **roles[1]},
        {**levels[0], **levels[1]},
        conditions=first.conditions,
        language=language,
        duration=duration,
    )
    found = [
        change
        for name in sorted(tasks[0].keys() | tasks[1].keys())
        if (change := _of_task(name, tasks[0].get(name), tasks[1].get(name), first, second, words))
    ]
    found.sort(key=lambda change: -max(change.critical_first or 0.0, change.critical_second or 0.0))
    ordered = partial(_order_share, tasks=tasks, ensembles=(first, second))
    return (
        *_of_plan(first, second, words),
        *_of_entries(roles[0], roles[1], words, partial(words.title, "order_by"), ordered),
        *_of_entries(levels[0], levels[1], words, partial(words.title, "level")),
        *_of_entries(lines[0], lines[1], words, partial(_line_title, {**lines[0], **lines[1]}, words)),
        *found,
    )


def critical_share(ensemble: Ensemble, task: str) -> float:
    """Share of the runs that ended in which the task, or a wait of it, is on the critical path to the end."""
    labels = {task, *(f"{task}: {step}" for step in _OWN_STEPS)}
    return _share(ensemble, labels)


def _share(ensemble: Ensemble, labels: set[str]) -> float:
    paths = [outcome.critical for outcome in ensemble.outcomes if outcome.critical]
    hit = sum(not labels.isdisjoint(path) for path in paths)
    return hit / len(paths) if paths else 0.0


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a plan consists of with all it takes over from the plans it is based on."""

    tasks: dict[str, Task]
    roles: dict[str, Role]
    levels: dict[str, Level]
    lines: dict[str, Line]


def _resolved(scenario: Scenario, plan: Plan) -> _Whole:
    """A plan with the entries of the plans it is based on (a loaded scenario has them already)."""
    chain, seen = [plan], {id(plan)}
    while (base := scenario.plans.get(chain[-1].based_on or "")) is not None and id(base) not in seen:
        chain.append(base)
        seen.add(id(base))
    whole = _Whole({}, {}, {}, {})
    for one in reversed(chain):
        tasks = {name: task for name, task in whole.tasks.items() if name not in one.drop} | one.tasks
        whole = _Whole(tasks, whole.roles | one.roles, whole.levels | one.levels, whole.lines | one.lines)
    return whole


def _in_use(tasks: dict[str, Task], conditions: str) -> dict[str, Task]:
    return {name: task for name, task in tasks.items() if task.only in (None, conditions)}


def _of_task(
    name: str, before: Task | None, after: Task | None, first: Ensemble, second: Ensemble, words: PlanWords
) -> PlanChange | None:
    if before is not None and after is not None and same(before, after, first.conditions):
        return None
    what = tuple(_differing(before, after, words))
    if before is not None and after is not None and not what:
        return None
    return PlanChange(
        task=name,
        title=words.title("after", name),
        kind="added" if before is None else "removed" if after is None else "changed",
        what=what,
        critical_first=None if before is None else critical_share(first, name),
        critical_second=None if after is None else critical_share(second, name),
    )


def _differing(before: Any, after: Any, words: PlanWords) -> Iterator[tuple[str, str, str]]:
    """Fields of two tasks, roles, levels or lines that differ; all that is said in the one there is."""
    whole = before if before is not None else after
    for field, info in type(whole).model_fields.items():
        if field in _NO_CHANGE:
            continue
        key = file_key(field)
        if before is None or after is None:
            value = getattr(whole, field)
            if value != info.get_default(call_default_factory=True):
                text = words.alone(key, value)
                yield (key, text, "") if after is None else (key, "", text)
        elif not same(getattr(before, field), getattr(after, field), words.conditions):
            yield (key, *words.both(key, getattr(before, field), getattr(after, field)))


def _of_plan(first: Ensemble, second: Ensemble, words: PlanWords) -> Iterator[PlanChange]:
    """End and staging, which no task has."""
    plans = [one.scenario.plans[one.plan] for one in (first, second)]
    what = [
        (field, *words.both(field, *values))
        for field in ("end", "staging")
        if (values := [_of_base(one, plan, field) for one, plan in zip((first, second), plans, strict=True)])
        and values[0] != values[1]
    ]
    if what:
        yield PlanChange("", say("change.plan", words.language), "changed", tuple(what), None, None)


def _of_base(ensemble: Ensemble, plan: Plan, field: str) -> Any:
    """A field of the plan, or of what it is based on where it says nothing."""
    value = getattr(plan, field)
    base = ensemble.scenario.plans.get(plan.based_on or "")
    return getattr(base, field) if not value and base is not None else value


def _of_entries(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    words: PlanWords,
    titled: Callable[[str], str],
    share: Callable[[str, int], float] | None = None,
) -> Iterator[PlanChange]:
    """Roles, levels or lines; a role is critical where a task waits for its order."""
    for name in sorted(before.keys() | after.keys()):
        here, there = before.get(name), after.get(name)
        if here is not None and there is not None and same(here, there, words.conditions):
            continue
        what = tuple(_differing(here, there, words))
        if what:
            yield PlanChange(
                task="",
                title=titled(name),
                kind="added" if here is None else "removed" if there is None else "changed",
                what=what,
                critical_first=None if here is None or share is None else share(name, 0),
                critical_second=None if there is None or share is None else share(name, 1),
            )


def _line_title(lines: dict[str, Line], words: PlanWords, name: str) -> str:
    ends = (words.title("between", agency) for agency in lines[name].between)
    return say("change.line", words.language, ends=" – ".join(ends))


def _order_share(
    role: str, side: int, *, tasks: list[dict[str, Task]], ensembles: tuple[Ensemble, Ensemble]
) -> float:
    labels = {f"{name}: wait for order" for name, task in tasks[side].items() if task.order_by == role}
    return _share(ensembles[side], labels)
