"""Names that refer to other entries: found by ``Ref`` in annotations, looked up, reported if unknown."""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final, NamedTuple, get_args

from drillsim.facility.expand import road_parts, stair_parts
from drillsim.facility.spec import RoadSpec, SpaceSpec, StairSpec
from drillsim.people.library import shipped_profiles
from drillsim.scenario.findings import Findings
from drillsim.scenario.shapes import Annotation, annotation_of, members, origin
from drillsim.scenario.tree import Path, Tree
from drillsim.scenario.validation import Validated
from drillsim.spec import Ref, Spec

__all__ = ["Names", "Reference", "check_references", "references", "substances"]

EVERYWHERE: Final = "everywhere"
EVERYONE: Final = "everyone"
STARTEX: Final = "startex"
# Moments that a headcount and a search make.
_COUNTED: Final = ("headcount.complete", "headcount.missing", "search.done")
# First word of a moment's name -> what the rest names.
_PREFIXED: Final = {"inject": "inject", "staged": "unit", "level": "level"}
_OF_TASKS: Final = ("failed", "mayday", "out")
_SECTIONS: Final = {
    "profile": "profiles",
    "group": "groups",
    "hazard": "hazards",
    "agency": "agencies",
    "capacity": "capacities",
    "milestone": "milestones",
    "inject": "injects",
    "info": "information",
    "operation": "operations",
    "plan": "plans",
    "shift": "shifts",
    "channel": "channels",
    "suit": "suits",
    "corridor": "corridors",
    "building": "buildings",
}
_SHOWN: Final = {"info": "information", "everywhere": "space", "everyone": "group", "place": "space or area"}


class Reference(NamedTuple):
    """A name at a path that refers to an entry of one of these kinds; ``key``: it is a key, not a value."""

    path: Path
    kinds: tuple[str, ...]
    name: str
    key: bool


