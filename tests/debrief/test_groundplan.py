"""The drawing of a facility before any run."""

from __future__ import annotations

import matplotlib as mpl
import pytest

import drillsim
from drillsim.debrief.charts import style
from drillsim.debrief.charts.groundplan import groundplan
from tests.example import EXAMPLE, write_example

UPSTAIRS = """\
    loft: {kind: room, at: [5 m, 5 m], size: [10 m, 10 m], level: 3 m, title: Loft, title_zh: 阁楼}
    store: {kind: room, at: [1 m, 30 m], size: [0.2 m, 0.2 m], title: A very small store}
  links:
    ladder: {between: [loft, room-1], width: 0.8 m, locked: true}
    hatch: {between: [store, street], width: 0.8 m}
"""


@pytest.fixture
def building(tmp_path):
    text = EXAMPLE.replace("  links:\n", UPSTAIRS, 1)
    text = text.replace("clerks: {count: 6, place: room-1", "clerks: {count: 6, place: loft")
    informs = "effects: [{do: inform, item: fire-confirmed}]"
    opens = "effects: [{do: inform, item: fire-confirmed}, {do: link, link: ladder, closed: false}]"
    assert informs in text
    text = text.replace(informs, opens)
    return drillsim.load(write_example(tmp_path / "building", text=text))


def texts(ax):
    return {text.get_text() for text in ax.texts}


def test_a_building_is_drawn_storey_by_storey_the_highest_on_top(building):
    upper, lower = groundplan(building).axes
    assert tuple(ax.get_title(loc="left") for ax in (upper, lower)) == ("Storey at 3 m", "Storey at 0 m")
    assert texts(upper) == {"Loft (6)"}
    assert {"room-1", "room-2 (4)", "hall", "street", "lawn"} <= texts(lower)
    for ax in (upper, lower):
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("east (m)", "north (m)")


def test_locked_links_have_a_sign_of_their_own(building):
    upper, lower = groundplan(building).axes
    assert [line.get_marker() for line in upper.lines] == ["x"]
    assert sorted({line.get_marker() for line in lower.lines}) == ["o", "x"]


def test_a_name_that_does_not_fit_is_left_out(building):
    assert not [text for text in texts(groundplan(building).axes[1]) if "store" in text]


def test_one_storey_is_one_panel_without_title(tmp_path):
    (ax,) = groundplan(drillsim.load(write_example(tmp_path / "small"))).axes
    assert ax.get_title(loc="left") == ""
    assert "room-1 (6)" in texts(ax)


def test_titles_are_in_the_language_asked_for(building):
    figure = groundplan(building, language="zh")
    if style.cjk_family() is None:
        pytest.skip("no font with Chinese characters")
    assert texts(figure.axes[0]) == {"阁楼 (6)"}


def test_drawing_leaves_the_settings_of_matplotlib_alone(building):
    before = dict(mpl.rcParams)
    groundplan(building)
    assert dict(mpl.rcParams) == before


def test_names_lie_within_their_spaces_and_never_over_one_another(building):
    figure = groundplan(building)
    renderer = figure.canvas.get_renderer()
    for ax in figure.axes:
        boxes = [text.get_window_extent(renderer) for text in ax.texts]
        assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
