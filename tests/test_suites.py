"""The W3C tests of SPARQL 1.1 queries, each asked of our own endpoint, in this process.

All data files of the suite are named graphs of one dataset. A test's own dataset is named in the
request (`default-graph-uri`, `named-graph-uri`), as the protocol provides. Results are compared as
multisets of rows, up to the names of blank nodes, and numbers by value.
"""

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from clustergraph.graph import Graph

if TYPE_CHECKING:
    from starlette.testclient import TestClient

SHARED = Path(os.environ.get("CLUSTERGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
SUITE = SHARED / "suites" / "sparql" / "sparql11"
HOME = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
FOLDERS = (
    "aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions",
    "grouping", "json-res", "negation", "project-expression", "property-path", "subquery",
    "syntax-fed", "syntax-query",
)  # fmt: skip
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
NOTHING = "urn:example:empty"
ACCEPTS = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".ttl": "application/n-triples",
}
RESULTS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".tsv": QueryResultsFormat.TSV,
}

_ZERO = "the engine finds no path of length zero from a term that the data does not have"
_GRAPH = "the engine evaluates VALUES, MINUS or SELECT in GRAPH ?g once, not graph by graph"
_JOINED = "the engine keeps the language that all the strings of GROUP_CONCAT share"
MISSED = {
    "aggregates/agg-groupconcat-04": _JOINED,
    "aggregates/agg-groupconcat-06": _JOINED,
    "aggregates/agg-empty-group-count-graph": _GRAPH,
    "bindings/graph": _GRAPH,
    "negation/graph-minus": _GRAPH,
    "functions/bnode01": "the engine gives BNODE(text) one node in all rows, not one in each",
    "csv-tsv-res/tsv03": "the engine's store makes an xsd:integer of an xsd:negativeInteger",
    "property-path/zero_or_more_set_start": _ZERO,
    "property-path/zero_or_more_set_end": _ZERO,
    "property-path/zero_or_one_set_start": _ZERO,
    "property-path/zero_or_one_set_end": _ZERO,
}
"""What the engine does not do as the suite asks, by the name of the test, and why."""

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(), reason=f"the W3C suites are not at {SUITE}; set CLUSTERGRAPH_SHARED"
)


@dataclass(frozen=True)
class Case:
    """One test of a manifest."""

    name: str
    kind: str
    query: Path
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    result: Path | None = None


def cases(folder: str) -> Iterator[Case]:
    """Read the tests of one folder's manifest."""
    base = f"{HOME}{folder}/"
    store = Store()
    store.load(path=str(SUITE / folder / "manifest.ttl"), base_iri=f"{base}manifest.ttl")

    def values(subject: Any, name: str) -> list[Any]:  # noqa: ANN401 - a term of any kind
        predicate = NamedNode(name if ":" in name else MF + name)
        return [q.object for q in store.quads_for_pattern(subject, predicate, None)]

    def path(iri: object) -> Path:
        return SUITE / str(getattr(iri, "value", iri)).removeprefix(HOME)

    [manifest] = [q.subject for q in store.quads_for_pattern(None, NamedNode(MF + "entries"), None)]
    [entries] = values(manifest, "entries")
    while isinstance(entries, BlankNode):
        [entry], [entries] = values(entries, RDF + "first"), values(entries, RDF + "rest")
        [kind] = values(entry, RDF + "type")
        [action] = values(entry, "action")
        name = f"{folder}/{entry.value.rpartition('#')[2]}"
        short = str(kind.value).removeprefix(MF)
        if "Syntax" in short:
            yield Case(name, short, path(action))
            continue
        [query] = values(action, QT + "query")
        yield Case(
            name,
            short,
            path(query),
            tuple(v.value for v in values(action, QT + "data")),
            tuple(v.value for v in values(action, QT + "graphData")),
            path(values(entry, "result")[0]),
        )


ALL = [case for folder in FOLDERS for case in cases(folder)] if SUITE.is_dir() else []
EVALUATION = [case for case in ALL if "Syntax" not in case.kind]
SYNTAX = [case for case in ALL if "Syntax" in case.kind]


def marked(found: list[Case]) -> list[object]:
    """Name each test by its place in the suite, and expect a known miss to be missed."""
    return [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(reason=MISSED[case.name])] if case.name in MISSED else [],
        )
        for case in found
    ]


@pytest.fixture(scope="module")
def client() -> "Iterator[TestClient]":
    from starlette.testclient import TestClient  # noqa: PLC0415 - only where the suite is

    from clustergraph.web.app import app  # noqa: PLC0415 - the same

    files = sorted({iri for case in EVALUATION for iri in (*case.default, *case.named)})
    quads = b"".join(_as_quads(iri) for iri in files)
    graph = Graph(lambda: (quads,), base=HOME, prefixes={})
    with TestClient(app(graph), base_url="http://127.0.0.1") as found:
        yield found


def _as_quads(iri: str) -> bytes:
    """Return a data file as N-Quads, all in the graph that its address names."""
    path = SUITE / iri.removeprefix(HOME)
    form = RdfFormat.from_extension(path.suffix.removeprefix("."))
    triples = parse(path.read_bytes(), form, base_iri=iri, rename_blank_nodes=True)
    name = NamedNode(iri)
    lines = (f"{Quad(q.subject, q.predicate, q.object, name)} .\n" for q in triples)
    return "".join(lines).encode()


def asked(case: Case) -> str:
    """Return the query, with its own address as its base."""
    base = HOME + case.query.relative_to(SUITE).as_posix()
    return f"BASE <{base}>\n{case.query.read_text(encoding='utf-8')}"


