"""Hazards: a new one is one new file and one name in ``HazardSpec``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drillsim.hazards.fire import Fire
from drillsim.hazards.leak import Leak

__all__ = ["Fire", "HazardSpec", "Leak"]

HazardSpec = Annotated[Leak | Fire, Field(discriminator="kind")]
