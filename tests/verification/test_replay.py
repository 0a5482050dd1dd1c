"""What a trace must obey, on traces that do not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.trace.log import CrowdLog, Trace
from drillsim.verification.evidence import Evidence, Laboratory
from drillsim.verification.replay import (
    conservation_breaches,
    exit_times,
    first_come_last_s,
    last_out_s,
    occupancy,
    passages_s,
    peak_density_p_m2,
    starts_s,
    window_excess,
)


@pytest.fixture
def office() -> Evidence:
    return Laboratory().evidence("h-10; groups.people.count=5")


def forged(evidence: Evidence, *rows: tuple[float, int, str, str]) -> Trace:
    """The header and rows of a run with other passages: time, person, link ("" for a start), space."""
    log, index = CrowdLog(), evidence.facility.space_index
    for time_s, person, link, space in rows:
        log.time_s.append(time_s)
        log.arrived_s.append(time_s)
        log.person.append(person)
        log.link.append(evidence.facility.link_index[link] if link else -1)
        log.space.append(index[space])
    trace = Trace(evidence.trace.header, log)
    trace.rows = evidence.trace.rows
    return trace


def breaches(evidence: Evidence, *rows: tuple[float, int, str, str]) -> int:
    return conservation_breaches(forged(evidence, *rows), evidence.facility)


def test_a_run_that_conserves_has_no_breach(office: Evidence) -> None:
    assert conservation_breaches(office.trace, office.facility) == 0
    assert (
        breaches(office, (0.0, 0, "", "office"), (1.0, 0, "door", "corridor"), (9.0, 0, "exit", "out")) == 0
    )


def test_who_passes_a_link_that_is_elsewhere_is_a_breach(office: Evidence) -> None:
    assert breaches(office, (1.0, 0, "exit", "out")) == 1


def test_who_starts_where_it_is_not_is_a_breach(office: Evidence) -> None:
    assert breaches(office, (0.0, 0, "", "corridor")) == 1


def test_who_leaves_twice_is_a_breach(office: Evidence) -> None:
    once = [(1.0, 0, "door", "corridor"), (9.0, 0, "exit", "out")]
    assert breaches(office, *once, (10.0, 0, "door", "corridor")) == 1


def test_an_overfull_space_is_a_breach() -> None:
    evidence = Laboratory().evidence("h-10; facility.spaces.corridor.area=1 m2")
    rows = [(float(person), person, "door", "corridor") for person in range(4)]
    assert evidence.facility.slots[evidence.facility.space_index["corridor"]] == 2
    assert breaches(evidence, *rows) == 2


def test_a_group_that_stays_together_counts_with_all_its_heads() -> None:
    evidence = Laboratory().evidence("e-4")
    assert conservation_breaches(evidence.trace, evidence.facility) == 0
    assert len(starts_s(evidence.trace)) == 2


def test_more_than_one_and_c_dt_in_a_window_is_an_excess() -> None:
    assert window_excess(np.array([0.0, 1.0, 2.0, 3.0]), 1.0) == 0.0
    assert window_excess(np.array([0.0, 10.0, 10.5, 11.0]), 1.0) == pytest.approx(1.0)
    assert window_excess(np.array([]), 1.0) == 0.0
    parties = np.array([5, 5])
    assert window_excess(np.array([0.0, 5.0]), 1.0, heads=parties) == 0.0
    assert window_excess(np.array([0.0, 4.0]), 1.0, heads=parties) == pytest.approx(1.0)
    assert window_excess(np.array([0.0, 50.0, 50.0]), 1.0) == pytest.approx(1.0)  # no credit for idle time


def test_a_first_come_queue_passes_the_last_when_its_formula_says() -> None:
    assert first_come_last_s(np.array([5.0]), 1.0) == 5.0
    assert first_come_last_s(np.array([0.0, 0.0, 100.0]), 0.5) == 100.0
    assert first_come_last_s(np.array([3.0, 0.0, 1.0]), 0.5) == 4.0


def test_starts_passages_and_times_out_are_read_from_the_trace(office: Evidence) -> None:
    trace = office.trace
    assert starts_s(trace).tolist() == [0.0] * 5
    assert len(passages_s(trace, "door")) == 5
    assert passages_s(trace, "exit")[-1] == last_out_s(trace) == exit_times(trace)["people"][-1]
    with pytest.raises(ValueError, match="not in tuple"):
        passages_s(trace, "window")


def test_heads_in_a_space_change_with_who_comes_and_goes(office: Evidence) -> None:
    trace, facility = office.trace, office.facility
    times_s, heads = occupancy(trace, facility, "corridor")
    assert times_s[0] == -math.inf and heads[0] == 0
    assert heads.max() > 1 and heads[-1] == 0
    assert len(heads) == 11  # five come, five go
    assert peak_density_p_m2(trace, facility, "corridor") == heads.max() / 40.0
    _, in_office = occupancy(trace, facility, "office")
    assert in_office.tolist() == [5, 4, 3, 2, 1, 0]


def test_a_party_counts_with_all_its_heads_where_it_is() -> None:
    evidence = Laboratory().evidence("e-4")
    _, heads = occupancy(evidence.trace, evidence.facility, "corridor")
    assert heads.max() == 15


def test_who_never_moves_has_no_start() -> None:
    trace = Laboratory().evidence("h-5").trace
    assert sum(map(math.isnan, starts_s(trace))) == 199


def test_last_out_of_a_run_that_leaves_somebody_inside_is_never() -> None:
    assert last_out_s(Laboratory().evidence("p-trapped").trace) == "never"
