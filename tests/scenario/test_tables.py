"""Spaces and links from CSV and GraphML beside the scenario, measured values from CSV."""

from __future__ import annotations

import re
import time

import pytest

from drillsim.scenario import tables
from drillsim.scenario.digest import digest
from drillsim.scenario.graphml import read_graphml
from drillsim.scenario.load import check, load
from tests.example import EXAMPLE, write_example

SPACES = """\
name,kind,x_m,y_m,width_m,depth_m,level_m,outdoors,title_zh
room-1,room,5,5,10,10,,,房间一
room-2,room,15,5,10,10,,,
hall,corridor,10,11,20,2,,,
street,outside,10,22,40,20,,true,
lawn,muster,10,42,20,20,0,TRUE,
"""
LINKS = """\
name,from,to,kind,width_m,vehicles
door-1,room-1,hall,door,0.9,
door-2,room-2,hall,door,0.9,false
exit,street,hall,door,1.0,0
path,street,lawn,,4,1
"""
GRAPHML = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="k" for="node" attr.name="kind" attr.type="string"/>
  <key id="x" for="node" attr.name="x_m" attr.type="double"/>
  <key id="y" for="node" attr.name="y_m" attr.type="double"/>
  <key id="w" for="node" attr.name="width_m" attr.type="double"/>
  <key id="d" for="node" attr.name="depth_m" attr.type="double"/>
  <key id="o" for="node" attr.name="outdoors" attr.type="boolean"/>
  <key id="lk" for="edge" attr.name="kind" attr.type="string"/>
  <key id="lw" for="edge" attr.name="width_m" attr.type="double"/>
  <key id="lv" for="edge" attr.name="vehicles" attr.type="boolean"/>
  <graph edgedefault="undirected">
    NODES
    EDGES
  </graph>
