"""The strict reader: what stays text, where it stands, what is refused and how fast."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.scenario.tree import Place, split_path
from drillsim.scenario.yaml_tree import MAX_DEPTH, read_tree


def read(text: str | bytes):
    return read_tree(text if isinstance(text, bytes) else text.encode(), file="s.yaml")


def test_every_scalar_stays_the_text_that_was_written():
    tree, problems = read(
        "a: 12:30\nb: no\nc: 0x10\nd: 1e3\ne: 2026-01-01\nf: 'null'\ng: \"\"\nh: [on, off]\n"
    )
    assert not problems
    assert tree.data == {
        "a": "12:30",
        "b": "no",
        "c": "0x10",
        "d": "1e3",
        "e": "2026-01-01",
        "f": "null",
        "g": "",
        "h": ["on", "off"],
    }


def test_keys_and_values_keep_their_line_and_column():
    tree, _ = read("a: 1\n中文:\n  - x\n  - {c: 好, d: 2}\n")
    assert tree.keys["a",] == Place("s.yaml", 1, 1)
    assert tree.values["a",] == Place("s.yaml", 1, 4)
    assert tree.values["中文", 0] == Place("s.yaml", 3, 5)
    assert tree.keys["中文", 1, "d"] == Place("s.yaml", 4, 12)
    assert tree.values["中文", 1, "d"] == Place("s.yaml", 4, 15)
    assert tree.place(("中文", 1, "nothing", "deeper")) == Place("s.yaml", 4, 5)


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    tree, problems = read(b"\xef\xbb\xbfa: 1\n")
    assert tree.data == {"a": "1"} and not problems


REFUSED = [
    ("a: 1\nb: 2\na: 3\n", "yaml-duplicate", 3, 1, "first on line 1; keep one"),
    ("a: &x 1\n", "yaml-anchor", 1, 4, "&x; remove it"),
    ("a: *x\n", "yaml-alias", 1, 4, r"\*x; write the entry out"),
    ("a: !!python/name:os.system x\n", "yaml-tag", 1, 4, "remove it"),
    ("a: ! x\n", "yaml-tag", 1, 4, "remove it"),
    ("a:\n  <<: {b: 1}\n", "yaml-merge", 2, 3, "write the entries out"),
    ("a: 1\n---\nb: 1\n", "yaml-documents", 2, 1, "remove the line ---"),
    ("a: .nan\n", "yaml-nan", 1, 4, "finite"),
    ("a: [1, -.INF]\n", "yaml-nan", 1, 8, "finite"),
    ("a: ~\n", "yaml-empty", 1, 4, "leave the key out"),
    ("a: null\n", "yaml-empty", 1, 4, "leave the key out"),
    ("a:\nb: 1\n", "yaml-empty", 1, 3, "leave the key out"),
    ("a: {b: gate, ship and lists}\n", "yaml-empty", 1, 28, "must stand in quotes"),
    ("a:\n\tb: 1\n", "yaml-tab", 2, 1, "indent with spaces"),
    ("a: b: c\n", "yaml-syntax", 1, 5, "in quotes"),
    ("a: [1, 2\n", "yaml-syntax", 2, 1, "brackets"),
    ("a: 'x\n", "yaml-syntax", 2, 1, "close it"),
    ("a: @x\n", "yaml-syntax", 1, 4, "in quotes"),
    ("a: 1\n   b: 2\n c: 1\n", "yaml-syntax", 2, 5, "indent"),
    ('"a\\x07": 1\n', "yaml-key", 1, 1, "control character"),
    ('a: "x\\0"\n', "yaml-character", 1, 4, "control character"),
    ("a: \x07\n", "yaml-character", 1, 4, r"U\+0007"),
    ("? [a, b]\n: 1\n", "yaml-key", 1, 3, "write `key: value`"),
    ("%TAG ! tag:x,2000:\n---\na: 1\n", "yaml-directive", 1, 1, "remove"),
    ("- a\n", "yaml-top", 1, 1, "begin with"),
    ("", "yaml-top", 0, 0, "begin with"),
    (b"a: \xff\n", "yaml-encoding", 1, 4, "save the file as UTF-8"),
    ("a: 1\n".encode("utf-16"), "yaml-encoding", 1, 1, "save the file as UTF-8"),
]


@pytest.mark.parametrize(("text", "kind", "line", "column", "remedy"), REFUSED)
def test_what_is_clever_or_broken_is_refused_with_place_and_remedy(text, kind, line, column, remedy):
    _, problems = read(text)
    assert [(p.id, p.line, p.column) for p in problems] == [(kind, line, column)]
    with pytest.raises(AssertionError, match=remedy):
        raise AssertionError(problems[0].message)


def test_several_faults_are_all_listed_and_the_rest_is_still_read():
    tree, problems = read("a: 1\na: 2\nb: &x 3\nc:\nd: {e: *x, f: 5}\n")
    assert [p.id for p in problems] == ["yaml-duplicate", "yaml-anchor", "yaml-empty", "yaml-alias"]
    assert tree.complete and tree.data["d"] == {"e": "", "f": "5"} and tree.data["a"] == "1"


HOSTILE = [
    b"a: " + b"[" * 1_000_000,
    b"a: " + b"{a: " * 200_000,
    b"- " * 500_000,
    b"? " * 500_000,
    b"a: [" + b"*a," * 1_000_000,
    b"%TAG !a! b\n" * 100_000,
    b"---\n" * 500_000,
    b"a: 1\n" * 500_000,
    b"x" * 6_000_000,
]


@pytest.mark.parametrize("content", HOSTILE, ids=lambda content: content[:8].decode())
def test_hostile_files_are_refused_at_once(content):
    began = time.process_time()
    _, problems = read(content)
    assert problems and problems[0].severity == "error"
    assert time.process_time() - began < 1.0  # a second where milliseconds are usual: no quadratic work


def test_too_many_entries_are_refused():
    _, problems = read(b"a: [" + b"x," * 450_000 + b"]")
    assert [p.id for p in problems] == ["yaml-size"]


def test_nesting_is_allowed_up_to_the_limit_and_not_beyond():
    def nested(depth: int) -> str:
        return "a: " + "[" * depth + "x" + "]" * depth

    assert not read(nested(MAX_DEPTH - 1))[1]
    assert [p.id for p in read(nested(MAX_DEPTH))[1]] == ["yaml-depth"]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet="ab:-[]{}?!&*'\"#|>%@ \n\t,0~<\x00é中", max_size=80))
)
def test_no_content_ever_raises(content):
    tree, problems = read(content)
    assert tree.complete or problems
    assert all(p.severity == "error" and p.message for p in problems)


def test_dotted_paths_prefer_the_longest_name_that_exists():
    data = {"plans": {"a.b": {"x": "1"}, "a": {"b": {"x": "2"}}}, "list": ["p", "q"]}
    assert split_path(data, "plans.a.b.x") == ("plans", "a.b", "x")
    assert split_path(data, "list[1]") == ("list", 1)
    assert split_path(data, "plans.new.x") == ("plans", "new", "x")
