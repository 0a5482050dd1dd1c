"""The small drill with a channel, suits and a corridor, and a trace in which they are used."""

from __future__ import annotations

from dataclasses import replace

from drillsim.measures.capacity_use import uses
from drillsim.measures.inject_effects import reactions
from drillsim.scenario.model import Scenario
from drillsim.study.replicate import summaries
from drillsim.study.results import Ensemble
from drillsim.trace.log import Trace
from tests.debrief import fakes

POOLS = (
    # kind, name, busy, waited, longest, asked, queue, members
    ("channel", "joint", 600.0, 150.0, 60.0, 12, 3, 1),
    ("role", "duty-manager", 900.0, 400.0, 200.0, 4, 2, 1),
    ("unit", "car", 1200.0, 0.0, 0.0, 2, 0, 1),
    ("stage", "tent/shower", 300.0, 20.0, 10.0, 6, 1, 2),
    ("answering", "fire", 60.0, 0.0, 0.0, 1, 0, 1),
    ("capacity", "bottles", 700.0, 90.0, 90.0, 3, 1, 4),
)


def busy_scenario() -> Scenario:
    data = fakes.scenario_data()
    data["channels"] = {"joint": {"talk": "20 s", "title": "Joint channel", "title_zh": "联合频道"}}
    data["capacities"] = {"bottles": {"count": 4, "title": "Bottles of air", "title_zh": "气瓶"}}
    data["corridors"] = {
        "tent": {
            "title": "Decon tent",
            "title_zh": "洗消帐篷",
            "stages": [
                {"name": "shower", "places": 2, "takes": "3 min", "title": "shower", "title_zh": "淋浴"}
            ],
        }
    }
    told = {"do": "message", "to": ["fire"], "items": "cargo", "over": "joint"}
    data["plans"]["joint"]["tasks"]["tell-control"] = {**fakes.TASKS["tell-control"], "effects": [told]}
    data["plans"]["joint"]["levels"] = {"second": {"rank": 2, "title": "Level II", "title_zh": "二级响应"}}
    return Scenario.model_validate(data)


def busy_trace(replication: int = 0, *, scale: float = 1.0) -> Trace:
    """Messages, a call, a level, an entry with a mayday, decontamination, a task left out, one failed."""
    scenario = busy_scenario()
    trace = Trace(fakes.fake_trace(scenario, replication=replication).header)
    add = trace.add
    startex = add(0.0, "startex")
    given = add(60.0, "inject", task="wind", cause=startex)
    asked = add(
        70.0, "message-asked", actor="customs", place="joint", task="tell-control.0.fire", cause=given
    )
    lost = add(90.0, "message-lost", actor="fire", place="joint", task="tell-control.0.fire", cause=asked)
    again = add(
        120.0, "message-asked", actor="customs", place="joint", task="tell-control.0.fire", cause=lost
    )
    heard = add(
        140.0,
        "message-heard",
        actor="fire",
        place="joint",
        task="tell-control.0.fire",
        value=70.0,
        unit="s",
        cause=again,
    )
    add(140.0, "informed", actor="fire", task="cargo", cause=heard)
    add(150.0, "call-answered", actor="police", task="call-119.0", value=25.0, unit="s", cause=heard)
    add(200.0, "message-heard", actor="terminal", task="report.close-gate", value=0.0, unit="s", cause=heard)
    level = add(240.0, "level", task="second", cause=heard)
    inside = "chemical-unit-1 pair 1"
    entry = add(600.0, "entry", actor=inside, place="yard", task="plug", value=1500.0, unit="s", cause=level)
    add(700.0, "mayday", actor=inside, place="yard", task="plug", cause=entry)
    out = add(1900.0, "exit", actor=inside, place="yard", task="plug", value=1560.0, unit="s", cause=entry)
    begun = add(1900.0, "decon-begun", actor="tent", task="plug", value=2.0, unit="p", cause=out)
    add(2200.0, "decon-done", actor="tent", task="plug", value=300.0, unit="s", cause=begun)
    add(2300.0, "task-skipped", task="close-gate", cause=begun)
    add(2400.0, "task-failed", actor="patrol", task="isolate", value=1.0, cause=begun)
    add(2500.0, "inject-dropped", task="missing", cause=begun)
    for kind, name, *figures in POOLS:
        events = ("busy", "waited", "longest-wait", "asked-for", "peak-queue", "members")
        for event, value in zip(events, figures, strict=True):
            grown = value * scale if event in ("busy", "waited", "longest-wait") else value
            add(3600.0, event, actor=name, task=kind, value=float(grown))
    add(3600.0, "end", task="endex")
    return trace


def busy_ensemble(n: int = 10) -> Ensemble:
    """Runs whose measures of use and reaction come from such traces, the last ones busier."""
    ensemble, scenario = fakes.fake_ensemble(n=n), busy_scenario()
    runs = []
    for number, run in enumerate(ensemble.outcomes):
        trace = busy_trace(run.replication, scale=0.5 + number / n)
        runs.append(replace(run, measures={**run.measures, **uses(trace), **reactions(trace)}))
    return replace(
        ensemble, scenario=scenario, outcomes=tuple(runs), summaries=summaries(scenario, "exercise", runs)
    )
