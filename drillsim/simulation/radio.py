"""Messages over talk-groups and telephones: they queue for a line, get lost, are repeated, are relayed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from simpy.events import Event

from drillsim.simulation.resources import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from drillsim.response.communication import Channel, Others
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key
    from drillsim.spec import Draw

    # What goes on over a line in place of a talk: number of the attempt, what is held -> what is then held.
    Answer = Callable[[int, Grant], Generator[Event, object, Grant]]

__all__ = ["Radio", "Said"]

OTHERS_PRIORITY: Final = 5  # that of a task which names none


class Said(NamedTuple):
    """One message or call: ``content`` names it, ``entity`` its luck, ``who`` waits until it is through."""

    content: str
    entity: str
    sender: str
    to: str
    who: str
    priority: int


class Radio:
    """All channels of one run; their lines are pools of the run's resources.

    Luck goes by content: what one message draws does not depend on which others there are. Rows:
    message-asked for every attempt on every hop, message-lost, message-heard after the last hop. A row's
    cause is the later of the row that asked for the line and the row that freed it.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._out: dict[str, Event] = {}  # by channel: it goes out
        self._others: Counter[str] = Counter()  # lines that other users hold, by channel
        for name, channel in sorted(core.scenario.channels.items()):
            core.resources.add(("channel", name), [f"{name}-{n}" for n in range(1, channel.count + 1)])

    # -- traffic that has nothing to do with the incident ----------------------------------------------

    def start(self) -> None:
        """Other users begin to talk, in the background; with ``instant`` communication they do not matter.

        Raises ``ValueError`` for users who come without any time between them.
        """
        if self._core.bound == "instant":
            return
        for name, channel in sorted(self._core.scenario.channels.items()):
            if channel.others is not None:
                if not channel.others.every.under(self._core.conditions).mean > 0.0:
                    raise ValueError(f"others on channel {name} come every 0 s; write a time above 0")
                self._core.clock.process(self._traffic(name, channel, channel.others))

    def pending(self) -> bool:
        """Whether somebody waits for nothing but lines on which others talk: the run goes on without work."""
        short_of = self._core.resources.short_of
        return any(
            (short := short_of(wait.wanted))
            and all(kind == "channel" and self._others[name] > 0 for kind, name in short)
            for wait in self._core.waits.values()
        )

    def _traffic(self, name: str, channel: Channel, others: Others) -> Process:
        """One after the other they come, until the horizon; nobody new while the channel is down."""
        core, entity = self._core, f"channel.{name}"
        talks_s = core.samples(others.takes or channel.talk, entity=entity, purpose="others.takes")
        for gap_s in core.gaps(others.every, entity=entity, purpose="others.every"):
            if core.now_s + gap_s > core.scenario.horizon_s:
                return
            yield core.clock.timeout(gap_s)
            takes_s = next(talks_s)
            if not core.resources.held_back(("channel", name)):
                core.clock.process(self._other(name, takes_s))

    def _other(self, name: str, takes_s: float) -> Process:
        core, key = self._core, ("channel", name)
        grant = yield core.resources.request(
            {key: 1}, priority=OTHERS_PRIORITY, who=f"others on {name}", by_others=True
        )
        self._others[name] += 1
        yield core.clock.timeout(takes_s)
        self._others[name] -= 1
        core.resources.release(key, grant.members[key], cause=-1)

    # -- messages --------------------------------------------------------------------------------------

    def route(self, sender: str, to: str) -> tuple[str, ...]:
        """Channels a message takes, hop by hop; none: face to face, or nobody to speak with.

        The plan's line between the two agencies, reversed when spoken the other way round; without one the
        channel of the sender's agency and then that of the receiver's, one hop if it is the same.
        """
        if not sender or not to:
            return ()
        for _, line in sorted(self._core.plan.lines.items()):
            if {sender, to} == set(line.between):
                met = line.face_to_face_from
                if met is not None and self._core.moments.happened(met):
                    return ()
                return line.over if sender == line.between[0] else line.over[::-1]
        agencies = self._core.scenario.agencies
        own = (agencies[sender].channel, agencies[to].channel)
        return tuple(dict.fromkeys(channel for channel in own if channel is not None))

    def say(
        self,
        *,
        content: str,
        sender: str,
        to: str,
        who: str,
        over: str | None = None,
        priority: int = 5,
        cause: int,
    ) -> Generator[Event, object, int]:
        """One message to one agency, over a given channel or the route between the two.

        Returns the row message-heard, whose value is the time since the message was wanted, s.
        """
        hops = (over,) if over is not None else self.route(sender, to)
        return (
            yield from self._speak(
                Said(content, f"message.{content}", sender, to, who, priority), hops, (to,), cause
            )
        )

    def broadcast(
        self,
        *,
        content: str,
        sender: str,
        to: Sequence[str],
        over: str,
        who: str,
        priority: int = 5,
        cause: int,
    ) -> Generator[Event, object, int]:
        """One message over one channel that all of ``to`` hear, or nobody does.

        One row message-heard each, one after the other in the order of ``to``; returns the last.
        """
        said = Said(content, f"message.{content}", sender, ", ".join(to), who, priority)
        return (yield from self._speak(said, (over,), to, cause))

    def one_by_one(self, channel: str) -> bool:
        """Whether what is said over it now reaches one hearer at a time."""
        return self._core.scenario.channels[self.working(channel)].kind in ("telephone", "runner")

    def working(self, channel: str) -> str:
        """The channel, or what is used instead while it is out."""
        tried = {channel}
        while self._core.resources.held_back(("channel", channel)):
            instead = self._core.scenario.channels[channel].instead
            if instead is None or instead in tried:
                break
            tried.add(instead)
            channel = instead
        return channel

    def _speak(
        self, said: Said, hops: Sequence[str], hearers: Sequence[str], cause: int
    ) -> Generator[Event, object, int]:
        core, wanted_s = self._core, self._core.now_s
        held = Grant({}, cause)
        for channel in hops if core.bound != "instant" else ():
            held = yield from self.hop(said, channel, held)
        heard = cause
        for hearer in hearers:
            heard = core.note(
                "message-heard",
                actor=hearer,
                place=hops[-1] if hops else "",
                task=said.content,
                value=core.now_s - wanted_s,
                unit="s",
                cause=held.cause,
            )
        self.hang_up(held, cause=heard)
        return heard

    def hop(
        self, said: Said, channel: str, before: Grant, *, answer: Answer | None = None
    ) -> Generator[Event, object, Grant]:
        """Get it through over one channel, however often it is lost; the line is still held then.

        ``before`` is what the hop before holds, given back when this line is asked for, and the row to go
        on from. ``answer`` goes on in place of a talk. Returns what is held and the row that let it go on.
        """
        core, cause, attempt = self._core, before.cause, 0
        while True:
            channel = self.working(channel)
            spec = core.scenario.channels[channel]
            asked = core.note(
                "message-asked", actor=said.sender, place=channel, task=said.content, cause=cause
            )
            self.hang_up(before, cause=asked)
            held = yield from self._line(channel, said, asked)
            if isinstance(held, int):  # it went out meanwhile
                before, cause = Grant({}, held), max(asked, held)
                continue
            attempt += 1
            if answer is None:
                yield core.clock.pause(self._talk_s(spec.talk, channel, said, attempt))
            else:
                held = yield from answer(attempt, held)
            if attempt >= spec.attempts or not self._is_lost(spec.loss, channel, said, attempt):
                break
            cause = core.note(
                "message-lost", actor=said.to, place=channel, task=said.content, cause=held.cause
            )
            self.hang_up(held, cause=cause)
            before = Grant({}, cause)
            yield core.clock.pause(spec.repeat_s)
        return held

    def _line(self, channel: str, said: Said, asked: int) -> Generator[Event, object, Grant | int]:
        """A line; or, if the channel goes out before and there is another instead, the row of that."""
        if self._core.scenario.channels[channel].instead is None:
            return (
                yield from self.wait_for(("channel", channel), f"a line of {channel}", said, Grant({}, asked))
            )
        wanted = {("channel", channel): 1}
        request = self._core.resources.request(wanted, priority=said.priority, who=said.who)
        out = self._out.setdefault(channel, Event(self._core.clock))
        with self._core.waiting(said.who, f"a line of {channel}", wanted):
            yield request | out
        if request.triggered:
            grant = request.value
            assert isinstance(grant, Grant)
            return Grant(grant.members, max(asked, grant.cause))
        self._core.resources.withdraw(request)
        row = out.value
        assert isinstance(row, int)
        return row

    def goes_out(self, channel: str, *, cause: int) -> None:
        """A channel is out from now on: who waits for a line looks for another."""
        out = self._out.pop(channel, None)
        if out is not None and self.working(channel) != channel:
            out.succeed(cause)

    def wait_for(self, key: Key, what: str, said: Said, held: Grant) -> Generator[Event, object, Grant]:
        """Queue for one member of a pool beside what is held; returns both, with the later of their rows."""
        wanted = {key: 1}
        request = self._core.resources.request(wanted, priority=said.priority, who=said.who)
        with self._core.waiting(said.who, what, wanted):
            grant = yield request
        assert isinstance(grant, Grant)
        return Grant({**held.members, **grant.members}, max(held.cause, grant.cause))

    def hang_up(self, held: Grant, *, cause: int) -> None:
        """Give back what is held, because of a row."""
        for key, members in held.members.items():
            self._core.resources.release(key, members, cause=cause)

    def _talk_s(self, talk: Draw, channel: str, said: Said, attempt: int) -> float:
        return self._core.draw(
            talk, path=f"channels.{channel}.talk", entity=said.entity, purpose=f"{channel}.talk.{attempt}"
        )

    def _is_lost(self, loss: float, channel: str, said: Said, attempt: int) -> bool:
        return loss > self._core.streams.uniform(said.entity, f"{channel}.lost.{attempt}")