@dataclass(slots=True)
class Names:
    """Every name that is given in a scenario, valid or not, by kind; roles and tasks by plan."""

    by_kind: dict[str, set[str]] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    tasks: dict[str, set[str]] = field(default_factory=dict)
    levels: dict[str, set[str]] = field(default_factory=dict)
    ordered_spaces: list[str] = field(default_factory=list)
    stems: tuple[str, ...] = ()  # shorthands that could not be expanded: what begins so may be theirs

    @classmethod
    def of(cls, tree: Tree, scenario: Any) -> Names:
        """Names given in ``tree``; generated ones are taken from the valid shorthands of ``scenario``."""
        names = cls()
        for kind, section in _SECTIONS.items():
            names.by_kind[kind] = _keys(tree, section)
        names.by_kind["profile"] |= set(shipped_profiles())
        names.by_kind["lift"] = _keys(tree, "facility", "lifts")
        names.by_kind["substance"] = set(substances())
        names.by_kind["unit"] = {
            unit for agency in _keys(tree, "agencies") for unit in _keys(tree, "agencies", agency, "units")
        }
        for plan in names.by_kind["plan"]:
            names.roles[plan] = _keys(tree, "plans", plan, "roles")
            names.tasks[plan] = _keys(tree, "plans", plan, "tasks")
            names.levels[plan] = _keys(tree, "plans", plan, "levels")
        names._facility(tree, scenario)
        return names

    def _facility(self, tree: Tree, scenario: Any) -> None:
        spaces, links = _keys(tree, "facility", "spaces"), _keys(tree, "facility", "links")
        spaces |= _keys(tree, "facility", "lifts")  # the car of a lift is a space of its name
        facility = getattr(scenario, "facility", None)
        stairs = getattr(facility, "stairs", {})
        roads = getattr(facility, "roads", {})
        stub = SpaceSpec(kind="outside", at_m=(0.0, 0.0), size_m=(1.0, 1.0))
        stems = []
        for name in _keys(tree, "facility", "stairs"):
            stair = stairs.get(name)
            if isinstance(stair, StairSpec):
                parts = stair_parts(name, stair)
                spaces |= parts.spaces.keys()
                links |= parts.links.keys()
            else:
                stems.append(name)
        for name in _keys(tree, "facility", "roads"):
            road = roads.get(name)
            if isinstance(road, RoadSpec):
                parts = road_parts(name, road, ends=(stub, stub))
                spaces |= parts.spaces.keys()
                links |= parts.links.keys()
            else:
                stems.append(name)
        lifts = _keys(tree, "facility", "lifts")
        spaces |= lifts
        self.stems = tuple(sorted(stems))
        self.ordered_spaces = sorted(spaces)
        areas = _keys(tree, "facility", "areas")
        self.by_kind |= {"space": spaces, "link": links, "lift": lifts, "area": areas}

    def known(self, reference: Reference) -> bool:
        """Whether the name is one of its kinds."""
        return any(self._has(kind, reference.name, reference.path) for kind in reference.kinds)

    def _has(self, kind: str, name: str, path: Path) -> bool:
        if kind in ("space", "link", "place") and self.stems and name.startswith(self.stems):
            return True
        if kind == "space" and name.endswith("*"):
            spaces = self.ordered_spaces
            at = bisect_left(spaces, name[:-1])
            return at < len(spaces) and spaces[at].startswith(name[:-1])
        if kind == "place":
            return self._has("space", name, path) or self._has("area", name, path)
        if kind == "event":
            return self._is_event(name, path)
        return name in self.of_kind(kind, path)

    def of_kind(self, kind: str, path: Path) -> set[str]:
        """Names of one kind that may stand at ``path``."""
        plan = str(path[1]) if path[:1] == ("plans",) else None
        by_plan = {"role": self.roles, "task": self.tasks, "level": self.levels}.get(kind)
        if by_plan is not None:
            return by_plan.get(plan, set()) if plan else set().union(*by_plan.values())
        if kind == "place":
            return self.by_kind["space"] | self.by_kind["area"]
        if kind == EVERYWHERE:
            return {EVERYWHERE}
        if kind == EVERYONE:
            return {EVERYONE}
        if kind == "event":
            return self._events(path)
        return self.by_kind.get(kind, set())

    def _events(self, path: Path) -> set[str]:
        prefixed = {f"inject.{name}" for name in self.by_kind["inject"]}
        prefixed |= {f"staged.{name}" for name in self.by_kind["unit"]}
        tasks = self.of_kind("task", path)
        prefixed |= {f"level.{name}" for name in self.of_kind("level", path)}
        prefixed |= {f"{what}.{name}" for what in _OF_TASKS for name in tasks}
        return {STARTEX, *_COUNTED} | prefixed | self.by_kind["milestone"] | tasks

    def _is_event(self, name: str, path: Path) -> bool:
        if name in (STARTEX, *_COUNTED) or name in self.by_kind["milestone"]:
            return True
        if name in self.of_kind("task", path):
            return True
        head, _, rest = name.partition(".")
        if head == "hazard":
            # The threshold is the hazard's own word; a hazard's name may itself hold dots.
            ends = (at for at, sign in enumerate(rest) if sign == ".")
            return any(rest[:end] in self.by_kind["hazard"] for end in ends)
        kind = "task" if head in _OF_TASKS else _PREFIXED.get(head)
        return kind is not None and rest in self.of_kind(kind, path)


def _keys(tree: Tree, *path: str) -> set[str]:
    node = tree.get(path)
    return set(node) if isinstance(node, dict) else set()


@cache
def substances() -> tuple[str, ...]:
    """Ids of ``data/substances.csv``."""
    table = resources.files("drillsim") / "data" / "substances.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    return tuple(row["id"] for row in csv.DictReader(lines))


def references(spec: Spec, path: Path = ()) -> Iterator[Reference]:
    """Every name in a spec that refers to another entry, with its path in files."""
    for name, info in type(spec).model_fields.items():
        if name in spec.__dict__:
            yield from _within(annotation_of(info), spec.__dict__[name], (*path, info.alias or name), ())


