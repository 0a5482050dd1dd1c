"""Given air in single runs: people slow down in smoke, take doses and collapse; through ``ds.load``."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from pydantic import ValidationError

import drillsim as ds
from drillsim.hazards.fractional_dose import purser_co_rate_per_min, purser_cyanide_rate_per_min
from drillsim.measures.evaluate import evaluate
from drillsim.spec import Conditions
from drillsim.trace.log import Trace
from tests.simulation.small import end_states, fork, passages, small, task, times, two_ways, when

CORRIDOR = """\
name: smoke-corridor
title: One person through 100 m of smoke
start: 10:00:00
slot: 1 h
horizon: 4 h
weather: {{wind_from: 135°, wind_speed: 3 m/s}}
facility:
  movement: {{law: assigned, smoke_speed: {law}, visibility_constant: {constant}}}
  spaces:
    lobby: {{kind: room, at: [-5 m, 0 m], size: [10 m, 10 m]}}
    corridor: {{kind: corridor, at: [50 m, 0 m], size: [100 m, 2 m]}}
    yard: {{kind: muster, at: [110 m, 0 m], size: [20 m, 20 m], outdoors: true}}
  links:
    entry: {{between: [lobby, corridor], width: 1 m}}
    exit: {{between: [corridor, yard], kind: door, width: 1 m}}
profiles:
  walker: {{speed: 1.25 m/s, responses: {{voice: 0 s, smoke: 0 s}}}}
groups:
  one: {{count: 1, place: lobby, profile: walker}}
{hazards}
milestones:
  out: {{title: out, observed: out, when: {{empty: [lobby, corridor], after: startex}}}}
plans:
  walk:
    title: walk
    end: out
    tasks:
      alarm: {{title: alarm, takes: 10 s, effects: [{{do: tell, groups: everyone, mode: voice}}]}}
"""
SMOKE = "hazards: {machine: {kind: prescribed, at: corridor, AIR}}"
CLEAR = "hazards: {}"


def corridor(
    folder: Path, *, law: str = "frantzich-nilsson", constant: float = 3, hazards: str, **options: str
) -> Trace:
    file = folder / "scenario.yaml"
    file.write_text(CORRIDOR.format(law=law, constant=constant, hazards=hazards), encoding="utf-8")
    return ds.run(ds.load(file), plan="walk", **options)


def smoke(air: str) -> str:
    return SMOKE.replace("AIR", air)


def crossing_s(trace: Trace) -> float:
    """Time from the corridor's one end to the other."""
    return passages(trace, "exit", into="yard")[0] - passages(trace, "entry", into="corridor")[0]


@pytest.mark.parametrize(
    ("law", "constant", "seconds"),
    [
        ("frantzich-nilsson", 3, 87.0),
        ("fridolf-2019", 3, 80.0),
        ("fridolf-2019", 2, 109.9),
        ("visibility-ratio", 3, 133.3),
        ("linear-floor", 3, 160.0),
    ],
)
def test_w1_a_hundred_metres_of_smoke_take_as_long_as_the_law_says(
    tmp_path: Path, law: str, constant: float, seconds: float
) -> None:
    clear = corridor(tmp_path, law=law, constant=constant, hazards=CLEAR)
    smoky = corridor(tmp_path, law=law, constant=constant, hazards=smoke("air: [{extinction: 1.0 /m}]"))
    assert crossing_s(clear) == pytest.approx(80.0, abs=1e-9)
    assert crossing_s(smoky) == pytest.approx(seconds, abs=0.1)


def test_smoke_that_comes_in_mid_walk_slows_what_remains_and_clearing_gives_the_speed_back(
    tmp_path: Path,
) -> None:
    # Enters at 14 s (10 s, then 5 m); 1.25 m/s to 30 s = 20 m; 0.625 m/s to 62 s = 20 m; 60 m at 1.25 m/s.
    steps = "air: [{from: 30 s, until: 62 s, extinction: 1.0 /m}]"
    trace = corridor(tmp_path, law="linear-floor", hazards=smoke(steps))
    assert passages(trace, "entry", into="corridor") == [14.0]
    assert crossing_s(trace) == pytest.approx(16.0 + 32.0 + 48.0, abs=1e-9)


