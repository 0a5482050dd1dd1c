"""What the exercise controller makes happen, and when."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from drillsim.response.conditions import Condition
from drillsim.response.effects import Effect
from drillsim.response.events import EventName
from drillsim.spec import Flag, Spec, Text, Time

__all__ = ["Inject"]


def _list(value: Any) -> Any:
    return (value,) if isinstance(value, dict) else value


class Inject(Spec):
    """What the exercise controller makes happen, with cue, latest useful time and fallback.

    One that waits for a moment or a condition and has not come by its latest useful time is not given any
    more: its ``fallback_effects`` come instead, and tasks that are there for it are left out. One at a fixed
    time always comes.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"effects", "fallback_effects"})

    title: Text
    title_zh: Text = ""
    at_s: Time | None = Field(None, ge=0, description="after STARTEX; or `after` and `delay`, or `when`")
    after: EventName | None = None
    delay_s: Time = Field(0.0, ge=0)
    when: Annotated[tuple[Condition, ...], BeforeValidator(_list)] = Field(
        (), description="as soon as one of these conditions holds, after `after` and `delay`"
    )
    cue: Text = Field(description="what the controller says or does")
    cue_zh: Text = ""
    latest_s: Time | None = Field(None, description="latest useful time")
    fallback: Text = ""
    fallback_zh: Text = ""
    fallback_effects: tuple[Effect, ...] = ()
    effects: tuple[Effect, ...] = ()
    off: Flag = Field(False, description="kept in the file, not used unless asked for")
