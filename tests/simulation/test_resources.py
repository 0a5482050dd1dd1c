import pytest

from drillsim.simulation.clock import Clock
from drillsim.simulation.resources import Resources

CAR, LANE = ("unit", "car"), ("capacity", "lane")


@pytest.fixture
def desk():
    clock = Clock()
    return clock, Resources(clock), []


def ask(desk, wanted, *, who, priority=5):
    clock, resources, log = desk

    def process():
        grant = yield resources.request(wanted, priority=priority, who=who)
        log.append((clock.now, who, dict(grant.members), grant.cause))

    clock.process(process())


def test_members_that_are_free_are_granted_at_once_without_a_cause(desk):
    clock, resources, log = desk
    resources.add(CAR, ["car-2", "car-1"])
    ask(desk, {CAR: 1}, who="post")
    clock.run()
    assert log == [(0, "post", {CAR: ("car-1",)}, -1)]


def test_the_smaller_priority_number_is_served_first_and_learns_what_freed_the_member(desk):
    clock, resources, log = desk
    resources.add(LANE)
    ask(desk, {LANE: 1}, who="early")
    ask(desk, {LANE: 1}, who="urgent", priority=0)

    def free():
        yield clock.timeout(10.0)
        resources.release(LANE, ["lane-1"], cause=7)
        yield clock.timeout(10.0)
        resources.release(LANE, ["lane-1"], cause=9)

    clock.process(free())
    clock.run()
    assert [(when, who, cause) for when, who, _, cause in log] == [(10.0, "urgent", 7), (20.0, "early", 9)]


def test_a_large_request_is_not_overtaken_in_the_pool_it_is_short_of(desk):
    clock, resources, log = desk
    resources.add(CAR, ["car-1"])
    ask(desk, {CAR: 2}, who="a-two")
    ask(desk, {CAR: 1}, who="b-one")
    clock.run()
    assert log == []
    resources.release(CAR, ["car-2"], cause=3)
    clock.run()
    assert [who for _, who, _, _ in log] == ["a-two"]


def test_nobody_holds_one_thing_while_waiting_for_another(desk):
    clock, resources, log = desk
    resources.add(CAR, ["car-1"])
    resources.add(LANE)
    ask(desk, {CAR: 1, LANE: 1}, who="a-both")
    ask(desk, {CAR: 1}, who="b-car")
    clock.run()
    assert [who for _, who, _, _ in log] == ["b-car"]
    assert resources.holders({CAR: 1, LANE: 1}) == ("b-car",)


def test_a_pool_held_back_twice_opens_when_both_are_undone(desk):
    clock, resources, log = desk
    resources.add(LANE, ["lane-1"])
    resources.hold_back(LANE)
    resources.hold_back(LANE)
    ask(desk, {LANE: 1}, who="report")
    resources.resume(LANE, cause=3)
    assert resources.held_back(LANE) == 1
    clock.run()
    assert log == []
    resources.resume(LANE, cause=4)
    clock.run()
    assert log == [(0, "report", {LANE: ("lane-1",)}, 4)]


def test_others_take_a_free_member_at_once_and_are_counted_apart(desk):
    clock, resources, _ = desk
    resources.add(LANE, ["lane-1", "lane-2"])
    assert resources.take_for_others(LANE, who="others") == "lane-1"
    assert resources.holders({LANE: 1}) == ("others",)
    clock.run(until=4.0)
    resources.release(LANE, ("lane-1",), cause=-1)
    use = resources.uses()[LANE]
    assert (use.asked, use.others_asked, use.busy_s) == (0, 1, 4.0)


def test_others_take_nothing_before_those_who_wait_or_while_it_is_held_back(desk):
    _, resources, _ = desk
    resources.add(LANE, ["lane-1"])
    resources.hold_back(LANE)
    assert resources.take_for_others(LANE, who="others") is None
    resources.resume(LANE, cause=0)
    ask(desk, {LANE: 2}, who="large")
    desk[0].run()
    assert resources.take_for_others(LANE, who="others") is None
    assert resources.uses()[LANE].others_asked == 0
