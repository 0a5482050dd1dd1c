"""Measures: pure functions of a trace. A new measure is one more function in ``evaluate.MEASURES``."""

from drillsim.measures.critical_path import Step, critical_path
from drillsim.measures.evaluate import MEASURES, absent, evaluate
from drillsim.measures.order import in_order
from drillsim.measures.task_spans import Span, task_spans
from drillsim.measures.value import Value

__all__ = [
    "MEASURES",
    "Span",
    "Step",
    "Value",
    "absent",
    "critical_path",
    "evaluate",
    "in_order",
    "task_spans",
]