def test_ventilating_gives_the_speed_back_from_that_moment_on(tmp_path: Path) -> None:
    hazards = (
        smoke("air: [{extinction: 1.0 /m}]")
        + """
injects:
  fans: {title: fans on, cue: fans, at: 46 s, effects: [{do: treat, hazard: machine, action: ventilate}]}"""
    )
    trace = corridor(tmp_path, law="linear-floor", hazards=hazards)
    walked = 46.0 - passages(trace, "entry", into="corridor")[0]
    assert crossing_s(trace) == pytest.approx(walked + (100.0 - 0.625 * walked) / 1.25, abs=1e-9)
    assert times(trace, "threshold-over", task="smoke") == [46.0]


def test_smokes_of_two_hazards_in_one_space_add_up(tmp_path: Path) -> None:
    half = "kind: prescribed, at: corridor, air: [{extinction: 0.5 /m}]"
    both = corridor(tmp_path, law="linear-floor", hazards=f"hazards: {{a: {{{half}}}, b: {{{half}}}}}")
    assert crossing_s(both) == pytest.approx(160.0, abs=1e-9)


def test_the_law_outside_its_data_is_flagged_in_the_trace(tmp_path: Path) -> None:
    flags = {
        per_m: [row.task for _, row in corridor(tmp_path, hazards=smoke(air)).of("flag")]
        for per_m, air in ((1.0, "air: [{extinction: 1.0 /m}]"), (2.0, "air: [{extinction: 2.0 /m}]"))
    }
    assert len(flags[1.0]) == 1
    assert "frantzich-nilsson at 1 /m; its data are from 2 to 8 /m" in flags[1.0][0]
    assert flags[2.0] == []


@pytest.mark.parametrize("conditions", ["exercise", "emergency"])
@pytest.mark.parametrize(
    "air", ["air: [{extinction: 0 /m}]", "air: [{co: 0 ppm, o2: 20.9 %, co2: 0.04 %, temperature: 20 °C}]"]
)
def test_no_smoke_and_clean_air_are_as_no_hazard_to_the_bit(
    tmp_path: Path, conditions: str, air: str
) -> None:
    without = corridor(tmp_path, hazards=CLEAR, conditions=conditions)
    neutral = corridor(tmp_path, hazards=smoke(air), conditions=conditions)
    assert neutral.digest() == without.digest()


def test_in_an_exercise_imaginary_smoke_slows_nobody_and_smoke_from_a_machine_does(tmp_path: Path) -> None:
    air = "air: [{extinction: 1.0 /m}]"
    imagined = corridor(tmp_path, law="linear-floor", hazards=smoke(air), conditions="exercise")
    machine = smoke(f"{air}, staged: true")
    staged = corridor(tmp_path, law="linear-floor", hazards=machine, conditions="exercise")
    assert crossing_s(imagined) == pytest.approx(80.0, abs=1e-9)
    assert crossing_s(staged) == pytest.approx(160.0, abs=1e-9)
    assert times(imagined, "threshold", task="smoke") == times(staged, "threshold", task="smoke") == [0.0]


def test_people_who_wait_in_staged_smoke_see_it_in_an_exercise_too(tmp_path: Path) -> None:
    seen = {}
    for staged in ("true", "false"):
        air = f"air: [{{places: lobby, extinction: 3 /m, from: 4 s}}], staged: {staged}"
        trace = corridor(tmp_path, hazards=smoke(air), conditions="exercise")
        seen[staged] = times(trace, "told", task="smoke")
    assert seen == {"true": [4.0], "false": []}


