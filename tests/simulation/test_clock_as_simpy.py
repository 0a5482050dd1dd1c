"""What the clock does in SimPy's place happens in the order and at the times of SimPy's own."""

import math
import random

import pytest
import simpy

from drillsim.simulation.clock import Clock


def players(clock, begin, *, seed, said):
    """Forty who wait for times, moments and each other, many of them at equal times."""
    luck = random.Random(seed)
    moments = [clock.event() for _ in range(6)]

    def player(number):
        for _ in range(luck.randint(1, 6)):
            choice = luck.random()
            if choice < 0.1:
                clock.process(child(number))
                yield clock.timeout(0)
            elif choice < 0.2:
                gone = clock.timeout(1)
                yield clock.timeout(1)
                yield gone
            elif choice < 0.5:
                yield clock.timeout(luck.choice([0, 1, 1, 2, 3.5]))
            elif choice < 0.8:
                moment = luck.choice(moments)
                if not moment.triggered and luck.random() < 0.6:
                    moment.succeed(number)
                yield moment | clock.timeout(2)
            else:
                yield clock.timeout(1) & clock.timeout(luck.choice([1, 4]))
            said.append((clock.now, number))

    def child(number):
        said.append((clock.now, -number))
        yield clock.timeout(1)
        said.append((clock.now, -number))

    for number in range(40):
        begin(player(number))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("begin", ["process", "begin"])
def test_everybody_acts_at_the_time_and_in_the_order_of_simpy(seed, begin):
    said, expected = [], []
    clock, simpys = Clock(), simpy.Environment()
    players(clock, getattr(clock, begin), seed=seed, said=said)
    players(simpys, simpys.process, seed=seed, said=expected)
    clock.run()
    simpys.run()
    assert said == expected
    assert clock.now == simpys.now > 0.0


def test_work_goes_on_event_by_event_as_simpy_steps():
    worked, stepped = [], []
    for said, drive in (
        (worked, lambda clock: clock.work_on(math.inf, clock.event())),
        (stepped, lambda clock: clock.peek() < math.inf and clock.step() is None),
    ):
        clock = Clock()
        clock.busy = 1
        players(clock, clock.begin, seed=3, said=said)
        while drive(clock):
            pass
    assert worked == stepped
    assert worked


def test_what_is_begun_acts_at_once_and_leaves_no_event_behind():
    clock, said = Clock(), []

    def short():
        said.append("begun")
        yield clock.timeout(2.0)
        said.append("ended")

    clock.begin(short())
    assert said == ["begun"]
    clock.step()
    assert said == ["begun", "ended"]
    assert clock.peek() == math.inf


def test_what_fails_while_somebody_begun_waits_for_it_stops_the_run_with_its_own_error():
    clock = Clock()

    def broken():
        yield clock.timeout(1.0)
        raise ValueError("broken pump")

    def waits():
        told = yield clock.process(broken())
        assert isinstance(told, int)

    clock.begin(waits())
    with pytest.raises(ValueError, match="broken pump"):
        clock.run()


def test_a_time_below_zero_is_refused():
    with pytest.raises(ValueError, match="Negative delay -1"):
        Clock().timeout(-1.0)


def test_calls_and_happenings_come_in_the_order_in_which_they_were_asked_for():
    clock, said = Clock(), []
    moment = clock.event()
    moment.callbacks.append(lambda event: said.append((clock.now, event.value)))
    clock.call_after(2.0, lambda event: said.append((clock.now, event.value)), "late")
    clock.call_after(0.0, lambda event: said.append((clock.now, event.value)), "now")
    clock.happen(moment, "moment")
    clock.run()
    assert said == [(0.0, "now"), (0.0, "moment"), (2.0, "late")]