def by_value(term: Any) -> Any:  # noqa: ANN401 - a term of any kind
    """Return a number or a boolean in one spelling, anything else as it is."""
    if not isinstance(term, Literal):
        return term
    kind = term.datatype.value.removeprefix(XSD)
    try:
        if kind in ("double", "float"):
            return Literal(repr(float(term.value)), datatype=term.datatype)
        if kind == "decimal":
            return Literal(f"{Decimal(term.value).normalize():f}", datatype=term.datatype)
        if kind == "integer":
            return Literal(str(int(term.value)), datatype=term.datatype)
        if kind == "boolean":
            return Literal(term.value in ("true", "1"))
    except (ValueError, ArithmeticError):
        pass
    return term


def canonical(quads: list[Quad]) -> set[str]:
    """Return triples with numbers by value and blank nodes by their place."""
    dataset = Dataset(Quad(q.subject, q.predicate, by_value(q.object), q.graph_name) for q in quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def rows(solutions: QuerySolutions) -> tuple[frozenset[str], set[str]]:
    """Return the columns, and the rows as a graph in which each row is a blank node."""
    columns = [variable.value for variable in solutions.variables]
    quads = []
    for number, solution in enumerate(solutions):
        row = BlankNode(f"row{number}")
        quads.append(Quad(row, NamedNode(RDF + "type"), NamedNode("urn:row")))
        quads += [
            Quad(row, NamedNode(f"urn:column:{column}"), solution[column])
            for column in columns
            if solution[column] is not None
        ]
    return frozenset(columns), canonical(quads)


def results(content: bytes, suffix: str) -> bool | tuple[frozenset[str], set[str]]:
    """Return a yes or no, or columns and rows; nothing of the engine's own outlives this."""
    found = parse_query_results(content, RESULTS[suffix])
    return bool(found) if isinstance(found, QueryBoolean) else rows(found)


def result_set(path: Path) -> tuple[frozenset[str], set[str]] | None:
    """Return the rows that a Turtle file of DAWG's result-set vocabulary holds, if it does."""
    rs = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
    store = Store()
    store.load(path=str(path), base_iri=HOME)

    def values(subject: Any, name: str) -> list[Any]:  # noqa: ANN401 - a term of any kind
        return [q.object for q in store.quads_for_pattern(subject, NamedNode(rs + name), None)]

    kind = NamedNode(rs + "ResultSet")
    found = [q.subject for q in store.quads_for_pattern(None, None, kind)]
    if not found:
        return None
    columns = frozenset(str(v.value) for v in values(found[0], "resultVariable"))
    quads = []
    for number, solution in enumerate(values(found[0], "solution")):
        row = BlankNode(f"row{number}")
        quads.append(Quad(row, NamedNode(RDF + "type"), NamedNode("urn:row")))
        for binding in values(solution, "binding"):
            [variable], [term] = values(binding, "variable"), values(binding, "value")
            quads.append(Quad(row, NamedNode(f"urn:column:{variable.value}"), term))
    return columns, canonical(quads)


def test_the_suite_has_as_many_tests_as_the_w3c_counts() -> None:
    assert (len(EVALUATION), len(SYNTAX)) == (235, 106)


@pytest.mark.parametrize("case", marked(EVALUATION))
def test_evaluation(case: Case, client: "TestClient") -> None:
    assert case.result is not None
    query = asked(case)
    given = [("query", query)]
    if "FROM" not in query:  # a dataset named in the request would go before that
        given += [("default-graph-uri", iri) for iri in case.default or (NOTHING,)]
        given += [("named-graph-uri", iri) for iri in case.named]
    suffix = case.result.suffix
    expected = case.result.read_bytes()
    form = ".srj" if suffix == ".ttl" and result_set(case.result) else suffix
    reply = client.post("/sparql", data=_form(given), headers={"Accept": ACCEPTS[form], **FORM})
    assert reply.status_code == 200, reply.text
    if suffix == ".csv":
        assert _cells(reply.content) == _cells(expected)
    elif suffix == ".ttl" and form == ".ttl":
        wanted = parse(expected, RdfFormat.TURTLE, base_iri=HOME)
        got = parse(reply.content, RdfFormat.N_TRIPLES)
        assert canonical(list(got)) == canonical(list(wanted))
    else:
        wanted_rows = result_set(case.result) if suffix == ".ttl" else None
        assert results(reply.content, form) == (wanted_rows or results(expected, suffix))


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _form(given: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [v for n, v in given if n == name] for name, _ in given}


def _cells(text: bytes) -> list[list[str]]:
    """Return CSV, blank nodes by their first appearance, numbers by value, rows sorted."""
    read = list(csv.reader(io.StringIO(text.decode(), newline="")))
    named: dict[str, str] = {}

    def cell(text: str) -> str:
        if text.startswith("_:"):
            return named.setdefault(text, f"_:{len(named)}")
        try:
            return repr(float(text))
        except ValueError:
            return text

    found = [[cell(text) for text in row] for row in read]
    return [found[0], *sorted(found[1:])]


@pytest.mark.parametrize("case", marked(SYNTAX))
def test_syntax(case: Case, client: "TestClient") -> None:
    reply = client.post(
        "/sparql",
        content=asked(case).encode(),
        headers={"Content-Type": "application/sparql-query", "Accept": "application/json, */*"},
    )
    said = reply.json() if reply.status_code == 400 else {}
    if case.kind == "NegativeSyntaxTest11":
        assert {"line", "column"} <= said.keys()
    elif case.name.startswith("syntax-fed/"):
        # What is well formed and would reach out is refused by a sentence of its own.
        assert said["error"].startswith("SERVICE is refused")
        assert "line" not in said
    else:
        # Well formed is also what calls a function that the engine does not have.
        assert "line" not in said, reply.text
        assert reply.status_code == 200 or "custom function" in said["error"]
