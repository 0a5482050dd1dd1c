"""The bound of a run: whom it counts, which links were open, and what is said of it."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources

import pytest

from drillsim.facility.graph import Facility
from drillsim.measures.exit_use import exit_use
from drillsim.people.movement import fastest_walk_m_s
from drillsim.scenario.load import load
from drillsim.scenario.model import Scenario
from drillsim.simulation.run import run
from drillsim.study.bound import bound_of_run, ever_open, sentences
from drillsim.study.compare import compare
from drillsim.study.replicate import replicate
from drillsim.study.results import Bound, Idle
from drillsim.study.typical import nearest_median
from drillsim.trace.log import RunHeader, Trace
from tests.example import write_example

SPACES = {
    "office": {"kind": "room", "at": ["0 m", "0 m"], "size": ["10 m", "10 m"]},
    "street": {"kind": "outside", "at": ["20 m", "0 m"], "size": ["10 m", "40 m"]},
    "lawn": {"kind": "muster", "at": ["40 m", "0 m"], "size": ["10 m", "40 m"]},
}
DOOR = {"width": "1 m", "flow": "1 p/s"}
LINKS = {
    "east": {"between": ["office", "street"], "kind": "door", "at": ["5 m", "0 m"]} | DOOR,
    "north": {"between": ["office", "street"], "kind": "door", "at": ["5 m", "5 m"]} | DOOR,
    "kerb": {"between": ["street", "lawn"], "width": "40 m", "at": ["25 m", "0 m"]},
}  # fmt: skip


def scenario(*, count: int = 20) -> Scenario:
    low = {"value": "10 s", "source": "assumed", "confidence": "low"}
    return Scenario.model_validate(
        {
            "name": "hand",
            "title": "By hand",
            "start": "10:00:00",
            "slot": "20 min",
            "horizon": "1 h",
            "facility": {"spaces": SPACES, "links": LINKS, "movement": {"law": "assigned"}},
            "weather": {"wind_from": "135°", "wind_speed": "3 m/s", "temperature": "20 °C"},
            "profiles": {"office": {"speed": "1 m/s", "responses": {"voice": low}}},
            "groups": {
                "staff": {"count": count, "place": "office", "profile": "office"},
                "watch": {"count": 1, "place": "office", "profile": "office", "stays": True},
            },
            "plans": {"go": {"title": "Go", "end": "out", "tasks": {}}},
            "milestones": {"out": {"title": "out", "observed": "seen"}},
        }
    )


def facility(found: Scenario) -> Facility:
    return Facility.build(found.facility)


def trace(found: Scenario, *, doors: str, gap_s: float = 1.0, out: int | None = None) -> Trace:
    """Everybody sets out at 10 s and goes by ``doors`` (initials), one every ``gap_s``, 20 s from there."""
    site = facility(found)
    space, link = site.space_index, site.link_index
    header = RunHeader(
        scenario="hand", digest="d", plan="go", conditions="emergency", seed=1, replication=4, version="v",
        fingerprint="f", start_s=0.0, slot_s=1200.0, horizon_s=3600.0, milestones=(),
        groups=(("staff", len(doors), False), ("watch", 1, True)), spaces=site.spaces, links=site.links,
        musters=("lawn",), operations=(), units=(), plan_edges=(), group_places=("office", "office"),
        space_outdoors=site.outdoors, link_ends=tuple(map(tuple, site.link_spaces.tolist())),
    )  # fmt: skip
    made = Trace(header)
    made.add(0.0, "startex")
    rows = [(10.0, person, -1, space["office"]) for person in range(len(doors))]
    for person, door in enumerate(doors[: len(doors) if out is None else out]):
        name = {"e": "east", "n": "north"}[door]
        time_s = 20.0 + gap_s * person
        rows += [(time_s, person, link[name], space["street"])]
        rows += [(time_s + 20.0, person, link["kerb"], space["lawn"])]
    for time_s, person, number, into in sorted(rows):
        log = made.crowd
        for column, entry in zip(
            (log.time_s, log.arrived_s, log.person, log.link, log.space),
            (time_s, time_s, person, number, into), strict=True,
        ):  # fmt: skip
            column.append(entry)
    return made


def close(made: Trace, *, inside: int) -> Trace:
    made.add(200.0, "person", actor="staff", task="inside", value=float(inside), unit="p")
    made.add(200.0, "end", task="horizon")
    return made


def test_a_plan_that_uses_one_of_two_doors_uses_about_half_of_what_the_building_could_do():
    found = scenario(count=40)
    bound = bound_of_run(close(trace(found, doors="e" * 40), inside=0), found)
    assert bound is not None
    assert (bound.replication, bound.heads, bound.missing, bound.first_start_s) == (4, 40, 0, 10.0)
    assert bound.last_out_s == 79.0
    # 5 m to the east door, 20 m to the lawn; 7.07 m to the north door, 20.6 m on: (40 - 2 - 2.70) / 2 more
    assert bound.lower_s == pytest.approx(35.0 + 20.35, rel=0.01)
    assert bound.share == (bound.lower_s - 10.0) / 69.0
    assert bound.gap < 0.02
    assert bound.by_doors
    assert bound.idle == (Idle("north", 0, 49.0), Idle("east", 40, 0.0))


def test_idle_time_runs_from_the_last_passage_of_a_door_to_the_last_of_any():
    found = scenario(count=20)
    bound = bound_of_run(close(trace(found, doors="ne" * 5 + "e" * 10), inside=0), found)
    assert bound is not None
    assert bound.idle == (Idle("north", 5, 11.0), Idle("east", 15, 0.0))


def test_one_person_alone_is_limited_by_its_own_walk():
    found = scenario(count=1)
    bound = bound_of_run(close(trace(found, doors="e"), inside=0), found)
    assert bound is not None
    assert bound.lower_s == pytest.approx(35.0, abs=1e-5)
    assert not bound.by_doors
    assert "late start" in " ".join(sentences(bound))


def test_somebody_left_inside_leaves_no_share_and_says_so():
    found = scenario(count=20)
    bound = bound_of_run(close(trace(found, doors="e" * 20, out=17), inside=3), found)
    assert bound is not None
    assert (bound.heads, bound.missing, bound.share, bound.last_out_s) == (17, 3, None, None)
    said = sentences(bound)
    assert len(said) == 1
    assert said[0].startswith("3 people did not get out")


def test_nobody_out_or_no_passages_recorded_is_no_bound():
    found = scenario(count=20)
    assert bound_of_run(close(trace(found, doors="e" * 20, out=0), inside=20), found) is None
    bare = close(trace(found, doors="e" * 20), inside=0)
    assert bound_of_run(Trace(bare.header), found) is None


def test_who_rode_a_lift_counts_from_where_and_when_it_got_out():
    found = scenario(count=1)
    site = facility(found)
    made = trace(found, doors="e")
    for column, entry in zip(
        (made.crowd.time_s, made.crowd.arrived_s, made.crowd.person, made.crowd.link, made.crowd.space),
        (30.0, 30.0, 0, -1, site.space_index["street"]), strict=True,
    ):  # fmt: skip
        column.insert(2, entry)
    del made.crowd.time_s[1], made.crowd.arrived_s[1], made.crowd.person[1]
    del made.crowd.link[1], made.crowd.space[1]
    bound = bound_of_run(close(made, inside=0), found)
    assert bound is not None
    assert bound.first_start_s == 30.0
    assert bound.lower_s == pytest.approx(35.0, abs=1e-5)  # 5 m from the middle of the street


def test_a_link_counts_as_open_if_it_was_at_any_time_since_the_first_start():
    found = scenario()
    site = facility(found)
    made = trace(found, doors="")
    made.add(5.0, "link-closed", place="kerb", task="people, both")
    made.add(15.0, "link-opened", place="kerb", task="people, out")
    made.add(16.0, "link-closed", place="east", task="people, in")
    made.add(17.0, "link-closed", place="north", task="all, both")
    kerb, east, north = (2 * site.link_index[name] for name in ("kerb", "east", "north"))

    def ports(since_s: float) -> dict[str, list[bool]]:
        now = ever_open(made, site, since_s=since_s)
        return {name: now[at : at + 2].tolist() for name, at in (("k", kerb), ("e", east), ("n", north))}

    assert ports(0.0) == {"k": [True, True], "e": [True, True], "n": [True, True]}
    assert ports(10.0) == {"k": [False, True], "e": [True, True], "n": [True, True]}
    assert ports(20.0) == {"k": [False, True], "e": [False, True], "n": [True, True]}


def test_no_law_limits_people_in_the_open_or_with_assigned_speeds():
    found = scenario()
    assert math.isinf(fastest_walk_m_s(facility(found)).min())
    site = Facility.build(found.facility.model_copy(update={"movement": type(found.facility.movement)()}))
    limits = fastest_walk_m_s(site)
    assert limits[site.space_index["office"], 0] == pytest.approx(1.4 * (1 - 0.266 * 0.54), rel=1e-3)
    assert math.isinf(limits[site.space_index["street"], 0])


def test_what_is_said_names_the_share_the_gap_and_the_idle_doors_in_both_languages():
    bound = Bound(
        replication=0, heads=312, missing=0, first_start_s=100.0, lower_s=384.0, gap=0.004, last_out_s=500.0,
        share=0.71, by_doors=True, idle=(Idle("b", 30, 90.0), Idle("c", 0, 70.0), Idle("a", 200, 0.0)),
    )  # fmt: skip
    said = sentences(bound, title=lambda link: f"stair {link.upper()}")
    assert "uses 71 % of what the building could do" in said[0]
    assert "rounding gap 0.4 %" in said[0]
    assert said[1].startswith("stair B: idles for 1 min 30 s")
    assert said[2].startswith("stair C: nobody takes it")
    assert len(said) == 3
    assert "71 %" in sentences(bound, language="zh")[0]
    assert sentences(bound, duration=lambda s: f"{s:.0f} s")[1].startswith("b: idles for 90 s")
    assert len(sentences(replace(bound, by_doors=False))) == 4


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return load(write_example(tmp_path_factory.mktemp("office")))


def test_a_study_carries_the_bound_of_its_median_run_and_no_run_lies_below(office):
    # With this seed the run nearest the median of last_out alone is another one.
    ensemble = replicate(office, plan="simple", replications=5, seed=5)
    bound = ensemble.bound
    assert bound is not None
    assert bound.replication == nearest_median(ensemble).replication
    assert bound.share is not None
    assert 0.0 < bound.share <= 1.0
    outcome = next(run for run in ensemble.outcomes if run.replication == bound.replication)
    assert bound.last_out_s == outcome.measures["last_out"].number
    assert bound.heads == outcome.leavers


def test_every_plan_of_a_comparison_has_a_bound(office):
    plans = dict.fromkeys(("simple", "again"), office.plans["simple"])
    both = compare(office.model_copy(update={"plans": plans}), plans=["simple", "again"], replications=3)
    first, second = (ensemble.bound for ensemble in both.ensembles)
    assert first is not None
    assert first == second


def test_idle_times_are_those_of_the_table_of_exits_of_the_same_run(office):
    ensemble = replicate(office, plan="simple", replications=5, seed=5)
    bound, typical = ensemble.bound, nearest_median(ensemble)
    assert bound is not None
    made = run(office, plan="simple", conditions="emergency", seed=5, replication=typical.replication)
    exits = {row.link: (row.heads, row.idle_s) for row in exit_use(made)}
    assert {entry.link: (entry.heads, entry.idle_s) for entry in bound.idle} == exits


def test_who_goes_back_in_by_a_door_counts_at_it_as_the_table_of_exits_counts():
    found = scenario(count=2)
    made = trace(found, doors="en", gap_s=10.0)
    site = facility(found)
    steps = [
        (60.0, "kerb", "street"),
        (70.0, "east", "office"),
        (90.0, "north", "street"),
        (110.0, "kerb", "lawn"),
    ]
    for time_s, link, space in steps:
        for column, entry in zip(
            (made.crowd.time_s, made.crowd.arrived_s, made.crowd.person, made.crowd.link, made.crowd.space),
            (time_s, time_s, 0, site.link_index[link], site.space_index[space]), strict=True,
        ):  # fmt: skip
            column.append(entry)
    bound = bound_of_run(close(made, inside=0), found)
    assert bound is not None
    # Nobody's exit was the east door in the end: it was idle from the first start to the last person out.
    assert bound.idle == (Idle("east", 0, 80.0), Idle("north", 2, 0.0))
    assert {(row.link, row.heads, row.idle_s) for row in exit_use(made)} == {
        (entry.link, entry.heads, entry.idle_s) for entry in bound.idle
    }


def test_one_person_left_inside_is_one_person():
    bound = Bound(
        replication=0, heads=5, missing=1, first_start_s=0.0, lower_s=60.0, gap=0.0, last_out_s=None,
        share=None, by_doors=True,
    )  # fmt: skip
    assert sentences(bound)[0].startswith("1 person did not get out")
    assert sentences(bound, language="zh")[0].startswith("有 1 人未能撤出")


def test_what_is_said_in_chinese_keeps_to_one_kind_of_punctuation():
    table = resources.files("drillsim") / "data" / "messages"
    for name in ("study.csv", "debrief.csv"):
        assert not set("，：；（）") & set((table / name).read_text(encoding="utf-8"))
