"""Programs started in a session of their own, and which of its processes are left (Linux: ``/proc``)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def start(arguments: list[str], **more: object) -> subprocess.Popen[str]:
    """``python ARGUMENTS`` in a new session, with this checkout on its path."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},  # type: ignore[call-overload]
    )


def members(session: int) -> dict[int, str]:
    """Process -> command line, of those that run in this session."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, _, _, its_session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(its_session) == session and state != "Z":
                    command = (folder / "cmdline").read_text().replace("\0", " ")
                    found[int(folder.name)] = command
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def workers(session: int) -> list[int]:
    """Spawned workers of the session."""
    return [pid for pid, command in members(session).items() if "spawn_main" in command]


def left_after(seconds: float, session: int) -> dict[int, str]:
    """Processes of the session that are still there when so much time has passed."""
    until_s = time.monotonic() + seconds
    while (left := members(session)) and time.monotonic() < until_s:
        time.sleep(0.05)
    return left
