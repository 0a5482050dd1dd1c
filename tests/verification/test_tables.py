"""What is printed: Markdown, JSON, the summary."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from drillsim.verification.suite import Row, selected, verify
from drillsim.verification.tables import as_json, failed, markdown_lines, summary

SIX = {"case", "source", "expected", "got", "tolerance", "verdict"}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(verify(selected(["E-1.uniform", "E-6", "E-8", "H-2", "H-9", "P-10", "IMO-6"])))


def broken() -> Row:
    (case,) = selected(["H-2"])
    (row,) = verify([replace(case, run="no|such")])
    return row


def test_json_is_a_list_of_objects_with_six_keys(rows: list[Row]) -> None:
    found = json.loads(as_json([*rows, broken()]))
    assert len(found) == len(rows) + 1
    for entry in found:
        assert set(entry) == SIX
        assert entry["case"] and entry["source"]
        assert entry["verdict"] in ("pass", "fail", "not applicable")
        if entry["verdict"] == "not applicable":
            assert entry["expected"] is entry["got"] is entry["tolerance"] is None
        else:
            assert isinstance(entry["expected"], (float, str))
            assert isinstance(entry["got"], (float, str))
            assert entry["tolerance"]


def test_json_has_numbers_as_numbers_and_texts_as_texts(rows: list[Row]) -> None:
    found = {entry["case"]: entry for entry in json.loads(as_json(rows))}
    assert found["H-2"]["expected"] == 106.3
    assert found["H-2"]["got"] == pytest.approx(99 / 0.931)
    assert found["H-2"]["tolerance"] == "± 1 headway (1.07 s)"
    assert found["H-9"]["tolerance"] == "± 15 %"
    (dense,) = json.loads(as_json(list(verify(selected(["V11"])))))
    assert dense["tolerance"] == "within a factor 2"
    assert found["E-8"]["tolerance"] == "± 0.4"
    assert found["E-8.four"]["tolerance"] == "bound: at least (± 0.05 s)"
    assert found["P-10.trapped"]["tolerance"] == "exact"
    assert (found["E-6"]["expected"], found["E-6"]["got"]) == ("exit-2", "exit-2")
    assert found["P-10.never"]["got"] == "never"
    assert found["E-1.uniform"]["expected"] == "uniform(10, 100)"


def test_sources_that_disagree_are_said_beside_the_number(rows: list[Row]) -> None:
    found = {entry["case"]: entry["source"] for entry in json.loads(as_json(rows))}
    assert "107.4 s" in found["H-2"] and "108 s" in found["H-2"]
    (row,) = verify(selected(["H-7"]))
    (entry,) = json.loads(as_json([row]))
    assert all(text in entry["source"] for text in ("234.95", "246", "219.9", "221.5"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_markdown_is_a_table_with_as_many_cells_in_every_line(rows: list[Row], language: str) -> None:
    lines = markdown_lines([*rows, broken()], language=language)
    table = lines[: lines.index("")]
    assert len(table) == len(rows) + 3
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {7}
    assert all(line.startswith("| ") and line.endswith(" |") for line in table)
    assert set(table[1]) <= set("| -:")


def test_markdown_speaks_english_and_chinese(rows: list[Row]) -> None:
    english, chinese = (markdown_lines(rows, language=language) for language in ("en", "zh"))
    assert english[0] == "| case | source | expected | got | tolerance | verdict |"
    assert chinese[0] == "| 案例 | 来源 | 应得 | 实得 | 容差 | 结论 |"
    (line,) = [line for line in english if "**H-2**" in line]
    assert "| 106.3 s | 106.34 s | ± 1 headway (1.07 s) | pass |" in line
    (line,) = [line for line in chinese if "**H-2**" in line]
    assert "通过" in line and "门" in line
    (line,) = [line for line in english if "**IMO-6**" in line]
    assert line.endswith("|  |  |  | not applicable |") and "corner" in line


def test_what_failed_stands_below_the_table_with_its_reason() -> None:
    row = broken()
    lines = markdown_lines([row])
    assert "| nothing | ± 1 headway | **fail** |" in lines[2]
    assert any(line.startswith("H-2 could not be measured: ") and "no|such" in line for line in lines)
    assert failed([row]) == [row]


def test_sums_without_a_run_are_counted_apart(rows: list[Row]) -> None:
    sums = list(verify(selected(["S-imo.travel"])))
    assert summary(sums).startswith("0 of 0 cases hold, failing: 0;")
    assert summary(sums).endswith("besides, sums of public functions that no run shows: 1 of 1 right")
    wrong = list(verify([replace(sums[0].case, expected="300")]))
    assert summary([*rows, *wrong]).endswith("no run shows: 0 of 1 right")
    assert failed(wrong) == wrong
    assert "公式计算 1 项, 正确 1 项" in summary(sums, language="zh")


def test_the_summary_counts_what_does_not_apply_for_nothing(rows: list[Row]) -> None:
    judged = len(rows) - 1
    assert summary(rows).startswith(f"{judged} of {judged} cases hold, failing: 0; not applicable")
    assert summary([*rows, broken()]).startswith(
        f"{judged} of {judged + 1} cases hold, failing: 1; not applicable"
    )
    assert summary(rows).endswith("counted for nothing: 1")
    (other,) = [row for row in rows if row.verdict == "not applicable"]
    assert summary([other]).startswith("0 of 0 cases hold, failing: 0; not applicable")
