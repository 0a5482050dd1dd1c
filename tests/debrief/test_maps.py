from __future__ import annotations

from drillsim.debrief.charts import sitemap
from drillsim.debrief.maps import (
    drawn,
    hazard_reached,
    queue_person_min,
    storey_of,
    storeys,
    storeys_that_matter,
)
from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec
from tests.debrief import fakes


def house(storeys_: int = 3) -> Facility:
    spaces: dict = {"street": {"kind": "outside", "at": ["0 m", "-20 m"], "size": ["30 m", "10 m"]}}
    links: dict = {}
    for floor in range(storeys_):
        level = f"{3.9 * floor} m"
        spaces[f"office-{floor}"] = {
            "kind": "room", "at": ["0 m", "0 m"], "size": ["20 m", "10 m"], "level": level
        }  # fmt: skip
        spaces[f"flight-{floor}"] = {
            "kind": "stair", "at": ["12 m", "0 m"], "size": ["4 m", "6 m"], "level": f"{3.9 * floor + 1.9} m"
        }  # fmt: skip
        links[f"door-{floor}"] = {"between": [f"office-{floor}", f"flight-{floor}"], "width": "1 m"}
    return Facility.build(FacilitySpec.model_validate({"spaces": spaces, "links": links}))


def test_a_stair_belongs_to_the_storey_below_it():
    facility = house()
    levels = storeys(facility)
    assert levels == [0.0, 3.9, 7.8]
    assert storey_of(facility, facility.space_index["flight-1"], levels) == 3.9
    assert storey_of(facility, facility.space_index["street"], levels) == 0.0


def test_a_house_is_drawn_by_storeys_and_a_yard_as_a_site():
    assert sitemap.is_building(house())
    assert not sitemap.is_building(Facility.build(fakes.fake_scenario().facility))


def test_the_most_severe_threshold_of_a_space_counts():
    assert hazard_reached(fakes.fake_trace(fakes.fake_scenario())) == {"shed": "noticed", "yard": "aegl3"}


def test_queues_are_medians_in_person_minutes_longest_first():
    ensemble = fakes.fake_ensemble()
    facility = Facility.build(ensemble.scenario.facility)
    found = queue_person_min(ensemble, facility)
    assert [facility.links[link] for link, _ in found] == ["shed-door", "yard-gate"]
    assert found[0][1] * 60.0 == ensemble.summaries["queue.shed-door"].p50.estimate


def test_storeys_without_hazard_or_queue_are_left_out_but_for_the_lowest():
    ensemble = fakes.fake_ensemble()
    trace = fakes.fake_trace(ensemble.scenario)
    trace.rows = [row._replace(place="office-2" if row.place else "") for row in trace.rows]
    assert storeys_that_matter(ensemble, trace=trace, facility=house(4)) == [0.0, 7.8]


def test_every_chosen_storey_is_a_panel_with_the_highest_on_top():
    ensemble = fakes.fake_ensemble()
    figure = sitemap.floors_figure(
        ensemble, trace=fakes.fake_trace(ensemble.scenario), facility=house(), levels_m=[0.0, 7.8]
    )
    titles = [ax.get_title(loc="left").splitlines()[0] for ax in figure.axes]
    assert titles == ["Storey at 7.8 m", "Storey at 0 m"]


def with_lifts() -> Facility:
    """A house of two storeys whose one lift stands in an office, the other beside the house."""
    spec = {
        "spaces": {
            "office-0": {"kind": "room", "at": ["0 m", "0 m"], "size": ["90 m", "10 m"]},
            "office-1": {"kind": "room", "at": ["0 m", "0 m"], "size": ["90 m", "10 m"], "level": "3.9 m"},
        },
        "links": {"door": {"between": ["office-0", "office-1"], "width": "1 m"}},
        "lifts": {
            "inner": {"floors": ["office-0", "office-1"], "persons": 8, "title": "Lift one"},
            "outer": {
                "floors": ["office-0", "office-1"], "persons": 8, "at": ["49 m", "0 m"],
                "title": "Lift two",
            },
        },
    }  # fmt: skip
    return Facility.build(FacilitySpec.model_validate(spec))


def test_a_lift_within_another_space_is_left_out_of_the_map_and_one_beside_it_is_named():
    facility = with_lifts()
    kept = drawn(facility, range(len(facility.spaces)))
    assert [facility.spaces[space] for space in kept] == ["office-0", "office-1", "outer"]
    ensemble = fakes.fake_ensemble()
    ax = sitemap.draw_floor(
        ensemble, level_m=0.0, trace=fakes.fake_trace(ensemble.scenario), facility=facility
    )
    words = {text.get_text() for text in ax.texts}
    assert "Lift two" in {word.replace("\n", " ") for word in words}
    assert "Lift one" not in words
