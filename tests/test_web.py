"""The server, asked in this process: pages, addresses, forms, and what it must refuse."""

import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

import clustergraph as cg
from clustergraph.cli import program
from clustergraph.graph import Graph
from clustergraph.web.accept import Offer, best
from clustergraph.web.addresses import Addresses
from clustergraph.web.app import LARGE, Held, app
from clustergraph.web.site import Settings

HERE = "http://127.0.0.1:8765"
BASE = "https://example.org/id/"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NASTY = '<script>alert("x")</script>'
ENTITIES = f"""id,type,name,name@zh,note
acme,firm,Acme,顶点,"{NASTY.replace('"', '""')}"
park,zone,Park,,
s1,document,A newspaper,,
a/b?c=1,firm,Slash & Query,,
..,firm,Two dots,,
v1,firm,Version one,,
v1.ttl,firm,A name like a file,,
石药,firm,CSPC,石药集团,
"=cmd()",firm,"=1+1",,
"""
RELATIONS = """source,relation,target,start,end,confidence,evidence
acme,located_in,park,2019,2021,several,s1
acme,located_in,park,2023,,,
石药,located_in,park,,,,https://example.com/news?a=1&b=2
"""
QUESTION = """# title: Firms of a zone
# title@zh: 园区企业
# question: Which firms are in a zone?
#
# parameter: zone
# label: Zone
# takes: entity cg:Zone
# required: yes
SELECT ?firm ?name { ?firm cg:locatedIn ?zone ; rdfs:label ?name }
"""


def tables(folder: Path) -> Path:
    """Write the tables of these tests."""
    (folder / "queries").mkdir(parents=True, exist_ok=True)
    (folder / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (folder / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    (folder / "queries" / "of-a-zone.rq").write_text(QUESTION, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    folder = tables(tmp_path_factory.mktemp("tables"))
    with cg.build(cg.read(folder, base=BASE)) as found:
        yield found


@pytest.fixture(scope="module")
def client(graph: Graph) -> Iterator[TestClient]:
    made = app(graph, Settings(timeout=2))
    with TestClient(made, base_url=HERE, follow_redirects=False) as found:
        yield found


def alerts(page: str) -> list[str]:
    return re.findall(r"<script>alert", page)


# Entities


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("*/*", "html"),
        ("text/html", "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples;q=0.9, text/html;q=0.1", "nt"),
    ],
)
def test_an_entity_leads_to_the_document_that_is_wanted(
    client: TestClient, accept: str, suffix: str
) -> None:
    reply = client.get("/id/acme", headers={"Accept": accept})
    found = (reply.status_code, reply.headers["location"], reply.headers["vary"])
    assert found == (303, f"/id/acme.{suffix}", "Accept")


def test_the_data_of_an_entity_are_its_facts_and_relations_with_their_evidence(
    client: TestClient,
) -> None:
    turtle = client.get("/id/acme.ttl")
    ntriples = client.get("/id/acme.nt")
    jsonld = client.get("/id/acme.jsonld")
    found = {str(q.triple) for q in parse(turtle.content, RdfFormat.TURTLE)}
    assert {str(q.triple) for q in parse(ntriples.content, RdfFormat.N_TRIPLES)} == found
    assert {str(q.triple) for q in parse(jsonld.content, RdfFormat.JSON_LD)} == found
    located, source = cg_("locatedIn"), "<http://purl.org/dc/terms/source>"
    assert f"<{BASE}acme> {located} <{BASE}park>" in found
    assert len([t for t in found if t.endswith(f"{source} <{BASE}s1>")]) == 1
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"


def cg_(name: str) -> str:
    return f"<https://clustergraph.example/vocabulary#{name}>"


def test_the_page_of_an_entity_tells_both_ways_with_periods_and_evidence(
    client: TestClient,
) -> None:
    acme, park = client.get("/id/acme.html").text, client.get("/id/park.html").text
    assert '<bdi lang="zh">顶点</bdi>' in acme
    assert acme.count('href="/id/park"') == 2
    assert "2019 – 2021" in acme
    assert "2023 –" in acme
    assert 'href="/id/s1"' in acme
    assert "entities.csv, row 2" in acme
    assert park.count('href="/id/acme"') == 2
    assert 'href="https://example.com/news?a=1&amp;b=2"' in park


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        ("a/b?c=1", "/id/a%2Fb%3Fc%3D1"),
        ("石药", "/id/%E7%9F%B3%E8%8D%AF"),
        ("v1.ttl", "/id/v1.ttl"),
        ("=cmd()", "/id/%3Dcmd%28%29"),
    ],
)
def test_every_entity_has_its_own_address(client: TestClient, identifier: str, path: str) -> None:
    reply = client.get(path, headers=HTML)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{path}.html")
    assert f"<code>{BASE}" in client.get(f"{path}.html").text
    del identifier


