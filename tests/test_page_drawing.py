"""What is drawn on the page, read from the canvas itself in a real browser."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

import clustergraph as cg
from browsing import Bundled, Launch
from clustergraph import view

WIDE: ViewportSize = {"width": 1600, "height": 980}
NARROW: ViewportSize = {"width": 390, "height": 844}

# Notes what the screen's canvas is told since it was last cleared: texts with boxes, and pictures.
NOTE = """
window.texts = []; window.pictures = 0;
const own = CanvasRenderingContext2D.prototype;
const {fillRect, fillText, drawImage} = own;
const seen = (pen) => pen.canvas.className === "screen";
own.fillRect = function (...given) {
  if (seen(this)) { window.texts = []; window.pictures = 0; }
  return fillRect.apply(this, given);
};
own.drawImage = function (...given) {
  if (seen(this)) window.pictures += 1;
  return drawImage.apply(this, given);
};
own.fillText = function (text, x, y) {
  if (seen(this)) {
    const m = this.measureText(text);
    window.texts.push({text, left: x - m.actualBoundingBoxLeft, right: x + m.actualBoundingBoxRight,
      top: y - m.actualBoundingBoxAscent, bottom: y + m.actualBoundingBoxDescent});
  }
  return fillText.call(this, text, x, y);
};
"""
RESTED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => done()), 400))"

Text: TypeAlias = dict[str, Any]


@dataclass
class Opened:
    page: Page
    complaints: list[str] = field(default_factory=list)

    def texts(self) -> list[Text]:
        """Return the texts of the drawing once it rests."""
        self.page.evaluate(RESTED)
        found: list[Text] = self.page.evaluate("window.texts")
        return found


Show: TypeAlias = Callable[..., Opened]


def opened(context: BrowserContext, file: Path, address: str) -> Opened:
    context.add_init_script(NOTE)
    found = Opened(context.new_page())
    found.page.on(
        "console",
        lambda m: found.complaints.append(m.text) if m.type in {"error", "warning"} else None,
    )
    found.page.on("pageerror", lambda e: found.complaints.append(str(e)))
    found.page.goto(file.as_uri() + address)
    found.page.wait_for_selector("[data-ready]")
    return found


@pytest.fixture(scope="module")
def files(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a file with the page of the bundled data, by the engine that draws it."""
    folder = tmp_path_factory.mktemp("page")
    made = {engine: folder / f"{engine}.html" for engine in ("pyvis", "canvas")}
    for engine, file in made.items():
        file.write_text(bundled(engine), encoding="utf-8", newline="\n")
    return made


@pytest.fixture
def show(browser: Browser, files: dict[str, Path]) -> Iterator[Show]:
    contexts: list[BrowserContext] = []

    def show(address: str, viewport: ViewportSize, engine: str = "pyvis") -> Opened:
        contexts.append(browser.new_context(viewport=viewport, offline=True))
        return opened(contexts[-1], files[engine], address)

    yield show
    for context in contexts:
        context.close()


def overlapping(texts: list[Text]) -> list[tuple[str, str]]:
    return [
        (a["text"], b["text"])
        for a, b in combinations(texts, 2)
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    ]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_no_name_covers_another_and_none_is_cut_off(
    show: Show, language: str, viewport: ViewportSize
) -> None:
    shown = show(f"#language={language}", viewport)
    box = shown.page.locator("canvas.screen").bounding_box()
    assert box
    counts, faults = [], []
    for at in ("", "&entity=cspc", "&at=0,0,0.5", "&at=0,0,1", "&at=-200,50,2", "&at=150,-80,4"):
        shown.page.evaluate("(hash) => { location.hash = hash; }", f"language={language}{at}")
        texts = shown.texts()
        counts.append(len(texts))
        faults += overlapping(texts)
        faults += [
            (t["text"], "cut off")
            for t in texts
            if t["left"] < 0
            or t["top"] < 0
            or t["right"] > box["width"]
            or t["bottom"] > box["height"]
        ]
    assert faults == []
    assert min(counts) > 3
    assert shown.complaints == []


