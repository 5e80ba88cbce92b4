"""How single rows become triples: names of relation resources, values, references, merging."""

import csv
import hashlib
import re
from pathlib import Path

import duckdb
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clustergraph as cg
from clustergraph.iris import sql_text
from clustergraph.lines import sql_concat, sql_escaped
from clustergraph.vocabulary import RDFS, XSD

WORDS = """\
@prefix cg: <https://clustergraph.example/vocabulary#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix w: <https://words.example/#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://words.example/> a void:Dataset ; void:uriSpace "https://words.example/id/" ;
  cg:replacesDefault true .
rdf:type a cg:Column ; skos:notation "type" ; cg:separator "|" .
w:Firm a owl:Class ; skos:notation "firm" .
w:knows a owl:ObjectProperty ; skos:notation "knows" .
w:when a owl:DatatypeProperty, cg:Column ; skos:notation "when" ;
  schema:rangeIncludes xsd:date, xsd:gYearMonth, xsd:gYear .
w:day a owl:DatatypeProperty, cg:Column ; skos:notation "day" ; rdfs:range xsd:date ;
  cg:dateFormat "%d.%m.%Y" .
w:size a owl:DatatypeProperty, cg:Column ; skos:notation "size" ; rdfs:range xsd:decimal .
w:plain a owl:DatatypeProperty, cg:Column ; skos:notation "plain" .
w:tags a owl:DatatypeProperty, cg:Column ; skos:notation "tags" ; cg:separator "|" .
w:see a owl:ObjectProperty, cg:Column ; skos:notation "see" ; cg:separator "|" .
"""
FIRM = {"id": "a", "type": "firm", "name": "A"}
OTHER = {"id": "b", "type": "firm", "name": "B"}
KNOWS = {"source": "a", "relation": "knows", "target": "b"}


def facts(
    folder: Path, entities: list[dict[str, str]], relations: list[dict[str, str]]
) -> set[str]:
    """The triples of these rows but those that all firms have, in the dataset's prefixes."""
    for name, rows, header in (
        ("entities", entities, FIRM),
        ("relations", relations, KNOWS),
    ):
        words = list(dict.fromkeys([*header, *(word for row in rows for word in row)]))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, words, restval="")
            out.writeheader()
            out.writerows(rows)
    (folder / "vocabulary.ttl").write_text(WORDS, encoding="utf-8")
    return lines(folder)


def lines(folder: Path) -> set[str]:
    """The triples of a folder's tables, read from the file: a store would write 14.00 as 14."""
    checked = cg.read(folder)
    cg.build(checked).write(folder / "graph.nt")
    prefixes = {**checked.namespaces.all, "rdfs": RDFS, "xsd": XSD}
    found = set()
    for quad in pyoxigraph.parse(path=folder / "graph.nt"):
        text = str(quad.triple)
        for prefix, iri in sorted(prefixes.items(), key=lambda item: -len(item[1])):
            text = re.sub(f"<{re.escape(iri)}([^/#>]+)>", rf"{prefix}:\1", text)
        found.add(text)
    return {text for text in found if not re.search(" rdf:type | rdfs:label ", text)}


def statement(row: dict[str, str]) -> str:
    """The name that a relation row without an id gets, worked out here once more."""
    said = "".join(f"{word}:{len(text)}:{text}" for word, text in sorted(row.items()) if text != "")
    return f"statement:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def joined(name: str, source: str = ":a", target: str = ":b") -> set[str]:
    return {
        f"{source} w:knows {target}",
        f"{name} rdf:subject {source}",
        f"{name} rdf:predicate w:knows",
        f"{name} rdf:object {target}",
    }


def test_a_relation_is_a_direct_triple_and_a_resource_of_its_own(tmp_path: Path) -> None:
    name = statement(KNOWS)
    assert facts(tmp_path, [FIRM, OTHER], [KNOWS]) == joined(name)


def test_a_relation_is_named_by_its_cells_whatever_their_order(tmp_path: Path) -> None:
    row = {"day": "01.02.2003", **KNOWS, "size": ""}
    other = dict(reversed(row.items()))
    name = statement(row)
    (tmp_path / "other").mkdir()
    said = facts(tmp_path, [FIRM, OTHER], [row])
    assert said == joined(name) | {f'{name} w:day "2003-02-01"^^xsd:date'}
    assert facts(tmp_path / "other", [FIRM, OTHER], [other]) == said


