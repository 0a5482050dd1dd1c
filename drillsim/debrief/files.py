"""Where a debrief is written; the files themselves are of :mod:`drillsim.spreadsheet`."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

from drillsim.messages import Language, say

__all__ = ["prepare_folder"]

_KEPT_RUNS: Final = r"study-[0-9a-f]{8}\.sqlite(-journal)?"  # of a study that was broken off


def prepare_folder(folder: Path, *, store: Path | None = None, language: Language) -> Path | None:
    """Make sure a debrief can be written there; returns the folder if it was created.

    Raises ``OSError`` if it cannot be written to, or holds anything but an earlier debrief and kept runs,
    in a ``store`` or a file named as we name them.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(say("cli.no-folder", language, folder=folder))
    created = None if folder.exists() else folder
    folder.mkdir(parents=True, exist_ok=True)
    entries = (entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    kept = rf"{_KEPT_RUNS}|{re.escape(store.name)}(-journal)?" if store is not None else _KEPT_RUNS
    names = [name for name in entries if not re.fullmatch(kept, name)]
    if names and "debrief.html" not in names:
        raise FileExistsError(say("cli.folder-taken", language, folder=folder))
    with tempfile.TemporaryFile(dir=folder):
        pass
    return created
