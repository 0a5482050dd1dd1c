"""Files for other programs: CSV and XLSX without formulas, written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["csv_bytes", "harmless", "write_atomically", "xlsx_bytes"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BOM: Final = b"\xef\xbb\xbf"  # Excel on Chinese Windows takes the file for GBK without it
_WIDEST: Final = 60
_CREATED: Final = datetime(2000, 1, 1)  # equal studies give equal files, whenever they are written


def harmless(cell: object) -> str:
    """A cell's text that no spreadsheet takes for a formula: such texts get a leading apostrophe.

    Numbers stay as they are, negative ones too; ``None`` is an empty cell.
    """
    if cell is None:
        return ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return repr(cell)
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with byte order mark, lines ended by CRLF, every text harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([harmless(heading) for heading in headings])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return _BOM + buffer.getvalue().encode()


def xlsx_bytes(
    sheet: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    note: str = "",
    more: Iterable[tuple[str, Sequence[str], Iterable[Sequence[object]]]] = (),
) -> bytes:
    """One sheet, then ``more`` (name, headings, rows), each with its heading kept in view.

    Texts are written as texts and can be no formulas or links. ``note`` stands below the first sheet.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _CREATED})
        _add_sheet(book, sheet, headings, rows, note)
        for name, columns, lines in more:
            if columns:
                _add_sheet(book, name, columns, lines, "")
    return buffer.getvalue()


def _add_sheet(
    book: Any, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]], note: str
) -> None:
    bold = book.add_format(
        {"bold": True, "bg_color": "#EAF0F4", "text_wrap": True, "valign": "top", "border": 1}
    )
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    page = book.add_worksheet(_sheet_name(name))
    widths = [len(heading) for heading in headings]
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, bold)
    line = 0
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell is None:
                page.write_blank(line, column, None, wrap)
                continue
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                page.write_number(line, column, cell, wrap)
            else:
                page.write_string(line, column, str(cell), wrap)
            widths[column] = max(widths[column], _width(str(cell)))
    if note:
        page.write_string(line + 2, 0, note)
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width + 2, _WIDEST))
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.autofilter(0, 0, max(line, 1), len(headings) - 1)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _sheet_name(text: str) -> str:
    """At most 31 characters, none that Excel refuses."""
    kept = "".join(" " if character in "[]:*?/\\'" else character for character in text)
    return kept.strip()[:31] or "Sheet"


def write_atomically(path: str | Path, content: bytes) -> None:
    """Write beside the place and put it there in one step, so that a broken-off write leaves the old file.

    Raises ``OSError`` as the file system does; nothing half-written stays behind.
    """
    target = Path(path)
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.chmod(0o644)
        part.replace(target)
    except OSError as fault:
        if fault.errno is None:
            raise
        raise OSError(fault.errno, fault.strerror, str(target)) from fault  # not the name of the part
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
