"""Demands, orders, messages, moments and circles of a response that cannot come about."""

from __future__ import annotations

import pytest

from tests.scenario.changing import found, only

SURE = "source: assumed, confidence: low"
ROLES = "    staging: [street]\n"
LOOK_TITLE = "        title: Look\n"
QUENCH_TITLE = "        title: Put the fire out\n"
ANNOUNCE_TITLE = "        title: Give the alarm\n"
TASKS = "    tasks:\n      look:\n"
LOOK_INFORMS = "effects: [{do: inform, item: fire-confirmed}]"
TELL = "          - {do: tell, groups: everyone, mode: voice}\n"
ENGINE = "        people: 6\n"
AGENCIES = "agencies:\n"
BRIGADE = "    title: Fire brigade\n"
INJECT = "after: alarm, delay: 30 s, "
PLANS = "plans:\n"
AIR = f"air: {{usable: 24 min, change: {{value: 3 min, {SURE}}}"
CHIEF = f"      chief: {{agency: house, decides: {{value: 30 s, {SURE}}}}}\n"
CHANNEL = f"channels: {{tactical: {{talk: {{value: 10 s, {SURE}}}}}}}\n"


def quench(*lines: str):
    """Keys for the task of the engine."""
    return (QUENCH_TITLE, QUENCH_TITLE + "".join(f"        {line}\n" for line in lines))


def look(*lines: str):
    return (LOOK_TITLE, LOOK_TITLE + "".join(f"        {line}\n" for line in lines))


def announce(*lines: str):
    return (ANNOUNCE_TITLE, ANNOUNCE_TITLE + "".join(f"        {line}\n" for line in lines))


def more_tasks(*lines: str):
    """Tasks besides, in both plans."""
    return (TASKS, "    tasks:\n" + "".join(f"      {line}\n" for line in lines) + "      look:\n")


def effects(*lines: str):
    """Effects of the task that gives the alarm."""
    return (TELL, TELL + "".join(f"          - {{{line}}}\n" for line in lines))


def section(text: str):
    return (AGENCIES, f"{text}\n{AGENCIES}")


def work(**keys: str) -> str:
    """A short task on one line."""
    given = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"{{title: t, takes: {{value: 1 min, {SURE}}}{given}}}"


CORRIDOR = f"corridors: {{wash: {{opens: fire-out, stages: [{{name: shower, places: 1, takes: {{value: 1 min, {SURE}}}}}]}}}}"
SUIT = "suits: {splash: {level: B, don: {value: 1 min, %s}%s}}"
BOTTLE = ", bottle: {volume: 6.8 L, pressure: 28 MPa%s}"


def roles(text: str):
    """More roles beside the chief."""
    return (CHIEF, CHIEF + "".join(f"      {line}\n" for line in text.split("|")))


OFFICE = f"decides: {{value: 30 s, {SURE}}}"

CIRCLES = [
    ([look("when: {happened: fire-out}")], "plan-cycle", "announce → quench → fire-out → look → announce"),
    ([look("keeps_until: alarm"), announce("when: [{happened: failed.quench}, {happened: [failed.quench, look]}]"),
      quench("fails: {chance: 10 %}")], "plan-cycle", "announce → quench → failed.quench → announce"),
    ([(CHIEF, CHIEF.replace("agency", "takes_office: staged.engine, agency"))], "plan-cycle",
     "announce → staged.engine → announce"),
    ([roles(f"boss: {{held_by: deputy}}|deputy: {{takes_office: quench, agency: house, {OFFICE}}}"),
      ("order_by: chief", "order_by: boss")], "plan-cycle", "announce → quench → announce"),
    ([section(CORRIDOR), quench("if: {happened: alarm}"),
      ("effects: [{do: treat, hazard: bin, action: attack}]",
       "effects: [{do: treat, hazard: bin, action: attack}, {do: decontaminate, corridor: wash}]")],
     "plan-cycle", "fire-out → quench → fire-out"),
    ([("        order_by: chief\n", "        order_by: chief\n        when: {level: big}\n"),
      (ROLES, ROLES + "    levels: {big: {rank: 2}}\n"),
      ("action: attack}]", "action: attack}, {do: level, level: big}]")], "plan-cycle",
     "announce → quench → level.big → announce"),
    ([quench("air: {usable: 24 min, corridor: wash, change: 3 min}"),
      section(CORRIDOR.replace("opens: fire-out", "opens: last")),
      ("milestones:\n", "milestones:\n  last: {title: l, observed: l}\n"),
      more_tasks(f"tail: {work(after='out.quench', milestone='last')}")], "plan-cycle", "out.quench → tail → last"),
    ([roles(f"one: {{agency: house, reports_to: two, {OFFICE}}}|two: {{agency: house, reports_to: one, {OFFICE}}}")],
     "role-circle", "report to each other: two → one → two"),
    ([roles("one: {held_by: two}|two: {held_by: one}")], "role-circle", "held by each other"),
]  # fmt: skip

