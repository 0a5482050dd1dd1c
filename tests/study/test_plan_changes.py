from __future__ import annotations

import typing
from dataclasses import replace

import pytest

from drillsim.messages import LANGUAGES, say
from drillsim.response import effects
from drillsim.response.command import Level, Role
from drillsim.response.communication import Line
from drillsim.response.plan import Failure, Plan, Task
from drillsim.response.protection import Air
from drillsim.scenario.load import load
from drillsim.scenario.model import Scenario
from drillsim.spec import file_key
from drillsim.study.plan_changes import critical_share, plan_changes
from tests.debrief import fakes


def scenario(**changes: dict) -> Scenario:
    """The small drill, with tasks of the plan ``forward`` as given over those of ``joint``."""
    data = fakes.scenario_data()
    forward = data["plans"]["forward"]
    forward["tasks"] = {
        name: task for name, task in changes.items() if name in fakes.TASKS or "title" in task
    }
    return Scenario.model_validate(data)


def pair(found: Scenario, **critical):
    first, second = fakes.fake_ensemble(n=20), fakes.fake_ensemble(n=20, plan="forward")
    changed = []
    for ensemble in (first, second):
        paths = critical.get(ensemble.plan)
        runs = ensemble.outcomes
        if paths is not None:
            runs = tuple(replace(run, critical=path) for run, path in zip(runs, paths, strict=True))
        changed.append(replace(ensemble, scenario=found, outcomes=runs))
    return changed


def changed_task(name: str, **changes) -> dict:
    return {name: {**fakes.TASKS[name], **changes}}


def test_plans_that_are_the_same_have_no_change():
    assert plan_changes(*pair(scenario())) == ()


def test_a_new_time_is_told_by_its_median_and_by_the_spread_where_the_median_stays():
    (found,) = plan_changes(*pair(scenario(**changed_task("plug", takes=fakes.draw(1200, 1800)))))
    assert (found.task, found.title, found.kind) == ("plug", "Plug the drum", "changed")
    assert found.what == (("takes", "15 min", "20 min"),)
    (found,) = plan_changes(*pair(scenario(**changed_task("plug", takes=fakes.draw(900, 2400)))))
    assert found.what == (
        ("takes", "15 min (90 % below 30 min, lognormal)", "15 min (90 % below 40 min, lognormal)"),
    )


def test_names_are_told_by_their_titles():
    found = scenario(
        **changed_task("plug", after=["recon", "isolate"], by={"chemical-unit": 1, "car": 2}, at="gate")
    )
    (change,) = plan_changes(*pair(found))
    assert {field: (before, after) for field, before, after in change.what} == {
        "by": ("Chemical unit", "2 × Police car, Chemical unit"),
        "at": ("Yard", "Gate road"),
        "after": (
            "Reconnaissance in gas-tight suits",
            "Reconnaissance in gas-tight suits, Initial isolation 50 m",
        ),
    }


def test_titles_sources_and_the_other_conditions_are_no_change():
    takes = {
        "exercise": {"median": "900 s", "p90": "1800 s"},
        "emergency": {"median": "2000 s", "p90": "3000 s"},
        "source": "elsewhere",
        "confidence": "high",
    }
    found = scenario(**changed_task("plug", title="Plug it", title_zh="堵", takes=takes))
    assert plan_changes(*pair(found)) == ()
    emergency = [replace(one, conditions="emergency") for one in pair(found)]
    (change,) = plan_changes(*emergency)
    assert change.what == (("takes", "15 min", "33 min 20 s"),)


def test_tasks_added_and_dropped_are_told_whole():
    data = fakes.scenario_data()
    data["plans"]["forward"] |= {
        "drop": "isolate",
        "tasks": {"foam": fakes.task("Lay foam", (300, 600), by="chemical-unit", after="recon")},
    }
    dropped, added = sorted(
        plan_changes(*pair(Scenario.model_validate(data))), key=lambda change: change.kind, reverse=True
    )
    assert (dropped.task, dropped.kind, dropped.critical_second) == ("isolate", "removed", None)
    assert (added.task, added.kind, added.critical_first) == ("foam", "added", None)
    assert ("takes", "", "5 min") in added.what
    assert ("takes", "3 min", "") in dropped.what


