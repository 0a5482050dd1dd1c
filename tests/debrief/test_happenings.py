from __future__ import annotations

import pytest

from drillsim.debrief.happenings import happenings
from drillsim.debrief.report import debrief
from drillsim.debrief.runsheet import runsheet
from drillsim.debrief.tables import TRACE_COLUMNS, trace_rows
from drillsim.debrief.views import run_table
from tests.debrief import busy, fakes


def told(language: str = "en") -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for one in happenings(busy.busy_scenario(), "joint", busy.busy_trace(), language=language):
        found.setdefault(one.kind, []).append((one.event, one.who, one.note))
    return found


def test_a_message_is_told_once_where_it_is_heard_with_what_it_says_and_how_often_it_was_lost():
    first, second = told()["message"]
    assert first == (
        "UN number of the cargo: Customs → Fire",
        "Fire",
        "Over Joint channel. 1 min 10 s after it was wanted. Not understood at first: repeated once.",
    )
    assert second[0] == 'report and request: "Close the inbound gate": → Terminal'
    assert "face to face" in second[2]


def test_entries_maydays_levels_and_decontamination_are_lines_with_their_times():
    found = told()
    ((entered, who, note),) = found["entry"]
    assert (entered, who) == ("In on air: Plug the drum", "Chemical unit, pair 1")
    assert note == "Air and heat allow 25 min at work."
    assert found["exit"][0][2] == "26 min in the suit."
    assert found["mayday"][0][0] == "Mayday, the way out is blocked: Plug the drum"
    assert found["level"][0][0] == "Response raised to Level II"
    assert [event for event, _, _ in found["decon"]] == [
        "Decontamination begins: 2 people",
        "Decontamination done, the last is out",
    ]
    assert found["decon"][0][1] == "Decon tent"
    assert found["failed"][0][0] == "Came to nothing: Initial isolation 50 m (attempt 1)"
    assert found["dropped"][0][0].endswith("A driver is missing")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_name_of_the_file_is_left_where_there_is_a_title(language):
    text = str(told(language))
    for name in ("tell-control", "close-gate", "chemical-unit-1", "second", "joint"):
        assert f"'{name}" not in text and f" {name}" not in text, name
    if language == "zh":
        assert "二级响应" in text and "洗消帐篷" in text and "联合频道" in text


def test_the_lines_of_one_run_stand_apart_from_the_run_sheet_whose_times_are_medians():
    ensemble = busy.busy_ensemble()
    table = run_table(ensemble, busy.busy_trace(3), start_s=36_000.0)
    assert table.caption.startswith("Run 3, the one nearest the median, at its own times")
    assert len(table.rows) == 12
    assert table.rows[table.marks.index("mayday")][:2] == ("10:11:40", "MAYDAY")
    assert {row.kind for row in runsheet(ensemble)} == {"startex", "inject", "task", "milestone", "slot"}


def test_the_page_and_the_files_have_the_lines_of_the_run_in_a_table_of_their_own():
    made = debrief(busy.busy_ensemble(), traces={"joint": busy.busy_trace(3)})
    sheet, _, after = made.html.partition("Messages, calls and entries of one run")
    assert "MAYDAY" in after and "MAYDAY" not in sheet
    files = made.files()
    assert b"MAYDAY" in files["messages.csv"]
    assert b"MAYDAY" not in files["runsheet.csv"]


def test_a_message_names_only_what_its_hearer_came_to_know_by_it():
    trace = busy.busy_trace()
    (number,) = (number for number, row in trace.of("informed"))
    trace.rows[number] = trace.rows[number]._replace(actor="police")  # somebody else learns it
    first = next(one for one in happenings(busy.busy_scenario(), "joint", trace) if one.kind == "message")
    assert first.event == "Tell terminal control: Customs → Fire"


def test_every_row_of_the_trace_knows_the_inject_that_led_to_it():
    assert TRACE_COLUMNS[-1] == "inject"
    rows = [row for row in trace_rows(busy.busy_trace()) if row[1] not in ("passed", "set-off")]
    by_event = {str(row[1]): row[-1] for row in rows}
    assert by_event["message-lost"] == by_event["mayday"] == "wind"
    assert by_event["startex"] == by_event["busy"] == ""


def test_the_small_drill_without_such_rows_has_none():
    assert not list(happenings(fakes.fake_scenario(), "joint", fakes.fake_trace(fakes.fake_scenario())))


def test_a_message_within_an_agency_names_it_once():
    trace = busy.busy_trace()
    trace.add(3600.0, "message-asked", actor="fire", place="joint", task="order.plug")
    trace.add(3600.0, "message-heard", actor="fire", place="joint", task="order.plug", value=0.0)
    *_, last = happenings(busy.busy_scenario(), "joint", trace)
    assert last.event == 'order: "Plug the drum": within Fire'
