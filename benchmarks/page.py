"""Our page beside other ways to draw a network: the same networks and places, in one run.

`python benchmarks/page.py [NODES ...]` draws made-up clusters of so many nodes with twice as many
relations (1,000, 10,000 and 50,000 unless told otherwise) in Chromium without a GPU and writes
`docs/benchmarks-page.md`. What it compares with is installed into a cache folder.

First picture: from the start of the opening to the second frame after the first mark is drawn.
Frames: how often the browser comes round to draw in three seconds of panning and zooming in to four
times and out again, the view set anew each time. Script and page: processor time for each of these
frames, in script, and in all that the page's own thread does, which other work on the machine does
not lengthen much. Calls: to how many other addresses. What gave no picture in time is left out of
larger networks.
"""

import os
import platform
import re
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clusters
import ipysigma_page
from browser import browsing
from drawers import DRAWERS, PACKAGES, Drawer, installed
from playwright.sync_api import CDPSession, Error, Page, Route

import clustergraph as cg
from clustergraph import drawing
from clustergraph.drawing import Drawing

_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "clustergraph-benchmarks"
_TABLE = Path(__file__).parents[1] / "docs" / "benchmarks-page.md"
_PATIENCE = 45  # seconds to wait for a first picture
_SECONDS = 3

_WATCH = """
window.firstPicture=null;
const seen=()=>{if(window.firstPicture===null){window.firstPicture=0;
  requestAnimationFrame(()=>requestAnimationFrame(()=>{window.firstPicture=performance.now();}));}};
for(const [type,names] of [['CanvasRenderingContext2D',['fill','stroke','drawImage','fillRect']],
    ['WebGLRenderingContext',['drawArrays','drawElements']],
    ['WebGL2RenderingContext',['drawArrays','drawElements','drawArraysInstanced']]]){
  const kind=window[type]?.prototype;
  for(const name of kind?names:[]){const own=kind[name];
    kind[name]=function(...given){
      if(this.canvas.isConnected&&this.canvas.width>300)seen();
      return own.apply(this,given);};}}
"""
_MOVE = """
seconds=>new Promise(done=>{let frames=0;const began=performance.now();
  const step=now=>{const t=Math.max(0,now-began)/1000/seconds;
    if(t>=1){done([frames,performance.now()-began]);return;}
    frames++;window.look(0.2*Math.sin(2*Math.PI*t),0.12*Math.sin(4*Math.PI*t),
      4**Math.sin(Math.PI*t));
    requestAnimationFrame(step);};
  requestAnimationFrame(step);})
"""


@dataclass
class Figures:
    """What one page took; what is missing did not come to pass in time."""

    bytes: int
    addresses: int = 0
    first: float | None = None
    frames: float | None = None
    script: float | None = None
    thread: float | None = None
    why: str = f"none in {_PATIENCE} s"

    def __str__(self) -> str:
        first = f"{self.first:.2f} s" if self.first is not None else self.why
        moved = [self.frames, self.script, self.thread]
        frames = " | ".join("–" if figure is None else f"{figure:.1f}" for figure in moved)
        size = f"{self.addresses} | {self.bytes / 1e6:.1f}" if self.bytes else "– | –"
        return f"{first} | {frames} | {size}"


def network_of(count: int, folder: Path) -> Drawing:
    """Return the made-up cluster of so many entities, with its places."""
    clusters.write(folder, count)
    return drawing.draw(cg.build(cg.read(folder)).to_networkx())


def measured(drawer: Drawer, drawn: Drawing, file: Path) -> Figures:
    """Return what a drawer's page of the network takes, in a browser of its own."""
    file.write_text(drawer.page(drawn, installed(_CACHE)), encoding="utf-8", newline="\n")
    figures = Figures(file.stat().st_size)
    with browsing("--enable-unsafe-swiftshader") as browser:
        page = browser.new_page(
            viewport={"width": 1600, "height": 980},
            bypass_csp=True,  # to wait for the first picture takes eval, which our page forbids
        )
        called: set[str] = set()
        page.on("request", lambda r: called.add(r.url) if r.url.startswith("http") else None)
        given = drawer.given(_CACHE)
        page.route(re.compile("^https?:"), lambda route: _give(route, given))
        page.add_init_script(_WATCH)
        try:
            _watch(page, page.context.new_cdp_session(page), drawer, file, figures)
        except Error as error:
            print(f"{drawer.name}: {str(error).splitlines()[0]}", file=sys.stderr)
        figures.addresses = len(called)
    return figures


def _watch(page: Page, session: CDPSession, drawer: Drawer, file: Path, figures: Figures) -> None:
    page.set_default_timeout(1000 * _PATIENCE)
    page.goto(file.as_uri(), wait_until="commit")
    page.wait_for_function("window.firstPicture", timeout=1000 * _PATIENCE)
    figures.first = page.evaluate("window.firstPicture") / 1000
    page.wait_for_timeout(1000)
    page.evaluate(f"()=>{{{drawer.look}}}")
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _spent(session)
    frames, took = page.evaluate(_MOVE, _SECONDS)
    figures.frames = 1000 * frames / took
    figures.script, figures.thread = (
        1000 * (now - then) / max(1, frames)
        for now, then in zip(_spent(session), before, strict=True)
    )


def _spent(session: CDPSession) -> tuple[float, float]:
    """Return the processor seconds spent in script, and by the page's thread as a whole."""
    told: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    found = {entry["name"]: float(entry["value"]) for entry in told}
    return found["ScriptDuration"], found["TaskDuration"]


def _give(route: Route, given: Mapping[str, Path]) -> None:
    """Answer what a page loads from elsewhere with a file; anything else stays unanswered."""
    for part, file in given.items():
        if part in route.request.url:
            route.fulfill(path=file, headers={"Access-Control-Allow-Origin": "*"})
            return
    route.abort()


def _table(rows: list[str], loads: list[float]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in PACKAGES.items())
    load = f"{min(loads):.1f} to {max(loads):.1f} (median {statistics.median(loads):.1f})"
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, no GPU"
    head = (__doc__ or "").split("\n\n")[-1].strip()
    return "\n".join([
        "# The page beside others",
        "",
        "`python benchmarks/page.py` writes this table: made-up clusters of so many nodes with",
        "twice as many relations, the same places for all, software rendering, 1600 × 980 pixels.",
        "",
        head,
        "",
        f"Machine: {machine}; its load during the run was {load}. {versions}; pyvis 0.3.2,",
        f"ipysigma {ipysigma_page.VERSION}.",
        "",
        "| nodes | drawn by | first picture | frames/s | script, ms | page, ms | calls | MB |",
        "| --: | --- | --: | --: | --: | --: | --: | --: |",
        *rows,
        "",
    ])  # fmt: skip


def main() -> None:
    """Measure, print and write the table."""
    rows: list[str] = []
    loads: list[float] = []
    failed: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in [int(word) for word in sys.argv[1:]] or [1000, 10_000, 50_000]:
            drawn = network_of(count, Path(folder) / str(count))
            for drawer in DRAWERS:
                if drawer.name in failed:
                    figures = Figures(0, why=f"left out: none at {failed[drawer.name]:,}")
                else:
                    figures = measured(drawer, drawn, Path(folder) / "page.html")
                if figures.first is None:
                    failed.setdefault(drawer.name, count)
                loads.append(os.getloadavg()[0])
                rows.append(f"| {count:,} | {drawer.name} | {figures} |")
                print(rows[-1], flush=True)
            _TABLE.write_text(_table(rows, loads), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