def test_a_relation_with_an_id_is_named_by_it(tmp_path: Path) -> None:
    assert facts(tmp_path, [FIRM, OTHER], [{**KNOWS, "id": "r-1"}]) == joined("statement:r-1")


def test_ids_that_two_relations_share_name_neither(tmp_path: Path) -> None:
    rows = [{**KNOWS, "id": "r", "size": size} for size in ("1", "2")]
    names = [statement(row) for row in rows]
    assert facts(tmp_path, [FIRM, OTHER], rows) == {
        *joined(names[0]),
        *joined(names[1]),
        f'{names[0]} w:size "1"^^xsd:decimal',
        f'{names[1]} w:size "2"^^xsd:decimal',
    }


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("when", "2024", '"2024"^^xsd:gYear'),
        ("when", "2024-05", '"2024-05"^^xsd:gYearMonth'),
        ("when", " 2024-02-29 ", '"2024-02-29"^^xsd:date'),
        ("when", "2023-02-29", '"2023-02-29"'),
        ("when", "soon", '"soon"'),
        ("day", "31.12.1999", '"1999-12-31"^^xsd:date'),
        ("day", "1999-12-31", '"1999-12-31"^^xsd:date'),
        ("size", "14.00", '"14.00"^^xsd:decimal'),
        ("size", "1,5", '"1,5"'),
        ("plain", " 007 ", '" 007 "'),
        ("plain", "NA", '"NA"'),
    ],
)
def test_a_value_is_typed_where_it_fits_and_kept_where_not(
    column: str, cell: str, value: str, tmp_path: Path
) -> None:
    said = facts(tmp_path, [{**FIRM, column: cell}], [])
    assert said == {f":a w:{column} {value}"}


def test_a_cell_with_a_separator_holds_each_value_once(tmp_path: Path) -> None:
    row = {**FIRM, "tags": "x| y |x||", "see": "b|https://example.org/|nobody|b"}
    assert facts(tmp_path, [row, OTHER], []) == {
        ':a w:tags "x"',
        ':a w:tags "y"',
        ":a w:see :b",
        ":a w:see <https://example.org/>",
        ':a w:see "nobody"',
    }


def test_rows_with_one_id_are_merged_value_by_value(tmp_path: Path) -> None:
    rows = [{**FIRM, "tags": "x|y", "size": "1"}, {**FIRM, "tags": "y|z", "size": "1"}]
    assert facts(tmp_path, rows, []) == {
        ':a w:tags "x"',
        ':a w:tags "y"',
        ':a w:tags "z"',
        ':a w:size "1"^^xsd:decimal',
    }


def test_a_cell_of_separators_alone_makes_no_triple_and_no_broken_block(tmp_path: Path) -> None:
    facts(tmp_path, [{**FIRM, "type": "|", "tags": "|", "name": ""}, OTHER], [])
    cg.build(cg.read(tmp_path)).write(tmp_path / "graph.ttl")
    again = cg.Graph.open(tmp_path / "graph.ttl")
    assert again.ask("ASK { ?b rdfs:label 'B' }", isolated=False)
    assert not again.ask("ASK { ?a ?p ?x FILTER(?a = :a && ?p != rdf:type) }", isolated=False)


LITERALS = st.text("a' ").map(sql_text)


@given(st.lists(st.just("c") | LITERALS, min_size=1))
def test_literals_that_stand_side_by_side_are_joined_to_the_same_text(parts: list[str]) -> None:
    joined_up, plain = sql_concat(*parts), f"concat({', '.join(parts)})"
    query = f"SELECT {joined_up} = {plain} FROM (SELECT 'cell' AS c)"  # noqa: S608 - the SQL under test
    assert duckdb.execute(query).fetchall() == [(True,)]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_is_escaped_as_turtle_and_ntriples_want_it(text: str) -> None:
    query = f"SELECT {sql_escaped('t')} FROM (SELECT ? AS t)"  # noqa: S608 - the SQL under test
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
    expected = "".join(escapes.get(c, c) for c in text)
    assert duckdb.execute(query, [text]).fetchall() == [(expected,)]