@pytest.mark.parametrize(
    ("conditions", "staged", "way"),
    [
        ("emergency", "false", "east-exit"),
        ("exercise", "false", "west-exit"),
        ("exercise", "true", "east-exit"),
    ],
)
def test_people_keep_out_of_smoke_that_is_there(conditions: Conditions, staged: str, way: str) -> None:
    air = [{"extinction": "2 /m"}]
    scenario = fork(
        tasks={"alarm": task(takes="0 s", effects=[{"do": "tell", "groups": "everyone", "mode": "voice"}])},
        hazards={"machine": {"kind": "prescribed", "at": "west", "air": air, "staged": staged}},
    )
    trace = ds.run(scenario, plan="plan", conditions=conditions)
    assert len(passages(trace, way, into=f"yard-{way[:4]}")) == 10


# -- doses ----------------------------------------------------------------------------------------------

D1 = "co2: 2 %, co: 1000 ppm, o2: 15 %"

ROOM = """\
name: d-1
title: One person stays in a room of constant air
start: 10:00:00
slot: 1 h
horizon: 1 h
weather: {wind_from: 135°, wind_speed: 3 m/s}
facility:
  spaces:
    room: {kind: room, at: [0 m, 0 m], size: [10 m, 10 m]}
    yard: {kind: muster, at: [15 m, 0 m], size: [20 m, 20 m], outdoors: true}
  links:
    exit: {between: [room, yard], kind: door, width: 1 m}
profiles:
  sitter: {speed: 1 m/s, responses: {voice: 10000000 s}}
groups:
  one: {count: 1, place: room, profile: sitter}
hazards:
  air: {kind: prescribed, at: room, air: [{AIR}]}
milestones:
  out: {title: out, observed: out, when: {empty: room, after: startex}}
plans:
  sit:
    title: sit
    end: out
    tasks:
      alarm: {title: alarm, takes: 0 s, effects: [{do: tell, groups: everyone, mode: voice}]}
"""


def room(folder: Path, *, air: str, profile: str = "", **options: object) -> Trace:
    text = ROOM.replace("AIR", air)
    if profile:
        text = text.replace("responses: {voice: 10000000 s}", profile)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return ds.run(ds.load(folder), plan="sit", **options)


def collapses(trace: Trace) -> list[tuple[float, str, str]]:
    return [(row.time_s, row.place, row.task) for _, row in trace.of("casualty")]


def greatest(trace: Trace) -> dict[str, float | None]:
    return {row.task: row.value for _, row in trace.of("dose")}


def test_d1_the_person_in_the_room_collapses_at_981_7_seconds(tmp_path: Path) -> None:
    trace = room(tmp_path, air=D1)
    ((time_s, place, dose),) = collapses(trace)
    assert (place, dose) == ("room", "fed-purser")
    assert time_s == pytest.approx(981.71, abs=0.05)
    assert greatest(trace)["fed-purser"] == pytest.approx(trace.rows[-1].time_s / time_s)
    assert evaluate(trace)["dose.fed-purser.max"].number == greatest(trace)["fed-purser"]


def test_a_collapse_does_not_wait_for_the_recording(tmp_path: Path) -> None:
    assert collapses(room(tmp_path, air=D1, record=False)) == collapses(room(tmp_path, air=D1))
    assert len(room(tmp_path, air=D1, record=False).crowd.time_s) == 0


def test_the_dose_of_each_step_adds_up_until_the_person_collapses(tmp_path: Path) -> None:
    (full_s, _, _) = collapses(room(tmp_path, air=D1))[0]
    trace = room(tmp_path, air=f"until: 500 s, {D1}}}, {{from: 800 s, {D1}")
    assert collapses(trace)[0][0] == pytest.approx(full_s + 300.0, abs=1e-6)


def test_nobody_collapses_who_is_out_in_time_and_the_dose_taken_is_the_stay_in_the_room(
    tmp_path: Path,
) -> None:
    trace = room(tmp_path, air=D1, profile="responses: {voice: 900 s}")
    out_s = passages(trace, "exit", into="yard")[0]
    assert collapses(trace) == []
    (full_s, _, _) = collapses(room(tmp_path, air=D1))[0]
    assert greatest(trace)["fed-purser"] == pytest.approx(out_s / full_s, rel=1e-9)


