"""Work on air: pairs put suits on, go in, relieve each other, come out through decontamination, and rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simpy.events import Event

from drillsim.response.protection import split_pairs, stints
from drillsim.simulation.resources import Grant
from drillsim.simulation.stock import give_back

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from drillsim.response.plan import Task
    from drillsim.response.protection import Air, Pairs, Suit
    from drillsim.simulation.resources import Key
    from drillsim.simulation.world import SimWorld

__all__ = ["Entry", "work_on_air"]

_OVERRUN_S: Final = 30.0  # the whistle leaves minutes; less than this is no overrun
_RELIEF: Final = -1
"""Reliefs take suits and bottles before anybody who has not begun: those inside cannot wait."""

Held = dict["Key", tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """The work on air is done, by trace row ``row``; the last pairs are still inside."""

    row: int
    _team: _Team
    _last: _Turn
    _next: int  # the pair whose turn it would be

    def bring_out(self) -> Generator[Event, object, int]:
        """Everybody comes out and is decontaminated; returns the row of the last. Call it once."""
        return (yield from _leave(self._team, self._last, self.row))


class _Turn(NamedTuple):
    """Pairs that go in together, dressed: who they are, what they wear, and how they come to go in."""

    pairs: tuple[int, ...]
    held: Held
    row: int  # suits, bottles and rest were there
    entered_s: float = 0.0


class _Out(NamedTuple):
    row: int
    rested_s: float  # when those who are out may dress again


@dataclass(slots=True)
class _Team:
    """The pairs of one task, and how long everything takes them."""

    world: SimWorld
    name: str
    task: Task
    air: Air
    suit: Suit | None
    units: tuple[str, ...]
    pairs: Pairs
    stint_s: float
    don_s: float
    first: int = 0  # the pair that goes in first
    change_s: float = 0.0
    ready_held: Held = field(default_factory=dict)  # what those outside wear
    outs: dict[int, Event] = field(default_factory=dict)  # by pair: its last way out
    distressed: bool = False
    overrun: bool = False

    def turn(self, number: int) -> tuple[int, ...]:
        """The pairs of the stint: who has been out longest goes in."""
        first = self.first + number * self.pairs.at_work
        return tuple((first + step) % self.pairs.in_turn for step in range(self.pairs.at_work))

    def label(self, pairs: Sequence[int]) -> str:
        who = self.units[0] if self.units else self.name
        return f"{who} pair {', '.join(str(pair + 1) for pair in pairs)}"

    def kit(self, pairs: int) -> dict[Key, int]:
        """Suits and bottles these pairs take from stock; none of what there is always enough."""
        wanted: dict[Key, int] = {}
        bottle = self.suit.bottle if self.suit else None
        for stock in (self.suit.stock if self.suit else None, bottle.stock if bottle else None):
            if stock is not None:
                wanted["capacity", stock] = wanted.get(("capacity", stock), 0) + 2 * pairs
        return wanted

    def note(self, event: str, pairs: Sequence[int], *, cause: int, value_s: float | None = None) -> int:
        return self.world.core.note(
            event,
            actor=self.label(pairs),
            place=self.task.at or "",
            task=self.name,
            value=value_s,
            unit="" if value_s is None else "s",
            cause=cause,
        )


def work_on_air(
    world: SimWorld,
    name: str,
    task: Task,
    units: tuple[str, ...],
    *,
    work_s: float,
    cause: int,
    went_in: Event | None = None,
    before: Entry | None = None,
) -> Generator[Event, object, Entry]:
    """Dress, go in and work by stints until ``work_s`` of work with ``air.pairs`` pairs is done.

    With nothing scarce the time from the first entry to the end is way + work + (rotations - 1) * change:
    the relief goes in so that it begins ``change`` after the stint before it. A relief that is not ready by
    then (resting, in decontamination, dressing, short of suits or bottles) leaves the work standing still.
    ``went_in`` happens at the first entry; its value is the trace row. ``before`` is an earlier attempt of
    the same crew, which has been brought out: its pairs rest before they go in again. Raises
    ``ValueError`` if air or heat leave no time to work.
    """
    core = world.core
    team, cause = _muster(world, name, task, units, work_s, cause)
    if before is not None and core.bound != "unlimited":
        team.first, team.outs = before._next, dict(before._team.outs)
    elif core.bound != "unlimited":
        team.outs = _still_resting(team)
    lengths_s = stints(work_s=work_s * team.air.pairs / team.pairs.at_work, stint_s=team.stint_s)
    if len(lengths_s) > 1:
        path = f"plans.{core.plan_name}.tasks.{name}.air.change"
        team.change_s = core.draw(team.air.change, path=path, entity=f"task.{name}", purpose="change")
    turn = yield from _dress(team, 0, cause)
    entered = yield from _go_in(team, turn, turn.row)
    world.force.set_state(units, "on-air", place=task.crew_at, cause=entered)
    if went_in is not None:
        went_in.succeed(entered)
    for number in range(1, len(lengths_s)):
        turn, entered = yield from _stint(team, turn._replace(entered_s=core.now_s), entered, number)
    inside = turn._replace(entered_s=core.now_s)
    yield core.clock.pause(team.air.way_s + lengths_s[-1])
    return Entry(entered, team, inside, team.turn(len(lengths_s))[0])


def _muster(
    world: SimWorld, name: str, task: Task, units: tuple[str, ...], work_s: float, cause: int
) -> tuple[_Team, int]:
    """The pairs of the crew, and what they wear; too few of them are flagged."""
    core, air = world.core, task.air
    assert air is not None
    suit = core.scenario.suits[task.wearing] if task.wearing else None
    stint_s = air.stint_s(suit=suit, temperature_k=core.scenario.weather.temperature_k)
    people, wanted = world.force.people(units), air.pairs + air.backup
    pairs = split_pairs(people, pairs=air.pairs, backup=air.backup)
    if core.bound == "unlimited":
        turns = len(stints(work_s=work_s, stint_s=stint_s))
        pairs = pairs._replace(at_work=air.pairs, backup=air.backup, in_turn=turns * air.pairs)
    elif people < 2 * wanted:
        words = f"{people} people, fewer than {wanted} pairs: {pairs.at_work} at work, {pairs.backup} ready"
        core.note("flag", actor=name, task=words, cause=cause)
    don_s = 0.0
    if suit is not None:
        state = "staged" if air.dressed else "donning"
        cause = world.force.set_state(units, state, place=None, cause=cause)
        don_s = core.draw(suit.don, path=f"suits.{task.wearing}.don", entity=f"task.{name}", purpose="don")
    return _Team(world, name, task, air, suit, units, pairs, stint_s, don_s), cause


def _still_resting(team: _Team) -> dict[int, Event]:
    """Pairs of the units that earlier tasks have tired: those who have rested longest go in first."""
    core = team.world.core
    until = sorted(
        (out for unit in team.units for out in core.resting.get(unit, ())), key=lambda out: out.rested_s
    )
    until = [out for out in until if out.rested_s > core.now_s]
    outs = {}
    for pair, out in zip(range(team.pairs.in_turn - 1, -1, -1), reversed(until), strict=False):
        outs[pair] = Event(core.clock).succeed(out)
    return outs


def _dress(team: _Team, number: int, cause: int) -> Generator[Event, Any, _Turn]:
    """The pairs of a stint rest, take suits and bottles, and dress; at first with those who stay outside."""
    core, pairs = team.world.core, team.turn(number)
    for pair in pairs:
        if pair in team.outs:
            out: _Out = yield team.outs[pair]
            cause = max(cause, out.row)
            yield core.clock.pause(max(0.0, out.rested_s - core.now_s))
    wanted, held = team.kit(len(pairs)), Held()
    outside = team.kit(team.pairs.backup) if number == 0 else {}
    if wanted:
        whole = {key: count + outside.get(key, 0) for key, count in wanted.items()}
        who = f"{team.name}, {team.label(pairs)}"
        what = ", ".join(f"{count} x {stock}" for (_, stock), count in whole.items())
        priority = team.task.priority if number == 0 else _RELIEF
        with core.waiting(who, what, whole):
            grant: Grant = yield core.resources.request(whole, priority=priority, who=team.name)
        cause = max(cause, grant.cause)
        held = {key: names[: wanted[key]] for key, names in grant.members.items()}
        if number == 0:
            team.ready_held = {key: names[wanted[key] :] for key, names in grant.members.items()}
    row = team.note("air-granted", pairs, cause=cause)
    if not (team.air.dressed and number == 0 and not any(pair in team.outs for pair in pairs)):
        yield core.clock.pause(team.don_s)
    return _Turn(pairs, held, row)


def _stint(
    team: _Team, inside: _Turn, entered: int, number: int
) -> Generator[Event, object, tuple[_Turn, int]]:
    """A full stint, while which the relief dresses; returns the relief, and the row of its entry."""
    clock = team.world.core.clock
    team.outs |= dict.fromkeys(inside.pairs, clock.process(_stay(team, inside, entered)))
    relief = clock.process(_dress(team, number, entered))
    yield clock.pause(team.stint_s + team.change_s)
    late = not relief.triggered
    turn = yield relief
    assert isinstance(turn, _Turn)
    return turn, (yield from _go_in(team, turn, turn.row if late else entered))


def _go_in(team: _Team, turn: _Turn, cause: int) -> Generator[Event, object, int]:
    """In they go, unless the way by which they would come out is blocked."""
    cause = yield from _await_way(team, turn.pairs, cause, inside=False)
    return team.note("entry", turn.pairs, cause=cause, value_s=team.stint_s)


def _stay(team: _Team, turn: _Turn, cause: int) -> Generator[Event, object, _Out]:
    """A full stint from the entry on, and the way out."""
    yield team.world.core.clock.pause(team.air.way_s + team.stint_s)
    return (yield from _come_out(team, turn, cause))


def _come_out(team: _Team, turn: _Turn, cause: int, *, last: bool = False) -> Generator[Event, object, _Out]:
    """The way out, decontamination, and out of the suits."""
    world, core, air = team.world, team.world.core, team.air
    cause = yield from _await_way(team, turn.pairs, cause, inside=True)
    yield core.clock.pause(air.way_s)
    team.note("left-zone", turn.pairs, cause=cause)
    if last and (air.corridor or air.decon_s):
        cause = world.force.set_state(team.units, "decon", place=None, cause=cause)
    if air.corridor:
        cause = yield from world.corridors.go(
            corridor=air.corridor,
            people=2 * len(turn.pairs),
            who=team.name,
            priority=team.task.priority,
            cause=cause,
        )
    else:
        yield core.clock.pause(air.decon_s)
    suited_s = core.now_s - turn.entered_s
    row = team.note("exit", turn.pairs, cause=cause, value_s=suited_s)
    _flag_overrun(team, suited_s, row)
    give_back(core, turn.held, cause=row)
    return _Out(row, core.now_s + (team.suit.rest * suited_s if team.suit else 0.0))


def _flag_overrun(team: _Team, suited_s: float, cause: int) -> None:
    """Say once that a pair was longer on air than air and heat allow."""
    longest_s = team.stint_s + 2.0 * team.air.way_s + team.air.decon_s
    if suited_s > longest_s + _OVERRUN_S and not team.overrun:
        team.overrun = True
        words = f"{suited_s / 60:.1f} min on air until clean; air and heat allow {longest_s / 60:.1f} min"
        team.world.core.note("flag", actor=team.name, task=words, cause=cause)


def _await_way(
    team: _Team, pairs: Sequence[int], cause: int, *, inside: bool
) -> Generator[Event, object, int]:
    """Wait until the way out is open; who is inside calls mayday."""
    world, core, place = team.world, team.world.core, team.task.at
    if place is None or not world.force.way_blocked(place):
        return cause
    if inside:
        cause = team.note("mayday", pairs, cause=cause)
        if not team.distressed:
            team.distressed = True
            core.moments.stamp(f"mayday.{team.name}", cause)
    while world.force.way_blocked(place):
        with core.waiting(f"{team.name}, {team.label(pairs)}", f"a way out of {place}"):
            changed = yield world.force.ways_changed_event
        assert isinstance(changed, int)
        cause = max(cause, changed)
    return cause


def _leave(team: _Team, last: _Turn, cause: int) -> Generator[Event, object, int]:
    """Those inside come out, and those who stood by undress."""
    way_out = team.world.core.clock.process(_come_out(team, last, cause, last=True))
    team.outs |= dict.fromkeys(last.pairs, way_out)
    row, tired = cause, []
    for out in team.outs.values():
        found = yield out
        assert isinstance(found, _Out)
        row = max(row, found.row)
        tired.append(found)
    for unit in team.units:
        team.world.core.resting.pop(unit, None)
    if team.units:
        team.world.core.resting[team.units[0]] = tired
    _undress(team, row)
    if team.suit is not None and team.suit.rest > 0.0:
        team.world.force.set_state(team.units, "rehab", place=None, cause=row)
    return row


def _undress(team: _Team, cause: int) -> None:
    """Those who stood by come out of clean suits; their bottles are full."""
    bottles = team.suit.bottle.stock if team.suit and team.suit.bottle else None
    worn = {key: names for key, names in team.ready_held.items() if key[1] != bottles}
    give_back(team.world.core, worn, cause=cause)
    for key, names in team.ready_held.items():
        if key not in worn:
            team.world.core.resources.release(key, names, cause=cause)
