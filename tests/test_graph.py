import gzip
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from rdflib.compare import isomorphic

from clustergraph.errors import QueryError, SourceError
from clustergraph.graph import Graph, term
from clustergraph.querying.engine import Limits, TimeLimitError
from clustergraph.rows import Iri

TURTLE = """\
@prefix : <https://clustergraph.example/data/> .
@prefix cg: <https://clustergraph.example/vocabulary#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

:cspc
  a cg:Firm ;
  rdfs:label "CSPC"@en ;
  rdfs:label "石药集团"@zh ;
  cg:locatedIn :shijiazhuang ;
  cg:revenue "14.00"^^xsd:decimal ;
.

:shijiazhuang
  a cg:Place ;
  rdfs:label "Shijiazhuang"@en ;
.
"""
FIRMS = "SELECT ?firm ?place { ?firm cg:locatedIn ?place }"


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    path = tmp_path / "graph.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return Graph.open(path)


def test_prefixes_of_the_dataset_are_preset(graph: Graph) -> None:
    base = "https://clustergraph.example/data/"
    expected = [{"firm": f"{base}cspc", "place": f"{base}shijiazhuang"}]
    assert graph.select(FIRMS).to_dicts() == expected
    assert graph.select(FIRMS, isolated=False).to_dicts() == expected
    own = "PREFIX cg: <http://other.example/> " + FIRMS
    assert graph.select(own).to_dicts() == []


def test_query_gives_what_its_form_promises(graph: Graph) -> None:
    assert graph.ask("ASK { :cspc a cg:Firm }") is True
    assert graph.ask("ASK { :cspc a cg:Place }") is False
    found = graph.construct("CONSTRUCT { ?place cg:has ?firm } { ?firm cg:locatedIn ?place }")
    assert [str(quad) for quad in found.quads()] == [
        (
            "<https://clustergraph.example/data/shijiazhuang> "
            "<https://clustergraph.example/vocabulary#has> <https://clustergraph.example/data/cspc>"
        )
    ]
    with pytest.raises(QueryError, match="no SELECT query"):
        graph.select("ASK {}")
    with pytest.raises(QueryError, match="no ASK query"):
        graph.ask(FIRMS)
    with pytest.raises(QueryError, match="no CONSTRUCT query"):
        graph.construct(FIRMS)


def test_columns_of_a_star_come_in_the_order_of_the_query(graph: Graph) -> None:
    assert graph.select("SELECT * { ?z cg:locatedIn ?a }").columns == ("z", "a")


def test_values_become_terms_and_never_text(graph: Graph) -> None:
    query = "SELECT ?firm { ?firm rdfs:label ?name }"
    zh = pyoxigraph.Literal("石药集团", language="zh")
    assert len(graph.select(query, substitutions={"name": zh})) == 1
    hostile = '" } . ?s ?p ?o . { ?firm rdfs:label "'
    assert len(graph.select(query, substitutions={"name": hostile})) == 0
    with pytest.raises(QueryError, match=r"^A value is given for \?x: the query cannot set it"):
        graph.select("SELECT ?y { BIND(1 AS ?x) ?x ?y ?z }", substitutions={"x": 1})


def test_python_values_become_typed_terms() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert [str(term(v)) for v in (True, 3, 1.5, "a", Iri("a:b"))] == [
        f'"true"^^<{xsd}boolean>',
        f'"3"^^<{xsd}integer>',
        f'"1.5"^^<{xsd}double>',
        '"a"',
        "<a:b>",
    ]
    assert str(term(Decimal("1E+3"))) == f'"1000"^^<{xsd}decimal>'
    assert str(term(date(2021, 8, 1))) == f'"2021-08-01"^^<{xsd}date>'


def test_terms_that_do_not_occur_are_remarked(graph: Graph) -> None:
    rows = graph.select("SELECT * { :cspk cg:locatdIn ?o . ?o skos:altLabel 'x' }")
    assert rows.remarks == (
        "Nothing in this graph is called :cspk (did you mean ':cspc'?).",
        "Nothing in this graph is called cg:locatdIn (did you mean 'cg:locatedIn'?).",
    )


def test_service_is_refused_in_this_process_too(graph: Graph) -> None:
    with pytest.raises(QueryError, match=r"^SERVICE is refused"):
        graph.select("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", isolated=False)


def test_limits_can_be_set_and_the_graph_asked_again(graph: Graph) -> None:
    endless = (
        "SELECT (COUNT(*) AS ?n) {" + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(12)) + "}"
    )
    graph.limits = Limits(timeout=0.2)
    with pytest.raises(TimeLimitError, match=r"time limit of 0\.2 s"):
        graph.select(endless)
    graph.limits = Limits()
    assert len(graph.select(FIRMS)) == 1
    graph.close()
    assert len(graph.select(FIRMS)) == 1


def test_many_threads_may_ask_one_graph(graph: Graph) -> None:
    counts: list[int] = []

    def ask() -> None:
        counts.extend(len(graph.select(FIRMS)) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1] * 160


