"""The command line: what goes to stdout, what to stderr, which exit code."""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from drillsim import __version__
from drillsim.cli import Exit, console, main
from drillsim.errors import DrillsimError
from tests.example import EXAMPLE, write_example

ROOT = Path(__file__).resolve().parents[1]
FEW = ("--replications", "3", "--no-sensitivity", "--workers", "1")


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def drill(capsys):
    """Runs the command and returns its exit code and what it said."""

    def call(*arguments: object) -> Said:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def small(tmp_path) -> Path:
    return write_example(tmp_path / "small")


@pytest.fixture
def broken(tmp_path) -> Path:
    text = EXAMPLE.replace("width: 0.9 m}", "width: 0.9}", 1).replace("count: 6", "cuont: 6")
    return write_example(tmp_path / "broken", text=text)


# ------------------------------------------------------------------ start-up


def test_help_imports_no_library_but_click():
    code = (
        "import sys; from drillsim.cli import main; main(['--help']); main(['run', '--help']); "
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    heavy = {
        "matplotlib",
        "scipy",
        "pandas",
        "networkx",
        "dask",
        "numpy",
        "pydantic",
        "simpy",
        "yaml",
        "rich",
    }
    assert not loaded & heavy
    assert "click" in loaded


def test_help_tells_the_exit_codes_and_what_it_is_not(drill):
    said = drill("--help")
    assert said.code == 0
    text = " ".join(said.out.split())
    assert (
        "0 done, 1 an objective missed and --strict asked, 2 wrong use, 3 scenario invalid, 4 run failed"
        in text
    )
    assert "not for use at a real incident" in text


def test_the_version_is_told(drill):
    assert drill("--version").out == f"drillsim, version {__version__}\n"


def test_python_dash_m_is_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["drillsim", "--version"])
    with pytest.raises(SystemExit) as exit_:
        runpy.run_module("drillsim", run_name="__main__")
    assert exit_.value.code == 0
    assert __version__ in capsys.readouterr().out


# ------------------------------------------------------------------ check


def test_check_says_that_a_good_scenario_can_be_run(drill, small):
    said = drill("check", small)
    assert said.code == Exit.OK
    assert said.out.startswith(
        "small-office can be run: 5 spaces, 4 links, 10 people, 1 hazards, plans at-once"
    )


def test_check_lists_every_error_with_its_place(drill, broken):
    said = drill("check", broken)
    assert said.code == Exit.INVALID
    assert said.out.startswith("Errors: ")
    assert "scenario.yaml:18:58" in said.out
    assert "has no unit" in said.out
    assert "cuont" in said.out
    assert "count" in said.out
    assert said.err == ""


def test_check_tells_warnings_apart(drill, tmp_path):
    folder = write_example(tmp_path / "odd", text=EXAMPLE.replace("horizon: 2 h", "horizon: 20 min"))
    said = drill("check", folder)
    assert said.code == Exit.OK
    assert said.out.startswith("Warnings: 1\n")
    assert "the horizon of 20 min cuts runs off" in said.out
    assert "small-office can be run" in said.out
    document = json.loads(drill("check", folder, "--json").out)
    assert [problem["severity"] for problem in document["problems"]] == ["warning"]


def test_check_json_is_one_document(drill, broken, small):
    document = json.loads(drill("check", broken, "--json").out)
    assert document["valid"] is False
    assert {"file", "line", "column", "path", "message", "id", "severity"} == set(document["problems"][0])
    assert json.loads(drill("check", small, "--json").out)["scenario"] == "small-office"


@pytest.mark.parametrize(("name", "start"), [("plan.png", b"\x89PNG"), ("plan.svg", b"<?xml")])
def test_check_draws_the_facility(drill, small, tmp_path, name, start):
    said = drill("check", small, "--draw", tmp_path / name)
    assert said.code == Exit.OK
    assert (tmp_path / name).read_bytes().startswith(start)
    assert name in said.err


def test_check_draws_nothing_while_there_are_errors(drill, broken, tmp_path):
    said = drill("check", broken, "--draw", tmp_path / "plan.png")
    assert said.code == Exit.INVALID
    assert not (tmp_path / "plan.png").exists()
    assert "nothing is drawn" in said.err


