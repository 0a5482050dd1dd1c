from __future__ import annotations

import pytest

from drillsim.cli import console


@pytest.fixture
def clock(monkeypatch):
    console.language.set("en")  # a command of another test may have spoken Chinese
    now = [100.0]
    monkeypatch.setattr(console, "monotonic", lambda: now[0])
    return now


def test_without_a_bar_a_line_now_and_then_says_how_long_it_will_take(clock, capsys):
    with console.progress("cli.running") as tick:
        tick(400, 1000)  # read from a store: says nothing of the speed
        clock[0] += 19.0
        tick(440, 1000)
        assert capsys.readouterr().err == ""
        clock[0] += 1.0
        tick(450, 1000)
        assert capsys.readouterr().err == "drillsim: runs: 450 of 1000, about 3 min 40 s left\n"
        clock[0] += 59.0
        tick(600, 1000)
        assert capsys.readouterr().err == ""
        clock[0] += 1.0
        tick(700, 1000)
        assert capsys.readouterr().err == "drillsim: runs: 700 of 1000, about 1 min 20 s left\n"


def test_a_study_that_is_done_says_nothing_more(clock, capsys):
    with console.progress("cli.running") as tick:
        tick(0, 10)
        clock[0] += 1000.0
        tick(10, 10)
    assert capsys.readouterr().err == ""
