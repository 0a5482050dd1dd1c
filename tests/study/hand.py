"""A scenario of a few numbers and a run that adds them up, so that answers are known without a simulation."""

from __future__ import annotations

from typing import Any

from drillsim.scenario.model import Scenario
from drillsim.streams import Streams
from drillsim.trace.log import RunHeader, Trace


def _low(median: float, p90: float | None = None) -> dict[str, Any]:
    spread = {"value": f"{median} s"} if p90 is None else {"median": f"{median} s", "p90": f"{p90} s"}
    return {**spread, "source": "assumed", "confidence": "low"}


def _task(takes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "task", "takes": takes, **more}


def scenario(**objectives: dict[str, Any]) -> Scenario:
    """Alarm after ``look``, everybody out a pre-movement time and 60 s later, fire out after ``quench``."""
    chosen = objectives or {"out": {"title": "All out", "milestone": "all-out", "within": "5 min"}}
    return Scenario.model_validate(
        {
            "name": "hand",
            "title": "By hand",
            "start": "10:00:00",
            "slot": "20 min",
            "horizon": "1 h",
            "facility": {"spaces": {"room": {"kind": "room", "at": ["0 m", "0 m"], "size": ["5 m", "5 m"]}}},
            "weather": {"wind_from": "135°", "wind_speed": "3 m/s", "temperature": "20 °C"},
            "profiles": {
                "office": {"speed": "1.2 m/s", "responses": {"voice": _low(100), "smoke": _low(10)}},
            },
            "milestones": {
                name: {"title": name, "observed": "seen"}
                for name in ("alarm", "all-out", "fire-out", "never")
            },
            "objectives": chosen,
            "plans": {
                "slow": {
                    "title": "Slow",
                    "end": "fire-out",
                    "tasks": {
                        "look": _task(_low(60, 120), milestone="alarm"),
                        "quench": _task(_low(300, 500), after="look", milestone="fire-out"),
                        "idle": _task(_low(60, 200)),
                    },
                },
                "fast": {
                    "title": "Fast",
                    "end": "fire-out",
                    "tasks": {
                        "look": _task(_low(30, 60), milestone="alarm"),
                        "quench": _task(_low(300, 500), after="look", milestone="fire-out"),
                    },
                },
                "other": {"title": "Other", "end": "fire-out", "tasks": {"look": _task(_low(30, 60))}},
            },
        }
    )


def run(
    scenario: Scenario,
    *,
    plan: str,
    conditions: str,
    seed: int,
    replication: int,
    start_s: float | None = None,
    injects: object = None,
) -> Trace:
    """The run: ``idle`` is drawn and does nothing."""
    header = RunHeader(
        scenario=scenario.name,
        digest="d",
        plan=plan,
        conditions=conditions,
        seed=seed,
        replication=replication,
        version="0",
        fingerprint="f",
        start_s=36000.0 if start_s is None else start_s,
        slot_s=scenario.slot_s,
        horizon_s=scenario.horizon_s,
        milestones=("alarm", "all-out", "fire-out"),
        groups=(),
        spaces=("room",),
        links=(),
        musters=(),
        operations=(),
        units=(),
        plan_edges=(("look", "quench"),),
    )
    trace, streams = Trace(header), Streams(seed, replication)
    lasts_s = {}
    for name, task in scenario.plans[plan].tasks.items():
        lasts_s[name] = task.takes.emergency.quantile(streams.uniform(name, "takes"))
        trace.add(0.0, "drawn", task=f"plans.{plan}.tasks.{name}.takes", value=lasts_s[name])
    response_s = scenario.profiles["office"].responses["voice"].emergency.median
    trace.add(0.0, "drawn", task="profiles.office.responses.voice", value=response_s)
    looked = trace.add(lasts_s["look"], "task-done", task="look")
    trace.add(lasts_s["look"], "milestone", task="alarm", cause=looked)
    events = [(lasts_s["look"] + response_s + 60.0, "all-out")]
    if "quench" in lasts_s:
        events.append((lasts_s["look"] + lasts_s["quench"], "fire-out"))
    rows = {name: trace.add(at_s, "milestone", task=name) for at_s, name in sorted(events)}
    reason = "endex" if "fire-out" in rows else "standstill"
    trace.add(trace.rows[-1].time_s, "end", task=reason, cause=rows.get("fire-out", -1))
    return trace


def failing_run(scenario: Scenario, *, replication: int, **arguments: Any) -> Trace:
    """Fails at replication 3."""
    if replication == 3:
        raise RuntimeError("replication 3 failed")
    return run(scenario, replication=replication, **arguments)


def half_failing_run(scenario: Scenario, *, replication: int, **arguments: Any) -> Trace:
    """Every other replication leaves a formula's range."""
    if replication % 2:
        raise ValueError("odd")
    return run(scenario, replication=replication, **arguments)
