"""What a planner must hear first: that runs stood still, who waits for what, who is trapped where."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.figures import unreached_milestones
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from drillsim.measures.standstill import Wait
    from drillsim.study.results import Ensemble

__all__ = ["standstill_document", "told"]

_MOST: Final = 3  # reasons and places that are named
# Waits that a run says in words, not as a moment -> message.
_IN_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"knowledge of (?P<item>.+)", "standstill.knowledge"),
    (r"an order of (?P<role>.+)", "standstill.order"),
    (r"(?P<role>.+) to take office at (?P<moment>.+)", "standstill.office"),
    (r"a way from (?P<place>\S+) to (?P<other>\S+)", "standstill.way"),
    (r"room in the next space", "standstill.room"),
    (r"nobody; it is full", "standstill.full"),
)


def told(ensemble: Ensemble, *, language: Language = "en") -> tuple[str, ...]:
    """In how many runs nothing could go on or time ran out, who waits for what, who is trapped where, and
    the milestones no run reached; empty where every run came to its end with everybody out."""
    said = []
    for end in ("standstill", "horizon"):
        runs = sum(run.end == end for run in ensemble.outcomes)
        if runs:
            horizon = names.duration(ensemble.scenario.horizon_s, language)
            said.append(say(f"standstill.{end}", language, runs=runs, n=ensemble.n, horizon=horizon))
    for wait, runs in _waits(ensemble)[:_MOST]:
        said.append(_reason(ensemble, wait, runs, language))
    if any(run.trapped for run in ensemble.outcomes):
        said.append(_trapped(ensemble, language))
    never = unreached_milestones(ensemble)
    if never:
        titles = [names.title(ensemble.scenario.milestones.get(name), name, language) for name in never]
        said.append(say("standstill.milestones", language, n=ensemble.n, names=_listed(titles, language)))
    return tuple(said)


def standstill_document(ensemble: Ensemble) -> dict[str, Any]:
    """The same for machines: every wait with its runs, and by space the most heads trapped in one run."""
    return {
        "waits": [
            {"who": wait.who, "what": wait.what, "place": wait.place, "runs": runs}
            for wait, runs in _waits(ensemble)
        ],
        "trapped": [
            {"place": place, "most_heads": heads, "runs": runs} for place, heads, runs in _places(ensemble)
        ],
    }


def _waits(ensemble: Ensemble) -> list[tuple[Wait, int]]:
    """Waits with the runs that end in them; first those that wait for no one who waits, then by runs.

    Of people who wait in a place the most heads stand.
    """
    runs: Counter[tuple[str, str, str]] = Counter()
    kept: dict[tuple[str, str, str], Wait] = {}
    for outcome in ensemble.outcomes:
        for wait in outcome.waits:
            key = (wait.who, wait.what, wait.place)
            runs[key] += 1
            if key not in kept or wait.heads > kept[key].heads:
                kept[key] = wait
    made = _made_by(ensemble, {who for who, _, _ in runs if who})
    ranked = sorted(runs, key=lambda key: (key[1].removeprefix("done.") in made, -runs[key], key))
    return [(kept[key], runs[key]) for key in ranked]


def _made_by(ensemble: Ensemble, tasks: set[str]) -> set[str]:
    """These tasks and the milestones they make."""
    known = names.plan_tasks(ensemble.scenario, ensemble.plan, conditions=ensemble.conditions)
    own = [(name, known[name].milestone, known[name].starts) for name in tasks if name in known]
    return {name for names_ in own for name in names_ if name}


def _reason(ensemble: Ensemble, wait: Wait, runs: int, language: Language) -> str:
    scenario, plan = ensemble.scenario, ensemble.plan
    if wait.who:
        who = names.waiting_title(scenario, plan, wait.who, language)
    else:
        place = names.place_title(scenario, wait.place, language)
        who = say("standstill.people-at", language, people=names.people(wait.heads, language), place=place)
    what, _, holders = wait.what.partition(", held by ")
    values = {"who": who, "what": _what(ensemble, what, language), "runs": runs, "n": ensemble.n}
    if holders:
        listed = [names.waiting_title(scenario, plan, name, language) for name in holders.split(", ")]
        return say("standstill.reason-held", language, holders=_listed(listed, language), **values)
    return say("standstill.reason", language, **values)


def _what(ensemble: Ensemble, what: str, language: Language) -> str:
    scenario, plan = ensemble.scenario, ensemble.plan
    for pattern, message in _IN_WORDS:
        found = re.fullmatch(pattern, what)
        if found is not None:
            values = {
                "item": lambda name: names.item_title(scenario, name, language),
                "role": lambda name: names.role_title(scenario, plan, name, language),
                "moment": lambda name: names.event_title(scenario, plan, name, language),
                "place": lambda name: names.place_title(scenario, name, language),
                "other": lambda name: names.place_title(scenario, name, language),
            }
            return say(
                message, language, **{key: values[key](name) for key, name in found.groupdict().items()}
            )
    if " x " in what:
        return _listed([_of_crew(ensemble, part, language) for part in what.split(", ")], language)
    return f'"{names.event_title(scenario, plan, what, language)}"'


def _of_crew(ensemble: Ensemble, part: str, language: Language) -> str:
    """``2 x unit pumper`` or ``1 x capacity radio`` as they are called."""
    count, _, rest = part.partition(" x ")
    kind, _, name = rest.partition(" ")
    scenario = ensemble.scenario
    if kind == "unit":
        called = names.unit_title(scenario, name, language)
    else:
        called = names.title(scenario.capacities.get(name), name, language)
    return called if count == "1" else f"{count} × {called}"


def _trapped(ensemble: Ensemble, language: Language) -> str:
    totals = [sum(heads for _, heads in run.trapped) for run in ensemble.outcomes]
    places = _places(ensemble)
    shown = [
        say(
            "standstill.place",
            language,
            people=names.people(heads, language),
            place=names.place_title(ensemble.scenario, place, language)
            or say("standstill.somewhere", language),
        )
        for place, heads, _ in places[:_MOST]
    ]
    if len(places) > _MOST:
        shown.append(say("standstill.more-places", language, count=len(places) - _MOST))
    return say(
        "standstill.trapped",
        language,
        runs=sum(total > 0 for total in totals),
        n=ensemble.n,
        most=names.people(max(totals), language),
        places=_listed(shown, language),
    )


def _places(ensemble: Ensemble) -> list[tuple[str, int, int]]:
    """Space, the most heads trapped there in one run, and in how many runs anybody; most heads first."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for run in ensemble.outcomes:
        for place, heads in run.trapped:
            found[place].append(heads)
    ranked = sorted(found.items(), key=lambda entry: (-max(entry[1]), -len(entry[1]), entry[0]))
    return [(place, max(heads), len(heads)) for place, heads in ranked]


def _listed(entries: list[str], language: Language) -> str:
    return (", " if language == "en" else "、").join(entries)
