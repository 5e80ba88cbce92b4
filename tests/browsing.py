"""A page in a real browser, opened from a folder with the network off, and watched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Playwright, sync_playwright

import clustergraph as cg
from clustergraph import overview, view
from clustergraph.graph import Graph

DATA = Path(__file__).parents[1] / "data"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium(playwright: Playwright, *more: str) -> Browser:
    """Return Chromium, Debian's or else Playwright's, without a GPU, started with more words."""
    path = CHROMIUM if CHROMIUM.exists() else None
    return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])


Launch: TypeAlias = Callable[..., Browser]


# While Playwright runs, nothing else in the thread can run an event loop: so one for each module.
@pytest.fixture(scope="module")
def launch() -> Iterator[Launch]:
    """Return a function that runs Chromium with more words."""
    started: list[Browser] = []
    with sync_playwright() as playwright:

        def launch(*more: str) -> Browser:
            started.append(chromium(playwright, *more))
            return started[-1]

        yield launch
        for browser in started:
            browser.close()


@pytest.fixture(scope="module")
def browser(launch: Launch) -> Browser:
    return launch()


@pytest.fixture(scope="session")
def cluster() -> Graph:
    """Return the graph of the bundled data."""
    return cg.build(cg.read(DATA))


Bundled: TypeAlias = Callable[..., str]


@pytest.fixture(scope="session")
def zoned(cluster: Graph) -> str:
    """Return the page of the bundled data as if it were too large to be drawn at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overview, "LIMIT", 400)
        return view.page(cluster, engine="canvas", sparql=False)


@pytest.fixture(scope="session")
def bundled(cluster: Graph) -> Bundled:
    """Return a function that gives the page of the bundled data, made once for each kind."""

    @cache
    def page(engine: view.Engine = "auto", *, sparql: bool = False) -> str:
        return view.page(cluster, engine=engine, sparql=sparql)

    return page


def settled(page: Page) -> None:
    """Wait until what was asked for is on the screen: two frames."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def reach(page: Page, wanted: Locator) -> None:
    """Go to an element by the Tab key alone, forwards or backwards."""
    for _ in range(150):
        way = wanted.evaluate(
            "(element) => element === document.activeElement ? 0 :"
            " document.activeElement.compareDocumentPosition(element)"
        )
        if not way:
            return
        page.keyboard.press("Shift+Tab" if way & 2 else "Tab")  # 2: it comes before
    pytest.fail(f"The Tab key never comes to {wanted}")


def save_tables(page: Page, folder: Path) -> None:
    """Download what is shown as tables into a folder of their own."""
    folder.mkdir()
    names = ("entities.csv", "relations.csv")
    with (
        page.expect_download(lambda d: d.suggested_filename == names[0]) as entities,
        page.expect_download(lambda d: d.suggested_filename == names[1]) as relations,
    ):
        page.get_by_role("button", name="Download as tables").click()
    for name, download in zip(names, (entities, relations), strict=True):
        download.value.save_as(folder / name)


@dataclass
class Opened:
    """A page that a browser has open, and what it did that it should not."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def faults(self) -> list[str]:
        return [*self.requests, *self.complaints, *self.dialogs]

    def js(self, expression: str) -> Any:  # noqa: ANN401 - whatever the script gives
        return self.page.evaluate(expression)


Show: TypeAlias = Callable[..., Opened]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    contexts = []

    def show(text: str, address: str = "", **options: Any) -> Opened:  # noqa: ANN401 - as Playwright takes them
        path = tmp_path / "network.html"
        path.write_text(text, encoding="utf-8", newline="\n")
        options = {"viewport": {"width": 1600, "height": 980}, "offline": True, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        opened = Opened(page)
        page.on(
            "request",
            lambda r: opened.requests.append(r.url) if r.url != page.url.split("#")[0] else None,
        )
        page.on(
            "console",
            lambda m: opened.complaints.append(m.text) if m.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda e: opened.complaints.append(str(e)))
        page.on("dialog", opened.dismiss)
        opened.requests.clear()
        page.goto(path.as_uri() + address)
        opened.requests[:] = [url for url in opened.requests if not url.startswith(path.as_uri())]
        page.wait_for_selector("[data-ready]")
        return opened

    yield show
    for context in contexts:
        context.close()
