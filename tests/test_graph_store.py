"""The W3C tests of the Graph Store Protocol and of Service Description, as far as they read.

A graph store here is only read. So what a test of the suite writes is carried out by the test
itself, on a dataset of its own; the server must refuse to write, and then read that dataset as the
suite expects. The suite's *direct* tests are not run: they need a server that makes the graph's own
address an address of its, which is optional (section 4.1).
"""

import os
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from clustergraph.graph import Graph
from exchanges import Case, Exchange, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

SHARED = Path(os.environ.get("CLUSTERGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
SUITES = SHARED / "suites" / "sparql" / "sparql11"
HOME = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
CREATED = "http://www.example/gsp/created"
READING = ("GET", "HEAD")
SD = "http://www.w3.org/ns/sparql-service-description#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def _cases() -> list[Case]:
    name = "graph-store-protocol/manifest-indirect.ttl"
    return list(Manifest(SUITES / name, HOME + name).cases()) if SUITES.is_dir() else []


present = pytest.mark.skipif(
    not SUITES.is_dir(), reason=f"the W3C suites are not at {SUITES}; set CLUSTERGRAPH_SHARED"
)


@contextmanager
def serving(graph: Graph) -> "Iterator[TestClient]":
    from starlette.testclient import TestClient  # noqa: PLC0415 - heavy, and an extra

    from clustergraph.web.app import app  # noqa: PLC0415 - the same

    with TestClient(app(graph), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


def canonical(triples: list[Triple]) -> list[str]:
    """Return triples with their blank nodes named by their place."""
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(str(quad) for quad in dataset)


def turtle(content: bytes) -> list[Triple]:
    return [quad.triple for quad in parse(content, RdfFormat.TURTLE)]


class Written:
    """A dataset to which the suite's writing is done."""

    def __init__(self) -> None:
        self.graphs: dict[str | None, list[Triple]] = {}

    def write(self, exchange: Exchange) -> None:
        name = self.name(exchange.path)
        if exchange.method == "DELETE":
            self.graphs.pop(name, None)
            return
        kept = self.graphs.get(name, []) if exchange.method == "POST" else []
        for number, part in enumerate(parts(exchange)):
            # A blank node of one message is none of another.
            text = part.replace(b"_:", f"_:x{len(kept)}n{number}".encode())
            kept = [*kept, *turtle(text)]
        self.graphs[name] = kept

    @staticmethod
    def name(path: str) -> str | None:
        given = parse_qs(urlsplit(path).query, keep_blank_values=True)
        if "default" in given:
            return None
        return given.get("graph", [CREATED])[0]

    def graph(self) -> Graph:
        names = {name: NamedNode(name) if name else DefaultGraph() for name in self.graphs}
        store = Store()
        for name, triples in self.graphs.items():
            for triple in triples:
                store.add(Quad(triple.subject, triple.predicate, triple.object, names[name]))
        content = store.dump(format=RdfFormat.N_QUADS) or b""
        return Graph(lambda: (content,), prefixes={})


def parts(exchange: Exchange) -> list[bytes]:
    """Return the Turtle that a request holds: its body, or the parts of a form."""
    headers = {name.lower(): value for name, value in exchange.headers.items()}
    kind = headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return [exchange.body]
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + exchange.body)
    return [bytes(part.get_payload(decode=True)) for part in form.walk() if not part.is_multipart()]


CASES = _cases()


@present
def test_the_suite_has_as_many_tests_as_the_w3c_counts() -> None:
    assert len(CASES) == 9


@present
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_w3c_graph_store(case: Case) -> None:
    written = Written()
    for exchange in case.exchanges:
        with serving(written.graph()) as client:
            path = exchange.path.replace("$LOCATION$", CREATED).replace("/gsp", "/graph", 1)
            reply = client.request(
                exchange.method, path, content=exchange.body, headers=exchange.headers
            )
            if exchange.method not in READING:
                assert reply.status_code == 405
                written.write(exchange)
                continue
        expected = {"OK": 200, "NotFound": 404}
        assert reply.status_code in {
            expected[name.rpartition("#")[2]] for name in exchange.statuses
        }
        if reply.status_code == 200:
            wanted = {name.lower(): value for name, value in exchange.replied_headers.items()}
            assert reply.headers["content-type"] == wanted["content-type"]
            if exchange.method == "GET":
                assert canonical(turtle(reply.content)) == canonical(turtle(exchange.replied))


@pytest.fixture(scope="module")
def client() -> "Iterator[TestClient]":
    content = b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <urn:c> <urn:g> .\n"
    with serving(Graph(lambda: (content,))) as found:
        yield found


def test_w3c_service_description_returns_rdf(client: "TestClient") -> None:
    forms = {"text/turtle": RdfFormat.TURTLE, "application/rdf+xml": RdfFormat.RDF_XML,
             "application/n-triples": RdfFormat.N_TRIPLES,
             "application/ld+json": RdfFormat.JSON_LD}  # fmt: skip
    found = {}
    for media_type, form in forms.items():
        reply = client.get("/sparql", headers={"Accept": media_type})
        assert reply.headers["content-type"].partition(";")[0] == media_type
        found[media_type] = canonical([quad.triple for quad in parse(reply.content, form)])
    assert len(found["text/turtle"]) > 10
    assert set(map(tuple, found.values())) == {tuple(found["text/turtle"])}


def described(client: "TestClient") -> Store:
    store = Store()
    store.load(client.get("/sparql").content, format=RdfFormat.TURTLE)
    return store


def test_w3c_service_description_has_endpoint_triple(client: "TestClient") -> None:
    ask = f"ASK {{ ?service a <{SD}Service> ; <{SD}endpoint> <http://127.0.0.1/sparql> }}"
    assert described(client).query(ask)


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("endpoint", ""), ("supportedLanguage", ""), ("resultFormat", ""),
        ("defaultDataset", "Dataset"), ("defaultGraph", "Graph"), ("namedGraph", "NamedGraph"),
        ("name", ""),
    ],
)  # fmt: skip
def test_w3c_service_description_conforms_to_schema(
    client: "TestClient", term: str, kind: str
) -> None:
    """What a property points to is an IRI, of the class that the schema gives as its range."""
    store = described(client)
    objects = [q.object for q in store.quads_for_pattern(None, NamedNode(SD + term), None)]
    assert objects != []
    assert [node for node in objects if not isinstance(node, NamedNode)] == []
    if kind:
        typed = (NamedNode(RDF + "type"), NamedNode(SD + kind))
        assert [n for n in objects if not list(store.quads_for_pattern(n, *typed))] == []  # type: ignore[arg-type] # an IRI, as said above


def test_w3c_service_description_uses_no_term_that_the_vocabulary_has_not(
    client: "TestClient",
) -> None:
    used = {
        node.value.removeprefix(SD)
        for quad in described(client)
        for node in (quad.predicate, quad.object)
        if isinstance(node, NamedNode) and node.value.startswith(SD)
    }
    assert used - {
        "Service", "Dataset", "Graph", "NamedGraph", "endpoint", "supportedLanguage",
        "resultFormat", "feature", "UnionDefaultGraph", "BasicFederatedQuery", "defaultDataset",
        "defaultGraph", "namedGraph", "name", "SPARQL11Query",
    } == set()  # fmt: skip
