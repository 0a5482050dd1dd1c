"""What must hold on random graphs with cycles, stairs and two-way links, whatever is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.facility.quickest_flow import Evacuation, quickest_flow
from drillsim.facility.spec import SpeedLaw
from tests.people.cases import arrivals, crowd_of, room_with_door, used
from tests.people.random_sites import Site, drawn_site, sites
from tests.people.test_crowd_properties import Change, check_windows, step_through

CALM = settings(max_examples=60, deadline=None, derandomize=True)
DOOR_P_S = 1.33 * 0.7
rngs = st.integers(0, 2**32).map(Random)

# -- conservation -------------------------------------------------------------------------------------


@CALM
@given(st.data(), st.booleans())
def test_totals_hold_at_every_event_while_links_shut_and_people_cross(
    data: st.DataObject, tied: bool
) -> None:
    site = data.draw(sites(tied=tied))
    names = st.sampled_from([*site.spaces])
    goals = tuple((data.draw(names),) if data.draw(st.booleans()) else ("out",) for _ in site.place)
    crowd = site.but(goals=goals).crowd(record=True)
    links = st.integers(0, len(site.links) - 1)
    times = st.floats(0.0, 60.0)
    changes = data.draw(st.lists(st.builds(Change, times, links, st.booleans(), st.booleans()), max_size=6))
    step_through(crowd, sorted(changes, key=lambda change: change.time_s))
    check_windows(crowd)
    states = Counter(crowd.state_of(person) for person in range(len(site.place)))
    assert set(states) <= {"arrived", "stuck", "queueing"}
    assert not states["queueing"] or crowd.standstill()
    assert states["stuck"] == len(crowd.stuck())


@CALM
@given(sites(tied=True))
def test_with_one_goal_and_open_ways_everybody_gets_there(site: Site) -> None:
    crowd = site.crowd(record=True)
    step_through(crowd, [])
    check_windows(crowd)
    assert crowd.occupancy[crowd.facility.space_index["out"]] == len(site.place)


# -- shifts, names, order, mirrors --------------------------------------------------------------------


@CALM
@given(sites(), st.floats(0.0, 1000.0))
def test_the_same_delay_for_all_shifts_every_time_by_it(site: Site, delay_s: float) -> None:
    expected = [time_s + delay_s for time_s in site.exit_s()]
    assert site.delayed(delay_s).exit_s() == pytest.approx(expected, rel=1e-9)


@CALM
@given(st.data())
def test_a_delay_shifts_times_to_the_bit_where_nothing_rounds(data: st.DataObject) -> None:
    """Speeds of 1 m/s, walks of whole metres, headways of 1/2 s, and a delay of 2^k s."""
    site = data.draw(sites(law="assigned", tied=True))
    rng = Random(data.draw(st.integers(0, 10**6)))
    site = site.but(speed_m_s=(1.0,) * len(site.place)).with_links(
        lambda _, row: row | {"flow_p_s": 2.0, "at_m": (rng.randint(0, 30), 0)}
    )
    site = site.but(
        spaces={name: dict(row) | {"at_m": (rng.randint(0, 30), 0)} for name, row in site.spaces.items()}
    )
    delay_s = 2.0 ** data.draw(st.integers(-3, 12))
    assert site.delayed(delay_s).exit_s() == [time_s + delay_s for time_s in site.exit_s()]


@CALM
@given(sites(), rngs)
def test_new_names_change_nothing_where_nothing_is_tied(site: Site, rng: Random) -> None:
    spaces, links = (
        dict(zip(names, rng.sample([f"n{i}" for i in range(99)], len(names)), strict=True))
        for names in (site.spaces, site.links)
    )
    renamed = site.but(
        spaces={spaces[name]: row for name, row in site.spaces.items()},
        links={
            links[name]: dict(row) | {"between": tuple(spaces[end] for end in row["between"])}
            for name, row in site.links.items()
        },
        place=tuple(spaces[name] for name in site.place),
        goals=tuple((spaces["out"],) for _ in site.place),
    )
    assert renamed.exit_s() == site.exit_s()


@CALM
@given(sites(tied=True), rngs)
def test_the_order_of_the_tables_changes_nothing(site: Site, rng: Random) -> None:
    def shuffled(table: Any) -> Any:
        return dict(rng.sample(sorted(table.items()), len(table)))

    other = site.but(spaces=shuffled(site.spaces), links=shuffled(site.links))
    crowds = [one.crowd(record=True) for one in (site, other)]
    for crowd in crowds:
        crowd.advance(inf)
    columns = [
        (log.time_s, log.arrived_s, log.person, log.link, log.space) for log in (c.log for c in crowds)
    ]
    assert columns[0] == columns[1]


@CALM
@given(sites())
def test_a_mirrored_facility_gives_the_mirrored_result(site: Site) -> None:
    def flip(row: Any) -> Any:
        return dict(row) | {"at_m": (-row["at_m"][0], row["at_m"][1])}

    flipped = site.but(
        spaces={name: flip(row) for name, row in site.spaces.items()},
        links={name: flip(row) for name, row in site.links.items()},
    )
    assert flipped.exit_s() == site.exit_s()


def two_doors(people: int, *, seed: int, names: tuple[str, str] = ("west", "east")) -> Site:
    return Site(
        spaces={
            "hall": {"kind": "hall", "at_m": (0, 0), "size_m": (40, 40)},
            "out": {"kind": "outside", "at_m": (0, 90), "size_m": (90, 90)},
        },
        links={
            name: {"between": ("hall", "out"), "at_m": (x, 5), "flow_p_s": 1.0}
            for name, x in zip(names, (-12, 12), strict=True)
        },
        place=("hall",) * people,
        goals=(("out",),) * people,
        start_s=(0.0,) * people,
        speed_m_s=(1.0,) * people,
        law="assigned",
        seed=seed,
    )


@pytest.mark.parametrize("names", [("west", "east"), ("east", "west")])
def test_two_identical_exits_are_shared_by_the_luck_of_each_person(names: tuple[str, str]) -> None:
    """The declared rule of ties: a fair coin a person; 100 crowds, 4.5 standard deviations each."""
    shares = []
    for seed in range(100):
        crowd = two_doors(100, seed=seed, names=names).crowd(record=True)
        arrivals(crowd)
        shares.append(used(crowd)["west"])
        assert abs(shares[-1] - 50) <= 22
    assert abs(sum(shares) / 100 - 50) <= 2.25


# -- closed forms on drawn numbers --------------------------------------------------------------------


def first_come_s(starts_s: list[float], headway_s: float) -> list[float]:
    """When those who come to a door at given times pass it."""
    passed: list[float] = []
    for start_s in sorted(starts_s):
        passed.append(max(start_s, passed[-1] + headway_s) if passed else start_s)
    return passed


@CALM
@given(st.lists(st.floats(0.0, 300.0), min_size=1, max_size=80))
def test_drawn_delays_at_a_door_follow_the_closed_form(starts_s: list[float]) -> None:
    times = arrivals(crowd_of(room_with_door(), ["room"] * len(starts_s), start_s=starts_s))
    last = len(starts_s) - 1
    closed = max(start + (last - i) / DOOR_P_S for i, start in enumerate(sorted(starts_s)))
    assert max(times) == pytest.approx(closed, rel=1e-9)
    assert sorted(times) == pytest.approx(first_come_s(starts_s, 1 / DOOR_P_S), rel=1e-9)


@CALM
@given(sites())
def test_nobody_beats_the_first_come_queue_at_the_last_door(site: Site) -> None:
    """All leave by one door; without walking and other doors the k-th out could not be sooner."""
    alone = site.but(
        links={name: row for name, row in site.links.items() if name == "l0" or "out" not in row["between"]}
    )
    headway_s = 1.0 / float(alone.facility().link_capacity_p_s[0])
    bound = first_come_s(list(alone.start_s), headway_s)
    assert all(got >= best - 1e-9 for got, best in zip(sorted(alone.exit_s()), bound, strict=True))


def way(parts: int, part_m: float, *, speed_m_s: float, start_s: float) -> Site:
    """A straight corridor in equal parts, one person at its head."""
    spaces: dict[str, dict[str, Any]] = {
        f"part{i}": {"kind": "corridor", "at_m": ((i + 0.5) * part_m, 0), "size_m": (part_m, 2)}
        for i in range(parts)
    }
    spaces["head"] = {"at_m": (0, 0), "size_m": (4, 4)}
    spaces["out"] = {"kind": "outside", "at_m": (parts * part_m, 0), "size_m": (4, 4)}
    ends = ["head", *(f"part{i}" for i in range(parts)), "out"]
    links = {f"l{i}": {"between": (ends[i], ends[i + 1]), "at_m": (i * part_m, 0)} for i in range(parts + 1)}
    return Site(spaces, links, ("head",), (("out",),), (start_s,), (speed_m_s,), law="assigned")


@CALM
@given(st.integers(0, 5), st.integers(1, 200), st.sampled_from([0.5, 1.0, 2.0]), st.integers(0, 9))
def test_splitting_a_corridor_adds_nothing_to_a_free_walk(
    halvings: int, length_m: int, speed_m_s: float, start_s: int
) -> None:
    parts = 2**halvings
    split = way(parts, length_m / parts, speed_m_s=speed_m_s, start_s=start_s)
    assert split.exit_s() == [start_s + length_m / speed_m_s]


@CALM
@given(st.integers(1, 12), st.floats(1.0, 200.0), st.floats(0.3, 2.0))
def test_splitting_at_any_length_adds_only_rounding(parts: int, length_m: float, speed_m_s: float) -> None:
    split = way(parts, length_m / parts, speed_m_s=speed_m_s, start_s=0.0)
    assert split.exit_s() == pytest.approx([length_m / speed_m_s], rel=1e-9)


@CALM
@given(sites(storage=False, law="assigned"), st.integers(1, 6))
def test_a_chain_of_links_without_length_adds_nothing(site: Site, cells: int) -> None:
    """The exit is replaced by ``cells`` more openings of its width at one spot, people queue at the first."""
    exit_ = dict(site.links["l0"])
    ends = ["r0", *(f"cell{i}" for i in range(cells)), "out"]
    chain = {f"chain{i}": exit_ | {"between": (ends[i], ends[i + 1])} for i in range(cells + 1)}
    spot = {"kind": "yard", "at_m": exit_["at_m"], "size_m": (1, 1)}
    longer = site.but(
        spaces=dict(site.spaces) | dict.fromkeys(ends[1:-1], spot),
        links={name: row for name, row in site.links.items() if name != "l0"} | chain,
    )
    assert longer.exit_s() == site.exit_s()


# -- quickest flow ------------------------------------------------------------------------------------


@settings(CALM, max_examples=30)
@given(st.data(), st.sampled_from(["sfpe", "assigned"]), st.booleans())
def test_no_crowd_is_out_before_the_quickest_flow(data: st.DataObject, law: SpeedLaw, tied: bool) -> None:
    site = data.draw(sites(law=law, tied=tied))
    facility = site.facility()
    bound = quickest_flow(
        Evacuation.of(
            facility,
            goals=(facility.space_index["out"],),
            place=[facility.space_index[name] for name in site.place],
            start_s=site.start_s,
            speed_m_s=site.speed_m_s,
        )
    )
    assert bound.lower_s <= bound.upper_s
    assert max(site.exit_s()) >= bound.lower_s


def test_the_quickest_flow_is_reached_where_there_is_nothing_to_choose() -> None:
    site = two_doors(60, seed=1)
    site = site.but(links={"west": site.links["west"]})
    facility = site.facility()
    bound = quickest_flow(
        Evacuation.of(facility, goals=(1,), place=[0] * 60, start_s=[0.0] * 60, speed_m_s=[1.0] * 60)
    )
    assert facility.spaces == ("hall", "out")
    assert max(site.exit_s()) == 13.0 + 59.0
    assert bound.lower_s <= 72.0 <= bound.upper_s + 1e-9
    assert bound.lower_s >= 0.95 * 72.0


# -- what never helps, and where it sometimes does ----------------------------------------------------


def narrowed(site: Site, rng: Random) -> Site:
    """One link at 30 to 95 % of its width or flow."""
    which, share = rng.choice(sorted(site.links)), rng.uniform(0.3, 0.95)
    key = "flow_p_s" if "flow_p_s" in site.links[which] else "width_m"
    return site.with_links(lambda name, row: row | ({key: row[key] * share} if name == which else {}))


def joined(site: Site, rng: Random) -> Site:
    """One to ten people more where others are, any time; those there keep their luck."""
    like = [rng.randrange(len(site.place)) for _ in range(rng.randint(1, 10))]
    return site.with_people(
        site.but(
            place=tuple(site.place[person] for person in like),
            goals=tuple(site.goals[person] for person in like),
            start_s=tuple(rng.uniform(0.0, max(site.start_s)) for _ in like),
            speed_m_s=tuple(rng.choice(site.speed_m_s) for _ in like),
        )
    )


HARM = pytest.mark.parametrize("harm", [narrowed, joined])


@HARM
@CALM
@given(sites(storage=False, law="assigned"), rngs)
def test_harm_never_helps_at_constant_speed_on_fixed_ways_without_limits_of_storage(
    harm: Callable[[Site, Random], Site], site: Site, rng: Random
) -> None:
    """All at one speed: nobody overtakes, so the k-th from the end is never out sooner."""
    site = site.but(speed_m_s=(1.2,) * len(site.place))
    before, after = sorted(site.exit_s()), sorted(harm(site, rng).exit_s())
    last = after[len(after) - len(before) :]
    assert all(late >= soon - 1e-9 for soon, late in zip(before, last, strict=True))


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def mixed_speeds(seed: int) -> Site:
    """Constant speeds that differ, no limits of storage."""
    site = drawn_site(seed, law="assigned")
    return site.but(spaces={name: {**row, "kind": "yard"} for name, row in site.spaces.items()})


@HARM
@pytest.mark.parametrize("case", [mixed_speeds, drawn_site], ids=["mixed speeds", "storage and density"])
def test_elsewhere_harm_seldom_helps_and_by_less_than_a_tenth(
    harm: Callable[[Site, Random], Site], case: Callable[[int], Site]
) -> None:
    """Where people overtake, wait for room or slow one another, exceptions are genuine: counted, bounded."""
    last, middle = [], []
    for seed in range(300):
        site = case(seed)
        before, after = site.exit_s(), harm(site, Random(seed)).exit_s()
        last.append(max(after) / max(before) - 1.0)
        middle.append(mean(after[: len(before)]) / mean(before) - 1.0)
    print(f"\n{case.__name__}, {harm.__name__}, {len(last)} cases:", end=" ")
    for what, changes in (("last out", last), ("mean of the same people", middle)):
        helped = [-change for change in changes if change < -1e-9]
        worst = max(helped, default=0.0)
        print(
            f"{what} sooner in {len(helped)}, at most by {worst:.2%}, on average {mean(changes):+.1%};",
            end=" ",
        )
        assert mean(changes) > 0.0
        assert worst < 0.10