def test_labels_come_in_the_language_asked_for(graph: Graph) -> None:
    cspc = "https://clustergraph.example/data/cspc"
    place = "https://clustergraph.example/data/shijiazhuang"
    assert graph.labels([cspc, place, "a:b"], "zh") == {cspc: "石药集团", place: "Shijiazhuang"}


def test_turtle_of_a_file_is_written_in_the_layout_of_the_tables(
    graph: Graph, tmp_path: Path
) -> None:
    graph.write(tmp_path / "again.ttl")
    assert (tmp_path / "again.ttl").read_text(encoding="utf-8") == TURTLE


@pytest.mark.parametrize("extension", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"  # rdflib's own use, for JSON-LD
)
def test_every_format_holds_the_same_graph(
    graph: Graph, tmp_path: Path, extension: str, packed: str
) -> None:
    path = tmp_path / f"out.{extension}{packed}"
    graph.write(path)
    first = path.read_bytes()
    graph.write(path)
    assert path.read_bytes() == first
    assert set(Graph.open(path).quads()) == set(graph.quads())
    text = gzip.decompress(first) if packed else first
    # Without a named graph, N-Quads are N-Triples and TriG is Turtle.
    names = {"rdf": "xml", "jsonld": "json-ld", "ttl": "turtle", "nq": "nt", "trig": "turtle"}
    other = rdflib.Graph().parse(data=text.decode(), format=names.get(extension, extension))
    assert isomorphic(other, rdflib.Graph().parse(data=TURTLE, format="turtle"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["graph.ttl", path.name]


def test_rdflib_gets_the_same_graph_and_stays_offline(graph: Graph) -> None:
    found = graph.to_rdflib()
    assert isomorphic(found, rdflib.Graph().parse(data=TURTLE, format="turtle"))
    assert "14.00" in {str(value) for value in found.objects()}
    assert len(list(found.query("SELECT ?s { ?s a cg:Firm }"))) == 1
    for text, word in (
        ("SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } } }", "SERVICE"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "FROM"),
    ):
        with pytest.raises(QueryError, match=f"^{word} is refused"):
            found.query(text)
    with pytest.raises(QueryError, match=r"^LOAD is refused"):
        found.update("LOAD <file:///etc/passwd>")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ttl", b"<a:a> <a:b> .\n", r"^a\.ttl, line 1, column 13: this is not Turtle: "),
        ("a.rdf", b"<r>\n <x></r>", r"^a\.rdf, line 2, column 7: this is not RDF/XML: "),
        ("a.jsonld", b"{", r"^a\.jsonld, line 1, column \d+: this is not JSON-LD: "),
        ("a.nt.gz", b"no gzip", r"^a\.nt\.gz: this is not a whole gzip file\.$"),
        ("a.csv", b"", r"a\.csv: the extension names no RDF format \(\.ttl, "),
    ],
)
def test_mistakes_in_files_are_shown_with_their_place(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        Graph.open(path)


def test_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.ttl: there is no such file\.$"):
        Graph.open(tmp_path / "none.ttl")


def test_graph_is_not_written_in_a_format_for_rows(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be written as 'x\.csv'; choose one of \.ttl,"):
        graph.write(tmp_path / "x.csv")


def test_blank_nodes_are_named_by_their_place(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text("<a:a> <a:b> _:x . _:x <a:c> _:y, 'e' .", encoding="utf-8")
    (tmp_path / "two.ttl").write_text("_:q <a:c> 'e', _:a . <a:a> <a:b> _:q .", encoding="utf-8")
    for name in ("one", "two"):
        Graph.open(tmp_path / f"{name}.ttl").write(tmp_path / f"{name}.out.ttl")
    one, two = ((tmp_path / f"{name}.out.ttl").read_bytes() for name in ("one", "two"))
    assert one == two
    assert isomorphic(
        rdflib.Graph().parse(data=one, format="turtle"),
        rdflib.Graph().parse(tmp_path / "two.ttl", format="turtle"),
    )


def test_file_with_only_named_graphs_answers_plain_queries(tmp_path: Path) -> None:
    path = tmp_path / "named.trig"
    path.write_text("GRAPH <a:g> { <a:a> <a:b> 1 } GRAPH <a:h> { <a:c> <a:b> 2 }", encoding="utf-8")
    graph = Graph.open(path)
    assert sorted(graph.select("SELECT ?o { ?s <a:b> ?o }").column("o"), key=str) == [1, 2]
    graph.write(tmp_path / "again.trig")
    assert set(Graph.open(tmp_path / "again.trig").quads()) == set(graph.quads())


def test_a_slip_in_a_name_of_others_is_remarked(graph: Graph) -> None:
    rows = graph.select("SELECT * { ?s rdf:label ?o ; a owl:Thing }")
    assert rows.remarks == (
        "Nothing in this graph is called rdf:label (did you mean 'rdfs:label'?).",
    )


def test_a_datatype_or_a_function_is_no_name_in_the_graph(graph: Graph) -> None:
    query = "SELECT * { BIND(xsd:integer('1') AS ?x) BIND('1'^^cg:other AS ?y) }"
    assert graph.select(query).remarks == ()
