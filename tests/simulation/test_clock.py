import math

import pytest

from drillsim.simulation.clock import Clock


class FakeCrowd:
    """Events at given times; those in ``seen`` are watched."""

    def __init__(self, times, seen=()):
        self.times, self.seen, self.passed = sorted(times), set(seen), []

    def next_time(self):
        return self.times[0] if self.times else math.inf

    def advance(self, until_s, *, inclusive=False):
        while self.times and (self.times[0] < until_s or (inclusive and self.times[0] == until_s)):
            self.passed.append(self.times.pop(0))
            if self.passed[-1] in self.seen:
                return self.passed[-1]
        return None


def drive(clock, crowd, until_s=math.inf, watched=lambda: None):
    while clock.turn(crowd, until_s=until_s, watched=watched):
        pass


def test_simpy_wakes_at_exactly_the_time_of_a_watched_passage():
    clock, crowd, woken = Clock(), FakeCrowd([0.1, 0.1 + 0.2, 0.7], seen=[0.1 + 0.2]), []
    drive(clock, crowd, watched=lambda: woken.append(clock.now))
    assert woken == [0.1 + 0.2]
    assert crowd.passed == [0.1, 0.1 + 0.2, 0.7]


def test_at_equal_times_the_decision_comes_before_the_passage():
    clock, crowd, order = Clock(), FakeCrowd([5.0]), []

    def decide():
        yield clock.pause(5.0)
        order.append(list(crowd.passed))

    clock.process(decide())
    drive(clock, crowd)
    assert order == [[]]
    assert crowd.passed == [5.0]


def test_nothing_later_than_the_horizon_happens_and_what_falls_on_it_does():
    clock, crowd, done = Clock(), FakeCrowd([9.0, 10.0, 10.5]), []

    def late(at):
        yield clock.pause(at)
        done.append(at)

    clock.process(late(10.0))
    clock.process(late(11.0))
    drive(clock, crowd, until_s=10.0)
    assert done == [10.0]
    assert crowd.passed == [9.0, 10.0]


def test_a_pause_counts_as_work_until_it_ends():
    clock = Clock()
    clock.pause(3.0)
    assert clock.busy == 1
    clock.run()
    assert clock.busy == 0


@pytest.mark.parametrize("duration_s", [math.nan, math.inf, -1.0])
def test_a_pause_that_is_no_time_is_refused(duration_s):
    with pytest.raises(ValueError, match="must be finite and not negative"):
        Clock().pause(duration_s)