def test_an_entity_whose_document_has_the_address_of_another_is_told_elsewhere(
    client: TestClient,
) -> None:
    reply = client.get("/id/v1", headers={"Accept": "text/turtle"})
    assert reply.headers["location"] == "/about.ttl?iri=https%3A%2F%2Fexample.org%2Fid%2Fv1"
    assert '"Version one"' in client.get(reply.headers["location"]).text
    assert '"A name like a file"' in client.get("/id/v1.ttl.ttl").text


def test_an_entity_called_two_dots_is_reached_without_a_path(client: TestClient) -> None:
    listed = client.get("/entities").text
    address = "/about?iri=https%3A%2F%2Fexample.org%2Fid%2F%252E%252E"
    assert f'href="{address}"' in listed
    reply = client.get(address, headers=HTML)
    assert "Two dots" in client.get(reply.headers["location"]).text


def test_a_class_of_the_vocabulary_has_a_page_with_its_members(client: TestClient) -> None:
    firm = "https%3A%2F%2Fclustergraph.example%2Fvocabulary%23Firm"
    page = client.get(f"/about.html?iri={firm}").text
    assert 'href="/id/acme"' in page
    assert "企业" in page


def test_what_the_graph_does_not_know_is_not_found(client: TestClient) -> None:
    paths = (
        "/id/nobody",
        "/about?iri=http://x.example/",
        "/about?iri=no iri",
        "/id/a/b",
        "/nothing",
    )
    assert [client.get(p).status_code for p in paths] == [404] * 5


@pytest.mark.parametrize(
    ("base", "iri", "path"),
    [
        ("https://x.example/", "https://x.example/a", "/id/a"),
        ("https://x.example/sparql/", "https://x.example/sparql/a", "/id/a"),
        ("https://x.example/a/b/", "https://x.example/a/b/c", "/a/b/c"),
        ("https://x.example/#", "https://x.example/#a", "/id/a"),
        ("urn:x:", "urn:x:a", "/id/a"),
        ("https://x.example/id/", "https://y.example/a", "/about?iri=https%3A%2F%2Fy.example%2Fa"),
    ],
)
def test_addresses_follow_the_base_and_never_meet_our_own(base: str, iri: str, path: str) -> None:
    assert Addresses(base, lambda known: known == iri).path(iri) == path


# Pages


