"""Values changed without editing the file: dotted path -> new text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.plain_words import shown
from drillsim.scenario.shapes import Annotation, file_keys, step, strip
from drillsim.scenario.tree import Node, Path, Place, Tree, split_path
from drillsim.scenario.yaml_tree import read_tree
from drillsim.spec import Spec, file_key

__all__ = ["apply_overrides"]

_FILE: Final = "(override)"
_PLACE: Final = Place(_FILE, 0, 0)


def apply_overrides(findings: Findings, overrides: Mapping[str, str], *, resolved: Tree) -> None:
    """Write ``overrides`` into the tree of ``findings``.

    ``resolved`` is the same tree with plans resolved: a path may lead to an inherited entry, which is then
    written into the plan that inherits it. What leads nowhere is reported.
    """
    for text, value in sorted(overrides.items()):
        path = split_path(resolved.data, text)
        path = (*path[:-1], _key(path))
        if _leads_somewhere(findings, resolved, path, text):
            _write(findings, path, text, value)


def _key(path: Path) -> str | int:
    model: Annotation | None = Scenario
    for part in path[:-1]:
        model = step(model, part) if model is not None else None
    last = path[-1]
    return file_key(str(last)) if file_key(str(last)) in _keys_of(model) else last


def _leads_somewhere(findings: Findings, resolved: Tree, path: Path, text: str) -> bool:
    model: Annotation | None = Scenario
    for length in range(1, len(path)):
        key = path[length - 1]
        known = _keys_of(model)
        model = step(model, key) if model is not None else None
        node = resolved.get(path[:length])
        if node is None and key not in known:
            parent = resolved.get(path[: length - 1])
            names = known or (parent.keys() if isinstance(parent, dict) else ())
            hint = findings.suggest(str(key), names)
            _refuse(findings, f"override {text[:80]}: there is no '{key}'{hint}")
            return False
        if isinstance(node, str):
            _refuse(findings, f"override {text[:80]}: {shown(node)} has no keys; override it as a whole")
            return False
        if isinstance(node, list):
            _refuse(findings, f"override {text[:80]}: entries of lists cannot be set; override the list")
            return False
    return True


def _keys_of(model: Annotation | None) -> Collection[str]:
    bare = strip(model) if model is not None else None
    return file_keys(bare) if isinstance(bare, type) and issubclass(bare, Spec) else ()


def _write(findings: Findings, path: Path, text: str, value: str) -> None:
    raw, problems = read_tree(f"value: {value}".encode(), file=_FILE)
    if problems or not raw.complete or set(raw.data) != {"value"}:
        reason = problems[0].message if problems else "write one value"
        _refuse(findings, f"override {text[:80]}: {reason}")
        return
    node: dict[str, Node] = findings.tree.data
    for number, key in enumerate(path[:-1], start=1):
        below = node.setdefault(str(key), {})
        findings.tree.values.setdefault(path[:number], _PLACE)
        if not isinstance(below, dict):
            return
        node = below
    node[str(path[-1])] = raw.data["value"]
    _forget(findings.tree, path)
    findings.tree.keys[path] = findings.tree.values[path] = _PLACE


def _forget(tree: Tree, path: Path) -> None:
    for places in (tree.keys, tree.values):
        for old in [old for old in places if old[: len(path)] == path]:
            del places[old]


def _refuse(findings: Findings, message: str) -> None:
    findings.error((), message, "override", place=_PLACE)
