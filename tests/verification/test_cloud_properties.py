"""Properties of clouds: they hold, and broken physics breaks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from drillsim.hazards import plume
from drillsim.verification import cloud_properties as properties
from drillsim.verification.suite import selected, verify
from drillsim.verification.tables import failed

CLOUDS = ["R-1", "R-2", "R-3", "R-4", "R-7", "R-8", "R-11", "R-12"]


def test_the_properties_of_clouds_hold() -> None:
    rows = list(verify(selected(CLOUDS)))
    assert {row.case.case.split(".")[0] for row in rows} == set(CLOUDS)
    assert [(row.case.case, row.got, row.fault) for row in failed(rows)] == []


def red(*names: str) -> set[str]:
    return {row.case.case for row in failed(verify(selected(names)))}


def broken(change: Callable[..., Any]) -> Callable[..., Any]:
    """The passive plume, its answer changed by a function of answer, x, y and the rest."""
    sound = plume.plume_concentration

    def found(x: Any, y: Any, **given: Any) -> Any:
        return change(sound(x, y, **given), x, y, given)

    return found


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (lambda c, x, y, given: 1.01 * c, {"R-4.plume", "R-4.pool", "R-4.lid", "R-12.short"}),
        (lambda c, x, y, given: c * given["rate_kg_s"], {"R-2"}),
        (lambda c, x, y, given: np.where(y > 0.0, 1.1 * c, c), {"R-7.symmetric"}),
        (lambda c, x, y, given: c * (1.0 + 1.0 / given.get("lid_m", np.inf)), {"R-11.far", "R-4.lid"}),
    ],
)
def test_a_plume_that_is_wrong_turns_its_rows_red(
    change: Callable[..., Any], rows: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plume, "plume_concentration", broken(change))
    assert rows <= red(*CLOUDS)


def test_a_release_that_forgets_its_beginning_turns_its_rows_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plume, "finite_release", lambda x, *, time_s, **_: 1.0 + 0.0 * np.asarray(time_s))
    assert {"R-3", "R-7.early"} <= red("R-3", "R-7")


def test_a_zone_that_ends_anywhere_turns_its_rows_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plume, "distance_to", lambda level, *, rate_kg_s, duration_s, **_: level / duration_s)
    assert {"R-1.level", "R-1.duration"} <= red("R-1")


def test_a_zone_longer_over_a_town_and_shorter_in_still_air_turns_its_rows_red(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def zone(level: float, *, stability: str, terrain: str, **_: Any) -> float:
        return 1.0 / ord(stability) + (terrain == "urban")

    monkeypatch.setattr(plume, "distance_to", zone)
    assert red("R-8") == {"R-8.town", "R-8.class"}


def test_puffs_hold_their_mass_only_with_the_spreads_they_are_made_with() -> None:
    assert properties.puff_mass_error() < 1e-6
    assert properties.dense_volume_error() < 1e-12
