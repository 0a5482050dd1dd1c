"""Strict YAML: every scalar stays text, every entry keeps its place, whatever is clever is refused.

Only the parser's events are used, so no tag constructs anything, ``12:30`` stays ``12:30`` and ``no``
stays ``no``. Depth, size and number of entries are checked while the events stream in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from drillsim.errors import Problem
from drillsim.scenario.tree import Node, Path, Place, Tree, dotted

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "read_tree"]

MAX_BYTES: Final = 5_000_000
MAX_DEPTH: Final = 40
MAX_NODES: Final = 400_000
_MAX_PROBLEMS: Final = 100

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE: Final = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTIVE: Final = re.compile(r"^%", re.MULTILINE)
_CONTROL_IN_KEY: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)

# part of the parser's words -> plain words; the first that occurs is taken
_SYNTAX: Final = (
    (
        "mapping values are not allowed",
        "a second ': ' in one entry, or a wrong indent; put texts with ': ' in quotes",
    ),
    ("could not find expected ':'", "a key without ': ' after it; write `key: value`"),
    ("end of stream", "a quote or bracket that is never closed; close it"),
    (
        "',' or",
        "a list or table in brackets that is not closed, or lacks a comma; write [a, b] or {a: 1, b: 2}",
    ),
    ("expected <block end>", "an entry whose indent fits nothing above it; align it with its neighbours"),
    ("expected '-'", "an entry whose indent fits nothing above it; align it with its neighbours"),
    (
        "did not find expected key",
        "an entry whose indent fits nothing above it; align it with its neighbours",
    ),
    (
        "block sequence entries are not allowed",
        "a list entry '- ' in the wrong place; put it on a line of its own",
    ),
    ("escape", "a backslash in double quotes that means nothing; use single quotes"),
)


@dataclass(slots=True)
class _Frame:
    node: dict[str, Node] | list[Node]
    path: Path
    key: str | None = None


class _Stop(Exception):
    """Reading cannot go on; the problem is already listed."""


@dataclass(slots=True)
class _Builder:
    tree: Tree
    problems: list[Problem] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    skipping: int = 0  # depth inside a part that was refused
    nodes: int = 0
    documents: int = 0

    def refuse(self, place: Place, path: Path, message: str, kind: str) -> None:
        self.problems.append(Problem(*place, dotted(path), message, kind))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise _Stop

    def take(self, event: Any) -> None:
        place = Place(self.tree.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.refuse(
                    place, (), "a second document; a scenario is one, remove the line ---", "yaml-documents"
                )
                raise _Stop
        elif isinstance(event, yaml.CollectionEndEvent):
            if self.skipping:
                self.skipping -= 1
            else:
                self.frames.pop()
        elif isinstance(event, yaml.NodeEvent):
            self.node(event, place)

    def node(self, event: Any, place: Place) -> None:
        self.nodes += 1
        opens = isinstance(event, yaml.CollectionStartEvent)
        frame = self.frames[-1] if self.frames else None
        path = _path(frame)
        if self.nodes > MAX_NODES:
            self.refuse(place, (), f"more than {MAX_NODES:,} entries; split off tables", "yaml-size")
            raise _Stop
        if opens and len(self.frames) + self.skipping >= MAX_DEPTH:
            self.refuse(place, (), f"nested deeper than {MAX_DEPTH} levels; flatten it", "yaml-depth")
            raise _Stop
        if self.skipping:
            self.skipping += opens
            return
        fault = _clever(event)
        if fault:
            self.refuse(place, path, *fault)
        if frame is None and not isinstance(event, yaml.MappingStartEvent):
            self.refuse(place, (), "no table of `key: value` lines; begin with `name: …`", "yaml-top")
            raise _Stop
        if frame is not None and isinstance(frame.node, dict) and frame.key is None:
            self.key(event, frame, place)
        elif opens:
            self.open(event, frame, path, place)
        else:
            self.value(event, frame, path, place)

    def key(self, event: Any, frame: _Frame, place: Place) -> None:
        node = frame.node
        assert isinstance(node, dict)
        frame.key = ""  # a refused key still takes its value, which is left out
        if not isinstance(event, yaml.ScalarEvent):
            self.skipping = int(isinstance(event, yaml.CollectionStartEvent))
            self.refuse(place, frame.path, "a key that is no text; write `key: value`", "yaml-key")
            return
        key = event.value
        shown = key[:60]
        if key == "<<" and not event.style:
            self.refuse(place, frame.path, "a merge key '<<'; write the entries out", "yaml-merge")
        elif _CONTROL_IN_KEY.search(key):
            self.refuse(place, frame.path, f"key {shown!r} holds a control character; remove it", "yaml-key")
        elif not key or len(key) > 200:
            self.refuse(place, frame.path, "an empty or endless key; write `key: value`", "yaml-key")
        elif key in node:
            first = self.tree.keys[(*frame.path, key)]
            message = f"key '{shown}' is given twice, first on line {first.line}; keep one"
            self.refuse(place, (*frame.path, key), message, "yaml-duplicate")
        else:
            frame.key = key
            self.tree.keys[(*frame.path, key)] = place

    def open(self, event: Any, frame: _Frame | None, path: Path, place: Place) -> None:
        if frame is not None and frame.key == "" and isinstance(frame.node, dict):
            self.skipping = 1
            frame.key = None
            return
        node: dict[str, Node] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if frame is None:
            assert isinstance(node, dict)
            self.tree.data = node
            self.tree.values[()] = place
        else:
            self.put(frame, path, node, place)
        self.frames.append(_Frame(node, path))

    def value(self, event: Any, frame: _Frame | None, path: Path, place: Place) -> None:
        assert frame is not None
        if frame.key == "" and isinstance(frame.node, dict):
            frame.key = None
            return
        text = event.value if isinstance(event, yaml.ScalarEvent) else ""
        plain = isinstance(event, yaml.ScalarEvent) and not event.style
        if plain and text in _NOTHING:
            self.refuse(place, path, _no_value(frame, text), "yaml-empty")
        elif plain and _NOT_FINITE.fullmatch(text):
            self.refuse(place, path, f"{text} is no number to work with; write a finite one", "yaml-nan")
        elif _CONTROL_IN_TEXT.search(text):
            self.refuse(place, path, "the text holds a control character; remove it", "yaml-character")
        self.put(frame, path, text, place)

    def put(self, frame: _Frame, path: Path, node: Node, place: Place) -> None:
        if isinstance(frame.node, dict):
            assert frame.key is not None
            frame.node[frame.key] = node
            frame.key = None
        else:
            frame.node.append(node)
        self.tree.values[path] = place


def _path(frame: _Frame | None) -> Path:
    if frame is None:
        return ()
    if isinstance(frame.node, list):
        return (*frame.path, len(frame.node))
    return (*frame.path, frame.key) if frame.key else frame.path


def _no_value(frame: _Frame, text: str) -> str:
    if not text and frame.key is not None and " " in frame.key:
        return "no value; a text with a comma inside { } or [ ] must stand in quotes"
    return "no value; give one, or leave the key out"


def _clever(event: Any) -> tuple[str, str] | None:
    if isinstance(event, yaml.AliasEvent):
        return f"an alias *{str(event.anchor)[:40]}; write the entry out", "yaml-alias"
    if event.anchor is not None:
        return f"an anchor &{event.anchor[:40]}; remove it, entries are written out", "yaml-anchor"
    if event.tag is not None:
        return f"a tag {event.tag[:40]}; remove it, everything in a scenario is text", "yaml-tag"
    return None


def read_tree(content: bytes, *, file: str) -> tuple[Tree, tuple[Problem, ...]]:
    """Read one YAML document; ``file`` is the name used in places.

    Returns the tree as far as it could be read and every problem found; never raises for any content.
    """
    tree = Tree(file, values={(): Place(file, 1, 1)}, complete=False)
    if len(content) > MAX_BYTES:
        message = f"{len(content):,} bytes; a scenario takes up to {MAX_BYTES:,}, put tables into CSV files"
        return tree, (Problem(file, 0, 0, "", message, "yaml-size"),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        column = fault.start - content.rfind(b"\n", 0, fault.start)
        message = f"byte 0x{content[fault.start]:02x} is not UTF-8; save the file as UTF-8"
        return tree, (Problem(file, line, column, "", message, "yaml-encoding"),)
    if problem := _refuse_text(text, file):
        return tree, (problem,)
    builder = _Builder(tree)
    tree.complete = True
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _Stop:
        tree.complete = False
    except (yaml.YAMLError, ValueError, OverflowError) as fault:
        tree.complete = False
        builder.problems.append(_syntax(fault, text, file))
    if not builder.documents and not builder.problems:
        tree.complete = False
        builder.problems.append(
            Problem(file, 0, 0, "", "the file is empty; begin with `name: …`", "yaml-top")
        )
    return tree, tuple(builder.problems)


def _refuse_text(text: str, file: str) -> Problem | None:
    if bad := _UNPRINTABLE.search(text):
        message = f"control character U+{ord(bad[0]):04X}; remove it"
        return _problem(text, bad.start(), file, message, "yaml-character")
    if bad := _DIRECTIVE.search(text):
        return _problem(
            text, bad.start(), file, "a line that begins with %; remove this YAML directive", "yaml-directive"
        )
    return None


def _problem(text: str, at: int, file: str, message: str, kind: str) -> Problem:
    return Problem(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), "", message, kind)


def _syntax(fault: Exception, text: str, file: str) -> Problem:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    said = " ".join(
        str(part) for part in (getattr(fault, "context", ""), getattr(fault, "problem", "")) if part
    )
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    lines = text.splitlines()
    rest = lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
    before = lines[line - 1][: column - 1] if 0 < line <= len(lines) else ""
    if rest.startswith("\t") or "\t" in before.replace(before.lstrip(), "", 1):
        message = "a tab in the indent; indent with spaces"
        return Problem(file, line, column, "", message, "yaml-tab")
    if "cannot start any token" in said:
        message = f"a text cannot begin with {rest[:1]!r}; put it in quotes"
        return Problem(file, line, column, "", message, "yaml-syntax")
    for words, plain in _SYNTAX:
        if words in said:
            return Problem(file, line, column, "", plain, "yaml-syntax")
    return Problem(file, line, column, "", f"not valid YAML ({said or fault}); mend this line", "yaml-syntax")
