"""What a scenario says of its people: profiles and groups."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from drillsim.people.library import populations
from drillsim.spec import Flag, Fraction, Name, Names, Ref, Spec, SpeedDraw, Text, TimeDraw

__all__ = ["AlarmMode", "Group", "Profile"]

AlarmMode = Literal["voice", "tone", "radio", "loudspeaker", "marshal", "warden", "smoke", "smell", "gas"]


def _population(value: Any) -> Any:
    """The shares of a shipped population where its name is given."""
    if not isinstance(value, str):
        return value
    known = populations()
    if value in known:
        return dict(known[value])
    near = get_close_matches(value[:80], known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"shipped: {', '.join(sorted(known))}"
    raise PydanticCustomError(
        "unknown-population",
        "there is no population '{name}'; {hint} Or write {how}",
        {"name": value[:80], "hint": hint, "how": "{PROFILE: 60 %, OTHER: 40 %}"},
    )


def _together(value: Any) -> Any:
    if isinstance(value, bool) or value in ("true", "false"):
        return value is True or value == "true"
    whole = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 8 else value
    if isinstance(whole, int) and whole >= 2:
        return whole
    raise PydanticCustomError(
        "together",
        "write true, false or how many go together, at least 2; not {found}",
        {"found": repr(value)[:40]},
    )


Mix = Annotated[dict[Annotated[Name, Ref("profile")], Fraction], BeforeValidator(_population)]
Together = Annotated[
    bool | int,
    BeforeValidator(_together),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 2}]}),
]


class Profile(Spec):
    """How a kind of person walks and answers an alarm."""

    speed: SpeedDraw = Field(description="walking speed on the flat, drawn once a person")
    down: SpeedDraw | None = Field(None, description="speed down stairs, along the incline; default as flat")
    up: SpeedDraw | None = Field(None, description="speed up stairs, along the incline; default as flat")
    responses: dict[AlarmMode, TimeDraw] = Field(
        description="pre-movement time after an alarm of that mode; a mode left out is not perceived"
    )
    descend: TimeDraw | None = Field(None, description="time to get down or out of a cab before walking")
    title: Text = ""
    title_zh: Text = ""


class Group(Spec):
    """People who start together."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["profile"]}, {"required": ["mix"]}]})

    count: int = Field(ge=0, le=1_000_000)
    place: Annotated[Name, Ref("space")]
    profile: Annotated[Name, Ref("profile")] | None = Field(
        None, description="of all: one of the scenario's or a shipped one; or give a mix"
    )
    mix: Mix = Field(
        default_factory=dict,
        description="profiles and their shares of the count, or the name of a shipped population",
    )
    musters: Annotated[Names, Ref("space")] = Field((), description="where they gather: the nearest one")
    exits: dict[Annotated[Name, Ref("place")], Fraction] = Field(
        default_factory=dict, description="familiar ways out (space or area) and the share that takes each"
    )
    role: Literal["public", "staff", "visitor", "responder"] = "staff"
    agency: Annotated[Name, Ref("agency")] | None = None
    stays: Flag = Field(False, description="ordered to stay put; left out of 'last person out'")
    together: Together = Field(
        False, description="moves as one token of all its heads; a number: in parties of so many"
    )
    route: Literal["nearest", "least-crowded", "follow"] = Field(
        "nearest", description="how it picks among ways out, unless assigned or guided"
    )
    lift: Annotated[Name, Ref("lift")] | None = Field(None, description="lift it takes while in service")
    returns: Fraction = Field(0.0, description="share who turn back for belongings after they set out")
    returns_after: TimeDraw | None = Field(None, description="how long after; default 15 s")
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _one_of_profile_and_mix(self) -> Group:
        if (self.profile is None) == (not self.mix):
            found = "neither `profile` nor `mix`" if self.profile is None else "both `profile` and `mix`"
            raise PydanticCustomError(
                "profile-or-mix",
                "{found}; write one of them: `profile: NAME` or {how}",
                {"found": found, "how": "`mix: {NAME: 60 %, OTHER: 40 %}`"},
            )
        return self

    @property
    def party(self) -> int:
        """How many go together: 1 if each goes alone."""
        if self.together is True:
            return max(self.count, 1)
        return int(self.together) or 1
