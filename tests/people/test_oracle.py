"""The kernel against the textbook SimPy model: the same exit time for every person."""

from __future__ import annotations

from math import inf

import pytest

from drillsim.facility.spec import SpeedLaw
from drillsim.streams import Streams
from tests.people.random_sites import Site, drawn_site, tied_site
from tests.people.textbook import Textbook, ways_out

SITES = 200


def by_textbook(site: Site, *, ranked: bool = False) -> list[float]:
    facility = site.facility()
    index = facility.space_index
    ways = {
        goals: ways_out(facility, [index[name] for name in goals], one_way=True) for goals in set(site.goals)
    }
    place = [index[name] for name in site.place]
    return Textbook(
        facility,
        place=place,
        speed_m_s=site.speed_m_s,
        start_s=site.start_s,
        ways=[ways[goals][space] for goals, space in zip(site.goals, place, strict=True)],
        rank=Streams(site.seed).uniforms("people", "rank", len(place)).tolist() if ranked else None,
    ).run()


@pytest.mark.parametrize("law", ["sfpe", "assigned"])
def test_everybody_leaves_when_the_textbook_model_says(law: SpeedLaw) -> None:
    """Fixed ways, one-way links, constant capacities, continuous draws; to 1e-12 of the time."""
    for seed in range(SITES // 2):
        site = drawn_site(seed + SITES * (law == "sfpe"), law=law)
        assert site.exit_s() == pytest.approx(by_textbook(site), rel=1e-12, abs=0.0), seed


def test_the_drawn_sites_merge_and_spill_back() -> None:
    """Otherwise the oracle would say little: most passages wait, and many of them for a slot."""
    waits, held, passages, merges = 0, 0, 0, 0
    for seed in range(SITES):
        crowd = drawn_site(seed).crowd(record=True)
        crowd.advance(inf)
        log, facility = crowd.log, crowd.facility
        free_s = [0.0] * len(facility.links)
        feeders: dict[int, set[int]] = {}
        for time_s, came_s, link, space in zip(log.time_s, log.arrived_s, log.link, log.space, strict=True):
            if link < 0:
                continue
            passages += 1
            waits += time_s > came_s
            held += time_s > max(came_s, free_s[link]) + 1e-9
            free_s[link] = time_s + 1.0 / float(facility.port_capacity_p_s[2 * link])
            if facility.slots[space] < 100:
                feeders.setdefault(space, set()).add(link)
        merges += any(len(links) > 1 for links in feeders.values())
    assert waits > 0.4 * passages
    assert held > 0.1 * passages
    assert merges > 0.25 * SITES


def test_equal_times_are_settled_by_the_rank_of_each_person() -> None:
    """Whole and half seconds: many start, and come to links of one room, in the same instant."""
    for seed in range(SITES):
        site = tied_site(seed)
        assert site.exit_s() == by_textbook(site, ranked=True), seed