def test_an_entry_can_be_changed_for_one_check(drill, small):
    assert "12 people" in drill("check", small, "--set", "groups.clerks.count=8").out
    assert drill("check", small, "--set", "groups.clerks.count=x").code == Exit.INVALID


# ------------------------------------------------------------------ schema and list


def test_schema_prints_the_schema_that_is_kept_beside_the_scenarios(drill):
    said = drill("schema")
    assert said.code == Exit.OK
    assert said.out == (ROOT / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")


def test_list_names_the_people_a_group_may_take_without_writing_them(drill):
    said = drill("list", "--people")
    assert said.code == 0
    assert re.search(r"^  imo-female-30-50 +Women 30 to 50", said.out, re.M)
    assert re.search(r"^  families +adult-in-family 50 %", said.out, re.M)
    assert re.search(r"^  pd7974-office-m1 ", said.out, re.M)
    assert "办公人员" in drill("list", "--people", "--lang", "zh").out
    found = json.loads(drill("list", "--people", "--json").out)
    assert {row["name"] for row in found["profiles"]} >= {"stair-device", "quay-crane-driver"}
    assert all(row["source"] and row["confidence"] for row in found["profiles"] + found["presets"])


def test_list_names_the_shipped_scenarios_and_their_plans(drill):
    said = drill("list")
    assert said.code == Exit.OK
    assert "terminal-leak  " in said.out
    assert "office-fire  " in said.out
    assert "joint, single-agency-first, staged-forward" in said.out
    document = json.loads(drill("list", "--json").out)
    assert [entry["scenario"] for entry in document] == ["office-fire", "terminal-leak"]
    assert all(entry["valid"] for entry in document)


def test_list_shows_titles_in_chinese_and_what_is_broken(drill, monkeypatch, small, broken):
    monkeypatch.setattr("drillsim.scenario.load.shipped", lambda: {"good": small, "bad": broken})
    said = drill("list", "--lang", "zh")
    assert "good  两间办公室" in said.out
    assert "bad  有错误" in said.out
    assert {"scenario": "bad", "valid": False} in json.loads(drill("list", "--json").out)


def test_list_without_scenarios_says_so(drill, monkeypatch):
    monkeypatch.setattr("drillsim.scenario.load.shipped", dict)
    said = drill("list")
    assert (said.code, said.out) == (Exit.OK, "")
    assert "no scenario is shipped" in said.err


# ------------------------------------------------------------------ run and compare


def test_run_tells_conditions_milestones_objectives_and_what_to_read_aloud(drill, small):
    said = drill("run", small, *FEW, "--start", "09:30", "--plan", "simple")
    assert said.code == Exit.OK
    head = "Two-room office: plan simple, exercise conditions, 3 runs, seed 1, STARTEX 09:30:00"
    assert said.out.splitlines()[0] == head
    for words in ("alarm given", "3 of 3", "all out in time", "at most 6 min", "Given these assumptions"):
        assert words in said.out
    assert "not a safety certificate" in said.out
    assert said.err == ""


def test_run_takes_the_plan_whose_name_comes_first_and_says_so(drill, small):
    said = drill("run", small, *FEW)
    assert "plan at-once, exercise conditions" in said.out
    assert said.err == "drillsim: plan at-once is run (the first by name); the scenario also has simple\n"


def test_run_in_chinese(drill, small):
    said = drill("run", small, *FEW, "--lang", "zh", "--plan", "simple")
    assert said.out.startswith("两间办公室: 预案 simple, 演练条件, 3 次运行")


def test_the_same_seed_gives_the_same_document_another_seed_another(drill, small):
    first, again = (drill("run", small, *FEW, "--plan", "simple", "--json").out for _ in range(2))
    assert first == again
    assert drill("run", small, *FEW, "--plan", "simple", "--json", "--seed", 2).out != first


def test_json_is_one_document_and_nothing_else(drill, small):
    said = drill("run", small, *FEW, "--plan", "simple", "--json", "--conditions", "emergency")
    document = json.loads(said.out)
    assert (document["scenario"], document["seed"], document["conditions"]) == (
        "small-office",
        1,
        "emergency",
    )
    (plan,) = document["plans"]
    assert plan["n"] == 3
    assert {"objectives", "milestones", "measures"} <= set(plan)
    assert said.err == ""


def test_several_plans_are_compared_on_the_same_luck(drill, small):
    said = drill("run", small, *FEW, "--plan", "simple,at-once")
    assert said.out.index("plan simple,") < said.out.index("plan at-once,") < said.out.index("Plans against")
    every = drill("run", small, *FEW, "--plan", "all", "--json")
    assert [plan["plan"] for plan in json.loads(every.out)["plans"]] == ["at-once", "simple"]


def test_compare_gives_paired_differences_with_intervals(drill, small):
    said = drill("compare", small, *FEW, "--plans", "simple,at-once")
    assert said.code == Exit.OK
    assert "on the same luck (3 runs each)" in said.out
    assert "no interval: needs" in said.out
    assert "To be read aloud" not in said.out
    document = json.loads(drill("compare", small, *FEW, "--json").out)
    assert document["differences"][0]["against"] == "at-once"


def test_sensitivity_adds_what_would_turn_a_verdict(drill, small):
    said = drill("run", small, "--replications", 8, "--workers", 1, "--plan", "simple", "--json")
    assert json.loads(said.out)["swings"]


def test_out_writes_the_debrief_and_stdout_stays_the_same(drill, small, tmp_path):
    folder = tmp_path / "deep" / "debrief"
    said = drill("run", small, *FEW, "--plan", "simple", "--json", "--out", folder)
    assert said.code == Exit.OK
    assert said.out == (folder / "result.json").read_text(encoding="utf-8")
    names = {path.name for path in folder.rglob("*")}
    assert {"debrief.html", "result.json", "runsheet.csv", "runsheet.xlsx", "trace.csv"} <= names
    assert str(folder / "debrief.html") in said.err


def test_an_earlier_debrief_is_written_over_and_nothing_else_is_touched(drill, small, tmp_path):
    folder = tmp_path / "debrief"
    folder.mkdir()
    (folder / "debrief.html").write_text("old")
    (folder / "notes.txt").write_text("mine")
    assert drill("run", small, *FEW, "--plan", "simple", "--out", folder).code == Exit.OK
    assert (folder / "debrief.html").read_text(encoding="utf-8") != "old"
    assert (folder / "notes.txt").read_text() == "mine"


def test_injects_can_be_left_out_and_added(drill, small, tmp_path):
    assert drill("run", small, *FEW, "--plan", "simple", "--without", "smoke").code == Exit.OK
    text = EXAMPLE.replace("cue: switch the smoke machine on", "cue: switch the smoke machine on, off: true")
    folder = write_example(tmp_path / "off", text=text)
    assert drill("run", folder, *FEW, "--plan", "simple", "--inject", "smoke").code == Exit.OK


def test_the_number_of_processes_changes_nothing(drill, small):
    base = ("run", small, "--replications", 4, "--no-sensitivity", "--plan", "simple", "--json")
    assert drill(*base, "--workers", 1).out == drill(*base, "--workers", 2).out


def test_unless_named_a_pilot_chooses_the_engine_and_one_worker_is_this_process(monkeypatch, small):
    seen = {}

    def stop(scenario, **how):
        seen.update(how)
        raise DrillsimError("enough")

    monkeypatch.setattr("drillsim.study.replicate.replicate", stop)
    assert main(["run", str(small), "--plan", "simple"]) == Exit.FAILED
    assert (seen["engine"], seen["workers"], seen["replications"]) == ("auto", None, 200)
    assert seen["conditions"] == "exercise"
    assert main(["run", str(small), "--plan", "simple", "--workers", "1"]) == Exit.FAILED
    assert seen["engine"] == "serial"
    assert main(["run", str(small), "--plan", "simple", "--cluster", "tcp://127.0.0.1:1"]) == Exit.FAILED
    assert (seen["engine"], seen["cluster"]) == ("dask", "tcp://127.0.0.1:1")


# ------------------------------------------------------------------ exit codes


def test_a_missed_objective_is_1_only_if_strict_is_asked(drill, small):
    late = ("run", small, *FEW, "--plan", "simple", "--set", "objectives.out-in-time.within=1 s")
    assert drill(*late).code == Exit.OK
    said = drill(*late, "--strict")
    assert said.code == Exit.MISSED == 1
    assert "objectives missed: simple: out-in-time" in said.err
    assert "missed" in said.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Missing command"),
        (["evacuate"], "No such command"),
        (["run"], "Missing argument 'SCENARIO'"),
        (
            ["run", "SMALL", "--plan", "smple"],
            "no plan 'smple'; the scenario has at-once, simple; did you mean simple?",
        ),
        (["run", "SMALL", "--inject", "rain"], "no inject 'rain'; the scenario has smoke"),
        (["run", "SMALL", "--start", "25:00"], "'25:00' is no wall clock; write 09:30"),
        (["run", "SMALL", "--start", "9.30"], "is no wall clock"),
        (["run", "SMALL", "--replications", "0"], "0 is not in the range"),
        (["run", "SMALL", "--replications", "many"], "not a valid integer"),
        (["run", "SMALL", "--conditions", "war"], "'war' is not one of"),
        (["run", "SMALL", "--set", "groups"], "write PATH=VALUE"),
        (["run", "SMALL", "--colour"], "No such option"),
        (["compare", "SMALL", "--plans", "simple"], "compare needs at least two plans"),
        (["check", "SMALL", "--draw", "plan.txt"], "ends neither in .png nor in .svg"),
    ],
)
def test_wrong_use_is_2_and_says_what_is_right(drill, small, arguments, says):
    said = drill(*(str(small) if argument == "SMALL" else argument for argument in arguments))
    assert said.code == Exit.USAGE == 2
    assert said.out == ""
    assert says in said.err
    assert "Traceback" not in said.err


