"""The sheet's release cases: they hold, and a wrong constant of the physics does not pass."""

from __future__ import annotations

import math

import pytest

from drillsim.hazards import dense, plume, puff, vapour_explosion
from drillsim.verification import releases
from drillsim.verification.prairie_grass import prairie_grass
from drillsim.verification.suite import selected, verify
from drillsim.verification.tables import failed

CASES = [f"V{number}" for number in range(1, 32)]


def red(*names: str) -> set[str]:
    """Which of these rows do not hold, by what stands before the dot."""
    return {row.case.case.split(".")[0] for row in failed(verify(selected(names)))}


def test_every_row_of_every_case_holds() -> None:
    rows = list(verify(selected(CASES)))
    assert len(rows) == 92
    assert [(row.case.case, row.got, row.fault) for row in failed(rows)] == []


# Where the constant is, what is put in its place, and the cases that must not hold with it.
WRONG = [
    ("drillsim.hazards.vessel.two_phase_rate", lambda *_, **__: 40.0, "V1 V2"),
    ("drillsim.hazards.plume.transport_wind", lambda wind, **_: wind, "V3 V4 V5"),  # U10 for the 3 m wind
    (
        "drillsim.hazards.evaporation.diffusivity",
        lambda _: 2.39e-5,
        "V6 V7 V8 V9",
    ),  # of water for every vapour
    ("drillsim.hazards.fireball.transmissivity", lambda *_, **__: 1.0, "V12"),
    ("drillsim.hazards.pool_fire.RADIANT_SHARE", 0.1, "V13"),
    ("drillsim.hazards.plume.AVERAGING_S", 18.0, "V14"),
    ("drillsim.hazards.discharge.critical_pressure_ratio", lambda _: 0.9, "V18 V21"),
    ("drillsim.hazards.discharge.liquid_orifice_rate", lambda *_, **__: 1.0, "V17 V20"),
    ("drillsim.hazards.spreading.pool_area_m2", lambda *, volume_m3, depth_m: volume_m3, "V19"),
    ("drillsim.hazards.vapour_explosion.flame_mach", lambda *_, **__: 5.2, "V16"),
    ("drillsim.hazards.toxic_load.constant_load", lambda ppm, **_: ppm, "V25 V26"),
    ("drillsim.verification.releases.constant_load", lambda ppm, **_: ppm, "V27"),
    ("drillsim.verification.releases.substance", lambda _: None, "V31"),
    ("drillsim.hazards.stand_off.mandatory_m", lambda kg: 18.0 * math.cbrt(kg), "V28"),
    ("drillsim.hazards.segregation.asymmetric_cells", lambda: 2, "V29"),
]


@pytest.mark.parametrize(("where", "wrong", "names"), WRONG, ids=[where for where, _, _ in WRONG])
def test_a_wrong_constant_of_the_physics_turns_its_rows_red(
    where: str, wrong: object, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, wrong)
    assert red(*names.split()) == set(names.split())


def test_the_misprint_of_class_d_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plume._SIGMA_Z["rural"], "D", (0.06, 0.00015, -0.5))
    assert red("V5") == {"V5"}
    prairie_grass.cache_clear()
    try:
        assert red("V30") == {"V30"}
    finally:
        monkeypatch.undo()
        prairie_grass.cache_clear()
    assert red("V5", "V30") == set()


def test_wrong_tables_of_blast_puff_and_dense_gas_do_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c, plateau, end = vapour_explosion._CURVES[5.2]
    monkeypatch.setitem(vapour_explosion._CURVES, 5.2, (2.0 * a, b, c, plateau, end))
    monkeypatch.setitem(puff._UP, "F", (0.05, 0.65))
    monkeypatch.setattr(dense, "_share", lambda dilution, warmth: 0.5 * dilution)
    assert red("V15", "V22", "V23", "V24") == {"V15", "V22", "V23", "V24"}


def test_the_higher_of_plume_and_puff_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def higher(share: float, *, volume_rate_m3_s: float, duration_s: float, **air: float) -> float:
        return max(
            dense.dense_plume_distance(share, volume_rate_m3_s=volume_rate_m3_s, **air),
            dense.dense_puff_distance(share, volume_m3=volume_rate_m3_s * duration_s, **air),
        )

    monkeypatch.setattr(releases, "dense_distance", higher)
    assert red("V10", "V11", "V14") == {"V10", "V11", "V14"}


def test_vapour_is_an_ideal_gas_and_a_share_of_it_that_share() -> None:
    assert releases.vapour_kg_m3("ammonia", air_k=273.15) == pytest.approx(0.7599, rel=1e-3)
    assert releases.vapour_kg_m3("ammonia", air_k=273.15, ppm=100.0) == pytest.approx(7.599e-5, rel=1e-3)
    assert releases.lower_limit_ppm("propane") == 21_000.0


def test_the_spread_of_loads_is_that_worked_by_hand() -> None:
    found = releases.aegl_load_spread("chlorine", level=3, durations_s=(3600.0, 1800.0))
    assert found == pytest.approx(24000.0 / 23520.0 - 1.0)


def test_aqaba_arrives_later_and_thinner_farther_off_and_nowhere_before_its_first_radius() -> None:
    assert releases.aqaba_arrival_s(500.0) > releases.aqaba_arrival_s(100.0) > 0.0
    assert releases.aqaba_ppm_over_aegl3(500.0) < releases.aqaba_ppm_over_aegl3(100.0)
    with pytest.raises(ValueError, match="at no time"):
        releases.aqaba_arrival_s(1.0)
