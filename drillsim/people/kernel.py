"""Which crowd kernel a run uses: the plain one or, where numba is there and it pays, the compiled one.

Both give the same trace to the bit, so this is a matter of speed alone.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal, get_args

from drillsim.facility.spec import SpeedLaw
from drillsim.people.crowd import Crowd
from drillsim.trace.log import CrowdLog

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.people.population import Population

__all__ = ["FROM_TOKENS", "SWITCH", "Kernel", "could_be_faster", "crowd_class", "crowd_for"]

Kernel = Literal["auto", "plain", "compiled"]

SWITCH: Final = "DRILLSIM_KERNEL"  # environment variable: auto, plain or compiled
FROM_TOKENS: Final = 5_000
"""People from which on ``auto`` takes the compiled kernel.

Loading it costs a process 0.6 s, and compiling 10 s once a machine. In a tower of 13 crossings a person,
5,000 people win that back in some seven runs, 30,000 in one. In small drills decisions take the time, not
crossings, and both kernels are equally fast.
"""


def crowd_class(tokens: int, *, kernel: Kernel | None = None) -> type[Crowd]:
    """The kernel for a population of so many tokens.

    ``auto`` takes the compiled one from ``FROM_TOKENS`` on if numba can be imported. ``None`` asks the
    environment variable ``DRILLSIM_KERNEL``, else ``auto``. Raises ``ValueError`` for another word,
    ``ModuleNotFoundError`` for ``compiled`` without numba.
    """
    wanted = kernel or os.environ.get(SWITCH) or "auto"
    if wanted not in get_args(Kernel):
        raise ValueError(f"{SWITCH} is {wanted!r}; it must be one of {', '.join(get_args(Kernel))}")
    if wanted == "plain" or (wanted == "auto" and (tokens < FROM_TOKENS or find_spec("numba") is None)):
        return Crowd
    from drillsim.people.compiled import CompiledCrowd

    return CompiledCrowd


def could_be_faster(people: int) -> bool:
    """Whether runs with so many people would be several times faster with numba installed."""
    return people >= FROM_TOKENS and os.environ.get(SWITCH) != "plain" and find_spec("numba") is None


def crowd_for(
    facility: Facility,
    population: Population,
    *,
    record: bool = True,
    log: CrowdLog | None = None,
    law: SpeedLaw | None = None,
    kernel: Kernel | None = None,
) -> Crowd:
    """A crowd on the kernel of ``crowd_class``; the other arguments are those of ``Crowd``."""
    made = crowd_class(len(population.heads), kernel=kernel)
    return made(facility, population, record=record, log=log, law=law)
