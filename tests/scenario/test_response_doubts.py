"""What is doubtful in a response, and what looks so and is not."""

from __future__ import annotations

import pytest

from tests.scenario.changing import (
    AIR,
    BOTTLE,
    BRIGADE,
    CHANNEL,
    CORRIDOR,
    ENGINE,
    INJECT,
    LOOK_INFORMS,
    OFFICE,
    PLANS,
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

TALK = f"{{talk: {{value: 10 s, {SURE}}}}}"
TWO_CHANNELS = f"channels: {{works-radio: {TALK}, fire-radio: {TALK}}}"
GAP = "shifts: {day: {from: 12:00:00, until: 20:00:00}, night: {from: 20:00:00, until: 08:00:00}}"

DOUBTS = [
    (
        [roles(f"boss: {{held_by: deputy}}|deputy: {{takes_office: alarm, agency: house, {OFFICE}}}")],
        "office-late",
        "deputy from 'alarm'",
    ),
    (
        [
            section("shifts: {night: {from: 20:00:00, until: 06:00:00}}"),
            (ENGINE, ENGINE + "        shifts: {night: {count: 0}}\n"),
        ],
        "unit-off-shift",
        "runs that start then",
    ),
    ([look("may_join: {warden: 2}", f"effort: {{value: 1 min, {SURE}}}")], "join-never", "there are 2"),
    ([(ROLES, ROLES + "    levels: {big: {rank: 2}}\n")], "level-never-raised", "{do: level, level: big}"),
    (
        [
            (ROLES, ROLES + "    levels: {big: {rank: 2}, huge: {rank: 2}}\n"),
            effects("do: level, level: big", "do: level, level: huge"),
        ],
        "level-ranks",
        "'big' has rank 2 too",
    ),
    (
        [(INJECT, INJECT + "fallback_effects: [{do: inform, item: fire-confirmed}], ")],
        "fallback-never",
        "`latest`",
    ),
    ([effects("do: message, to: brigade")], "line-missing", "house and brigade have neither a line"),
    (
        [
            effects("do: message, to: brigade"),
            section(TWO_CHANNELS),
            (BRIGADE, f"{BRIGADE}    channel: fire-radio\n"),
            ("    title: House crew\n", "    title: House crew\n    channel: works-radio\n"),
        ],
        "line-missing",
        "no line between house and brigade: each message goes over works-radio, then fire-radio",
    ),
    (
        [
            section(GAP),
            (ENGINE, ENGINE + "        shifts: {day: {count: 1}, night: {count: 1}}\n"),
        ],
        "shift-gap",
        "STARTEX at 10:00:00 lies in no shift of engine, which is there as written then: day 12:00:00 to "
        "20:00:00, night 20:00:00 to 08:00:00",
    ),
    ([effects("do: start, hazard: bin")], "start-not-dormant", "does not lie dormant"),
    ([("    door: door-2\n", "    door: door-2\n    dormant: true\n")], "dormant-for-ever", "hazard: bin}"),
    ([section(SUIT % (SURE, BOTTLE.replace("6.8 L", "6.8 m³") % ""))], "bottle-size", "a bottle of 6,800 L"),
    (
        [("vehicles: false}", "vehicles: false, vehicle_delay: 20 s}")],
        "delay-idle",
        "write `vehicles: true`, or leave it out",
    ),
    (
        [more_tasks(f"tell: {work(effects='[{do: message, to: brigade}]')}")],
        "sender-missing",
        "`sender: AGENCY`",
    ),
    (
        [more_tasks(f"post: {work(by='engine', after='announce', keeps_until='fire-out')}")],
        "kept-too-long",
        "whichever of them asks first",
    ),
    ([section(CHANNEL.replace("10 s", "6 min"))], "talk-long", "6 min for one message"),
    (
        [(BRIGADE, f"{BRIGADE}    answering: {{takes: {{value: 6 min, {SURE}}}}}\n")],
        "talk-long",
        "answering one call",
    ),
    (
        [roles("|".join(f"r{n}: {{agency: house, reports_to: chief, {OFFICE}}}" for n in range(8)))],
        "span-wide",
        "8 roles report to 'chief'",
    ),
]


@pytest.mark.parametrize(("changes", "kind", "words"), DOUBTS, ids=[doubt[1] for doubt in DOUBTS])
def test_what_is_doubtful_in_a_response_is_a_warning_and_the_scenario_still_loads(
    tmp_path, changes, kind, words
):
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
    said = only(
        found(tmp_path, *KEEP), "kept-crosswise", "'cool' keeps engine until lifted; 'drain' keeps warden"
    )
    assert said.severity == "warning" and said.path.endswith("tasks.cool.keeps_until")


def test_what_one_needs_before_the_other_begins_is_not_kept_crosswise(tmp_path):
    (old, tasks), milestones = KEEP
    later = tasks.replace("by: warden, after: announce", "by: warden, after: lifted")
    assert later != tasks
    assert found(tmp_path, (old, later), milestones) == ()


def test_with_a_unit_more_nothing_is_kept_from_anybody(tmp_path):
    assert found(tmp_path, *KEEP, ("{count: 2, people: 1", "{count: 3, people: 1")) == ()


GOOD = {
    "a moment of a task that may fail": [
        quench("fails: {chance: 10 %}"),
        more_tasks(f"again: {work(by='engine', after='failed.quench')}"),
    ],
    "one of several conditions is enough": [look("when: [{happened: fire-out}, {happened: startex}]")],
    "what comes when the work begins": [announce("keeps_until: quench"), quench("when: {happened: alarm}")],
    "an office taken by one of two": [
        roles(
            f"boss: {{held_by: [chief, deputy]}}|deputy: {{takes_office: quench, agency: house, {OFFICE}}}"
        ),
        ("order_by: chief", "order_by: boss"),
    ],
    "a role that reports to another": [roles(f"one: {{agency: house, reports_to: chief, {OFFICE}}}")],
    "a crew that joins": [look("may_join: warden", f"effort: {{value: 1 min, {SURE}}}")],
    "equipment that comes along": [
        ("{radio: 1}", "{radio: 3}"),
        (ENGINE, ENGINE + "        brings: {radio: 2}\n"),
    ],
    "a line of a channel": [("{radio: 1}", "{tactical: 1}"), section(CHANNEL)],
    "suits for all who wear them": [
        section(SUIT % (SURE, ", stock: suit")),
        quench("wearing: splash", f"{AIR}}}"),
        ("capacities:\n", "capacities:\n  suit: {count: 4}\n"),
    ],
    "bottles for all who breathe": [
        section(SUIT % (SURE, BOTTLE % ", stock: full")),
        quench("wearing: splash", f"air: {{change: {{value: 3 min, {SURE}}}}}"),
        ("capacities:\n", "capacities:\n  full: {count: 4}\n"),
    ],
    "a suit that is not too hot": [
        quench("wearing: splash", f"{AIR}, way: 5 min}}"),
        section(SUIT % (SURE, ", heat: [{from: 30 °C, longest: 10 min}]")),
    ],
    "a smaller crew that is enough": [
        section("shifts: {night: {from: 20:00:00, until: 06:00:00}}"),
        ("{count: 2, people: 1", "{shifts: {night: {count: 1}}, count: 2, people: 1"),
    ],
    "a crew kept by who asks after": [
        more_tasks(f"post: {work(by='engine', after='fire-out', keeps_units='true')}")
    ],
    "a crew kept until a moment that others make": [look("keeps_until: alarm")],
    "a level and what waits for it": [
        (ROLES, ROLES + "    levels: {big: {rank: 2, calls: engine}}\n"),
        effects("do: level, level: big"),
        quench("when: [{level: big}]", "keeps_until: level.big"),
    ],
    "a moment of one plan, for an inject": [
        QUIET,
        (INJECT, "after: quiet, "),
        (
            PLANS + "  simple:\n",
            PLANS
            + "  third:\n    title: t\n    based_on: simple\n"
            + "    tasks: {quench: {starts: quiet}}\n  simple:\n",
        ),
    ],
    "a corridor that no plan uses": [section(CORRIDOR.replace("fire-out", "quiet")), QUIET],
    "what must not happen may never come": [look("if: {not_happened: failed.look}")],
    "a threshold of a space": [look("if: {reached: {hazard: bin, threshold: smoke, at: room-2}}")],
    "an inject that waits for a condition and falls back": [
        (
            INJECT,
            "when: {happened: alarm}, latest: 30 min, "
            "fallback_effects: [{do: inform, item: fire-confirmed}], ",
        )
    ],
    "an inject that comes in time in one of the plans": [(INJECT, "after: announce, latest: 15 s, ")],
    "what a message passes on": [
        (LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]"),
        quench("needs: fire-confirmed"),
        effects("do: message, to: brigade, items: fire-confirmed"),
        (ROLES, ROLES + "    lines: {a: {between: [house, brigade]}}\n"),
    ],
    "a message over a channel": [effects("do: message, to: brigade, over: tactical"), section(CHANNEL)],
    "a message to who has a channel": [
        effects("do: message, to: brigade"),
        section(CHANNEL),
        (BRIGADE, f"{BRIGADE}    channel: tactical\n"),
    ],
    "two agencies on two channels with a line": [
        effects("do: message, to: brigade"),
        section(TWO_CHANNELS),
        (BRIGADE, f"{BRIGADE}    channel: fire-radio\n"),
        ("    title: House crew\n", "    title: House crew\n    channel: works-radio\n"),
        (ROLES, ROLES + "    lines: {both: {between: [house, brigade], over: works-radio}}\n"),
    ],
    "news that somebody tells before it is found out anew": [
        (LOOK_INFORMS, "effects: [{do: inform, item: fire-confirmed, to: house}]"),
        (ROLES, ROLES + "    lines: {both: {between: [house, brigade]}}\n"),
        quench("needs: fire-confirmed"),
        more_tasks(
            "tell: "
            + work(by="warden", after="look", effects="[{do: message, to: brigade, items: fire-confirmed}]"),
            "again: "
            + work(by="engine", after="quench", effects="[{do: inform, item: fire-confirmed, to: brigade}]"),
        ),
    ],
    "a circle that `if` breaks": [
        (LOOK_INFORMS, "if: {unknown: fire-confirmed}"),
        look("needs: fire-confirmed"),
        more_tasks(
            "tell: " + work(by="warden", after="look", effects="[{do: inform, item: fire-confirmed}]")
        ),
    ],
    "a dormant hazard that is started": [
        ("    door: door-2\n", "    door: door-2\n    dormant: true\n"),
        (INJECT, INJECT + "effects: [{do: start, hazard: bin}], "),
    ],
    "a gap that STARTEX does not lie in": [
        section(GAP.replace("12:00:00", "09:00:00")),
        (ENGINE, ENGINE + "        shifts: {day: {count: 1}, night: {count: 1}}\n"),
    ],
    "a short answer": [(BRIGADE, f"{BRIGADE}    answering: {{takes: {{value: 2 min, {SURE}}}}}\n")],
    "seven who report": [
        roles("|".join(f"r{n}: {{agency: house, reports_to: chief, {OFFICE}}}" for n in range(7)))
    ],
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD.keys())
def test_a_response_that_can_come_about_raises_no_doubt(tmp_path, changes):
    assert found(tmp_path, *changes) == ()


LEAK = (
    "hazards:\n",
    "hazards:\n  drum: {kind: leak, substance: acrylonitrile, at: street, amount: 160 kg, "
    f"outflow: {{value: 20 min, {SURE}}}, pool: 30 m²}}\n",
)


@pytest.mark.parametrize(
    ("material", "temperature", "kind", "words"),
    [
        ("chlorine", "33 °C", "leak-boils", "chlorine boils at −33.9 °C and the air has 33 °C"),
        ("toluene_diisocyanate", "20 °C", "leak-unknown", "is known from 20.5 °C to"),
        ("nitric_acid_70", "20 °C", "leak-unknown", "name another substance"),
    ],
)
def test_a_leak_that_no_model_answers_is_an_error_before_the_run(
    tmp_path, material, temperature, kind, words
):
    leak = (LEAK[0], LEAK[1].replace("acrylonitrile", material))
    weather = ("temperature: 20 °C", f"temperature: {temperature}")
    problem = only(found(tmp_path, weather, leak), kind, words)
    assert (problem.severity, problem.path) == ("error", "hazards.drum.substance")


def test_a_leak_of_what_stays_liquid_is_no_error(tmp_path):
    assert found(tmp_path, LEAK) == ()


RESCUE = effects("do: rescue, group: clerks")


def test_casualties_of_a_leak_in_a_plan_without_decontamination_are_doubted(tmp_path):
    assert only(found(tmp_path, LEAK, RESCUE), "casualty-not-clean", "add a corridor").severity == "warning"


@pytest.mark.parametrize(
    "changes",
    [
        (RESCUE,),
        (
            LEAK,
            section(CORRIDOR),
            effects("do: decontaminate, corridor: wash, people: 2", "do: rescue, group: clerks"),
        ),
    ],
    ids=["no leak", "washed"],
)
def test_casualties_that_are_washed_or_of_a_fire_are_no_doubt(tmp_path, changes):
    assert "casualty-not-clean" not in {problem.id for problem in found(tmp_path, *changes)}


def test_two_agencies_without_a_line_are_named_once(tmp_path):
    again = effects("do: message, to: brigade", "do: message, to: brigade")
    assert [problem.id for problem in found(tmp_path, again)] == ["line-missing"]


def packaged(material: str, source: str) -> tuple[str, str]:
    return (
        "hazards:\n",
        f"hazards:\n  tank: {{kind: leak, substance: {material}, at: street, pool: 30 m², "
        f"source: {source}}}\n",
    )


TANK = "{kind: tank, diameter: 2.5 m, length: 8 m, fill: 80 %, hole_diameter: 5 cm, hole_height: 10 cm}"


def test_what_boils_may_leak_from_a_tank_that_is_described(tmp_path):
    assert found(tmp_path, packaged("chlorine", TANK)) == ()


def test_a_package_that_has_no_answer_is_an_error_at_the_source(tmp_path):
    problems = found(tmp_path, packaged("chlorine", "{kind: drum, amount: 160 kg, hole_diameter: 2 cm}"))
    (problem,) = [problem for problem in problems if problem.id == "leak-source-unknown"]
    assert (problem.severity, problem.path) == ("error", "hazards.tank.source")
    assert "chlorine" in problem.message


BUILDINGS = ("hazards:\n", "buildings:\n  one: {{spaces: [{0}]}}\n  two: {{spaces: [{1}]}}\nhazards:\n")


def test_a_space_in_two_buildings_is_an_error(tmp_path):
    twice = (BUILDINGS[0], BUILDINGS[1].format("room-1", "room-1"))
    problem = only(found(tmp_path, twice), "space-in-two-buildings", "room-1 is in building 'one' already")
    assert problem.path == "buildings.two.spaces[0]"


def test_vents_of_a_building_without_ventilation_are_doubted(tmp_path):
    one = ("hazards:\n", "buildings:\n  one: {spaces: [room-1]}\nhazards:\n")
    shut = effects("do: vents, building: one, running: false")
    assert only(found(tmp_path, one, shut), "no-vents", "give it a ventilation").severity == "warning"
