"""The debrief: one page to take into the planning meeting, and the files beside it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import capacity_tables, margins, names, pictures, usage, views
from drillsim.debrief.assumed import biases
from drillsim.debrief.choice import choice_sentences, gain_sentence
from drillsim.debrief.comparison import plan_title
from drillsim.debrief.comparison_tables import (
    change_lines,
    change_table,
    comparison_lines,
    plans_table,
    sheets,
)
from drillsim.debrief.figures import nearest_median
from drillsim.debrief.runsheet import cells, headings, runsheet
from drillsim.debrief.sentences import summary
from drillsim.debrief.tables import as_ensembles, document_json, trace_csv
from drillsim.errors import DrillsimError
from drillsim.messages import LANGUAGES, Language, say
from drillsim.scenario.digest import digest
from drillsim.spreadsheet import csv_bytes, write_atomically, xlsx_bytes
from drillsim.study.replicate import study_digest
from drillsim.study.sensitivity import Tornado
from drillsim.units import format_clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from drillsim.debrief.pictures import Picture
    from drillsim.debrief.runsheet import SheetRow
    from drillsim.study.losses import Losses
    from drillsim.study.results import Comparison, Ensemble
    from drillsim.study.sensitivity import Swing
    from drillsim.trace.log import Trace

__all__ = ["Debrief", "debrief"]


# Kinds of pictures that stand beside what they belong to, not among the charts.
_ELSEWHERE: Final = ("tornado", "exits", "capacity", "margin-map", "egress-times")


def debrief(
    result: Ensemble | Comparison | Sequence[Ensemble],
    *,
    language: Language = "en",
    swings: Tornado | Iterable[Swing] = (),
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    traces: Mapping[str, Trace] | None = None,
    losses: Mapping[str, Losses] | None = None,
) -> Debrief:
    """The debrief of one plan, or of several compared.

    ``swings`` (a tornado of the first plan) add what moves the verdicts. ``start_s`` is the wall clock of
    STARTEX, s after midnight (default: the scenario's). ``injects`` must be those of the study. ``traces``
    are, by plan, the traces of the runs nearest the median; those not given are run again. ``losses`` are,
    by plan, what queueing, communication and variance cost; plans without them say nothing of it.
    Raises ``ValueError`` for no ensemble, an empty one, plans of different scenarios or an unknown language.
    """
    ensembles = as_ensembles(result)
    if not ensembles or not all(ensemble.outcomes for ensemble in ensembles):
        raise ValueError("a debrief needs at least one ensemble, each with at least one run")
    if len({ensemble.scenario.name for ensemble in ensembles}) > 1:
        raise ValueError("the plans of one debrief belong to one scenario")
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}; it is one of {', '.join(LANGUAGES)}")
    if isinstance(swings, Tornado):
        listed, replications = swings.swings, swings.replications
    else:
        listed, replications = tuple(swings), 0
    start = ensembles[0].scenario.start_s if start_s is None else start_s
    chosen = None if injects is None else tuple(sorted(injects))
    return Debrief(
        result,
        ensembles,
        language,
        listed,
        replications,
        start,
        chosen,
        dict(traces or {}),
        dict(losses or {}),
    )


@dataclass(frozen=True, eq=False)
class Debrief:
    """What :func:`debrief` made; nothing is drawn or run before it is asked for."""

    result: Ensemble | Comparison | Sequence[Ensemble]
    ensembles: tuple[Ensemble, ...]
    language: Language
    swings: tuple[Swing, ...]
    swing_replications: int
    start_s: float
    injects: tuple[str, ...] | None
    given_traces: dict[str, Trace] = field(repr=False)
    losses: Mapping[str, Losses] = field(default_factory=dict, repr=False)

    def trace(self, ensemble: Ensemble) -> Trace:
        """The trace of the run nearest the median, run again if it was not given.

        Raises :class:`DrillsimError` if that run is not the one the study made.
        """
        return self._traces[ensemble.plan]

    @cached_property
    def _traces(self) -> dict[str, Trace]:
        found = dict(self.given_traces)
        for ensemble in self.ensembles:
            if ensemble.plan not in found:
                found[ensemble.plan] = self._run_again(ensemble)
        return found

    def _run_again(self, ensemble: Ensemble) -> Trace:
        from drillsim.simulation.run import run

        outcome = nearest_median(ensemble)
        trace = run(
            ensemble.scenario,
            plan=ensemble.plan,
            conditions=ensemble.conditions,
            seed=ensemble.seed,
            replication=outcome.replication,
            start_s=self.start_s,
            injects=self.injects,
        )
        if trace.digest() != outcome.trace_digest:
            raise DrillsimError(
                f"run {outcome.replication} of plan {ensemble.plan} came out differently when run again; "
                "give the debrief the injects and the version of the study"
            )
        return trace

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        """All charts, drawn once."""
        return tuple(pictures.draw_all(self))

    @cached_property
    def json(self) -> str:
        """All results as a JSON document, with spaces, links and exits of the runs nearest the median."""
        return document_json(self.result, swings=self.swings, traces=self._traces)

    @cached_property
    def html(self) -> str:
        """The whole page: no script, no outside link, every text of the scenario escaped."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        environment = Environment(
            loader=PackageLoader("drillsim.debrief"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["tight"] = _tight
        template = environment.get_template("debrief.html.j2")
        return template.render(**self._content())

    def _content(self) -> dict[str, Any]:
        first = self.ensembles[0]

        def words(message: str, **values: object) -> str:
            return say(message, self.language, **values)

        return {
            "t": words,
            "lang": {"en": "en", "zh": "zh-CN"}[self.language],
            "title": names.title(first.scenario, first.scenario.name, self.language),
            "about": (self.language == "zh" and first.scenario.about_zh) or first.scenario.about,
            "facts": self._facts(),
            "conditions": first.conditions,
            "n": first.n,
            "plans": [self._plan(ensemble) for ensemble in self.ensembles],
            "comparison": self._comparison(),
            "swings": views.swing_table(first, self.swings, language=self.language) if self.swings else None,
            "swing_replications": self.swing_replications,
            "swing_pictures": [_shown(picture) for picture in self.pictures if picture.kind == "tornado"],
            "footer": self._footer(),
        }

    def _facts(self) -> list[tuple[str, str]]:
        first, language = self.ensembles[0], self.language
        plans = ", ".join(names.title(e.scenario.plans[e.plan], e.plan, language) for e in self.ensembles)
        return [
            (say("report.plans" if len(self.ensembles) > 1 else "report.plan", language), plans),
            (say("report.conditions", language), say(f"conditions.{first.conditions}", language)),
            (say("report.n", language), self._runs()),
            (say("report.seed", language), str(first.seed)),
            (say("report.start", language), format_clock(self.start_s)),
            (say("report.slot", language), names.duration(first.scenario.slot_s, language)),
        ]

    def _runs(self) -> str:
        """How many runs, and how often a stopping rule looked at them: looking costs a little certainty."""
        first = self.ensembles[0]
        if not first.looks:
            return str(first.n)
        return say("report.looks", self.language, n=first.n, looks=first.looks)

    def _footer(self) -> list[tuple[str, str]]:
        first, language = self.ensembles[0], self.language
        results = ", ".join(f"{ensemble.plan} {ensemble.digest}" for ensemble in self.ensembles)
        return [
            (say("report.version", language), first.version),
            (say("report.study-digest", language), study_digest(self.ensembles)),
            (say("report.digest", language), digest(first.scenario)),
            (say("report.results-digest", language), results),
            (say("report.fingerprint", language), first.fingerprint),
            (say("report.seed", language), str(first.seed)),
        ]

    def _plan(self, ensemble: Ensemble) -> dict[str, Any]:
        language, first = self.language, ensemble is self.ensembles[0]
        return {
            "name": ensemble.plan,
            "title": names.title(ensemble.scenario.plans[ensemble.plan], ensemble.plan, language),
            "summary": summary(ensemble, swings=self.swings if first else (), language=language),
            "verdicts": views.verdict_table(ensemble, language=language),
            "rules": views.rule_table(ensemble, language=language),
            "slot": views.slot_text(ensemble, language=language),
            "sheet": views.sheet_table(self._sheet_rows(ensemble), start_s=self.start_s, language=language),
            "run": self._run(ensemble),
            "criticality": views.criticality_table(ensemble, language=language),
            "path": views.path_table(ensemble, self.trace(ensemble), start_s=self.start_s, language=language),
            "why": self._why(ensemble),
            "bound": self._bound(ensemble),
            "usage": self._usage(ensemble),
            "margins": self._margins(ensemble),
            "price": views.price_table(ensemble, language=language),
            "measures": views.measure_table(ensemble, language=language),
            "assumptions": views.assumption_table(ensemble, language=language),
            "biases": biases(ensemble.scenario, language=language),
            "limits": views.limits(ensemble, language=language),
            "pictures": [
                _shown(picture)
                for picture in self.pictures
                if picture.plan == ensemble.plan and picture.kind not in _ELSEWHERE
            ],
        }

    def _why(self, ensemble: Ensemble) -> dict[str, Any]:
        """Use and queue, rules kept, reactions to injects and minutes lost, beside the critical path."""
        language, trace = self.language, self.trace(ensemble)
        lost = self.losses.get(ensemble.plan)
        return {
            "capacity": capacity_tables.capacity_table(ensemble, trace, language=language),
            "quality": capacity_tables.rule_quality_table(ensemble, language=language),
            "reactions": capacity_tables.reaction_table(ensemble, trace, language=language),
            "losses": () if lost is None else capacity_tables.loss_sentences(lost, language=language),
            "pictures": [
                _shown(picture)
                for picture in self.pictures
                if picture.plan == ensemble.plan and picture.kind == "capacity"
            ],
        }

    def _bound(self, ensemble: Ensemble) -> dict[str, Any] | None:
        said = usage.against_quickest(ensemble, language=self.language)
        if not said:
            return None
        heading = usage.quickest_heading(ensemble, language=self.language)
        return {"heading": heading, "sentences": said}

    def _usage(self, ensemble: Ensemble) -> dict[str, Any]:
        trace, language = self.trace(ensemble), self.language
        return {
            "run": trace.header.replication,
            "tables": usage.usage_tables(ensemble.scenario, trace, start_s=self.start_s, language=language),
            "pictures": [
                _shown(picture)
                for picture in self.pictures
                if picture.plan == ensemble.plan and picture.kind == "exits"
            ],
        }

    def _margins(self, ensemble: Ensemble) -> dict[str, Any]:
        """ASET, RSET and margins over all runs."""
        language = self.language
        return {
            "sentences": margins.margin_sentences(ensemble, language=language),
            "table": margins.margin_table(ensemble, language=language),
            "pictures": [
                _shown(picture)
                for picture in self.pictures
                if picture.plan == ensemble.plan and picture.kind in ("margin-map", "egress-times")
            ],
        }

    def _sheet_rows(self, ensemble: Ensemble) -> list[SheetRow]:
        return runsheet(ensemble, language=self.language, injects=self.injects)

    def _run(self, ensemble: Ensemble) -> views.Table:
        return views.run_table(ensemble, self.trace(ensemble), start_s=self.start_s, language=self.language)

    def _comparison(self) -> dict[str, Any] | None:
        from drillsim.study.results import Comparison

        result, language = self.result, self.language
        if not isinstance(result, Comparison):
            return None
        others = result.ensembles[1:]
        gains = [gain_sentence(result, ensemble.plan, language=language) for ensemble in others]
        return {
            "against": plan_title(self.ensembles[0], language),
            "choice": choice_sentences(result, language=language),
            "table": plans_table(result, language=language),
            "changes": [change_table(result, ensemble, language=language) for ensemble in others],
            "gains": [
                (plan_title(ensemble, language), gain)
                for ensemble, gain in zip(others, gains, strict=True)
                if gain
            ],
            "pictures": [_shown(picture) for picture in self.pictures if picture.kind == "differences"],
        }

    def save(self, path: str | Path) -> Path:
        """Write the page; in one step, so that a broken-off write leaves what was there. Returns the path."""
        target = Path(path)
        content = self.html.encode()
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, content)
        return target

    def save_all(self, folder: str | Path) -> list[Path]:
        """Write debrief.html, result.json, run sheets, tables, traces and charts; returns the paths.

        Everything is made before the first file is written. With several plans the plan's name is part of
        the names of its files.
        """
        contents = self.files()
        target = Path(folder)
        written = []
        for name, content in contents.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
            written.append(path)
        return written

    def files(self) -> dict[str, bytes]:
        """Name below the folder -> content, of all files."""
        content = {
            "debrief.html": self.html.encode(),
            "result.json": self.json.encode(),
        }
        for ensemble in self.ensembles:
            suffix = f"-{ensemble.plan}" if len(self.ensembles) > 1 else ""
            columns = headings(self.language)
            rows = self._sheet_rows(ensemble)
            lines = [cells(row, start_s=self.start_s, language=self.language) for row in rows]
            note = say("report.not-text", self.language)
            content[f"runsheet{suffix}.csv"] = csv_bytes(columns, lines)
            sheet = say("report.runsheet", self.language)
            more: list[tuple[str, Sequence[str], Sequence[Sequence[object]]]] = []
            trace, run = self.trace(ensemble), self._run(ensemble)
            if run.rows:
                content[f"messages{suffix}.csv"] = csv_bytes(run.headings, run.rows)
                more.append((say("report.run-sheet", self.language), run.headings, run.rows))
            for name in usage.SHEETS:
                used = usage.usage_lines(ensemble.scenario, trace, name, language=self.language)
                content[f"{name}{suffix}.csv"] = csv_bytes(*used)
                more.append((say(f"usage.sheet-{name}", self.language), *used))
            lost = margins.margin_lines(ensemble, language=self.language)
            if lost[1]:
                content[f"margins{suffix}.csv"] = csv_bytes(*lost)
                more.append((say("margins.sheet", self.language), *lost))
            content[f"runsheet{suffix}.xlsx"] = xlsx_bytes(sheet, columns, lines, note=note, more=more)
            content[f"trace{suffix}.csv"] = trace_csv(trace)
        content |= self._comparison_files()
        for picture in self.pictures:
            content[f"charts/{picture.name}.png"] = picture.png
        return content

    def _comparison_files(self) -> dict[str, bytes]:
        from drillsim.study.results import Comparison

        if not isinstance(self.result, Comparison):
            return {}
        first, *more = sheets(self.result, language=self.language)
        note = say("report.not-text", self.language)
        return {
            "comparison.csv": csv_bytes(*comparison_lines(self.result, language=self.language)),
            "changes.csv": csv_bytes(*change_lines(self.result, language=self.language)),
            "comparison.xlsx": xlsx_bytes(*first, note=note, more=more),
        }


# Blanks of a quantity, as in "6 min 10 s" and "90 %": no line ends there.
_IN_QUANTITY: Final = re.compile(
    r"(?<=\d) (?=[^\W\d]|%|次|小时|分|秒)|(?<=\d\u00a0h) (?=\d)|(?<=\d\u00a0min) (?=\d)"
    r"|(?<=\d\u00a0小时) (?=\d)|(?<=\d\u00a0分) (?=\d)"
)


def _tight(text: str) -> str:
    """The text with quantities that stay on one line."""
    return _IN_QUANTITY.sub("\u00a0", _IN_QUANTITY.sub("\u00a0", text))


def _shown(picture: Picture) -> dict[str, str]:
    """A picture as an image that needs no other file."""
    data = base64.b64encode(picture.svg).decode()
    return {
        "source": f"data:image/svg+xml;base64,{data}",
        "alt": picture.alt,
        "name": picture.name,
        "kind": picture.kind,
    }
