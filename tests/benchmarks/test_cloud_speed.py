"""What clouds cost beside bare passes of numpy and scipy, measured in this run; no timing is asserted."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import erf

from drillsim.hazards.cloud import Cloud, Footprints, SourceSegment, points_alone
from drillsim.hazards.cloud_map import cloud_map
from drillsim.hazards.weather import Weather

ROUNDS = 25
SEGMENTS = 20
SPACES = 60
TIMES = np.arange(0.0, 3600.0, 10.0)
GRID = np.linspace(-2000.0, 2000.0, 500)


def weather(stability: str) -> Weather:
    return Weather(wind_from_deg=225.0, wind_speed_m_s=3.0, stability=stability, temperature_k=293.15)


def release(segments: int = SEGMENTS, *, turned: bool = True) -> list[SourceSegment]:
    """One rate a minute; the wind turns half-way."""
    return [
        SourceSegment(
            60.0 * k,
            60.0 * (k + 1),
            0.05 + 0.05 * (k % 3),
            330.0 if turned and 2 * k >= segments else 225.0,
            3.0,
        )
        for k in range(segments)
    ]


def site() -> Footprints:
    """Square spaces of 30 to 60 m, 9 to 36 points each, up to 800 m to the north-east of the source."""
    luck = np.random.default_rng(1)
    middle = luck.uniform(-200.0, 700.0, (SPACES, 2))
    points = []
    for k, centre in enumerate(middle):
        axis = 10.0 * (np.arange(3 + k % 4) - 0.5 * (2 + k % 4))
        points.append(np.column_stack([each.ravel() for each in np.meshgrid(axis, axis)]) + centre)
    space = np.repeat(np.arange(SPACES), [len(each) for each in points])
    return Footprints(np.concatenate(points), np.zeros(len(space)), space, np.bincount(space))


def best(benchmark, work: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Shortest time of each, s, one after the other in every round so that all meet the same machine."""
    cost: dict[str, list[float]] = {name: [] for name in work}

    def each() -> None:
        for name, call in work.items():
            begun = time.process_time()
            call()
            cost[name].append(time.process_time() - begun)

    benchmark.pedantic(each, rounds=ROUNDS, warmup_rounds=3)
    return {name: min(times) for name, times in cost.items()}


@pytest.mark.benchmark(group="cloud")
@pytest.mark.parametrize("stability", ["A", "D", "F"])
def test_the_table_beside_erf_over_spaces_times_and_segments(benchmark, stability):
    """The figure is ``passes`` of erf; those over points, of which a space has several, stand beside it."""
    points, segments = site(), release()
    cloud = Cloud(points, source_m=(0.0, 0.0), diameter_m=6.0, weather=weather(stability))
    argument = np.random.default_rng(2).uniform(-4.0, 4.0, (SPACES, len(TIMES), SEGMENTS))
    assert cloud.table(segments, TIMES).max() > 0.0
    cost = best(benchmark, {"table": lambda: cloud.table(segments, TIMES), "erf": lambda: erf(argument)})
    passes = cost["table"] / cost["erf"]
    by_points = passes * SPACES / len(points.space)
    benchmark.extra_info |= {"passes": passes, "passes_by_points": by_points}
    print(
        f"\nclass {stability}: a table of {SPACES} spaces ({len(points.space)} points), {len(TIMES)} times "
        f"and {SEGMENTS} segments {cost['table'] * 1e3:.1f} ms, erf over as many {cost['erf'] * 1e3:.1f} ms: "
        f"{passes:.2f} passes; by points instead of spaces {by_points:.3f}"
    )


MAPS = {
    "steady, D": ("D", release(60, turned=False), 3500.0),
    "turned, D": ("D", release(), 1200.0),
    "turned, F": ("F", release(), 1200.0),
    "turned, A": ("A", release(), 1200.0),
}


@pytest.mark.benchmark(group="cloud")
@pytest.mark.parametrize("case", MAPS)
def test_a_map_beside_exp_over_its_points(benchmark, case):
    """The figure is ``passes`` of exp over (500, 500). Class A is the widest plume: the worst case."""
    stability, segments, time_s = MAPS[case]
    cloud = Cloud(
        points_alone(np.zeros((1, 2))), source_m=(0.0, 0.0), diameter_m=6.0, weather=weather(stability)
    )
    argument = np.random.default_rng(2).uniform(-12.0, 0.0, (len(GRID), len(GRID)))

    def chart():
        return cloud_map(cloud, segments, time_s=time_s, x_m=GRID, y_m=GRID)

    share = float((chart().kg_m3 > 0.0).mean())
    assert 0.0 < share < 1.0
    cost = best(benchmark, {"map": chart, "exp": lambda: np.exp(argument)})
    passes = cost["map"] / cost["exp"]
    benchmark.extra_info |= {"passes": passes, "share_of_points_in_the_cloud": share}
    print(
        f"\n{case}: a map of 500 x 500 points, {share:.0%} in the cloud, {cost['map'] * 1e3:.2f} ms, exp "
        f"{cost['exp'] * 1e3:.2f} ms: {passes:.1f} passes"
    )
