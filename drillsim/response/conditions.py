"""What must hold for a task, a level or an inject: known, happened, reached, counted."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.events import EventNames, SpaceName
from drillsim.spec import Angle, Name, Names, Ref, Spec

__all__ = ["Condition", "Reached"]


class Reached(Spec):
    """A threshold of a hazard holds in a space now."""

    hazard: Annotated[Name, Ref("hazard")]
    threshold: Name
    at: SpaceName


class Condition(Spec):
    """Everything that is given must hold at once. Of several conditions in a list one is enough."""

    ordered: ClassVar[frozenset[str]] = frozenset({"wind_from"})

    happened: EventNames = ()
    not_happened: EventNames = ()
    known: Annotated[Names, Ref("info")] = ()
    unknown: Annotated[Names, Ref("info")] = ()
    by: Annotated[Name, Ref("agency")] | None = Field(
        None, description="to whom it is known or not; default: anybody"
    )
    casualties: int | None = Field(None, ge=1, description="at least so many people have collapsed")
    level: Annotated[Name, Ref("level")] | None = Field(None, description="at least this response level")
    reached: Reached | None = None
    wind_from: tuple[Angle, Angle] | None = Field(
        None, description="the wind comes from between these directions, clockwise"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        asked = {**self.__dict__, "by": None}
        if not any(value not in (None, ()) for value in asked.values()):
            raise PydanticCustomError(
                "condition-empty",
                "a condition that asks for nothing; write happened, known, unknown, casualties, level, "
                "reached or wind_from",
            )
        return self
