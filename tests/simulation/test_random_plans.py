"""Plans thrown together at random: whatever they ask for, nothing is lost, and no run depends on its file."""

import random

import pytest

from drillsim.simulation import run as run_module
from drillsim.simulation.run import run
from drillsim.simulation.world import SimWorld

from .small import small, task, times, when

PLANS = range(60)
FIRST_CREWS = [{"crew": 1}, {"crew": 2}, {"team": 1}, {"team": 1, "crew": 1}, {"police-car": 1}]
TAKEN = [{"foam": 1}, {"tool": 1}, {"joint": 1}, {"tool": 1, "joint": 1}]
JOINTLY = [
    {"do": "message", "to": ["police", "ambulance"], "over": "joint", "group": "true"},
    {"do": "call", "units": ["ambulance-car"], "over": "joint"},
]
ALONE = [
    {"do": "message", "to": ["police"], "items": ["number"]},
    {"do": "decontaminate", "corridor": "lane"},
]


def minutes(median):
    """A spread from a median to twice as much at P90."""
    return {"median": f"{median} min", "p90": f"{2 * median} min", "source": "test", "confidence": "low"}


def on_air(luck):
    """Work on air in gas-tight suits, with reliefs and bottles of stock, that may fail."""
    air = {"usable": "30 min", "way": "2 min", "change": minutes(1)}
    air |= {"backup": str(luck.randint(0, 2)), "pairs": str(luck.randint(1, 2))}
    if luck.random() < 0.5:
        air |= {"corridor": "lane", "decon": "4 min"}
    entry = {"wearing": "gas-tight", "air": air, "takes": minutes(luck.choice([10, 40]))}
    if luck.random() < 0.3:
        entry["fails"] = {"chance": "50 %", "attempts": luck.randint(1, 3)}
    return entry


def piece(luck, before):
    """A task after some of those before it."""
    entry = {"takes": minutes(luck.randint(1, 10)), "priority": str(luck.randint(0, 9))}
    entry["after"] = luck.sample(before, luck.randint(0, min(2, len(before))))
    entry["by"] = luck.choice(FIRST_CREWS)
    if luck.random() < 0.3:
        entry["order_by"] = luck.choice(["chief", "boss", "unified"])
    if luck.random() < 0.3:
        entry["uses"] = luck.choice(TAKEN)
    if luck.random() < 0.2:
        entry["engages"] = ["chief"]
    if luck.random() < 0.3:
        entry["prepare"] = minutes(2)
    if "team" in entry["by"] and luck.random() < 0.3:
        entry |= on_air(luck)
    elif luck.random() < 0.3:
        entry["effort"] = minutes(luck.choice([8, 60]))
        entry |= {"may_join": {"crew": 1}} if luck.random() < 0.6 else {}
        entry |= {"wearing": "coverall"} if luck.random() < 0.6 else {}
    elif luck.random() < 0.2:
        entry["wearing"] = "coverall"
    if luck.random() < 0.35:  # who holds a talk-group would wait for it for ever
        entry["effects"] = [luck.choice(ALONE + ([] if "joint" in entry.get("uses", {}) else JOINTLY))]
    return task(**entry)


def network(luck):
    """Tasks of which nothing waits for one that may fail, and an end long after all are out."""
    names = [f"t{number}" for number in range(luck.randint(4, 9))]
    luck.shuffle(names)
    tasks = {}
    for name in names:
        tasks[name] = piece(luck, [before for before in tasks if "fails" not in tasks[before]])
    sure = [name for name in names if "fails" not in tasks[name]]
    tasks["x-over"] = task(after=sure or "startex", takes="0 s", milestone="over")
    out = [f"out.{name}" for name in names if "air" in tasks[name]]
    tasks["y-end"] = task(after=["x-over", *out], takes="300 min", milestone="end")
    return tasks


def agencies(luck):
    """A fire service with a lossy net, a police car, and an ambulance service that must be called."""
    team = {"count": "2", "people": str(luck.choice([6, 8, 9])), "station": "room"}
    crew = {"count": "3", "people": "4", "station": "room"}
    away = {"people": "2", "station": "yard", "on_site": "false", "turnout": minutes(1), "travel": minutes(4)}
    return {
        "fire": {"title": "fire", "channel": "fire-net", "units": {"crew": crew, "team": team}},
        "police": {
            "title": "police",
            "channel": "police-net",
            "units": {"police-car": {"people": "2", "station": "room"}},
        },
        "ambulance": {
            "title": "ambulance",
            "answering": {"takers": "1", "takes": minutes(1)},
            "units": {"ambulance-car": away},
        },
    }


