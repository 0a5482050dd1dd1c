"""Demands, orders, messages, moments and circles of a response that cannot come about."""

from __future__ import annotations

import pytest

from tests.scenario.changing import (
    AIR,
    BOTTLE,
    CHANNEL,
    CHIEF,
    CORRIDOR,
    ENGINE,
    INJECT,
    LOOK_INFORMS,
    OFFICE,
    QUIET,
    ROLES,
    SUIT,
    SURE,
    announce,
    effects,
    found,
    look,
    more_tasks,
    only,
    quench,
    roles,
    section,
    work,
)

INFORM_HOUSE = "[{do: inform, item: fire-confirmed, to: brigade}]"
TELL_HOUSE = "[{do: message, to: house, items: fire-confirmed}]"
CIRCLES = [
    ([look("when: {happened: fire-out}")], "plan-cycle", "announce → quench → fire-out → look → announce"),
    (
        [
            look("keeps_until: alarm"),
            announce("when: [{happened: failed.quench}, {happened: [failed.quench, look]}]"),
            quench("fails: {chance: 10 %}"),
        ],
        "plan-cycle",
        "announce → quench → failed.quench → announce",
    ),
    (
        [(CHIEF, CHIEF.replace("agency", "takes_office: staged.engine, agency"))],
        "plan-cycle",
        "announce → staged.engine → announce",
    ),
    (
        [
            roles(f"boss: {{held_by: deputy}}|deputy: {{takes_office: quench, agency: house, {OFFICE}}}"),
            ("order_by: chief", "order_by: boss"),
        ],
        "plan-cycle",
        "the order for 'announce' comes from boss, which is held by deputy, who takes office only at "
        "'quench'; let another role order it",
    ),
    (
        [
            (LOOK_INFORMS, "may_join: {}"),
            effects("do: inform, item: fire-confirmed"),
        ],
        "plan-cycle",
        "'announce' needs to know 'fire-confirmed', which nobody finds out or tells before",
    ),
    (
        [
            (LOOK_INFORMS, "effects: [{do: message, to: brigade, items: fire-confirmed}]"),
            more_tasks(
                "scout: " + work(by="engine", after="quench", effects=INFORM_HOUSE),
                "report: " + work(after="scout", by="engine", effects=TELL_HOUSE, needs="fire-confirmed"),
            ),
        ],
        "plan-cycle",
        "quench → scout → report → knowledge of fire-confirmed (house) → announce",
    ),
    (
        [
            section(CORRIDOR),
            quench("if: {happened: alarm}"),
            (
                "effects: [{do: treat, hazard: bin, action: attack}]",
                "effects: [{do: treat, hazard: bin, action: attack}, {do: decontaminate, corridor: wash}]",
            ),
        ],
        "plan-cycle",
        "fire-out → quench → fire-out",
    ),
    (
        [
            ("        order_by: chief\n", "        order_by: chief\n        when: {level: big}\n"),
            (ROLES, ROLES + "    levels: {big: {rank: 2}}\n"),
            ("action: attack}]", "action: attack}, {do: level, level: big}]"),
        ],
        "plan-cycle",
        "announce → quench → level.big → announce",
    ),
    (
        [
            quench("air: {usable: 24 min, corridor: wash, change: 3 min}"),
            section(CORRIDOR.replace("opens: fire-out", "opens: last")),
            ("milestones:\n", "milestones:\n  last: {title: l, observed: l}\n"),
            more_tasks(f"tail: {work(after='out.quench', milestone='last')}"),
        ],
        "plan-cycle",
        "out.quench → tail → last",
    ),
    (
        [
            roles(
                f"one: {{agency: house, reports_to: two, {OFFICE}}}"
                f"|two: {{agency: house, reports_to: one, {OFFICE}}}"
            )
        ],
        "role-circle",
        "report to each other: two → one → two",
    ),
    ([roles("one: {held_by: two}|two: {held_by: one}")], "role-circle", "held by each other"),
]