def test_an_invalid_scenario_is_3_and_nothing_is_written(drill, broken, tmp_path):
    said = drill("run", broken, "--out", tmp_path / "debrief", "--json")
    assert said.code == Exit.INVALID == 3
    assert said.out == ""
    assert "scenario.yaml:18:58" in said.err
    assert "nothing was run and nothing written" in said.err
    assert not (tmp_path / "debrief").exists()


def test_no_such_scenario_is_3_and_names_those_there_are(drill, tmp_path):
    said = drill("run", tmp_path / "nothing")
    assert said.code == Exit.INVALID
    assert "no such file, folder or shipped scenario" in said.err


def failing(*replications: int):
    from drillsim.simulation.run import run

    def attempt(scenario, *, replication=0, **how):
        if replication in replications:
            raise DrillsimError("no way out of the hall")
        return run(scenario, replication=replication, **how)

    return attempt


def test_a_failed_run_is_4_and_writes_no_debrief(drill, small, tmp_path, monkeypatch):
    monkeypatch.setattr("drillsim.simulation.run.run", failing(0, 1, 2))
    said = drill("run", small, *FEW, "--plan", "simple", "--out", tmp_path / "debrief")
    assert said.code == Exit.FAILED == 4
    assert said.out == ""
    assert "none of 3 runs of plan simple was carried through; run 0: no way out of the hall" in said.err
    assert [file.suffix for file in (tmp_path / "debrief").iterdir()] == [".sqlite"]  # what is known is kept


