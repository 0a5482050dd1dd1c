"""Who commands when, how long decisions take, and how many reports one person can lead."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.events import EventName
from drillsim.spec import Flag, Name, Names, Ref, Spec, Text, TimeDraw

__all__ = ["SPAN", "SPAN_LIMIT", "Level", "Role", "span_factor"]

SPAN: Final = 5
"""Direct reports one person leads without delay: span of control 3 to 7, best 5 (NIMS 2017)."""
SPAN_LIMIT: Final = 7
"""Above it a sector post is due (NIMS 2017)."""
_SLOWER_PER_REPORT: Final = 0.25  # rule of this product, confidence low (drills-and-response 5.4)


def span_factor(reports: int) -> float:
    """By how much decisions take longer with so many direct reports: 1 + 0.25 for each above five.

    >>> span_factor(5), span_factor(7)
    (1.0, 1.5)
    """
    return 1.0 + _SLOWER_PER_REPORT * max(0, reports - SPAN)


class Role(Spec):
    """Who may give orders: one decision at a time, each taking ``decides``.

    A role that is ``held_by`` others passes on: the last named of those in office decides; ``together`` all
    of them in office decide as one (unified command), which takes the attention of each. Direct reports are
    the crews now at work on its orders and the roles that report to it; see :func:`span_factor`.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"held_by"})

    agency: Annotated[Name, Ref("agency")] | None = None
    decides: TimeDraw | None = None
    takes_office: EventName | None = Field(None, description="may decide only from this moment on")
    reports_to: Annotated[Name, Ref("role")] | None = None
    held_by: Annotated[Names, Ref("role")] = Field((), description="first holder first")
    together: Flag = Field(False, description="true: unified command")
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _is_one_or_many(self) -> Role:
        own = self.agency is not None and self.decides is not None
        if own == bool(self.held_by):
            raise PydanticCustomError(
                "role-holder",
                "write either agency and decides, or held_by with the roles that hold it in turn",
            )
        if self.together and len(self.held_by) < 2:
            raise PydanticCustomError("role-together", "unified command needs two roles or more in held_by")
        return self


class Level(Spec):
    """A response level of the plan: raising to it calls out more. Levels are not accident grades."""

    rank: int = Field(ge=1, le=20, description="1 is the lowest; only a higher one is raised to")
    calls: Annotated[Names, Ref("unit")] = ()
    title: Text = ""
    title_zh: Text = ""
