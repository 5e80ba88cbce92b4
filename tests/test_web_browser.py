"""The served pages in a real browser, from a real server."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

DATA = Path(__file__).parents[1] / "data"
TYPED = "Control+Space"


@dataclass
class Server:
    """A server that runs, and where."""

    address: str
    process: "subprocess.Popen[str]"
    said: str


def serve(*words: str) -> Server:
    """Start the program; return when it answers."""
    command = [sys.executable, "-m", "clustergraph", "serve", *words, "--port", "0", "--quiet"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert process.stderr is not None
    said = ""
    while "Serving at" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
    assert found
    _wait_for(int(found[1]))
    return Server(found[0], process, said)


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def stop(server: Server) -> int:
    """Tell the server to stop; return its exit code."""
    server.process.terminate()
    assert server.process.stderr is not None
    server.process.stderr.close()
    return server.process.wait(10)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = serve(str(DATA))
    yield found
    stop(found)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Open a page that fails the test when it complains, or asks another server."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 400" not in message.text:
            complaints.append(message.text)

    context = browser.new_context(base_url=server.address)
    found = context.new_page()
    found.on("console", listen)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on(
        "request",
        lambda r: None if r.url.startswith((server.address, "blob:")) else complaints.append(r.url),
    )
    yield found
    context.close()
    assert complaints == []


def run(page: Page, query: str) -> None:
    """Type a query into the editor and run it."""
    write(page, query)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def write(page: Page, text: str) -> None:
    """Put a text in the place of what the editor holds."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def test_the_network_page_runs_and_leads_to_the_rest(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="SPARQL").click()
    page.wait_for_url("**/query")
    assert page.locator("h1").inner_text() == "SPARQL"


def test_the_editor_runs_a_query_and_its_address_can_be_shared(page: Page) -> None:
    page.goto("/query")
    run(page, "SELECT ?name { :cspc rdfs:label ?name } ORDER BY ?name")
    cells = page.locator("tbody td").all_inner_texts()
    assert "石药集团有限公司" in cells
    shared = page.url
    page.goto("/entities")
    page.goto(shared)
    assert page.locator("tbody td").all_inner_texts() == cells
    assert "ORDER BY ?name" in page.locator(".cm-content").inner_text()


def test_the_back_button_brings_back_the_query_and_its_answer(page: Page) -> None:
    page.goto("/query")
    run(page, "SELECT (1 AS ?first) {}")
    run(page, "SELECT (2 AS ?second) {}")
    assert page.locator("thead th").all_inner_texts() == ["second"]
    page.go_back()
    assert page.locator("thead th").all_inner_texts() == ["first"]
    assert "?first" in page.locator(".cm-content").inner_text()


def test_the_editor_shows_an_error_in_its_place(page: Page) -> None:
    page.goto("/query")
    run(page, "SELECT *\n{ ?s a cgg:Firm }")
    assert page.locator(".cm-lintRange-error").inner_text() == "cgg:Firm"
    assert "did you mean 'cg'?" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("SELECT * { ?s a cg:Fi", "cg:Firm"),
        ("SELECT * { ?s cg:loca", "cg:locatedIn"),
        ("SELECT * { :csp", ":cspc"),
        ("SELECT * { ?s a sch", "schema:"),
        ("SEL", "SELECT"),
        ("SELECT ?zone { ?firm cg:locatedIn ?zo", "?zone"),
    ],
)
def test_the_editor_completes_from_the_graph(page: Page, typed: str, offered: str) -> None:
    page.goto("/query")
    write(page, typed)
    page.keyboard.press(TYPED)
    page.locator(".cm-tooltip-autocomplete li").first.wait_for()
    labels = page.locator(".cm-completionLabel").all_inner_texts()
    assert offered in labels