def test_who_takes_the_rest_of_a_dose_on_the_way_collapses_on_the_way(tmp_path: Path) -> None:
    # Out of the lobby at 14 s with part of the dose; the rest at the corridor's rate.
    trace = corridor(
        tmp_path,
        hazards=smoke("air: [{places: lobby, hcn: 230 ppm}, {places: corridor, hcn: 220 ppm}]"),
    )
    ((time_s, place, dose),) = collapses(trace)
    rates = [purser_cyanide_rate_per_min(ppm) / 60.0 for ppm in (230.0, 220.0)]
    assert (place, dose) == ("corridor", "fed-purser")
    assert time_s == pytest.approx(14.0 + (1.0 - 14.0 * rates[0]) / rates[1], abs=1e-6)
    assert passages(trace, "exit", into="yard") == []


def test_who_comes_into_harmful_air_out_of_clean_air_is_noticed_at_once() -> None:
    scenario = small(
        tasks={
            "alarm": task(takes="0 s", effects=[{"do": "tell", "groups": "everyone", "mode": "voice"}]),
            "wait": task(takes="1 h", milestone="over"),
        },
        groups={"staff": {"count": "1", "place": "room", "profile": "plain"}},
        hazards={"air": {"kind": "prescribed", "at": "corridor", "air": [{"hcn": "330 ppm"}]}},
    )
    trace = ds.run(scenario, plan="plan")
    ((time_s, place, _),) = collapses(trace)
    entered_s = passages(trace, "door", into="corridor")[0]
    assert place == "corridor"
    assert time_s == pytest.approx(entered_s + 60.0 / purser_cyanide_rate_per_min(330.0), abs=1e-6)


def test_the_run_waits_for_a_collapse_though_nobody_moves_and_nothing_else_is_to_come(tmp_path: Path) -> None:
    trace = room(tmp_path, air=D1, profile="responses: {warden: 0 s}")
    assert collapses(trace)[0][0] == pytest.approx(981.71, abs=0.05)


def ventilated(folder: Path, *, air: str, share: str) -> Trace:
    fans = f"""injects:
  fans:
    title: fans on
    cue: fans
    at: 400 s
    effects: [{{do: treat, hazard: air, action: ventilate, factor: {share}}}]
milestones:"""
    text = ROOM.replace("AIR", air).replace("milestones:", fans)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return ds.run(ds.load(folder), plan="sit")


def test_ventilating_before_the_bad_air_comes_spares_everybody(tmp_path: Path) -> None:
    assert collapses(ventilated(tmp_path, air="co: 9000 ppm, from: 500 s", share="100 %")) != []
    assert collapses(ventilated(tmp_path, air="co: 9000 ppm, from: 500 s", share="0 %")) == []


def test_ventilating_keeps_the_dose_taken_and_slows_what_is_still_to_come(tmp_path: Path) -> None:
    trace = ventilated(tmp_path, air="co: 2000 ppm", share="50 %")
    before, after = (purser_co_rate_per_min(ppm) / 60.0 for ppm in (2000.0, 1000.0))
    assert collapses(trace)[0][0] == pytest.approx(400.0 + (1.0 - 400.0 * before) / after, abs=1e-6)
    caused_by = trace.rows[next(row.cause for _, row in trace.of("casualty"))]
    assert (caused_by.event, caused_by.task) == ("hazard", "ventilate")


def test_in_an_exercise_the_dose_is_told_and_nobody_collapses(tmp_path: Path) -> None:
    trace = room(tmp_path, air=D1, conditions="exercise", profile="responses: {voice: 1500 s}")
    assert collapses(trace) == []
    assert (greatest(trace)["fed-purser"] or 0.0) > 1.5


def test_heat_is_a_dose_of_its_own(tmp_path: Path) -> None:
    trace = room(tmp_path, air=f"temperature: 100 °C, {D1}")
    assert collapses(trace)[0][2] == "fed-purser"
    hot = room(tmp_path, air="temperature: 100 °C, co: 100 ppm")
    assert collapses(hot)[0][0] == pytest.approx(24.70 * 60.0, abs=0.5)
    assert collapses(hot)[0][2] == "heat-iso13571"
    assert greatest(hot).keys() == {"fed-purser", "heat-iso13571"}


