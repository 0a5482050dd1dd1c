"""Tables of CFAST and FDS: what is read of them, and what is told of bad ones."""

from __future__ import annotations

import math

import pytest

from drillsim.hazards.series_table import SeriesFault, SeriesTable, read_series

CFAST = """Time,ULT_1,HGT_1,ULOD_1,ULCO_1,ULO2_1,ULT_2,HGT_2,ULOD_2,ULCO_2,ULO2_2
Simulation Time,Upper Layer Temperature,Layer Height,OD,CO,O2,Upper Layer Temperature,Layer Height,OD,CO,O2
,Comp 1,Comp 1,Comp 1,Comp 1,Comp 1,Comp 2,Comp 2,Comp 2,Comp 2,Comp 2
s,C,m,1/m,mol frac,mol frac,C,m,1/m,mol frac,mol frac
0,20,3,0,0,0.209,20,3,0,0,0.209
60,120.0,1.5,2.0E+00,0.001,0.18,20,3,-1.0E-17,0,0.209
120,200,1.0,4,0.002,0.15,40,1.9,0.5,0.0001,0.2
"""
FDS = """s,m,C,1/m
"Time","layer-room","temp-room","k-room"
0.0,3.0,20.0,0.0
10.0,1.0,80.0,1.5
"""
COLUMNS = {
    "layer": "HGT_*",
    "temperature": "ULT_*",
    "optical_density": "ULOD_*",
    "co": "ULCO_*",
    "hcn": "ULHCN_*",
    "co2": "ULCO2_*",
    "o2": "ULO2_*",
}
OF_FDS = {"layer": "layer-*", "temperature": "temp-*", "extinction": "k-*"}


def read(
    text: str, *names: str, columns: dict[str, str] | None = None, written: tuple[str, ...] = ()
) -> tuple[SeriesTable | None, tuple[SeriesFault, ...]]:
    headings = tuple((columns or COLUMNS).items())
    return read_series(text, compartments=names, columns=headings, written=frozenset(written))


def good(text: str, *names: str, columns: dict[str, str] | None = None) -> SeriesTable:
    table, faults = read(text, *names, columns=columns)
    assert table is not None, faults
    return table


def test_what_cfast_writes_is_read_in_si() -> None:
    table = good(CFAST, "1", "2")
    assert table.times_s.tolist() == [0.0, 60.0, 120.0]
    room, corridor = table.values["1"], table.values["2"]
    assert room["layer_m"].tolist() == [3.0, 1.5, 1.0]
    assert room["temperature_k"].tolist() == pytest.approx([293.15, 393.15, 473.15])
    assert room["extinction_per_m"].tolist() == pytest.approx([0.0, 2 * math.log(10), 4 * math.log(10)])
    assert room["co_ppm"].tolist() == pytest.approx([0.0, 1000.0, 2000.0])
    assert corridor["o2"].tolist() == pytest.approx([0.209, 0.209, 0.2])
    assert corridor["extinction_per_m"][1] == 0.0
    assert "co2" not in room


def test_what_fds_writes_is_read_by_the_names_of_its_devices() -> None:
    room = good(FDS, "room", columns=OF_FDS).values["room"]
    assert room["layer_m"].tolist() == [3.0, 1.0]
    assert room["extinction_per_m"].tolist() == [0.0, 1.5]


def test_units_may_stand_behind_the_names() -> None:
    text = "Time (min);vis a [m];CO a (ppm)\n0;30;0\n2;3;500\n"
    table = good(text, "a", columns={"visibility": "vis *", "co": "co *"})
    assert table.times_s.tolist() == [0.0, 120.0]
    assert table.values["a"]["extinction_per_m"].tolist() == pytest.approx([0.1, 1.0])
    assert table.values["a"]["co_ppm"].tolist() == pytest.approx([0.0, 500.0])


def test_everything_wrong_is_told_at_once_and_where() -> None:
    text = CFAST.replace("60,120.0,1.5", "0,NaN,x").replace("0.0001,0.2\n", "0.0001,1.2\n")
    table, faults = read(text, "1", "2")
    assert table is None
    assert [(fault.line, fault.column) for fault in faults] == [(6, 1), (6, 2), (6, 3), (7, 11)]
    assert "0 s follows 0 s" in faults[0].message
    assert "'NaN' is no number" in faults[1].message
    assert "between 0 and 1" in faults[3].message


@pytest.mark.parametrize(
    ("text", "names", "columns", "written", "fault"),
    [
        (CFAST, ("3",), COLUMNS, (), "compartment '3' has no column of layer, temperature"),
        (CFAST, ("1", "3"), COLUMNS, (), "'HGT_3' is missing from"),
        (CFAST, ("1",), COLUMNS, ("hcn",), "'ULHCN_1' is missing from"),
        (CFAST, ("1",), COLUMNS | {"extinction": "ULOD_*"}, (), "more than one of extinction"),
        (CFAST.replace("ULT_2", "ULT_1"), ("1",), COLUMNS, (), "'ULT_1' stands 2 times among"),
        (CFAST.replace("s,C,m", "s,F,m"), ("1",), COLUMNS, (), "the unit 'f'; temperature is read in c,"),
        (CFAST.replace("s,C,m", "fortnights,C,m"), ("1",), COLUMNS, (), "no time with a unit"),
        ("Time,HGT_1\n", ("1",), COLUMNS, (), "1 rows of headings and 0 of numbers"),
        ("1,2\n3,4\n", ("1",), COLUMNS, (), "0 rows of headings"),
        ('Time,"HGT_1\n', ("1",), COLUMNS, (), "close every quote"),
        (FDS, ("room",), {"layer": "layer-*"}, (), "has no column of"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(
    text: str, names: tuple[str, ...], columns: dict[str, str], written: tuple[str, ...], fault: str
) -> None:
    table, faults = read(text, *names, columns=columns, written=written)
    assert table is None
    assert any(fault in found.message for found in faults), faults
