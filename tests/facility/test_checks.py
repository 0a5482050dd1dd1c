"""Each check with a facility that it must object to."""

from __future__ import annotations

import pytest

from drillsim.facility import checks
from drillsim.facility.checks import Finding, check_facility, check_written, unreachable
from drillsim.facility.geometry import overlap_m2
from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, MovementSpec, RoadSpec, SpaceSpec
from tests.facility.sites import block, chain, door, office


def findings(spec: FacilitySpec) -> list[Finding]:
    return check_facility(Facility.build(spec))


def with_(spec: FacilitySpec, **tables: dict) -> FacilitySpec:
    merged = {name: getattr(spec, name) | entries for name, entries in tables.items()}
    return spec.model_copy(update=merged)


def only(found: list[Finding], kind: str) -> Finding:
    assert [finding.id for finding in found] == [kind]
    return found[0]


def test_a_sound_office_has_no_findings():
    spec = office(5)
    assert check_written(spec) == []
    assert findings(spec) == []


@pytest.mark.parametrize("width", [0.3, 0.2, 0.0, -1.0])
def test_a_door_that_its_boundary_layers_fill_is_an_error(width):
    finding = only(findings(with_(chain(2), links={"d0": door("r0", "r1", width)})), "width-zero")
    assert finding.severity == "error"
    assert finding.path == ("links", "d0", "width")
    assert f"{width:g} m wide; less 0.15 m on each side" in finding.message


def test_a_narrow_turnstile_with_its_own_flow_is_no_error():
    assert findings(with_(chain(2), links={"d0": door("r0", "r1", 0.3, flow_p_s=0.5)})) == []


def test_a_narrow_stair_is_blamed_on_its_shorthand():
    found = [finding for finding in findings(office(2, width_m=0.3)) if finding.severity == "error"]
    assert only(found, "width-zero").path == ("stairs", "A")


def test_a_space_without_floor_is_an_error():
    finding = only(findings(with_(chain(2), spaces={"r1": block(4, 0, 4, 0)})), "area-zero")
    assert finding.path == ("spaces", "r1", "size")
    assert finding.severity == "error"


def test_a_link_from_a_space_to_itself_is_an_error():
    finding = only(findings(with_(chain(2), links={"d9": door("r1", "r1")})), "link-self")
    assert finding.path == ("links", "d9", "between")


def stair_site(**fields: object) -> FacilitySpec:
    step = {"kind": "stair", "length_m": 7.7, "riser_m": 0.165, "tread_m": 0.28}
    spaces = {"low": block(0, 0), "up": block(8, 0, level_m=3.9), "st": block(4, 0, **(step | fields))}
    links = {
        "lo": LinkSpec(between=("low", "st"), width_m=1.2),
        "hi": LinkSpec(between=("st", "up"), width_m=1.2),
    }
    return FacilitySpec(spaces=spaces, links=links)


def test_a_stair_with_step_length_and_levels_is_sound():
    assert findings(stair_site()) == []


@pytest.mark.parametrize("field", ["riser", "tread", "length"])
def test_a_stair_without_step_or_length_is_an_error(field):
    finding = only(findings(stair_site(**{f"{field}_m": None})), "stair-incomplete")
    assert f"stair st has no {field};" in finding.message
    assert finding.severity == "error"


def test_a_stair_whose_ends_have_one_level_is_an_error():
    finding = only(findings(with_(stair_site(), spaces={"up": block(8, 0)})), "stair-one-end")
    assert finding.path == ("spaces", "st")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [("riser", 0.150, "165 to 191"), ("riser", 0.2, "165 to 191"), ("tread", 0.35, "254 to 330")],
)
def test_steps_outside_the_range_of_sfpe_are_a_warning(field, value, text):
    finding = only(findings(stair_site(**{f"{field}_m": value})), "stair-range")
    assert finding.severity == "warning"
    assert finding.path == ("spaces", "st", field)
    assert text in finding.message


def test_a_stair_of_many_flights_is_warned_of_once():
    found = findings(office(5, tread_m=0.24))
    assert [finding.path for finding in found] == [("stairs", "A")]


def test_a_space_without_link_is_a_warning():
    finding = only(findings(with_(chain(2), spaces={"z": block(99, 0)})), "space-no-link")
    assert finding.path == ("spaces", "z")
    assert finding.severity == "warning"


