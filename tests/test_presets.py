"""Named times shipped with the product."""

from __future__ import annotations

import math

import pytest
from pydantic import TypeAdapter

from drillsim.presets import preset, preset_names, table, written
from drillsim.spec import Draw, TimeDraw

READ: TypeAdapter[Draw] = TypeAdapter(TimeDraw)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_drawn_and_says_where_it_comes_from(name: str) -> None:
    draw = READ.validate_python({"preset": name})
    assert 0.0 < draw.emergency.median < draw.emergency.p90
    assert draw.exercise.median <= draw.emergency.median
    assert draw.source and draw.confidence in ("high", "medium", "low")


def test_what_is_quoted_from_memory_is_of_low_confidence() -> None:
    quoted = [row for row in table("presets.csv") if "from memory" in row["source"]]
    assert {row["name"] for row in quoted} >= {"imo-day", "imo-night", "pd7974-office-m1"}
    assert {row["confidence"] for row in quoted} == {"low"}


def test_titles_are_in_both_languages() -> None:
    for name in ("presets.csv", "profiles.csv"):
        assert all(row["title"] and row["title_zh"] for row in table(name))


# Reference sheet, section 6: mean, median in s.
@pytest.mark.parametrize(
    ("name", "mean", "median"),
    [("nist-gamma", 134, None), ("nist-lognormal", 157, 98), ("nist-weibull", 131, None)],
)
def test_presets_have_the_means_of_the_reference_sheet(name: str, mean: float, median: float | None) -> None:
    law = READ.validate_python({"preset": name}).emergency
    assert law.mean == pytest.approx(mean, abs=0.6)
    assert median is None or law.median == pytest.approx(median, abs=0.2)


@pytest.mark.parametrize(
    ("name", "first", "further"), [("m1", 0.5, 1.0), ("m2", 1.0, 2.0), ("m3", 15.0, 15.0)]
)
def test_pd_7974_gives_the_first_percent_and_the_further_time_to_the_last(
    name: str, first: float, further: float
) -> None:
    law = READ.validate_python({"preset": f"pd7974-office-{name}"}).emergency
    assert law.quantile(0.01) == pytest.approx(60.0 * first)
    assert law.quantile(0.99) == pytest.approx(60.0 * (first + further))


# Reference sheet, section 3.1: the density in the standard's own form, with its factor.
@pytest.mark.parametrize(
    ("name", "factor", "sigma", "mu", "low", "high"),
    [("imo-night", 1.01875, 0.84, 3.95, 400.0, 700.0), ("imo-day", 1.00808, 0.94, 3.44, 0.0, 300.0)],
)
def test_imo_responses_have_the_density_of_the_circular(
    name: str, factor: float, sigma: float, mu: float, low: float, high: float
) -> None:
    law = READ.validate_python({"preset": name}).emergency
    for p in (0.1, 0.5, 0.9, 0.99):
        x, step = law.quantile(p), 1e-5
        slope = 2.0 * step / (law.quantile(p + step) - law.quantile(p - step))
        density = factor / (math.sqrt(2 * math.pi) * sigma * (x - low))
        density *= math.exp(-((math.log(x - low) - mu) ** 2) / (2 * sigma**2))
        assert slope == pytest.approx(density, rel=1e-4)
    assert low < law.quantile(1e-12)
    assert law.quantile(1 - 1e-15) == pytest.approx(high)


def test_a_source_given_beside_a_preset_wins() -> None:
    draw = READ.validate_python({"preset": "office-voice", "source": "own drill", "confidence": "high"})
    assert (draw.source, draw.confidence) == ("own drill", "high")
    assert draw.emergency == READ.validate_python({"preset": "office-voice"}).emergency


def test_an_unknown_preset_is_named_with_those_near_it() -> None:
    with pytest.raises(ValueError, match="did you mean pd7974-office-m"):
        READ.validate_python({"preset": "pd7974-office"})
    with pytest.raises(ValueError, match="presets: assembly-tone, "):
        READ.validate_python({"preset": "zzz"})
    with pytest.raises(KeyError):
        preset("zzz")


def test_cells_read_as_a_file_would_write_them() -> None:
    assert written("lognormal 3.95 0.84 400 700", unit="s") == {
        "lognormal": {"mu": "3.95", "sigma": "0.84", "shift": "400 s", "below": "700 s"}
    }
    assert written("gamma 1.3 100", unit="s") == {"gamma": {"shape": "1.3", "scale": "100 s"}}
    with pytest.raises(KeyError):
        written("cauchy 1 2", unit="s")