def test_an_effect_is_told_by_what_differs_and_long_lists_by_their_number():
    places = ["yard", "shed", "gate", "muster-w"]
    before = {"do": "sweep", "places": places, "each": "30 s"}
    base = changed_task("recon", effects=[before, {"do": "inform", "item": "cargo"}])
    data = fakes.scenario_data()
    data["plans"]["joint"]["tasks"] |= base
    after = {"do": "sweep", "places": places[:3], "each": "1 min"}
    data["plans"]["forward"]["tasks"] = changed_task(
        "recon", effects=[after, {"do": "inform", "item": "cargo"}, {"do": "post", "place": "gate"}]
    )
    (change,) = plan_changes(*pair(Scenario.model_validate(data)))
    assert change.what == (
        (
            "effects",
            "sweep (places 4, each space 30 s)",
            "sweep (places 3 (without Muster W), each space 1 min), post opens (place Gate road)",
        ),
    )


def test_end_staging_and_roles_belong_to_the_plan_as_a_whole():
    data = fakes.scenario_data()
    data["plans"]["forward"] |= {
        "end": "contained",
        "staging": ["yard"],
        "tasks": {},
        "roles": {"duty-manager": {"agency": "fire", "decides": "40 s", "title": "Duty manager"}},
    }
    paths = [("all-clear", "all-clear: wait for order")] * 5 + [("plug",)] * 15
    plan, role = plan_changes(*pair(Scenario.model_validate(data), joint=paths, forward=paths))
    assert plan.what == (("end", "ENDEX", "Leak stopped"), ("staging", "Gate road", "Yard"))
    assert (plan.task, plan.critical_first) == ("", None)
    assert (role.title, role.kind) == ("Duty manager", "changed")
    assert role.what == (("agency", "Terminal", "Fire"), ("decides", "20 s", "40 s"))
    assert role.critical_first == 0.25  # runs in which a task waits for this role's order


@pytest.mark.parametrize(
    ("label", "counts"),
    [
        ("plug", True),
        ("plug: prepare", True),
        ("plug: travel", True),
        ("plug: way back", True),
        ("plug: wait for units", True),
        ("plug: communication", False),
        ("plugger", False),
        ("recon", False),
    ],
)
def test_criticality_counts_the_task_and_its_own_waits(label, counts):
    paths = [(label,)] * 4 + [("all-clear",)] * 16
    first, _ = pair(scenario(), joint=paths)
    assert critical_share(first, "plug") == (0.2 if counts else 0.0)


def test_each_change_carries_its_criticality_under_both_plans_and_the_most_critical_comes_first():
    found = scenario(**changed_task("isolate", takes="4 min"), **changed_task("plug", takes="4 min"))
    joint = [("plug",)] * 6 + [("isolate", "plug")] * 1 + [("recon",)] * 13
    forward = [("plug: prepare", "plug")] * 3 + [("recon",)] * 17
    changes = plan_changes(*pair(found, joint=joint, forward=forward))
    assert [(one.task, one.critical_first, one.critical_second) for one in changes] == [
        ("plug", 0.35, 0.15),
        ("isolate", 0.05, 0.0),
    ]


