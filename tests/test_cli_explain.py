"""``drillsim explain``: what it says and which exit code it gives."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from drillsim.cli import Exit, main
from tests.example import EXAMPLE, write_example

FEW = ("-n", "4", "--workers", "1")


@pytest.fixture
def explain(tmp_path, capsys):
    """Runs the command on the small example; its exit code, its stdout and its stderr."""
    folder = write_example(tmp_path / "small")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["explain", str(folder), *(str(argument) for argument in arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_it_says_the_path_the_losses_and_the_uses(explain):
    code, out, _ = explain("--plan", "simple", *FEW)
    assert code == Exit.OK
    for heading in (
        "Critical path of run",
        "On the critical path to",
        "What is lost on average",
        "Use and queues",
    ):
        assert heading in out
    assert "The three overlap: they cannot be added up." in out
    assert "the same in every run" not in out.split("Communication")[0]  # four runs: too few to tell


def test_the_document_holds_the_same(explain):
    code, out, _ = explain("--plan", "simple", "--json", *FEW)
    found = json.loads(out)
    assert code == Exit.OK
    assert [loss["cause"] for loss in found["lost"]] == ["queueing", "communication", "variance"]
    path = found["path"]["steps"]
    assert path[0]["start_s"] == 0.0
    assert all(before["end_s"] == after["start_s"] for before, after in pairwise(path))
    assert {use["kind"] for use in found["uses"]} >= {"unit"}
    assert found["runs"] == 4


def test_another_milestone_is_explained_if_asked_for(explain):
    _, out, _ = explain("--plan", "simple", "--milestone", "alarm", "--json", *FEW)
    whole = json.loads(explain("--plan", "simple", "--json", *FEW)[1])
    assert json.loads(out)["milestone"] == "alarm"
    assert json.loads(out)["plan_s"] < whole["plan_s"]


def test_it_speaks_chinese(explain):
    code, out, _ = explain("--plan", "simple", "--lang", "zh", *FEW)
    assert code == Exit.OK
    assert "平均损失的时间" in out
    assert "explain." not in out


@pytest.mark.parametrize(
    "arguments", [("--plan", "nobody"), ("--plan", "simple", "--milestone", "nobody"), ()]
)
def test_what_the_scenario_lacks_is_wrong_use(explain, arguments):
    assert explain(*arguments)[0] == Exit.USAGE


def test_the_shares_of_another_end_do_not_stand_beside_a_milestone(explain):
    _, out, _ = explain("--plan", "simple", "--milestone", "alarm", *FEW)
    assert "known for the plan's end" in out
    assert "On the critical path to" not in out
    _, said, _ = explain("--plan", "simple", "--milestone", "alarm", "--json", *FEW)
    assert json.loads(said)["criticality"] is None
    assert json.loads(explain("--plan", "simple", "--json", *FEW)[1])["criticality"]


def test_each_step_of_the_path_has_its_share_of_all_runs_and_each_queue_its_kind(explain):
    _, out, _ = explain("--plan", "simple", *FEW)
    path, _, rest = out.partition("On the critical path to")
    headings, first, *_ = path.splitlines()[3:]
    assert headings.split()[-1] == "critical"
    assert first.endswith("%")
    uses = rest.partition("Use and queues")[2].splitlines()
    assert uses[1].split()[:2] == ["what", "kind"]
    assert any(line.split()[1] in ("unit", "command", "equipment") for line in uses[2:])


def test_a_plan_that_never_ends_is_explained_by_who_waits_for_what(tmp_path, capsys):
    never = EXAMPLE.replace("horizon: 2 h", "horizon: 2 min").replace("slot: 30 min", "slot: 2 min")
    folder = write_example(tmp_path / "never", text=never)
    assert main(["explain", str(folder), "--plan", "simple", *FEW]) == Exit.OK
    out = capsys.readouterr().out
    assert "No run reached “fire out”" in out
    assert "4 of 4 runs" in out
    assert "What is lost on average" not in out and "Use and queues" not in out
    assert main(["explain", str(folder), "--plan", "simple", "--json", *FEW]) == Exit.OK
    assert "waits" in json.loads(capsys.readouterr().out)["standstill"]


def test_a_plan_that_always_ends_is_not_said_to_stand_still(explain):
    assert "stand" not in explain("--plan", "simple", *FEW)[1]
