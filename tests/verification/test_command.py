"""``drillsim verify``: output, exit codes, and the suite of an installed copy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drillsim.cli import Exit, main
from drillsim.verification import suite

ROOT = Path(__file__).resolve().parents[2]


def test_a_suite_that_holds_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--case", "H-2", "--case", "E-4,IMO-6"]) == Exit.OK
    said = capsys.readouterr()
    assert said.out.startswith("| case | source |")
    assert [name for name in ("H-2", "E-4.spread", "IMO-6") if f"**{name}**" not in said.out] == []
    assert "not applicable" in said.out
    assert said.err == ""


def test_a_case_that_does_not_hold_exits_with_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "holds", lambda got, **_: False)
    assert main(["verify", "--case", "H-2", "--json"]) == Exit.FAILED
    said = capsys.readouterr()
    (row,) = json.loads(said.out)
    assert row["verdict"] == "fail"
    assert "H-2" in said.err


def test_what_does_not_apply_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--case", "IMO-6", "--json"]) == Exit.OK
    (row,) = json.loads(capsys.readouterr().out)
    assert row["verdict"] == "not applicable"


def test_an_unknown_case_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--case", "H-99"]) == Exit.USAGE
    assert "no case 'H-99'" in capsys.readouterr().err
    assert main(["verify", "--case", "H-99", "--lang", "zh"]) == Exit.USAGE
    assert "没有案例" in capsys.readouterr().err


def test_it_answers_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--case", "H-4", "--lang", "zh"]) == Exit.OK
    assert "| 案例 | 来源 |" in capsys.readouterr().out


@pytest.mark.slow
def test_an_installed_copy_finds_its_cases(tmp_path: Path) -> None:
    place, source = tmp_path / "site", copy_of_sources(tmp_path)
    build = [sys.executable, "-c", "import setuptools; setuptools.setup()", "-q", "build", "--build-lib"]
    subprocess.run([*build, str(place)], check=True, cwd=source, capture_output=True)
    told = subprocess.run(
        [sys.executable, "-m", "drillsim", "verify", "--case", "H-2", "--json"],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(place), "PYTHONUTF8": "1"},
    )
    assert json.loads(told.stdout)[0]["verdict"] == "pass"
    files = {file.name for file in (place / "drillsim" / "verification" / "cases").iterdir()}
    assert files == {file.name for file in (ROOT / "drillsim" / "verification" / "cases").iterdir()}


def copy_of_sources(folder: Path) -> Path:
    """A copy to build in, so that nothing is left behind in the checkout."""
    import shutil

    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    target = folder / "source"
    for name in ("drillsim", "scenarios"):
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target / name)
    return target