DEMANDS = [
    ([look("may_join: {warden: 3}", f"effort: {{value: 1 min, {SURE}}}")], "units-too-few", "there are 2"),
    ([("{radio: 1}", "{radio: 4}"), (ENGINE, ENGINE + "        brings: {radio: 2}\n")], "capacity-too-small",
     "4 × radio, but there are 3, with those on engine"),
    ([("{radio: 1}", "{tactical: 2}"), section(CHANNEL)], "capacity-too-small", "2 × tactical, but there are 1"),
    ([section(SUIT % (SURE, ", stock: suit")), quench("wearing: splash", f"{AIR}}}"),
      ("capacities:\n", "capacities:\n  suit: {count: 3}\n")], "suits-too-few", "4 people need suits"),
    ([section(SUIT % (SURE, ", stock: suit")), quench("wearing: splash"),
      ("capacities:\n", "capacities:\n  suit: {count: 5}\n")], "suits-too-few", "6 people need suits"),
    ([section(SUIT % (SURE, BOTTLE % ", stock: full")), quench("wearing: splash", f"air: {{change: 3 min}}"),
      ("capacities:\n", "capacities:\n  full: {count: 3}\n")], "bottles-too-few", "there are 3 × full"),
    ([quench(f"{AIR}, pairs: 3}}")], "pairs-too-few", "take 8 people, but those who do it are 6"),
    ([quench("air: {change: 3 min}")], "air-missing", "wear a suit that has a bottle"),
    ([quench("wearing: splash", f"{AIR}, way: 5 min}}"),
      section(SUIT % (SURE, ", heat: [{from: 20 °C, longest: 10 min}]"))], "air-spent", "at 20 °C"),
    ([section("shifts: {day: {from: 08:00:00, until: 18:00:00}}"),
      (ENGINE, ENGINE + "        shifts: {day: {count: 0}}\n")], "unit-off-shift", "in which STARTEX lies"),
    ([more_tasks(f"post: {work(by='engine', after='announce', keeps_units='true')}"),
      quench("delay: 1 min", "when: {happened: post}")], "kept-for-ever", "'post' keeps 1 × engine to the end"),
    ([more_tasks(f"post: {work(by='engine', after='announce', keeps_until='fire-out')}"),
      quench("when: {happened: post}")], "kept-for-ever", "until fire-out and 0 are left"),
    ([more_tasks(f"talk: {work(uses='{radio: 1}', keeps_until='alarm')}"),
      look("when: {happened: talk}")], "kept-for-ever", "1 × radio, but 'talk' keeps 1 × radio until alarm"),
]  # fmt: skip

NEVER = [
    ([quench("keeps_until: failed.look")], "event-never-comes", "write `fails:` in it"),
    ([quench("keeps_until: out.look")], "event-never-comes", "write `air:` in it"),
    ([look("if: {happened: mayday.quench}")], "event-never-comes", "write `air:` in it"),
    ([look("when: {happened: level.big}"), (ROLES, ROLES + "    levels: {big: {rank: 2}}\n")],
     "event-never-comes", "{do: level, level: big}"),
    ([look("when: [{level: big}, {happened: startex}]"), (ROLES, ROLES + "    levels: {big: {rank: 2}}\n")],
     "level-never-reached", "never raised to 'big' or higher"),
    ([("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n"),
      roles(f"duty: {{takes_office: quiet, agency: house, {OFFICE}}}")], "event-never-comes",
     "no task of plan 'simple' makes this milestone"),
    ([("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n"), (INJECT, "after: quiet, ")],
     "event-never-comes", "milestone: quiet"),
    ([section(CORRIDOR.replace("fire-out", "quiet")),
      ("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n"),
      effects("do: decontaminate, corridor: wash")], "event-never-comes", "'quiet' never comes"),
    ([look("when: {reached: {hazard: bin, threshold: hot, at: room-2}}")], "unknown-threshold",
     "no threshold 'hot' in its spaces"),
    ([look("when: {reached: {hazard: bin, threshold: detected, at: room-2}}")], "unknown-threshold",
     "write `happened: hazard.bin.detected`"),
    ([(INJECT, "at: 20 min, latest: 10 min, ")], "inject-too-late", "latest 10 min is before at 20 min"),
    ([(INJECT, "after: alarm, delay: 20 min, latest: 10 min, ")], "inject-too-late", "20 min after STARTEX"),
    ([(INJECT, "after: announce, latest: 5 s, ")], "inject-too-late", "after STARTEX at the soonest"),
    ([(INJECT, "at: 20 min, when: {happened: alarm}, ")], "inject-two-moments", "both at and when"),
]  # fmt: skip

