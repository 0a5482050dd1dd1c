"""Closed forms and the published cases of network egress (ids as in NIST TN 1822 and SFPE examples)."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest

from tests.people.cases import arrivals, crowd_of, room_with_door, site, used

DOOR_P_S = 1.33 * (1.0 - 0.30)  # 0.931


def corridor(*, parts: int = 1, kind: str = "corridor", length_m: float = 40.0, **more: float):  # type: ignore[no-untyped-def]
    """A way of given length in equal parts, people at the head of it in a room, outside at its end."""
    each = length_m / parts
    spaces = {"room": {"at_m": (-5, 0), "size_m": (10, 10)}}
    links = {"head": {"between": ("room", "part0"), "width_m": 2.0, "at_m": (-5, 0), "boundary_m": 0.0}}
    for part in range(parts):
        spaces[f"part{part}"] = {
            "kind": kind, "at_m": (each * (part + 0.5), 0), "size_m": (each, 2), "length_m": each, **more,
        }  # fmt: skip
        if kind == "stair":  # its ends are told by the levels beyond
            spaces[f"part{part}"]["level_m"] = -each
        beyond = f"part{part + 1}" if part + 1 < parts else "out"
        links[f"end{part}"] = {
            "between": (f"part{part}", beyond),
            "width_m": 2.0,
            "at_m": (each * (part + 1), 0),
        }
    level_m = -length_m if kind == "stair" else 0.0
    spaces["out"] = {"kind": "outside", "at_m": (length_m + 10, 0), "size_m": (20, 20), "level_m": level_m}
    return site(spaces, links)


def test_one_person_walks_40_m_at_1_m_s_in_40_seconds() -> None:
    assert arrivals(crowd_of(corridor(), ["room"])) == [40.0]


def test_splitting_a_corridor_changes_nothing() -> None:
    assert arrivals(crowd_of(corridor(parts=8), ["room"])) == pytest.approx([40.0], abs=1e-9)


@pytest.mark.parametrize("length_m", [10.0, 100.0])
def test_an_assigned_speed_is_kept_on_a_stair_where_the_law_sets_no_limit(length_m: float) -> None:
    """E-2."""
    stair = corridor(kind="stair", length_m=length_m, riser_m=0.18, tread_m=0.28)
    assert arrivals(crowd_of(stair, ["room"], law="assigned")) == pytest.approx([length_m], abs=1e-9)


def test_a_stair_slows_a_person_faster_than_its_law() -> None:
    """H-1: S = 0.9221 m/s."""
    stair = corridor(kind="stair", length_m=10.0, riser_m=0.18, tread_m=0.28)
    assert arrivals(crowd_of(stair, ["room"], speed=1.5)) == pytest.approx([10.84], abs=0.01)


def test_100_persons_at_a_1_m_door_take_106_3_seconds() -> None:
    """H-2: (N - 1) / C from first to last; E-7: mean flow at most 1.33 p/s."""
    times = sorted(arrivals(crowd_of(room_with_door(), ["room"] * 100)))
    assert times[0] == 0.0
    assert times[-1] == pytest.approx(99 / DOOR_P_S, abs=1e-9)
    assert times[-1] == pytest.approx(106.3, abs=0.05)
    assert 100 / times[-1] <= 1.33


@pytest.mark.parametrize(("delay_s", "last_s"), [(30.0, 136.3), (120.0, 226.3)])
def test_the_same_delay_for_all_shifts_the_end_by_it(delay_s: float, last_s: float) -> None:
    """H-3."""
    assert max(arrivals(crowd_of(room_with_door(), ["room"] * 100, start_s=delay_s))) == pytest.approx(
        last_s, abs=0.05
    )


def test_50_persons_through_an_opening_without_boundary_layer() -> None:
    """H-4."""
    facility = room_with_door(width_m=0.6, kind="opening", specific_flow=1.3)
    assert max(arrivals(crowd_of(facility, ["room"] * 50))) == pytest.approx(62.8, abs=0.05)


def test_a_held_density_of_2_gives_20_m_in_30_5_seconds() -> None:
    """H-5: 200 persons set out at once in 100 m²; the first reaches the wide exit at the held speed."""
    facility = site(
        {
            "hall": {"at_m": (0, 0), "size_m": (40, 2.5)},
            "out": {"kind": "outside", "at_m": (30, 0), "size_m": (20, 20)},
        },
        {"end": {"between": ("hall", "out"), "width_m": 500.0, "at_m": (20, 0), "boundary_m": 0.0}},
    )
    times = arrivals(crowd_of(facility, ["hall"] * 200, speed=1.5))
    assert min(times) == pytest.approx(20 / 0.6552, abs=1e-6)
    assert max(times) == pytest.approx(30.5, abs=0.4)


@pytest.mark.parametrize(("persons", "bound_s"), [(1, 10.84), (10, 23.55), (100, 150.60), (1000, 1421.07)])
def test_a_stair_is_never_emptied_faster_than_its_bound(persons: int, bound_s: float) -> None:
    """H-6: stair 10 m by 1 m, C = 0.7084 p/s; exact for one, a lower bound for many."""
    facility = site(
        {
            "room": {"at_m": (-20, 0), "size_m": (40, 40)},
            "stair": {
                "kind": "stair", "at_m": (5, 0), "size_m": (10, 1), "length_m": 10.0,
                "riser_m": 0.18, "tread_m": 0.28, "level_m": -5.0,
            },
            "out": {"kind": "outside", "at_m": (20, 0), "size_m": (20, 20), "level_m": -5.0},
        },
        {
            "head": {"between": ("room", "stair"), "width_m": 1.0, "at_m": (-20, 0)},
            "foot": {"between": ("stair", "out"), "width_m": 1.0, "at_m": (10, 0)},
        },
    )  # fmt: skip
    last_s = max(arrivals(crowd_of(facility, ["room"] * persons, speed=1.5)))
    assert last_s >= bound_s - 0.01
    if persons == 1:
        assert last_s == pytest.approx(bound_s, abs=0.01)


def test_office_corridor_and_final_exit() -> None:
    """H-10: 5/1.19 + 49/0.78 + 20/1.19 = 83.8 s, within one headway."""
    facility = site(
        {
            "office": {"at_m": (-5, 0), "size_m": (10, 8)},
            "corridor": {"kind": "corridor", "at_m": (10, 0), "size_m": (20, 2)},
            "out": {"kind": "outside", "at_m": (30, 0), "size_m": (20, 20)},
        },
        {
            "door": {"between": ("office", "corridor"), "kind": "door", "width_m": 0.9, "at_m": (0, 0)},
            "exit": {"between": ("corridor", "out"), "kind": "door", "width_m": 0.9, "at_m": (20, 0)},
        },
        specific_flow=1.3,
    )
    last_s = max(arrivals(crowd_of(facility, ["office"] * 50, speed=1.19)))
    assert last_s == pytest.approx(83.8, abs=1 / 0.78)


def hall_with_exits(count: int):  # type: ignore[no-untyped-def]
    spots = [(15, 5), (-15, 5), (15, -5), (-15, -5)][:count]
    return site(
        {
            "hall": {"kind": "hall", "at_m": (0, 0), "size_m": (30, 20)},
            "out": {"kind": "outside", "at_m": (0, 50), "size_m": (90, 50)},
        },
        {
            f"exit{i}": {"between": ("hall", "out"), "kind": "door", "width_m": 1.0, "at_m": spot}
            for i, spot in enumerate(spots)
        },
    )


def test_half_the_exits_take_about_twice_as_long() -> None:
    """E-8."""
    four, two = (max(arrivals(crowd_of(hall_with_exits(n), ["hall"] * 1000))) for n in (4, 2))
    assert four >= 249 / DOOR_P_S
    assert two >= 499 / DOOR_P_S
    assert 1.6 <= two / four <= 2.4


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_equally_near_exits_are_shared(seed: int) -> None:
    crowd = crowd_of(hall_with_exits(2), ["hall"] * 400, seed=seed)
    arrivals(crowd)
    passed = used(crowd)
    assert 160 <= passed["exit0"] <= 240  # 4 standard deviations of a fair coin
    assert passed["exit0"] + passed["exit1"] == 400


def test_a_nearest_exit_is_left_for_the_other_one_when_it_is_lost() -> None:
    """E-6 in the middle of the walk: 1 s out, 1 s back, 10 m on."""
    facility = site(
        {
            "room": {"kind": "corridor", "at_m": (0, 0), "size_m": (20, 4)},
            "out": {"kind": "outside", "at_m": (0, 30), "size_m": (90, 30)},
        },
        {
            "near": {"between": ("room", "out"), "at_m": (-8, 0)},
            "far": {"between": ("room", "out"), "at_m": (10, 0)},
        },
    )
    near = facility.link_index["near"]
    crowd = crowd_of(facility, ["room"])
    crowd.advance(1.0)
    crowd.set_link(near, forward_open=False, backward_open=False)
    assert crowd.next_time() == pytest.approx(12.0, abs=1e-12)
    crowd.advance(2.0)  # back in the middle; now the first exit opens again
    crowd.set_link(near, forward_open=True, backward_open=True)
    assert arrivals(crowd) == pytest.approx([10.0], abs=1e-12)
    assert used(crowd) == {"near": 1}
    crowd = crowd_of(facility, ["room"])
    crowd.advance(1.0)
    crowd.set_link(near, forward_open=False, backward_open=False)
    assert arrivals(crowd) == pytest.approx([12.0], abs=1e-12)
    assert used(crowd) == {"far": 1}


def test_a_chain_of_openings_without_length_costs_nothing() -> None:
    names = [f"cell{i:02d}" for i in range(50)]
    spaces: dict[str, dict[str, object]] = {name: {"at_m": (0, 0), "size_m": (9, 9)} for name in names}
    spaces["out"] = {"kind": "outside", "at_m": (0, 0), "size_m": (9, 9)}
    links = {
        f"to-{b}": {"between": (a, b), "at_m": (0, 0)}
        for a, b in zip(names, [*names[1:], "out"], strict=True)
    }
    assert arrivals(crowd_of(site(spaces, links), ["cell00"])) == [0.0]


def test_delays_at_a_door_follow_the_first_come_queue() -> None:
    delays = [3.0, 0.5, 40.0, 41.0, 41.2, 0.0, 90.0, 90.1, 12.0, 12.5]
    crowd = crowd_of(room_with_door(), ["room"] * len(delays), start_s=delays)
    last = len(delays) - 1
    expected = max(delay + (last - i) / DOOR_P_S for i, delay in enumerate(sorted(delays)))
    assert max(arrivals(crowd)) == pytest.approx(expected, abs=1e-9)


def test_sparse_arrivals_earn_no_credit() -> None:
    """Trap 2: 10 s of idle door do not let the next two through together."""
    times = sorted(arrivals(crowd_of(room_with_door(), ["room"] * 3, start_s=[0.0, 10.0, 10.0])))
    assert times == pytest.approx([0.0, 10.0, 10.0 + 1 / DOOR_P_S])


def test_both_directions_of_a_door_together_pass_no_more_than_its_capacity() -> None:
    facility = site(
        {"a": {"at_m": (-5, 0), "size_m": (20, 20)}, "b": {"at_m": (5, 0), "size_m": (20, 20)}},
        {"door": {"between": ("a", "b"), "kind": "door", "at_m": (0, 0)}},
    )
    crowd = crowd_of(facility, ["a"] * 30, goals=["b"])
    both = crowd_of(facility, ["a"] * 30 + ["b"] * 30, goals=["b"])
    away = facility.space_index["a"]
    for person in range(30, 60):
        both.start(person, 0.0, goals=(away,))
    both.advance(inf)
    times = list(both.log.time_s)[-60:]
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) >= 1 / DOOR_P_S - 1e-9
    alone = sorted(arrivals(crowd))
    together = sorted(t for p in range(30) if (t := both.arrived_s(p)) is not None)
    assert all(b >= a - 1e-9 for a, b in zip(alone, together, strict=True))
    assert together[-1] > alone[-1]
