"""The W3C tests of the SPARQL 1.1 Protocol, and what else the protocol asks, of our own endpoint.

Seven of the thirty-four tests expect that an update is carried out. This server only answers
queries, so there the update must be refused with one sentence and change nothing, which is what we
promise. In the other twenty-seven everything must be as the suite says.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from clustergraph.graph import Graph
from exchanges import Case, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

SHARED = Path(os.environ.get("CLUSTERGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
SUITE = SHARED / "suites" / "sparql" / "sparql11" / "protocol"
HOME = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/"
GRAPHS = "http://kasei.us/2009/09/sparql/data/"
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml"},
}
UPDATES = frozenset(
    f"update_{name}"
    for name in (
        *("dataset_default_graph", "dataset_default_graphs", "dataset_named_graphs"),
        *("dataset_full", "post_form", "post_direct", "base_uri"),
    )
)


CASES = (
    list(Manifest(SUITE / "manifest.ttl", f"{HOME}manifest.ttl").cases()) if SUITE.is_dir() else []
)
present = pytest.mark.skipif(
    not SUITE.is_dir(), reason=f"the W3C suites are not at {SUITE}; set CLUSTERGRAPH_SHARED"
)


def _served(graph: Graph) -> "Iterator[TestClient]":
    from starlette.testclient import TestClient  # noqa: PLC0415 - heavy, and an extra

    from clustergraph.web.app import app  # noqa: PLC0415 - the same

    address = "http://127.0.0.1"
    with TestClient(app(graph), base_url=address, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def suite() -> "Iterator[TestClient]":
    """Serve the suite's three graphs."""
    quads = [
        Quad(q.subject, q.predicate, q.object, NamedNode(f"{GRAPHS}data{number}.rdf"))
        for number in (1, 2, 3)
        for q in parse((SUITE / f"data{number}.nt").read_bytes(), RdfFormat.N_TRIPLES)
    ]
    content = "".join(f"{quad} .\n" for quad in quads).encode()
    yield from _served(Graph(lambda: (content,), base=HOME, prefixes={}))


@present
def test_the_suite_has_as_many_tests_as_the_w3c_counts() -> None:
    assert len(CASES) == 34
    assert {case.name for case in CASES} > UPDATES


@present
@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in CASES])
def test_w3c(case: Case, suite: "TestClient") -> None:
    whole = suite.get("/graph.nq?graph=" + GRAPHS + "data1.rdf").content
    replies = [
        suite.request(e.method, e.path, headers=e.headers, content=e.body or None)
        for e in case.exchanges
    ]
    if case.name in UPDATES:
        refused = [
            (reply.status_code, reply.text)
            for e, reply in zip(case.exchanges, replies, strict=True)
            if b"query=" not in e.body and e.headers.get("content-type") != QUERY
        ]
        sentence = "Updates are refused: a graph is only read here. "
        assert refused == [(403, sentence + "Change the tables and build again.\n")]
        assert suite.get("/graph.nq?graph=" + GRAPHS + "data1.rdf").content == whole
        return
    for exchange, reply in zip(case.exchanges, replies, strict=True):
        assert f"{reply.status_code // 100}xx" in exchange.statuses, reply.text
        media_type = reply.headers["content-type"].partition(";")[0]
        assert exchange.format is None or media_type in FORMATS[exchange.format]
        assert exchange.boolean is None or reply.json()["boolean"] is exchange.boolean


QUERY = "application/sparql-query"
SMALL = b"""
<http://example.org/id/a> <http://www.w3.org/2000/01/rdf-schema#label> "\xe8\x8d\xaf <b>"@zh .
<http://example.org/id/a> <http://example.org/n> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/id/b> <http://example.org/p> <http://example.org/id/a> <http://example.org/g> .
"""


@pytest.fixture(scope="module")
def client() -> "Iterator[TestClient]":
    yield from _served(Graph(lambda: (SMALL,), base="http://example.org/id/"))


