"""How text of a file becomes a frozen spec."""

from __future__ import annotations

import re

import jsonschema
import pytest
from pydantic import Field, ValidationError

from drillsim.distributions import Distribution, constant, lognormal_between
from drillsim.spec import (
    Draw,
    Flag,
    Fraction,
    Length,
    Name,
    Names,
    Ref,
    Spec,
    Speed,
    SpeedDraw,
    Text,
    TimeDraw,
    file_key,
)


class Door(Spec):
    name: Name = "door"
    width_m: Length = Field(1.0, gt=0)
    speed_m_s: Speed = 1.0
    share: Fraction = 0.5
    shut: Flag = False
    ways: Names = ()
    takes: TimeDraw = Draw.of(60.0)
    walk: SpeedDraw = Draw.of(1.2)
    title: Text = ""


def read(**entries: object) -> Door:
    return Door.model_validate(entries)


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("width_m", "width"),
        ("speed_m_s", "speed"),
        ("rate_kg_s", "rate"),
        ("specific_flow_p_s_m", "specific_flow"),
        ("flow_p_s", "flow"),
        ("area_m2", "area"),
        ("wind_from_deg", "wind_from"),
        ("temperature_k", "temperature"),
        ("start_s", "start"),
        ("units", "units"),
        ("groups", "groups"),
    ],
)
def test_files_name_a_field_without_its_unit(field: str, key: str) -> None:
    assert file_key(field) == key


def test_quantities_are_read_and_python_may_pass_si() -> None:
    assert read(width="90 cm", speed="3.6 km/h", share="65 %").model_dump(
        include={"width_m", "speed_m_s", "share"}
    ) == {
        "width_m": pytest.approx(0.9),
        "speed_m_s": pytest.approx(1.0),
        "share": 0.65,
    }
    assert Door(width_m=2, share=1).width_m == 2.0


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"width": "1.2"}, '"1.2" has no unit; write 1.2 m'),
        ({"width": "0 m"}, "greater than 0"),
        ({"width": ["1 m"]}, "write a quantity such as 1.2 m"),
        ({"width": True}, "write a quantity such as 1.2 m"),
        ({"width": float("nan")}, "finite"),
        ({"width": float("inf")}, "finite"),
        ({"share": "120 %"}, "less than or equal to 1"),
        ({"wdth": "1 m"}, "Extra inputs"),
        ({"shut": "maybe"}, "write true or false, not 'maybe'"),
        ({"shut": 1.5}, "write true or false"),
        ({"name": "-x"}, "match pattern"),
        ({"name": "a b"}, "match pattern"),
        ({"title": "bell \x07"}, "match pattern"),
        ({"ways": ["ok", "not ok"]}, "match pattern"),
        ({"takes": "5"}, "has no unit; write 5 s or 5 min"),
        ({"takes": {"median": "5 min"}}, "write 5 min, or one of {min, likely, max}"),
        ({"takes": ["5 min"]}, "write 5 min, or one of"),
        ({"takes": {"median": "5 min", "p90": "2 min"}}, "p90 not below the median"),
        ({"takes": {"value": "5 min", "confidence": "sure"}}, "confidence is high, medium or low"),
        ({"takes": {"value": "5 min", "source": ["x"]}}, "source a text"),
        ({"takes": {"uniform": ["1 min"]}}, "write 5 min, or one of"),
        ({"walk": "1.2"}, "has no unit"),
        ({"takes": {"gamma": {"shape": "1.3", "scale": "104"}}}, "has no unit; write 104 s"),
        ({"takes": {"gamma": {"shape": "1.3 s", "scale": "104 s"}}}, "'1.3 s' is no number; write one"),
        ({"takes": {"gamma": {"shape": "nan", "scale": "104 s"}}}, "finite"),
        ({"takes": {"gamma": {"shape": "0", "scale": "104 s"}}}, "scale and shape must be above 0"),
        ({"takes": {"weibull": {"scale": "104 s"}}}, "{weibull: {shape: 1.2, scale: 5 min} }"),
        ({"takes": {"weibull": "104 s"}}, "write 5 min, or one of"),
        ({"takes": {"lognormal": {"mu": "4 s", "sigma": "1"}}}, "'4 s' is no number"),
        ({"takes": {"lognormal": {"mu": "400", "sigma": "1"}}}, "natural logarithm of the median"),
        ({"takes": {"lognormal": {"mu": "4", "sigma": "1", "above": "3 s"}}}, "write 5 min, or one of"),
        ({"takes": {"lognormal": {"mu": "4", "sigma": "1", "shift": "-3 s"}}}, "the shift not negative"),
        ({"takes": {"p1": "30 s", "p99": "20 s"}}, "p1 must be above 0 and p99 not below it"),
        ({"takes": {"preset": "office-voise"}}, "did you mean office-voice"),
        ({"takes": {"preset": ["x"]}}, "there is no preset"),
        ({"walk": {"preset": "office-voice"}}, "write 1.2 m/s, or one of"),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(entry: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(says)):
        read(**entry)


