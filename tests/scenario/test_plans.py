"""Plans that are based on others."""

from __future__ import annotations

import pytest

from drillsim.scenario.load import check, load
from tests.example import EXAMPLE, write_example

LATER = """\
  late:
    title: Late
    based_on: at-once
    drop: look
    tasks:
      announce: {after: startex, takes: {value: 3 min, source: assumed, confidence: low}}
      extra: {title: Extra, by: warden, takes: {value: 1 min, source: assumed, confidence: low}}
"""


def test_given_keys_replace_those_of_the_base_and_the_rest_is_inherited(tmp_path):
    scenario = load(write_example(tmp_path))
    base, derived = scenario.plans["simple"], scenario.plans["at-once"]
    assert derived.tasks["announce"].after == ("hazard.bin.detected",)
    assert derived.tasks["announce"].effects == base.tasks["announce"].effects
    assert derived.tasks["look"] == base.tasks["look"]
    assert (derived.roles, derived.staging, derived.end) == (base.roles, base.staging, base.end)


def test_a_chain_is_resolved_in_any_order_and_tasks_can_be_dropped(tmp_path):
    first = EXAMPLE.replace("plans:\n", "plans:\n" + LATER)
    for number, text in enumerate((first, EXAMPLE + LATER)):
        plan = load(write_example(tmp_path / str(number), text=text)).plans["late"]
        assert sorted(plan.tasks) == ["announce", "extra", "quench"]
        assert plan.tasks["announce"].takes.emergency.median == 180.0
        assert plan.tasks["announce"].after == ("startex",)
        assert plan.end == "fire-out"


def test_a_role_given_anew_replaces_one_and_the_others_are_inherited(tmp_path):
    roles = "    based_on: simple\n    roles:\n      boss: {agency: brigade, "
    roles += "decides: {value: 1 min, source: a, confidence: low}}\n"
    scenario = load(write_example(tmp_path, text=EXAMPLE.replace("    based_on: simple\n", roles)))
    assert sorted(scenario.plans["at-once"].roles) == ["boss", "chief"]
    assert sorted(scenario.plans["simple"].roles) == ["chief"]


def test_what_is_wrong_only_after_dropping_points_to_where_it_is_written(tmp_path):
    text = EXAMPLE.replace("    based_on: simple\n", "    based_on: simple\n    drop: [announce]\n")
    text = text[: text.index("      announce:\n        after: hazard")]
    text = text.removesuffix("    tasks:\n")
    found = [p for p in check(write_example(tmp_path, text=text))[1] if p.id == "unknown-event"]
    written = text.index("after: announce\n")
    assert [(p.path, p.line) for p in found] == [
        ("plans.at-once.tasks.quench.after[0]", text[:written].count("\n") + 1)
    ]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (("  simple:\n", "  simple:\n    based_on: at-once\n"), "based-on-cycle", "→ at-once → simple"),
        (("based_on: simple", "based_on: at-once"), "based-on-cycle", "at-once → at-once"),
        (("  simple:\n", "  simple:\n    drop: look\n"), "drop-without-base", "name the plan"),
        (("based_on: simple\n", "based_on: simple\n    drop: lok\n"), "unknown-task", "mean 'look'?"),
        (("based_on: simple\n", "based_on: [simple]\n"), "wrong-kind", "a list where a text belongs"),
        (("  at-once:\n", "  at-once: simple\n  x:\n"), "wrong-kind", "'simple' where a table belongs"),
    ],
)  # fmt: skip
def test_bases_that_lead_nowhere_are_refused(tmp_path, change, kind, words):
    text = EXAMPLE.replace(*change, 1)
    found = [p for p in check(write_example(tmp_path, text=text))[1] if p.id == kind]
    assert found and words in found[0].message and found[0].line > 0


@pytest.mark.slow
def test_a_long_chain_of_plans_neither_overflows_nor_multiplies_without_end(tmp_path):
    chain = "".join(
        f"  p{i}: {{title: x, based_on: {f'p{i - 1}' if i else 'simple'}}}\n" for i in range(1800)
    )
    problems = check(write_example(tmp_path, text=EXAMPLE + chain))[1]
    assert [p.id for p in problems] == ["plans-size"]
