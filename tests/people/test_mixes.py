"""Groups of several profiles, and parties that stay together."""

from __future__ import annotations

from collections import Counter
from math import inf, isinf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drillsim.distributions import Distribution
from drillsim.facility.graph import Facility
from drillsim.people.population import Population, deal
from drillsim.people.spec import Group, Profile
from drillsim.spec import Draw
from drillsim.streams import Streams
from tests.people.cases import site

SHARES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 20), min_size=1)
LUCK = st.floats(1e-9, 1 - 1e-9)


def uniform(low: float, high: float) -> Draw:
    return Draw.of(Distribution("uniform", (low, high)))


PROFILES = {
    "quick": Profile(
        speed=uniform(1.2, 1.6),
        down=uniform(0.8, 1.0),
        up=uniform(0.6, 0.7),
        responses={"voice": uniform(10.0, 20.0), "tone": uniform(10.0, 20.0)},
    ),
    "slow": Profile(speed=uniform(0.4, 0.8), responses={"voice": uniform(60.0, 90.0)}),
    "driver": Profile(speed=uniform(1.0, 1.1), responses={}, descend=uniform(60.0, 120.0)),
}


@pytest.fixture(scope="module")
def facility() -> Facility:
    return site({"a": {"at_m": (0, 0), "size_m": (90, 90)}}, {})


def people(facility: Facility, *, seed: int = 1, **groups: Group) -> Population:
    return Population.draw(groups, PROFILES, facility, Streams(seed))


def group(count: int, **more: object) -> Group:
    return Group(**{"count": count, "place": "a", **more})  # type: ignore[arg-type]


@given(SHARES, st.integers(0, 60), st.integers(0, 60), LUCK)
def test_a_larger_count_only_appends_to_what_is_dealt(
    weights: dict[str, int], count: int, more: int, luck: float
) -> None:
    assert deal(weights, count + more, luck=luck)[:count] == deal(weights, count, luck=luck)


@given(SHARES, st.integers(1, 4), LUCK)
def test_whole_people_of_all_shares_are_dealt_exactly(
    weights: dict[str, int], times: int, luck: float
) -> None:
    total = sum(weights.values())
    dealt = Counter(deal({name: n / total for name, n in weights.items()}, times * total, luck=luck))
    assert dealt == {name: n * times for name, n in weights.items()}


@given(SHARES, st.integers(1, 300), LUCK)
def test_any_number_of_people_holds_the_shares_within_two(
    weights: dict[str, int], count: int, luck: float
) -> None:
    dealt, total = Counter(deal(weights, count, luck=luck)), sum(weights.values())
    assert all(abs(dealt[name] - count * n / total) <= 2.0 for name, n in weights.items())


@given(SHARES, st.integers(1, 20))
def test_each_person_has_each_profile_as_often_as_its_share_says(weights: dict[str, int], count: int) -> None:
    total = sum(weights.values())
    last = Counter(deal(weights, count, luck=(card + 0.5) / total)[-1] for card in range(total))
    size = sum(last.values())
    assert {name: n / size for name, n in last.items()} == pytest.approx(
        {name: n / total for name, n in weights.items()}
    )


def test_shares_that_make_no_small_deck_are_rounded_to_a_thousandth() -> None:
    dealt = Counter(deal({"a": 0.333_17, "b": 0.666_83}, 1000, luck=0.4))
    assert dealt == {"a": 333, "b": 667}


def test_a_mix_without_shares_is_refused() -> None:
    with pytest.raises(ValueError, match="a share above 0"):
        deal({"a": 0.0}, 3, luck=0.5)


def test_small_groups_are_not_all_the_same(facility: Facility) -> None:
    rooms = {f"room-{i}": group(3, mix={"quick": 0.9, "slow": 0.1}) for i in range(200)}
    slow = people(facility, **rooms).profile.count("slow")
    assert slow == pytest.approx(60, abs=25)  # largest remainder in each room alone would give none


def test_the_order_in_which_a_mix_is_written_changes_nothing(facility: Facility) -> None:
    one = people(facility, x=group(30, mix={"quick": 0.7, "slow": 0.3}))
    other = people(facility, x=group(30, mix={"slow": 0.3, "quick": 0.7}))
    assert (one.profile, one.speed_m_s) == (other.profile, other.speed_m_s)


def test_a_mix_gives_each_person_the_speeds_of_its_profile(facility: Facility) -> None:
    mixed = people(facility, x=group(40, mix={"quick": 0.5, "slow": 0.5}))
    alone = {name: people(facility, x=group(40, profile=name)) for name in ("quick", "slow")}
    for person, name in enumerate(mixed.profile):
        for way in ("speed_m_s", "down_m_s", "up_m_s"):
            assert getattr(mixed, way)[person] == getattr(alone[name], way)[person]


