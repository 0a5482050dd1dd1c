"""Pydantic's errors in plain words: what was found; what is allowed; remedy."""

from __future__ import annotations

import re
from typing import Any, Final, get_args

from pydantic_core import ErrorDetails

from drillsim.response.conditions import Condition
from drillsim.scenario.findings import Findings
from drillsim.scenario.shapes import Annotation, file_keys, how_to_write, origin, step, strip
from drillsim.scenario.tree import Node, Path
from drillsim.spec import Spec

__all__ = ["explain", "shown", "unknown_key"]

_NAME_RULE: Final = "names are letters, digits, '.', '-' and '_', up to 80, beginning with a letter or digit"
_OWN: Final = frozenset(
    {
        *("quantity", "unit-missing", "distribution", "confidence", "flag", "unknown-preset"),
        *("unknown-population", "together", "profile-or-mix"),
    }
)
_UNIT: Final = re.compile(r"_(m_s|kg_s|p_s_m|p_s|p_m2|s|m|m2|m3|kg|k|deg|w|ppm)$")
_UNIT_SHOWN: Final = {
    "m_s": "m/s",
    "kg_s": "kg/s",
    "p_s_m": "p/s/m",
    "p_s": "p/s",
    "p_m2": "p/m²",
    "m2": "m²",
    "m3": "m³",
    "k": "K",
    "deg": "°",
    "w": "W",
}
_LIMITS: Final = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_KINDS: Final = {"string": "text", "dict": "table", "model": "table", "tuple": "list", "list": "list"}


def shown(node: Node | Any) -> str:
    """A raw entry for messages: a short text in quotes, or what it is."""
    if isinstance(node, str):
        return f"'{node[:40]}…'" if len(node) > 40 else f"'{node}'"
    if isinstance(node, dict):
        return "a table"
    return "a list" if isinstance(node, (list, tuple)) else repr(node)[:40]


def explain(findings: Findings, path: Path, annotation: Annotation, fault: ErrorDetails) -> None:
    """Report one error that validation of the entry at ``path`` gave."""
    at, target, on_key = _follow(findings, path, annotation, fault["loc"])
    kind = fault["type"]
    raw = str(at[-1]) if on_key else findings.tree.get(at)
    if kind == "extra_forbidden":
        unknown_key(findings, at, _parent(annotation, fault["loc"]))
    elif kind == "missing":
        _missing(findings, at, target, fault["loc"])
    elif on_key and kind != "literal_error":
        findings.error(at, f"{shown(str(at[-1]))} is no name; {_NAME_RULE}", "name", key=True)
    else:
        message, stable = _message(findings, raw, kind, fault, at, annotation, target)
        findings.error(_inner(findings, at, message) if kind in _OWN else at, message, stable, key=on_key)


def unknown_key(findings: Findings, path: Path, model: Annotation | None) -> None:
    """Report a key that the model does not have."""
    key = str(path[-1])
    hint = ""
    if isinstance(model, type) and issubclass(model, Spec):
        keys = file_keys(model)
        by_field = {name: alias for alias, name in keys.items()}
        hint = f"; write '{by_field[key]}'" if key in by_field else findings.suggest(key, keys)
    findings.error(path, f"unknown key '{key[:60]}'{hint}", "unknown-key", key=True)


def _missing(findings: Findings, at: Path, target: Annotation, loc: tuple[str | int, ...]) -> None:
    if loc and isinstance(loc[-1], int):
        findings.error(at[:-1], f"an entry is missing; this list needs at least {loc[-1] + 1}", "too-short")
        return
    how = how_to_write(target)
    findings.error(at, f"key '{at[-1]}' is missing; write `{at[-1]}: {how}`", "missing-key", key=True)


