"""Decontamination corridors in a run: people pass the stages in a row and queue before each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simpy.events import Event

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from drillsim.response.communication import Others
    from drillsim.response.decontamination import Corridor
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key

__all__ = ["Corridors"]


class _Party:
    """People who go through together: how many are not out yet, and the event of the last one."""

    __slots__ = ("begun", "left", "name", "out", "since_s")

    def __init__(self, core: Core, *, name: str, people: int, begun: int) -> None:
        self.name = name
        self.left = people
        self.begun = begun
        self.since_s = core.now_s
        self.out = Event(core.clock)


class _Place(NamedTuple):
    """One place in a stage: its pool, what is asked for, and how that is called."""

    key: Key
    wanted: Mapping[Key, int]
    what: str


class Corridors:
    """All corridors of one run; the places of a stage are a pool ("stage", "CORRIDOR/STAGE").

    Nobody blocks the stage behind: who is through with one steps aside and queues for the next.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._through: dict[tuple[str, str], int] = {}  # by corridor and who brings them: people so far
        self._drawn_s: dict[tuple[str, str], list[Iterator[float]]] = {}  # and their times, by stage
        self._places: dict[str, list[_Place]] = {}  # by corridor, stage by stage
        for name, corridor in sorted(core.scenario.corridors.items()):
            self._places[name] = [_place(name, stage.name) for stage in corridor.stages]
            for stage, place in zip(corridor.stages, self._places[name], strict=True):
                places = [f"{stage.name}-{number}" for number in range(1, stage.places + 1)]
                core.resources.add(place.key, places)

    def start(self) -> None:
        """People who come by themselves, in the background, from the corridor's opening to the horizon.

        Raises ``ValueError`` where no time ever lies between two of them.
        """
        for name, corridor in sorted(self._core.scenario.corridors.items()):
            if corridor.others is None:
                continue
            if not corridor.others.every.under(self._core.conditions).mean > 0.0:
                raise ValueError(f"corridors.{name}.others.every is 0 s; write a time above 0")
            self._core.clock.process(self._others(name, corridor, corridor.others))

    def go(
        self, *, corridor: str, people: int, who: str, priority: int = 5, cause: int
    ) -> Generator[Event, object, int]:
        """Bring people through once the corridor is open; returns the row of the last being out.

        Times come from the streams (corridor.NAME.WHO, STAGE), the people of ``who`` one after the other.
        """
        core, spec = self._core, self._core.scenario.corridors[corridor]
        first = self._through.get((corridor, who), 0)
        self._through[corridor, who] = first + max(1, people)  # names stay apart
        name = f"{who}, {corridor} {first + 1}"
        for moment in core.stands_for(spec.opens) if spec.opens else ():
            with core.waiting(name, f"corridor {corridor}, open from {moment}"):
                opened = yield core.moments.of(moment)
            assert isinstance(opened, int)
            cause = max(cause, opened)
        begun = core.note("decon-begun", actor=corridor, task=who, value=float(people), unit="p", cause=cause)
        if not people:
            return core.note("decon-done", actor=corridor, task=who, value=0.0, unit="s", cause=begun)
        party = _Party(core, name=who, people=people, begun=begun)
        times_s = self._times_s(corridor, spec, who)
        for number in range(first, first + people):
            each_s = [next(stage_s) for stage_s in times_s]
            core.clock.begin(self._person(corridor, party, number, each_s, priority))
        done = yield party.out
        assert isinstance(done, int)
        return done

    def _times_s(self, corridor: str, spec: Corridor, who: str) -> list[Iterator[float]]:
        """By stage, the times of the people of ``who``, one after the other over all their parties."""
        if (corridor, who) not in self._drawn_s:
            entity = f"corridor.{corridor}.{who}"
            self._drawn_s[corridor, who] = [
                self._core.samples(stage.takes, entity=entity, purpose=stage.name) for stage in spec.stages
            ]
        return self._drawn_s[corridor, who]

    def _person(
        self,
        corridor: str,
        party: _Party,
        number: int,
        each_s: Sequence[float],
        priority: int,
    ) -> Process:
        core, cause, places = self._core, party.begun, self._places[corridor]
        label = f"{party.name}, {corridor} {number + 1:04d}"
        for place, takes_s in zip(places, each_s, strict=True):
            request = core.resources.request(place.wanted, priority=priority, who=label)
            if request.triggered:
                members, freed = yield request
            else:
                # Those who come by themselves hold places in the background, yet they do come out.
                core.clock.busy += 1
                core.waits_for(label, place.what, place.wanted)
                members, freed = yield request
                core.waits.pop(label, None)
                core.clock.busy -= 1
            if freed > cause:
                cause = freed
            yield core.clock.pause(takes_s)
            if place is places[-1]:
                cause = self._out(corridor, party, cause)
            core.resources.release(place.key, members[place.key], cause=cause)

    def _out(self, corridor: str, party: _Party, cause: int) -> int:
        """One more is out; for the last there is a row, which then explains who gets the place."""
        party.left -= 1
        if party.left:
            return cause
        since_s = self._core.now_s - party.since_s
        done = self._core.note(
            "decon-done", actor=corridor, task=party.name, value=since_s, unit="s", cause=cause
        )
        party.out.succeed(done)
        return done

    def _others(self, name: str, corridor: Corridor, others: Others) -> Process:
        core, entity, cause = self._core, f"corridor.{name}", -1
        for moment in core.stands_for(corridor.opens) if corridor.opens else ():
            cause = max(cause, (yield core.moments.of(moment)))
        for number, gap_s in enumerate(core.gaps(others.every, entity=entity, purpose="others.every")):
            if core.now_s + gap_s > core.scenario.horizon_s:
                return
            yield core.clock.timeout(gap_s)
            core.clock.begin(self._other(name, corridor, others, number, cause))

    def _other(self, name: str, corridor: Corridor, others: Others, number: int, cause: int) -> Process:
        """One who comes by himself: ``others.takes`` in every stage, or else what the stage takes."""
        core, label = self._core, f"corridor.{name} {number:06d}"
        for stage, place in zip(corridor.stages, self._places[name], strict=True):
            grant = yield core.resources.request(place.wanted, priority=5, who=label, by_others=True)
            takes = others.takes or stage.takes
            purpose = f"others.{number}.{stage.name}"
            yield core.clock.timeout(core.sample(takes, entity=f"corridor.{name}", purpose=purpose))
            core.resources.release(place.key, grant.members[place.key], cause=cause)


def _place(corridor: str, stage: str) -> _Place:
    key = ("stage", f"{corridor}/{stage}")
    return _Place(key, {key: 1}, f"{stage} of corridor {corridor}")