# -- many people ----------------------------------------------------------------------------------------

CROWD = """\
name: crowd
title: Forty people leave two rooms through bad air
start: 10:00:00
slot: 1 h
horizon: 2 h
weather: {wind_from: 135°, wind_speed: 3 m/s}
facility:
  spaces:
    west: {kind: room, at: [0 m, 0 m], size: [20 m, 6 m]}
    east: {kind: room, at: [20 m, 0 m], size: [20 m, 6 m]}
    hall: {kind: corridor, at: [10 m, 10 m], size: [40 m, 4 m]}
    yard: {kind: muster, at: [10 m, 30 m], size: [40 m, 20 m], outdoors: true}
  links:
    west-door: {between: [west, hall], kind: door, width: 0.8 m}
    east-door: {between: [east, hall], kind: door, width: 0.8 m}
    exit: {between: [hall, yard], kind: door, width: 0.8 m}
profiles:
  plain: {speed: {uniform: [0.6 m/s, 1.4 m/s]}, responses: {voice: {uniform: [0 s, 120 s]}}}
groups:
  left: {count: 20, place: west, profile: plain}
  right: {count: 20, place: east, profile: plain}
hazards: {air: {kind: prescribed, at: hall, air: [AIR]}}
milestones:
  out: {title: out, observed: out, when: {empty: [west, east, hall], after: startex}}
plans:
  go:
    title: go
    end: out
    tasks:
      alarm: {title: alarm, takes: 1 s, effects: [{do: tell, groups: everyone, mode: voice}]}
"""
BAD = (
    "{hcn: 290 ppm, from: 20 s, until: 1 min}, "
    "{hcn: 260 ppm, from: 1 min}, {hcn: 235 ppm, places: east, from: 1 min}"
)


def crowd(folder: Path, *, air: str, **options: object) -> Trace:
    (folder / "scenario.yaml").write_text(CROWD.replace("AIR", air), encoding="utf-8")
    return ds.run(ds.load(folder), plan="go", **options)


def doses_by_hand(trace: Trace) -> list[tuple[float, str]]:
    """When and where each person's dose is 1, worked out from the passages."""
    early, late, east = (purser_cyanide_rate_per_min(ppm) / 60.0 for ppm in (290.0, 260.0, 235.0))
    log, spaces = trace.crowd, trace.header.spaces
    found = []
    for person in range(40):
        stays = [(0.0, "west" if person < 20 else "east")]
        for at, who, space in zip(log.time_s, log.person, log.space, strict=True):
            if who == person:
                stays.append((at, spaces[space]))
        dose = 0.0
        for (start, place), (end, _) in zip(stays, [*stays[1:], (7200.0, "")], strict=True):
            if place == "yard":
                continue
            edges = sorted({start, end, *(edge for edge in (20.0, 60.0) if start < edge < end)})
            for a, b in itertools.pairwise(edges):
                hall, room = (late, east) if a >= 60.0 else (early if a >= 20.0 else 0.0, 0.0)
                rate = {"hall": hall, "east": room, "west": 0.0}[place]
                if dose < 1.0 <= dose + rate * (b - a):
                    found.append((a + (1.0 - dose) / rate, place))
                dose += rate * (b - a)
    return sorted(found)


@pytest.mark.parametrize("seed", range(1, 7))
def test_everybody_collapses_when_and_where_the_passages_say(tmp_path: Path, seed: int) -> None:
    trace = crowd(tmp_path, air=BAD, seed=seed)
    by_hand = doses_by_hand(trace)
    fallen = sorted((at, place) for at, place, _ in collapses(trace))
    assert 2 < len(fallen) < 40
    assert [place for _, place in fallen] == [place for _, place in by_hand]
    assert [at for at, _ in fallen] == pytest.approx([at for at, _ in by_hand], abs=1e-6)
    assert collapses(crowd(tmp_path, air=BAD, seed=seed, record=False)) == collapses(trace)