def test_a_part_cut_off_from_the_rest_is_named():
    site = with_(chain(3), spaces={"x": block(90, 0), "y": block(94, 0)}, links={"xy": door("x", "y")})
    finding = only(findings(site), "part-isolated")
    assert "no way leads from x, y to the rest" in finding.message
    assert finding.severity == "warning"


def test_spaces_far_apart_are_not_quite_adjacent():
    finding = only(findings(with_(chain(2), spaces={"r1": block(40, 0)})), "link-gap")
    assert "lie 36 m apart" in finding.message
    assert finding.severity == "warning"


def test_a_link_far_from_its_spaces_is_a_warning():
    finding = only(findings(with_(chain(2), links={"d0": door("r0", "r1", at_m=(2, 30))})), "link-astray")
    assert "lies 28 m from a space it joins" in finding.message


def test_a_step_in_level_needs_a_stair_or_a_length():
    raised = with_(chain(2), spaces={"r1": block(4, 0, level_m=3.0)})
    assert only(findings(raised), "level-step").severity == "warning"
    assert findings(with_(chain(2), spaces={"r1": block(4, 0, level_m=3.0, length_m=6.0)})) == []


def test_overlapping_floors_of_one_level_are_summed_up_in_one_warning():
    site = with_(chain(3), spaces={"r1": block(3, 0), "r2": block(6, 0)})
    finding = only(findings(site), "footprints-overlap")
    assert "r0 with r1, r1 with r2" in finding.message
    assert finding.severity == "warning"


def overlaps(spec: FacilitySpec) -> list[str]:
    return [finding.message for finding in findings(spec) if finding.id == "footprints-overlap"]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls = [0]

    def area(a: SpaceSpec, b: SpaceSpec) -> float:
        calls[0] += 1
        return overlap_m2(a, b)

    monkeypatch.setattr(checks, "overlap_m2", area)
    return calls


def test_spaces_are_compared_only_as_far_as_they_reach_to_the_east(monkeypatch):
    calls = counted(monkeypatch)
    rooms = {f"r{i}": block(4.0 * i, 0.0) for i in range(300)}
    assert overlaps(FacilitySpec(spaces=rooms | {"wide": block(0.0, 50.0, 6000.0, 4.0)})) == []
    assert calls[0] < 1000
    rooms["zz"] = block(799.0, 0.0)
    assert "r199 with zz, r200 with zz;" in overlaps(FacilitySpec(spaces=rooms))[0]


def test_overlaps_beyond_those_shown_are_not_looked_for(monkeypatch):
    calls = counted(monkeypatch)
    heap = FacilitySpec(spaces={f"r{i:03}": block(0.0, 0.0) for i in range(300)})
    (message,) = overlaps(heap)
    assert (
        "r000 with r001, r000 with r002, r000 with r003, r000 with r004, r000 with r005 and others" in message
    )
    assert calls[0] < 1000
    five = FacilitySpec(spaces={f"r{i:03}": block(3.0 * i, 0.0) for i in range(6)})
    assert "r004 with r005; fields" in overlaps(five)[0]


def test_a_space_in_a_wide_one_is_found_across_all_that_lies_between():
    spaces = {f"m{i}": block(4.0 * i, 10.0) for i in range(10)}
    spaces |= {"hall": block(18.0, 0.0, 40.0, 8.0), "booth": block(37.0, 0.0, 1.0, 1.0)}
    assert "booth with hall;" in overlaps(FacilitySpec(spaces=spaces))[0]


@pytest.mark.parametrize(("level", "sound"), [(7.3, True), (8.3, True), (7.29, False), (8.31, False)])
def test_a_floor_may_lie_half_a_metre_off_its_stair(level, sound):
    spec = with_(office(3), spaces={"F3": block(0, 0, 48, 1.8, kind="corridor", level_m=level)})
    assert [finding.id for finding in check_written(spec)] == ([] if sound else ["stair-level"])


@pytest.mark.parametrize(("step", "sound"), [(1.5, True), (1.51, False), (-1.5, True), (-1.51, False)])
def test_a_step_of_a_metre_and_a_half_needs_no_stair(step, sound):
    raised = with_(chain(2), spaces={"r1": block(4, 0, level_m=step)})
    assert [finding.id for finding in findings(raised)] == ([] if sound else ["level-step"])


def test_floors_above_each_other_and_a_site_outside_do_not_overlap():
    assert findings(with_(chain(2), spaces={"r0": block(0, 0, 90, 90, kind="outside")})) == []
    above = with_(stair_site(), spaces={"up": block(0, 0, level_m=3.9)})
    assert findings(above) == []


