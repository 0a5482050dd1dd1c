"""What users read, in English and Chinese, from the tables in ``data/messages``."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Final, Literal

__all__ = ["LANGUAGES", "Language", "say"]

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    folder = resources.files("drillsim") / "data" / "messages"
    for table in sorted(folder.iterdir(), key=lambda item: item.name):
        if not table.name.endswith(".csv"):
            continue
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
            if row["id"] in entries:
                raise ValueError(f"message {row['id']} is defined twice")
            entries[row["id"]] = {language: row[language] for language in LANGUAGES}
    return entries


def say(message: str, language: Language = "en", **values: object) -> str:
    """The text of a message with its values filled in; raises ``KeyError`` for an unknown message."""
    return _catalogue()[message][language].format(**values)
