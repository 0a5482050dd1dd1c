"""Names that lead nowhere, names that are generated, and what `after` may wait for."""

from __future__ import annotations

import pytest

from drillsim.scenario.load import check, load
from drillsim.scenario.references import references, substances
from tests.example import EXAMPLE, write_example

UNKNOWN = [
    ("between: [room-1, hall]", "between: [room-1, hal]", "unknown-space", "did you mean 'hall'?"),
    ("inside: [room-*, hall]", "inside: [rom-*, hall]", "unknown-space", "'rom-*'"),
    ("place: room-1", "place: inside", "unknown-space", "no space 'inside'"),
    ("profile: office, musters: lawn", "profile: offices, musters: lawn", "unknown-profile", "'office'?"),
    ("musters: lawn", "musters: law", "unknown-space", "did you mean 'lawn'?"),
    ("{street: 100 %}", "{stret: 100 %}", "unknown-place", "did you mean 'street'?"),
    ("agency: house}", "agency: hous}", "unknown-agency", "did you mean 'house'?"),
    ("door: door-2", "door: dor-2", "unknown-link", "did you mean 'door-2'?"),
    ("station: hall", "station: hal", "unknown-space", "did you mean 'hall'?"),
    ("owner: house", "owner: hause", "unknown-agency", "did you mean 'house'?"),
    ("empty: inside", "empty: insight", "unknown-place", "did you mean 'inside'?"),
    ("after: alarm}", "after: alarn}", "unknown-event", "did you mean 'alarm'?"),
    ("after: alarm, delay", "after: alarms, delay", "unknown-event", "did you mean 'alarm'?"),
    ("milestone: all-out", "milestone: al-out", "unknown-milestone", "did you mean 'all-out'?"),
    ("staging: [street]", "staging: [streat]", "unknown-space", "did you mean 'street'?"),
    ("by: warden", "by: wardens", "unknown-unit", "did you mean 'warden'?"),
    ("after: hazard.bin.detected", "after: hazard.bim.detected", "unknown-event", "hazard.NAME.THRESHOLD"),
    ("after: hazard.bin.detected", "after: hazard.bin", "unknown-event", "hazard.NAME.THRESHOLD"),
    ("after: hazard.bin.detected", "after: inject.smok", "unknown-event", "did you mean 'inject.smoke'?"),
    ("after: hazard.bin.detected", "after: staged.engin", "unknown-event", "did you mean 'staged.engine'?"),
    ("item: fire-confirmed", "item: fire-confirmd", "unknown-info", "did you mean 'fire-confirmed'?"),
    ("order_by: chief", "order_by: chef", "unknown-role", "did you mean 'chief'?"),
    ("needs: fire-confirmed", "needs: fire-conf", "unknown-info", "did you mean 'fire-confirmed'?"),
    ("uses: {radio: 1}", "uses: {radios: 1}", "unknown-capacity", "did you mean 'radio'?"),
    ("starts: alarm", "starts: allarm", "unknown-milestone", "did you mean 'alarm'?"),
    ("groups: everyone", "groups: everybody", "unknown-group", "did you mean 'everyone'?"),
    ("units: engine", "units: engines", "unknown-unit", "did you mean 'engine'?"),
    ("operations: desk", "operations: desks", "unknown-operation", "did you mean 'desk'?"),
    ("hazard: bin,", "hazard: bins,", "unknown-hazard", "did you mean 'bin'?"),
    ("based_on: simple", "based_on: simpel", "unknown-plan", "did you mean 'simple'?"),
    ("based_on: simple", "based_on: simple\n    drop: [loock]", "unknown-task", "did you mean 'look'?"),
]


@pytest.mark.parametrize(("old", "new", "kind", "hint"), UNKNOWN)
def test_an_unknown_name_is_reported_where_it_stands(tmp_path, old, new, kind, hint):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    found = [p for p in check(write_example(tmp_path, text=text))[1] if p.id == kind]
    assert found and hint in found[0].message
    line = text[: text.index(new)].count("\n") + 1
    assert line <= found[0].line <= line + new.count("\n")


@pytest.mark.parametrize(
    "event",
    [
        *("startex", "alarm", "look", "inject.smoke", "hazard.bin.detected", "staged.engine", "all-out"),
        *("headcount.missing", "headcount.complete", "search.done"),
    ],
)
def test_a_task_may_wait_for_every_kind_of_moment(tmp_path, event):
    text = EXAMPLE.replace("after: announce\n", f"after: {event}\n", 1)
    assert not [p for p in check(write_example(tmp_path, text=text))[1] if p.id == "unknown-event"]


