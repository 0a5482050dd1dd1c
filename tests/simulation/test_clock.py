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


def test_a_cancelled_pause_never_ends_and_counts_no_longer():
    clock, ended = Clock(), []
    pause = clock.pause(3.0)
    pause.callbacks.append(lambda _: ended.append(clock.now))
    clock.pause(1.0)
    clock.cancel(pause)
    assert clock.busy == 1
    clock.run()
    assert (clock.busy, clock.now, ended) == (0, 1.0, [])
    clock.cancel(pause)
    assert clock.busy == 0


@pytest.mark.parametrize("cancelled", range(9))
def test_the_others_end_in_order_whichever_is_cancelled(cancelled):
    clock, ended = Clock(), []
    times = [1.0, 20.0, 2.0, 21.0, 22.0, 3.0, 4.0, 23.0, 24.0]
    pauses = [clock.pause(at) for at in times]
    for pause in pauses:
        pause.callbacks.append(lambda _: ended.append(clock.now))
    clock.cancel(pauses[cancelled])
    clock.run()
    assert ended == sorted(set(times) - {times[cancelled]})


def test_the_losing_branch_of_a_race_leaves_the_count_right():
    clock = Clock()

    def race():
        slow, fast = clock.pause(10.0), clock.pause(2.0)
        yield slow | fast
        clock.cancel(slow)
        clock.cancel(fast)

    clock.process(race())
    clock.run()
    assert (clock.busy, clock.now) == (0, 2.0)


def test_cancelling_a_background_wait_takes_nothing_from_the_count():
    clock = Clock()
    wait = clock.timeout(5.0)
    clock.pause(1.0)
    clock.cancel(wait)
    assert clock.busy == 1


@pytest.mark.parametrize(("cancelled", "until_s"), [(False, 1.0), (False, 9.0), (True, 9.0)])
def test_a_pause_put_off_ends_once_at_its_new_time(cancelled, until_s):
    clock, ended = Clock(), []
    pause = clock.pause(3.0)
    pause.callbacks.append(lambda _: ended.append(clock.now))
    if cancelled:
        clock.cancel(pause)
    clock.put_off(pause, until_s=until_s)
    assert clock.busy == 1
    clock.run()
    assert (ended, clock.busy) == ([until_s], 0)
    with pytest.raises(ValueError, match="put off"):
        clock.put_off(pause, until_s=20.0)


@pytest.mark.parametrize("until_s", [math.nan, math.inf, 1.0])
def test_a_pause_is_not_put_off_to_the_past_or_for_ever(until_s):
    clock = Clock()
    pause = clock.pause(9.0)
    clock.run(until=2.0)
    with pytest.raises(ValueError, match="put off"):
        clock.put_off(pause, until_s=until_s)
    assert clock.busy == 1
