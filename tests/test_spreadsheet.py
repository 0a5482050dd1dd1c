from __future__ import annotations

import io

import openpyxl
import pytest

from drillsim.spreadsheet import csv_bytes, harmless, write_atomically, xlsx_bytes


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_calculate_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


def test_numbers_and_plain_texts_stay_as_they_are():
    assert harmless(-1.5) == "-1.5"
    assert harmless(3) == "3"
    assert harmless("a=1") == "a=1"


def test_csv_begins_with_the_byte_order_mark_and_quotes_what_needs_it():
    content = csv_bytes(["时间", "=x"], [[1.0, 'a, "b"']])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == '时间,\'=x\r\n1.0,"a, ""b"""\r\n'


def test_the_workbook_holds_texts_and_numbers_but_no_formulas_or_links():
    content = xlsx_bytes(
        "Run [sheet]", ["=h", "b"], [["=1+1", "https://x.example"], ["{=2}", 4.5]], note="=n"
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    assert page.title == "Run  sheet"
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert page["A2"].value == "=1+1"
    assert page["B3"].value == 4.5
    assert not page._hyperlinks


def test_a_workbook_does_not_say_when_it_was_written():
    content = xlsx_bytes("a", ["h"], [["x"]])
    assert content == xlsx_bytes("a", ["h"], [["x"]])
    assert openpyxl.load_workbook(io.BytesIO(content)).properties.created.year == 2000


def test_a_write_replaces_the_file_as_a_whole(tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").write_text("kept")
    with pytest.raises(OSError):
        write_atomically(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert (target / "inside").read_text() == "kept"


def test_what_is_none_is_an_empty_cell():
    assert csv_bytes(["a", "b"], [[None, 1]]).decode("utf-8-sig") == "a,b\r\n,1\r\n"
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes("a", ["a", "b"], [[None, 1]]))).active
    assert (page["A2"].value, page["B2"].value) == (None, 1)
