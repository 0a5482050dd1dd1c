"""What stands in a plan, in the planner's words: titles for names, durations with units."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from drillsim.messages import Language, say
from drillsim.response.conditions import Condition
from drillsim.spec import Draw, Spec, file_key
from drillsim.study.condition_words import conditions_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from drillsim.response.effects import Effect
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions

__all__ = ["PlanWords"]

_SHOWN: Final = 3  # names in full; of longer lists the number and what differs

# Field -> where its names are looked up, in this order.
_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "after": ("task", "milestone"),
    "until": ("task", "milestone"),
    "keeps_until": ("task", "milestone"),
    "takes_office": ("task", "milestone"),
    "face_to_face_from": ("task", "milestone"),
    "happened": ("task", "milestone"),
    "not_happened": ("task", "milestone"),
    "end": ("milestone",),
    "milestone": ("milestone",),
    "starts": ("milestone",),
    "by": ("unit", "agency"),
    "may_join": ("unit",),
    "units": ("unit",),
    "calls": ("unit",),
    "at": ("place",),
    "entry": ("place",),
    "place": ("place",),
    "places": ("place",),
    "musters": ("place",),
    "via": ("place",),
    "to": ("place", "agency"),
    "link": ("place",),
    "lift": ("place",),
    "staging": ("place",),
    "order_by": ("role",),
    "engages": ("role",),
    "held_by": ("role",),
    "reports_to": ("role",),
    "agency": ("agency",),
    "sender": ("agency",),
    "between": ("agency",),
    "needs": ("information",),
    "item": ("information",),
    "items": ("information",),
    "known": ("information",),
    "unknown": ("information",),
    "uses": ("capacity", "channel"),
    "over": ("channel",),
    "name": ("unit", "capacity", "channel"),
    "wearing": ("suit",),
    "corridor": ("corridor",),
    "level": ("level",),
    "groups": ("group",),
    "group": ("group",),
    "hazard": ("hazard",),
    "operations": ("operation",),
    "if_inject": ("inject",),
}
_CHOSEN: Final = ("mode", "instruct", "action", "closed_to", "way", "effort")  # one of a few words
# Fields that mean something else in these descriptions than elsewhere.
_OWN: Final = frozenset(
    {"call.over", "call.group", "message.over", "message.group", "message.to", "inform.to", "line.over"}
)
_SHARES: Final = ("factor", "chance")
_MOMENTS: Final[dict[str, str]] = {
    "inject": "inject",
    "done": "task",
    "failed": "task",
    "mayday": "task",
    "out": "task",
    "level": "level",
    "staged": "unit",
}


@dataclass(frozen=True, slots=True)
class PlanWords:
    """How the entries of one scenario's plans are said under one set of conditions."""

    titles: dict[str, dict[str, str]]  # kind -> name -> title
    conditions: Conditions
    language: Language
    duration: Callable[[float], str]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        tasks: dict[str, Any],
        roles: dict[str, Any],
        levels: dict[str, Any],
        *,
        conditions: Conditions,
        language: Language,
        duration: Callable[[float], str],
    ) -> PlanWords:
        """The words of a scenario; ``tasks``, ``roles`` and ``levels`` are those of both plans."""
        facility = scenario.facility
        places = [*facility.spaces.items(), *facility.links.items()]
        places += [*facility.stairs.items(), *facility.lifts.items()]
        entries: dict[str, Iterable[tuple[str, Any]]] = {
            "task": tasks.items(),
            "role": roles.items(),
            "level": levels.items(),
            "milestone": scenario.milestones.items(),
            "unit": (pair for agency in scenario.agencies.values() for pair in agency.units.items()),
            "agency": scenario.agencies.items(),
            "place": places,
            "group": scenario.groups.items(),
            "hazard": scenario.hazards.items(),
            "operation": scenario.operations.items(),
            "capacity": scenario.capacities.items(),
            "channel": scenario.channels.items(),
            "suit": scenario.suits.items(),
            "corridor": scenario.corridors.items(),
            "inject": scenario.injects.items(),
        }
        titles = {
            kind: {name: _titled(entry, name, language) for name, entry in found}
            for kind, found in entries.items()
        }
        said = scenario.information_zh if language == "zh" else {}
        titles["information"] = {**scenario.information, **said}
        return cls(titles, conditions, language, duration)

    def title(self, field: str, name: str) -> str:
        """What an entry named in ``field`` is called; its name where it has no title."""
        kind, _, rest = name.partition(".")
        if rest and (kind == "hazard" or kind in _MOMENTS):
            return self._moment(kind, rest)
        for listed in _KINDS.get(field, ()):
            if name in self.titles[listed]:
                return self.titles[listed][name]
        return name

    def _moment(self, kind: str, rest: str) -> str:
        if kind == "hazard":
            hazard, _, threshold = rest.rpartition(".")
            return f"{self.titles['hazard'].get(hazard, hazard)}: {threshold}"
        named = self.titles[_MOMENTS[kind]].get(rest, rest)
        return named if kind in ("inject", "done") else say(f"moment.{kind}", self.language, what=named)

    def both(self, field: str, before: Any, after: Any) -> tuple[str, str]:
        """The two values of one field, which differ, each as a text; empty for nothing there."""
        if isinstance(before, Draw) or isinstance(after, Draw):
            return self._draws(before, after)
        if field == "effects":
            return self._effects(before, after)
        if _are_conditions(before) or _are_conditions(after):
            return self._conditions(before), self._conditions(after)
        if isinstance(before, Spec) or isinstance(after, Spec):
            return self._parts(before, after)
        if isinstance(before, (tuple, dict)) and isinstance(after, (tuple, dict)):
            return self._lists(field, before, after)
        return self._one(field, before), self._one(field, after)

    def _conditions(self, value: Sequence[Condition]) -> str:
        def title(field: str, name: str) -> str:
            return self.title(field, name) if field != "by" else self.title("agency", name)

        return conditions_text(value, title=title, language=self.language)

    def _draws(self, before: Draw | None, after: Draw | None) -> tuple[str, str]:
        """The medians; with the time kept by 90 % where the medians are read alike."""
        found = [None if draw is None else draw.under(self.conditions) for draw in (before, after)]
        short = ["" if one is None else self.duration(one.median) for one in found]
        if short[0] != short[1]:
            return short[0], short[1]
        long = [
            ""
            if one is None
            else say("change.p90", self.language, median=text, p90=self.duration(one.p90), shape=one.shape)
            for one, text in zip(found, short, strict=True)
        ]
        return long[0], long[1]

    def _lists(self, field: str, before: Any, after: Any) -> tuple[str, str]:
        here, there = list(self._items(field, before)), list(self._items(field, after))
        if len(here) <= _SHOWN and len(there) <= _SHOWN:
            return self._joined(here), self._joined(there)
        more, less = Counter(there) - Counter(here), Counter(here) - Counter(there)
        told = [
            say(f"change.{word}", self.language, names=self._few(list(names.elements())))
            for word, names in (("with", more), ("without", less))
            if names
        ]
        changed = self._joined(told) or say("change.order", self.language)
        return str(len(here)), say("change.count", self.language, count=len(there), changed=changed)

    def _items(self, field: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield from (self.title(field, name) for name in value)
            return
        for name, number in sorted(value.items()):
            title = self.title(field, name)
            if isinstance(number, float):
                yield f"{title} {100.0 * number:g} %"
            else:
                yield title if number == 1 else f"{number} × {title}"

    def _few(self, names: Sequence[str]) -> str:
        if len(names) <= _SHOWN + 1:
            return self._joined(names)
        more = say("change.more", self.language, count=len(names) - _SHOWN)
        return f"{self._joined(names[:_SHOWN])} {more}"

    def _joined(self, texts: Sequence[str]) -> str:
        return (", " if self.language == "en" else "、").join(texts)

    def _effects(self, before: Sequence[Effect], after: Sequence[Effect]) -> tuple[str, str]:
        """Effects only one of them has; of two of one kind only what differs."""
        here = [effect for effect in before if effect not in after]
        there = [effect for effect in after if effect not in before]
        if not here and not there:
            return tuple(self._joined([self._word(one) for one in side]) for side in (before, after))  # type: ignore[return-value]
        told: list[tuple[str, str]] = []
        for effect in here:
            other = next((one for one in there if one.do == effect.do), None)
            if other is None:
                told.append((f"{self._word(effect)} ({self._whole(effect)})", ""))
                continue
            there.remove(other)
            parts = self._parts(effect, other)
            told.append((f"{self._word(effect)} ({parts[0]})", f"{self._word(other)} ({parts[1]})"))
        told += [("", f"{self._word(effect)} ({self._whole(effect)})") for effect in there]
        left, right = (self._joined([text for text in side if text]) for side in zip(*told, strict=True))
        return left, right

    def _word(self, effect: Effect) -> str:
        return say(f"effect.{effect.do}", self.language)

    def _parts(self, before: Spec | None, after: Spec | None) -> tuple[str, str]:
        """The fields two descriptions do not share, named."""
        if before is None or after is None:
            return "" if before is None else self._whole(before), "" if after is None else self._whole(after)
        told: tuple[list[str], list[str]] = ([], [])
        for field in type(before).model_fields:
            mine, other = getattr(before, field), getattr(after, field, None)
            if not same(mine, other, self.conditions):
                for side, text in zip(told, self.both(file_key(field), mine, other), strict=True):
                    side.append(self._named(_key(before, field), text))
        return self._joined(told[0]), self._joined(told[1])

    def _whole(self, spec: Spec) -> str:
        """All that is not as it would be without a word."""
        told = []
        for field, info in type(spec).model_fields.items():
            value = getattr(spec, field)
            if field != "do" and value != info.get_default(call_default_factory=True):
                told.append(self._named(_key(spec, field), self.alone(file_key(field), value)))
        return self._joined(told)

    def _named(self, field: str, text: str) -> str:
        named = say(f"field.{field}", self.language)
        return f"{named} {text or say('change.nothing', self.language)}"

    def alone(self, field: str, value: Any) -> str:
        """One value as a text; long lists shortened."""
        if isinstance(value, Draw):
            return self.duration(value.under(self.conditions).median)
        if _are_conditions(value):
            return self._conditions(value)
        if isinstance(value, (tuple, dict)) and field != "effects":
            return self._few(list(self._items(field, value)))
        if field == "effects":
            return self._joined([f"{self._word(one)} ({self._whole(one)})" for one in value])
        return self._whole(value) if isinstance(value, Spec) else self._one(field, value)

    def _one(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return say(f"change.{'yes' if value else 'no'}", self.language)
        if isinstance(value, float):
            return self._number(field, value)
        if field in _CHOSEN and isinstance(value, str):
            return say(f"value.{value}", self.language)
        return self.title(field, value) if isinstance(value, str) else str(value)

    def _number(self, field: str, value: float) -> str:
        if field in _SHARES:
            return f"{100.0 * value:g} %"
        if field == "breathes":
            return f"{60_000.0 * value:g} L/min"
        if field == "crew_exponent":
            return f"{value:g}"
        return f"{value:g}°" if field == "from" else self.duration(value)


def _are_conditions(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(one, Condition) for one in value)


def _key(spec: Spec, field: str) -> str:
    """Key of a field's word: with the kind of description before it where the word is its own."""
    own = f"{getattr(spec, 'do', type(spec).__name__.lower())}.{file_key(field)}"
    return own if own in _OWN else file_key(field)


def _titled(entry: Any, name: str, language: Language) -> str:
    chinese = getattr(entry, "title_zh", "") if language == "zh" else ""
    return chinese or getattr(entry, "title", "") or name


def same(before: Any, after: Any, conditions: Conditions) -> bool:
    """Whether two values mean the same under these conditions: sources and the other conditions do not count.

    >>> same(Draw.of(5.0), Draw(Draw.of(5.0).exercise, Draw.of(9.0).emergency), "exercise")
    True
    """
    if isinstance(before, Draw) and isinstance(after, Draw):
        return before.under(conditions) == after.under(conditions)
    if isinstance(before, Spec) and isinstance(after, Spec) and type(before) is type(after):
        return all(
            same(getattr(before, field), getattr(after, field), conditions)
            for field in type(before).model_fields
            if field not in ("title", "title_zh")
        )
    return bool(before == after)
