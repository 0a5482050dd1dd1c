"""Measures: pure functions of a trace. A new measure is one more function in ``evaluate.MEASURES``."""

from drillsim.measures.capacity_use import CapacityUse, capacity_use
from drillsim.measures.critical_path import Step, critical_path
from drillsim.measures.evaluate import MEASURES, absent, evaluate
from drillsim.measures.exit_use import ExitUse, exit_use
from drillsim.measures.inject_effects import Reaction, caused_by_inject, first_reactions
from drillsim.measures.link_use import LinkUse, link_use
from drillsim.measures.order import in_order
from drillsim.measures.space_use import SpaceUse, level_of_service, space_use
from drillsim.measures.task_spans import Span, task_spans
from drillsim.measures.value import Value

__all__ = [
    "MEASURES",
    "CapacityUse",
    "ExitUse",
    "LinkUse",
    "Reaction",
    "SpaceUse",
    "Span",
    "Step",
    "Value",
    "absent",
    "capacity_use",
    "caused_by_inject",
    "critical_path",
    "evaluate",
    "exit_use",
    "first_reactions",
    "in_order",
    "level_of_service",
    "link_use",
    "space_use",
    "task_spans",
]
