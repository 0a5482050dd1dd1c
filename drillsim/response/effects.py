"""What a finished task or an inject does to the world: one small class each, told apart by ``do``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.spec import AirUse, Angle, Flag, Fraction, Name, Names, Ref, Spec, Time

if TYPE_CHECKING:
    from drillsim.response.world import World

__all__ = [
    "CallOut",
    "Decontaminate",
    "Effect",
    "Inform",
    "Message",
    "Round",
    "Search",
    "StartHazard",
    "Sweep",
]

Training = Literal["trained", "untrained"]
Places = Annotated[Names, Ref("place", "everywhere")]
SomePlaces = Annotated[Names, Ref("place", "everywhere"), Field(min_length=1)]


class Tell(Spec):
    """An alarm or order that reaches groups (by name, by where they are, or both) in one mode."""

    do: Literal["tell"]
    groups: Annotated[Names, Ref("group", "everyone")] = ()
    places: Places = ()
    mode: Literal["voice", "tone", "radio", "loudspeaker", "marshal", "warden"]
    instruct: Literal["evacuate", "shelter"] = "evacuate"
    musters: Annotated[Names, Ref("space")] = Field((), description="default: the group's own")
    via: dict[Annotated[Name, Ref("place")], Fraction] = Field(
        default_factory=dict, description="assigned ways out; default: the group's familiar ones"
    )

    def apply(self, world: World, *, cause: int) -> None:
        world.tell(
            groups=self.groups,
            places=self.places,
            mode=self.mode,
            instruct=self.instruct,
            musters=self.musters,
            via=self.via,
            cause=cause,
        )


class Silence(Spec):
    """A loudspeaker or channel is dead: alarms of this mode do not reach these places from now on."""

    do: Literal["silence"]
    mode: Literal["loudspeaker", "voice", "tone", "radio"]
    places: SomePlaces
    restored: Flag = Field(False, description="true: they are heard there again")

    def apply(self, world: World, *, cause: int) -> None:
        world.silence(mode=self.mode, places=self.places, restored=self.restored, cause=cause)


class Sweep(Spec):
    """A warden goes through these places: whoever is still there leaves at once.

    With a time for ``each`` it is a round, space by space in the order named (those of an area by name).
    The round follows on what the task ``takes``: the task, its units and its milestone last until the last
    space is done. An inject's round goes on in the background. A round *everywhere* leaves out the open air
    and the cars of lifts.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"places"})

    do: Literal["sweep"]
    places: SomePlaces
    each_s: Time = Field(
        0.0,
        ge=0,
        description="time to get to and through each space, in the order named, after `takes`; "
        "default: all are reached at once",
    )

    def apply(self, world: World, *, cause: int) -> None:
        world.sweep(places=self.places, each_s=self.each_s, cause=cause)


class Search(Spec):
    """These places are searched one after the other in the order named, for the missing.

    Who is still there and well leaves, casualties are found; the event ``search.done`` comes after the last.
    It is a round as that of a sweep: the task lasts until its end, and *everywhere* is indoors only.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"places"})

    do: Literal["search"]
    places: SomePlaces
    each_s: Time = Field(
        30.0, ge=0, description="time to get to and through each space, in the order named, after `takes`"
    )

    def apply(self, world: World, *, cause: int) -> None:
        world.search(places=self.places, each_s=self.each_s, cause=cause)


class Guide(Spec):
    """Staff stand in spaces and point: whoever is there takes these links if they lead to its goal."""

    do: Literal["guide"]
    at: Annotated[Names, Ref("place"), Field(min_length=1)]
    to: Annotated[Names, Ref("link")] = Field(description="links pointed to; none: staff there go")
    lasts_s: Time | None = Field(None, gt=0, description="default: until sent away")
    until: Annotated[Name, Ref("event")] | None = None

    @model_validator(mode="after")
    def _ends_in_one_way(self) -> Guide:
        if self.lasts_s is not None and self.until is not None:
            raise PydanticCustomError("guide-end", "write lasts or until, not both")
        return self

    def apply(self, world: World, *, cause: int) -> None:
        world.guide(places=self.at, links=self.to, lasts_s=self.lasts_s, until=self.until, cause=cause)


class RunLift(Spec):
    """A lift goes into or out of service; out of it, riders get out at the next floor and others walk."""

    do: Literal["lift"]
    lift: Annotated[Name, Ref("lift")]
    running: Flag

    def apply(self, world: World, *, cause: int) -> None:
        world.lift(name=self.lift, running=self.running, cause=cause)


class SetLink(Spec):
    """A gate, cordon or door. ``way`` *in* is from the link's first space to its second.

    ``closed_to`` *public* lets responders through; *all* shuts the opening itself, smoke included. A door
    that is opened to all stands open to smoke; until then it is ajar, as people pass it one by one.
    """

    do: Literal["link"]
    link: Annotated[Name, Ref("link")]
    closed: Flag
    closed_to: Literal["public", "all"] = "public"
    way: Literal["in", "out", "both"] = "both"

    def apply(self, world: World, *, cause: int) -> None:
        world.set_link(
            link=self.link, closed_to=self.closed_to, way=self.way, closed=self.closed, cause=cause
        )


class CallOut(Spec):
    """Units are called; each is dispatched, turns out, travels and reports at staging.

    Their agencies are called in turn, in the order of the units, or all by one ``group`` call. A call waits
    for a line of ``over`` and for who answers at the agency; the task lasts until the last one is taken.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"units"})

    do: Literal["call"]
    units: Annotated[Names, Ref("unit")]
    over: Annotated[Name, Ref("channel")] | None = Field(None, description="default: heard at once")
    group: Flag = Field(False, description="true: one message reaches all, nobody need take it down")

    def apply(self, world: World, *, cause: int) -> None:
        world.call_out(units=self.units, over=self.over, group=self.group, cause=cause)