def _within(annotation: Annotation, value: Any, path: Path, kinds: tuple[str, ...]) -> Iterator[Reference]:
    if value is None:
        return
    if isinstance(value, Spec):
        yield from references(value, path)
        return
    annotation, kinds = _unwrap(annotation, kinds)
    if isinstance(value, str):
        if kinds:
            yield Reference(path, kinds, value, False)
    elif isinstance(value, tuple):
        args = get_args(annotation)
        for index, entry in enumerate(value):
            inner = args[0] if args[-1:] == (Ellipsis,) else args[index]
            yield from _within(inner, entry, (*path, index), kinds)
    elif isinstance(value, dict):
        key_type, entry_type = get_args(annotation)
        for key, entry in value.items():
            for reference in _within(key_type, key, (*path, key), ()):
                yield reference._replace(key=True)
            yield from _within(entry_type, entry, (*path, key), ())


def _unwrap(annotation: Annotation, kinds: tuple[str, ...]) -> tuple[Annotation, tuple[str, ...]]:
    while True:
        if origin(annotation) is Annotated:
            kinds = next((extra.kinds for extra in annotation.__metadata__ if isinstance(extra, Ref)), kinds)
            annotation = get_args(annotation)[0]
            continue
        parts = members(annotation)
        if len(parts) != 1 or parts[0] is annotation:
            return annotation, kinds
        annotation = parts[0]


def check_references(findings: Findings, validated: Validated) -> None:
    """Report every unknown name, in whatever parts are valid."""
    names = Names.of(findings.tree, validated.scenario)
    _reserved(findings, names)
    found = list(references(validated.scenario))
    for path, spec in validated.partial:
        found.extend(references(spec, path))
    for reference in found:
        if reference.path[0] == "plans" and reference.path[2:3] == ("drop",):
            continue  # looked up in the base when the plan was resolved
        if not names.known(reference):
            _report(findings, names, reference)


def _reserved(findings: Findings, names: Names) -> None:
    taken: list[Path] = [("facility", "spaces", EVERYWHERE), ("groups", EVERYONE), ("milestones", STARTEX)]
    for plan, tasks in names.tasks.items():
        taken += [("plans", plan, "tasks", name) for name in tasks if _means_event(name)]
    taken += [("milestones", name) for name in names.by_kind["milestone"] if _means_event(name)]
    for path in taken:
        if findings.tree.get(path) is not None:
            message = f"'{path[-1]}' has a meaning of its own where names are used; choose another name"
            findings.error(path, message, "name-reserved", key=True)


def _means_event(name: str) -> bool:
    return name in (STARTEX, *_COUNTED) or name.startswith(
        ("inject.", "hazard.", "staged.", "level.", "failed.", "mayday.", "out.")
    )


def _report(findings: Findings, names: Names, reference: Reference) -> None:
    allowed: set[str] = set()
    for kind in reference.kinds:
        allowed |= names.of_kind(kind, reference.path)
    what = " or ".join(dict.fromkeys(_SHOWN.get(kind, kind) for kind in reference.kinds))
    if reference.kinds == ("event",):
        what = "task, milestone, inject.NAME, hazard.NAME.THRESHOLD, staged.UNIT, level.NAME, failed.TASK, "
        what += "mayday.TASK, out.TASK, headcount.missing, headcount.complete or search.done"
    hint = findings.suggest(reference.name, allowed) if allowed else f"; the scenario has no {what}"
    if reference.kinds == ("profile",) and "did you mean" not in hint:
        own = ", ".join(sorted(_keys(findings.tree, "profiles"))[:12]) or "none"
        hint = f"; its own: {own}; shipped: {', '.join(shipped_profiles())}"
    message = f"there is no {what} '{reference.name}'{hint}"
    findings.error(reference.path, message, f"unknown-{reference.kinds[0]}", key=reference.key)