</graphml>
"""


def without_spaces(tables: str) -> str:
    """The example with its spaces and links taken out and ``tables`` named instead."""
    pattern = r"  spaces:\n(?:    .*\n)+  links:\n(?:    .*\n)+"
    text, count = re.subn(pattern, lambda _: f"  tables: [{tables}]\n", EXAMPLE)
    assert count == 1
    return text


def node(name: str, kind: str, x: float, y: float, w: float, d: float, outdoors: bool = False) -> str:
    data = {"k": kind, "x": x, "y": y, "w": w, "d": d} | ({"o": "true"} if outdoors else {})
    return f'<node id="{name}">' + "".join(f'<data key="{k}">{v}</data>' for k, v in data.items()) + "</node>"


def edge(name: str, a: str, b: str, width: float, kind: str = "", vehicles: bool = False) -> str:
    data = {"lw": width} | ({"lk": kind} if kind else {}) | ({"lv": "true"} if vehicles else {})
    inner = "".join(f'<data key="{k}">{v}</data>' for k, v in data.items())
    return f'<edge id="{name}" source="{a}" target="{b}">{inner}</edge>'


def site() -> str:
    nodes = [
        node("room-1", "room", 5, 5, 10, 10),
        node("room-2", "room", 15, 5, 10, 10),
        node("hall", "corridor", 10, 11, 20, 2),
        node("street", "outside", 10, 22, 40, 20, True),
        node("lawn", "muster", 10, 42, 20, 20, True),
    ]
    edges = [
        edge("door-1", "room-1", "hall", 0.9, "door"),
        edge("door-2", "room-2", "hall", 0.9, "door"),
        edge("exit", "street", "hall", 1.0, "door"),
        edge("path", "street", "lawn", 4, "", True),
    ]
    return GRAPHML.replace("NODES", "\n    ".join(nodes)).replace("EDGES", "\n    ".join(edges))


def with_files(tmp_path, text: str, **files: str | bytes):
    folder = write_example(tmp_path, text=text)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def test_a_site_from_csv_is_the_site_written_in_yaml(tmp_path):
    folder = with_files(
        tmp_path / "csv",
        without_spaces("spaces.csv, links.csv"),
        spaces__csv=SPACES.replace("房间一", ""),
        links__csv=LINKS,
    )
    scenario, problems = check(folder)
    assert problems == () and scenario is not None
    written = load(write_example(tmp_path / "yaml"))
    assert scenario.facility.spaces == written.facility.spaces
    assert scenario.facility.links == written.facility.links
    assert digest(scenario) == digest(written)


def test_a_site_from_graphml_is_the_site_written_in_yaml(tmp_path):
    scenario, problems = check(
        with_files(tmp_path / "g", without_spaces("site.graphml"), site__graphml=site())
    )
    assert problems == () and scenario is not None
    assert digest(scenario) == digest(load(write_example(tmp_path / "yaml")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_of_both_encodings_are_read(tmp_path, encoding):
    text = without_spaces("spaces.csv, links.csv")
    folder = with_files(
        tmp_path, text, spaces__csv=SPACES.encode(encoding), links__csv=LINKS.replace(",", ";")
    )
    assert load(folder).facility.spaces["room-1"].title_zh == "房间一"


def test_a_fault_in_a_table_points_to_its_row_and_column(tmp_path):
    spaces = SPACES.replace("room-2,room,15", "room-2,rom,1.5.1")
    folder = with_files(
        tmp_path, without_spaces("spaces.csv, links.csv"), spaces__csv=spaces, links__csv=LINKS
    )
    places = {(p.file, p.line, p.column, p.id) for p in check(folder)[1]}
    assert ("spaces.csv", 3, 2, "not-allowed") in places
    assert ("spaces.csv", 3, 3, "table-cell") in places


def test_a_fault_in_a_drawing_points_to_its_line(tmp_path):
    drawing = (
        site()
        .replace(">muster<", ">mustr<")
        .replace('source="street" target="lawn"', 'source="street" target="hall"')
    )
    problems = check(with_files(tmp_path, without_spaces("site.graphml"), site__graphml=drawing))[1]
    line = 1 + drawing[: drawing.index('id="lawn"')].count("\n")
    assert [(p.file, p.line) for p in problems if p.id == "not-allowed"] == [("site.graphml", line)]


def test_a_name_given_twice_is_refused_with_both_places(tmp_path):
    text = EXAMPLE.replace("  areas:\n", "  tables: [more.csv]\n  areas:\n")
    row = "name,kind,x_m,y_m,width_m,depth_m\nhall,room,1,1,1,1\n"
    (problem,) = check(with_files(tmp_path, text, more__csv=row))[1]
    assert (problem.file, problem.line) == ("more.csv", 2)
    assert "given twice, first in scenario.yaml:14" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("width_m", "widht_m", "unknown column 'widht_m' in a table of spaces; did you mean 'width_m'?"),
        ("name,", "nome,", "no column 'name'"),
        ("name,kind", "kind,kind", "a column is named twice"),
        ("hall,corridor,10,11", "hall,corridor,10,", "column y_m is empty; give both or none"),
        ("hall,corridor,10", "hall,corridor,nan", "'nan' in column x_m is no number"),
        ("hall,corridor", ",corridor", "without name"),
        ("hall,corridor", '"hall,corridor', "close every quote"),
        ("hall,corridor", "hall,corridor,1,2,3,4,5,6,7,8", "more cells than the header"),
        (",true,", ",maybe,", "write true or false, not 'maybe'"),
        ("hall,", "ha\0ll,", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_broken_table_is_refused_in_plain_words(tmp_path, old, new, message):
    text = without_spaces("spaces.csv, links.csv")
    assert old in SPACES
    folder = with_files(tmp_path, text, spaces__csv=SPACES.replace(old, new, 1), links__csv=LINKS)
    assert [p for p in check(folder)[1] if message in p.message]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../outside.csv", "out of the scenario's folder"),
        ("/etc/passwd.csv", "out of the scenario's folder"),
        ("C:/x.csv", "out of the scenario's folder"),
        ("'a\\b.csv'", "out of the scenario's folder"),
        ("link.csv", "a link out of the scenario's folder"),
        ("nul.csv", "not a file name"),
        ("missing.csv", "no such file"),
        ("scenario.yaml", "neither .csv nor .graphml"),
    ],
)
def test_no_path_leads_out_of_the_folder(tmp_path, name, message):
    (tmp_path / "outside.csv").write_text(SPACES)
    folder = write_example(tmp_path / "inner", text=without_spaces(name))
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    found = [p for p in check(folder)[1] if message in p.message]
    assert found and found[0].path == "facility.tables[0]"


HOSTILE = [
    ('<!DOCTYPE x [<!ENTITY a "b">]>\n<graphml/>', "DOCTYPE and ENTITY are refused"),
    ("<a>" * 100_000, "nested deeper"),
    ("<graphml><graph>", "not XML"),
    ("", "not XML"),
    ("<graphml/>", "there is no space"),
    ('<?xml version="1.0" encoding="cp037"?><a/>', "there is no space"),
    ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>', "DOCTYPE and ENTITY are refused"),
    (site().replace('<data key="x">5<', '<data key="x">five<'), "not GraphML that can be read"),
    (site().replace('attr.name="kind" attr.type="string"', ""), "not GraphML that can be read"),
]


@pytest.mark.parametrize(("drawing", "message"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_or_broken_drawings_are_refused(tmp_path, drawing, message):
    problems = check(with_files(tmp_path, without_spaces("site.graphml"), site__graphml=drawing))[1]
    assert [p for p in problems if message in p.message], problems


# --- measured values ------------------------------------------------------------------------------------


def test_measured_values_become_an_empirical_distribution(tmp_path):
    text = EXAMPLE.replace("{median: 20 s, p90: 45 s}", "{empirical: heard.csv}")
    scenario = load(with_files(tmp_path, text, heard__csv="delay_min\n2\n0.5\n1\n"))
    assert scenario.profiles["office"].responses["voice"].exercise.parameters == (30.0, 60.0, 120.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("delay\n1\n", "heading ends in a unit"),
        ("a_s,b_s\n1,2\n", "heading ends in a unit"),
        ("delay_s\n", "heading ends in a unit"),
        ("delay_s\n1\nx\n", "'x' in column delay_s is no number"),
        ("delay_s\n1\n-4\n", "cannot be negative"),
    ],
)
def test_measured_values_that_cannot_be_used_are_refused(tmp_path, content, message):
    text = EXAMPLE.replace("{median: 20 s, p90: 45 s}", "{empirical: heard.csv}")
    problems = check(with_files(tmp_path, text, heard__csv=content))[1]
    assert [p for p in problems if message in p.message], problems


def csv_faults(tmp_path, content: str | bytes) -> list[str]:
    folder = with_files(tmp_path, without_spaces("spaces.csv"), spaces__csv=content)
    return [p.message for p in check(folder)[1] if p.id in ("table", "table-file")]


def test_a_table_of_too_many_columns_is_refused_before_its_rows_are_read(tmp_path):
    for count, refused in ((100, False), (101, True), (10_000, True)):
        names = ",".join(["name", *(f"c{i}" for i in range(count - 1))])
        found = csv_faults(tmp_path / str(count), names + "\nx" * 20)
        message = f"spaces.csv: {count:,} columns; a table takes up to 100"
        assert found == ([message] if refused else [])


def test_a_table_of_too_many_rows_is_refused_at_the_row_past_the_limit(tmp_path, monkeypatch):
    found = csv_faults(tmp_path / "long", "name\n" + "x\n" * 100_001)
    assert found == ["spaces.csv: more than 100,000 rows"]
    monkeypatch.setattr(tables, "MAX_ROWS", 5)
    assert csv_faults(tmp_path / "five", SPACES) == []
    assert csv_faults(tmp_path / "six", SPACES + "attic,room,5,5,10,10,9,,\n") == [
        "spaces.csv: more than 5 rows"
    ]


def test_a_table_of_more_than_five_million_bytes_is_not_opened(tmp_path):
    (tmp_path / "fits.csv").write_bytes(b" " * 5_000_000)
    assert tables.beside(tmp_path, "fits.csv") == (tmp_path / "fits.csv").resolve()
    (found,) = csv_faults(tmp_path / "s", b" " * 5_000_001)
    assert found == "'spaces.csv': 5,000,001 bytes; a table takes up to 5,000,000"


def test_a_graphml_file_of_blanks_is_refused_at_once(tmp_path):
    # searched for its declaration from every blank, this takes minutes
    before = time.perf_counter()
    folder = with_files(tmp_path, without_spaces("site.graphml"), site__graphml=" " * 400_000 + "x")
    assert "table" in [p.id for p in check(folder)[1]]
    assert time.perf_counter() - before < 10.0


def test_a_declaration_is_taken_off_the_beginning_only():
    late = b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><?xml version="1.0"?></graphml>'
    assert str(read_graphml(late, file="site.graphml")).startswith("not XML")
    assert read_graphml(b'\n <?xml version="1.0" encoding="UTF-16"?>' + site().encode()[38:], file="s")
