"""Ways of measuring: the smoke of a fire, as its run has it while nobody does anything to doors or fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from drillsim.hazards.smoke_layers import imbalance
from drillsim.hazards.unfought import step_s

if TYPE_CHECKING:
    from drillsim.verification.evidence import Asked
    from drillsim.verification.judge import Got

__all__ = [
    "flags_with",
    "smoke_excess",
    "smoke_imbalance",
    "smoke_layer",
    "smoke_made",
    "smoke_pressure",
]


def smoke_layer(asked: Asked) -> Got:
    """Height of the smoky layer above the floor, m; ``of`` names hazard, space and seconds after flame."""
    hazard, space, seconds = asked.names
    fire = asked.evidence.fire(hazard)
    at = np.array([asked.evidence.facility.space_index[space]])
    return float(fire.at("layer_m", at, fire.flaming_s + float(seconds))[0])


def smoke_pressure(asked: Asked) -> Got:
    """Pressure above that of the open air, Pa; ``of`` as for the layer, the space one that smoke reaches."""
    hazard, space, seconds = asked.names
    fire = asked.evidence.fire(hazard)
    zone = fire.smoke.zones.spaces.index(asked.evidence.facility.space_index[space])
    return float(fire.state_at(fire.flaming_s + float(seconds)).pressure_pa[zone])


def smoke_imbalance(asked: Asked) -> Got:
    """Worst share of *mass*, *fuel* or *energy* that is lost at any step; ``of``: hazard, which, seconds."""
    hazard, what, seconds = asked.names
    fire, age_s, worst = asked.evidence.fire(hazard), 0.0, 0.0
    while age_s < float(seconds):
        age_s += step_s(age_s)
        state = fire.state_at(fire.flaming_s + age_s)
        worst = max(worst, abs(imbalance(fire.smoke, state)[what]))
    return worst


def smoke_excess(asked: Asked) -> Got:
    """Most that a layer of any space has above the richest so far of the fire room; ``of``: hazard, seconds.

    In kg of burnt fuel per kg of gas; less than nothing counts too.
    """
    hazard, seconds = asked.names
    fire, age_s, richest, worst = asked.evidence.fire(hazard), 0.0, 0.0, 0.0
    while age_s < float(seconds):
        age_s += step_s(age_s)
        held = fire.state_at(fire.flaming_s + age_s).held[:, :, :-1]
        share = held[2] / held[0]
        richest = max(richest, float(share[:, 0].max()))
        worst = max(worst, float(share.max()) - richest, -float(share.min()))
    return worst


def smoke_made(asked: Asked) -> Got:
    """Burnt fuel in all spaces and gone from them, kg; ``of`` names hazard and seconds."""
    hazard, seconds = asked.names
    fire = asked.evidence.fire(hazard)
    state = fire.state_at(fire.flaming_s + float(seconds))
    return float(state.fuel_kg.sum()) + state.books.gone_fuel_kg


def flags_with(asked: Asked) -> Got:
    """How many flags of the run have the words of ``of`` in them."""
    return float(sum(asked.of in row.task for _, row in asked.evidence.trace.of("flag")))
