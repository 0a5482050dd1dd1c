"""What an effect may ask of the world in which a plan runs. The world is passed in, never imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.response.effects import Training

__all__ = ["World"]


class World(Protocol):
    """The verbs of effects. ``cause`` is the trace row that lets the effect happen."""

    def tell(
        self,
        *,
        groups: Sequence[str],
        places: Sequence[str],
        mode: str,
        instruct: str,
        musters: Sequence[str],
        via: dict[str, float],
        cause: int,
    ) -> None: ...

    def silence(self, *, mode: str, places: Sequence[str], restored: bool, cause: int) -> None: ...

    def sweep(self, *, places: Sequence[str], each_s: float, cause: int) -> None: ...

    def search(self, *, places: Sequence[str], each_s: float, cause: int) -> None: ...

    def guide(
        self,
        *,
        places: Sequence[str],
        links: Sequence[str],
        lasts_s: float | None,
        until: str | None,
        cause: int,
    ) -> None: ...

    def lift(self, *, name: str, running: bool, cause: int) -> None: ...

    def set_link(self, *, link: str, closed_to: str, way: str, closed: bool, cause: int) -> None: ...

    def call_out(self, *, units: Sequence[str], over: str | None, group: bool, cause: int) -> None: ...

    def inform(self, *, item: str, to: Sequence[str], known: bool, cause: int) -> None: ...

    def send(
        self,
        *,
        sender: str | None,
        to: Sequence[str],
        items: Sequence[str],
        over: str | None,
        group: bool,
        cause: int,
    ) -> None: ...

    def raise_level(self, *, level: str, cause: int) -> None: ...

    def decontaminate(self, *, corridor: str, people: int | None, cause: int) -> None: ...

    def start_hazard(self, *, hazard: str, cause: int) -> None: ...

    def treat(
        self,
        *,
        hazard: str,
        action: str,
        factor: float,
        training: Training | None = None,
        water_m3_s: float | None = None,
        cause: int,
    ) -> None: ...

    def run_vents(self, *, building: str, running: bool, cause: int) -> None: ...

    def operate(self, *, operations: Sequence[str], running: bool, cause: int) -> None: ...

    def open_post(self, *, place: str, cause: int) -> None: ...

    def wind(self, *, from_deg: float, over_s: float, cause: int) -> None: ...

    def disable(self, *, name: str, duration_s: float | None, cause: int) -> None: ...

    def lose(self, *, group: str, count: int, cause: int) -> None: ...

    def rescue(self, *, group: str | None, places: Sequence[str], cause: int) -> None: ...

    def send_back(self, *, group: str, place: str, cause: int) -> None: ...

    def count_heads(self, *, musters: Sequence[str], cause: int) -> None: ...
