from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from drillsim.distributions import Distribution
from drillsim.facility.graph import Facility
from drillsim.people.population import Population
from drillsim.people.spec import Group, Profile
from drillsim.spec import Draw
from drillsim.streams import Streams
from tests.people.cases import site

SPEED = Draw.of(Distribution("uniform", (0.97, 1.62)))
VOICE = Draw(Distribution("lognormal", (20.0, 45.0)), Distribution("lognormal", (60.0, 150.0)))
TONE = Draw.of(Distribution("lognormal", (90.0, 240.0)))
PROFILES = {
    "clerk": Profile(speed=SPEED, responses={"voice": VOICE, "tone": TONE}),
    "driver": Profile(speed=SPEED, responses={}, descend=Draw.of(Distribution("uniform", (60.0, 120.0)))),
}


@pytest.fixture(scope="module")
def facility() -> Facility:
    return site({"a": {"at_m": (0, 0), "size_m": (9, 9)}, "b": {"at_m": (20, 0), "size_m": (9, 9)}}, {})


def group(count: int, **more: object) -> Group:
    return Group(**{"count": count, "place": "a", "profile": "clerk", **more})  # type: ignore[arg-type]


def test_a_larger_count_only_appends(facility: Facility) -> None:
    few = Population.draw({"x": group(5), "z": group(3)}, PROFILES, facility, Streams(1))
    many = Population.draw({"x": group(9), "z": group(3)}, PROFILES, facility, Streams(1))
    for column in ("speed_m_s", "rank", "route", "exit"):
        assert getattr(many, column)[:5] == getattr(few, column)[:5]
        assert getattr(many, column)[9:] == getattr(few, column)[5:]
    late = many.premovement("x", "voice", "emergency")
    assert late[:5].tolist() == few.premovement("x", "voice", "emergency").tolist()


def test_the_order_in_which_groups_are_written_changes_nothing(facility: Facility) -> None:
    a = Population.draw({"x": group(5), "b": group(3, place="b")}, PROFILES, facility, Streams(1))
    b = Population.draw({"b": group(3, place="b"), "x": group(5)}, PROFILES, facility, Streams(1))
    assert a.groups == b.groups == ("b", "x")
    assert (a.speed_m_s, a.place, a.rank) == (b.speed_m_s, b.place, b.rank)
    assert list(a.members("x")) == [3, 4, 5, 6, 7]


def test_seeds_differ_and_one_seed_repeats(facility: Facility) -> None:
    one, again, other = (Population.draw({"x": group(5)}, PROFILES, facility, Streams(s)) for s in (1, 1, 2))
    assert one.speed_m_s == again.speed_m_s != other.speed_m_s


def test_sampled_speeds_are_those_assigned(facility: Facility) -> None:
    speeds = np.array(Population.draw({"x": group(4000)}, PROFILES, facility, Streams(3)).speed_m_s)
    assert speeds.min() >= 0.97
    assert speeds.max() <= 1.62
    assert speeds.mean() == pytest.approx(1.295, abs=0.01)
    assert speeds.std() == pytest.approx(0.188, abs=0.005)


def test_whoever_is_slow_to_answer_one_alarm_is_slow_to_answer_any(facility: Facility) -> None:
    people = Population.draw({"x": group(50)}, PROFILES, facility, Streams(1))
    voice, tone = (people.premovement("x", mode, "emergency") for mode in ("voice", "tone"))
    assert np.argsort(voice).tolist() == np.argsort(tone).tolist()
    assert (people.premovement("x", "voice", "exercise") < voice).all()


def test_a_mode_left_out_is_not_perceived(facility: Facility) -> None:
    people = Population.draw({"x": group(1)}, PROFILES, facility, Streams(1))
    with pytest.raises(KeyError, match="does not perceive gas"):
        people.premovement("x", "gas", "emergency")


def test_getting_down_takes_time_only_where_the_profile_says_so(facility: Facility) -> None:
    people = Population.draw({"x": group(4), "y": group(4, profile="driver")}, PROFILES, facility, Streams(1))
    assert people.descend("x", "emergency").tolist() == [0.0] * 4
    assert people.descend("y", "emergency").min() >= 60.0


def test_a_group_that_stays_together_is_one_token_at_the_pace_of_its_slowest(facility: Facility) -> None:
    single = Population.draw({"x": group(6)}, PROFILES, facility, Streams(1))
    together = Population.draw({"x": group(6, together=True)}, PROFILES, facility, Streams(1))
    assert together.heads == (6,)
    assert together.speed_m_s == (min(single.speed_m_s),)
    assert together.premovement("x", "voice", "emergency").shape == (1,)


def test_an_empty_group_has_no_token(facility: Facility) -> None:
    empty = Population.draw({"x": group(0), "y": group(0, together=True)}, PROFILES, facility, Streams(1))
    assert empty.heads == ()


def test_a_speed_of_nothing_is_refused(facility: Facility) -> None:
    profiles = {"clerk": Profile(speed=Draw.of(0.0), responses={})}
    with pytest.raises(ValueError, match="group x draws a speed"):
        Population.draw({"x": group(1)}, profiles, facility, Streams(1))


def test_familiar_exits_are_taken_by_their_shares(facility: Facility) -> None:
    exits = {"a": 0.65, "b": 0.25}
    people = Population.draw({"x": group(4000, exits=exits)}, PROFILES, facility, Streams(1))
    taken = Counter(people.familiar_exit(p) for p in range(4000))
    assert taken["a"] / 4000 == pytest.approx(0.65, abs=0.03)
    assert taken["b"] / 4000 == pytest.approx(0.25, abs=0.03)
    assert taken[None] / 4000 == pytest.approx(0.10, abs=0.03)


def test_shares_that_add_to_one_leave_nobody_over(facility: Facility) -> None:
    people = Population.draw({"x": group(500)}, PROFILES, facility, Streams(1))
    shares = {"a": 0.1, "b": 0.2, "c": 0.7}
    assert None not in {people.choose_exit(p, shares) for p in range(500)}


def test_given_people_are_checked(facility: Facility) -> None:
    with pytest.raises(ValueError, match="one entry a person"):
        Population.of(facility, place=[0], speed_m_s=[], streams=Streams(1))
    with pytest.raises(ValueError, match="above 0"):
        Population.of(facility, place=[0], speed_m_s=[0.0], streams=Streams(1))
    with pytest.raises(ValueError, match="does not have"):
        Population.of(facility, place=[7], speed_m_s=[1.0], streams=Streams(1))
