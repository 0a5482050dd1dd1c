"""Faults a planner makes: each is named with file, line and remedy; exit code 3; nothing is written."""

from __future__ import annotations

import re

import pytest

from drillsim.cli import main
from tests.example import EXAMPLE, write_example

FAULTS = {
    "a plan with a cycle": (
        "        after: hazard.bin.detected\n        takes: {median: 1 min",
        "        after: quench\n        takes: {median: 1 min",
        r"scenario\.yaml:\d+:\d+ +plans\.simple\.tasks\.\w+\.after .*(announce|look|quench).*",
    ),
    "a skill nobody has": (
        "        skills: water\n",
        "        skills: divers\n",
        r"scenario\.yaml:\d+:\d+ +plans\.simple\.tasks\.quench\.skills .*divers",
    ),
    "an exit nobody can reach": (
        "    path: {between: [street, lawn], width: 4 m, vehicles: true}\n",
        "",
        r"scenario\.yaml:\d+:\d+ +groups\.\w+.*(6|4).*room-\d",
    ),
    "a misspelt key": (
        "    title: Ten",
        "    title: Ten",
        "",
    ),
    "a missing unit": (
        "{between: [room-1, hall], kind: door, width: 0.9 m}",
        "{between: [room-1, hall], kind: door, width: 0.9}",
        r"scenario\.yaml:\d+:\d+ +facility\.links\.door-1\.width .*0\.9 m",
    ),
    "a NaN": (
        "{count: 1, title: talk-group}",
        "{count: .nan, title: talk-group}",
        r"scenario\.yaml:\d+:\d+ +capacities\.radio\.count .*",
    ),
    "a width that is not a number": (
        "door, width: 1.0 m, vehicles",
        "door, width: nan m, vehicles",
        r"scenario\.yaml:\d+:\d+ +facility\.links\.exit\.width .*",
    ),
}
FAULTS["a misspelt key"] = (
    "        takes: {min: 3 min, likely: 5 min",
    "        tkes: {min: 3 min, likely: 5 min",
    r"scenario\.yaml:\d+:\d+ +plans\.simple\.tasks\.quench\.tkes .*did you mean 'takes'",
)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_is_named_with_its_place_and_remedy_and_nothing_is_written(tmp_path, capsys, fault):
    old, new, said = FAULTS[fault]
    assert EXAMPLE.count(old) == 1
    folder = write_example(tmp_path / "office", text=EXAMPLE.replace(old, new))
    out = tmp_path / "out"
    assert main(["run", str(folder), "--replications", "2", "--out", str(out)]) == 3
    printed = capsys.readouterr()
    assert re.search(said, printed.err), printed.err
    line = int(re.search(r"scenario\.yaml:(\d+):", printed.err)[1])
    assert 1 <= line <= EXAMPLE.count("\n")
    assert printed.out == ""
    assert not out.exists()


def test_all_faults_of_a_file_are_named_at_once(tmp_path, capsys):
    text = EXAMPLE
    chosen = ["a missing unit", "a misspelt key", "a NaN", "a width that is not a number"]
    for fault in chosen:
        text = text.replace(*FAULTS[fault][:2])
    assert main(["check", str(write_example(tmp_path / "office", text=text))]) == 3
    printed = "".join(capsys.readouterr())
    for fault in chosen:
        assert re.search(FAULTS[fault][2], printed), fault