def test_a_muster_in_a_building_is_a_warning():
    site = with_(chain(2), spaces={"m": block(0, 0, 1, 1, kind="muster")}, links={"dm": door("r0", "m")})
    found = [finding for finding in findings(site) if finding.id == "muster-indoors"]
    assert [finding.message for finding in found] == ["muster m lies inside r0; put it in the open"]


def test_one_way_without_vehicles_is_said_to_do_nothing():
    finding = only(findings(with_(chain(2), links={"d0": door("r0", "r1", one_way=True)})), "one-way-idle")
    assert finding.path == ("links", "d0", "one_way")


def test_a_gate_too_narrow_for_a_lorry_is_a_warning():
    finding = only(
        findings(with_(chain(2), links={"d0": door("r0", "r1", 2.0, vehicles=True)})), "vehicle-narrow"
    )
    assert finding.path == ("links", "d0", "width")


def test_a_density_at_which_nobody_moves_is_a_warning():
    jam = chain(2).model_copy(update={"movement": MovementSpec(max_density_p_m2=4.0)})
    assert only(findings(jam), "density-jam").path == ("movement", "max_density")


def test_a_pattern_that_matches_no_space_is_a_warning():
    finding = only(findings(with_(chain(2), areas={"odd": ("x*", "r*")})), "area-empty")
    assert finding.message == "no space begins with x"


def test_errors_come_first_and_the_order_of_the_file_does_not_matter():
    links = {"d0": door("r0", "r1", 0.1), "dx": door("r1", "r1")}
    spec = with_(chain(3), links=links, spaces={"z": block(99, 0)})
    turned = with_(chain(3), links=dict(reversed(links.items())), spaces={"z": block(99, 0)})
    turned = turned.model_copy(update={"spaces": dict(reversed(turned.spaces.items()))})
    found = findings(spec)
    assert [finding.severity for finding in found] == ["error", "error", "warning"]
    assert findings(turned) == found


def test_names_that_shorthands_make_twice_are_found_before_building():
    spec = with_(office(3), spaces={"A-1": block(0, 90)}, links={"R-end": door("F1", "yard")})
    assert [(finding.path, finding.id) for finding in check_written(spec)] == [
        (("roads", "R"), "name-taken"),
        (("stairs", "A"), "name-taken"),
    ]
    with pytest.raises(ValueError, match="taken"):
        Facility.build(spec)


def test_two_shorthands_of_one_name_are_found():
    spec = with_(office(2), roads={"A-1": RoadSpec(between=("yard", "m"))})
    assert {finding.path for finding in check_written(spec)} == {("stairs", "A"), ("roads", "A-1")}


@pytest.mark.parametrize("name", ["r0", "everywhere"])
def test_an_area_may_not_take_the_name_of_a_space_or_of_everything(name):
    finding = only(check_written(chain(2, areas={name: ("r1",)})), "name-taken")
    assert finding.path == ("areas", name)


def test_a_floor_named_twice_is_found():
    spec = office(3, floor_names=("F1", "F2", "F2"))
    assert "stair-floors" in [finding.id for finding in check_written(spec)]


def test_a_floor_at_another_level_than_its_stair_is_found():
    spec = with_(office(3), spaces={"F3": block(0, 0, 48, 1.8, kind="corridor", level_m=0.0)})
    finding = only(check_written(spec), "stair-level")
    assert "F3 lies at 0 m, but the stair reaches it at 7.8 m" in finding.message
    assert finding.path == ("stairs", "A", "floors")


def test_entries_that_name_unknown_spaces_are_left_to_others():
    assert check_written(office(3, floor_names=("G1", "F2"), exit_to="nowhere")) == []


def test_a_goal_behind_a_shut_door_is_out_of_reach():
    facility = Facility.build(chain(3))
    assert not unreachable(facility, start=0, goals={2})
    assert unreachable(facility, start=0, goals={2}, closed={1})
    assert not unreachable(facility, start=2, goals={2}, closed={0, 1})
    assert unreachable(facility, start=0, goals=())


def test_a_stair_without_room_between_its_boundary_layers_is_an_error():
    finding = only(findings(stair_site(area_m2=2.0)), "stair-narrow")
    assert finding.path == ("spaces", "st")
    assert "0.15 m on each side nothing is left to walk on" in finding.message
