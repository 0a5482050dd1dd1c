"""What the simulation may ask of a hazard while it runs. A hazard never schedules itself: it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple, Protocol

from pydantic import Field
from pydantic_core import PydanticCustomError

from drillsim.spec import Flag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from drillsim.hazards.grid import DoseTable
    from drillsim.hazards.thermal_dose import PhysicalHarm
    from drillsim.hazards.toxic_load import ToxicAir

__all__ = ["NO_MEANS", "WHOLE", "Crossing", "Dormant", "HazardRun", "Means", "check_dormant"]

WHOLE = -1
"""Space index of a crossing that concerns the hazard as a whole."""

Dormant = Annotated[Flag, Field(description="true: it begins only when an inject or task starts it")]
"""Whether a hazard lies dormant. Its times then count from the moment it is started."""


def check_dormant(dormant: bool, first_s: float) -> None:
    """Refuse a dormant hazard that would have begun (``first_s``) before it is started."""
    if dormant and first_s < 0.0:
        raise PydanticCustomError(
            "dormant-before",
            "a dormant hazard begins when it is started; its times count from then and cannot be negative",
        )


class Crossing(NamedTuple):
    """A threshold is reached (``above``) or left in a space; ``space`` is -1 for the hazard as a whole."""

    time_s: float
    space: int
    threshold: str
    above: bool


class Means(NamedTuple):
    """By what a hazard is worked on, where that matters: who holds the extinguisher, how much water flows."""

    training: Literal["trained", "untrained"] | None = None
    water_m3_s: float | None = None


NO_MEANS: Final = Means()


class HazardRun(Protocol):
    """One hazard in one run. Times are seconds since STARTEX, spaces are indices of the facility.

    Fields are sampled on a declared grid and hold from one sample to the next, so that crossings,
    :meth:`at` and :meth:`seconds_above` never contradict each other. A change at t acts on samples
    later than t only: what was said of the past stays said.
    """

    name: str
    thresholds: tuple[str, ...]
    fields: frozenset[str]
    flags: list[str]

    def act(self, action: str, factor: float, time_s: float, means: Means = NO_MEANS) -> None:
        """Somebody works on the hazard. ``ValueError`` for an action this kind of hazard does not know."""
        ...

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """A link opens (1), shuts (0) or stands ajar."""
        ...

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        """The vents of a building run or are shut from ``time_s`` on."""
        ...

    def air_changed(self, time_s: float) -> None:
        """The weather record was appended to, from ``time_s`` on."""
        ...

    def followed_changed(self, time_s: float) -> None:
        """A hazard that this one follows (``follows`` of its spec) was changed, from ``time_s`` on."""
        ...

    def crossings(self, after_s: float, until_s: float) -> Sequence[Crossing]:
        """What happens in (after_s, until_s], sorted by time, as things stand now."""
        ...

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Footprint average of one of ``fields``, shape as ``spaces``.

        Where ``extinction_per_m`` is among them, people walk by it.
        """
        ...

    def holds_until(self, time_s: float) -> float:
        """Until when the answers given at ``time_s`` hold if nothing is done; inf if for good."""
        ...

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above a threshold during stays [start, end) in spaces, one per element."""
        ...

    def doses(self) -> Mapping[str, DoseTable]:
        """Doses that incapacitate at 1, by name with their convention, as things stand now."""
        ...

    def toxic(self) -> ToxicAir | None:
        """What people breathe of a toxic substance where, as things stand now; None if it is not followed."""
        ...

    def physical(self) -> PhysicalHarm | None:
        """Heat and blast that people take where, as things stand now; None if it gives neither."""
        ...

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """Mass of each species it makes, kg, at ``time_s``, shape (spaces + 1,); last: what has left them."""
        ...

    def state_text(self) -> str:
        """One plain sentence: how the hazard stands."""
        ...
