"""The hash over everything a run depends on."""

from __future__ import annotations

import shutil
from importlib import resources
from types import SimpleNamespace

from drillsim.scenario import digest as module
from drillsim.scenario.digest import digest
from drillsim.scenario.load import load
from tests.example import EXAMPLE, write_example


def test_it_changes_with_the_bytes_of_a_default_table_and_with_its_name(tmp_path, monkeypatch):
    scenario = load(write_example(tmp_path / "s"))
    shutil.copytree(str(resources.files("drillsim") / "data"), tmp_path / "data")
    shipped = digest(scenario)
    monkeypatch.setattr(module, "_default_tables", module._default_tables.__wrapped__)
    monkeypatch.setattr(module, "resources", SimpleNamespace(files=lambda package: tmp_path))
    assert digest(scenario) == shipped
    table = tmp_path / "data" / "substances.csv"
    content = table.read_bytes()
    table.write_bytes(content + b"\n")
    assert digest(scenario) != shipped
    table.write_bytes(content)
    assert digest(scenario) == shipped
    table.rename(table.with_name("stuff.csv"))
    assert digest(scenario) != shipped


def test_it_changes_with_any_value_and_not_with_the_order_of_the_file(tmp_path):
    base = digest(load(write_example(tmp_path / "a")))
    count = EXAMPLE.replace("count: 6", "count: 5")
    assert digest(load(write_example(tmp_path / "b", text=count))) != base
    lines = EXAMPLE.splitlines(keepends=True)
    rooms = [i for i, line in enumerate(lines) if line.startswith("    room-")]
    lines[rooms[0]], lines[rooms[1]] = lines[rooms[1]], lines[rooms[0]]
    assert digest(load(write_example(tmp_path / "c", text="".join(lines)))) == base