@pytest.mark.parametrize(
    "path", ["/id/acme.html", "/entities", "/query?query=SELECT * {?s ?p ?o}", "/problems", "/"]
)
def test_what_the_tables_hold_is_text_on_every_page(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert alerts(page.text) == []


def test_no_page_of_ours_has_a_script_or_a_style_inside(client: TestClient) -> None:
    paths = ("/id/acme.html", "/entities", "/query", "/ask", "/ask/of-a-zone", "/problems")
    inside = [
        re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", client.get(p).text)
        for p in paths
    ]
    assert inside == [[]] * 6


def test_the_network_page_may_run_its_own_scripts_only(client: TestClient) -> None:
    reply = client.get("/")
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "unsafe" not in policy
    assert "http-equiv" not in reply.text
    assert '<script src="/-/bar.js" data-site="{' in reply.text


def test_the_editor_page_shows_rows_with_names_and_links(client: TestClient) -> None:
    query = (
        "SELECT ?firm ?name { ?firm cg:locatedIn :park ; rdfs:label ?name"
        " FILTER(LANG(?name)='zh') } ORDER BY ?name"
    )
    page = client.get("/query", params={"query": query}).text
    assert "2 rows" in page
    assert '<td data-column="name"><bdi lang="zh">石药集团</bdi></td>' in page
    assert 'href="/query.csv?query=SELECT+%3Ffirm' in page
    assert "LANG(?name)=&#39;zh&#39;" in page


def test_the_editor_page_shows_an_error_in_its_place(client: TestClient) -> None:
    reply = client.get("/query", params={"query": "SELECT *\n{ ?s a cgg:Firm }"})
    assert reply.status_code == 400
    assert 'id="error" data-line="2" data-column="8"' in reply.text
    assert "no prefix is called &#39;cgg&#39; (did you mean &#39;cg&#39;?)" in reply.text
    assert "{ ?s a cgg:Firm }</textarea>" in reply.text


def test_the_editor_page_shows_graphs_and_yes_or_no(client: TestClient) -> None:
    graph = client.get("/query", params={"query": "DESCRIBE :park"}).text
    boolean = client.get("/query", params={"query": "ASK { :acme a cg:Firm }"}).text
    assert ":park\n  a cg:Zone ;\n" in graph
    assert '<p class="boolean">Yes</p>' in boolean


def test_the_suffix_of_an_address_is_the_format_of_the_answer(client: TestClient) -> None:
    query = {"query": "SELECT ?name { ?s rdfs:label ?name FILTER(STRSTARTS(?name, '=')) }"}
    replies = {s: client.get(f"/query.{s}", params=query) for s in ("csv", "tsv", "json", "xml")}
    assert {s: r.status_code for s, r in replies.items()} == dict.fromkeys(replies, 200)
    assert replies["csv"].text == "name\r\n=1+1\r\n"
    spreadsheet = client.get("/query.spreadsheet.csv", params=query)
    assert spreadsheet.content == b"\xef\xbb\xbfname\r\n'=1+1\r\n"
    assert client.get("/query.ttl", params=query).status_code == 406
    assert client.get("/query.exe", params=query).status_code == 404


def test_a_form_asks_a_named_query(client: TestClient) -> None:
    listed = client.get("/ask").text
    empty = client.get("/ask/of-a-zone")
    asked = client.get("/ask/of-a-zone", params={"zone": "park"})
    wrong = client.get("/ask/of-a-zone", params={"zone": "parc"})
    assert '<a href="/ask/of-a-zone">Firms of a zone</a>' in listed
    assert (empty.status_code, '<option value="park"' in empty.text) == (200, True)
    assert 'role="alert"' not in empty.text
    assert (asked.status_code, "4 rows" in asked.text) == (200, True)
    assert '<option value="park" selected>' in asked.text
    assert (wrong.status_code, "did you mean &#39;park&#39;?" in wrong.text) == (400, True)


def test_the_answer_to_a_named_query_has_an_address_in_each_format(client: TestClient) -> None:
    csv = client.get("/ask/of-a-zone.csv", params={"zone": "park"})
    assert len(csv.text.splitlines()) == 5
    assert client.get("/ask/of-a-zone.csv", params={"zone": "nowhere"}).status_code == 400
    assert client.get("/ask/of-a-zone.csv", params={"zoen": "park"}).status_code == 400
    assert client.get("/ask/none-such.csv").status_code == 404


def test_the_editor_completes_from_the_graph(client: TestClient) -> None:
    words = client.get("/-/words.json").json()
    assert words["prefixes"][""] == BASE
    assert [name for name, _ in words["classes"]][:2] == ["cg:Firm", "rdf:Statement"]
    assert ["cg:locatedIn", "located in 位于"] in words["predicates"]
    assert [":acme", "Acme 顶点"] in words["entities"]


def test_problems_are_a_page_and_data(client: TestClient) -> None:
    found = client.get("/problems.json").json()
    assert found["failure"] == ""
    assert all({"code", "file", "message"} <= problem.keys() for problem in found["problems"])


# Who may ask


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "0"])
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/sparql", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8765"])
def test_this_computer_may_ask_under_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/sparql", headers={"Host": host}).status_code == 200


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_other_sites_may_not_ask(
    client: TestClient, method: str, headers: dict[str, str]
) -> None:
    reply = client.request(method, "/sparql?query=ASK{}", headers=headers)
    assert reply.status_code == 403
    assert "access-control-allow-origin" not in reply.headers


def test_a_link_on_another_site_may_be_followed_but_no_form_sent(client: TestClient) -> None:
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert client.get("/id/acme.html", headers=headers).status_code == 200
    assert client.post("/query", data={"query": "ASK{}"}, headers=headers).status_code == 403


def test_an_allowed_site_may_ask_and_no_other(graph: Graph) -> None:
    settings = Settings(origins=("https://friend.example",))
    with TestClient(app(graph, settings), base_url=HERE) as client:
        friend = client.get("/sparql?query=ASK{}", headers={"Origin": "https://friend.example"})
        foe = client.get("/sparql?query=ASK{}", headers={"Origin": "https://foe.example"})
        asked = {"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"}
        preflight = client.options("/sparql", headers=asked)
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"
    assert foe.status_code == 403
    assert (preflight.status_code, preflight.headers["access-control-allow-methods"]) == (
        204,
        "GET, HEAD, POST",
    )


