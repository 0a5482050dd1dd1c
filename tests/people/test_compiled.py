"""The compiled kernel gives what the plain one gives, to the bit, whatever happens on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import pytest

import drillsim as ds
from drillsim.facility.graph import Facility
from drillsim.people.crowd import Crowd
from drillsim.people.kernel import FROM_TOKENS, SWITCH, Kernel, crowd_class, crowd_for
from drillsim.people.population import Population
from drillsim.streams import Streams
from tests.benchmarks.building import occupants, tower
from tests.people.cases import site
from tests.people.random_sites import Site, drawn_site, tied_site

SITES = 100
DRILL = Path(__file__).parents[2] / "scenarios" / "office-fire"
BOTH: tuple[Kernel, Kernel] = ("plain", "compiled")


needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")


def columns(crowd: Crowd) -> list[bytes]:
    log = crowd.log
    return [column.tobytes() for column in (log.time_s, log.arrived_s, log.person, log.link, log.space)]


def picture(crowd: Crowd) -> dict[str, Any]:
    """Everything one can ask a crowd; numbers by their text, so that 1.0 is not numpy's."""
    people = range(len(crowd._heads))
    return {
        "clock": repr((crowd.now_s, crowd.last_s, crowd.next_time(), crowd.seen_person)),
        "occupancy": repr(list(crowd.occupancy)),
        "where": repr([crowd.space_of(person) for person in people]),
        "states": [crowd.state_of(person) for person in people],
        "arrived": repr([crowd.arrived_s(person) for person in people]),
        "queues": repr([crowd.queue_of(link) for link in range(len(crowd.facility.links))]),
        "stuck": repr(crowd.stuck()),
        "standstill": repr(crowd.standstill()),
        "notes": repr(crowd.notes),
        "rows": len(crowd.log.link),
    }


# -- random crowds ------------------------------------------------------------------------------------


def busy_site(rng: Random) -> Facility:
    """A graph with circles, parallel and two-way links on a grid, so that streams meet, merge and tie."""
    rooms = rng.randint(2, 9)
    spots = rng.sample([(2.0 * x, 2.0 * y) for x in range(6) for y in range(6)], 36)
    spaces: dict[str, dict[str, Any]] = {
        name: {"kind": "outside", "at_m": (0, -9), "size_m": (9, 9)} for name in ("out", "off")
    }
    links: dict[str, dict[str, Any]] = {}
    for room in range(rooms):
        side = rng.choice([0.7, 1.0, 1.5, 4.0, 9.0])
        kind = rng.choice(["room", "room", "corridor", "stair"])
        spaces[f"r{room}"] = {"kind": kind, "at_m": rng.choice(spots), "size_m": (side, side)}
        if kind == "stair":
            spaces[f"r{room}"] |= {"riser_m": 0.17, "tread_m": 0.28, "level_m": 3.0 * rng.randint(0, 2)}
        links[f"l{room}"] = door(rng, spots.pop(), f"r{room}", f"r{rng.randrange(room)}" if room else "out")
    for number in range(rng.randint(0, 2 * rooms)):
        links[f"m{number}"] = door(rng, spots.pop(), *rng.sample([*spaces], 2))
    return site(
        spaces,
        links,
        counterflow_level=rng.choice([1.0, 0.6]),
        counterflow_stair=rng.choice([1.0, 0.4]),
        law=rng.choice(["sfpe", "imo", "weidmann", "assigned"]),
        merging=rng.choice(["first-come", "equal", "by-width", "by-weight"]),
    )


def door(rng: Random, at_m: tuple[float, float], first: str, second: str) -> dict[str, Any]:
    made: dict[str, Any] = {"between": (first, second), "at_m": at_m}
    made |= {"kind": rng.choice(["door", "opening"]), "merge_weight": rng.choice([1.0, 2.5])}
    if rng.random() < 0.5:
        return made | {"flow_p_s": rng.choice([0.25, 0.5, 1.0, 2.0])}
    return made | {"width_m": rng.uniform(0.6, 2.0)}


def people(rng: Random, facility: Facility) -> Population:
    rooms = [i for i, name in enumerate(facility.spaces) if name.startswith("r")]
    count, grouped, tied = rng.randint(5, 60), rng.random() < 0.4, rng.random() < 0.5
    return Population.of(
        facility,
        place=[rng.choice(rooms) for _ in range(count)],
        speed_m_s=[rng.choice([0.5, 1.0, 1.5]) if tied else rng.uniform(0.4, 1.7) for _ in range(count)],
        heads=[rng.choice([1, 1, 2, 4]) if grouped else 1 for _ in range(count)],
        streams=Streams(rng.randrange(10**6)),
    )


