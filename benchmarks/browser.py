"""The browser that pages are measured and pictured in: Debian's Chromium where it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browsing(*more: str) -> Iterator[Browser]:
    """Give a browser without a GPU, started with these further words."""
    with sync_playwright() as playwright:
        path = _CHROMIUM if _CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()
