"""Measures: pure functions of a trace. A new measure is one more function in ``evaluate.MEASURES``."""

from drillsim.measures.critical_path import Step, critical_path
from drillsim.measures.evaluate import MEASURES, absent, evaluate
from drillsim.measures.exit_use import ExitUse, exit_use
from drillsim.measures.link_use import LinkUse, link_use
from drillsim.measures.order import in_order
from drillsim.measures.space_use import SpaceUse, level_of_service, space_use
from drillsim.measures.task_spans import Span, task_spans
from drillsim.measures.value import Value

__all__ = [
    "MEASURES",
    "ExitUse",
    "LinkUse",
    "SpaceUse",
    "Span",
    "Step",
    "Value",
    "absent",
    "critical_path",
    "evaluate",
    "exit_use",
    "in_order",
    "level_of_service",
    "link_use",
    "space_use",
    "task_spans",
]
