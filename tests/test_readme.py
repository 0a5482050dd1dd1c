"""What the README promises."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

import drillsim
from drillsim.cli import Exit, commands, main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def write_first_scenario(folder: Path) -> Path:
    return write(folder, blocks("yaml")[0])


def write(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_example_of_who_answers_is_complete_and_ends(tmp_path):
    scenario, problems = drillsim.check(write(tmp_path / "leak", blocks("yaml")[2]))
    assert scenario is not None
    assert problems == ()
    ends = {
        drillsim.run(scenario, plan="usual", conditions="exercise", replication=number).first("end")[1].task
        for number in range(10)
    }
    assert ends == {"endex"}


def test_the_first_scenario_has_no_error_and_no_warning(tmp_path):
    scenario, problems = drillsim.check(write_first_scenario(tmp_path / "shop"))
    assert scenario is not None
    assert problems == ()


def test_the_example_of_how_people_move_can_be_run(tmp_path):
    """What the example names (rooms, ways, a muster) is added; everything it says of people is its own."""
    text = blocks("yaml")[1]
    folder = write_first_scenario(tmp_path / "shop")
    data = yaml.safe_load(
        (folder / "scenario.yaml").read_text(encoding="utf-8").replace("10:00:00", "'10:00:00'")
    )
    shown = yaml.safe_load(text)
    rooms = ("hall", "room-3", "lobby-1", "lobby-2", "lobby-3", "stair-a", "stair-b")
    data["facility"]["spaces"] = {
        name: {"kind": "room", "at": [f"{12 * i} m", "0 m"], "size": ["12 m", "12 m"]}
        | ({"level": f"{4 * int(name[-1])} m"} if name.startswith("lobby") else {})
        for i, name in enumerate(rooms)
    } | {"lawn": {"kind": "muster", "at": ["40 m", "40 m"], "size": ["90 m", "60 m"], "outdoors": "true"}}
    data["facility"]["links"] = {
        f"door-{name}": {"between": [name, "lawn"], "kind": "door", "width": "1 m"} for name in rooms
    } | {f"link-{i}": {"between": list(pair), "width": "2 m"} for i, pair in enumerate(pairwise(rooms))}
    data["facility"] |= shown["facility"]
    data["groups"] = shown["groups"]
    data["agencies"]["shop"]["units"]["manager"]["station"] = "hall"
    data["milestones"]["all-out"]["when"]["empty"] = "hall"
    data["plans"]["plain"]["tasks"]["call-out"]["at"] = "hall"
    data["plans"]["plain"]["tasks"]["count"]["at"] = "lawn"
    (folder / "scenario.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    scenario, problems = drillsim.check(folder)
    assert scenario is not None, [str(problem) for problem in problems]
    trace = drillsim.run(scenario, plan="plain", conditions="emergency")
    states = {(row.actor, row.task): row.value for _, row in trace.of("person")}
    assert states == {(name, "evacuated"): group["count"] for name, group in shown["groups"].items()}


def test_the_commands_of_the_first_ten_minutes_work(tmp_path, monkeypatch, capsys):
    write_first_scenario(tmp_path / "shop")
    monkeypatch.chdir(tmp_path)
    few = ["--replications", "4", "--no-sensitivity", "--workers", "1"]
    assert main(["check", "shop", "--draw", "shop.png"]) == Exit.OK
    assert main(["run", "shop", "--out", "shop-debrief", *few]) == Exit.OK
    assert (tmp_path / "shop-debrief" / "debrief.html").exists()
    capsys.readouterr()
    assert main(["run", "shop", "--set", "groups.customers.count=150", *few]) == Exit.OK
    assert "4 of 4" in capsys.readouterr().out


def test_taking_a_unit_off_is_found(tmp_path, capsys):
    folder = write_first_scenario(tmp_path / "shop")
    file = folder / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("width: 1.0 m", "width: 1.0"), encoding="utf-8")
    assert main(["check", str(folder)]) == Exit.INVALID
    assert '"1.0" has no unit; write 1.0 m' in capsys.readouterr().out


@pytest.mark.slow
def test_the_five_lines_of_python_work(tmp_path, monkeypatch):
    (text,) = blocks("python")
    monkeypatch.chdir(tmp_path)
    text = text.replace('"scenarios/terminal-leak"', '"terminal-leak"').replace("=200", "=3")
    exec(compile(ast.parse(text), "README.md", "exec"), {})
    assert (tmp_path / "debrief.html").stat().st_size > 10_000


def test_every_command_and_only_commands_that_exist_are_in_the_table():
    told = set(re.findall(r"^\| `drillsim (\w+)", README, re.MULTILINE))
    assert told == set(commands.commands)


def test_every_option_the_readme_names_exists():
    known = {
        option for command in commands.commands.values() for entry in command.params for option in entry.opts
    }
    ours = re.sub(r"^(?:dask|openssl) .*", "", README, flags=re.MULTILINE)
    told = set(re.findall(r"(--[a-z][a-z-]+)", ours))
    assert told <= known


def test_every_exit_code_is_told():
    told = set(map(int, re.findall(r"^\| (\d+) \|", README, re.MULTILINE)))
    assert told == {int(code) for code in Exit}


def test_pictures_and_links_of_the_readme_are_there():
    places = re.findall(r"\]\(([^)#]+)\)", README)
    assert not [place for place in places if "://" not in place and not (ROOT / place).exists()]


def test_the_readme_says_which_python_is_needed():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    assert parser["options"]["python_requires"] == ">=3.11"
    assert "Python 3.11 or newer" in README


def test_the_check_from_scratch_runs_the_test_commands_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands_of_readme = [
        line for block in blocks("sh") for line in block.splitlines() if line.startswith("python3")
    ]
    assert len(commands_of_readme) == 2
    install, test = commands_of_readme[1].split(" && ")[1:]
    assert install in script
    assert test in script
    assert commands_of_readme[0].split(" && ")[2] in script


def test_the_fire_shown_can_be_written_into_the_office(tmp_path):
    (shown,) = (text for text in blocks("yaml") if "senses:" in text)
    folder = tmp_path / "office"
    shutil.copytree(ROOT / "scenarios" / "office-fire", folder)
    file = folder / "scenario.yaml"
    before, rest = file.read_text(encoding="utf-8").split("hazards:\n", 1)
    agencies = rest[rest.index("agencies:\n") :]
    file.write_text(f"{before}{shown}\n{agencies}", encoding="utf-8")
    scenario, problems = drillsim.check(folder)
    assert scenario is not None, problems