def test_spaces_and_links_of_shorthands_may_be_named(tmp_path):
    stair = (
        "  stairs:\n    st: {floors: [hall, up], at: [30 m, 5 m], size: [3 m, 6 m], width: 1.2 m, "
        "storey: 3.9 m, riser: 165 mm, tread: 280 mm, door: 1 m, exit_to: street}\n"
        "  roads:\n    rd: {between: [street, far], width: 6 m}\n  areas:\n    tower: [st-*, rd]\n"
    )
    spaces = (
        "    up: {kind: room, at: [5 m, 5 m], size: [10 m, 10 m], level: 3.9 m}\n"
        "    far: {kind: yard, at: [100 m, 40 m], size: [10 m, 10 m], outdoors: true}\n    hall:"
    )
    text = EXAMPLE.replace("  areas:\n", stair).replace("    hall:", spaces)
    text = text.replace("door: door-2", "door: st-door-up")
    assert not [p for p in check(write_example(tmp_path, text=text))[1] if p.severity == "error"]
    # A stair with a fault cannot be expanded: what may be its parts is not called unknown.
    broken = check(write_example(tmp_path, text=text.replace("storey: 3.9 m", "storey: tall")))[1]
    assert [p.id for p in broken if p.severity == "error"] == ["quantity"]


def test_a_lift_may_be_named_and_its_car_is_a_space(tmp_path):
    lift = "  lifts:\n    li: {floors: [hall, up]}\n  areas:\n    shafts: [li]\n"
    up = "    up: {kind: room, at: [5 m, 5 m], size: [10 m, 10 m], level: 3.9 m}\n    hall:"
    text = EXAMPLE.replace("  areas:\n", lift).replace("    hall:", up)
    run = "{do: inform, item: fire-confirmed}"
    assert run in text
    text = text.replace(run, run + ", {do: lift, lift: li, running: false}", 1)
    assert not [p for p in check(write_example(tmp_path, text=text))[1] if p.severity == "error"]
    found = check(write_example(tmp_path, text=text.replace("lift: li,", "lift: il,")))[1]
    assert [p.id for p in found if p.severity == "error"] == ["unknown-lift"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  guests:", "  everyone:"),
        ("      look:\n", "      startex:\n"),
        ("      look:\n", "      search.done:\n"),
        ("  all-out:", "  inject.x:"),
    ],
)
def test_names_with_a_meaning_of_their_own_are_reserved(tmp_path, old, new):
    text = EXAMPLE.replace(old, new, 1)
    found = [p for p in check(write_example(tmp_path, text=text))[1] if p.id == "name-reserved"]
    assert [p.line for p in found] == [text[: text.index(new)].count("\n") + 1]


def test_roles_and_tasks_belong_to_their_plan(tmp_path):
    text = EXAMPLE + "  third:\n    title: T\n    end: fire-out\n    tasks:\n"
    text += "      a: {title: A, after: look, order_by: chief, milestone: fire-out, takes: 1 min}\n"
    found = check(write_example(tmp_path, text=text))[1]
    assert {"unknown-event", "unknown-role"} == {p.id for p in found if p.severity == "error"}


def test_the_walker_finds_keys_lists_and_nested_effects(tmp_path):
    scenario = load(write_example(tmp_path))
    found = {(".".join(map(str, r.path)), r.name, r.key) for r in references(scenario)}
    assert ("groups.clerks.exits.street", "street", True) in found
    assert ("plans.simple.tasks.quench.effects.0.hazard", "bin", False) in found
    assert ("facility.links.door-1.between.1", "hall", False) in found
    assert ("milestones.all-out.when.empty.0", "inside", False) in found


def test_the_substances_of_the_table_are_known(tmp_path):
    assert "acrylonitrile" in substances()
    leak = "hazards:\n  drum: {kind: leak, substance: acrylonitril, at: hall, amount: 160 kg, "
    leak += "outflow: 45 min, pool: 30 m²}\n"
    text = EXAMPLE.replace("hazards:\n", leak)
    found = [p for p in check(write_example(tmp_path, text=text))[1] if p.id == "unknown-substance"]
    assert found and "did you mean 'acrylonitrile'?" in found[0].message