def _message(
    findings: Findings,
    raw: Any,
    kind: str,
    fault: ErrorDetails,
    at: Path,
    annotation: Annotation,
    target: Annotation | None,
) -> tuple[str, str]:
    context: dict[str, Any] = fault.get("ctx", {})
    if kind in _OWN:
        message = fault["msg"].replace("{{", "{").replace("}}", "}")
        return message + (_given(raw, message) if kind == "distribution" else ""), kind
    if kind in ("literal_error", "union_tag_invalid"):
        text = context["expected"] if kind == "literal_error" else context["expected_tags"]
        allowed = re.findall(r"'([^']*)'", text)
        word = raw if isinstance(raw, str) else str(context.get("tag", ""))
        listed = ", ".join(allowed)
        hint = findings.suggest(word, allowed)
        return f"{shown(word)} is not one of {listed}" + (hint if "mean" in hint else ""), "not-allowed"
    if kind == "union_tag_not_found":
        key = str(context["discriminator"]).strip("'")
        return f"key '{key}' is missing; it says which kind this is", "missing-key"
    if kind == "negative-time":
        return str(fault["msg"]), "out-of-range"
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        limit = context[name]
        unit = _unit(annotation, fault["loc"])
        number = f"{limit:,}" if isinstance(limit, int) else f"{float(limit):.10g}"
        if isinstance(raw, str) and raw.rstrip().endswith("%"):
            number, unit = f"{float(limit) * 100:g}", " %"
        return f"{shown(raw)} is out of range; it must be {words} {number}{unit}", "out-of-range"
    if kind == "string_pattern_mismatch":
        if "x00" in str(context.get("pattern", "")):
            return "the text holds a control character; remove it", "character"
        return f"{shown(raw)} is no name; {_NAME_RULE}", "name"
    if kind in ("string_too_long", "too_long"):
        return f"too long; at most {context['max_length']}", "too-long"
    if kind in ("string_too_short", "too_short"):
        least = context["min_length"]
        return (
            f"{shown(raw)} is too short; at least {least} {'entry' if least == 1 else 'entries'}",
            "too-short",
        )
    if kind.startswith("int_"):
        return f"{shown(raw)} is no whole number; write one such as 25", "whole-number"
    if kind.startswith("float_") or kind == "finite_number":
        return f"{shown(raw)} is no number; write a finite one such as 0.5", "number"
    if kind.endswith("_type"):
        wanted = _KINDS.get(kind.split("_")[0], "value of another kind")
        how = {"table": "write `key: value` lines", "list": "write [a, b]"}.get(wanted, "write a plain text")
        if isinstance(raw, str) and _is_condition(target):
            key = f"{at[-1]}: " if isinstance(at[-1], str) else ""
            return (
                f"{shown(raw)} where a condition belongs; write `{key}{{happened: {raw[:40]}}}`",
                "wrong-kind",
            )
        return f"{shown(raw)} where a {wanted} belongs; {how}", "wrong-kind"
    return str(fault["msg"]), "invalid"


def _given(raw: Any, message: str) -> str:
    """``; here median 0 min``: what a table gives for the keys that the message speaks of."""
    table = raw if isinstance(raw, dict) else {}
    said = [
        f"{key} {text[:40]}"
        for key, text in table.items()
        if isinstance(text, str) and text not in message and re.search(rf"\b{re.escape(key)}\b", message)
    ]
    return f"; here {', '.join(said)}" if said else ""


def _is_condition(target: Annotation | None) -> bool:
    """Whether a condition, or a list of them, belongs there."""
    entry = strip(target)
    if origin(entry) is tuple:
        entry = strip(get_args(entry)[0])
    return entry is Condition


def _follow(
    findings: Findings, path: Path, annotation: Annotation, loc: tuple[str | int, ...]
) -> tuple[Path, Annotation, bool]:
    # A location holds tags of unions and '[key]' beside keys: leave out what the raw tree does not have.
    at, target, on_key = path, annotation, False
    for number, part in enumerate(loc):
        if part == "[key]":
            on_key = True
            continue
        raw = findings.tree.get(at)
        below = step(target, part) if target is not None else None
        here = (isinstance(raw, dict) and part in raw) or (isinstance(raw, list) and isinstance(part, int))
        last = number == len(loc) - 1
        if here or (last and isinstance(raw, dict) and isinstance(part, str)):
            at = (*at, part)
        target = below
    return at, target, on_key


def _parent(annotation: Annotation, loc: tuple[str | int, ...]) -> Annotation | None:
    target: Annotation | None = annotation
    for part in loc[:-1]:
        target = step(target, part) if target is not None else None
    return strip(target) if target is not None else None


def _unit(annotation: Annotation, loc: tuple[str | int, ...]) -> str:
    parent = _parent(annotation, loc)
    if not loc or not (isinstance(parent, type) and issubclass(parent, Spec)):
        return ""
    found = _UNIT.search(file_keys(parent).get(str(loc[-1]), ""))
    return f" {_UNIT_SHOWN.get(found[1], found[1])}" if found else ""


def _inner(findings: Findings, path: Path, message: str) -> Path:
    # Within {median: 5, p90: 10 min}, point at the text that the message quotes.
    waiting = [path]
    while waiting:
        at = waiting.pop(0)
        node = findings.tree.get(at)
        if isinstance(node, str) and node and f'"{node.strip()}"' in message:
            return at
        if isinstance(node, dict):
            waiting.extend((*at, key) for key in list(node)[:10])
        elif isinstance(node, list):
            waiting.extend((*at, index) for index in range(min(len(node), 1000)))
    return path
