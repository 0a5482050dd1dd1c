"""How distributions are put into words."""

from __future__ import annotations

from typing import get_args

import pytest

from drillsim.debrief.assumed import distribution_text
from drillsim.distributions import Distribution, Shape
from drillsim.messages import LANGUAGES, Language, say


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