MESSAGES = [
    ([(LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]"), quench("needs: fire-confirmed")],
     "info-never-told", "nobody tells brigade of 'fire-confirmed' in plan 'simple', only house can know it"),
    ([effects("do: message, to: brigade, items: cause", "do: inform, item: cause, to: brigade"),
      ("information:\n", "information:\n  cause: what burns\n")], "info-never-told",
     "nobody tells house of 'cause' in plan 'simple', so it cannot pass it on"),
    ([look("if: {known: fire-confirmed, by: brigade}"),
      (LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]")], "info-never-known",
     "brigade never learns of 'fire-confirmed'"),
    ([(ROLES, ROLES + "    lines: {a: {between: [house, brigade]}, b: {between: [brigade, house]}}\n")],
     "line-twice", "line 'a' joins brigade and house too"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [*CIRCLES, *DEMANDS, *NEVER, *MESSAGES],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_response_that_cannot_come_about_is_an_error_with_its_place_and_remedy(tmp_path, changes, kind, words):
    assert only(found(tmp_path, *changes), kind, words).severity == "error"


DOUBTS = [
    ([roles(f"boss: {{held_by: deputy}}|deputy: {{takes_office: alarm, agency: house, {OFFICE}}}")],
     "office-late", "deputy from 'alarm'"),
    ([section("shifts: {night: {from: 20:00:00, until: 06:00:00}}"),
      (ENGINE, ENGINE + "        shifts: {night: {count: 0}}\n")], "unit-off-shift", "runs that start then"),
    ([look("may_join: {warden: 2}", f"effort: {{value: 1 min, {SURE}}}")], "join-never", "there are 2"),
    ([(ROLES, ROLES + "    levels: {big: {rank: 2}}\n")], "level-never-raised", "{do: level, level: big}"),
    ([(ROLES, ROLES + "    levels: {big: {rank: 2}, huge: {rank: 2}}\n"),
      effects("do: level, level: big", "do: level, level: huge")], "level-ranks", "'big' has rank 2 too"),
    ([(INJECT, INJECT + "fallback_effects: [{do: inform, item: fire-confirmed}], ")], "fallback-never", "`latest`"),
    ([effects("do: message, to: brigade")], "line-missing", "house and brigade have neither a line"),
    ([more_tasks(f"tell: {work(effects='[{do: message, to: brigade}]')}")], "sender-missing", "`sender: AGENCY`"),
    ([more_tasks(f"post: {work(by='engine', after='announce', keeps_until='fire-out')}")], "kept-too-long",
     "whichever of them asks first"),
    ([section(CHANNEL.replace("10 s", "6 min"))], "talk-long", "6 min for one message"),
    ([(BRIGADE, f"{BRIGADE}    answering: {{takes: {{value: 6 min, {SURE}}}}}\n")], "talk-long", "answering one call"),
    ([roles("|".join(f"r{n}: {{agency: house, reports_to: chief, {OFFICE}}}" for n in range(8)))], "span-wide",
     "8 roles report to 'chief'"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "words"), DOUBTS, ids=[doubt[1] for doubt in DOUBTS])
def test_what_is_doubtful_in_a_response_is_a_warning_and_the_scenario_still_loads(tmp_path, changes, kind, words):
    assert only(found(tmp_path, *changes), kind, words).severity == "warning"


KEEP = [
    more_tasks(
        f"cool: {work(by='engine', after='announce', keeps_until='lifted')}",
        f"lift: {work(by='{warden: 2}', after='cool', milestone='lifted')}",
        f"drain: {work(by='warden', after='announce', keeps_until='covered')}",
        f"cover: {work(by='engine', after='drain', milestone='covered')}",
    ),
    ("milestones:\n", "milestones:\n  lifted: {title: l, observed: l}\n  covered: {title: c, observed: c}\n"),
]


def test_two_tasks_that_keep_what_the_other_needs_first_are_doubted_before_the_run(tmp_path):
    said = only(found(tmp_path, *KEEP), "kept-crosswise", "'cool' keeps engine until lifted; 'drain' keeps warden")
    assert said.severity == "warning" and said.path.endswith("tasks.cool.keeps_until")


def test_with_a_unit_more_nothing_is_kept_from_anybody(tmp_path):
    assert found(tmp_path, *KEEP, ("{count: 2, people: 1", "{count: 3, people: 1")) == ()


GOOD = {
    "a moment of a task that may fail": [
        quench("fails: {chance: 10 %}"), more_tasks(f"again: {work(by='engine', after='failed.quench')}")],
    "one of several conditions is enough": [look("when: [{happened: fire-out}, {happened: startex}]")],
    "what comes when the work begins": [
        announce("keeps_until: quench"), quench("when: {happened: alarm}")],
    "an office taken by one of two": [
        roles(f"boss: {{held_by: [chief, deputy]}}|deputy: {{takes_office: quench, agency: house, {OFFICE}}}"),
        ("order_by: chief", "order_by: boss")],
    "a role that reports to another": [roles(f"one: {{agency: house, reports_to: chief, {OFFICE}}}")],
    "a crew that joins": [look("may_join: warden", f"effort: {{value: 1 min, {SURE}}}")],
    "equipment that comes along": [("{radio: 1}", "{radio: 3}"), (ENGINE, ENGINE + "        brings: {radio: 2}\n")],
    "a line of a channel": [("{radio: 1}", "{tactical: 1}"), section(CHANNEL)],
    "suits for all who wear them": [
        section(SUIT % (SURE, ", stock: suit")), quench("wearing: splash", f"{AIR}}}"),
        ("capacities:\n", "capacities:\n  suit: {count: 4}\n")],
    "bottles for all who breathe": [
        section(SUIT % (SURE, BOTTLE % ", stock: full")),
        quench("wearing: splash", f"air: {{change: {{value: 3 min, {SURE}}}}}"),
        ("capacities:\n", "capacities:\n  full: {count: 4}\n")],
    "a suit that is not too hot": [
        quench("wearing: splash", f"{AIR}, way: 5 min}}"),
        section(SUIT % (SURE, ", heat: [{from: 30 °C, longest: 10 min}]"))],
    "a smaller crew that is enough": [
        section("shifts: {night: {from: 20:00:00, until: 06:00:00}}"),
        ("{count: 2, people: 1", "{shifts: {night: {count: 1}}, count: 2, people: 1")],
    "a crew kept by who asks after": [
        more_tasks(f"post: {work(by='engine', after='fire-out', keeps_units='true')}")],
    "a crew kept until a moment that others make": [look("keeps_until: alarm")],
    "a level and what waits for it": [
        (ROLES, ROLES + "    levels: {big: {rank: 2, calls: engine}}\n"), effects("do: level, level: big"),
        quench("when: [{level: big}]", "keeps_until: level.big")],
    "a moment of one plan, for an inject": [
        ("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n"), (INJECT, "after: quiet, "),
        (PLANS + "  simple:\n", PLANS + "  third:\n    title: t\n    based_on: simple\n    tasks: {quench: {starts: quiet}}\n  simple:\n")],
    "a corridor that no plan uses": [
        section(CORRIDOR.replace("fire-out", "quiet")),
        ("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n")],
    "a threshold of a space": [look("if: {not_happened: failed.look}")],
    "an inject that waits for a condition and falls back": [
        (INJECT, "when: {happened: alarm}, latest: 30 min, fallback_effects: [{do: inform, item: fire-confirmed}], ")],
    "what a message passes on": [
        (LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]"), quench("needs: fire-confirmed"),
        effects("do: message, to: brigade, items: fire-confirmed"),
        (ROLES, ROLES + "    lines: {a: {between: [house, brigade]}}\n")],
    "a message over a channel": [effects("do: message, to: brigade, over: tactical"), section(CHANNEL)],
    "a message to who has a channel": [
        effects("do: message, to: brigade"), section(CHANNEL), (BRIGADE, f"{BRIGADE}    channel: tactical\n")],
    "a short answer": [(BRIGADE, f"{BRIGADE}    answering: {{takes: {{value: 2 min, {SURE}}}}}\n")],
    "seven who report": [roles("|".join(f"r{n}: {{agency: house, reports_to: chief, {OFFICE}}}" for n in range(7)))],
}  # fmt: skip


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD.keys())
def test_a_response_that_can_come_about_raises_no_doubt(tmp_path, changes):
    assert found(tmp_path, *changes) == ()