def test_some_failed_replications_are_5_and_the_others_are_reported(drill, small, monkeypatch):
    monkeypatch.setattr("drillsim.simulation.run.run", failing(1))
    said = drill("run", small, *FEW, "--plan", "simple")
    assert said.code == Exit.PARTLY == 5
    assert "plan simple, exercise conditions, 2 runs" in said.out
    assert "1 of 3 runs failed, the results are those of the others; the first: run 1: no way out" in said.err


def test_a_defect_is_4_with_its_traceback(drill, small, monkeypatch):
    def defect(*_, **__):
        raise RuntimeError("impossible")

    monkeypatch.setattr("drillsim.study.replicate.replicate", defect)
    said = drill("run", small, *FEW, "--plan", "simple")
    assert said.code == Exit.FAILED
    assert "Traceback" in said.err
    assert "please report" in said.err


def test_a_place_that_cannot_be_written_is_6_before_anything_is_run(drill, small, tmp_path, monkeypatch):
    monkeypatch.setattr("drillsim.study.replicate.replicate", None)  # would be a defect
    file = tmp_path / "file"
    file.write_text("")
    said = drill("run", small, *FEW, "--plan", "simple", "--out", file)
    assert said.code == Exit.DISK == 6
    assert "is not a folder" in said.err
    assert drill("run", small, *FEW, "--plan", "simple", "--out", file / "below").code == Exit.DISK
    said = drill("run", small, *FEW, "--plan", "simple", "--out", small)
    assert said.code == Exit.DISK
    assert "is not empty and holds no debrief of ours" in said.err
    assert sorted(path.name for path in small.iterdir()) == ["scenario.yaml"]


