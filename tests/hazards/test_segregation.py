"""The segregation table of the IMDG Code."""

from __future__ import annotations

import itertools

import pytest

from drillsim.hazards.segregation import asymmetric_cells, segregation, segregation_degree

CLASSES = ("2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "8", "9")


def test_the_table_is_symmetric() -> None:
    assert asymmetric_cells() == 0
    for one, other in itertools.combinations(CLASSES, 2):
        assert segregation(one, other) == segregation(other, one)


def test_the_codes_of_the_table_are_counted_as_printed() -> None:
    codes = [segregation(one, other).code for one, other in itertools.product(CLASSES, repeat=2)]
    assert [codes.count(code) for code in "X1234"] == [78, 30, 36, 0, 0]


@pytest.mark.parametrize(
    ("one", "other", "code", "least_m"),
    [
        ("3", "5.1", "2", 6.0),
        ("3", "4.3", "1", 3.0),
        ("3", "8", "X", None),
        ("1.1", "3", "4", None),
        ("3/6.1", "2.3/5.1/8", "2", 6.0),
        ("6.1", "8/5.1", "1", 3.0),
    ],
)
def test_two_cargoes_keep_the_strictest_of_their_classes(
    one: str, other: str, code: str, least_m: float | None
) -> None:
    found = segregation(one, other)
    assert (found.code, found.least_m, found.mark) == (code, least_m, "read 2nd")
    assert segregation_degree(other, one) == (0 if code == "X" else int(code))


def test_every_code_is_said_in_both_languages() -> None:
    said = {
        (found.text("en"), found.text("zh"))
        for found in (segregation(*pair) for pair in (("3", "8"), ("3", "4.3"), ("3", "5.1"), ("3", "1.1")))
    }
    assert ("separated from", "隔离") in said and len(said) == 4


def test_what_the_table_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not known here"):
        segregation("1.1", "8")
    with pytest.raises(ValueError, match=r"'7' is not in the segregation table"):
        segregation("3", "7")
