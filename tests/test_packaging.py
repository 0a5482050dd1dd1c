"""What is installed: every room, every data file, nothing undeclared."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import drillsim

ROOT = Path(__file__).resolve().parents[1]


def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def names(requirements: str) -> set[str]:
    return {
        re.match(r"[\w.-]+", line.strip())[0].lower().replace("_", "-")
        for line in requirements.splitlines()
        if line.strip()
    }


def test_every_folder_with_files_is_listed_as_a_package() -> None:
    folders = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for pattern in ("*.py", "*.csv")
        for file in (ROOT / "drillsim").rglob(pattern)
        if "__pycache__" not in file.parts
    }
    assert set(setup()["options"]["packages"].split()) == folders | {"drillsim_scenarios"}


def test_every_data_file_is_matched_by_a_pattern_of_package_data() -> None:
    config = setup()["options.package_data"]
    places = {"drillsim_scenarios": ROOT / "scenarios"}
    covered: set[Path] = set()
    for package, patterns in config.items():
        folder = places.get(package, ROOT / Path(*package.split(".")))
        for pattern in patterns.split():
            covered.update(folder.glob(pattern))
    files = {
        file
        for top in ("drillsim", "scenarios")
        for file in (ROOT / top).rglob("*")
        if file.is_file()
        and file.suffix != ".py"
        and "__pycache__" not in file.parts
        and not file.name.startswith(".")
    }
    assert not files - covered


EXTRAS = {"numba", "distributed", "dask", "pandas", "pyarrow"}  # imported only where they are installed
READS_LATER = {"openpyxl"}  # spreadsheets: written with XlsxWriter, logs of live drills will be read with it


def test_what_the_package_imports_is_declared_and_nothing_else_is() -> None:
    distributions = packages_distributions()
    imported: set[str] = set()
    for file in (ROOT / "drillsim").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"drillsim", "pydantic_core"}
    needed = {distributions.get(module, [module])[0].lower().replace("_", "-") for module in foreign}
    declared = names(setup()["options"]["install_requires"])
    assert needed <= declared | EXTRAS
    assert declared - needed <= READS_LATER


def test_the_top_level_holds_what_the_house_allows() -> None:
    allowed = {"drillsim", "scenarios", "notebooks", "tests", "setup.cfg", "README.md", "pyproject.toml"}
    allowed |= {"CHANGELOG.md", "LICENSE"}
    made = {"build", "dist", "debrief", "htmlcov", "venv", "drillsim.egg-info", "__pycache__"}
    found = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    assert found - made == allowed


def test_the_changelog_tells_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{drillsim.__version__}]" in text


def test_the_public_face_has_its_names_and_no_others() -> None:
    assert dir(drillsim) == sorted(drillsim.__all__)
    for name in ("load", "check", "run", "replicate", "compare", "debrief"):
        assert callable(getattr(drillsim, name))
    try:
        drillsim.evacuate  # noqa: B018
    except AttributeError as fault:
        assert "has no attribute 'evacuate'" in str(fault)
    else:
        raise AssertionError("a name that is not there was found")


def test_debrief_can_be_called_after_its_room_was_imported() -> None:
    code = (
        "import drillsim.debrief.report, drillsim as ds; import drillsim.debrief.report as again; "
        "assert callable(ds.debrief) and again.debrief"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_importing_the_package_loads_no_library() -> None:
    code = "import sys, drillsim; print(*sorted(m for m in sys.modules if m.split('.')[0] in %r))"
    heavy = ("numpy", "pydantic", "simpy", "matplotlib", "scipy", "networkx", "click", "yaml", "rich")
    done = subprocess.run([sys.executable, "-c", code % (heavy,)], check=True, cwd=ROOT, capture_output=True)
    assert done.stdout.split() == []
