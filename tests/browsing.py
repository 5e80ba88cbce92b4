"""A page in a real browser, opened from a folder with the network off, and watched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


Launch: TypeAlias = Callable[..., Browser]


@pytest.fixture(scope="module")
def launch() -> Iterator[Launch]:
    """Return a function that runs Chromium, Debian's or else Playwright's, with more arguments."""
    started: list[Browser] = []
    with sync_playwright() as playwright:

        def launch(*more: str) -> Browser:
            path = CHROMIUM if CHROMIUM.exists() else None
            words = [*ARGUMENTS, *more]
            started.append(playwright.chromium.launch(executable_path=path, args=words))
            return started[-1]

        yield launch
        for browser in started:
            browser.close()


@pytest.fixture(scope="module")
def browser(launch: Launch) -> Browser:
    return launch()


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