def test_following_doses_moves_nobody(tmp_path: Path) -> None:
    thin = crowd(tmp_path, air="{co: 1 ppm}")
    clean = crowd(tmp_path, air="{co: 0 ppm}")
    assert greatest(thin)["fed-purser"] > 0.0
    assert greatest(clean) == {}
    for column in ("time_s", "person", "link", "space"):
        assert getattr(thin.crowd, column) == getattr(clean.crowd, column)


def test_the_last_one_out_does_not_wait_for_the_fallen(tmp_path: Path) -> None:
    trace = crowd(tmp_path, air=BAD)
    last_s = max(collapses(trace)[-1][0], passages(trace, "exit", into="yard")[-1])
    assert when(trace, "out") == pytest.approx(last_s, abs=1e-9)
    assert trace.rows[-1].task == "endex"
    inside = sum(heads for (_, state), heads in end_states(trace).items() if state == "inside")
    assert inside == len(collapses(trace)) > 2


# -- criteria, ASET and RSET ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("air", "criterion", "value"),
    [
        ("air: [{extinction: 1.0 /m, from: 20 s}]", "visibility", 3.0),
        ("air: [{temperature: 80 °C, from: 20 s}]", "temperature", 353.15),
        ("air: [{temperature: 80 °C, from: 20 s}, {extinction: 1.0 /m, from: 30 s}]", "temperature", 353.15),
        ("air: [{temperature: 80 °C, extinction: 1.0 /m, from: 20 s}]", "visibility", 3.0),
    ],
)
def test_the_trace_tells_which_criterion_failed_first(
    tmp_path: Path, air: str, criterion: str, value: float
) -> None:
    trace = corridor(tmp_path, hazards=smoke(air))
    ((_, row),) = trace.of("criterion")
    assert (row.time_s, row.place, row.task) == (20.0, "corridor", criterion)
    assert row.value == pytest.approx(value)
    assert trace.rows[row.cause][:5] == (20.0, "threshold", "machine", "corridor", "untenable")


def test_smoke_that_is_seen_but_leaves_the_space_tenable_has_no_criterion(tmp_path: Path) -> None:
    trace = corridor(tmp_path, hazards=smoke("air: [{extinction: 0.2 /m}]"))
    assert times(trace, "threshold", task="smoke") == [0.0]
    assert list(trace.of("criterion")) == []


def test_aset_is_when_the_air_turns_and_rset_when_the_last_one_has_left(tmp_path: Path) -> None:
    # Into the corridor at 14 s; 100 m, of which the first 5 s at 1.25 m/s, the rest at half of it.
    late = "air: [{extinction: 1.0 /m, from: 19 s}]"
    found = evaluate(corridor(tmp_path, law="linear-floor", hazards=smoke(late)))
    assert found["aset.corridor"].number == 19.0
    assert found["rset.corridor"].number == pytest.approx(14.0 + 5.0 + (100.0 - 6.25) / 0.625)
    assert found["margin.corridor"].number == pytest.approx(-150.0)
    assert found["margin.building"].number == found["margin.corridor"].number
    assert found["consequence"].number == pytest.approx(150.0)
    assert found["rset.lobby"].number == 14.0
    assert found["aset.lobby"].at_least == found["endex"].number


# -- turning back ---------------------------------------------------------------------------------------


def fork_in_smoke(air: list[dict[str, str]], *, turn_back: str = "30 m", **links: dict[str, str]) -> Trace:
    """Ten people who set out at 30 s from a room with two ways out; the west one is the shorter."""
    facility = two_ways(**links)
    facility["movement"] = facility["movement"] | {"turn_back": turn_back}
    scenario = fork(
        facility=facility,
        tasks={"alarm": task(takes="0 s", effects=[{"do": "tell", "groups": "everyone", "mode": "voice"}])},
        hazards={"machine": {"kind": "prescribed", "at": "west", "air": air}},
    )
    return ds.run(scenario, plan="plan")


