from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.substances import substance
from drillsim.hazards.toxic_class import STRETCHES_S, aegl_definition, path_classes
from drillsim.hazards.toxic_load import ToxicAir, load_exponent

TIMES = np.array([0.0, 60.0, 120.0, 300.0, 900.0])
PPM = np.array([[0.0, 10.0, 40.0, 5.0, 0.0], [20.0, 20.0, 20.0, 20.0, 20.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
CHLORINE = substance("chlorine")


def class_after(*spells: tuple[float, float], key: str = "chlorine", unprotected: float = 1.0) -> int:
    """Class of who breathes (ppm, minutes) one after another, from time 5 s on, in clean air then."""
    ends_s = 5.0 + 60.0 * np.cumsum([minutes for _, minutes in spells])
    samples = np.arange(0.0, ends_s[-1] + 620.0, 10.0)
    starts_s = np.append(5.0, ends_s)
    times = np.union1d(samples, starts_s)
    held = np.append(np.array([ppm for ppm, _ in spells]), 0.0)
    step = np.searchsorted(starts_s, times, side="right") - 1
    row = np.where(step < 0, 0.0, held[np.maximum(step, 0)])
    found = path_classes(
        ToxicAir(substance(key), times, row[None, :]),
        person=np.array([0]),
        space=np.array([0]),
        start_s=times[:1],
        end_s=times[-1:],
        people=1,
        protection_factor=unprotected,
    )
    return int(found[0])


@pytest.mark.parametrize(("ppm", "reached"), [(0.49, 0), (0.5, 1), (2.0, 2), (19.9, 2), (20.0, 3)])
def test_a_class_counts_from_its_level_on(ppm: float, reached: int) -> None:
    assert class_after((ppm, 60.0)) == reached


@pytest.mark.parametrize("key", ["chlorine", "ammonia", "acrylonitrile", "HCN", "CO", "PO"])
@pytest.mark.parametrize("minutes", [10.0, 17.0, 30.0, 50.0, 60.0, 200.0, 480.0])
def test_in_a_constant_concentration_the_class_is_that_of_the_level_for_the_time(
    key: str, minutes: float
) -> None:
    for level in (2, 3):
        ppm = substance(key).level_ppm(level, duration_s=60.0 * minutes).ppm
        more = 1.0 if 60.0 * minutes in STRETCHES_S else 1.11 ** (1.0 / load_exponent(substance(key)).n)
        assert class_after((ppm * more, minutes), key=key) >= level
        assert class_after((ppm * 0.95, minutes), key=key) < level


def test_a_faint_tail_does_not_take_the_class_away() -> None:
    assert class_after((3.2, 15.0)) == 2
    assert class_after((3.2, 15.0), (0.05, 45.0)) == 2
    assert class_after((0.05, 45.0), (3.2, 15.0)) == 2


@given(
    spells=st.lists(
        st.tuples(st.floats(0.0, 60.0), st.floats(0.5, 300.0)).map(lambda each: (each[0], round(each[1], 1))),
        min_size=1,
        max_size=3,
    ),
    further=st.tuples(st.floats(0.0, 60.0), st.floats(0.5, 300.0)),
    key=st.sampled_from(["chlorine", "ammonia", "acrylonitrile", "HCN", "CO"]),
)
def test_a_further_stay_never_lowers_the_class(
    spells: list[tuple[float, float]], further: tuple[float, float], key: str
) -> None:
    alone = class_after(*spells, key=key)
    assert class_after(*spells, further, key=key) >= alone
    assert class_after(further, *spells, key=key) >= alone


def test_a_stay_below_ten_minutes_is_held_against_the_level_for_ten() -> None:
    ten = CHLORINE.level_ppm(3, duration_s=600.0).ppm
    assert class_after((ten * 2.0, 2.4)) == 2  # 4 times the load a minute, 0.96 of the load
    assert class_after((ten * 2.0, 2.6)) == 3


def test_stays_of_one_person_may_be_cut_overlap_and_lie_in_several_spaces() -> None:
    air = ToxicAir(CHLORINE, TIMES, PPM)
    paths = {
        "whole": ([1], [0.0], [3600.0]),
        "cut": ([1, 1], [0.0, 777.7], [777.7, 3600.0]),
        "twice": ([1, 1], [0.0, 0.0], [3600.0, 3600.0]),
        "elsewhere": ([2, 1], [0.0, 3000.0], [3000.0, 3600.0]),
    }
    person = np.concatenate([np.full(len(path[0]), n) for n, path in enumerate(paths.values())])
    space, start, end = (np.concatenate(column) for column in zip(*paths.values(), strict=True))
    asked = {"person": person, "space": space, "start_s": start, "end_s": end, "people": 5}
    found = path_classes(air, **asked)
    assert found.tolist() == [3, 3, 3, 2, 0]
    assert found.dtype == np.int8
    masked = path_classes(air, protection_factor=1.05, **asked)
    assert masked.tolist() == [2, 2, 3, 2, 0]
    with pytest.raises(ValueError, match="ends before"):
        path_classes(air, **{**asked, "end_s": start - 1.0})


def test_without_level_1_the_classes_begin_at_2_and_without_level_2_there_are_none() -> None:
    assert class_after((44.0, 60.0), key="ethylene_oxide") == 0
    assert class_after((46.0, 60.0), key="ethylene_oxide") == 2
    with pytest.raises(ValueError, match="AEGL-2"):
        class_after((1.0, 10.0), key="toluene_diisocyanate_80_20")


def test_the_definition_of_the_class_is_printed_with_the_exponent() -> None:
    assert "stretch of 10 min to 8 h" in aegl_definition(CHLORINE)
    assert "n = 2: " in aegl_definition(CHLORINE)
    assert "等级" in aegl_definition(CHLORINE, "zh")