def test_plans_of_two_conditions_are_refused():
    first, second = pair(scenario())
    with pytest.raises(ValueError, match="conditions"):
        plan_changes(first, replace(second, conditions="emergency"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_a_plan_every_effect_and_every_choice_has_a_word(language):
    kinds = [
        kind
        for kind in vars(effects).values()
        if isinstance(kind, type) and "do" in getattr(kind, "model_fields", {})
    ]
    assert len(kinds) > 15
    for spec in (Task, Role, Air, Level, Line, Failure, *kinds):
        for field, info in spec.model_fields.items():
            if field in ("title", "title_zh", "only", "do"):
                continue
            assert say(f"field.{file_key(field)}", language)
            if (
                file_key(field) in ("mode", "instruct", "action", "closed_to", "way")
                and info.annotation is not float
            ):
                assert all(say(f"value.{word}", language) for word in typing.get_args(info.annotation))
    for kind in kinds:
        (word,) = typing.get_args(kind.model_fields["do"].annotation)
        assert say(f"effect.{word}", language)
    assert {"end", "staging", "roles", "tasks", "drop", "based_on"} <= set(Plan.model_fields)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["office-fire", "terminal-leak"])
def test_the_plans_of_the_shipped_drills_are_told_in_words(name, language):
    shipped = load(f"scenarios/{name}")
    first = replace(fakes.fake_ensemble(n=20), scenario=shipped, conditions="emergency")
    plans = sorted(shipped.plans)
    for plan in plans[1:]:
        changes = plan_changes(replace(first, plan=plans[0]), replace(first, plan=plan), language=language)
        assert changes
        for change in changes:
            assert change.what and all(before != after for _, before, after in change.what)


def test_what_a_task_waits_for_wears_and_engages_is_told_by_titles():
    data = fakes.scenario_data()
    data["channels"] = {"fireground": {"talk": "20 s", "title": "Fireground 1"}}
    data["suits"] = {"gas-tight": {"level": "A", "don": "5 min", "title": "Gas-tight suit"}}
    data["plans"]["forward"]["tasks"] = changed_task(
        "plug",
        delay="2 min",
        when={"known": "cargo", "by": "fire", "casualties": 2},
        **{"if": [{"not_happened": "gate"}, {"wind_from": ["90 °", "180 °"]}]},
        engages="duty-manager",
        wearing="gas-tight",
        uses={"fireground": 1},
        keeps_until="out.recon",
        fails={"chance": "20 %", "attempts": 3},
    )
    (change,) = plan_changes(*pair(Scenario.model_validate(data)))
    assert {field: after for field, _, after in change.what} == {
        "delay": "2 min",
        "when": 'Fire knows "UN number of the cargo" and at least 2 have collapsed',
        "if": '"Inbound gate closed" has not happened or the wind comes from 90° to 180°',
        "engages": "Duty manager",
        "wearing": "Gas-tight suit",
        "uses": "Fireground 1",
        "keeps_until": "crew out and rested: Reconnaissance in gas-tight suits",
        "fails": "chance 20 %, attempts 3",
    }


def test_messages_and_calls_are_told_with_who_hears_them_over_which_channel():
    data = fakes.scenario_data()
    data["channels"] = {"joint": {"talk": "20 s", "title": "Joint channel"}}
    told = {"do": "message", "to": ["fire", "police"], "items": "cargo", "over": "joint", "group": True}
    data["plans"]["forward"]["tasks"] = changed_task(
        "recon",
        effects=[
            told,
            {"do": "call", "units": "chemical-unit", "over": "joint"},
            {"do": "inform", "item": "cargo", "to": "fire"},
        ],
    )
    data["plans"]["joint"]["tasks"]["recon"] = {**fakes.TASKS["recon"], "effects": []}
    (change,) = plan_changes(*pair(Scenario.model_validate(data)))
    assert change.what == (
        (
            "effects",
            "",
            "message (to Fire, Port police, items UN number of the cargo, over Joint channel, "
            "one message to all yes), "
            "call-out (units Chemical unit, over Joint channel), "
            "information (item UN number of the cargo, to Fire)",
        ),
    )


def test_levels_lines_and_who_holds_a_role_belong_to_the_plan_as_a_whole():
    data = fakes.scenario_data()
    data["channels"] = {"joint": {"talk": "20 s", "title": "Joint channel"}}
    data["plans"]["forward"] |= {
        "tasks": {},
        "roles": {"command": {"held_by": ["duty-manager"], "title": "Command"}},
        "levels": {"second": {"rank": 2, "calls": "car", "title": "Level II"}},
        "lines": {"fire-terminal": {"between": ["fire", "terminal"], "over": "joint"}},
    }
    role, level, line = plan_changes(*pair(Scenario.model_validate(data)))
    assert (role.title, role.what) == ("Command", (("held_by", "", "Duty manager"),))
    assert (level.title, level.kind) == ("Level II", "added")
    assert level.what == (("rank", "", "2"), ("calls", "", "Police car"))
    assert line.title == "line Fire – Terminal"
    assert ("over", "", "Joint channel") in line.what
    assert line.critical_second is None


def test_waiting_for_air_or_a_line_counts_as_the_tasks_own():
    paths = [("plug: wait for air",)] * 4 + [("plug: wait for a line",)] * 2 + [("all-clear",)] * 14
    first, _ = pair(scenario(), joint=paths)
    assert critical_share(first, "plug") == 0.3