def test_a_full_disk_is_6(drill, small, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", str(tmp_path / "x"))

    monkeypatch.setattr("drillsim.debrief.report.Debrief.save_all", full)
    said = drill("run", small, *FEW, "--plan", "simple", "--out", tmp_path / "debrief")
    assert said.code == Exit.DISK
    assert "x: No space left on device" in said.err
    assert "make room and give the same command again" in said.err
    (kept,) = (tmp_path / "debrief").iterdir()  # the runs are not lost
    assert re.fullmatch(r"study-[0-9a-f]{8}\.sqlite", kept.name)


def test_an_interruption_is_130(drill, small, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("drillsim.study.replicate.replicate", interrupted)
    said = drill("run", small, *FEW, "--plan", "simple")
    assert said.code == Exit.INTERRUPTED == 130
    assert said.err == "drillsim: interrupted\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_long_run_with_130_and_no_traceback(small, workers):
    command = [sys.executable, "-m", "drillsim", "run", str(small), "--replications", "100000"]
    process = subprocess.Popen(
        [*command, "--workers", workers], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "plan at-once is run" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err == "drillsim: interrupted\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_has_gone_gets_no_traceback():
    process = subprocess.Popen(
        [sys.executable, "-m", "drillsim", "schema"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == Exit.DISK


# ------------------------------------------------------------------ what reaches the terminal

EVIL = "a\x9b31mb\u202ec"
ESCAPED = '"a\\x9b31mb\\u202ec"'  # as YAML and as the terminal shows it


def test_no_title_steers_the_terminal(drill, tmp_path):
    text = EXAMPLE.replace("title: Two-room office", f"title: {ESCAPED}").replace(
        "title: all out,", f"title: {ESCAPED},"
    )
    folder = write_example(tmp_path / "evil", text=text)
    for arguments in (("run", folder, *FEW, "--plan", "simple"), ("check", folder)):
        said = drill(*arguments)
        assert not set("\x9b\u202e") & set(said.out + said.err)
    shown = drill("run", folder, *FEW, "--plan", "simple").out
    assert ESCAPED.strip('"') in shown


def test_json_escapes_what_would_steer_a_terminal_and_keeps_it(drill, tmp_path):
    folder = write_example(
        tmp_path / "evil", text=EXAMPLE.replace("title: Two-room office", f"title: {ESCAPED}")
    )
    said = drill("run", folder, *FEW, "--plan", "simple", "--json")
    assert not set("\x9b\u202e") & set(said.out)
    assert json.loads(said.out)["title"] == EVIL


def test_a_message_about_a_file_does_not_steer_the_terminal(drill, tmp_path):
    folder = write_example(tmp_path / "evil", text=EXAMPLE.replace("slot: 30 min", 'slot: "\\e[31m\\n30"'))
    said = drill("check", folder)
    assert said.code == Exit.INVALID
    assert "\x1b" not in said.out
    assert drill("run", tmp_path / "x\x1b[31m").code == Exit.INVALID


def test_json_is_ascii_where_the_terminal_has_no_unicode():
    code = "import sys; from drillsim.cli import main; sys.exit(main(['list', '--json']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=True,
        capture_output=True,
    )
    assert isinstance(json.loads(done.stdout.decode("ascii")), list)


def test_on_windows_output_is_utf_8_wherever_it_goes(monkeypatch):
    asked = []

    class Stream:
        def reconfigure(self, **how):
            asked.append(how)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", Stream())
    monkeypatch.setattr(sys, "stderr", object())
    console.set_up_streams()
    assert asked == [{"encoding": "utf-8", "errors": "replace"}]