DEMANDS = [
    ([look("may_join: {warden: 3}", f"effort: {{value: 1 min, {SURE}}}")], "units-too-few", "there are 2"),
    (
        [("{radio: 1}", "{radio: 4}"), (ENGINE, ENGINE + "        brings: {radio: 2}\n")],
        "capacity-too-small",
        "4 × radio, but there are 3, with those on engine",
    ),
    (
        [("{radio: 1}", "{tactical: 2}"), section(CHANNEL)],
        "capacity-too-small",
        "2 × tactical, but there are 1",
    ),
    (
        [
            section(SUIT % (SURE, ", stock: suit")),
            quench("wearing: splash", f"{AIR}}}"),
            ("capacities:\n", "capacities:\n  suit: {count: 3}\n"),
        ],
        "suits-too-few",
        "4 people need suits",
    ),
    (
        [
            section(SUIT % (SURE, ", stock: suit")),
            quench("wearing: splash"),
            ("capacities:\n", "capacities:\n  suit: {count: 5}\n"),
        ],
        "suits-too-few",
        "6 people need suits",
    ),
    (
        [
            section(SUIT % (SURE, BOTTLE % ", stock: full")),
            quench("wearing: splash", "air: {change: 3 min}"),
            ("capacities:\n", "capacities:\n  full: {count: 3}\n"),
        ],
        "bottles-too-few",
        "there are 3 × full",
    ),
    ([quench(f"{AIR}, pairs: 3}}")], "pairs-too-few", "take 8 people, but those who do it are 6"),
    ([quench("air: {change: 3 min}")], "air-missing", "wear a suit that has a bottle"),
    (
        [section(SUIT % (SURE, "")), quench("wearing: splash", "air: {change: 3 min}")],
        "air-missing",
        "suit 'splash' has no bottle; give it `bottle: {volume: 6.8 L, pressure: 30 MPa}`",
    ),
    (
        [section(SUIT % (SURE, "")), quench("wearing: splsh", "air: {change: 3 min}")],
        "unknown-suit",
        "did you mean 'splash'?",
    ),
    ([quench(f"{AIR}, pairs: 1, backup: 3}}")], "pairs-too-few", "1 pair at work and 3 ready take 8 people"),
    (
        [section(CORRIDOR.replace("fire-out", "quiet")), effects("do: decontaminate, corridor: wash")],
        "unknown-event",
        "'quiet'",
    ),
    ([look("when: fire-out")], "wrong-kind", "write `when: {happened: fire-out}`"),
    ([look("if: [alarm]")], "wrong-kind", "'alarm' where a condition belongs; write `{happened: alarm}`"),
    (
        [section(CHANNEL.replace("}}}", f"}}, others: {{every: {{value: 0 s, {SURE}}}}}}}}}"))],
        "others-endless",
        "write a time above 0",
    ),
    (
        [section(SUIT % (SURE, BOTTLE.replace("6.8 L", "6.8") % ""))],
        "unit-missing",
        "write 6.8 L",
    ),
    (
        [("median: 2 min, p90: 5 min", "median: 0 min, p90: 5 min")],
        "distribution",
        "p90 not below the median; here median 0 min, p90 5 min",
    ),
    (
        [
            quench("wearing: splash", f"{AIR}, way: 5 min}}"),
            section(SUIT % (SURE, ", heat: [{from: 20 °C, longest: 10 min}]")),
        ],
        "air-spent",
        "at 20 °C",
    ),
    (
        [
            section("shifts: {day: {from: 08:00:00, until: 18:00:00}}"),
            (ENGINE, ENGINE + "        shifts: {day: {count: 0}}\n"),
        ],
        "unit-off-shift",
        "in which STARTEX lies",
    ),
    (
        [
            more_tasks(f"post: {work(by='engine', after='announce', keeps_units='true')}"),
            quench("delay: 1 min", "when: {happened: post}"),
        ],
        "kept-for-ever",
        "'post' keeps 1 × engine to the end",
    ),
    (
        [
            more_tasks(f"post: {work(by='engine', after='announce', keeps_until='fire-out')}"),
            quench("when: {happened: post}"),
        ],
        "kept-for-ever",
        "until fire-out and 0 are left",
    ),
    (
        [more_tasks(f"talk: {work(uses='{radio: 1}', keeps_until='alarm')}"), look("when: {happened: talk}")],
        "kept-for-ever",
        "1 × radio, but 'talk' keeps 1 × radio until alarm",
    ),
]

