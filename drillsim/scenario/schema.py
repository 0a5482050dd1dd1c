"""The JSON Schema of scenario files, for editors and for whoever writes files by program."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from drillsim.scenario.model import Scenario
from drillsim.units import UNITS, pattern

__all__ = ["json_schema", "schema_text"]

_ID: Final = "https://json-schema.org/draft/2020-12/schema"
# As the names of specs, for ECMA and Python alike: no ASCII controls, blanks or punctuation but . - _
_FIRST: Final = r"[^\x00-/:-@\[-`{-\x7f\s]"
_REST: Final = r"[^\x00-,/:-@\[-^`{-\x7f\s]{0,79}"
_PATTERNS: Final = {
    r"^[^\W_][\w.\-]{0,79}$": f"^{_FIRST}{_REST}$",
    r"^[^\W_][\w.\-]{0,79}\*?$": f"^{_FIRST}{_REST}\\*?$",
}
_DRAWS: Final = {"time": "time-draw", "speed": "speed-draw"}
_INHERITED: Final = ("end",)


class _Generator(GenerateJsonSchema):
    """Where a spec reads a single word as a list or table of one, the schema says so."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        if inner.get("type") == "array" and "items" in inner:
            return {"anyOf": [inner["items"], inner]}
        if inner.get("type") == "object":
            return {"anyOf": [{"type": "string"}, inner]}
        return inner


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, before plans are resolved and tables merged."""
    schema = Scenario.model_json_schema(by_alias=True, schema_generator=_Generator)
    _tidy(schema)
    _derived_plans(schema["$defs"])
    _share_quantities(schema)
    schema["$schema"] = _ID
    schema["title"] = "drillsim scenario"
    return {key: schema[key] for key in sorted(schema)}


def schema_text() -> str:
    """:func:`json_schema` as it is kept in ``scenarios/scenario.schema.json``."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _tidy(node: Any) -> None:
    if isinstance(node, list):
        for entry in node:
            _tidy(entry)
        return
    if not isinstance(node, dict):
        return
    for entry in node.values():
        _tidy(entry)
    if "oneOf" in node:
        node.pop("discriminator", None)  # OpenAPI's word, not JSON Schema's
    if isinstance(node.get("pattern"), str):
        node["pattern"] = _PATTERNS.get(node["pattern"], node["pattern"])
    patterned = node.get("patternProperties")
    if isinstance(patterned, dict) and len(patterned) == 1:
        # Names outside the pattern are refused too.
        [(names, entries)] = patterned.items()
        del node["patternProperties"]
        node["propertyNames"] = {"pattern": _PATTERNS.get(names, names)}
        node["additionalProperties"] = entries
    options = node.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        # A file leaves a key out; it never writes null.
        options.remove({"type": "null"})
        if len(options) == 1:
            del node["anyOf"]
            node.update({key: value for key, value in options[0].items() if key not in node})
    if "default" in node and not isinstance(node["default"], (bool, int)):
        del node["default"]


def _derived_plans(definitions: dict[str, Any]) -> None:
    """A plan with ``based_on`` may leave out what it inherits, and its tasks what theirs inherit."""
    plan, task = definitions["Plan"], definitions["Task"]
    part = {key: value for key, value in task.items() if key != "required"}
    definitions["TaskChange"] = {
        **part,
        "title": "TaskChange",
        "description": "Keys that replace those of the base's task.",
    }
    whole = plan["properties"]["tasks"]
    plan["properties"]["tasks"] = True
    required = plan["required"]
    plan["required"] = [key for key in required if key not in _INHERITED]
    changed = {**whole, "additionalProperties": {"$ref": "#/$defs/TaskChange"}}
    plan["if"] = {"required": ["based_on"]}
    plan["then"] = {"properties": {"tasks": changed}}
    plan["else"] = {
        "properties": {"tasks": whole},
        "required": [key for key in required if key in _INHERITED],
    }


def _share_quantities(schema: dict[str, Any]) -> None:
    """Put the schemas of quantities and of uncertain values into ``$defs`` once."""
    known = {pattern(dimension): dimension for dimension in UNITS}
    shared: dict[str, Any] = {}
    draws: dict[str, str] = {}

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        node = {key: walk(value) for key, value in node.items()}
        dimension = known.get(node.get("pattern", "")) if node.get("type") == "string" else None
        if dimension is not None:
            about = {key: node.pop(key) for key in ("description", "title") if key in node}
            shared[dimension] = {**node, "title": dimension.replace("_", " ")}
            return {"$ref": f"#/$defs/{dimension}", **about}
        options = node.get("anyOf")
        if (
            isinstance(options, list)
            and len(options) > 5
            and options[0].get("$ref", "").startswith("#/$defs/")
        ):
            about = {key: node.pop(key) for key in ("description", "title") if key in node}
            name = options[0]["$ref"].removeprefix("#/$defs/") + (
                "-draw" if "exercise" in options[-1].get("properties", {}) else "-distribution"
            )
            draws.setdefault(json.dumps(node, sort_keys=True), name)
            shared[name] = node
            return {"$ref": f"#/$defs/{name}", **about}
        return node

    walked = walk(schema)
    schema.clear()
    schema.update(walked)
    schema["$defs"].update(shared)