COVERS = """() => {
  const {left, top} = document.querySelector("canvas.screen").getBoundingClientRect();
  return [...document.querySelectorAll(".arrangements, .zoom")].map((element) => {
    const box = element.getBoundingClientRect();
    return {text: element.className, left: box.left - left, right: box.right - left,
      top: box.top - top, bottom: box.bottom - top};
  });
}"""


def test_no_name_stands_behind_the_buttons_on_the_drawing(show: Show) -> None:
    shown = show("#language=both", {"width": 900, "height": 560})
    for at in ("", "&at=0,0,1", "&at=-200,50,2", "&at=100,200,1.5"):
        shown.page.evaluate("(hash) => { location.hash = hash; }", f"language=both{at}")
        texts = shown.texts()
        covers = shown.page.evaluate(COVERS)
        assert len(covers) == 2
        assert len(texts) > 3
        assert [
            pair
            for cover in covers
            for pair in overlapping([cover, *texts])
            if cover["text"] in pair
        ] == []


@pytest.mark.parametrize("engine", ["pyvis", "canvas"])
def test_while_the_view_moves_a_picture_is_moved_and_the_drawing_follows_when_it_rests(
    show: Show, engine: str
) -> None:
    shown = show("#at=0,0,1", WIDE, engine)
    before = shown.texts()
    # As if each frame took long: then none is drawn before the view rests.
    shown.page.evaluate("""() => {
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function (...given) {
        for (const begun = performance.now(); performance.now() < begun + 60; );
        return postMessage.apply(this, given);
      };
    }""")
    shown.page.mouse.move(800, 500)
    shown.page.mouse.wheel(0, -20)
    shown.page.wait_for_timeout(60)
    shown.texts()
    shown.page.mouse.wheel(0, -100)
    shown.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
    )
    moving = shown.page.evaluate("[window.pictures, window.texts.length]")
    after = shown.texts()
    assert moving == [1, 0]
    assert after
    assert after != before


def test_a_page_is_drawn_without_any_rasterizer_for_three_dimensions(
    launch: Launch, files: dict[str, Path]
) -> None:
    browser = launch("--disable-software-rasterizer")
    context = browser.new_context(viewport=WIDE, offline=True)
    shown = [opened(context, file, "") for file in files.values()]
    names = [{text["text"] for text in page.texts()} for page in shown]
    webgl = "document.createElement('canvas').getContext('webgl')"
    assert [page.page.evaluate(webgl) for page in shown] == [None, None]
    assert all("石药集团有限公司" in found for found in names)
    assert [page.complaints for page in shown] == [[], []]


HOSTILE = "<script>alert(1)</script>&\"'\x01]]>"


@pytest.mark.parametrize("engine", ["pyvis", "canvas"])
def test_an_svg_stands_alone_with_any_name(
    browser: Browser, tmp_path: Path, engine: view.Engine
) -> None:
    (tmp_path / "entities.csv").write_text(
        'id,type,name\na,firm,"' + HOSTILE.replace('"', '""') + '"\nb,firm,石药集团\n',
        encoding="utf-8",
    )
    (tmp_path / "relations.csv").write_text("source,relation,target\na,supplies,b\n")
    file = tmp_path / "page.html"
    view.write(cg.build(cg.read(tmp_path)).to_networkx(), file, engine=engine)
    context = browser.new_context(viewport=NARROW, offline=True)
    shown = opened(context, file, "")
    shown.texts()
    with shown.page.expect_download() as download:
        shown.page.get_by_role("button", name="SVG").click()
    svg = tmp_path / "network.svg"
    download.value.save_as(svg)
    root = ET.fromstring(svg.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    texts = "".join(root.itertext())
    assert "石药集团" in texts
    assert "<script>alert(1)</script>" in texts
    assert {e.tag.split("}")[1] for e in root.iter()} <= {"svg", "path", "text", "rect", "g"}
    alone = context.new_page()
    alone.on("dialog", lambda d: pytest.fail(d.message))
    alone.goto(svg.as_uri())
    inside = alone.evaluate("""() => [...document.querySelectorAll('text')].every((t) => {
      const box = t.getBoundingClientRect(), own = document.documentElement;
      return box.left >= 0 && box.top >= 0 && box.right <= Number(own.getAttribute('width')) &&
        box.bottom <= Number(own.getAttribute('height'));
    })""")
    assert inside
    context.close()
