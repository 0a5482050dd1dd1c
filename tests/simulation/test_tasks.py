import pytest
from pydantic import ValidationError

from drillsim.response.spec import Air
from drillsim.simulation.tasks import air_stints


def air(usable: str = "31 min", way: str = "4 min", decon: str = "0 s") -> Air:
    return Air.model_validate({"usable": usable, "way": way, "decon": decon, "change": "6 min"})


@pytest.mark.parametrize(("work_min", "crews"), [(10, 1), (23, 1), (23.1, 2), (25, 2), (46, 2), (46.1, 3)])
def test_crews_in_turn_step_up_when_the_bottle_is_used_up(work_min, crews):
    # drills-and-response 5.6: 25 min of work, 4 in, 4 out, usable 31 -> 2 pairs
    assert air_stints(air(), work_s=work_min * 60.0) == crews


def test_a_bottle_that_the_ways_use_up_is_refused():
    with pytest.raises(ValidationError, match="use up the air"):
        air(way="16 min")
