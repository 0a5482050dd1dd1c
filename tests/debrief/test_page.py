"""The page in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from drillsim.debrief.figures import nearest_median
from drillsim.debrief.report import debrief
from tests.debrief import fakes

pytestmark = pytest.mark.browser

_PROBE = """<!DOCTYPE html><meta charset="utf-8"><body>
<iframe id="f" width="{width}" height="900" src="page.html"></iframe><script>
document.getElementById("f").onload = function () {{
  var page = this.contentDocument, root = page.documentElement;
  var wide = Array.from(page.querySelectorAll("body *")).filter(function (e) {{
    return e.getBoundingClientRect().right > {width} + 1 && !e.closest(".scroll, figure");
  }}).length;
  var cut = Array.from(page.querySelectorAll(".scroll")).filter(function (e) {{
    return e.scrollWidth > e.clientWidth + 1;
  }}).length;
  document.body.dataset.answer = root.scrollWidth + " " + wide + " " + cut + " " + page.images.length + " " +
    Array.from(page.images).filter(function (i) {{ return i.naturalWidth > 0; }}).length;
}};
</script></body>"""


def chromium(*arguments: str, folder: Path) -> str:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None, "the browser tests need chromium"
    command = [
        program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", *arguments,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("page")
    for language in ("en", "zh"):
        duel = fakes.fake_comparison()
        traces = {
            one.plan: fakes.fake_trace(one.scenario, one.plan, nearest_median(one).replication)
            for one in duel.ensembles
        }
        debrief(duel, language=language, traces=traces).save(target / language / "page.html")
    return target


@pytest.mark.parametrize("width", [360, 1100, 1280])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_does_not_overflow_sideways_and_shows_all_pictures(folder, language, width):
    probe = folder / language / f"probe{width}.html"
    probe.write_text(_PROBE.format(width=width), encoding="utf-8")
    dom = chromium(
        "--virtual-time-budget=20000", "--window-size=1400,1000", "--dump-dom", probe.as_uri(), folder=folder
    )
    answer = re.search(r'data-answer="(\d+) (\d+) (\d+) (\d+) (\d+)"', dom)
    assert answer, dom[:500]
    page_width, too_wide, cut, images, shown = map(int, answer.groups())
    assert page_width <= width
    assert too_wide == cut == 0
    assert images == shown == 9


def test_the_page_prints_to_paper(folder):
    paper = folder / "page.pdf"
    page = folder / "en" / "page.html"
    chromium(f"--print-to-pdf={paper}", "--no-pdf-header-footer", page.as_uri(), folder=folder)
    assert paper.read_bytes().startswith(b"%PDF")
    assert paper.stat().st_size > 50_000
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper.read_bytes())
    lying = [float(width) > float(height) for width, height in pages]
    assert any(lying) and not all(lying), "the run sheet lies, the rest stands"
