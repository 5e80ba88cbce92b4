"""The page in Firefox, as Debian has it: it opens, draws, finds and answers there too."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from browsing import Bundled
from clustergraph import view

ROOT = Path(__file__).parents[1]
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
DRIVER = ROOT / "web" / "node_modules" / "puppeteer-core"


@pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed (Debian: firefox-esr)")
@pytest.mark.skipif(not DRIVER.exists(), reason="puppeteer-core is missing: run `npm ci` in web/")
@pytest.mark.parametrize("engine", ["pyvis", "canvas"])
def test_firefox_opens_draws_finds_and_answers(
    bundled: Bundled, engine: view.Engine, tmp_path: Path
) -> None:
    path = tmp_path / "network.html"
    path.write_text(bundled(engine, sparql=True), encoding="utf-8", newline="\n")
    node = shutil.which("node")
    assert node
    assert FIREFOX
    run = subprocess.run(
        [node, str(ROOT / "web" / "firefox.mjs"), FIREFOX, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found.pop("marked") > 5000
    assert found.pop("clicked")
    assert found == {
        "complaints": [],
        "requests": [],
        "counts": "191/462 Entities · 362/541 Relations · 147 sources",
        "searched": "CSPC Pharmaceutical Group",
        "zone": "By zone",
        "time": "Over time",
        "answered": "33",
    }
