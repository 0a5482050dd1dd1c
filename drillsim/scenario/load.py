"""From files to a frozen scenario, or to the list of everything that is wrong with them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path as FilePath
from typing import Final

from drillsim.errors import Problem, ScenarioInvalid
from drillsim.scenario.canonical import canonical
from drillsim.scenario.checks import check_scenario
from drillsim.scenario.findings import Findings
from drillsim.scenario.hazard_files import resolve_hazard_files
from drillsim.scenario.model import Scenario
from drillsim.scenario.overrides import apply_overrides
from drillsim.scenario.plans import resolve_plans
from drillsim.scenario.plausibility import check_plausibility
from drillsim.scenario.references import check_references
from drillsim.scenario.shipped import add_shipped_profiles
from drillsim.scenario.tables import merge_tables, resolve_empirical
from drillsim.scenario.tree import Tree
from drillsim.scenario.validation import validate
from drillsim.scenario.yaml_tree import MAX_BYTES, read_tree

__all__ = ["check", "load", "shipped"]

_FILE: Final = "scenario.yaml"


def load(source: str | os.PathLike[str], *, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The scenario in a folder (its ``scenario.yaml``), in a file, or shipped under a name.

    ``overrides`` maps dotted paths to new texts: ``{"plans.joint.tasks.isolate.takes": "5 min"}``.
    Raises ``ScenarioInvalid`` with every problem if there is an error.
    """
    scenario, problems = check(source, overrides=overrides)
    if scenario is None:
        raise ScenarioInvalid(tuple(problem for problem in problems if problem.severity == "error"))
    return scenario


def check(
    source: str | os.PathLike[str], *, overrides: Mapping[str, str] | None = None
) -> tuple[Scenario | None, tuple[Problem, ...]]:
    """As :func:`load`, but returns all errors and warnings, by place; no scenario if there is an error."""
    path = _find(os.fspath(source))
    if isinstance(path, Problem):
        return None, (path,)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as fault:
        return None, (Problem(path.name, 0, 0, "", f"cannot be read: {fault.strerror}", "file-unreadable"),)
    tree, problems = read_tree(content, file=path.name)
    if not tree.complete:
        return None, problems
    return _check_tree(tree, problems, path.parent, overrides or {})


def _check_tree(
    tree: Tree, problems: tuple[Problem, ...], folder: FilePath, overrides: Mapping[str, str]
) -> tuple[Scenario | None, tuple[Problem, ...]]:
    findings = Findings(tree)
    findings.take(problems)
    merge_tables(findings, folder)
    add_shipped_profiles(findings)
    resolve_empirical(findings, folder)
    if overrides:
        resolved = Findings(deepcopy(tree))
        resolve_plans(resolved)
        apply_overrides(findings, overrides, resolved=resolved.tree)
    resolve_hazard_files(findings, folder)
    resolve_plans(findings)
    validated = validate(findings)
    check_references(findings, validated)
    check_scenario(findings, validated.scenario)
    check_plausibility(findings, validated.scenario)
    found = findings.sorted()
    if any(problem.severity == "error" for problem in found):
        return None, found
    return canonical(validated.scenario), found


def shipped() -> dict[str, FilePath]:
    """Scenarios that come with the package: name -> folder, sorted by name."""
    places: list[FilePath] = []
    spec = importlib.util.find_spec("drillsim_scenarios")
    if spec is not None:
        places.extend(FilePath(place) for place in spec.submodule_search_locations or ())
    places.append(FilePath(__file__).resolve().parents[2] / "scenarios")
    found: dict[str, FilePath] = {}
    for place in places:
        if place.is_dir():
            for folder in sorted(place.iterdir()):
                if (folder / _FILE).is_file():
                    found.setdefault(folder.name, folder)
    return dict(sorted(found.items()))


def _find(source: str) -> FilePath | Problem:
    path = FilePath(source)
    try:
        if path.is_file():
            return path
        if (path / _FILE).is_file():
            return path / _FILE
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return Problem(
            source, 0, 0, "", f"this folder has no {_FILE}; write one or name another folder", "file-missing"
        )
    known = shipped()
    if source in known:
        return known[source] / _FILE
    names = ", ".join(known)
    message = "no such file, folder or shipped scenario" + (f"; shipped: {names}" if names else "")
    return Problem(source, 0, 0, "", message, "file-missing")
