"""ASET, RSET and margin over all runs: sentences and table of the page, rows for files, JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.sentences import share_text
from drillsim.debrief.views import Table
from drillsim.hazards.criteria import CRITERIA
from drillsim.messages import Language, say
from drillsim.study.margins import building_margins, margins_over_runs

if TYPE_CHECKING:
    from drillsim.study.margins import SpaceMargins, Spread
    from drillsim.study.results import Ensemble

__all__ = ["margin_lines", "margin_sentences", "margin_table", "margins_document"]

_SHOWN: Final = 12  # spaces of the table
_NAMED: Final = 3  # spaces a sentence names
_TIMES: Final = ("aset_s", "rset_s", "margin_s")


def margin_sentences(ensemble: Ensemble, *, language: Language = "en") -> tuple[str, ...]:
    """The building's smallest margin and where it lies; nothing where no hazard makes a space untenable."""
    found = building_margins(ensemble)
    if found is None:
        return ()
    if not found.lost:
        return (say("margins.building-never", language, n=found.n),)
    places = [
        say(
            "margins.place",
            language,
            place=names.place_title(ensemble.scenario, space, language),
            runs=runs,
            n=found.n,
        )
        for space, runs in found.smallest_in[:_NAMED]
    ]
    return (
        say(
            "margins.building",
            language,
            margin=_spread(found.margin_s, "s", "margins.never", language),
            share=share_text(found.share, language),
            consequence=_spread(found.consequence_person_s, "person_s", "margins.never", language),
        ),
        say("margins.where", language, places=names.joined(places, language)),
    )


def margin_table(ensemble: Ensemble, *, shown: int = _SHOWN, language: Language = "en") -> Table:
    """The spaces with the smallest margins; a row is marked where a margin was negative."""
    found = margins_over_runs(ensemble)
    kept = found[:shown]
    columns = ("space", "aset", "rset", "margin", "negative", "lost", "criterion", "smallest")
    note = say("margins.note", language)
    if left := len(found) - len(kept):
        note = f"{note} {say('margins.left', language, left=left)}"
    return Table(
        say("margins.title", language),
        tuple(say(f"margins.column.{column}", language) for column in columns),
        tuple(_cells(ensemble, one, language) for one in kept),
        tuple("missed" if one.negative else "" for one in kept),
        note=note,
    )


def _cells(ensemble: Ensemble, one: SpaceMargins, language: Language) -> tuple[str, ...]:
    return (
        names.place_title(ensemble.scenario, one.space, language),
        _spread(one.aset_s, "s", "margins.never", language),
        _spread(one.rset_s, "s", "margins.stayed", language),
        _spread(one.margin_s, "s", "margins.never", language),
        share_text(one.share, language),
        say("margins.runs", language, runs=one.lost, n=one.n),
        names.joined([_criterion(name, runs, language) for name, runs in one.criteria], language),
        say("margins.runs", language, runs=one.smallest, n=one.n) if one.smallest else "",
    )


def _criterion(name: str, runs: int, language: Language) -> str:
    word = say(f"criterion.{name}" if name in CRITERIA else "criterion.unknown", language)
    return f"{word} {runs}"


def _spread(spread: Spread, unit: str, never: str, language: Language) -> str:
    """Median (p10 to p90); ``never`` names what did not come about."""
    if spread.p10 == math.inf:
        return say(never, language)
    p10, p50, p90 = (
        say(never, language) if end == math.inf else names.quantity(end, unit, language) for end in spread
    )
    return say("margins.spread", language, p10=p10, p50=p50, p90=p90)


def margin_lines(ensemble: Ensemble, *, language: Language = "en") -> tuple[list[str], list[list[object]]]:
    """Headings and rows of every space for a file, s; what did not come about is an empty cell."""
    times = [f"{name.removesuffix('_s')}_{p}_s" for name in _TIMES for p in ("p10", "p50", "p90")]
    heads = ["space", "title", "runs", "occupied", "lost", "negative", "share", "share_low", "share_high"]
    lines: list[list[object]] = []
    for one in margins_over_runs(ensemble):
        ends = [end if math.isfinite(end) else "" for name in _TIMES for end in getattr(one, name)]
        share = [one.share.estimate, one.share.low, one.share.high]
        criteria = ", ".join(f"{name or '?'} {runs}" for name, runs in one.criteria)
        title = names.place_title(ensemble.scenario, one.space, language)
        lines.append(
            [
                one.space,
                title,
                one.n,
                one.occupied,
                one.lost,
                one.negative,
                *share,
                *ends,
                one.smallest,
                criteria,
            ]
        )
    return [*heads, *times, "smallest", "criteria"], lines


def margins_document(ensemble: Ensemble) -> dict[str, Any] | None:
    """As JSON values, s; what did not come about is ``null``. ``None`` where no space can be lost."""
    building = building_margins(ensemble)
    if building is None:
        return None
    return {
        "n": building.n,
        "lost": building.lost,
        "negative": building.negative,
        "margin_s": _ends(building.margin_s),
        "consequence_person_s": _ends(building.consequence_person_s),
        "smallest_in": dict(building.smallest_in),
        "spaces": [
            {
                "space": one.space,
                "occupied": one.occupied,
                "lost": one.lost,
                "negative": one.negative,
                "share": one.share.estimate,
                "share_low": one.share.low,
                "share_high": one.share.high,
                **{name: _ends(getattr(one, name)) for name in _TIMES},
                "smallest": one.smallest,
                "criteria": dict(one.criteria),
            }
            for one in margins_over_runs(ensemble)
        ],
    }


def _ends(spread: Spread) -> dict[str, float | None]:
    return {name: end if math.isfinite(end) else None for name, end in spread._asdict().items()}