@pytest.mark.parametrize(("turn_back", "west"), [("30 m", 0), ("4 m", 0), ("2 m", 10)])
def test_people_turn_back_where_they_see_less_far_than_the_limit_that_is_stated(
    turn_back: str, west: int
) -> None:
    trace = fork_in_smoke([{"extinction": "1 /m"}], turn_back=turn_back)  # one sees 3 m
    assert len(passages(trace, "west-exit", into="yard-west")) == west
    assert len(passages(trace, "east-exit", into="yard-east")) == 10 - west


def test_people_under_way_turn_when_smoke_thickens_past_the_limit_ahead_of_them() -> None:
    thickening = [{"extinction": "0.2 /m"}, {"extinction": "2 /m", "from": "37 s"}]
    trace = fork_in_smoke(thickening, turn_back="3 m")
    gone = len(passages(trace, "west-door", into="west"))
    assert 0 < gone < 10  # thin smoke turned nobody
    assert len(passages(trace, "west-exit", into="yard-west")) == gone  # who was in it went on
    assert len(passages(trace, "east-exit", into="yard-east")) == 10 - gone


def test_people_go_on_through_smoke_where_there_is_no_other_way() -> None:
    trace = fork_in_smoke([{"extinction": "2 /m"}], east_exit={"locked": "true"})
    assert len(passages(trace, "west-exit", into="yard-west")) == 10


def test_they_take_the_shorter_way_again_once_the_smoke_has_thinned() -> None:
    trace = fork_in_smoke([{"extinction": "2 /m", "until": "31 s"}])
    assert len(passages(trace, "west-exit", into="yard-west")) == 10


# -- rescue ---------------------------------------------------------------------------------------------


def fallen_in_two_places(searched: tuple[str, ...] = ("room", "corridor"), **carry: object) -> Trace:
    """Two people collapse in bad air in the room, one in the corridor; a search, then whoever is carried."""
    search = {"do": "search", "places": list(searched), "each": "30 s"}
    scenario = small(
        tasks={
            "search": task(takes="10 min", effects=[search, {"do": "rescue", **carry}]),
            "over": task(after="search", takes="1 min", milestone="over"),
        },
        groups={
            "staff": {"count": "2", "place": "room", "profile": "plain"},
            "guard": {"count": "1", "place": "corridor", "profile": "plain"},
        },
        hazards={
            "air": {
                "kind": "prescribed",
                "at": "room",
                "air": [{"hcn": "400 ppm", "extinction": "0.05 /m", "places": ["room", "corridor"]}],
            }
        },
    )
    return ds.run(scenario, plan="plan")


def carried(trace: Trace) -> list[tuple[float, str, float | None]]:
    return [(row.time_s, row.actor, row.value) for _, row in trace.of("person") if row.task == "rescued"]


def test_those_who_took_a_full_dose_are_found_where_they_lie_and_carried_out() -> None:
    trace = fallen_in_two_places(places=["room", "corridor"])
    assert sorted(place for _, place, _ in collapses(trace)) == ["corridor", "room", "room"]
    assert [(row.time_s, row.actor) for _, row in trace.of("found")] == [(630.0, "staff"), (660.0, "guard")]
    assert carried(trace) == [(660.0, "guard", 1.0), (660.0, "staff", 2.0)]
    assert end_states(trace)["staff", "evacuated"] == 2.0


def test_only_casualties_who_lie_in_the_places_named_are_carried_out() -> None:
    trace = fallen_in_two_places(places=["corridor"])
    assert carried(trace) == [(660.0, "guard", 1.0)]
    assert end_states(trace)["staff", "inside"] == 2.0


def test_nobody_can_carry_out_by_place_whom_no_search_has_found() -> None:
    trace = fallen_in_two_places(searched=("room",), places=["room", "corridor"])
    assert carried(trace) == [(630.0, "staff", 2.0)]


def test_a_rescue_of_nobody_named_is_refused() -> None:
    with pytest.raises(ValidationError, match="write group, places or both"):
        fallen_in_two_places()
