"""Names that the specs of the response share: spaces, moments of a run."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from drillsim.spec import Name, Ref

__all__ = ["EventName", "EventNames", "SpaceName", "crew"]

SpaceName = Annotated[Name, Ref("space")]
# A moment of a run: a task's end, a milestone, `inject.NAME`, `staged.UNIT`, `level.NAME`, `failed.TASK`,
# `mayday.TASK`, `out.TASK` (its crew on air is out and clean), or `hazard.NAME.THRESHOLD`.
EventName = Annotated[Name, Ref("event")]


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


EventNames = Annotated[tuple[EventName, ...], BeforeValidator(_words)]


def crew(value: Any) -> Any:
    """``engine`` is one engine."""
    return {value: 1} if isinstance(value, str) else value
