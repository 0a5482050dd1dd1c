"""Run sheet, charts, tables and the report.

``drillsim.debrief`` is this room and, called, the function that writes its report.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from drillsim.debrief.report import debrief

        return debrief(*arguments, **options)


sys.modules[__name__].__class__ = _Room
