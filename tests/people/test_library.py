"""Profiles and populations shipped with the product."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from pydantic import ValidationError

from drillsim.people.library import populations, shipped_profile, shipped_profiles
from drillsim.people.spec import AlarmMode, Group, Profile
from drillsim.presets import table


def profile(name: str) -> Profile:
    return Profile.model_validate(shipped_profile(name))


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_is_valid_and_says_where_it_comes_from(name: str) -> None:
    found = profile(name)
    draws = [found.speed, *found.responses.values()]
    draws += [draw for draw in (found.down, found.up, found.descend) if draw is not None]
    assert all(draw.source and draw.confidence != "unstated" for draw in draws)
    assert set(found.responses) <= set(get_args(AlarmMode))
    assert 0.3 < found.speed.emergency.median < 2.0
    assert found.speed.emergency.quantile(1e-4) > 0.05
    for stair in (found.down, found.up):
        assert stair is None or 0.01 < stair.emergency.quantile(1e-4) < found.speed.emergency.median


# Reference sheet, section 3.1, all twelve rows; shares of the passengers in per cent.
IMO = {
    "female-under-30": (7, 0.93, 1.55, 0.56, 0.94, 0.47, 0.79),
    "female-30-50": (7, 0.71, 1.19, 0.49, 0.81, 0.44, 0.74),
    "female-over-50": (16, 0.56, 0.94, 0.45, 0.75, 0.37, 0.61),
    "female-over-50-impaired-1": (10, 0.43, 0.71, 0.34, 0.56, 0.28, 0.46),
    "female-over-50-impaired-2": (10, 0.37, 0.61, 0.29, 0.49, 0.23, 0.39),
    "male-under-30": (7, 1.11, 1.85, 0.76, 1.26, 0.50, 0.84),
    "male-30-50": (7, 0.97, 1.62, 0.64, 1.07, 0.47, 0.79),
    "male-over-50": (16, 0.84, 1.40, 0.50, 0.84, 0.38, 0.64),
    "male-over-50-impaired-1": (10, 0.64, 1.06, 0.38, 0.64, 0.29, 0.49),
    "male-over-50-impaired-2": (10, 0.55, 0.91, 0.33, 0.55, 0.25, 0.41),
    "crew-female": (0, 0.93, 1.55, 0.56, 0.94, 0.47, 0.79),
    "crew-male": (0, 1.11, 1.85, 0.76, 1.26, 0.50, 0.84),
}


@pytest.mark.parametrize("row", IMO)
def test_imo_profiles_have_the_speeds_of_the_circular(row: str) -> None:
    share, *bounds = IMO[row]
    found = profile(f"imo-{row}")
    assert found.down is not None and found.up is not None
    laws = [draw.emergency for draw in (found.speed, found.down, found.up)]
    assert {law.shape for law in laws} == {"uniform"}
    assert [value for law in laws for value in law.parameters] == bounds
    if share:
        assert populations()["imo-passengers"][f"imo-{row}"] == f"{share} %"


# Reference sheet, section 7 (TN 1839): mean and spread of the speed down the stair.
@pytest.mark.parametrize(
    ("name", "mean", "sd"),
    [
        ("assisted-by-staff", 0.24, 0.13),
        ("wheelchair-with-helper", 0.24, 0.13),
        ("firefighter-assisted", 0.14, 0.05),
        ("stair-device", 0.20, 0.04),
        ("elderly-in-family", 0.35, 0.17),
    ],
)
def test_assisted_people_descend_as_observed(name: str, mean: float, sd: float) -> None:
    down = profile(name).down
    assert down is not None
    law, steps = down.emergency, 4000
    drawn = [law.quantile((step + 0.5) / steps) for step in range(steps)]
    assert law.mean == pytest.approx(mean, rel=0.01)
    spread = (sum((value - law.mean) ** 2 for value in drawn) / steps) ** 0.5
    assert spread == pytest.approx(sd, rel=0.04)


def test_crane_drivers_climb_down_first_and_hear_the_radio_only() -> None:
    for name in ("yard-crane-driver", "quay-crane-driver"):
        assert profile(name).descend is not None
        assert "loudspeaker" not in profile(name).responses
    assert "radio" not in profile("external-driver").responses


def test_shares_of_every_population_make_a_whole_of_shipped_profiles() -> None:
    for name, shares in populations().items():
        assert sum(float(share.removesuffix(" %")) for share in shares.values()) == 100.0
        assert set(shares) <= set(shipped_profiles())
        group = Group(count=1, place="a", mix=name)  # type: ignore[arg-type]
        assert sum(group.mix.values()) == pytest.approx(1.0)


def test_names_are_given_once() -> None:
    for name in ("profiles.csv", "presets.csv"):
        names = [row["name"] for row in table(name)]
        assert names == list(dict.fromkeys(names))


def test_an_unknown_population_is_named_with_one_near_it() -> None:
    with pytest.raises(ValidationError, match=re.escape("did you mean 'imo-passengers'?")):
        Group(count=1, place="a", mix="imo-passenger")  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="shipped: families, imo-crew"):
        Group(count=1, place="a", mix="xyz")  # type: ignore[arg-type]