def test_who_is_quick_on_the_flat_is_quick_on_stairs(facility: Facility) -> None:
    quick = people(facility, x=group(50, profile="quick"))
    order = np.argsort(quick.speed_m_s).tolist()
    assert order == np.argsort(quick.down_m_s).tolist() == np.argsort(quick.up_m_s).tolist()
    slow = people(facility, x=group(50, profile="slow"))
    assert slow.speed_m_s == slow.down_m_s == slow.up_m_s


def test_a_mode_reaches_only_those_of_a_mix_who_perceive_it(facility: Facility) -> None:
    mixed = people(facility, x=group(40, mix={"quick": 0.5, "slow": 0.5}))
    tone = mixed.premovement("x", "tone", "emergency")
    for person, name in enumerate(mixed.profile):
        assert mixed.perceives(person, "tone") == (name == "quick") == (not isinf(tone[person]))
    voice = mixed.premovement("x", "voice", "emergency")
    assert voice.max() < inf
    with pytest.raises(KeyError, match="does not perceive gas"):
        mixed.premovement("x", "gas", "emergency")


def test_only_the_drivers_of_a_mix_climb_down(facility: Facility) -> None:
    mixed = people(facility, x=group(40, mix={"quick": 0.5, "driver": 0.5}))
    down_s = mixed.descend("x", "emergency")
    assert [60.0 <= time <= 120.0 for time in down_s] == [name == "driver" for name in mixed.profile]
    assert {time for time in down_s if time < 60.0} == {0.0}


def test_parties_are_tokens_of_so_many_heads_and_the_last_may_be_smaller(facility: Facility) -> None:
    parties = people(facility, x=group(10, profile="quick", together=4))
    assert parties.heads == (4, 4, 2)
    assert people(facility, x=group(14, profile="quick", together=4)).speed_m_s[:2] == parties.speed_m_s[:2]


def test_a_party_walks_at_the_pace_of_its_slowest_member_in_every_direction(facility: Facility) -> None:
    mix = {"quick": 0.5, "slow": 0.5}
    single = people(facility, x=group(9, mix=mix))
    parties = people(facility, x=group(9, mix=mix, together=3))
    for way in ("speed_m_s", "down_m_s", "up_m_s"):
        alone = getattr(single, way)
        assert getattr(parties, way) == tuple(min(alone[i : i + 3]) for i in (0, 3, 6))
    assert parties.profile == ("slow",) * 3


def test_a_party_answers_as_late_as_its_latest_member_and_nobody_is_left(facility: Facility) -> None:
    pair = people(facility, x=group(2, mix={"quick": 0.5, "slow": 0.5}, together=2))
    assert pair.premovement("x", "voice", "emergency")[0] >= 60.0
    assert pair.premovement("x", "tone", "emergency")[0] <= 20.0  # the slow one is told
    assert pair.perceives(0, "tone")
    assert not pair.perceives(0, "gas")


@pytest.mark.parametrize("more", [{}, {"profile": "quick", "mix": {"slow": 1.0}}])
def test_a_group_has_a_profile_or_a_mix(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="write one of them"):
        group(3, **more)


@pytest.mark.parametrize("together", ["1", 0, 1, -3, "2.5", "yes", [2], 2.0])
def test_going_together_takes_at_least_two(together: object) -> None:
    with pytest.raises(ValidationError, match="at least 2"):
        group(3, profile="quick", together=together)


@pytest.mark.parametrize(
    ("together", "party"), [(True, 3), ("true", 3), (False, 1), ("false", 1), ("2", 2), (7, 7)]
)
def test_a_party_is_all_of_them_or_so_many(together: object, party: int) -> None:
    assert group(3, profile="quick", together=together).party == party


def test_speeds_on_stairs_can_be_given_outright(facility: Facility) -> None:
    given_ = Population.of(
        facility, place=[0, 0], speed_m_s=[1.0, 1.2], down_m_s=[0.5, 0.6], streams=Streams(1)
    )
    assert (given_.down_m_s, given_.up_m_s) == ((0.5, 0.6), (1.0, 1.2))
    assert not given_.perceives(0, "voice")
    with pytest.raises(ValueError, match="one entry a person"):
        Population.of(facility, place=[0], speed_m_s=[1.0], up_m_s=[1.0, 1.0], streams=Streams(1))
