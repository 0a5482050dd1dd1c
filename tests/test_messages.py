"""The tables of what users read."""

from __future__ import annotations

import ast
import csv
import string
from pathlib import Path

import pytest

from drillsim import messages
from drillsim.messages import LANGUAGES, say

PACKAGE = Path(__file__).resolve().parents[1] / "drillsim"
TABLES = sorted((PACKAGE / "data" / "messages").glob("*.csv"))


def rows() -> list[dict[str, str]]:
    found = []
    for table in TABLES:
        with table.open(encoding="utf-8", newline="") as lines:
            found += list(csv.DictReader(lines, strict=True))
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_no_message_is_defined_twice() -> None:
    names = [row["id"] for row in rows()]
    assert len(names) == len(set(names))


def test_every_row_has_three_cells() -> None:
    for table in TABLES:
        with table.open(encoding="utf-8", newline="") as lines:
            assert not [row for row in csv.reader(lines, strict=True) if len(row) != 3]


def test_every_message_says_something_in_every_language() -> None:
    assert not [row["id"] for row in rows() if not all(row[language].strip() for language in LANGUAGES)]


def test_both_languages_fill_in_the_same_values() -> None:
    assert not [row["id"] for row in rows() if fields(row["en"]) != fields(row["zh"])]


def test_every_message_asked_for_by_name_is_there() -> None:
    known = {row["id"] for row in rows()}
    missing = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and first.value not in known:
                    missing.add((file.name, first.value))
    assert not missing


def test_values_are_filled_in() -> None:
    assert say("conditions.exercise", "zh") == "演练条件"
    assert say("chart.target-at", minutes=8) == "target, last person at a muster: 8 min"


def test_an_unknown_message_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="no-such-message"):
        say("no-such-message")


def test_a_message_defined_twice_is_found_and_other_files_are_passed_over(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "data" / "messages"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("not a table", encoding="utf-8")
    (folder / "a.csv").write_text('id,en,zh\nhello,"hello, {name}",你好 {name}\n', encoding="utf-8")
    monkeypatch.setattr("drillsim.messages.resources.files", lambda _: tmp_path)
    messages._catalogue.cache_clear()
    try:
        assert say("hello", "zh", name="A") == "你好 A"
        (folder / "b.csv").write_text("id,en,zh\nhello,again,再次\n", encoding="utf-8")
        messages._catalogue.cache_clear()
        with pytest.raises(ValueError, match="message hello is defined twice"):
            say("hello")
    finally:
        messages._catalogue.cache_clear()
