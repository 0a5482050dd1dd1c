"""From the raw tree to specs, entry by entry, so that one fault hides no other."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.plain_words import explain, shown, unknown_key
from drillsim.scenario.shapes import (
    Annotation,
    adapter,
    annotation_of,
    entry_type,
    file_keys,
    how_to_write,
    is_container,
    strip,
)
from drillsim.scenario.tree import Node, Path
from drillsim.spec import Name, Spec

__all__ = ["Validated", "validate"]

Partial: TypeAlias = "list[tuple[Path, Spec]]"

_NAME: TypeAdapter[str] = TypeAdapter(Name)


@dataclass(slots=True)
class Validated:
    """The scenario as far as it is valid; ``partial`` holds the valid fields of entries that were dropped."""

    scenario: Scenario
    partial: Partial


def validate(findings: Findings) -> Validated:
    """Validate the tree of ``findings``; faults are reported there.

    The scenario is complete if no error was found; otherwise faulty entries and fields are left out of it.
    """
    partial: list[tuple[Path, Spec]] = []
    scenario = _container(findings, partial, Scenario, findings.tree.data, ())
    assert isinstance(scenario, Scenario)
    return Validated(scenario, partial)


def _entry(
    findings: Findings, partial: Partial, annotation: Annotation, raw: Node, path: Path
) -> Spec | None:
    model = strip(annotation)
    if isinstance(model, type) and issubclass(model, Spec) and is_container(model):
        return _container(findings, partial, model, raw, path)
    try:
        entry = _entry_adapter(annotation).validate_python(raw, by_alias=True, by_name=False)
    except ValidationError as faults:
        bad: set[str] = set()
        for fault in faults.errors(include_url=False):
            explain(findings, path, annotation, fault)
            bad.update(str(part) for part in fault["loc"][:2])
        _keep_rest(partial, model, raw, path, bad)
        return None
    assert isinstance(entry, Spec)
    return entry


_ADAPTERS: dict[int, tuple[Annotation, TypeAdapter[Any]]] = {}


def _entry_adapter(annotation: Annotation) -> TypeAdapter[Any]:
    known = _ADAPTERS.get(id(annotation))
    if known is None or known[0] is not annotation:
        known = (annotation, TypeAdapter(annotation))
        _ADAPTERS[id(annotation)] = known
    return known[1]


def _keep_rest(partial: Partial, model: Any, raw: Node, path: Path, bad: set[str]) -> None:
    if not (isinstance(raw, dict) and isinstance(model, type) and issubclass(model, Spec)):
        return
    values = {}
    for key, name in file_keys(model).items():
        if key in raw and key not in bad:
            with suppress(ValidationError):  # reported already, under the tag of a union
                values[name] = adapter(model, name).validate_python(raw[key], by_alias=True, by_name=False)
    partial.append((path, model.model_construct(**values)))


def _container(findings: Findings, partial: Partial, model: type[Spec], raw: Node, path: Path) -> Spec:
    values: dict[str, Any] = {}
    if not isinstance(raw, dict):
        findings.error(path, f"{shown(raw)} where a table belongs; write `key: value` lines", "wrong-kind")
        return model.model_construct()
    keys = file_keys(model)
    for key in raw:
        if key not in keys:
            unknown_key(findings, (*path, key), model)
    for key, name in keys.items():
        info = model.model_fields[name]
        at = (*path, key)
        if key not in raw:
            if info.is_required():
                _missing(findings, at, model, name)
                if entry_type(info.annotation) is not None:
                    values[name] = {}
            continue
        if (entry := entry_type(info.annotation)) is not None:
            values[name] = _entries(findings, partial, entry, raw[key], at)
        elif _holds(info.annotation):
            values[name] = _container(findings, partial, strip(info.annotation), raw[key], at)
        else:
            try:
                values[name] = adapter(model, name).validate_python(raw[key], by_alias=True, by_name=False)
            except ValidationError as faults:
                for fault in faults.errors(include_url=False):
                    _explain_field(findings, path, model, key, fault)
    if findings.clean(*path):
        try:
            return model.model_validate(values)
        except ValidationError as faults:
            for fault in faults.errors(include_url=False):
                explain(findings, path, model, fault)
    return model.model_construct(**values)


def _explain_field(findings: Findings, path: Path, model: type[Spec], key: str, fault: ErrorDetails) -> None:
    fault["loc"] = (key, *fault["loc"])
    explain(findings, path, model, fault)


def _holds(annotation: Annotation) -> bool:
    model = strip(annotation)
    return isinstance(model, type) and issubclass(model, Spec) and is_container(model)


def _missing(findings: Findings, at: Path, model: type[Spec], name: str) -> None:
    info = model.model_fields[name]
    how = how_to_write(annotation_of(info))
    key = at[-1]
    findings.error(at, f"key '{key}' is missing; write `{key}: {how}`", "missing-key", key=True)


def _entries(
    findings: Findings, partial: Partial, entry: Annotation, raw: Node, path: Path
) -> dict[str, Spec]:
    if not isinstance(raw, dict):
        message = f"{shown(raw)} where named entries belong; write `name:` and its keys below"
        findings.error(path, message, "wrong-kind")
        return {}
    values: dict[str, Spec] = {}
    for name, body in raw.items():
        at = (*path, name)
        try:
            _NAME.validate_python(name)
        except ValidationError as faults:
            fault = faults.errors(include_url=False)[0]
            fault["loc"] = (name, "[key]")
            explain(findings, path, dict[str, Spec], fault)
        value = _entry(findings, partial, entry, body, at)
        if value is not None:
            values[name] = value
    return values
