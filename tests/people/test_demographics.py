"""Cases E-1 (pre-movement) and E-3 (demographics) of the reference sheet, on what a population draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from drillsim.facility.graph import Facility
from drillsim.people.library import populations, shipped_profile
from drillsim.people.population import Population
from drillsim.people.spec import Group, Profile
from drillsim.streams import Streams
from tests.people.cases import site

SAMPLES = 2000
SEED = 11
Z90, Z99 = stats.norm.ppf(0.9), stats.norm.ppf(0.99)
DAY = stats.lognorm(0.94, scale=math.exp(3.44))


class Below:
    """The IMO day response, cut at 300 s, from its density's normalisation 1.00808."""

    @staticmethod
    def cdf(x: Any) -> Any:
        return np.clip(1.00808 * DAY.cdf(x), 0.0, 1.0)


# What a file writes; an independent statement of the same law; its support.
FAMILIES: dict[str, tuple[dict[str, Any], Any, tuple[float, float]]] = {
    "uniform": ({"uniform": ["10 s", "100 s"]}, stats.uniform(10, 90), (10, 100)),
    "triangular": (
        {"min": "10 s", "likely": "30 s", "max": "100 s"},
        stats.triang(20 / 90, loc=10, scale=90),
        (10, 100),
    ),
    "normal": ({"mean": "60 s", "sd": "40 s"}, stats.truncnorm(-1.5, math.inf, 60, 40), (0, math.inf)),
    "median and p90": (
        {"median": "60 s", "p90": "150 s"},
        stats.lognorm(math.log(2.5) / Z90, scale=60),
        (0, math.inf),
    ),
    "p1 and p99": (
        {"p1": "30 s", "p99": "90 s"},
        stats.lognorm(math.log(3) / 2 / Z99, scale=math.sqrt(2700)),
        (0, math.inf),
    ),
    "gamma": (
        {"gamma": {"shape": "1.291", "scale": "103.901 s"}},
        stats.gamma(1.291, scale=103.901),
        (0, math.inf),
    ),
    "weibull": (
        {"weibull": {"shape": "1.195", "scale": "139.285 s"}},
        stats.weibull_min(1.195, scale=139.285),
        (0, math.inf),
    ),
    "lognormal": (
        {"lognormal": {"mu": "4.586", "sigma": "0.967"}},
        stats.lognorm(0.967, scale=math.exp(4.586)),
        (0, math.inf),
    ),
    "shifted lognormal": (
        {"lognormal": {"mu": "3.95", "sigma": "0.84", "shift": "400 s"}},
        stats.lognorm(0.84, loc=400, scale=math.exp(3.95)),
        (400, math.inf),
    ),
    "truncated lognormal": (
        {"lognormal": {"mu": "3.44", "sigma": "0.94", "below": "300 s"}},
        Below,
        (0, 300),
    ),
}


@pytest.fixture(scope="module")
def room() -> Facility:
    return site({"room": {"at_m": (0, 0), "size_m": (80, 50)}}, {})


def draw(facility: Facility, profile: dict[str, Any], *, count: int, seed: int = SEED) -> Population:
    groups = {"x": Group(count=count, place="room", profile="p")}
    return Population.draw(groups, {"p": Profile.model_validate(profile)}, facility, Streams(seed))


@pytest.mark.parametrize("family", FAMILIES)
def test_e_1_pre_movement_follows_its_family_and_stays_inside_its_support(
    room: Facility, family: str
) -> None:
    written, law, (low, high) = FAMILIES[family]
    people = draw(room, {"speed": "1 m/s", "responses": {"tone": written}}, count=SAMPLES)
    times_s = people.premovement("x", "tone", "emergency")
    assert stats.kstest(times_s, law.cdf).pvalue > 0.05
    assert low <= times_s.min() < times_s.max() <= high


def test_e_1_would_notice_a_wrong_family(room: Facility) -> None:
    people = draw(room, {"speed": "1 m/s", "responses": {"tone": FAMILIES["gamma"][0]}}, count=SAMPLES)
    times_s = people.premovement("x", "tone", "emergency")
    assert stats.kstest(times_s, FAMILIES["lognormal"][1].cdf).pvalue < 0.05


def test_e_3_a_hundred_people_have_the_mean_and_spread_assigned(room: Facility) -> None:
    speeds = np.array(
        draw(room, {"speed": {"mean": "1.2 m/s", "sd": "0.2 m/s"}, "responses": {}}, count=100).speed_m_s
    )
    assert speeds.mean() == pytest.approx(1.2, abs=3 * 0.2 / 10)
    assert speeds.std(ddof=1) == pytest.approx(0.2, abs=3 * 0.2 / math.sqrt(200))


def test_e_3_fifty_men_of_thirty_to_fifty_walk_as_the_imo_table_says(room: Facility) -> None:
    profile = shipped_profile("imo-male-30-50")
    speeds = np.array(draw(room, profile, count=50).speed_m_s)
    assert 0.97 <= speeds.min() < speeds.max() <= 1.62
    assert speeds.mean() == pytest.approx(1.295, abs=3 * 0.188 / math.sqrt(50))
    assert speeds.std(ddof=1) == pytest.approx(0.188, abs=0.04)
    many = np.array(draw(room, profile, count=4000).speed_m_s)
    assert many.mean() == pytest.approx(1.295, abs=0.01)
    assert many.std() == pytest.approx(0.188, abs=0.005)


def test_a_hundred_imo_passengers_are_the_shares_of_the_table(room: Facility) -> None:
    profiles = {
        name: Profile.model_validate(shipped_profile(name)) for name in populations()["imo-passengers"]
    }
    for seed in range(5):
        groups = {"x": Group(count=100, place="room", mix="imo-passengers")}  # type: ignore[arg-type]
        people = Population.draw(groups, profiles, room, Streams(seed))
        for name, share in populations()["imo-passengers"].items():
            assert f"{people.profile.count(name)} %" == share
