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
    "a negative width": (
        "{between: [room-1, hall], kind: door, width: 0.9 m}",
        "{between: [room-1, hall], kind: door, width: -0.9 m}",
        r"scenario\.yaml:\d+:\d+ +facility\.links\.door-1\.width .*-0\.9 m wide.*nothing is left.*wider",
    ),
    "a door narrower than its boundary layers": (
        "{between: [room-1, hall], kind: door, width: 0.9 m}",
        "{between: [room-1, hall], kind: door, width: 0.25 m}",
        r"scenario\.yaml:\d+:\d+ +facility\.links\.door-1\.width .*less 0\.15 m on each side nothing is left",
    ),
    "a space without floor": (
        "room-2: {kind: room, at: [15 m, 5 m], size: [10 m, 10 m]}",
        "room-2: {kind: room, at: [15 m, 5 m], size: [10 m, 0 m]}",
        r"scenario\.yaml:\d+:\d+ +facility\.spaces\.room-2\.size .*10 m by 0 m; both must be more than 0 m",
    ),
    "a negative area": (
        "hall: {kind: corridor, at: [10 m, 11 m], size: [20 m, 2 m]}",
        "hall: {kind: corridor, at: [10 m, 11 m], size: [20 m, 2 m], area: -4 m²}",
        r"scenario\.yaml:\d+:\d+ +facility\.spaces\.hall\.area .*",
    ),
    "more people than a space can hold": (
        "  guests: {count: 4,",
        "  guests: {count: 4000,",
        r"scenario\.yaml:\d+:\d+ +groups\.guests\.count .*4,000 people in room-2 of 100 m².*holds 275",
    ),
    "a party larger than the space it must cross": (
        "hall: {kind: corridor, at: [10 m, 11 m], size: [20 m, 2 m]}",
        "hall: {kind: corridor, at: [10 m, 11 m], size: [20 m, 2 m], area: 1 m²}",
        r"scenario\.yaml:\d+:\d+ +groups\.guests\.together .*party of 4 must cross hall of 1 m².*holds 2",
    ),
    "a profile that is not there": (
        "guests: {count: 4, place: room-2, profile: office,",
        "guests: {count: 4, place: room-2, profile: offise,",
        r"scenario\.yaml:\d+:\d+ +groups\.guests\.profile .*offise.*did you mean 'office'",
    ),
    "an exit locked for ever": (
        "exit: {between: [street, hall], kind: door, width: 1.0 m, vehicles: false}",
        "exit: {between: [street, hall], kind: door, width: 1.0 m, vehicles: false, locked: true}",
        r"scenario\.yaml:\d+:\d+ +groups\.\w+ .*cannot reach lawn: locked for ever.*exit.*closed: false",
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
    text = EXAMPLE.replace("musters: [lawn], role", "musters: [lawn], together: true, role")
    assert text.count(old) == 1
    folder = write_example(tmp_path / "office", text=text.replace(old, new))
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