def sections(seed):
    """Everything of one plan, by the sections of its file."""
    luck = random.Random(seed)
    bottle = {"volume": "6.8 L", "pressure": "30 MPa", "stock": "bottle"}
    stages = [
        {"name": "shower", "places": "2", "takes": minutes(1)},
        {"name": "robe", "places": "2", "takes": minutes(2)},
    ]
    return {
        "tasks": network(luck),
        "end": "end",
        "groups": {},
        "horizon": "100 h",
        "agencies": agencies(luck),
        "channels": {
            "fire-net": {"talk": minutes(1), "loss": "20 %"},
            "police-net": {"talk": minutes(1)},
            "joint": {"talk": minutes(1)},
        },
        "roles": {
            "chief": {"agency": "fire", "decides": minutes(1)},
            "boss": {"agency": "police", "decides": minutes(2)},
            "unified": {"held_by": ["chief", "boss"], "together": "true"},
        },
        "capacities": {
            "foam": {"count": "2", "ready_again": minutes(5)},
            "tool": {"count": "1"},
            "suit": {"count": str(luck.choice([10, 12])), "ready_again": minutes(10)},
            "bottle": {"count": str(luck.choice([12, 20])), "ready_again": minutes(8)},
            "coverall": {"count": "30"},
        },
        "suits": {
            "gas-tight": {"level": "A", "don": minutes(3), "stock": "suit", "rest": "1", "bottle": bottle},
            "coverall": {"level": "C", "don": minutes(2), "stock": "coverall"},
        },
        "corridors": {"lane": {"stages": stages}},
        "information": {"number": "the UN number"},
    }


def play(seed, *, bound=None):
    return run(small(**sections(seed)), plan="plan", seed=seed, bound=bound)


@pytest.fixture
def worlds(monkeypatch):
    """The worlds of the runs of a test, to be looked at when they have ended."""
    seen = []

    class Remembered(SimWorld):
        def __init__(self, core, *, record):
            super().__init__(core, record=record)
            seen.append(self)

    monkeypatch.setattr(run_module, "SimWorld", Remembered)
    return seen


def free_members(resources, key):
    """All members of a pool that can be had, taken one by one."""
    found = []
    while key not in resources.short_of({key: 1}):
        found += resources.request({key: 1}, priority=0, who="inventory").value.members[key]
    return found


@pytest.mark.parametrize("seed", PLANS)
def test_the_run_ends_and_everything_is_back_in_its_place(seed, worlds):
    trace = play(seed)
    core = worlds[0].core
    assert trace.rows[-1].task == "endex", [row for _, row in trace.of("standstill")]
    assert core.clock.busy == 0
    assert core.waits == {}
    for key, use in core.resources.uses().items():
        kind, name = key
        assert core.resources.holders({key: 1}) == (), key
        free = free_members(core.resources, key)
        assert len(set(free)) == len(free), key
        assert len(free) == (core.scenario.capacities[name].count if kind == "capacity" else use.members), key


@pytest.mark.parametrize("seed", PLANS)
def test_every_cause_is_earlier_than_what_it_causes(seed):
    rows = play(seed).rows
    for number, row in enumerate(rows):
        assert -1 <= row.cause < number
        assert row.cause < 0 or rows[row.cause].time_s <= row.time_s


@pytest.mark.parametrize("seed", PLANS)
def test_every_task_goes_back_to_startex_by_its_causes(seed):
    trace = play(seed)
    for number, _ in trace.of("task-done"):
        while trace.rows[number].cause >= 0:
            number = trace.rows[number].cause
        assert trace.rows[number].event == "startex"


@pytest.mark.parametrize("seed", PLANS)
def test_with_unlimited_means_nothing_is_done_later(seed):
    planned, unlimited = (
        {row.task: row.time_s for _, row in play(seed, bound=bound).of("task-done")}
        for bound in (None, "unlimited")
    )
    assert planned.keys() == unlimited.keys()
    late = {name for name in planned if unlimited[name] > planned[name] + 1e-6}
    assert late == set()


@pytest.mark.parametrize("seed", PLANS)
def test_the_order_of_entries_in_the_file_changes_nothing(seed):
    luck, found = random.Random(seed), sections(seed)
    for section in ("tasks", "agencies", "channels", "roles", "capacities"):
        entries = list(found[section].items())
        luck.shuffle(entries)
        found[section] = dict(entries)
    assert run(small(**found), plan="plan", seed=seed).rows == play(seed).rows


@pytest.mark.parametrize("bound", ["instant", "median", "mean", "unlimited"])
@pytest.mark.parametrize("seed", PLANS)
def test_what_is_left_out_to_tell_its_cost_leaves_a_run_that_ends(seed, bound):
    trace = play(seed, bound=bound)
    assert trace.rows[-1].task == "endex"
    assert when(trace, "end") >= 300 * 60.0


def test_the_plans_try_what_there_is_to_try():
    seen, waited, joined = set(), set(), 0
    for seed in PLANS:
        trace = play(seed)
        seen |= {row.event for row in trace.rows}
        waited |= {row.task for _, row in trace.of("waited") if row.value}
        granted = [row for _, row in trace.of("units-granted") if row.actor]
        joined += len(granted)
        assert len(times(trace, "task-done")) >= 2
    assert seen >= {"task-failed", "entry", "exit", "order-given", "message-lost", "message-heard", "called"}
    assert waited >= {"unit", "capacity", "role", "channel", "stage"}
    assert joined > 0
