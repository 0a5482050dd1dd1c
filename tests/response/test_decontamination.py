"""Which stage limits a decontamination corridor."""

from __future__ import annotations

import pytest

from drillsim.response.decontamination import Corridor, bottleneck


def corridor(*, shower: str = "3 min", dress_places: str = "5") -> Corridor:
    """Disrobe, shower, dress again: the corridor of drills-and-response 5.7."""
    stages = [("undress", "4", "2 min"), ("shower", "5", shower), ("dress", dress_places, "6 min")]
    return Corridor.model_validate(
        {"stages": [{"name": name, "places": places, "takes": takes} for name, places, takes in stages]}
    )


def per_hour(entry: Corridor) -> tuple[str, float]:
    name, rate = bottleneck(entry.stages, "emergency")
    return name, rate * 3600.0


def test_dressing_again_limits_the_corridor_to_fifty_an_hour() -> None:
    assert per_hour(corridor()) == ("dress", pytest.approx(50.0))


def test_twice_the_places_to_dress_double_it() -> None:
    assert per_hour(corridor(dress_places="10"))[1] == pytest.approx(100.0)


@pytest.mark.parametrize("places", ["5", "10"])
def test_a_shower_of_one_minute_then_gains_nothing(places: str) -> None:
    assert (
        per_hour(corridor(shower="1 min", dress_places=places))[1]
        == per_hour(corridor(dress_places=places))[1]
    )


def test_the_bottleneck_moves_when_the_shower_gets_slower() -> None:
    assert per_hour(corridor(shower="6 min", dress_places="10")) == ("shower", pytest.approx(50.0))


def test_a_stage_that_takes_no_time_limits_nothing() -> None:
    stages = [{"name": "gate", "places": 1, "takes": "0 s"}]
    assert bottleneck(Corridor.model_validate({"stages": stages}).stages, "emergency") == (
        "gate",
        float("inf"),
    )


def test_each_condition_has_its_own_bottleneck() -> None:
    takes = {"exercise": "1 min", "emergency": "10 min"}
    stages = [
        {"name": "undress", "places": "1", "takes": "2 min"},
        {"name": "shower", "places": "1", "takes": takes},
    ]
    entry = Corridor.model_validate({"stages": stages})
    assert [bottleneck(entry.stages, conditions)[0] for conditions in ("exercise", "emergency")] == [
        "undress",
        "shower",
    ]