def test_every_reply_says_what_browsers_may_do_with_it(client: TestClient) -> None:
    paths = ("/", "/query", "/sparql", "/graph.ttl", "/nothing", "/-/site.css", "/sparql?query=x")
    for path in paths:
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


TOKEN = "a token of many characters"  # noqa: S105 - made up


@pytest.fixture(scope="module")
def public(graph: Graph) -> Iterator[TestClient]:
    made = app(graph, Settings(hosts=(), token=TOKEN))
    with TestClient(made, base_url="http://anywhere.example", follow_redirects=False) as found:
        yield found


def test_a_public_server_asks_for_its_token(public: TestClient) -> None:
    wrong = {"Authorization": "Bearer something else"}
    right = {"Authorization": f"Bearer {TOKEN}"}
    paths = ("/", "/sparql?query=ASK{}", "/-/site.css", "/id/acme", "/events", "/sparql?token=x")
    assert [public.get(p).status_code for p in paths] == [401] * 6
    assert public.get("/sparql", headers=wrong).status_code == 401
    assert public.get("/sparql", headers=right).status_code == 200


def test_the_token_in_an_address_becomes_a_cookie_and_leaves_the_address(
    public: TestClient,
) -> None:
    reply = public.get("/query", params={"token": TOKEN, "query": "ASK {}"})
    cookie = reply.headers["set-cookie"]
    assert (reply.status_code, reply.headers["location"]) == (303, "/query?query=ASK+%7B%7D")
    assert TOKEN not in cookie
    assert cookie.endswith("; HttpOnly; SameSite=Strict; Path=/")
    assert public.get(reply.headers["location"]).status_code == 200
    public.cookies.clear()
    away = public.get(f"http://anywhere.example//evil.example/?token={TOKEN}")
    assert away.headers["location"] == "/evil.example/"


# Attacks


