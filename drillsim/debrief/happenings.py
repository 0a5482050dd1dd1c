"""What one run tells beside tasks and milestones: messages, calls, levels, entries, decontamination."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from drillsim.debrief import names
from drillsim.debrief.capacities import channel_title, corridor_title, subject_title
from drillsim.measures.heard import items_heard
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drillsim.scenario.model import Scenario
    from drillsim.trace.log import Row, Trace

__all__ = ["COLUMNS", "Happening", "HappeningKind", "happening_lines", "happenings"]

COLUMNS: Final = ("clock", "kind", "event", "who", "where", "remark")

HappeningKind = Literal[
    "message", "call", "level", "entry", "exit", "mayday", "decon", "skipped", "failed", "dropped"
]
_KINDS: Final[dict[str, HappeningKind]] = {
    "message-heard": "message",
    "call-answered": "call",
    "level": "level",
    "entry": "entry",
    "exit": "exit",
    "mayday": "mayday",
    "decon-begun": "decon",
    "decon-done": "decon",
    "task-skipped": "skipped",
    "task-failed": "failed",
    "inject-dropped": "dropped",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a run in words; ``number`` is that of its row."""

    number: int
    time_s: float
    kind: HappeningKind
    event: str
    who: str
    where: str
    note: str


def happenings(
    scenario: Scenario, plan: str, trace: Trace, *, language: Language = "en"
) -> Iterator[Happening]:
    """Rows of a run beside its tasks, milestones and injects, in order of time.

    A message stands where it was heard, with what it told, how long it took and how often it was lost before.
    """
    senders: dict[str, str] = {}  # message -> who spoke first; others relay
    lost: Counter[str] = Counter()
    heard = items_heard(trace)
    tell = _Telling(scenario, plan, language)
    for number, row in enumerate(trace.rows):
        if row.event == "message-asked":
            senders.setdefault(row.task, row.actor)
        elif row.event == "message-lost":
            lost[row.task] += 1
        elif row.event in _KINDS:
            event, note = tell.words(
                row,
                sender=senders.get(row.task, ""),
                lost=lost.pop(row.task, 0),
                items=heard.get(number, ()),
            )
            yield Happening(
                number,
                row.time_s,
                _KINDS[row.event],
                event,
                tell.who(row),
                tell.where(row),
                note,
            )


def happening_lines(
    found: Iterable[Happening], *, start_s: float, language: Language = "en"
) -> tuple[list[str], list[list[str]]]:
    """Headings and rows (``COLUMNS``) of :func:`happenings` as text, on the wall clock of the run."""
    headings = [say(f"sheet.column.{column}", language) for column in COLUMNS]
    lines = [
        [
            names.clock(one.time_s, start_s, language),
            say(f"sheet.kind.{one.kind}", language),
            one.event,
            one.who,
            one.where,
            one.note,
        ]
        for one in found
    ]
    return headings, lines


@dataclass(frozen=True, slots=True)
class _Telling:
    scenario: Scenario
    plan: str
    language: Language

    def words(self, row: Row, *, sender: str, lost: int, items: tuple[str, ...]) -> tuple[str, str]:
        """What happened, and the remark beside it."""
        time = "" if row.value is None else names.duration(row.value, self.language)
        if row.event in ("message-heard", "call-answered"):
            return self._said(row, sender, lost, items, time)
        if row.event in ("decon-begun", "decon-done"):
            done = row.event == "decon-done"
            people = names.people(round(row.value or 0.0), self.language)
            note = say("sheet.decon-note", self.language, time=time) if done else ""
            return say(f"sheet.{row.event}", self.language, people=people), note
        kind = _KINDS[row.event]
        values = {
            "task": names.event_title(self.scenario, self.plan, f"done.{row.task}", self.language),
            "level": names.level_title(self.scenario, self.plan, row.task, self.language),
            "inject": names.title(self.scenario.injects.get(row.task), row.task, self.language),
            "count": f"{row.value or 0:.0f}",
        }
        note = say(f"sheet.{kind}-note", self.language, time=time) if kind in ("entry", "exit") else ""
        return say(f"sheet.{kind}", self.language, **values), note if time else ""

    def _said(self, row: Row, sender: str, lost: int, items: tuple[str, ...], time: str) -> tuple[str, str]:
        kind = _KINDS[row.event]
        what = subject_title(self.scenario, self.plan, row.task, self.language, items=items)
        hearer = names.agency_title(self.scenario, row.actor, self.language)
        speaker = f"{names.agency_title(self.scenario, sender, self.language)} " if sender else ""
        message = "sheet.message-own" if kind == "message" and sender == row.actor else f"sheet.{kind}"
        event = say(message, self.language, what=what, sender=speaker, to=hearer, agency=hearer)
        channel = channel_title(self.scenario, row.place, self.language)
        over = "sheet.over" if row.place else "sheet.at-once"
        notes = [say(over, self.language, channel=channel)]
        if row.value:
            notes.append(say(f"sheet.{kind}-note", self.language, time=time))
        if lost:
            again = "sheet.lost-once" if lost == 1 else "sheet.lost"
            notes.append(say(again, self.language, count=lost))
        return event, " ".join(notes)

    def who(self, row: Row) -> str:
        """Who acts: the agency that hears, the pair that goes in, the corridor; nobody for a level."""
        if row.event in ("message-heard", "call-answered"):
            return names.agency_title(self.scenario, row.actor, self.language)
        if row.event in ("decon-begun", "decon-done"):
            return corridor_title(self.scenario, row.actor, self.language)
        if not row.actor:
            return say("sheet.controller", self.language) if row.event == "inject-dropped" else ""
        crew = [row.actor] if " pair " in row.actor else row.actor.split(", ")
        titles = [names.pair_title(self.scenario, self.plan, one, self.language) for one in crew]
        return names.joined(titles, self.language)

    def where(self, row: Row) -> str:
        """The place of the row; of words said over a channel the place is the channel, told elsewhere."""
        if row.event in ("message-heard", "call-answered"):
            return ""
        return names.place_title(self.scenario, row.place, self.language)
