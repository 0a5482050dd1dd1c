"""Hazards: a new one is one new file and one name in ``HazardSpec``.

Its spec names its ``actions``, its ``events`` and which of them concern it as a ``whole``, says where it is
``at``, which other hazards it ``follows``, whether it is ``staged`` (there in an exercise too) and whether it
``harms`` (people take a dose), and begins a :class:`~drillsim.hazards.protocol.HazardRun` at STARTEX, or when
it is started if it is ``dormant``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drillsim.hazards.fire import Fire
from drillsim.hazards.leak import Leak
from drillsim.hazards.prescribed import Prescribed
from drillsim.hazards.smoke_series import SmokeSeries
from drillsim.hazards.spill_fire import SpillFire

__all__ = ["Fire", "HazardSpec", "Leak", "Prescribed", "SmokeSeries", "SpillFire"]

HazardSpec = Annotated[Leak | Fire | Prescribed | SmokeSeries | SpillFire, Field(discriminator="kind")]