class Listener:
    """A server on this computer that counts who calls it."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


FETCHES = (
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "SELECT * {#\nSERVICE#\n<%s>{ ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <%s> { ?s ?p ?o } }",
    "SELECT * FROM <%s> { ?s ?p ?o }",
    "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    "LOAD <%s>",
    "SELECT * { BIND(<http://example.org/fetch>(<%s>) AS ?x) }",
    "DESCRIBE <%s>",
)


def test_nothing_that_is_sent_makes_the_server_call_or_read(
    client: TestClient, listener: Listener, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:secret> <urn:secret> <urn:secret> .", encoding="utf-8")
    targets = (f"http://127.0.0.1:{listener.port}/", secret.as_uri())
    replies = [
        reply
        for target in targets
        for fetch in FETCHES
        for reply in (
            client.get("/sparql", params={"query": fetch % target}),
            client.post("/query", data={"query": fetch % target}),
            client.get(
                "/sparql", params={"query": "SELECT * {?s ?p ?o}", "default-graph-uri": target}
            ),
            client.get("/graph", params={"graph": target}),
            client.get("/about", params={"iri": target}),
        )
    ]
    assert {reply.status_code for reply in replies} == {200, 400, 404}
    assert [r.text for r in replies if "urn:secret" in r.text] == []
    assert listener.calls == 0
    started = time.monotonic()
    assert client.get("/sparql?query=ASK{}").json()["boolean"] is True
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/id/..%2f..%2fetc%2fpasswd",
        "/-/../../../etc/passwd",
        "/-/..%2f..%2fpyproject.toml",
        "/-/%2e%2e/site.py",
        "/ask/..%2f..%2fentities.csv",
        "/ask/of-a-zone.rq",
        "/graph.../x",
        "/about.html/../../x",
        "/-/site.css%00.txt",
        "/%ff%fe",
    ],
)
def test_no_address_leads_to_a_file(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_a_value_never_becomes_a_part_of_a_query(client: TestClient) -> None:
    injections = (
        "park } UNION { ?firm ?p ?name",
        '" || 1=1',
        "<urn:x> . ?s ?p ?o",
        ">",
        "\\",
        "\x00",
    )
    replies = [client.get("/ask/of-a-zone.csv", params={"zone": text}) for text in injections]
    assert [reply.status_code for reply in replies] == [400] * 6


_PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o"
HOSTILE = {
    "a cross product": f"SELECT (COUNT(*) AS ?n) {{ {_PRODUCT} }}",
    "a huge answer": f"SELECT * {{ {_PRODUCT} }}",
    "a costly expression": f"SELECT * {{ {_PRODUCT}"
    " FILTER REGEX(CONCAT(STR(?c), STR(?f), STR(?i), STR(?l), STR(?o)), '(x*)*(y|x)*!$') }",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
def test_a_limit_is_one_sentence_and_a_status_and_the_next_query_is_answered(
    client: TestClient, query: str
) -> None:
    reply = client.get("/sparql", params={"query": query})
    assert reply.status_code == 503
    assert re.fullmatch(
        r"The (query reached its (time|memory)|answer is larger than its size) limit of .*\n",
        reply.text,
    )
    started = time.monotonic()
    assert client.get("/sparql?query=ASK{}").status_code == 200
    assert time.monotonic() - started < 1


def test_nesting_a_hundred_thousand_deep_ends_with_an_answer_or_a_sentence(
    client: TestClient,
) -> None:
    depth = 100_000
    queries = (
        "ASK {" + "{" * depth + "}" * depth + "}",
        f"ASK {{ FILTER({'(' * depth}1{')' * depth}) }}",
    )
    replies = [client.post("/sparql", data={"query": query}) for query in queries]
    assert {reply.status_code for reply in replies} <= {200, 400, 503}
    assert client.get("/sparql?query=ASK{}").status_code == 200


def test_a_request_that_is_too_large_is_refused(client: TestClient) -> None:
    reply = client.post(
        "/sparql", content=b"#" * (2**20 + 1), headers={"Content-Type": "application/sparql-query"}
    )
    assert (reply.status_code, reply.text) == (413, "A request may have 1,048,576 bytes.\n")
    fields = "&".join(f"a{n}=1" for n in range(2000))
    assert client.get(f"/sparql?query=ASK{{}}&{fields}").status_code == 400


def test_short_queries_are_answered_while_long_ones_run(client: TestClient) -> None:
    replies: list[Any] = []

    def hostile() -> None:
        replies.append(client.get("/sparql", params={"query": HOSTILE["a cross product"]}))

    threads = [threading.Thread(target=hostile) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    waits = []
    for _ in range(10):
        started = time.monotonic()
        assert client.get("/sparql?query=ASK{}").status_code == 200
        waits.append(time.monotonic() - started)
    for thread in threads:
        thread.join()
    assert [reply.status_code for reply in replies] == [503] * 8
    assert max(waits) < 2


def test_large_answers_that_nobody_takes_fill_no_memory() -> None:
    held = Held(most=3 * LARGE)
    with held.room(2 * LARGE) as first, held.room(2 * LARGE) as second, held.room(100) as small:
        assert (first, second, small, held.bytes) == (True, False, True, 2 * LARGE)
    assert held.bytes == 0


# Content negotiation


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, "a"),
        ("", "a"),
        ("text/b", "b"),
        ("text/b;q=0.5, text/a;q=0.4", "b"),
        ("text/*, text/a;q=0.1", "b"),
        ("*/*, text/b", "b"),
        ("text/a;q=0, */*", "b"),
        ("text/a;q=0, text/b;q=0", None),
        ("text/b;q=x", None),
        ("TEXT/B ; Q=0.9", "b"),
        ("image/png", None),
        ("," * 10_000, "a"),
    ],
)
def test_the_accept_header_is_read_as_http_says(header: str | None, wanted: str | None) -> None:
    found = best(header, (Offer("text/a", "a"), Offer("text/b", "b")))
    assert (found and found.format) == wanted


# The command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--token", "x" * 20], "A token is for --public"),
        (["--public", "--token", "short"], "A token has at least 16 characters"),
        (["--cors", "example.org"], "give an origin, such as https://example.org"),
        (["--timeout", "0"], "--timeout"),
    ],
)
def test_options_that_make_no_sense_are_refused(words: list[str], said: str) -> None:
    result = CliRunner().invoke(program, ["serve", *words])
    assert (result.exit_code, said in result.output) == (2, True)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(program, ["serve"])
    assert "pip install 'clustergraph[serve]'" in str(result.exception)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(program, ["serve", str(tables(tmp_path)), "--port", str(port)])
    assert f"Port {port} cannot be had: Address already in use." in str(result.exception)
