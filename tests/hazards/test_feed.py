from __future__ import annotations

import pytest

from drillsim.hazards.feed import Feed


def test_what_runs_from_two_packages_adds_up_and_mixes_its_temperature() -> None:
    feed = Feed()
    feed.add([0.0, 10.0], [1.0], [280.0])
    feed.add([5.0, 20.0], [3.0], [300.0])
    assert feed.at(2.0) == (1.0, 280.0)
    assert feed.at(5.0) == (4.0, pytest.approx(295.0))
    assert feed.at(20.0) == (0.0, 0.0)
    assert [feed.run_out_kg(time_s) for time_s in (-1.0, 5.0, 10.0, 15.0, 99.0)] == [0, 5, 25, 40, 55]
    assert feed.end_s == 20.0


def test_a_cut_ends_every_step_and_leaves_what_has_run_out() -> None:
    feed = Feed()
    feed.add([0.0, 10.0, 20.0], [1.0, 2.0], [280.0, 280.0])
    feed.cut(15.0)
    assert (feed.run_out_kg(99.0), feed.end_s) == (20.0, 15.0)
    feed.cut(0.0)
    assert (feed.run_out_kg(99.0), feed.end_s) == (0.0, None)


def test_a_surge_is_a_new_beginning_and_a_falling_rate_is_not() -> None:
    feed = Feed()
    feed.add([0.0, 10.0, 20.0, 30.0, 40.0], [2.0, 1.0, 0.0, 1.0], [280.0] * 4)
    assert [feed.began_s(time_s) for time_s in (5.0, 15.0, 25.0, 35.0, 99.0)] == [0, 0, 0, 30, 30]


@pytest.mark.parametrize(
    ("edges", "rates", "kelvins", "says"),
    [
        ([0.0], [], [], "k at least 1"),
        ([0.0, 1.0], [1.0, 2.0], [280.0, 280.0], r"k \+ 1 edges"),
        ([0.0, 0.0], [1.0], [280.0], "edges that grow"),
        ([0.0, 1.0], [-1.0], [280.0], "rates from 0"),
        ([0.0, float("inf")], [1.0], [280.0], "finite"),
    ],
)
def test_a_feed_that_makes_no_sense_is_refused(
    edges: list[float], rates: list[float], kelvins: list[float], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Feed().add(edges, rates, kelvins)
