"""The JSON Schema agrees with the loader, and the committed file with the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from drillsim.scenario.load import check, shipped
from drillsim.scenario.schema import json_schema, schema_text
from tests.example import EXAMPLE, write_example

jsonschema = pytest.importorskip("jsonschema")
COMMITTED = Path(__file__).resolve().parents[2] / "scenarios" / "scenario.schema.json"


class EditorLoader(yaml.SafeLoader):
    """Reads as YAML 1.2 editors do: only true, false and numbers are more than text."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012


EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?\d+$"), list("-0123456789"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d+\.\d+$"), list("-0123456789"))


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def faults(validator, text: str) -> list[str]:
    return [error.message for error in validator.iter_errors(yaml.load(text, Loader=EditorLoader))]


def test_the_committed_schema_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_accepts_what_the_loader_accepts(validator):
    assert faults(validator, EXAMPLE) == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_scenario_is_accepted_and_names_the_schema(validator, name):
    text = (shipped()[name] / "scenario.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert faults(validator, text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("width: 0.9 m", "width: 0.9"),
        ("width: 0.9 m", "width: 0.9 s"),
        ("width: 0.9 m", "widht: 0.9 m"),
        ("width: 0.9 m", "width_m: 0.9 m"),
        ("count: 6", "count: six"),
        ("count: 6", "count: -6"),
        ("vehicles: false", "vehicles: no"),
        ("kind: corridor", "kind: corrido"),
        ("voice:", "voic:"),
        ("do: inform", "do: infrom"),
        ("  guests:", "  the guests:"),
        ("confidence: medium}", "confidence: sure}"),
        ("slot: 30 min\n", ""),
        ("{median: 20 s, p90: 45 s}", "{median: 20 s}"),
        ("    end: fire-out\n", ""),
        ("        title: Look\n", ""),
        ("    based_on: simple\n", ""),
        ("start: 10:00:00", "start: ~"),
        ("{median: 20 s, p90: 45 s}", "{gamma: {shape: 1.3 s, scale: 20 s}}"),
        ("{median: 20 s, p90: 45 s}", "{weibull: {shape: 1.3}}"),
        ("{median: 20 s, p90: 45 s}", "{preset: office-voice}"),
        ("{value: 10 s, source: assumed, confidence: low}", "{preset: office-voise}"),
        ("profile: office, ", ""),
        ("profile: office, ", "profile: office, mix: imo-crew, "),
        ("profile: office, ", "profile: office, together: 1, "),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(validator, tmp_path, old, new):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    assert check(write_example(tmp_path, text=text))[0] is None
    assert faults(validator, text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("after: [look]", "after: look"),
        ("{warden: 1}", "warden"),
        ("musters: [lawn]", "musters: lawn"),
        ("{median: 20 s, p90: 45 s}", "{min: 5 s, likely: 00:10, max: 1 min 5 s}"),
        ("{median: 20 s, p90: 45 s}", "{uniform: [5 s, 20 s]}"),
        ("{median: 20 s, p90: 45 s}", "{gamma: {shape: 1.3, scale: 20 s}}"),
        ("{median: 20 s, p90: 45 s}", "{lognormal: {mu: 3.95, sigma: 0.84, shift: 400 s, below: 700 s}}"),
        ("{median: 20 s, p90: 45 s}", "{p1: 10 s, p99: 40 s}"),
        ("{value: 10 s, source: assumed, confidence: low}", "{preset: office-voice}"),
        ("profile: office, ", "profile: office, together: 3, "),
        ("profile: office, ", "profile: imo-male-30-50, together: true, "),
        ("profile: office, ", "mix: {office: 60 %, visitor: 40 %}, "),
        ("profile: office, ", "mix: imo-passengers, "),
        ("small-office", "小办公室"),
        ("    title: Alarm at once\n", "    title: Alarm at once\n    end: all-out\n    drop: []\n"),
        ("facility:\n", "facility:\n  tables: []\n  movement: {door_boundary: 0.1 m}\n"),
        ("kind: corridor,", "kind: corridor, level: -0.5 m,"),
        ("door: door-2", "door: door-2\n    soot_yield: 0.07"),
    ],
)
def test_every_way_of_writing_a_value_is_accepted_by_both(validator, tmp_path, old, new):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    assert [p for p in check(write_example(tmp_path, text=text))[1] if p.severity == "error"] == []
    assert faults(validator, text) == []


def test_every_table_of_keys_is_closed():
    open_tables = []

    def walk(node, path):
        if isinstance(node, dict):
            if (
                node.get("type") == "object"
                and "properties" in node
                and node.get("additionalProperties") is not False
            ):
                open_tables.append(path)
            for key, value in node.items():
                walk(value, f"{path}/{key}")
        elif isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, f"{path}/{index}")

    walk(json_schema(), "")
    assert open_tables == []


def test_the_schema_is_plain_json_that_any_reader_gets_back():
    assert json.loads(schema_text()) == json_schema()