def ask(client: "TestClient", query: str, accept: str = "*/*") -> Any:  # noqa: ANN401 - a response
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/turtle, text/csv;q=0.2", "text/csv; charset=utf-8"),
        ("text/*;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        ("nonsense", "application/sparql-results+json"),
    ],
)
def test_rows_come_in_the_format_that_is_wanted(
    client: "TestClient", accept: str, media_type: str
) -> None:
    reply = ask(client, "SELECT ?n { ?s <http://example.org/n> ?n }", accept)
    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)
    assert reply.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("application/n-quads;q=0.1, application/trig;q=0.2", "application/trig"),
    ],
)
def test_graphs_come_in_the_format_that_is_wanted(
    client: "TestClient", accept: str, media_type: str
) -> None:
    reply = ask(client, "CONSTRUCT WHERE { ?s ?p ?o }", accept)
    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("SELECT * {}", "text/turtle"),
        ("DESCRIBE <http://example.org/id/a>", "text/csv"),
        ("ASK {}", "text/csv"),
        ("SELECT * {}", "image/png"),
        ("SELECT * {}", "*/*;q=0"),
    ],
)
def test_a_format_that_an_answer_cannot_have_is_refused(
    client: "TestClient", query: str, accept: str
) -> None:
    reply = ask(client, query, accept)
    assert reply.status_code == 406
    assert reply.text.startswith("This query is answered in one of ")


def test_an_error_has_its_place_and_comes_as_the_client_wants(client: "TestClient") -> None:
    sentence = (
        "line 2, column 8: no prefix is called 'rdfz' (did you mean 'rdf'?).\n"
        "    { ?s a rdfz:x }\n           ^"
    )
    as_text = ask(client, "SELECT *\n{ ?s a rdfz:x }")
    as_json = ask(client, "SELECT *\n{ ?s a rdfz:x }", "application/json")
    assert (as_text.status_code, as_text.text) == (400, sentence + "\n")
    assert as_json.json() == {"status": 400, "error": sentence, "line": 2, "column": 8}


def test_a_browser_is_sent_to_the_editor(client: "TestClient") -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    reply = ask(client, "ASK {}", accept)
    assert (reply.status_code, reply.headers["location"]) == (303, "/query?query=ASK+%7B%7D")


def test_without_a_query_the_service_describes_itself(client: "TestClient") -> None:
    reply = client.get("/sparql")
    found = {str(q.triple) for q in parse(reply.content, RdfFormat.TURTLE)}
    sd, service = "http://www.w3.org/ns/sparql-service-description#", "http://127.0.0.1/sparql"
    assert f"<{service}#service> <{sd}endpoint> <{service}>" in found
    assert f"<{service}#service> <{sd}supportedLanguage> <{sd}SPARQL11Query>" in found
    assert f"<{service}#dataset> <{sd}namedGraph> <{service}#graph-0>" in found
    assert f"<{service}#graph-0> <{sd}name> <http://example.org/g>" in found


def test_the_dataset_is_described_where_void_says(client: "TestClient") -> None:
    reply = client.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    found = {str(q.triple) for q in parse(reply.content, RdfFormat.N_TRIPLES)}
    void, base = "http://rdfs.org/ns/void#", "<http://example.org/id/>"
    three = '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert f"{base} <{void}sparqlEndpoint> <http://127.0.0.1/sparql>" in found
    assert f"{base} <{void}triples> {three}" in found
    assert f"{base} <{void}dataDump> <http://127.0.0.1/graph.ttl>" in found


def test_a_graph_store_is_read_by_name(client: "TestClient") -> None:
    named = client.get("/graph?graph=http://example.org/g", headers={"Accept": "text/turtle"})
    default = client.get("/graph?default", headers={"Accept": "application/n-triples"})
    [quad] = parse(named.content, RdfFormat.TURTLE)
    assert quad.object == NamedNode("http://example.org/id/a")
    assert [q.object for q in parse(default.content, RdfFormat.N_TRIPLES)] == [
        Literal("药 <b>", language="zh"),
        Literal(1),
    ]
    head = client.head("/graph?default", headers={"Accept": "application/n-triples"})
    assert (head.content, head.headers["content-length"]) == (b"", str(len(default.content)))
    assert client.get("/graph?graph=http://example.org/none").status_code == 404
    assert client.get("/graph?default&graph=http://example.org/g").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_graph_store_is_not_written(client: "TestClient", method: str) -> None:
    reply = client.request(method, "/graph?default")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert client.post("/graph?default", content=b"").status_code == 405


def test_what_has_not_changed_is_not_sent_again(client: "TestClient") -> None:
    first = client.get("/graph.ttl")
    again = client.get("/graph.ttl", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/graph.nt", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