class Act:
    """A random thing that befalls a crowd: the same for every crowd it is called with."""

    def __init__(self, rng: Random, facility: Facility, count: int) -> None:
        self.at_s = rng.choice([float(rng.randint(0, 60)), rng.uniform(0.0, 90.0)])
        self.inclusive = rng.random() < 0.3
        spaces, ports = len(facility.spaces), len(facility.port_to)
        person, space, link = rng.randrange(count), rng.randrange(spaces), rng.randrange(ports // 2)
        some = tuple(rng.sample(range(spaces), rng.randint(0, min(3, spaces))))
        exits = tuple(facility.space_index[name] for name in rng.choice([["out"], ["out", "off"]]))
        start = partial(
            lambda delay_s, crowd, **how: crowd.start(person, crowd.now_s + delay_s, **how),
            rng.choice([0.0, 5.0]),
            goals=rng.choice([exits, (space,)]),
            via=some[:1] if rng.random() < 0.3 else (),
            route=rng.choice(["nearest", "nearest", "least-crowded", "follow"]),
        )
        opened = {"forward_open": rng.random() < 0.6, "backward_open": rng.random() < 0.6}
        guides, hard, per_m = rng.sample(range(ports), rng.randint(0, 2)), rng.random() < 0.3, rng.random()
        what = rng.choice(
            ["link"] * 3 + ["avoid", "guides", "smoke", "clear", "hold", "remove", "transfer", "watch", "cut"]
            + ["release", "start"] * 2
        )  # fmt: skip
        acts: dict[str, Any] = {
            "link": lambda crowd: crowd.set_link(link, **opened),
            "avoid": lambda crowd: crowd.set_avoid(some, hard=hard),
            "guides": lambda crowd: crowd.set_guides(guides),
            "smoke": lambda crowd: crowd.set_extinction(space, per_m),
            "clear": lambda crowd: crowd.set_extinction(space, 0.0),
            "hold": lambda crowd: crowd.hold(person),
            "release": lambda crowd: [crowd.release(one) for one in range(person)],
            "remove": lambda crowd: crowd.remove(person),
            "transfer": lambda crowd: crowd.transfer(person, space),
            "watch": lambda crowd: crowd.watch(some),
            "cut": lambda crowd: None,
            "start": start,
        }
        self.what, self.do = what, acts[what]

    def __call__(self, crowd: Crowd) -> str:
        """Errors, too, are to be the same."""
        try:
            return repr(self.do(crowd))
        except ValueError as error:
            return str(error)


def befalls(crowd: Crowd, acts: list[Act], goals: list[tuple[tuple[int, ...], str, float]]) -> Iterator[Any]:
    """What there is to see of a crowd, from act to act and at every event somebody watches."""
    for person, (goal, route, start_s) in enumerate(goals):
        crowd.start(person, start_s, goals=goal, route=route)  # type: ignore[arg-type]
    for act in acts:
        while (seen_s := crowd.advance(act.at_s, inclusive=act.inclusive)) is not None:
            yield act.what, repr(seen_s), picture(crowd)
        yield act.what, act(crowd), picture(crowd)
    for _ in range(5000):
        if crowd.next_time() == inf:
            break
        seen_s = crowd.advance(inf)
        yield "end", repr(seen_s), picture(crowd)
    yield columns(crowd)


def case(seed: int) -> tuple[Facility, Population, list[Act], list[Any]]:
    rng = Random(f"kernels {seed}")
    facility = busy_site(rng)
    population = people(rng, facility)
    count = len(population.heads)
    acts = sorted(
        (Act(rng, facility, count) for _ in range(rng.choice([0, 4, 12]))), key=lambda act: act.at_s
    )
    routes = rng.choice([["nearest"], ["nearest", "least-crowded", "follow"]])
    out, off, room = (facility.space_index[name] for name in ("out", "off", "r0"))
    ends = rng.choice([[(out,), (out, off)], [(out,), (room,)]])
    goals = [
        (rng.choice(ends), rng.choice(routes), rng.choice([0.0, 1.0, rng.uniform(0.0, 40.0)]))
        for _ in range(count)
    ]
    return facility, population, acts, goals


@needs_numba
@pytest.mark.parametrize("tens", range(20))
def test_both_kernels_show_the_same_whatever_befalls(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        facility, population, acts, goals = case(seed)
        plain, compiled = (
            befalls(crowd_for(facility, population, kernel=kernel), acts, goals) for kernel in BOTH
        )
        for seen, shown in zip(plain, compiled, strict=True):
            assert seen == shown, seed


@needs_numba
@pytest.mark.parametrize("record", [True, False])
def test_the_pinned_tower_leaves_the_same_trace(record: bool) -> None:
    facility = tower(storeys=6, rooms=4)
    population = occupants(facility, per_room=25)
    goals = (facility.space_index["outside"],)
    shown = []
    for kernel in BOTH:
        crowd = crowd_for(facility, population, record=record, kernel=kernel)
        for person, luck in enumerate(population.exit):
            crowd.start(person, 60.0 * luck, goals=goals)
        crowd.advance(inf)
        shown.append((picture(crowd), columns(crowd)))
    assert shown[0] == shown[1]
    assert (len(shown[0][1][0]) > 8 * 3000) == record


@needs_numba
@pytest.mark.parametrize("draw", [drawn_site, tied_site])
def test_the_sites_of_the_oracle_leave_the_same_trace(draw: Callable[[int], Site]) -> None:
    for seed in range(SITES):
        drawn = draw(seed)
        facility = drawn.facility()
        people = Population.of(
            facility,
            place=[facility.space_index[name] for name in drawn.place],
            speed_m_s=drawn.speed_m_s,
            streams=Streams(seed),
        )
        goals = [tuple(facility.space_index[name] for name in names) for names in drawn.goals]
        shown = []
        for kernel in BOTH:
            crowd = crowd_for(facility, people, kernel=kernel)
            for person, (start_s, goal) in enumerate(zip(drawn.start_s, goals, strict=True)):
                crowd.start(person, start_s, goals=goal)
            crowd.advance(inf)
            shown.append((picture(crowd), columns(crowd)))
        assert shown[0] == shown[1], seed


@needs_numba
def test_a_log_longer_than_the_buffer_is_whole() -> None:
    """More rows between two looks than are kept before they go into the log."""
    facility = tower(storeys=12, rooms=4)
    population = occupants(facility, per_room=14)
    lengths = []
    for kernel in BOTH:
        crowd = crowd_for(facility, population, kernel=kernel)
        for person, luck in enumerate(population.exit):
            crowd.start(person, luck, goals=(facility.space_index["outside"],))
        crowd.advance(inf)
        lengths.append(columns(crowd))
    assert lengths[0] == lengths[1]
    assert len(lengths[0][0]) > 8 * (4096 + 2 * len(population.heads))


@needs_numba
def test_a_drill_has_the_same_digest_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = ds.load(DRILL)
    digests = []
    for kernel in BOTH:
        monkeypatch.setenv(SWITCH, kernel)
        digests.append(ds.run(scenario, plan=sorted(scenario.plans)[0]).digest())
    assert digests[0] == digests[1]


@needs_numba
def test_the_loop_counts_states_as_the_walkers_do() -> None:
    from drillsim.people import compiled_loop, walkers

    for name in ("WAITING", "MOVING", "ARRIVED"):
        assert getattr(compiled_loop, name) == getattr(walkers, name)


# -- the choice ---------------------------------------------------------------------------------------


def name_of(tokens: int, **how: Any) -> str:
    return crowd_class(tokens, **how).__name__


@needs_numba
def test_small_crowds_run_plain_and_large_ones_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    assert name_of(FROM_TOKENS - 1) == "Crowd"
    assert name_of(FROM_TOKENS) == "CompiledCrowd"


@needs_numba
def test_the_choice_can_be_forced_by_word_or_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "compiled")
    assert name_of(1) == "CompiledCrowd"
    assert name_of(1, kernel="plain") == "Crowd"
    monkeypatch.setenv(SWITCH, "plain")
    assert name_of(10**6) == "Crowd"
    assert name_of(10**6, kernel="auto") == "CompiledCrowd"


def test_another_word_for_the_kernel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "fast")
    with pytest.raises(
        ValueError, match="DRILLSIM_KERNEL is 'fast'; it must be one of auto, plain, compiled"
    ):
        crowd_class(1)


def test_without_numba_everybody_runs_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr("drillsim.people.kernel.find_spec", lambda name: None)
    assert name_of(10**6) == "Crowd"


def test_a_small_drill_never_loads_numba() -> None:
    code = (
        "import sys, drillsim as ds; from drillsim.people.kernel import crowd_class; crowd_class(1); "
        "import drillsim.cli; sys.exit('numba' in sys.modules)"
    )
    environment = {key: value for key, value in os.environ.items() if key != SWITCH}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
