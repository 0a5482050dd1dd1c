"""A drill in which nobody can get out: what the planner is told at the terminal, aloud and on the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from drillsim.debrief import standstill
from drillsim.debrief.printout import study_lines
from drillsim.debrief.report import debrief
from drillsim.debrief.sentences import summary
from drillsim.measures.standstill import RING, Wait
from drillsim.scenario.load import load
from drillsim.study.replicate import replicate
from tests.debrief import fakes
from tests.example import EXAMPLE, write_example

SHUT = EXAMPLE.replace(
    "injects:\n",
    "injects:\n  jammed:\n    {title: jammed, at: 1 s, cue: wedge,"
    " effects: [{do: link, link: exit, closed: true}]}\n",
)
SHUT = SHUT.replace(
    "    end: fire-out\n",
    "      finish: {title: Finish, after: [all-out, fire-out], takes: {value: 1 min, source: assumed},"
    " milestone: over}\n    end: over\n",
).replace("  fire-out: {title", "  over: {title: over, observed: all is done}\n  fire-out: {title", 1)
# Nobody is to be felled by the smoke before it stands still.
SHUT = SHUT.replace("    smoulder: {median: 2 min", "    peak: 2 kW\n    smoulder: {median: 2 min")

TOLD = {
    "en": (
        "It stood still in 3 of 3 runs",
        '"Finish" waits for "all out" since 18 min 21 s after STARTEX (3 of 3 runs).',
        "in 3 of 3 runs, at most 10 people in one run: 6 people in room-1, 4 people in room-2.",
        "Not reached in any of 3 runs: all out, over.",
        "3 of 3 runs do not reach it.",
        "Nobody walked out, so there is nothing to compare.",
    ),
    "zh": (
        "3 次运行中 3 次停滞",
        '"Finish"自演练开始后 18 分 21 秒 起等待"all out" (3 次运行中 3 次)。',
        "3 次运行中 3 次有人被困 (无路可出), 单次最多 10 人: room-1 6 人、room-2 4 人。",
        "3 次运行均未达到: all out、over。",
        "3 次运行中 3 次未达到。",
        "无人撤出, 因此无可比较。",
    ),
}


@pytest.fixture(scope="module")
def shut_in(tmp_path_factory):
    scenario = load(write_example(tmp_path_factory.mktemp("shut"), text=SHUT))
    return replicate(scenario, plan="simple", replications=3, seed=1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terminal_tells_who_waits_who_is_trapped_and_what_was_not_reached(shut_in, language):
    lines = list(study_lines(debrief(shut_in, language=language), language=language, brief=False))
    text = "\n".join(lines)
    assert [told for told in TOLD[language] if told not in text] == []
    never = {"en": "0 of 3", "zh": "3 次中 0 次"}[language]
    assert [line.split()[0] for line in lines if line.endswith(never)] == ["all", "over"]
    assert not re.search("内 未达到|未达到 内|within not reached", text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_tells_the_same_and_says_why_there_are_no_exits(shut_in, language):
    made = debrief(shut_in, language=language)
    page = made.html.replace("\u00a0", " ").replace("&#34;", '"')
    assert [told for told in TOLD[language] if told not in page] == []
    run = made.trace(shut_in).header.replication
    nobody = {"en": f"Nobody got out in run {run},", "zh": f"第 {run} 次运行中无人撤出"}[language]
    nothing = {"en": "No run reached the end of the plan", "zh": "没有运行达到预案结束"}[language]
    assert nobody in page
    assert nothing in page
    assert "<thead><tr></tr></thead>" not in page


def test_the_table_of_exits_keeps_its_headings_though_nobody_is_out(shut_in):
    made = debrief(shut_in)
    (line,) = made.files()["exits.csv"].decode("utf-8-sig").splitlines()
    assert line == "link,title,heads,share,first_s,last_s,idle_s"
    content = json.loads(made.json)["plans"][0]["standstill"]
    (wait,) = content["waits"]
    assert wait.pop("since_s") == pytest.approx(1101.3, abs=0.1)  # fire out: then nothing else is missing
    assert wait == {"who": "finish", "what": "all-out", "place": "", "runs": 3}
    assert content["trapped"][0] == {"place": "room-1", "most_heads": 6, "runs": 3}


def test_a_drill_that_comes_to_its_end_is_told_nothing_of_the_kind():
    assert summary(fakes.fake_ensemble()).standstill == ()


def waiting(*waits: Wait, trapped: tuple[tuple[str, int], ...] = (), language: str = "en") -> list[str]:
    """What is told of two runs, the first of which ends with these waits."""
    ensemble = fakes.fake_ensemble(n=2)
    first = replace(ensemble.outcomes[0], end="standstill", waits=waits, trapped=trapped)
    changed = replace(ensemble, outcomes=(first, ensemble.outcomes[1]))
    return list(standstill.told(changed, language=language))[1:]


def test_at_most_three_reasons_are_told_and_first_what_waits_for_nobody_who_waits():
    told = waiting(
        Wait("all-clear", "plug", "", 0),
        Wait("close-gate", "done.call-119", "", 0),
        Wait("plug", "done.recon", "", 0),
        Wait("recon", "knowledge of cargo", "", 0),
        Wait("call-119", "1 x unit dispatcher, held by evacuate-order", "", 0),
    )
    assert told == [
        '"Call 119 and 110" waits for Dispatcher, held by "Order to leave" (1 of 2 runs).',
        '"Reconnaissance in gas-tight suits" waits for word of "UN number of the cargo" (1 of 2 runs).',
        '"All clear" waits for "Plug the drum" (1 of 2 runs).',
    ]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("an order of duty-manager", "an order of Duty manager"),
        ("duty-manager to take office at told", 'Duty manager to take office ("Control told")'),
        ("a way from gate to yard", "a way from Gate road to Yard"),
        ("2 x unit car, 1 x capacity radio", "2 × Police car, radio"),
        ("hazard.drum.contained", '"Drum: contained"'),
        ("something else", '"something else"'),
    ],
)
def test_what_is_waited_for_is_told_in_words(what, words):
    assert waiting(Wait("plug", what, "", 0)) == [f'"Plug the drum" waits for {words} (1 of 2 runs).']
    assert "waits" not in waiting(Wait("plug", what, "", 0), language="zh")[0]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (
            "1 x unit car, 1 x capacity radio, out: unit car since inject.wind",
            'Police car, radio (Police car out of service since "Wind turns")',
        ),
        (
            "hazard.drum.contained, left out: plug",
            '"Drum: contained" ("Plug the drum" would bring it, but was left out: '
            "its condition did not hold)",
        ),
    ],
)
def test_why_what_is_waited_for_does_not_come_is_told(what, words):
    assert waiting(Wait("recon", what, "", 0))[0].endswith(f"waits for {words} (1 of 2 runs).")


def test_people_in_a_queue_that_does_not_move_and_one_person_trapped_are_told_by_number():
    jam = Wait("", "room in the next space", "shed", 12)
    told = waiting(jam, trapped=(("shed", 1),))
    assert told[0] == "A queue of 12 people in Shed waits for room in the next space (1 of 2 runs)."
    assert told[1].endswith("in 1 of 2 runs, at most 1 person in one run: 1 person in Shed.")
    many = tuple((name, 1) for name in ("gate", "muster-w", "shed", "yard", ""))
    assert waiting(trapped=many)[0].endswith(", 2 more places.")
    assert waiting(trapped=(("", 1),))[0].endswith("1 person in a place the run does not tell.")


def test_a_wait_is_told_with_the_time_it_began_and_pairs_and_stages_by_their_titles():
    told = waiting(
        Wait("plug, chemical-unit-1 pair 1, 2", "4 x suits, 4 x bottles", "", 0, 600.0),
        Wait("plug (keeps)", "out.recon", "", 0, 660.0),
        Wait("recon", "a line of joint", "", 0, 30.0),
    )
    assert sorted(told) == [
        '"Plug the drum" (units kept there) waits for '
        'the crew of "Reconnaissance in gas-tight suits" to be out and clean '
        "since 11 min after STARTEX (1 of 2 runs).",
        '"Reconnaissance in gas-tight suits" waits for a line of joint since 30 s after STARTEX '
        "(1 of 2 runs).",
        'Chemical unit, pair 1, 2 ("Plug the drum") waits for 4 × suits, 4 × bottles '
        "since 10 min after STARTEX (1 of 2 runs).",
    ]


def test_two_agencies_that_hold_what_the_other_waits_for_are_named_with_their_tasks():
    waits = (
        Wait("call-119", "1 x unit car, held by close-gate", "", 0, 60.0),
        Wait("close-gate", "1 x unit dispatcher, held by call-119", "", 0, 90.0),
        Wait("call-119 → close-gate → call-119", RING, "", 0),
    )
    (told,) = waiting(*waits)
    assert told == (
        'Terminal and Port police hold what the other waits for: "Call 119 and 110" (Terminal) waits for '
        'Police car, held by "Close the inbound gate"; "Close the inbound gate" (Port police) waits for '
        'Dispatcher, held by "Call 119 and 110" (1 of 2 runs).'
    )
    (chinese,) = waiting(*waits, language="zh")
    assert chinese.startswith("码头和港区公安互相占用对方所等待的")
