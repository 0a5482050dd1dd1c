"""Conditions in words: what must have happened, be known, reached or counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drillsim.response.conditions import Condition

__all__ = ["conditions_text"]

_LISTED: Final = ("happened", "not_happened", "known", "unknown")


def conditions_text(
    conditions: Sequence[Condition], *, title: Callable[[str, str], str], language: Language
) -> str:
    """Conditions of which one is enough, as a text; empty for none.

    ``title`` says what an entry is called that a field of a condition names: (field, name).
    """
    either, both = (f" {say(f'condition.{word}', language)} " for word in ("or", "and"))
    return either.join(both.join(_parts(one, title, language)) for one in conditions)


def _parts(condition: Condition, title: Callable[[str, str], str], language: Language) -> Iterator[str]:
    by = "" if condition.by is None else title("by", condition.by)
    for field in _LISTED:
        for name in getattr(condition, field):
            whose = "-by" if by and field in ("known", "unknown") else ""
            yield say(f"condition.{field}{whose}", language, what=title(field, name), who=by)
    if condition.casualties is not None:
        yield say("condition.casualties", language, count=condition.casualties)
    if condition.level is not None:
        yield say("condition.level", language, what=title("level", condition.level))
    if condition.reached is not None:
        hazard = title("hazard", condition.reached.hazard)
        threshold = title("threshold", condition.reached.threshold)
        place = title("place", condition.reached.at)
        yield say("condition.reached", language, hazard=hazard, threshold=threshold, place=place)
    if condition.wind_from is not None:
        low, high = (f"{degrees:g}" for degrees in condition.wind_from)
        yield say("condition.wind", language, low=low, high=high)
