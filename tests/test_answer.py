import io
import json
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyoxigraph
import pytest
import rdflib

from clustergraph.errors import SourceError
from clustergraph.graph import Graph
from clustergraph.querying import answer
from clustergraph.querying.answer import Look

TURTLE = """\
@prefix : <https://clustergraph.example/data/> .
@prefix cg: <https://clustergraph.example/vocabulary#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

:cspc a cg:Firm ;
  rdfs:label "CSPC"@en , "石药集团"@zh ;
  cg:locatedIn :sjz ;
  cg:value 14.5 .
:sjz a cg:Place ; rdfs:label "Shijiazhuang"@en .
:fact a rdf:Statement ; rdf:subject :cspc ; rdf:predicate cg:locatedIn ; rdf:object :sjz .
"""
FIRMS = "SELECT ?firm ?place ?n { ?firm cg:locatedIn ?place ; cg:value ?n }"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    path = tmp_path_factory.mktemp("graph") / "graph.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    with Graph.open(path) as graph:
        yield graph


def text(query: str, look: Look, graph: Graph) -> str:
    return answer.to_bytes(graph.query(query), look, graph).decode()


def test_tables_show_names_unless_told_otherwise(graph: Graph) -> None:
    assert text(FIRMS, Look(width=60), graph).splitlines()[2] == "CSPC   Shijiazhuang   14.5"
    named = text(FIRMS, Look(width=60, language="zh"), graph)
    assert named.splitlines()[2] == "石药集团   Shijiazhuang   14.5"
    plain = text(FIRMS, Look(width=60, labels=False), graph)
    assert plain.splitlines()[2] == ":cspc   :sjz    14.5"


def test_other_formats_show_names_when_told(graph: Graph) -> None:
    assert text(FIRMS, Look("csv"), graph).splitlines()[1] == (
        "https://clustergraph.example/data/cspc,https://clustergraph.example/data/sjz,14.5"
    )
    assert text(FIRMS, Look("csv", labels=True), graph).splitlines()[1] == "CSPC,Shijiazhuang,14.5"
    found = json.loads(text(FIRMS, Look("json", labels=True, language="zh"), graph))
    assert found["results"]["bindings"][0]["firm"] == {"type": "literal", "value": "石药集团"}


def test_relations_are_named_by_a_sentence_and_terms_by_the_vocabulary(graph: Graph) -> None:
    query = "SELECT ?fact ?type { ?fact a rdf:Statement . :cspc a ?type }"
    assert text(query, Look("csv", labels=True), graph).splitlines()[1] == (
        "CSPC located in Shijiazhuang,Firm"
    )
    assert text(query, Look("csv", labels=True, language="zh"), graph).splitlines()[1] == (
        "石药集团 位于 Shijiazhuang,企业"
    )


def test_spreadsheets_get_a_byte_order_mark(graph: Graph) -> None:
    body = answer.to_bytes(
        graph.query(FIRMS), Look("csv", labels=True, language="zh", spreadsheet=True), graph
    )
    assert body == "\ufefffirm,place,n\r\n石药集团,Shijiazhuang,14.5\r\n".encode()


def test_parquet_holds_the_rows_with_their_types(graph: Graph) -> None:
    body = answer.to_bytes(graph.query(FIRMS), Look("parquet", labels=True), graph)
    frame = pl.read_parquet(io.BytesIO(body))
    assert frame.schema == {"firm": pl.String, "place": pl.String, "n": pl.Float64}
    assert frame.rows() == [("CSPC", "Shijiazhuang", 14.5)]


def test_json_ld_holds_the_triples(graph: Graph) -> None:
    query = "CONSTRUCT WHERE { :cspc ?p ?o }"
    body = answer.to_bytes(graph.query(query), Look("jsonld"), graph)
    assert set(pyoxigraph.parse(body, pyoxigraph.RdfFormat.JSON_LD)) == set(
        graph.construct(query).quads()
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own, about itself
        read = rdflib.Graph().parse(data=body, format="json-ld")
    cspc = rdflib.URIRef("https://clustergraph.example/data/cspc")
    value = rdflib.URIRef("https://clustergraph.example/vocabulary#value")
    assert list(read.objects(cspc, value)) == [rdflib.Literal(Decimal("14.5"))]


def test_yes_and_no_have_forms_of_their_own(graph: Graph) -> None:
    assert text("ASK { :cspc a cg:Firm }", Look(), graph) == "yes\n"
    assert text("ASK { :cspc a cg:Zone }", Look(), graph) == "no\n"
    assert text("ASK {}", Look("json"), graph) == '{"head":{},"boolean":true}\n'


@pytest.mark.parametrize(
    ("query", "form", "said"),
    [
        (FIRMS, "turtle", "This query gives rows: turtle is for graphs"),
        (FIRMS, "graphml", "This query gives rows"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "parquet", "This query makes a graph: parquet is for"),
        ("ASK {}", "jsonld", "This query gives rows: jsonld is for graphs"),
    ],
)
def test_form_must_suit_the_answer(query: str, form: str, said: str, graph: Graph) -> None:
    with pytest.raises(SourceError, match=said):
        answer.to_bytes(graph.query(query), Look(form), graph)


def test_ending_of_a_file_names_the_form(graph: Graph, tmp_path: Path) -> None:
    rows = graph.query(FIRMS)
    answer.write(rows, tmp_path / "a.tsv", Look(), graph)
    assert (tmp_path / "a.tsv").read_text(encoding="utf-8").startswith("?firm\t?place\t?n\n")
    answer.write(rows, tmp_path / "a.parquet", Look(), graph)
    assert pl.read_parquet(tmp_path / "a.parquet").height == 1
    with pytest.raises(SourceError, match="the ending names no format"):
        answer.write(rows, tmp_path / "a.xlsx", Look(), graph)


def test_wide_answers_become_blocks_that_can_be_read(graph: Graph) -> None:
    query = """SELECT ?first ?second ?third ?fourth { VALUES (?first ?second ?third ?fourth) {
        ('the first of the texts' 'the second one' 'the third of the texts' '')
        ('石药集团有限公司石药集团' 'x' 'y' 'the fourth of the texts') } }"""
    assert text(query, Look(width=44), graph) == (
        "1  first   the first of the texts\n"
        "   second  the second one\n"
        "   third   the third of the texts\n"
        "\n"
        "2  first   石药集团有限公司石药集团\n"
        "   second  x\n"
        "   third   y\n"
        "   fourth  the fourth of the texts\n"
    )
