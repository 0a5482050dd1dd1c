"""Shifts by the wall clock, and what a unit's description refuses."""

import pytest
from pydantic import ValidationError

from drillsim.response.agencies import Shift, Unit

H = 3600.0


@pytest.mark.parametrize(
    ("begin", "end", "inside", "outside"),
    [
        ("08:00:00", "20:00:00", (8, 12, 19.99), (0, 7.99, 20, 23)),
        ("20:00:00", "06:00:00", (20, 23.99, 0, 5.99), (6, 12, 19.99)),
    ],
)
def test_a_shift_covers_its_hours_also_over_midnight_its_end_excluded(begin, end, inside, outside):
    shift = Shift.model_validate({"from": begin, "until": end})
    assert all(shift.covers(hour * H) for hour in inside)
    assert not any(shift.covers(hour * H) for hour in outside)
    assert shift.covers((24 + inside[0]) * H)  # a run that lasts into the next day


def test_more_of_a_unit_on_a_shift_than_there_are_is_refused():
    unit = {"people": "4", "station": "yard", "count": "2", "shifts": {"night": {"count": "3"}}}
    with pytest.raises(ValidationError, match="3 of this unit on shift night, but there are 2"):
        Unit.model_validate(unit)
    assert Unit.model_validate(unit | {"count": "3"}).shifts["night"].count == 3


def test_a_shift_that_ends_when_it_begins_is_refused():
    with pytest.raises(ValidationError, match="covers no hour"):
        Shift(from_s=8 * H, until_s=8 * H)
