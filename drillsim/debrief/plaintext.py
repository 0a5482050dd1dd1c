"""Text for a terminal: nothing that steers it, and tables whose columns stand in line. Nothing heavy here."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["harmless_json", "one_line", "safe", "table", "width"]

# Controls, and marks that turn the direction of writing: a title must not steer the terminal.
_UNSAFE: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_WIDEST: Final = 60


def safe(text: object) -> str:
    """Text without anything a terminal would obey; line ends stay."""
    return _UNSAFE.sub(_escaped, str(text))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: object) -> str:
    """:func:`safe` text on one line."""
    return safe(str(text).replace("\t", " ").replace("\n", " "))


def harmless_json(text: str, *, ascii_only: bool) -> str:
    """A JSON text as it is, but for what would steer a terminal or cannot be encoded: that is escaped."""
    harmless = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if not ascii_only:
        return harmless
    import json

    return json.dumps(json.loads(harmless), ensure_ascii=True, indent=1) + "\n"


def width(text: str) -> int:
    """Columns a text takes on a terminal; a Chinese character takes two."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, widest: int = _WIDEST, right: bool = True
) -> Iterator[str]:
    """Lines with the columns in line, the first to the left, the others to the ``right`` or left.

    Cells wider than ``widest`` columns are cut short.
    """
    cells = [[_shortened(one_line(cell), widest) for cell in row] for row in (headings, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(headings))]
    for row in cells:
        padded = [
            " " * (most - width(cell)) + cell if right and column else cell + " " * (most - width(cell))
            for column, (cell, most) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(padded).rstrip()


def _shortened(text: str, widest: int) -> str:
    if width(text) <= widest:
        return text
    kept = text
    while width(kept) >= widest:
        kept = kept[:-1]
    return f"{kept}…"
