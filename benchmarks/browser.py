"""The browser that pages are measured and pictured in: the tests' own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from browsing import chromium


@contextmanager
def browsing(*more: str) -> Iterator[Browser]:
    """Give a browser without a GPU, started with these further words."""
    with sync_playwright() as playwright:
        browser = chromium(playwright, *more)
        try:
            yield browser
        finally:
            browser.close()
