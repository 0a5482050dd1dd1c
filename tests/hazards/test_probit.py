from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.probit import (
    MOLAR_VOLUME_L_MOL,
    PURPLE_BOOK,
    death_probability,
    fatal_share,
    lethal_ppm,
    mg_m3_of_ppm,
    probit_set,
    probit_sets,
)
from drillsim.hazards.substances import substance, substances
from drillsim.hazards.toxic_load import constant_load

CHLORINE = substance("chlorine")
SETS = [constants for entry in substances().values() for constants in probit_sets(entry).values()]


def half_hour(ppm: float, n: float) -> float:
    return constant_load(ppm, exponent=n, duration_s=1800.0)


@pytest.mark.parametrize(
    ("key", "share", "ppm"),
    [("chlorine", 0.5, 385.0), ("chlorine", 0.01, 71.0), ("ammonia", 0.5, 7794.0), ("ammonia", 0.01, 2436.0)],
)
def test_half_hour_concentrations_that_kill_agree_with_the_published_orientation(
    key: str, share: float, ppm: float
) -> None:
    assert lethal_ppm(key, share=share, duration_s=1800.0) == pytest.approx(ppm, abs=1.0)


def test_the_purple_book_takes_milligrams_per_cubic_metre_and_lees_ppm() -> None:
    mg = 1000.0 * 70.906 / 24.45
    y = -6.35 + 0.5 * np.log(mg**2.75 * 30.0)
    from statistics import NormalDist

    book = probit_set(CHLORINE)
    assert death_probability(half_hour(1000.0, 2.75), constants=book) == pytest.approx(
        NormalDist().cdf(y - 5.0)
    )
    lees = probit_set(CHLORINE, "lees")
    y = -8.29 + 0.92 * np.log(100.0**2 * 30.0)
    assert death_probability(half_hour(100.0, 2.0), constants=lees) == pytest.approx(
        NormalDist().cdf(y - 5.0)
    )


def test_ppm_become_milligrams_at_25_degrees() -> None:
    # R T / p at 25 °C and one atmosphere.
    assert pytest.approx(8.314462618 * 298.15 / 101.325, rel=1e-3) == MOLAR_VOLUME_L_MOL
    assert mg_m3_of_ppm([0.0, 24.45], molar_mass_g_mol=30.0).tolist() == pytest.approx([0.0, 30.0])


@pytest.mark.parametrize("constants", SETS, ids=lambda constants: f"{constants.name}-{constants.substance}")
def test_nobody_dies_in_clean_air_and_the_share_rises_to_all(constants: object) -> None:
    found = death_probability([0.0, 1e-300, 1e3, 1e6, 1e9, 1e300], constants=constants)  # type: ignore[arg-type]
    assert found[0] == 0.0
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0.0).all()
    assert found[-1] == pytest.approx(1.0)


@given(constants=st.sampled_from(SETS), share=st.floats(0.001, 0.999), duration_s=st.floats(60.0, 7200.0))
def test_the_concentration_that_kills_a_share_kills_that_share(
    constants: object, share: float, duration_s: float
) -> None:
    key, name, n = constants.substance, constants.name, constants.n  # type: ignore[attr-defined]
    ppm = lethal_ppm(key, share=share, duration_s=duration_s, name=name)
    load = constant_load(ppm, exponent=n, duration_s=duration_s)
    assert death_probability(load, constants=constants) == pytest.approx(share, rel=1e-6)  # type: ignore[arg-type]


def test_sets_are_found_by_name_and_printed_with_their_source() -> None:
    assert list(probit_sets(CHLORINE)) == [PURPLE_BOOK, "lees"]
    assert list(probit_sets(substance("benzene"))) == ["lees"]
    assert probit_sets(substance("acetone")) == {}
    assert "Purple Book" in probit_set(CHLORINE).text()
    assert "mg/m3 (25 °C)" in probit_set(CHLORINE).text("zh")
    with pytest.raises(ValueError, match=r'no probit set "aiche"; there is purple-book, lees'):
        probit_set(CHLORINE, "aiche")
    with pytest.raises(ValueError, match="no probit constants"):
        probit_set(substance("acetone"))


def test_every_set_belongs_to_a_substance_and_has_a_unit_and_a_source() -> None:
    from drillsim.hazards.probit import _further_sets

    assert {constants.substance for constants in _further_sets()} <= set(substances())
    assert {constants.name for constants in SETS} == {PURPLE_BOOK, "lees"}
    for constants in SETS:
        assert constants.unit in ("mg/m3", "ppm")
        assert constants.source
        assert constants.mark == "read 2nd"
        assert constants.b > 0.0 < constants.n
    assert len(SETS) == 15 + 5


def test_a_set_of_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="unit is ppm or mg/m3"):
        death_probability(1.0, constants=replace(probit_set(CHLORINE), unit="kg/m3"))


def test_the_expected_share_is_the_mean_over_people_and_its_spread_that_of_the_sets() -> None:
    ppm = np.array([0.0, 100.0, 400.0, 400.0])
    found = fatal_share(CHLORINE, loads_with=lambda n: ppm**n * 30.0)
    each = [float(death_probability(c**2.75 * 30.0, constants=probit_set(CHLORINE))) for c in ppm]
    assert found.share == pytest.approx(sum(each) / 4.0)
    assert found.low == found.by_set[PURPLE_BOOK] < found.high == found.by_set["lees"]
    assert "between the published sets" in found.text()
    assert "lees" in found.text("zh")
    other = fatal_share(CHLORINE, loads_with=lambda n: ppm**n * 30.0, used="lees")
    assert other.share == found.high


def test_heads_weigh_the_loads_they_stand_for() -> None:
    few = fatal_share(CHLORINE, loads_with=lambda n: np.array([0.0, 400.0]) ** n * 30.0, weights=[3, 1])
    many = fatal_share(CHLORINE, loads_with=lambda n: np.array([0.0, 0.0, 0.0, 400.0]) ** n * 30.0)
    assert few.by_set == pytest.approx(many.by_set)


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [np.nan, 1.0]])
def test_weights_that_do_not_fit_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="needs people"):
        fatal_share(CHLORINE, loads_with=lambda n: np.array([1.0, 1.0]), weights=weights)


def test_one_set_alone_says_that_its_error_is_not_known() -> None:
    found = fatal_share(substance("acrylonitrile"), loads_with=lambda n: half_hour(500.0, n))
    assert found.low == found.high == found.share
    assert "not known" in found.text()
    with pytest.raises(ValueError, match="no probit constants"):
        fatal_share(substance("acetone"), loads_with=lambda n: half_hour(500.0, n))


@pytest.mark.parametrize("load", [-1.0, np.nan, np.inf])
def test_a_load_that_cannot_be_is_refused(load: float) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        death_probability(load, constants=probit_set(CHLORINE))


@pytest.mark.parametrize(("share", "seconds"), [(0.0, 60.0), (1.0, 60.0), (0.5, 0.0), (0.5, np.inf)])
def test_a_lethal_concentration_needs_a_share_and_a_time(share: float, seconds: float) -> None:
    with pytest.raises(ValueError, match=r"share|duration"):
        lethal_ppm("chlorine", share=share, duration_s=seconds)
