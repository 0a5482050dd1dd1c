from __future__ import annotations

import json

import pytest

from drillsim.debrief.plaintext import harmless_json, one_line, safe, table, width


def test_tables_stand_in_line_in_both_scripts():
    lines = list(table(("名称", "p10"), (("all out", "1 s"), ("最后一人撤出", "12 s"), ("x" * 80, "1 s"))))
    assert {width(line) for line in lines} == {width(lines[0])}
    assert lines[-1].startswith("  " + "x" * 59 + "…")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[31mb", "a\\x1b[31mb"), ("a\u202eb", "a\\u202eb"), ("a\nb", "a\nb"), ("泄漏", "泄漏")],
)
def test_what_would_steer_a_terminal_is_written_out(text, shown):
    assert safe(text) == shown


def test_one_line_has_neither_ends_nor_tabs():
    assert one_line("a\n\tb") == "a  b"


def test_json_stays_the_same_document():
    document = {"title": "泄漏\x1b\u202e"}
    text = json.dumps(document, ensure_ascii=False)
    for ascii_only in (False, True):
        harmless = harmless_json(text, ascii_only=ascii_only)
        assert json.loads(harmless) == document
        assert "\u202e" not in harmless
        assert harmless.isascii() == ascii_only