class Inform(Spec):
    """An item becomes known to somebody, or turns out to be wrong for everybody (``known: false``)."""

    do: Literal["inform"]
    item: Annotated[Name, Ref("info")]
    to: Annotated[Names, Ref("agency")] = Field((), description="default: everybody knows at once")
    known: Flag = True

    def apply(self, world: World, *, cause: int) -> None:
        world.inform(item=self.item, to=self.to, known=self.known, cause=cause)


class Message(Spec):
    """Somebody passes on what is known, to agencies in turn or to all in one ``group`` message.

    Each message takes the line that the plan has between the two, with its queues, losses and relays. Who has
    heard it knows the items; the task lasts until the last one has.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"to"})

    do: Literal["message"]
    to: Annotated[Names, Ref("agency")] = Field(min_length=1)
    sender: Annotated[Name, Ref("agency")] | None = Field(
        None, description="default: the agency of those who do the task"
    )
    items: Annotated[Names, Ref("info")] = ()
    over: Annotated[Name, Ref("channel")] | None = Field(None, description="default: the plan's line")
    group: Flag = Field(False, description="true: one message over `over` reaches all")

    @model_validator(mode="after")
    def _group_has_channel(self) -> Message:
        if self.group and self.over is None:
            raise PydanticCustomError("group-channel", "a group message needs its channel; write `over`")
        return self

    def apply(self, world: World, *, cause: int) -> None:
        world.send(
            sender=self.sender, to=self.to, items=self.items, over=self.over, group=self.group, cause=cause
        )


class RaiseLevel(Spec):
    """The response is raised to a level of the plan, which calls its units; never lowered."""

    do: Literal["level"]
    level: Annotated[Name, Ref("level")]

    def apply(self, world: World, *, cause: int) -> None:
        world.raise_level(level=self.level, cause=cause)


class Decontaminate(Spec):
    """People go through a decontamination corridor; the task lasts until the last one is out."""

    do: Literal["decontaminate"]
    corridor: Annotated[Name, Ref("corridor")]
    people: int | None = Field(None, ge=1, le=10_000, description="default: the crew of the task")

    def apply(self, world: World, *, cause: int) -> None:
        world.decontaminate(corridor=self.corridor, people=self.people, cause=cause)


class StartHazard(Spec):
    """A hazard that lay dormant begins: a second leak, a fire set, a device that goes off."""

    do: Literal["start"]
    hazard: Annotated[Name, Ref("hazard")]

    def apply(self, world: World, *, cause: int) -> None:
        world.start_hazard(hazard=self.hazard, cause=cause)


class Treat(Spec):
    """Work on the hazard. ``factor`` is the share of the rate that remains after ``cover`` or ``absorb``, of
    the vapour that passes a water ``curtain``, and of the hole that ``plug-partly`` leaves open."""

    do: Literal["treat"]
    hazard: Annotated[Name, Ref("hazard")]
    action: Literal[
        "shut-door",
        "open-door",
        "plug",
        "plug-partly",
        "right",
        "close-valve",
        "shut-drains",
        "overpack",
        "transfer",
        "cover",
        "absorb",
        "curtain",
        "collect",
        "attack",
        "extinguish",
        "ventilate",
        "ignite",
    ]
    factor: Fraction = 0.0
    training: Training | None = Field(
        None,
        description="who attacks a fire with an extinguisher: 93 % succeed up to 300 kW and none from 600, "
        "or 80 % up to 100 kW and none from 300 kW; default: all up to the fire's extinguish_limit",
    )
    water_m3_s: AirUse | None = Field(
        None, gt=0, description="water on a fire, such as 400 L/min; default: enough for any fire"
    )

    @model_validator(mode="after")
    def _by_means_that_fit(self) -> Treat:
        if self.training is not None and self.action != "attack":
            raise PydanticCustomError("training-attack", "training matters to 'attack' only; leave it out")
        if self.water_m3_s is not None and self.action != "extinguish":
            raise PydanticCustomError("water-extinguish", "water goes with 'extinguish' only; leave it out")
        return self

    def apply(self, world: World, *, cause: int) -> None:
        world.treat(
            hazard=self.hazard,
            action=self.action,
            factor=self.factor,
            training=self.training,
            water_m3_s=self.water_m3_s,
            cause=cause,
        )


class RunVents(Spec):
    """The vents of a building run, or are shut: for shelter in place, and for airing it afterwards."""

    do: Literal["vents"]
    building: Annotated[Name, Ref("building")]
    running: Flag

    def apply(self, world: World, *, cause: int) -> None:
        world.run_vents(building=self.building, running=self.running, cause=cause)


class Operate(Spec):
    """Business stops or goes on."""

    do: Literal["operate"]
    operations: Annotated[Names, Ref("operation")]
    running: Flag

    def apply(self, world: World, *, cause: int) -> None:
        world.operate(operations=self.operations, running=self.running, cause=cause)


class OpenPost(Spec):
    """A command post or staging area opens at a place, and must be safe from then on."""

    do: Literal["post"]
    place: Annotated[Name, Ref("space")]

    def apply(self, world: World, *, cause: int) -> None:
        world.open_post(place=self.place, cause=cause)


class WindShift(Spec):
    """The wind turns to come from another direction; what is already out keeps its way."""

    do: Literal["wind"]
    from_deg: Angle = Field(ge=0, le=360)
    over_s: Time = Field(0.0, ge=0)

    def apply(self, world: World, *, cause: int) -> None:
        world.wind(from_deg=self.from_deg, over_s=self.over_s, cause=cause)


class Disable(Spec):
    """A unit, capacity or channel is out, for a while or for good."""

    do: Literal["disable"]
    name: Annotated[Name, Ref("unit", "capacity", "channel")]
    lasts_s: Time | None = None

    def apply(self, world: World, *, cause: int) -> None:
        world.disable(name=self.name, duration_s=self.lasts_s, cause=cause)


class Lose(Spec):
    """People of a group collapse where they are and must be carried out."""

    do: Literal["casualty"]
    group: Annotated[Name, Ref("group")]
    count: int = Field(1, ge=1)

    def apply(self, world: World, *, cause: int) -> None:
        world.lose(group=self.group, count=self.count, cause=cause)


class Rescue(Spec):
    """Casualties are carried out and handed to the ambulance: of a group, found by a search or not; or those
    that searches have found in some places, of whatever group."""

    do: Literal["rescue"]
    group: Annotated[Name, Ref("group")] | None = None
    places: Places = Field((), description="where they lie; without a group only those found by a search")

    @model_validator(mode="after")
    def _of_somebody(self) -> Rescue:
        if self.group is None and not self.places:
            raise PydanticCustomError("rescue-nobody", "whom to carry out; write group, places or both")
        return self

    def apply(self, world: World, *, cause: int) -> None:
        world.rescue(group=self.group, places=self.places, cause=cause)


class SendBack(Spec):
    """One person of a group who is out, or on the way, goes back to a place and then leaves again."""

    do: Literal["go-back"]
    group: Annotated[Name, Ref("group")]
    place: Annotated[Name, Ref("space")]

    def apply(self, world: World, *, cause: int) -> None:
        world.send_back(group=self.group, place=self.place, cause=cause)


class CountHeads(Spec):
    """The lists are held against who stands at these musters; the trace keeps counted and missing.

    Musters counted before in the run count on: missing is who stands at none of them. The first count that
    misses heads makes the event ``headcount.missing``, the first that misses none ``headcount.complete``.
    """

    do: Literal["count"]
    musters: Annotated[Names, Ref("space"), Field(min_length=1)]

    def apply(self, world: World, *, cause: int) -> None:
        world.count_heads(musters=self.musters, cause=cause)


Round = Sweep | Search
"""Effects that go from space to space and may take time of their own."""

Effect = Annotated[
    Tell
    | Silence
    | Sweep
    | Search
    | Guide
    | RunLift
    | SetLink
    | CallOut
    | Inform
    | Message
    | RaiseLevel
    | Decontaminate
    | StartHazard
    | Treat
    | RunVents
    | Operate
    | OpenPost
    | WindShift
    | Disable
    | Lose
    | Rescue
    | SendBack
    | CountHeads,
    Field(discriminator="do"),
]
