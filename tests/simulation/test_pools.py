from drillsim.simulation.clock import Clock
from drillsim.simulation.pools import Grant, Pool


def ask(clock: Clock, pool: Pool, *, count: int, priority: int, who: str, log: list) -> None:
    def process():
        grant = yield pool.request(count, priority=priority, who=who)
        log.append((clock.now, who, grant))

    clock.process(process())


def test_members_that_are_free_are_granted_at_once_without_a_cause():
    clock, log = Clock(), []
    pool = Pool(clock, "car", ["car-2", "car-1"])
    ask(clock, pool, count=1, priority=5, who="post", log=log)
    clock.run()
    assert log == [(0, "post", Grant(("car-1",), -1))]


def test_the_one_with_the_smaller_priority_number_is_served_first_and_learns_what_freed_the_member():
    clock, log = Clock(), []
    pool = Pool(clock, "lane")
    ask(clock, pool, count=1, priority=5, who="early", log=log)
    ask(clock, pool, count=1, priority=0, who="urgent", log=log)

    def free():
        yield clock.timeout(10.0)
        pool.release(["lane-1"], cause=7)
        yield clock.timeout(10.0)
        pool.release(["lane-1"], cause=9)

    clock.process(free())
    clock.run()
    assert [(when, who, grant.cause) for when, who, grant in log] == [(10.0, "urgent", 7), (20.0, "early", 9)]


def test_a_large_request_at_the_head_is_not_overtaken_by_a_small_one():
    clock, log = Clock(), []
    pool = Pool(clock, "pair", ["pair-1"])
    ask(clock, pool, count=2, priority=5, who="a-two", log=log)
    ask(clock, pool, count=1, priority=5, who="b-one", log=log)
    clock.run()
    assert log == []
    pool.release(["pair-2"], cause=3)
    clock.run()
    assert [who for _, who, _ in log] == ["a-two"]
    assert [who for who, _, _ in pool.waiting()] == ["b-one"]


def test_nothing_is_granted_while_a_pool_is_held_back():
    clock, log = Clock(), []
    pool = Pool(clock, "channel", ["channel-1"])
    pool.hold_back()
    ask(clock, pool, count=1, priority=5, who="report", log=log)
    clock.run()
    assert log == []
    pool.resume(cause=4)
    clock.run()
    assert log == [(0, "report", Grant(("channel-1",), 4))]
