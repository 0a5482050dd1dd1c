from __future__ import annotations

import pytest

from drillsim.hazards.stand_off import STAND_OFF_CARDS, mandatory_m, stand_off, stand_off_m


@pytest.mark.parametrize("row", STAND_OFF_CARDS["nctc"])
def test_the_formula_gives_the_cards_mandatory_distances(row: object) -> None:
    assert mandatory_m(row.tnt_kg) == pytest.approx(row.mandatory_m, rel=0.025)
    assert stand_off(row.tnt_kg) == row


def test_between_two_rows_the_heavier_holds() -> None:
    assert stand_off_m(23.1) == 98.0
    assert stand_off_m(0.1, kind="preferred") == 366.0


@pytest.mark.parametrize("weight", [0.0, -1.0, 27_217.0, float("nan"), float("inf")])
def test_a_weight_the_card_does_not_know_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="up to 27216 kg"):
        stand_off(weight)


def test_another_edition_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="nctc"):
        stand_off(5.0, edition="2006")
