"""The raw tree of a scenario: texts, lists and tables, and where each of them is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

__all__ = ["Node", "Path", "Place", "Tree", "dotted", "split_path"]

Node: TypeAlias = "str | list[Node] | dict[str, Node]"
Path: TypeAlias = "tuple[str | int, ...]"


class Place(NamedTuple):
    """Where something is written; line and column count from 1, 0 for a whole file."""

    file: str
    line: int
    column: int


_NOWHERE: Final = Place("", 0, 0)


@dataclass(slots=True)
class Tree:
    """Raw entries with their places.

    ``keys`` and ``values`` map a path to the place of its key and of its value. ``moved`` maps a path to
    the path its entry was inherited from, so that an inherited entry points to where it is written.
    """

    file: str
    data: dict[str, Node] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    moved: dict[Path, Path] = field(default_factory=dict)
    complete: bool = True  # False: reading stopped before the end

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Place of a value (or of its key), else of the nearest entry around it."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        for length in range(len(path), -1, -1):
            part = path[:length]
            found = first.get(part) or second.get(part)
            if found is not None:
                return found
            if part in self.moved:
                return self.place(self.origin(path), key=key)
        return Place(self.file, 0, 0) if self.file else _NOWHERE

    def inherit(self, path: Path, source: Path) -> None:
        """Note that the entry at ``path`` is the one written at ``source``, or where that came from."""
        self.moved[path] = self.origin(source)

    def origin(self, path: Path) -> Path:
        """Where an entry is written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.moved:
                return self.moved[path[:length]] + path[length:]
        return path

    def get(self, path: Path) -> Node | None:
        """The raw entry at a path, ``None`` where there is none."""
        node: Node | None = self.data
        for step in path:
            if isinstance(node, dict) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
                node = node[step]
            else:
                return None
        return node


def dotted(path: Path) -> str:
    """A path for reading: ``plans.joint.tasks.isolate.after[1]``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def split_path(data: Node, text: str) -> Path:
    """The path a dotted text means in ``data``: names may hold dots, so the longest known key wins."""
    path: list[str | int] = []
    node: Node | None = data
    parts = text.replace("[", ".").replace("]", "").split(".")
    at = 0
    while at < len(parts):
        step: str | int = parts[at]
        width = 1
        if isinstance(node, dict):
            for end in range(len(parts), at, -1):
                if (key := ".".join(parts[at:end])) in node:
                    step, width = key, end - at
                    break
            node = node.get(str(step))
        elif isinstance(node, list) and parts[at].isdecimal():
            step = int(parts[at])
            node = node[step] if step < len(node) else None
        else:
            node = None
        path.append(step)
        at += width
    return tuple(path)