SHAPES = [
    ("5 min", constant(300.0)),
    ({"value": "5 min"}, constant(300.0)),
    ({"min": "1 min", "likely": "2 min", "max": "4 min"}, Distribution("triangular", (60.0, 120.0, 240.0))),
    ({"median": "1 min", "p90": "2 min"}, Distribution("lognormal", (60.0, 120.0))),
    ({"mean": "1 min", "sd": "5 s"}, Distribution("normal", (60.0, 5.0))),
    ({"p1": "30 s", "p99": "90 s"}, lognormal_between(30.0, 90.0)),
    ({"gamma": {"shape": 1.3, "scale": "2 min"}}, Distribution("gamma", (120.0, 1.3))),
    ({"weibull": {"shape": 1.2, "scale": "2 min"}}, Distribution("weibull", (120.0, 1.2))),
    (
        {"lognormal": {"mu": 0, "sigma": 0.8}},
        Distribution("shifted-lognormal", (0.0, 1.0, 0.8)),
    ),
    (
        {"lognormal": {"mu": 0, "sigma": 0.8, "shift": "400 s", "below": "700 s"}},
        Distribution("shifted-lognormal", (400.0, 1.0, 700.0, 0.8)),
    ),
    ({"uniform": ["10 s", "20 s"]}, Distribution("uniform", (10.0, 20.0))),
    ({"empirical": ["20 s", "10 s"]}, Distribution("empirical", (10.0, 20.0))),
]


@pytest.mark.parametrize(("entry", "expected"), SHAPES)
def test_a_time_may_be_a_value_or_any_distribution(entry: object, expected: Distribution) -> None:
    takes = read(takes=entry).takes
    assert takes.exercise == takes.emergency == expected
    assert (takes.source, takes.confidence) == ("", "unstated")


def test_exercise_and_emergency_may_differ() -> None:
    takes = read(
        takes={
            "exercise": "20 s",
            "emergency": {"median": "60 s", "p90": "150 s"},
            "source": "s",
            "confidence": "low",
        }
    ).takes
    assert takes.under("exercise") == constant(20.0)
    assert takes.under("emergency") == Distribution("lognormal", (60.0, 150.0))
    assert (takes.source, takes.confidence) == ("s", "low")
    nested = read(takes={"value": {"exercise": "20 s", "emergency": "1 min"}, "source": "s"}).takes
    assert nested.under("emergency") == constant(60.0)


def test_a_draw_is_scaled_under_both_conditions_and_keeps_its_source() -> None:
    draw = Draw(constant(1.0), constant(2.0), "s", "high").scaled(3.0)
    assert draw == Draw(constant(3.0), constant(6.0), "s", "high")
    assert Draw.of(constant(4.0)) == Draw.of(4.0)
    assert read(takes=draw).takes is draw
    assert Door(takes=90.0).takes == Draw.of(90.0)


def test_one_word_stands_for_a_list_of_one() -> None:
    assert read(ways="north").ways == ("north",)
    assert read(ways=["north", "south"]).ways == ("north", "south")


@pytest.mark.parametrize(("entry", "value"), [("true", True), ("false", False), (True, True)])
def test_flags(entry: object, value: bool) -> None:
    assert read(shut=entry).shut is value


def test_names_may_be_chinese() -> None:
    assert read(name="一号门").name == "一号门"


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read().width_m = 3.0


def test_a_reference_keeps_its_kinds() -> None:
    assert Ref("space", "area").kinds == ("space", "area")


@pytest.mark.parametrize("entry", [shape for shape, _ in SHAPES if "empirical" not in shape])
def test_the_json_schema_takes_what_the_reader_takes(entry: object) -> None:
    schema = Door.model_json_schema(by_alias=True)
    jsonschema.validate({"takes": entry, "width": "1.2 m", "shut": True, "share": "5 %"}, schema)


@pytest.mark.parametrize("entry", ["5", "5 m", {"median": "5 min"}, {"value": "5 min", "confidence": "sure"}])
def test_the_json_schema_refuses_what_the_reader_refuses(entry: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"takes": entry}, Door.model_json_schema(by_alias=True))
    with pytest.raises(ValidationError):
        read(takes=entry)
