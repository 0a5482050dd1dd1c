"""How distributions are put into words."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import get_args

import pytest

from drillsim.debrief.assumed import biases, distribution_text, labels
from drillsim.distributions import Distribution, Shape
from drillsim.messages import LANGUAGES, Language, say
from drillsim.people.spec import AlarmMode
from drillsim.scenario.load import load, shipped


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", get_args(Shape))
def test_every_shape_has_words(shape: str, language: Language) -> None:
    assert say(f"assumption.{shape}", language, value="1", n="1", a="1", b="2", c="3")


@pytest.mark.parametrize(
    ("shape", "parameters", "text"),
    [
        ("gamma", (103.901, 1.291), "gamma, median 1 min 42 s, 90 % below 4 min 50 s"),
        ("weibull", (139.285, 1.195), "Weibull, median 1 min 42 s, 90 % below 4 min 40 s"),
        ("shifted-lognormal", (400.0, 51.935, 700.0, 0.84), "from 6 min 40 s, median 7 min 31 s, 90 % below"),
    ],
)
def test_a_shape_is_told_by_times_not_by_its_parameters(
    shape: Shape, parameters: tuple[float, ...], text: str
) -> None:
    assert distribution_text(Distribution(shape, parameters)).startswith(text)


def test_no_label_of_the_shipped_drills_is_half_translated():
    for path in shipped().values():
        scenario = load(path)
        for plan in scenario.plans:
            asked = SimpleNamespace(scenario=scenario, plan=plan)
            for where, label in labels(asked, "zh").items():  # type: ignore[arg-type]
                assert not re.search("[a-z]{3}", label.rpartition(": ")[2]), (where, label)


@pytest.mark.parametrize("mode", get_args(AlarmMode))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_of_being_told_has_a_word(mode: str, language: Language) -> None:
    assert say(f"alarm.{mode}", language)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("1.3 p/s/m", "0.44 m/s", "0.92 m/s")), ("zh", ("1.3 人/s/m", "0.44 m/s", "0.92 m/s"))],
)
def test_the_page_owns_up_to_where_the_movement_model_errs(
    language: Language, words: tuple[str, ...]
) -> None:
    said = " ".join(biases(load(shipped()["office-fire"]), language=language))
    assert [word for word in words if word not in said] == []
