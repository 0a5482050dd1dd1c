from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.hazards.thermal_dose import (
    PSI_PA,
    blast_probit,
    heat_probit,
    share_by_blast,
    share_killed_by_heat,
    thermal_dose,
)


def test_a_dose_does_not_depend_on_how_the_stay_is_cut() -> None:
    whole = thermal_dose(8000.0, seconds=30.0)
    assert whole == pytest.approx(480.0) == thermal_dose([8000.0] * 3, seconds=[5.0, 20.0, 5.0])


def test_the_probits_are_the_ones_of_their_sources() -> None:
    dose = thermal_dose(10e3, seconds=60.0)
    assert heat_probit(dose) == pytest.approx(-14.9 + 2.56 * math.log(60.0 * 10.0 ** (4.0 / 3.0)))
    book = -36.38 + 2.56 * math.log(60.0 * 10e3 ** (4.0 / 3.0))
    assert heat_probit(dose, source="purple-book") == pytest.approx(book)
    assert blast_probit(10.0 * PSI_PA) == pytest.approx(1.47 + 1.37 * math.log(10.0))


def test_nothing_harms_nobody_and_too_much_everybody() -> None:
    assert share_killed_by_heat(0.0, seconds=60.0) == 0.0 == share_killed_by_heat(1e4, seconds=0.0)
    assert share_killed_by_heat(1e6, seconds=60.0) == pytest.approx(1.0)
    shares = share_by_blast(np.array([0.0, 1e3, 1e5, 1e7]), source="lung-eisenberg")
    assert shares[0] == 0.0 and np.all(np.diff(shares) >= 0.0)
    assert shares[-1] == pytest.approx(1.0)


def test_a_load_below_nothing_and_an_unknown_source_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        thermal_dose(-1.0, seconds=1.0)
    with pytest.raises(ValueError, match="eisenberg"):
        heat_probit(1.0, source="x")
    with pytest.raises(ValueError, match="sheet"):
        blast_probit(1.0, source="x")
