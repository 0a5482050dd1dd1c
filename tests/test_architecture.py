"""The floors of the house: who may import whom, read from the source without importing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Room (a folder or a module right below drillsim/) -> floor. A new room must be placed here.
FLOORS = {
    "units": 0,
    "distributions": 0,
    "streams": 0,
    "spec": 0,
    "vocabulary": 0,
    "errors": 0,
    "presets": 0,
    "messages": 0,
    "version": 0,
    "spreadsheet": 0,
    "facility": 1,
    "trace": 1,
    "hazards": 2,
    "people": 2,
    "response": 2,
    "scenario": 3,
    "measures": 3,
    "simulation": 4,
    "study": 5,
    "verification": 5,
    "debrief": 6,
    "cli": 7,
    "__main__": 7,
    "__init__": 7,
}
SHARED_FOLDERS = (0, 7)  # floors whose modules lie side by side in drillsim/ itself: one folder
# Third-party package -> where alone it may be imported.
HOMES = {"simpy": "drillsim.simulation", "matplotlib": "drillsim.debrief", "click": "drillsim.cli"}
ONE_FILE_ONLY = ("dask", "distributed")


def sources() -> dict[str, str]:
    """Dotted name of every module of the package -> its text; a folder's own file keeps ``__init__``."""
    files = sorted((ROOT / "drillsim").rglob("*.py"))
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text(encoding="utf-8")
        for file in files
    }


def imports(module: str, text: str, known: set[str]) -> Iterator[tuple[int, str]]:
    """Line and dotted name of whatever ``module`` imports, at the top or in functions, but not for types."""
    nodes: list[ast.AST] = [ast.parse(text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            nodes.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*module.split(".")[: -node.level], *([base] if base else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield node.lineno, inner if known & {inner, f"{inner}.__init__"} else base
        nodes.extend(ast.iter_child_nodes(node))


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def own(modules: dict[str, str], module: str) -> Iterator[tuple[int, str]]:
    """Imports of ``module`` that lie in the package."""
    for line, target in imports(module, modules[module], set(modules)):
        if target.split(".")[0] == "drillsim":
            yield line, target


def broken_floors(modules: dict[str, str]) -> list[str]:
    found = [f"{module}: place {room(module)} on a floor" for module in modules if room(module) not in FLOORS]
    for module in modules:
        for line, target in own(modules, module):
            source, other = room(module), room(target)
            if source == other or source not in FLOORS:
                continue
            if other not in FLOORS:
                found.append(f"{module}:{line}: {target} is no room of the house")
                continue
            high, low = FLOORS[source], FLOORS[other]
            if low > high or (low == high and high not in SHARED_FOLDERS):
                found.append(f"{module}:{line}: floor {high} imports {target} of floor {low}")
    return found


def broken_homes(modules: dict[str, str]) -> list[str]:
    found, dask_files = [], set()
    for module in modules:
        for line, target in imports(module, modules[module], set(modules)):
            package = target.split(".")[0]
            home = HOMES.get(package)
            if home and not f"{module}.".startswith(f"{home}."):
                found.append(f"{module}:{line}: {package} is imported in {home} only")
            if package in ONE_FILE_ONLY:
                dask_files.add(module)
    return found + ([f"dask in {sorted(dask_files)}: one file only"] if len(dask_files) > 1 else [])


def cycle(modules: dict[str, str]) -> list[str]:
    """Modules of one import cycle, or nothing."""

    def key(name: str) -> str:
        while name not in modules and f"{name}.__init__" not in modules and "." in name:
            name = name.rpartition(".")[0]
        return name if name in modules else f"{name}.__init__"

    graph = {module: {key(target) for _, target in own(modules, module)} - {module} for module in modules}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        return list(fault.args[1])
    return []


def test_every_module_imports_only_from_lower_floors_or_its_own_folder() -> None:
    assert broken_floors(sources()) == []


def test_simpy_matplotlib_click_and_dask_stay_in_their_rooms() -> None:
    assert broken_homes(sources()) == []


def test_no_import_cycle() -> None:
    assert cycle(sources()) == []


def test_the_rooms_of_the_house_are_there() -> None:
    missing = set(FLOORS) - {room(module) for module in sources()}
    assert not missing


def test_no_module_of_the_package_imports_from_tests_or_shipped_scenarios() -> None:
    roots = {
        (module, target.split(".")[0])
        for module, text in sources().items()
        for _, target in imports(module, text, set())
    }
    assert not [pair for pair in roots if pair[1] in ("tests", "drillsim_scenarios", "pytest", "hypothesis")]


@pytest.mark.parametrize(
    ("module", "text", "complaint"),
    [
        (
            "drillsim.people.crowd",
            "import drillsim.study.results",
            "floor 2 imports drillsim.study.results of floor 5",
        ),
        ("drillsim.people.crowd", "from drillsim.hazards import Leak", "imports drillsim.hazards of floor 2"),
        (
            "drillsim.people.crowd",
            "def f():\n    from drillsim import debrief",
            "drillsim.debrief of floor 6",
        ),
        ("drillsim.people.crowd", "from ..study import results", "drillsim.study.results of floor 5"),
        ("drillsim.people.crowd", "from drillsim import __version__", "imports drillsim of floor 7"),
        ("drillsim.people.crowd", "import drillsim.attic", "no room of the house"),
        ("drillsim.attic.old", "", "place attic on a floor"),
        ("drillsim.units", "import drillsim.facility.spec", "floor 0 imports"),
        ("drillsim.trace.log", "from drillsim.facility import spec", "floor 1 imports"),
    ],
)
def test_a_breach_of_the_floors_is_found(module: str, text: str, complaint: str) -> None:
    house = {
        "drillsim.debrief.__init__": "",
        "drillsim.study.results": "",
        "drillsim.facility.spec": "",
        "drillsim.hazards.__init__": "",
        module: text,
    }
    (found,) = broken_floors(house)
    assert complaint in found


def test_an_import_for_types_only_does_not_count() -> None:
    text = "if TYPE_CHECKING:\n    from drillsim.study import results\nelse:\n    import drillsim.units\n"
    house = {"drillsim.people.crowd": text, "drillsim.units": "", "drillsim.study.results": ""}
    assert broken_floors(house) == []
    assert list(own(house, "drillsim.people.crowd")) == [(4, "drillsim.units")]


@pytest.mark.parametrize(
    ("modules", "complaint"),
    [
        (
            {"drillsim.people.crowd": "from simpy import Environment"},
            "simpy is imported in drillsim.simulation only",
        ),
        (
            {"drillsim.study.plot": "import matplotlib.pyplot as plt"},
            "matplotlib is imported in drillsim.debrief only",
        ),
        ({"drillsim.client": "import click"}, "click is imported in drillsim.cli only"),
        ({"drillsim.study.a": "import dask", "drillsim.study.b": "import distributed"}, "one file only"),
    ],
)
def test_a_library_outside_its_room_is_found(modules: dict[str, str], complaint: str) -> None:
    (found,) = broken_homes(modules)
    assert complaint in found


def test_libraries_in_their_rooms_are_fine() -> None:
    assert not broken_homes(
        {"drillsim.simulation.clock": "import simpy", "drillsim.debrief.charts.style": "import matplotlib"}
    )


def test_a_cycle_is_found() -> None:
    house = {
        "drillsim.people.a": "from drillsim.people import b",
        "drillsim.people.b": "def late():\n    import drillsim.people.a",
    }
    assert set(cycle(house)) == {"drillsim.people.a", "drillsim.people.b"}
