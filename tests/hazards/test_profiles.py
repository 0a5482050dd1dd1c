from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drillsim.hazards.cells import BEND_M, nodes_to
from drillsim.hazards.dense import dense_plume
from drillsim.hazards.plume import LIMIT_M, plume_concentration
from drillsim.hazards.profiles import DenseProfile, Lattice, PassiveProfile, Profile, Sums
from tests.hazards.sites import WEST_WIND

ALL = slice(None)
NODES = nodes_to(LIMIT_M)


def passive(*levels_m: float, stability: str = "D", diameter_m: float = 6.0) -> PassiveProfile:
    air = WEST_WIND.model_copy(update={"stability": stability})
    return PassiveProfile(levels_m or (0.0,), weather=air, diameter_m=diameter_m, averaging_s=180.0)


def values(
    profile: Profile, way_m: NDArray[np.float64], across_m: NDArray[np.float64], level: int = 0
) -> NDArray[np.float64]:
    """kg/m3 (ways, offsets) on a line that is there throughout."""
    lattice = Lattice(1.0 + way_m / BEND_M, np.zeros(len(across_m)), np.zeros(len(way_m)), across_m)
    shares = profile.sheet(lattice, NODES).shares(ALL, ALL, level)
    return shares.under(np.ones((1, NODES)), np.zeros(len(way_m), dtype=np.intp))


@settings(max_examples=100)
@given(st.floats(5.0, LIMIT_M), st.floats(0.0, 3.0), st.sampled_from("ABCDEF"))
def test_a_passive_profile_is_the_plume_within_its_claim(
    way_m: float, spreads: float, stability: str
) -> None:
    given_ = {
        "rate_kg_s": 1.0,
        "wind_m_s": 1.0,
        "stability": stability,
        "terrain": "rural",
        "diameter_m": 6.0,
    }
    way = np.array([way_m])
    axis = plume_concentration(way, np.zeros(1), **given_)
    off = np.array([spreads * 0.05 * way_m])
    exact = plume_concentration(way, off, **given_)
    found = values(passive(stability=stability), way, off)[0]
    assert found == pytest.approx(exact, rel=1.5e-5, abs=4e-6 * axis[0])


def test_values_far_across_a_line_are_nothing_and_fall_to_it_without_a_step() -> None:
    found = values(passive(), np.array([200.0]), np.linspace(0.0, 120.0, 2001))[0]
    assert found[-1] == 0.0
    assert (np.diff(found) <= 0.0).all()
    assert np.diff(found).min() > -0.01 * found[0]
    assert found[found > 0.0].min() < 1e-6 * found[0]


@pytest.mark.parametrize("stability", "ABF")
def test_nothing_lies_outside_the_bounds_across(stability: str) -> None:
    profile = passive(stability=stability)
    for way in (1.0, 30.0, 299.0, 1501.0, 4000.0, 9900.0):
        for p, q in profile.across_m():
            assert values(profile, np.array([way]), np.array([p + q * way]))[0, 0] == 0.0


def test_levels_are_told_apart() -> None:
    way, axis = np.array([100.0]), np.zeros(1)
    low, high = (values(passive(0.0, 15.0), way, axis, level)[0, 0] for level in (0, 1))
    assert high == values(passive(15.0), way, axis)[0, 0] < low


@pytest.mark.parametrize("diameter_m", [0.0, 6.0, 40.0])
def test_a_line_alone_has_what_its_shares_say(diameter_m: float) -> None:
    profile = passive(diameter_m=diameter_m)
    way, across = np.linspace(-12_000.0, 9000.0, 211), np.linspace(-800.0, 800.0, 41)
    presence = np.random.default_rng(1).uniform(0.0, 1.0, NODES)
    presence[-1] = 0.0
    lattice = Lattice(1.0 + way / BEND_M, np.zeros(41), np.zeros(211), across, even=True)
    shares = profile.sheet(lattice, NODES).shares(ALL, ALL)
    exact = shares.under(presence[None], np.zeros(211, dtype=np.intp))
    both = Lattice(*(np.array([part, part]) for part in lattice[:4]), even=True)
    half, whole = profile.kernels(both, np.array([0.5 * presence, presence]))
    found = whole.at(ALL, ALL)
    assert np.isfinite(found).all() and not found[way < 0.0].any()
    assert found == pytest.approx(exact, rel=1e-9, abs=1e-12 * found.max())
    assert found[5:9, 3:7] == pytest.approx(whole.at(slice(5, 9), slice(3, 7)))
    written = np.empty((211, 41))
    half.at(ALL, ALL, into=written)
    assert written == pytest.approx(0.5 * found)


def test_sums_of_parts_are_the_plain_sum() -> None:
    i, j = np.arange(4.0), np.arange(7.0) * 0.1
    assert Sums.of(i, j).at(slice(1, 3), ALL) == pytest.approx(i[1:3, None] + j)


def test_a_dense_profile_is_uniform_within_its_width_and_depth() -> None:
    plume = dense_plume(
        volume_rate_m3_s=8.0, density_kg_m3=2.4, vapour_k=293.15, air_k=293.15, wind_10m_m_s=2.0
    )
    profile = DenseProfile(plume, levels_m=(0.0, 900.0), pure_kg_m3=2.4, stability="D", lead_m=80.0)
    way = np.array([280.0])
    half = float(plume.half_width_m(np.array([200.0]))[0])
    across = np.array([0.0, 0.98 * half, 1.02 * half])
    share = 2.4 * float(plume.share(np.array([200.0]))[0])
    assert values(profile, way, across)[0] == pytest.approx([share, share, 0.0], rel=1e-3)
    assert not values(profile, way, across, level=1).any()
