from __future__ import annotations

from drillsim.study.engines.backlog import Backlog


def test_a_thousand_million_replications_need_no_memory_for_themselves():
    backlog = Backlog(range(1_000_000_000))
    assert backlog.take(3) == (0, 1, 2)
    assert (backlog.waiting, backlog.unfinished) == (999_999_997, 1_000_000_000)


def test_an_order_is_short_enough_for_the_buffer_of_a_pipe():
    assert len(Backlog(range(10_000)).take(10_000)) == 256


def test_what_comes_back_is_handed_out_first_and_all_of_it_once():
    backlog = Backlog([5, 3, 8, 1])
    assert backlog.take(3) == (5, 3, 8)
    backlog.give_back([3, 8])
    assert backlog.waiting == 3
    assert backlog.take(1) == (3,)
    assert backlog.take(9) == (8, 1)
    assert backlog.take(9) == ()


def test_a_suspect_is_handed_out_alone_and_its_deaths_are_counted():
    backlog = Backlog(range(4))
    backlog.take(2)
    assert not backlog.is_suspect(0)
    assert backlog.suspect(0) == 1
    backlog.suspects.append(0)
    assert backlog.waiting == 2
    assert backlog.take_suspect() == (0,)
    assert backlog.suspect(0) == 2
    assert backlog.is_suspect(0)
