"""Questions in the page: answered in a real browser, opened from a folder, with the network off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import clustergraph as cg
from browsing import Bundled
from clustergraph.graph import Graph

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?c != ?f) }"


@pytest.fixture
def page(browser: Browser, bundled: Bundled, tmp_path: Path) -> Iterator[Page]:
    """Open the page at its questions; whatever it asks for or complains of fails the test."""
    path = tmp_path / "network.html"
    path.write_text(bundled(sparql=True), encoding="utf-8", newline="\n")
    context = browser.new_context(viewport={"width": 1600, "height": 980}, offline=True)
    opened = context.new_page()
    faults: list[str] = []
    own = (path.as_uri(), "blob:null/")
    opened.on("request", lambda r: None if r.url.startswith(own) else faults.append(r.url))
    opened.on("console", lambda m: faults.append(m.text))
    opened.on("pageerror", lambda e: faults.append(str(e)))
    opened.goto(path.as_uri() + "#language=en&view=questions")
    opened.wait_for_selector(".question")
    yield opened
    context.close()
    assert faults == []


def ask(page: Page, sparql: str) -> None:
    page.get_by_role("button", name="Write a query").click()
    page.get_by_label("SPARQL", exact=True).fill(sparql)
    page.keyboard.press("Control+Enter")


def cells(page: Page) -> list[list[str]]:
    expect(page.locator(".answer table")).to_be_visible()
    found: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('.answer tbody tr')].map(row =>"
        " [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return found


def test_a_named_question_is_answered_and_its_answer_shown_in_the_network(
    page: Page, cluster: Graph
) -> None:
    page.get_by_role("button", name="Ownership").click()
    expect(page.locator(".fields select")).to_have_value("cspc")
    expected = cluster.answer("ownership")
    assert len(cells(page)) == len(expected)
    page.locator(".answer td .entity").first.click()
    expect(page.locator(".details h2.title")).to_have_count(1)
    expect(page.locator(".answer table")).to_be_visible()
    page.get_by_role("button", name="Show in the network").click()
    expect(page.locator(".unmark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".unmark")).to_be_hidden()


def test_every_named_question_has_as_many_rows_as_outside_the_page(
    page: Page, cluster: Graph
) -> None:
    expected, found = {}, {}
    for question in cluster.questions.values():
        rows = question.answer(cluster)
        assert isinstance(rows, cg.Rows)
        expected[question.title()] = len(rows)
        page.get_by_role("button", name=question.title(), exact=True).click()
        expect(page.locator(".asked h2")).to_have_text(question.title())
        count = page.locator(".answer .count, .answer .hint").first
        found[question.title()] = int(count.inner_text().split()[0].replace("Nothing", "0"))
    assert found == expected
    assert len(expected) > 20


def test_a_value_that_is_no_choice_is_refused_at_its_field(page: Page) -> None:
    page.get_by_role("button", name="All about one").click()
    field = page.locator(".fields input")
    field.fill("nobody at all")
    field.press("Enter")
    expect(page.locator(".field .warning")).to_contain_text("There is no such choice")
    expect(field).to_be_focused()
    field.fill("yiling")
    field.press("Enter")
    expect(field).to_have_value("Shijiazhuang Yiling Pharmaceutical")
    expect(page.locator(".answer table")).to_be_visible()


def test_sparql_is_answered_and_a_mistake_is_shown_where_it_is(page: Page) -> None:
    ask(page, "SELECT ?firm { ?firm a cg:Firm FILTER(?firm = :cspc) }")
    assert cells(page) == [["CSPC Pharmaceutical Group"]]
    ask(page, "SELECT ?x {\n  ?x a cg:Firm ; ; . FOO }")
    expect(page.locator(".trouble")).to_contain_text("line 2, column 22")
    ask(page, "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }")
    expect(page.locator(".trouble")).to_contain_text("is not supported")


def test_a_time_limit_ends_a_runaway_query_and_the_next_is_answered(page: Page) -> None:
    ask(page, "ASK {}")
    expect(page.locator(".verdict")).to_have_text("Yes")
    page.clock.install()
    ask(page, RUNAWAY)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.clock.fast_forward(10_000)
    expect(page.locator(".trouble")).to_contain_text("took more than 10 seconds")
    ask(page, "SELECT (COUNT(*) AS ?n) { ?s a cg:Firm }")
    assert cells(page) == [["33"]]


def test_turtle_from_the_page_is_the_graph(page: Page, cluster: Graph, tmp_path: Path) -> None:
    page.get_by_role("button", name="Table").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Turtle").click()
    saved = tmp_path / "saved.ttl"
    download.value.save_as(saved)
    assert set(cg.Graph.open(saved).quads()) == set(cluster.quads())
