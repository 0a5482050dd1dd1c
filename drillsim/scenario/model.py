"""The frozen scenario: everything a run needs, in SI, checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drillsim.facility.spec import FacilitySpec
from drillsim.hazards import HazardSpec
from drillsim.hazards.indoor import Building
from drillsim.hazards.weather import Weather
from drillsim.people.spec import Group, Profile
from drillsim.response.agencies import Agency, Shift
from drillsim.response.communication import Channel
from drillsim.response.decontamination import Corridor
from drillsim.response.injects import Inject
from drillsim.response.objectives import Capacity, Milestone, Objective, Operation
from drillsim.response.plan import Plan
from drillsim.response.protection import Suit
from drillsim.spec import Name, Ref, Spec, Text, Time

__all__ = ["Scenario"]


class Scenario(Spec):
    """One scenario file with its tables. Entries are keyed by name; their order has no meaning."""

    name: Name
    title: Text
    title_zh: Text = ""
    about: Text = ""
    about_zh: Text = ""
    start_s: Time = Field(description="wall clock of STARTEX, for example 10:00:00")
    slot_s: Time = Field(gt=0, description="time the exercise may take")
    horizon_s: Time = Field(gt=0, le=7 * 86400, description="a run that is not over by then is cut off")
    facility: FacilitySpec
    weather: Weather
    profiles: dict[Name, Profile] = Field(
        default_factory=dict, description="own ones; shipped ones that groups name are added"
    )
    groups: dict[Name, Group] = Field(default_factory=dict)
    hazards: dict[Name, HazardSpec] = Field(default_factory=dict)
    buildings: dict[Name, Building] = Field(
        default_factory=dict, description="spaces that share one body of air, which gas gets into slowly"
    )
    agencies: dict[Name, Agency] = Field(default_factory=dict)
    shifts: dict[Name, Shift] = Field(default_factory=dict, description="parts of the day, by the wall clock")
    channels: dict[Name, Channel] = Field(default_factory=dict)
    capacities: dict[Name, Capacity] = Field(default_factory=dict)
    suits: dict[Name, Suit] = Field(default_factory=dict)
    corridors: dict[Name, Corridor] = Field(default_factory=dict, description="decontamination")
    information: dict[Name, Text] = Field(
        default_factory=dict, description="what may be known, and how it is said"
    )
    information_zh: dict[Annotated[Name, Ref("info")], Text] = Field(default_factory=dict)
    operations: dict[Name, Operation] = Field(default_factory=dict)
    milestones: dict[Name, Milestone] = Field(default_factory=dict)
    injects: dict[Name, Inject] = Field(default_factory=dict)
    objectives: dict[Name, Objective] = Field(default_factory=dict)
    plans: dict[Name, Plan]
