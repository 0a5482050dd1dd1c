"""What a planner must hear first: that runs stood still, who waits for what, who is trapped where."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.capacities import capacity_title, channel_title, corridor_title, stage_title
from drillsim.debrief.figures import unreached_milestones
from drillsim.measures.standstill import RING
from drillsim.messages import Language, say
from drillsim.study.statistics import quantile

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
    (r"out\.(?P<task>.+)", "standstill.crew-out"),
    (r"a way out of (?P<place>\S+)", "standstill.way-out"),
    (r"a way from (?P<place>\S+) to (?P<other>\S+)", "standstill.way"),
    (r"a condition", "standstill.condition"),
    (r"somebody to hold (?P<role>.+)", "standstill.holder"),
    (r"a line of (?P<channel>.+)", "standstill.line"),
    (r"(?P<stage>.+) of corridor (?P<corridor>.+)", "standstill.stage"),
    (r"corridor (?P<corridor>.+), open from (?P<moment>.+)", "standstill.corridor"),
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
    listed = _waits(ensemble)
    rings = [(wait, runs) for wait, runs in listed if wait.what == RING]
    said += [_ring(ensemble, wait.who, runs, language) for wait, runs in rings[:_MOST]]
    in_rings = {who for wait, _ in rings for who in _members(wait.who)}
    others = [(wait, runs) for wait, runs in listed if wait.what != RING and wait.who not in in_rings]
    said += [_reason(ensemble, wait, runs, language) for wait, runs in others[:_MOST]]
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
            {
                "who": wait.who,
                "what": wait.what,
                "place": wait.place,
                "since_s": _since_s(ensemble, wait),
                "runs": runs,
            }
            for wait, runs in _waits(ensemble)
            if wait.what != RING
        ],
        "rings": [
            {"members": _members(wait.who), "runs": runs}
            for wait, runs in _waits(ensemble)
            if wait.what == RING
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
    since_s = _since_s(ensemble, wait)
    since = "" if since_s is None else names.duration(since_s, language)
    waited = say("standstill.waits-since" if since else "standstill.waits", language,
                 what=_wanted(ensemble, wait.what, language), who=who, since=since)  # fmt: skip
    return say("standstill.reason", language, waits=waited, runs=runs, n=ensemble.n)


def _wanted(ensemble: Ensemble, wanted: str, language: Language) -> str:
    """What somebody waits for, and why it does not come: who holds it, what is out, what was left out."""
    scenario, plan = ensemble.scenario, ensemble.plan
    what, why, rest = next(
        (parts for sign in (", held by ", ", out: ", ", left out: ") if (parts := wanted.partition(sign))[1]),
        (wanted, "", ""),
    )
    said = _what(ensemble, what, language)
    if why == ", out: ":
        pool, _, event = rest.partition(" since ")
        name = _of_crew(ensemble, f"1 x {pool}", language)
        since = names.event_title(scenario, plan, event, language)
        return say("standstill.out-of-service", language, what=said, name=name, event=since)
    if not why:
        return said
    titles = _listed(
        [names.waiting_title(scenario, plan, name, language) for name in rest.split(", ")], language
    )
    if why == ", held by ":
        return say("standstill.held", language, what=said, holders=titles)
    return say("standstill.left-out", language, what=said, tasks=titles)


def _since_s(ensemble: Ensemble, wait: Wait) -> float | None:
    """Median over the runs of when a wait began, s; ``None`` where no run tells."""
    key = (wait.who, wait.what, wait.place)
    found = [
        other.since_s
        for run in ensemble.outcomes
        for other in run.waits
        if (other.who, other.what, other.place) == key and other.since_s is not None
    ]
    return quantile(found, 0.5) if found else None


def _members(ring: str) -> list[str]:
    """Those in a ring, each once: ``A → B → A``."""
    return list(dict.fromkeys(ring.split(" → ")))


def _ring(ensemble: Ensemble, ring: str, runs: int, language: Language) -> str:
    """Who holds what the next one waits for, by agency, with what each waits for."""
    scenario, plan = ensemble.scenario, ensemble.plan
    tasks = names.plan_tasks(scenario, plan, conditions=ensemble.conditions)
    members = _members(ring)
    owners = [
        names.agency_of_task(scenario, plan, tasks[name]) if name in tasks else None for name in members
    ]
    known = [names.agency_title(scenario, owner, language) for owner in dict.fromkeys(owners) if owner]
    kind = "two" if len(known) == 2 and None not in owners else "one" if len(known) == 1 else "many"
    told = [
        _in_ring(ensemble, name, owner, ring, language) for name, owner in zip(members, owners, strict=True)
    ]
    both = say("standstill.and", language, first=known[0], second=known[1]) if kind == "two" else ""
    agencies = both or _listed(known, language)
    chain = "; ".join(told)
    return say(f"standstill.ring-{kind}", language, agencies=agencies, chain=chain, runs=runs, n=ensemble.n)


def _in_ring(ensemble: Ensemble, name: str, owner: str | None, ring: str, language: Language) -> str:
    """One member of a ring: its task with the agency, and what it waits for."""
    who = names.waiting_title(ensemble.scenario, ensemble.plan, name, language)
    if owner is not None:
        agency = names.agency_title(ensemble.scenario, owner, language)
        who = say("standstill.of-agency", language, who=who, agency=agency)
    own = (
        wait
        for run in ensemble.outcomes
        if any(wait.what == RING and wait.who == ring for wait in run.waits)
        for wait in run.waits
        if wait.who == name
    )
    found = next(own, None)
    if found is None:
        return who
    return say("standstill.waits", language, who=who, what=_wanted(ensemble, found.what, language))


def _what(ensemble: Ensemble, what: str, language: Language) -> str:
    scenario, plan = ensemble.scenario, ensemble.plan
    for pattern, message in _IN_WORDS:
        found = re.fullmatch(pattern, what)
        if found is not None:
            named = found.groupdict()
            return say(message, language, **{key: _named(ensemble, key, named, language) for key in named})
    if " x " in what:
        return _listed([_of_crew(ensemble, part, language) for part in what.split(", ")], language)
    return f'"{names.event_title(scenario, plan, what, language)}"'


def _named(ensemble: Ensemble, key: str, found: dict[str, str], language: Language) -> str:
    """An entry that a wait in words names, as it is called."""
    scenario, plan, name = ensemble.scenario, ensemble.plan, found[key]
    if key == "item":
        return names.item_title(scenario, name, language)
    if key == "task":
        return names.waiting_title(scenario, plan, name, language)
    if key == "role":
        return names.roles_text(scenario, plan, name, language)
    if key == "moment":
        return names.event_title(scenario, plan, name, language)
    if key == "channel":
        return channel_title(scenario, name, language)
    if key == "corridor":
        return corridor_title(scenario, name, language)
    if key == "stage":
        return stage_title(scenario, f"{found['corridor']}/{name}", language)
    return names.place_title(scenario, name, language)


def _of_crew(ensemble: Ensemble, part: str, language: Language) -> str:
    """``2 x unit pumper`` or ``1 x capacity radio`` as they are called."""
    count, _, rest = part.partition(" x ")
    kind, _, name = rest.partition(" ")
    if not name:
        kind, name = "capacity", rest
    called = capacity_title(ensemble.scenario, ensemble.plan, kind, name, language)
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
