from __future__ import annotations

import math

import pytest

from drillsim.study.margins import building_margins, margins_over_runs
from tests.debrief import fakes
from tests.debrief.lost import lost_ensemble


@pytest.fixture(scope="module")
def found():
    return {one.space: one for one in margins_over_runs(lost_ensemble())}


def test_spaces_stand_in_the_order_of_the_margin_that_one_run_in_ten_falls_below(found):
    assert list(found) == ["shed", "yard", "gate"]


def test_quantiles_are_those_of_the_runs(found):
    assert found["shed"].margin_s == (100.0, 100.0, 100.0)
    assert found["shed"].rset_s == (210.0, 290.0, 370.0)
    assert found["shed"].negative == 1
    assert found["shed"].share.estimate == 0.05


def test_runs_in_which_a_space_was_not_lost_rank_above_all_others(found):
    assert found["yard"].lost == 10
    assert found["yard"].margin_s == (400.0, 400.0, math.inf)
    assert found["yard"].aset_s.p50 == 200.0 + 100.0 + 400.0  # the tenth of twenty
    assert found["yard"].negative == 0
    assert found["gate"].aset_s == (math.inf,) * 3
    assert found["gate"].lost == 0


def test_a_run_in_which_somebody_stayed_ranks_above_those_in_which_all_left(found):
    assert found["gate"].occupied == 20
    assert found["gate"].rset_s.p90 == 200.0 + 10.0 * 18 + 60.0
    assert found["gate"].rset_s.p10 == 210.0 + 10.0 + 60.0


def test_criteria_are_counted_by_run_with_the_unknown_ones_apart(found):
    assert found["shed"].criteria == (("visibility", 18), ("temperature", 2))
    assert found["yard"].criteria == (("", 10),)


def test_the_buildings_smallest_margin_tells_where_it_lay():
    whole = building_margins(lost_ensemble())
    assert whole.margin_s == (100.0, 100.0, 100.0)
    assert (whole.lost, whole.negative) == (20, 1)
    assert whole.smallest_in == (("shed", 20),)
    assert whole.consequence_person_s == (0.0, 0.0, 0.0)


def test_without_a_hazard_that_loses_spaces_there_is_nothing_to_tell():
    ensemble = fakes.fake_ensemble(n=3)
    assert margins_over_runs(ensemble) == ()
    assert building_margins(ensemble) is None
