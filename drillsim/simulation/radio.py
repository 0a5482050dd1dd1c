"""Messages over talk-groups and telephones: they queue for a line, get lost, are repeated, are relayed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simpy.events import Event

from drillsim.simulation.resources import Grant, made

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from drillsim.response.communication import Channel, Others
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key
    from drillsim.spec import Draw

    # What goes on over a line in place of a talk: number of the attempt, what is held -> what is then held.
    Answer = Callable[[int, Grant], Generator[Event, object, Grant]]

__all__ = ["Radio", "Said"]

_NOTHING: Final[Mapping[Key, tuple[str, ...]]] = {}
OTHERS_PRIORITY: Final = 5  # that of a task which names none


class Said(NamedTuple):
    """One message or call: ``content`` names it, ``entity`` its luck, ``who`` waits until it is through."""

    content: str
    entity: str
    sender: str
    to: str
    who: str
    priority: int


class _OtherUsers:
    """Who talks on a channel besides: they come one after the other, until the horizon.

    Nobody new talks while the channel is down; who has to wait for a line queues like everybody else.
    """

    __slots__ = ("_core", "_gaps_s", "_key", "_talks_s", "_who", "talking")

    def __init__(self, core: Core, name: str, channel: Channel, others: Others) -> None:
        entity = f"channel.{name}"
        self._core, self._key, self._who = core, ("channel", name), f"others on {name}"
        self._gaps_s = core.gaps(others.every, entity=entity, purpose="others.every")
        self._talks_s = core.samples(others.takes or channel.talk, entity=entity, purpose="others.takes")
        self.talking = 0  # lines they hold now
        self._await_next()

    def _await_next(self) -> None:
        clock, gap_s = self._core.clock, next(self._gaps_s)
        if clock.now + gap_s <= self._core.scenario.horizon_s:
            clock.call_after(gap_s, self._come)

    def _come(self, _: Event) -> None:
        core, key, takes_s = self._core, self._key, next(self._talks_s)
        self._await_next()
        line = core.resources.take_for_others(key, who=self._who)
        if line is not None:
            self.talking += 1
            core.clock.call_after(takes_s, self._end, line)
        elif not core.resources.held_back(key):
            request = core.resources.request(
                {key: 1}, priority=OTHERS_PRIORITY, who=self._who, by_others=True
            )
            request.callbacks.append(partial(self._have_waited, takes_s))

    def _have_waited(self, takes_s: float, request: Event) -> None:
        grant = request.value
        assert isinstance(grant, Grant)
        self.talking += 1
        self._core.clock.call_after(takes_s, self._end, grant.members[self._key][0])

    def _end(self, talk: Event) -> None:
        self.talking -= 1
        self._core.resources.release(self._key, (talk._value,), cause=-1)


class Radio:
    """All channels of one run; their lines are pools of the run's resources.

    Luck goes by content: what one message draws does not depend on which others there are. Rows:
    message-asked for every attempt on every hop, message-lost, message-heard after the last hop. A row's
    cause is the later of the row that asked for the line and the row that freed it.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._out: dict[str, Event] = {}  # by channel: it goes out
        self._others: dict[str, _OtherUsers] = {}  # by channel
        self._plan_lines = [line for _, line in sorted(core.plan.lines.items())]
        self._channels, self._agencies = core.scenario.channels, core.scenario.agencies
        for name, channel in sorted(self._channels.items()):
            core.resources.add(("channel", name), [f"{name}-{n}" for n in range(1, channel.count + 1)])

    # -- traffic that has nothing to do with the incident ----------------------------------------------

    def start(self) -> None:
        """Other users begin to talk, in the background; with ``instant`` communication they do not matter.

        Raises ``ValueError`` for users who come without any time between them.
        """
        if self._core.bound == "instant":
            return
        for name, channel in sorted(self._channels.items()):
            if channel.others is not None:
                if not channel.others.every.under(self._core.conditions).mean > 0.0:
                    raise ValueError(f"others on channel {name} come every 0 s; write a time above 0")
                self._others[name] = _OtherUsers(self._core, name, channel, channel.others)

    def pending(self) -> bool:
        """Whether somebody waits for nothing but lines on which others talk: the run goes on without work."""
        short_of = self._core.resources.short_of
        return any(
            (short := short_of(wait.wanted))
            and all(
                kind == "channel" and name in self._others and self._others[name].talking
                for kind, name in short
            )
            for wait in self._core.waits.values()
        )

    # -- messages --------------------------------------------------------------------------------------

    def route(self, sender: str, to: str) -> tuple[str, ...]:
        """Channels a message takes, hop by hop; none: face to face, or nobody to speak with.

        The plan's line between the two agencies, reversed when spoken the other way round; without one the
        channel of the sender's agency and then that of the receiver's, one hop if it is the same.
        """
        if not sender or not to:
            return ()
        for line in self._plan_lines:
            if {sender, to} == set(line.between):
                met = line.face_to_face_from
                if met is not None and self._core.moments.happened(met):
                    return ()
                return line.over if sender == line.between[0] else line.over[::-1]
        own, other = self._agencies[sender].channel, self._agencies[to].channel
        if own is None or own == other:
            return (other,) if other is not None else ()
        return (own, other) if other is not None else (own,)

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
        said = made(Said, (content, f"message.{content}", sender, to, who, priority))
        return self._speak(said, over, (to,), cause)

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
        return self._speak(said, over, to, cause)

    def one_by_one(self, channel: str) -> bool:
        """Whether what is said over it now reaches one hearer at a time."""
        return self._channels[self.working(channel)].kind in ("telephone", "runner")

    def working(self, channel: str) -> str:
        """The channel, or what is used instead while it is out."""
        if not self._core.resources.held_back(("channel", channel)):
            return channel
        tried = {channel}
        while self._core.resources.held_back(("channel", channel)):
            instead = self._channels[channel].instead
            if instead is None or instead in tried:
                break
            tried.add(instead)
            channel = instead
        return channel

    def _speak(
        self, said: Said, over: str | None, hearers: Sequence[str], cause: int
    ) -> Generator[Event, object, int]:
        core, wanted_s = self._core, self._core.clock.now
        hops = (over,) if over is not None else self.route(said.sender, said.to)
        held = made(Grant, (_NOTHING, cause))
        for channel in hops if core.bound != "instant" else ():
            held = yield from self.hop(said, channel, held)
        heard = cause
        for hearer in hearers:
            heard = core.note(
                "message-heard",
                actor=hearer,
                place=hops[-1] if hops else "",
                task=said.content,
                value=core.clock.now - wanted_s,
                unit="s",
                cause=held.cause,
            )
        self.hang_up(held, cause=heard)
        return heard

    def hop(
        self, said: Said, channel: str, before: Grant, *, answer: Answer | None = None
    ) -> Generator[Event, Any, Grant]:
        """Get it through over one channel, however often it is lost; the line is still held then.

        ``before`` is what the hop before holds, given back when this line is asked for, and the row to go
        on from. ``answer`` goes on in place of a talk. Returns what is held and the row that let it go on.
        """
        core, cause, attempt = self._core, before.cause, 0
        while True:
            channel = self.working(channel)
            spec = self._channels[channel]
            asked = core.note(
                "message-asked", actor=said.sender, place=channel, task=said.content, cause=cause
            )
            if before.members:
                self.hang_up(before, cause=asked)
            wanted = {("channel", channel): 1}
            request = core.resources.request(wanted, priority=said.priority, who=said.who)
            core.waits_for(said.who, f"a line of {channel}", wanted)
            if spec.instead is None:
                members, freed = yield request
                core.waits.pop(said.who, None)
            else:
                out = self._out.setdefault(channel, Event(core.clock))
                yield request | out
                core.waits.pop(said.who, None)
                if not request.triggered:  # the channel went out meanwhile
                    core.resources.withdraw(request)
                    row: Any = out.value
                    before, cause = Grant({}, row), max(asked, row)
                    continue
                grant: Any = request.value
                members, freed = grant
            held = made(Grant, (members, max(asked, freed)))
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
