"""Lifts written out: a car without links, and what is wrong with a lift."""

from __future__ import annotations

import pytest

from drillsim.facility.checks import check_facility, check_written
from drillsim.facility.expand import expand, expansion
from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LiftSpec
from tests.facility.sites import office


def lifted(floors: int = 5, **lift: object) -> FacilitySpec:
    entries = {"floors": tuple(f"F{i}" for i in range(1, floors + 1)), "persons": 8} | lift
    return office(floors).model_copy(update={"lifts": {"L": LiftSpec.model_validate(entries)}})


def test_a_lift_is_a_car_without_links_that_holds_its_load() -> None:
    facility = Facility.build(lifted(persons=13))
    car = facility.space_index["L"]
    assert facility.kind[car] == "lift"
    assert facility.slots[car] == 13
    assert facility.space_links[car] == ()
    assert facility.origin["spaces", "L"] == ("lifts", "L")
    assert facility.level_m[car] == facility.level_m[facility.space_index["F1"]]
    assert not expand(lifted()).lifts


def test_the_car_stands_where_the_lift_is_at_the_level_of_its_exit_floor() -> None:
    spec = expand(lifted(at_m=(3.0, 4.0), exit_floor="F3", title="Lift 1"))
    assert spec.spaces["L"].at_m == (3.0, 4.0)
    assert spec.spaces["L"].level_m == spec.spaces["F3"].level_m
    assert spec.spaces["L"].title == "Lift 1"


def test_a_lift_to_an_unknown_lobby_or_an_exit_that_is_no_floor_of_it_is_refused() -> None:
    with pytest.raises(ValueError, match="lift L opens to F9, which is no space"):
        expansion(lifted().model_copy(update={"lifts": _to("F1", "F9")}))
    with pytest.raises(ValueError, match="lets people out at F5, which is none of its floors"):
        expansion(lifted().model_copy(update={"lifts": _to("F1", "F2", exit_floor="F5")}))


def _to(*floors: str, **entries: object) -> dict[str, LiftSpec]:
    return {"L": LiftSpec.model_validate({"floors": floors} | entries)}


def test_checks_name_a_taken_name_a_repeated_floor_and_an_exit_that_is_no_floor() -> None:
    spec = office(5)
    taken = spec.model_copy(update={"lifts": {"F1": LiftSpec.model_validate({"floors": ("F1", "F2")})}})
    assert ("lifts", "F1") in {finding.path for finding in check_written(taken)}
    repeated = spec.model_copy(update={"lifts": _to("F1", "F1")})
    assert [finding.path for finding in check_written(repeated)] == [("lifts", "L", "floors")]
    astray = spec.model_copy(update={"lifts": _to("F1", "F2", exit_floor="F5")})
    (found,) = check_written(astray)
    assert (found.path, found.id) == (("lifts", "L", "exit_floor"), "lift-exit")
    assert check_written(lifted()) == []


@pytest.mark.parametrize(
    ("floors", "says"),
    [
        (("F2", "F1", "F3"), "F1 at 0 m is named after F2 at 3.9 m; name the floors lowest first"),
        (("F3", "F2"), "F2 at 3.9 m is named after F3 at 7.8 m"),
        (("F1", "yard", "F2"), "F1 and yard lie at one level, 0 m"),
    ],
)
def test_floors_that_do_not_lie_one_above_the_other_are_an_error(floors: tuple[str, ...], says: str) -> None:
    facility = Facility.build(office(5).model_copy(update={"lifts": _to(*floors)}))
    (found,) = (finding for finding in check_facility(facility) if finding.id == "lift-levels")
    assert (found.severity, found.path) == ("error", ("lifts", "L", "floors"))
    assert says in found.message


def test_a_car_without_links_is_no_finding() -> None:
    facility = Facility.build(lifted())
    assert [f for f in check_facility(facility) if "L" in f.path or f.id == "space-no-link"] == []
