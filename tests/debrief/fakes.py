"""A small drill made by hand: scenario, traces and ensembles without running a simulation."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from drillsim.measures.value import Value
from drillsim.scenario.model import Scenario
from drillsim.study.plan_changes import plan_changes
from drillsim.study.results import (
    Choice,
    Comparison,
    Difference,
    Ensemble,
    Interval,
    ObjectiveDifference,
    Outcome,
    Summary,
    TaskSpan,
    Verdict,
)
from drillsim.trace.log import CrowdLog, RunHeader, Trace

START_S = 36_000.0
LEAVERS = 40


def draw(median: float, p90: float, *, confidence: str = "low") -> dict:
    return {
        "median": f"{median} s",
        "p90": f"{p90} s",
        "source": "two-drills.md, task list",
        "confidence": confidence,
    }


def task(title: str, takes: tuple[float, float], **more: object) -> dict:
    return {"title": title, "takes": draw(*takes), **more}


TASKS: dict[str, dict] = {
    "tell-control": task(
        "Tell terminal control", (42, 90), by="patrol", title_zh="报告码头控制室", milestone="told"
    ),
    "isolate": task(
        "Initial isolation 50 m",
        (180, 360),
        by="patrol",
        after="tell-control",
        milestone="isolation",
        at="yard",
    ),
    "call-119": task("Call 119 and 110", (90, 180), by="dispatcher", after="tell-control"),
    "evacuate-order": task(
        "Order to leave", (60, 120), after="tell-control", order_by="duty-manager", by="dispatcher"
    ),
    "close-gate": task(
        "Close the inbound gate", (120, 240), by="car", after="call-119", at="gate", milestone="gate"
    ),
    "recon": task(
        "Reconnaissance in gas-tight suits",
        (480, 900),
        by="chemical-unit",
        after="call-119",
        at="yard",
        needs="cargo",
        prepare="6 min",
        milestone="entry",
    ),
    "plug": task(
        "Plug the drum", (900, 1800), by="chemical-unit", after="recon", at="yard", milestone="contained"
    ),
    "all-clear": task(
        "All clear", (120, 240), after=["plug", "emptied"], order_by="duty-manager", milestone="endex"
    ),
}


def scenario_data(*, title: str = "Leak at the yard", more_tasks: int = 0) -> dict:
    tasks = dict(TASKS)
    for number in range(more_tasks):
        tasks[f"extra-{number:02d}"] = task(
            f"Extra task number {number} with a rather long name",
            (120 + 30 * number, 300 + 30 * number),
            by=("patrol", "dispatcher", "car", "chemical-unit")[number % 4],
            after="call-119",
        )
    return {
        "name": "fake-leak",
        "title": title,
        "title_zh": "堆场泄漏",
        "start": "10:00:00",
        "slot": "90 min",
        "horizon": "4 h",
        "facility": {
            "spaces": {
                "yard": {
                    "kind": "yard",
                    "at": ["100 m", "100 m"],
                    "size": ["120 m", "80 m"],
                    "title": "Yard",
                },
                "shed": {"kind": "room", "at": ["100 m", "30 m"], "size": ["60 m", "30 m"], "title": "Shed"},
                "gate": {
                    "kind": "road",
                    "at": ["10 m", "100 m"],
                    "size": ["40 m", "12 m"],
                    "title": "Gate road",
                },
                "muster-w": {
                    "kind": "muster",
                    "at": ["-60 m", "100 m"],
                    "size": ["40 m", "40 m"],
                    "title": "Muster W",
                },
            },
            "links": {
                "shed-door": {"between": ["shed", "yard"], "kind": "door", "width": "2 m"},
                "yard-gate": {"between": ["yard", "gate"], "kind": "gate", "width": "6 m", "vehicles": True},
                "muster-way": {"between": ["gate", "muster-w"], "width": "4 m"},
            },
        },
        "weather": {
            "wind_from": "135°",
            "wind_speed": "3 m/s",
            "temperature": "30 °C",
            "source": "two-drills.md",
        },
        "profiles": {
            "worker": {
                "speed": {"uniform": ["1.0 m/s", "1.4 m/s"]},
                "responses": {"voice": draw(60, 150, confidence="medium")},
            }
        },
        "groups": {
            "labour": {
                "count": 40,
                "place": "shed",
                "profile": "worker",
                "musters": "muster-w",
                "title": "Labour",
            }
        },
        "hazards": {
            "drum": {
                "kind": "leak",
                "substance": "acrylonitrile",
                "at": "yard",
                "amount": "160 kg",
                "outflow": draw(1500, 2700),
                "pool": "30 m²",
                "title": "Drum",
            }
        },
        "agencies": {
            "customs": {
                "title": "Customs",
                "title_zh": "海关",
                "units": {
                    "patrol": {"people": 4, "station": "yard", "title": "Patrol", "title_zh": "巡查组"}
                },
            },
            "terminal": {
                "title": "Terminal",
                "title_zh": "码头",
                "units": {"dispatcher": {"people": 2, "station": "shed", "title": "Dispatcher"}},
            },
            "police": {
                "title": "Port police",
                "title_zh": "港区公安",
                "units": {"car": {"people": 2, "station": "gate", "vehicle": True, "title": "Police car"}},
            },
            "fire": {
                "title": "Fire",
                "title_zh": "消防",
                "units": {
                    "chemical-unit": {
                        "people": 6,
                        "station": "gate",
                        "vehicle": True,
                        "on_site": False,
                        "distance": "3 km",
                        "title": "Chemical unit",
                    }
                },
            },
        },
        "information": {"cargo": "UN number of the cargo"},
        "operations": {
            "quay-cranes": {"count": 9, "unit": "crane", "title": "Quay cranes", "title_zh": "岸桥"}
        },
        "milestones": {
            "told": {
                "title": "Control told",
                "observed": "the telephone is put down",
                "observe_from": "shed",
            },
            "isolation": {
                "title": "Initial isolation",
                "title_zh": "初始隔离",
                "observed": "last cone placed",
                "observe_from": "yard",
                "owner": "customs",
            },
            "gate": {"title": "Inbound gate closed", "observed": "barrier down", "observe_from": "gate"},
            "entry": {"title": "Reconnaissance done", "observed": "pair back at the line"},
            "contained": {"title": "Leak stopped", "observed": "no drip for a minute"},
            "emptied": {
                "title": "Shed empty",
                "observed": "last person through the door",
                "when": {"empty": "shed", "after": "tell-control"},
            },
            "endex": {"title": "ENDEX", "title_zh": "演练结束", "observed": "all clear on the radio"},
        },
        "injects": {
            "wind": {
                "title": "Wind turns",
                "title_zh": "风向改变",
                "at": "20 min",
                "cue": "Controller hands over the wind card",
                "latest": "30 min",
                "fallback": "Say it on the radio",
                "effects": [{"do": "wind", "from": "90°", "over": "5 min"}],
            },
            "missing": {
                "title": "A driver is missing",
                "after": "emptied",
                "delay": "1 min",
                "cue": "Controller hides a driver",
                "effects": [],
            },
            "ignition": {"title": "Ignition", "at": "30 min", "cue": "smoke pot", "off": True},
        },
        "objectives": {
            "isolation": {"title": "Isolated within 6 min", "milestone": "isolation", "within": "6 min"},
            "last-out": {
                "title": "Everybody out within 8 min",
                "measure": "last_out",
                "at_most": 480.0,
                "share": "95 %",
            },
            "gate": {"title": "Gate closed within 7 min", "milestone": "gate", "within": "7 min"},
            "contained": {
                "title": "Leak stopped within 30 min",
                "milestone": "contained",
                "within": "30 min",
            },
            "order": {"title": "Told before entry", "first": "told", "then": "entry", "share": "100 %"},
        },
        "plans": {
            "joint": {
                "title": "Joint, as practised",
                "title_zh": "联合处置",
                "roles": {"duty-manager": {"agency": "terminal", "decides": "20 s", "title": "Duty manager"}},
                "staging": ["gate"],
                "tasks": tasks,
                "end": "endex",
            },
            "forward": {
                "title": "Staged forward",
                "based_on": "joint",
                "tasks": {"close-gate": task("Close the gate early", (60, 90), by="car", milestone="gate")},
                "end": "endex",
            },
        },
    }


@cache
def fake_scenario(title: str = "Leak at the yard", more_tasks: int = 0) -> Scenario:
    data = scenario_data(title=title, more_tasks=more_tasks)
    joint, forward = data["plans"]["joint"], data["plans"]["forward"]
    # As after loading: a plan has what it takes over from the one it is based on.
    data["plans"]["forward"] = joint | forward | {"tasks": joint["tasks"] | forward["tasks"]}
    return Scenario.model_validate(data)


def tasks_of(scenario: Scenario, plan: str) -> dict:
    chosen = scenario.plans[plan]
    base = tasks_of(scenario, chosen.based_on) if chosen.based_on else {}
    return {**base, **chosen.tasks}


def _emptied_s(rng: np.random.Generator, told_s: float) -> np.ndarray:
    return np.sort(told_s + 30.0 + rng.lognormal(math.log(90.0), 0.4, LEAVERS))


def spans(scenario: Scenario, plan: str, replication: int) -> tuple[dict[str, TaskSpan], np.ndarray]:
    """Task spans of one replication by plain precedence, and exit times."""
    rng = np.random.default_rng(1000 + replication)
    luck = {name: rng.random() for name in sorted(tasks_of(scenario, plan))}
    done: dict[str, TaskSpan] = {}
    exits = _emptied_s(rng, 60.0)
    moments = {"startex": 0.0, "emptied": float(exits[-1])}
    todo = dict(tasks_of(scenario, plan))
    while todo:
        for name, entry in list(todo.items()):
            if not all(event in moments for event in entry.after):
                continue
            ready = max((moments[event] for event in entry.after), default=0.0)
            work = entry.takes.under("exercise").quantile(0.02 + 0.96 * luck[name])
            wait = 30.0 if entry.order_by else 0.0
            prepare = entry.prepare.under("exercise").median if entry.prepare else 0.0
            started = ready + wait + prepare
            done[name] = TaskSpan(ready, started, started + work, 0.0 if entry.milestone == "endex" else 60.0)
            moments[name] = started + work
            if entry.milestone:
                moments[entry.milestone] = started + work
            del todo[name]
    return done, exits


def fake_trace(scenario: Scenario, plan: str = "joint", replication: int = 0) -> Trace:
    """The trace of that replication, as a run would have written it."""
    done, exits = spans(scenario, plan, replication)
    order = sorted(task_events(scenario, plan, done, exits), key=lambda entry: entry[0])
    passages = [(float(t), 0, number) for number, t in enumerate(exits)]
    trace = Trace(_header(scenario, plan, replication), _crowd(passages))
    trace.add(0.0, "startex")
    last: dict[str, int] = {}
    for time_s, event, columns, key, cause_key in order:
        row = trace.add(time_s, event, cause=last.get(cause_key, 0), **columns)
        last[key] = row
    end = trace.rows[-1].time_s
    trace.add(end, "end", task="endex", cause=len(trace.rows) - 1)
    return trace


def task_events(scenario: Scenario, plan: str, done: dict[str, TaskSpan], exits: np.ndarray) -> list:
    events: list = [
        (0.0, "wind", {"value": 135.0}, "wind", ""),
        (60.0, "threshold", {"actor": "drum", "task": "noticed", "place": "shed"}, "h1", ""),
        (70.0, "threshold", {"actor": "drum", "task": "aegl2", "place": "yard"}, "h2", ""),
        (90.0, "threshold", {"actor": "drum", "task": "aegl3", "place": "yard"}, "h3", ""),
        (100.0, "operation-stopped", {"task": "quay-cranes", "value": 9.0}, "op", ""),
        (400.0, "post", {"place": "gate"}, "post", ""),
        (1200.0, "inject", {"task": "wind"}, "inject.wind", ""),
        (1200.0, "wind", {"value": 90.0}, "wind2", "inject.wind"),
        (float(exits[-1]), "milestone", {"task": "emptied", "place": "shed"}, "emptied", ""),
        (float(exits[-1]) + 60.0, "inject", {"task": "missing"}, "inject.missing", "emptied"),
    ]
    for name, span in done.items():
        entry = tasks_of(scenario, plan)[name]
        crew = ", ".join(f"{unit}-1" for unit in entry.by)
        before = f"done.{entry.after[0]}" if entry.after else ""
        events.append((span.ready_s, "task-ready", {"task": name}, f"ready.{name}", before))
        if entry.order_by:
            events.append(
                (
                    span.started_s,
                    "order-given",
                    {"task": name, "actor": entry.order_by},
                    f"order.{name}",
                    f"ready.{name}",
                )
            )
        started = {"task": name, "actor": crew, "place": entry.at or "", "value": 2.0}
        events.append((span.started_s, "task-started", started, f"started.{name}", f"ready.{name}"))
        events.append(
            (
                span.done_s,
                "task-done",
                {"task": name, "actor": crew, "value": span.done_s - span.started_s, "unit": "s"},
                f"done.{name}",
                f"started.{name}",
            )
        )
        if entry.milestone:
            events.append(
                (span.done_s, "milestone", {"task": entry.milestone}, entry.milestone, f"done.{name}")
            )
    return events


def _header(scenario: Scenario, plan: str, replication: int) -> RunHeader:
    return RunHeader(
        scenario=scenario.name,
        digest="d" * 32,
        plan=plan,
        conditions="exercise",
        seed=1,
        replication=replication,
        version="0.1.0",
        fingerprint="cpython-3.11 numpy-2.4",
        start_s=scenario.start_s,
        slot_s=scenario.slot_s,
        horizon_s=scenario.horizon_s,
        milestones=tuple(sorted(scenario.milestones)),
        groups=(("labour", 40, False),),
        spaces=tuple(sorted(scenario.facility.spaces)),
        links=tuple(sorted(scenario.facility.links)),
        musters=("muster-w",),
        operations=(("quay-cranes", 9),),
        units=(
            ("patrol-1", 4, False),
            ("dispatcher-1", 2, False),
            ("car-1", 2, True),
            ("chemical-unit-1", 6, True),
        ),
        plan_edges=(),
    )


def _crowd(passages: list[tuple[float, int, int]]) -> CrowdLog:
    log = CrowdLog()
    for time_s, link, person in passages:
        log.time_s.append(time_s)
        log.arrived_s.append(time_s - 4.0)
        log.person.append(person)
        log.link.append(link)
        log.space.append(0)
    return log


def _outcome(scenario: Scenario, plan: str, replication: int, *, unreached: bool) -> Outcome:
    done, exits = spans(scenario, plan, replication)
    chosen = tasks_of(scenario, plan)
    if unreached:
        done = {name: span for name, span in done.items() if name not in ("plug", "all-clear")}
    moments = {
        entry.milestone: done[name].done_s
        for name, entry in chosen.items()
        if entry.milestone and name in done
    }
    moments["emptied"] = float(exits[-1])
    end_s = moments.get("endex", scenario.horizon_s)
    measures = {
        f"milestone.{name}": Value(moments[name], "s")
        if name in moments
        else Value(math.nan, "s", at_least=scenario.horizon_s)
        for name in sorted(scenario.milestones)
    }
    measures["endex"] = measures["milestone.endex"]
    measures["last_out"] = Value(float(exits[-1]), "s")
    measures["queue.shed-door"] = Value(160.0 + replication, "person_s")
    measures["queue.yard-gate"] = Value(40.0 + replication, "person_s")
    measures["queue.total"] = Value(200.0 + 2 * replication, "person_s")
    measures["price.quay-cranes"] = Value(9.0 * (end_s - 100.0), "unit_s")
    measures["tied_up.people"] = Value(14.0 * end_s, "person_s")
    measures["tied_up.vehicles"] = Value(2.0 * end_s, "vehicle_s")
    measures["exposed.aegl2.person_s"] = Value(1200.0 + 10.0 * replication, "person_s")
    return Outcome(
        replication=replication,
        end="horizon" if unreached else "endex",
        end_s=end_s,
        measures=measures,
        tasks=done,
        exit_times_s=tuple(float(t) for t in exits),
        leavers=LEAVERS,
        critical=("all-clear", "all-clear: wait for order", "plug", "recon", "recon: prepare", "call-119")
        + (("tell-control",) if replication % 3 else ("recon: wait for units", "tell-control")),
        drawn={"plans.joint.tasks.plug.takes": 900.0},
        trace_digest=f"{replication:032x}",
    )


def order_statistic(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def _interval(values: list[float], share: float) -> Interval:
    estimate = order_statistic(values, share)
    if len(values) < 30:
        return Interval(estimate, None, None)
    return Interval(
        estimate, order_statistic(values, share - 0.06), order_statistic(values, min(share + 0.05, 1.0))
    )


def _summary(name: str, outcomes: tuple[Outcome, ...]) -> Summary:
    values = [outcome.measures[name].rank for outcome in outcomes]
    finite = [value for value in values if math.isfinite(value)]
    return Summary(
        measure=name,
        unit=outcomes[0].measures[name].unit,
        n=len(values),
        reached=len(finite),
        p10=order_statistic(values, 0.1),
        p50=_interval(values, 0.5),
        p90=_interval(values, 0.9),
        p95=_interval(values, 0.95),
        mean=sum(finite) / len(finite) if finite else math.nan,
    )


def _verdicts(scenario: Scenario, n: int) -> tuple[Verdict, ...]:
    def one(
        name: str, measure: str, target: float | None, share: float, found: Interval, verdict: str
    ) -> Verdict:
        title = scenario.objectives[name].title
        return Verdict(name, title, measure, target, "s", share, found, verdict, n)  # type: ignore[arg-type]

    return (
        one("contained", "milestone.contained", 1800.0, 0.9, Interval(0.4, 0.28, 0.53), "missed"),
        one("gate", "milestone.gate", 420.0, 0.9, Interval(0.92, 0.82, 0.97), "undecided"),
        one("isolation", "milestone.isolation", 360.0, 0.9, Interval(0.98, 0.91, 1.0), "met"),
        one("last-out", "last_out", 480.0, 0.95, Interval(1.0, 0.94, 1.0), "met"),
        one("order", "order", None, 1.0, Interval(1.0, 0.94, 1.0), "met"),
    )


@cache
def fake_ensemble(
    *,
    n: int = 60,
    plan: str = "joint",
    title: str = "Leak at the yard",
    more_tasks: int = 0,
    unreached: tuple[int, ...] = (),
) -> Ensemble:
    scenario = fake_scenario(title, more_tasks)
    outcomes = tuple(_outcome(scenario, plan, number, unreached=number in unreached) for number in range(n))
    return Ensemble(
        scenario=scenario,
        plan=plan,
        conditions="exercise",
        seed=1,
        outcomes=outcomes,
        summaries={name: _summary(name, outcomes) for name in sorted(outcomes[0].measures)},
        verdicts=_verdicts(scenario, n),
        version="0.1.0",
        fingerprint="cpython-3.11 numpy-2.4",
        digest=("d" if plan == "joint" else "f") * 32,
    )


def _difference(name: str, first: Ensemble, second: Ensemble) -> Difference:
    pairs = [
        b.measures[name].number - a.measures[name].number
        for a, b in zip(first.outcomes, second.outcomes, strict=True)
    ]
    n = len(pairs)
    mean = float(np.mean(pairs))
    half = float(2.0 * np.std(pairs, ddof=1) / math.sqrt(n))
    interval = Interval(mean, mean - half, mean + half) if half > 0.0 else Interval(mean, None, None)
    equal = sum(pair == 0.0 for pair in pairs)
    return Difference(
        measure=name,
        unit=first.summaries[name].unit,
        n=n,
        both=n,
        mean=interval,
        equal=equal,
        p95=Interval(mean, None, None, needs=59),
        p_value=1.0 if equal == n else 0.001,
        test="exact" if equal == n else "t",
        gain=350.0,
        lower=n - equal if mean < 0.0 else 0,
        higher=0 if mean < 0.0 else n - equal,
        p_reached=1.0,
    )


def _objective_difference(
    verdict: Verdict, n: int, *, only_first: int, only_second: int
) -> ObjectiveDifference:
    change = (only_second - only_first) / n
    return ObjectiveDifference(
        objective=verdict.objective,
        title=verdict.title,
        n=n,
        share_first=verdict.share.estimate,
        share_second=verdict.share.estimate + change,
        difference=Interval(change, change - 0.05, change + 0.04),
        only_first=only_first,
        only_second=only_second,
        p_value=0.004 if only_second else 1.0,
    )


@cache
def fake_comparison(*, n: int = 60, title: str = "Leak at the yard") -> Comparison:
    first, second = (fake_ensemble(n=n, plan=plan, title=title) for plan in ("joint", "forward"))
    objectives = tuple(
        _objective_difference(verdict, n, only_first=0, only_second=12 if verdict.objective == "gate" else 0)
        for verdict in first.verdicts
    )
    choice = Choice(
        measure="last_out",
        unit="s",
        indifference=60.0,
        error=0.05,
        n=n,
        means={"joint": 300.0, "forward": 240.0},
        censored={"joint": 0, "forward": 0},
        remaining=("forward",),
        eliminated={"joint": 40},
        decided=True,
        enough=None,
    )
    return Comparison(
        (first, second),
        {"forward": tuple(_difference(name, first, second) for name in sorted(first.summaries))},
        {"forward": objectives},
        choice,
        {"forward": plan_changes(first, second)},
    )
