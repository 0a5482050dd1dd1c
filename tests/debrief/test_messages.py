from __future__ import annotations

import csv
import re
from importlib import resources


def test_both_languages_say_everything_and_fill_in_the_same_values():
    folder = resources.files("drillsim") / "data" / "messages"
    rows = [
        row
        for table in ("debrief.csv", "debrief-comparison.csv", "study-changes.csv")
        for row in csv.DictReader((folder / table).read_text(encoding="utf-8").splitlines())
    ]
    assert len(rows) > 300
    for row in rows:
        english, chinese = (sorted(set(re.findall(r"\{(\w+)\}", row[language]))) for language in ("en", "zh"))
        assert english == chinese, row["id"]
        assert all(row[language].strip() == row[language] != "" for language in ("en", "zh")), row["id"]
