"""Verification: the waiting times of a talk-group are those of the closed forms."""

import math

import numpy as np
import pytest
from scipy.stats import t

from drillsim.simulation.radio import Radio
from tests.simulation.talking import channel, core_of, exponential, talking

BATCHES = 25


def erlang_c_wait_s(*, lines, every_s, talk_s):
    """Mean wait in M/M/c: C(c, a) / (c mu - lambda), with the recursion of Erlang B."""
    load = talk_s / every_s
    blocked = 1.0
    for number in range(1, lines + 1):
        blocked = load * blocked / (number + load * blocked)
    delayed = blocked / (1.0 - load / lines * (1.0 - blocked))
    return delayed / (lines / talk_s - 1.0 / every_s)


def interval(batch_means, *, confidence=0.95):
    """Mean and half width of its confidence interval by batch means."""
    values = np.asarray(batch_means)
    half = t.ppf(0.5 + confidence / 2.0, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean()), float(half)


def agrees(batch_means, expected, *, precision):
    """Within the interval, and the interval narrow enough to tell something."""
    mean, half = interval(batch_means)
    assert half < precision * expected
    assert abs(mean - expected) < half


def waits_s(*, lines, talk, arrivals_s):
    """Waits of messages said at these times over one channel, and how long each talks."""
    core = core_of(talking(channels={"ops": channel(talk, count=lines)}, agencies={}))
    radio = Radio(core)

    def traffic():
        for number, arrival_s in enumerate(arrivals_s):
            yield core.clock.pause(arrival_s - core.now_s)
            name = f"{number:06d}"
            said = radio.say(content=name, sender="a", to="b", over="ops", who=name, cause=-1)
            core.clock.process(said)

    core.clock.process(traffic())
    core.clock.run()
    spread = core.scenario.channels["ops"].talk.under("emergency")
    talks = [
        spread.quantile(core.streams.uniform(f"message.{number:06d}", "ops.talk.1"))
        for number in range(len(arrivals_s))
    ]
    totals = {int(row.task): row.value for _, row in core.trace.of("message-heard")}
    return np.array([totals[number] for number in range(len(arrivals_s))]) - talks, talks


def poisson_s(*, every_s, count, seed):
    return np.random.default_rng(seed).exponential(every_s, count).cumsum()


def first_come_first_served(*, lines, arrivals_s, talks_s):
    """Waits by the recursion of Kiefer and Wolfowitz: the time at which each line is next free."""
    free_s, found = [0.0] * lines, []
    for arrival_s, talk_s in zip(arrivals_s, talks_s, strict=True):
        begins_s = max(arrival_s, min(free_s))
        found.append(begins_s - arrival_s)
        free_s[free_s.index(min(free_s))] = begins_s + talk_s
    return found


@pytest.mark.parametrize(("lines", "talk_s"), [(1, 5.0), (1, 8.0), (2, 12.0), (2, 16.0)])
def test_others_on_a_channel_wait_as_erlang_c_says(lines, talk_s):
    every_s, warm_s, length_s = 10.0, 4_000.0, 24_000.0
    others = {"every": exponential(every_s)}
    channels = {"ops": channel(exponential(talk_s), count=lines, others=others)}
    means_s, busy_s, asked = [], 0.0, 0
    for seed in range(201, 201 + BATCHES):  # runs of their own: no batch leans on the one before
        core = core_of(talking(channels=channels, horizon=f"{warm_s + length_s} s"), seed=seed)
        Radio(core).start()
        core.clock.run(until=warm_s)
        before = core.resources.uses()[("channel", "ops")]
        core.clock.run(until=warm_s + length_s)
        use = core.resources.uses()[("channel", "ops")]
        # Little: time waited per second is the arrival rate times the mean wait.
        means_s.append((use.others_waited_s - before.others_waited_s) / length_s * every_s)
        busy_s += use.busy_s - before.busy_s
        asked += use.others_asked - before.others_asked
    assert asked == pytest.approx(BATCHES * length_s / every_s, rel=0.02)
    expected_s = erlang_c_wait_s(lines=lines, every_s=every_s, talk_s=talk_s)
    agrees(means_s, expected_s, precision=0.15)
    assert busy_s / (BATCHES * length_s) / lines == pytest.approx(talk_s / every_s / lines, rel=0.03)


def test_messages_on_two_lines_wait_as_erlang_c_says():
    arrivals_s = poisson_s(every_s=12.0, count=40_000, seed=3)
    waits, _ = waits_s(lines=2, talk=exponential(16.8), arrivals_s=arrivals_s)
    expected_s = erlang_c_wait_s(lines=2, every_s=12.0, talk_s=16.8)
    agrees(waits.reshape(BATCHES, -1).mean(axis=1), expected_s, precision=0.15)


@pytest.mark.parametrize(("per_minute", "expected_s"), [(1.5, 10.0), (2.0, 20.0)])
def test_messages_of_fixed_length_wait_as_pollaczek_and_khinchine_say(per_minute, expected_s):
    arrivals_s = poisson_s(every_s=60.0 / per_minute, count=20_000, seed=5)
    waits, _ = waits_s(lines=1, talk="20 s", arrivals_s=arrivals_s)
    agrees(waits.reshape(BATCHES, -1).mean(axis=1), expected_s, precision=0.1)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_every_single_message_waits_as_long_as_first_come_first_served_says(lines):
    arrivals_s = poisson_s(every_s=20.0 / lines / 0.9, count=2_000, seed=lines)
    waits, talks_s = waits_s(lines=lines, talk=exponential(20.0), arrivals_s=arrivals_s)
    expected_s = first_come_first_served(lines=lines, arrivals_s=arrivals_s, talks_s=talks_s)
    assert max(expected_s) > 60.0
    assert waits == pytest.approx(expected_s, abs=1e-6)