NEVER = [
    ([quench("keeps_until: failed.look")], "event-never-comes", "write `fails:` in it"),
    ([quench("keeps_until: out.look")], "event-never-comes", "write `air:` in it"),
    ([look("if: {happened: mayday.quench}")], "event-never-comes", "write `air:` in it"),
    (
        [look("when: {happened: level.big}"), (ROLES, ROLES + "    levels: {big: {rank: 2}}\n")],
        "event-never-comes",
        "{do: level, level: big}",
    ),
    (
        [
            look("when: [{level: big}, {happened: startex}]"),
            (ROLES, ROLES + "    levels: {big: {rank: 2}}\n"),
        ],
        "level-never-reached",
        "never raised to 'big' or higher",
    ),
    (
        [QUIET, roles(f"duty: {{takes_office: quiet, agency: house, {OFFICE}}}")],
        "event-never-comes",
        "no task of this plan makes this milestone",
    ),
    ([QUIET, (INJECT, "after: quiet, ")], "event-never-comes", "milestone: quiet"),
    (
        [section(CORRIDOR.replace("fire-out", "quiet")), QUIET, effects("do: decontaminate, corridor: wash")],
        "event-never-comes",
        "'quiet' never comes",
    ),
    (
        [look("when: {reached: {hazard: bin, threshold: hot, at: room-2}}")],
        "unknown-threshold",
        "no threshold 'hot' in its spaces",
    ),
    (
        [look("when: {reached: {hazard: bin, threshold: detected, at: room-2}}")],
        "unknown-threshold",
        "write `happened: hazard.bin.detected`",
    ),
    ([(INJECT, "at: 20 min, latest: 10 min, ")], "inject-too-late", "latest 10 min is before at 20 min"),
    ([(INJECT, "after: alarm, delay: 20 min, latest: 10 min, ")], "inject-too-late", "20 min after STARTEX"),
    ([(INJECT, "after: announce, latest: 5 s, ")], "inject-too-late", "after STARTEX at the soonest"),
    ([(INJECT, "at: 20 min, when: {happened: alarm}, ")], "inject-two-moments", "both at and when"),
]

MESSAGES = [
    (
        [
            (LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]"),
            quench("needs: fire-confirmed"),
        ],
        "info-never-told",
        "nobody tells brigade of 'fire-confirmed' in this plan, only house can know it",
    ),
    (
        [
            effects("do: message, to: brigade, items: cause", "do: inform, item: cause, to: brigade"),
            ("information:\n", "information:\n  cause: what burns\n"),
        ],
        "info-never-told",
        "nobody tells house of 'cause' in this plan, so it cannot pass it on",
    ),
    (
        [
            look("if: {known: fire-confirmed, by: brigade}"),
            (LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]"),
        ],
        "info-never-known",
        "brigade never learns of 'fire-confirmed'",
    ),
    (
        [(ROLES, ROLES + "    lines: {a: {between: [house, brigade]}, b: {between: [brigade, house]}}\n")],
        "line-twice",
        "line 'a' joins brigade and house too",
    ),
]


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [*CIRCLES, *DEMANDS, *NEVER, *MESSAGES],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_response_that_cannot_come_about_is_an_error_with_its_place_and_remedy(
    tmp_path, changes, kind, words
):
    assert only(found(tmp_path, *changes), kind, words).severity == "error"


def test_who_hears_from_somebody_who_does_not_know_learns_nothing(tmp_path):
    problems = found(
        tmp_path,
        effects("do: message, to: brigade, items: cause"),
        quench("needs: cause"),
        ("information:\n", "information:\n  cause: what burns\n"),
    )
    errors = {
        (problem.id, problem.path.rpartition(".")[2]) for problem in problems if problem.severity == "error"
    }
    assert errors == {("info-never-told", "items"), ("info-never-known", "needs")}