def test_every_named_query_has_a_form_that_answers(page: Page) -> None:
    page.goto("/ask")
    paths = [str(a.get_attribute("href")) for a in page.locator(".questions a").all()]
    assert len(paths) >= 15
    failed = {}
    for path in paths:
        page.goto(path)
        button = page.get_by_role("button", name="Ask")
        for select in page.locator("form.question select").all():
            if not select.input_value():
                select.select_option(index=1)
        with page.expect_navigation():
            button.click()
        if page.get_by_role("alert").count() or not page.locator("#result .count").count():
            failed[path] = page.locator("#result").inner_text()[:300]
    assert failed == {}


def test_an_entity_is_read_without_a_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/id/cspc")
    assert page.url.endswith("/id/cspc.html")
    page.get_by_role("link", name="Turtle").click()
    assert page.locator("body").inner_text().startswith("@prefix")
    page.goto("/query")
    page.locator("textarea").fill("SELECT (1 + 1 AS ?two) {}")
    page.get_by_role("button", name="Run").click()
    assert page.locator("tbody td").all_inner_texts() == ["2"]
    context.close()


def test_a_public_server_prints_a_warning_and_lets_in_who_has_its_token(browser: Browser) -> None:
    server = serve(str(DATA), "--public")
    try:
        token = re.search(r"\?token=(\S+)", server.said)
        assert token
        assert "Warning:" in server.said
        context = browser.new_context(base_url=server.address)
        page = context.new_page()
        refused = page.goto("/query")
        assert refused is not None
        assert refused.status == 401
        page.goto(f"/query?token={token[1]}")
        assert page.url == f"{server.address}query"
        page.locator(".cm-content").wait_for()
        context.close()
    finally:
        assert stop(server) == 143


def test_a_connection_that_asks_nothing_is_closed_and_a_query_that_nobody_waits_for_is_stopped(
    server: Server,
) -> None:
    port = int(server.address.rsplit(":", 1)[1].strip("/"))
    slow = socket.create_connection(("127.0.0.1", port), 15)
    slow.sendall(b"GET /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    product = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    for _ in range(8):
        gone = socket.create_connection(("127.0.0.1", port), 15)
        gone.sendall(f"GET /sparql?query={product} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        time.sleep(0.1)
        gone.close()
    assert slow.recv(1000) == b""
    slow.close()
    assert busy(server, seconds=1) < 0.5


def busy(server: Server, *, seconds: float) -> float:
    """Return how much of a processor the server and its processes use, for so long."""
    processes = psutil.Process(server.process.pid).children(recursive=True)
    before = sum(sum(p.cpu_times()[:2]) for p in processes if p.is_running())
    time.sleep(seconds)
    return sum(sum(p.cpu_times()[:2]) for p in processes if p.is_running()) - before


def test_a_page_follows_the_tables_and_a_broken_edit_keeps_the_last_good_graph(
    browser: Browser, tmp_path: Path
) -> None:
    entities, relations = tmp_path / "entities.csv", tmp_path / "relations.csv"
    entities.write_text("id,type,name\nacme,firm,Acme\n", encoding="utf-8")
    relations.write_text("source,relation,target\n", encoding="utf-8")
    server = serve(str(tmp_path), "--watch")
    try:
        page = browser.new_context(base_url=server.address).new_page()
        page.goto("/data/acme")
        assert page.locator("h1").inner_text() == "Acme"
        entities.write_text("id,type,name\nacme,firm,Acme Pharma\n", encoding="utf-8")
        page.get_by_role("heading", name="Acme Pharma").wait_for()
        entities.write_text("id,typ,name\nacme,firm,Broken\n", encoding="utf-8")
        page.locator(".live").wait_for()
        assert "type" in page.locator(".live").inner_text()
        page.reload()
        assert page.locator("h1").inner_text() == "Acme Pharma"
        entities.write_text("id,type,name\nacme,firm,Mended\n", encoding="utf-8")
        page.get_by_role("heading", name="Mended").wait_for()
        page.context.close()
    finally:
        stop(server)
