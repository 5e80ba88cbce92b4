"""Shapes: what a vocabulary implies, valid to SHACL itself; results that lead to the cells."""

import sys
from functools import cache
from pathlib import Path

import pyshacl
import pytest
import rdflib
from click.testing import CliRunner

import clustergraph as cg
from clustergraph import vocabulary
from clustergraph.cli import program
from clustergraph.shacl import shapes, validation
from clustergraph.vocabulary import CG, SKOS

DATA = Path(__file__).parents[1] / "data"
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")

ENTITIES = """\
id,type,name@en,name@zh,founded,evidence
acme,firm,Acme,甲,1992,d1
beta,firm,Beta,,soon,http://x.example/page
zone,zone,Zone,区,,
d1,document,A page,页,,
"""
RELATIONS = """\
source,relation,target,start,note,evidence
acme,located_in,zone,2001,,d1
beta,located_in,zone,later,here,a rumour
zone,subsidiary_of,acme,,,
"""
HEAD = """\
@prefix cg: <https://clustergraph.example/vocabulary#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <http://shapes.example/> .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (tmp_path / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    return tmp_path


def _found(folder: Path, body: str, name: str = "mine.ttl") -> list[tuple[object, ...]]:
    path = folder / name
    path.write_text(HEAD + body, encoding="utf-8")
    return [
        (p.file, p.row, p.column, p.value, p.severity.value, p.message)
        for p in validation.validate(cg.read(folder), path)
    ]


@cache
def _shipped() -> rdflib.Graph:
    return shapes.from_vocabulary(vocabulary.read())


def test_the_shapes_of_the_shipped_vocabulary_are_shacl() -> None:
    meta = Path(pyshacl.__file__).parent / "assets" / "shacl-shacl.ttl"
    conforms, _, text = pyshacl.validate(
        _shipped(), shacl_graph=rdflib.Graph().parse(meta), inplace=True
    )
    assert (conforms, text.splitlines()[:2]) == (True, ["Validation Report", "Conforms: True"])


def test_each_type_each_end_and_each_column_has_a_shape() -> None:
    known = vocabulary.read()
    wanted = {f"type-{t.word}" for t in known.of("type")}
    for term in known.of("relation"):
        wanted |= {f"relation-{term.word}-source"} if term.domains else set()
        wanted |= {f"relation-{term.word}-target"} if term.ranges else set()
    wanted |= {f"column-{t.word}" for t in known.of("column")} - {"column-name", "column-type"}
    home = f"{vocabulary.DEFAULT_BASE}shape/"
    made = {str(s).removeprefix(home) for s in _shipped().subjects(rdflib.RDF.type, SH.NodeShape)}
    assert made == wanted | {"statement"}


def test_an_end_may_be_of_any_type_below_the_one_that_is_named() -> None:
    shape = rdflib.URIRef(f"{vocabulary.DEFAULT_BASE}shape/relation-subsidiary_of-source")
    [listed] = _shipped().objects(shape, SH["or"])
    found = set()
    for item in rdflib.collection.Collection(_shipped(), listed):
        found |= {str(o).removeprefix(CG) for o in _shipped().objects(item, SH["class"])}
    known = vocabulary.read()
    limits = known.terms[CG + "subsidiaryOf"].domains
    below = {
        t.iri.removeprefix(CG)
        for t in known.terms.values()
        if t.kind == "type" and known.is_a(t.iri, limits)
    }
    assert found == below
    assert "Firm" in found


def test_the_bundled_graph_conforms_to_the_shapes_of_its_vocabulary(tmp_path: Path) -> None:
    checked = cg.read(DATA)
    path = tmp_path / "shapes.ttl"
    path.write_text(shapes.turtle(checked.vocabulary), encoding="utf-8")
    assert validation.validate(checked, path) == []


def test_the_shapes_find_what_the_checks_find(folder: Path) -> None:
    checked = cg.read(folder)
    path = folder / "shapes.ttl"
    path.write_text(shapes.turtle(checked.vocabulary), encoding="utf-8")
    ours = {"value-invalid", "evidence-unknown", "end-type", "name-empty"}
    checks = {(p.file, p.row, p.column, p.value) for p in checked.problems if p.code in ours}
    found = {(p.file, p.row, p.value) for p in validation.validate(checked, path)}
    assert found == {
        ("entities.csv", 3, "soon"),
        ("relations.csv", 3, "a rumour"),
        ("relations.csv", 3, "later"),
        ("relations.csv", 4, "zone"),
    }
    assert {(file, row) for file, row, _, _ in checks} == {(file, row) for file, row, _ in found}


def test_a_name_in_each_language_may_be_asked_for(folder: Path) -> None:
    text = shapes.turtle(vocabulary.read(), languages=["zh"])
    (folder / "shapes.ttl").write_text(text, encoding="utf-8")
    found = [
        (p.row, p.severity.value, p.message)
        for p in validation.validate(cg.read(folder), folder / "shapes.ttl")
        if "zh" in p.message
    ]
    assert found == [(3, "note", "beta: What is a firm has a name in zh.")]


def test_a_result_about_a_column_of_an_entity_names_the_cell(folder: Path) -> None:
    body = ':a sh:targetClass cg:Firm ; sh:property [ sh:path rdfs:label ; sh:pattern "^A" ;'
    body += ' sh:severity sh:Warning ; sh:message "It begins with A"@en ] .'
    assert _found(folder, body) == [
        ("entities.csv", 2, "name@zh", "甲", "warning", "acme: It begins with A"),
        ("entities.csv", 3, "name@en", "Beta", "warning", "beta: It begins with A"),
    ]


def test_a_result_about_a_relation_names_the_row_of_the_relation(folder: Path) -> None:
    body = ":a sh:targetClass cg:Zone ; sh:property [ sh:path [ sh:inversePath cg:locatedIn ] ;"
    body += ' sh:maxCount 0 ; sh:severity sh:Info ; sh:message "Nothing is in a zone" ] .\n'
    body += ":b sh:targetSubjectsOf cg:subsidiaryOf ; sh:class cg:Firm ."
    assert _found(folder, body) == [
        ("relations.csv", 2, "relation", None, "note", "zone: Nothing is in a zone"),
        (
            "relations.csv",
            4,
            "relation",
            "zone",
            "error",
            "zone: Value does not have class cg:Firm",
        ),
    ]


def test_a_result_about_a_relation_resource_names_its_cell(folder: Path) -> None:
    body = ":a sh:targetClass rdf:Statement ; sh:property [ sh:path skos:note ; sh:maxLength 2 ;"
    body += ' sh:message "Too long" ] , [ sh:path rdf:object ; sh:in ( "x" ) ;'
    body += ' sh:message "Not x" ] .'
    base = vocabulary.DEFAULT_BASE
    assert base
    assert _found(folder, body) == [
        ("relations.csv", 2, "target", "zone", "error", "the relation: Not x"),
        ("relations.csv", 3, "note", "here", "error", "the relation: Too long"),
        ("relations.csv", 3, "target", "zone", "error", "the relation: Not x"),
        ("relations.csv", 4, "target", "acme", "error", "the relation: Not x"),
    ]


def test_a_missing_value_is_told_at_the_row_of_its_entity(folder: Path) -> None:
    body = ":a sh:targetClass cg:Zone ; sh:property [ sh:path schema:foundingDate ; sh:minCount 1 ;"
    body += ' sh:message "No date" ] .'
    assert _found(folder, body) == [("entities.csv", 4, None, None, "error", "zone: No date")]


@pytest.mark.parametrize(
    "body",
    [
        ':a sh:targetClass cg:Firm ; sh:sparql [ sh:select "SELECT $this { $this ?p ?o }" ] .',
        ":a sh:targetClass cg:Firm ; sh:rule [ sh:subject sh:this ] .",
        ':a sh:targetClass cg:Firm ; sh:js [ sh:jsFunctionName "f" ] .',
        ':a sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this ?p ?o }" ] .',
        ':c a sh:ConstraintComponent ; sh:validator [ sh:ask "ASK {}" ] .',
        ":a sh:targetClass cg:Firm ; sh:expression [ sh:path cg:x ] .",
    ],
    ids=["query", "rule", "script", "target", "component", "expression"],
)
def test_shapes_that_are_more_than_data_are_refused(folder: Path, body: str) -> None:
    with pytest.raises(cg.SourceError, match=r"mine\.ttl uses sh:\w+, which is no SHACL Core"):
        _found(folder, body)


def test_a_query_in_a_shape_reads_no_file(folder: Path) -> None:
    secret = folder / "secret.ttl"
    secret.write_text("<http://x.example/s> <http://x.example/p> 'secret' .", encoding="utf-8")
    body = ":a sh:targetClass cg:Firm ; sh:sparql [ sh:select '''SELECT $this ?value FROM"
    body += f" <{secret.as_uri()}> {{ ?s ?p ?value }}''' ] ."
    with pytest.raises(cg.SourceError, match="none of the file was run"):
        _found(folder, body)


def test_what_is_no_shapes_file_is_said_in_a_sentence(folder: Path) -> None:
    with pytest.raises(cg.SourceError, match=r"mine\.ttl holds no SHACL shapes\."):
        _found(folder, ":a :b :c .")
    with pytest.raises(cg.SourceError, match=r"mine\.ttl, line 9, column \d+: this is not Turtle"):
        _found(folder, "\n:a :b .")
    with pytest.raises(cg.SourceError, match=r"mine\.ttl: the shapes cannot be run: "):
        _found(folder, ":a a sh:NodeShape ; sh:targetClass cg:Firm ; sh:minLength 1 , 2 .")


def test_where_pyshacl_is_missing_the_way_to_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(cg.SourceError, match=r'pip install "clustergraph\[shacl\]"'):
        _found(folder, ":a sh:targetClass cg:Firm ; sh:minCount 1 .")


def test_the_command_line_tells_results_among_the_other_problems(folder: Path) -> None:
    (folder / "mine.ttl").write_text(
        HEAD + ":a sh:targetClass cg:Zone ; sh:property [ sh:path schema:foundingDate ;"
        ' sh:minCount 1 ; sh:message "No date" ] .',
        encoding="utf-8",
    )
    runner = CliRunner()
    run = runner.invoke(program, ["check", str(folder), "--shapes", str(folder / "mine.ttl")])
    assert run.exit_code == 1
    assert "zone: No date" in run.stdout
    assert "[shape-violated]" in run.stdout
    assert run.stdout.index("No date") < run.stdout.index("a rumour")


def test_the_shapes_are_the_same_every_time() -> None:
    assert shapes.turtle(vocabulary.read()) == shapes.turtle(vocabulary.read())
    assert SKOS in shapes.turtle(vocabulary.read())
