from __future__ import annotations

import pytest

from drillsim.hazards.cover import Cover


def test_a_cover_comes_on_evenly_holds_nothing_back_before_and_wears_off_evenly() -> None:
    foam = Cover(100.0, 0.2, over_s=50.0, lasts_s=200.0)
    shares = [foam.at(time_s) for time_s in (99.0, 100.0, 125.0, 150.0, 250.0, 350.0, 1e6)]
    assert shares == pytest.approx([1.0, 1.0, 0.6, 0.2, 0.6, 1.0, 1.0])


def test_a_sheet_is_there_at_once_and_stays() -> None:
    sheet = Cover(100.0, 0.2)
    assert [sheet.at(time_s) for time_s in (99.9, 100.0, 1e9)] == [1.0, 0.2, 0.2]
