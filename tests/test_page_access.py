"""The page for everyone: nothing that axe-core finds fault with, and every action by keys alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browsing import Bundled, Show, reach, settled

AXE = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"

VIEWS = (
    "",
    "entity=cspc",
    "entity=s070",
    "entity=cspc&focus=1",
    "entity=cspc&compare=cspc,",
    "path=cspc,yiling",
    "compare=cspc,yiling&view=compare",
    "view=table",
    "view=questions",
    "arrange=zone",
    "arrange=time",
)

VIOLATIONS = """(rules) => axe.run({resultTypes: ["violations"], rules}).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]))"""


def violations(page: Page, language: str, *, colours: bool) -> dict[str, object]:
    """Return what axe-core finds in each view, by address, where it finds anything."""
    rules = {} if colours else {"color-contrast": {"enabled": False}}
    found: dict[str, object] = {}
    for view in VIEWS:
        address = f"language={language}&{view}"
        page.evaluate("(address) => { location.hash = address }", address)
        settled(page)
        found[address] = page.evaluate(VIOLATIONS, rules)
    page.locator(".stage").focus()
    page.keyboard.press("?")
    found[f"help in {language}"] = page.evaluate(VIOLATIONS, rules)
    page.keyboard.press("Escape")
    return {where: told for where, told in found.items() if told}


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: run `npm ci` in web/")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out_of_any_view_in_any_language(
    show: Show, bundled: Bundled, zoned: str, scheme: str
) -> None:
    options = {"color_scheme": scheme, "bypass_csp": True, "reduced_motion": "reduce"}
    page = show(bundled(sparql=True), **options).page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Both languages at once have every colour that one alone has.
    found = violations(page, "both", colours=True)
    for language in ("en", "zh"):
        found |= violations(page, language, colours=False)
    zones = show(zoned, **options).page
    zones.evaluate(AXE.read_text(encoding="utf-8"))
    assert found == {}
    assert zones.evaluate(VIOLATIONS, {}) == []


def address(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def act(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go to an element and press a key there."""
    reach(page, wanted)
    page.keyboard.press(key)


def find(page: Page, name: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def test_whatever_is_done_with_an_entity_is_done_by_keys_alone(
    show: Show, bundled: Bundled
) -> None:
    opened = show(bundled(), "#language=en", reduced_motion="reduce")
    page, press = opened.page, opened.page.keyboard.press
    title, counts = page.locator(".details h2.title"), page.locator(".counts")
    find(page, "cspc")
    expect(title).to_have_text("CSPC Pharmaceutical Group")
    reach(page, page.locator(".stage"))
    press("ArrowUp")
    expect(title).not_to_have_text("CSPC Pharmaceutical Group")
    press("u")
    expect(title).to_have_text("CSPC Pharmaceutical Group")
    press("Shift+ArrowRight")
    assert "pins=cspc" in address(page)
    act(page, button(page, "Put back"))
    assert "pins" not in address(page)
    press("h")
    expect(counts).to_contain_text("190/462")
    press("u")
    expect(counts).to_contain_text("191/462")
    act(page, page.locator(".details .own .chip").first)
    expect(page.locator(".details .own .source")).to_be_visible()
    press("Enter")
    expect(page.locator(".details .own .source")).to_be_hidden()
    act(page, button(page, "Focus"))
    assert "focus=1" in address(page)
    press("2")
    assert "focus=2" in address(page)
    press("Escape")
    for key, seen in (("p", ".details ol.relations"), ("c", ".compare-view")):
        press(key)
        find(page, "yiling")
        expect(page.locator(seen)).to_be_visible()
        press("Escape")
    press("Escape")
    expect(title).to_have_count(0)
    assert opened.faults == []


def test_whatever_changes_the_view_is_done_by_keys_alone(show: Show, bundled: Bundled) -> None:
    opened = show(bundled(), "#language=en", reduced_motion="reduce")
    page, press = opened.page, opened.page.keyboard.press
    counts = page.locator(".counts")
    seen = {address(page)}
    for key in ("+", "-", "-"):
        press(key)
        seen.add(address(page))
    assert len(seen) >= 3
    press("a")
    assert "arrange=zone" in address(page)
    act(page, button(page, "Network"))
    assert "arrange" not in address(page)
    act(page, page.locator("[data-key=zh]"))
    expect(page.locator(".legend h2").first).to_contain_text("实体")
    act(page, page.locator("[data-key=en]"))
    act(page, page.locator("[data-key=theme]"))
    assert "theme=light" in address(page)
    act(page, page.get_by_role("checkbox", name="Firm"), "Space")
    expect(counts).to_contain_text("158/462")
    act(page, page.get_by_role("button", name="only Zone"))
    expect(counts).to_contain_text("12/462")
    act(page, page.get_by_label("Period: From"), "ArrowRight")
    assert "period=" in address(page)
    act(page, button(page, "Play"))
    expect(button(page, "Pause")).to_be_visible()
    press("Enter")
    expect(button(page, "Play")).to_be_visible()
    act(page, button(page, "Reset filters"))
    expect(counts).to_contain_text("191/462")
    press("?")
    expect(page.locator("dialog")).to_be_visible()
    press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert opened.faults == []


def test_whatever_is_listed_asked_or_kept_is_so_by_keys_alone(show: Show, bundled: Bundled) -> None:
    page = show(bundled(sparql=True), "#language=en", reduced_motion="reduce").page
    kept = []

    def keep(wanted: Locator) -> None:
        reach(page, wanted)
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        kept.append(download.value.suggested_filename)

    keep(page.locator("[data-key=png]"))
    keep(page.locator("[data-key=svg]"))
    page.keyboard.press("t")
    act(page, page.locator("[data-sort=name]"))
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    keep(button(page, "Download CSV"))
    assert kept == ["network.png", "network.svg", "entities.csv"]
    page.keyboard.press("t")
    page.keyboard.press("q")
    act(page, button(page, "Ownership"))
    expect(page.locator(".answer table")).to_be_visible()
