"""The network made from RDF: nothing lost, nothing merged; and its exports."""

from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import clustergraph as cg
from clustergraph import exchange, parts
from clustergraph.descriptions import Value
from clustergraph.errors import SourceError
from clustergraph.vocabulary import CG, DEFAULT_BASE, XSD

BASE = DEFAULT_BASE

ENTITIES = """id,type,name@en,name@zh,alias,stock_code,evidence
a,firm,Alpha,石药,First|One,0012,d
b,firm,Beta,,,,
z,zone,Zone,园区,,,
d,document,A page,,,,
lone,agency,Alone,,,,
"""
RELATIONS = """source,relation,target,start,end,confidence,note,evidence
a,subsidiary_of,b,2010,2012-05,several,bought,d
a,subsidiary_of,b,2015,,uncertain,again,
b,subsidiary_of,a,,,,,
a,located_in,z,,,,,https://example.org/page
a,collaborates_with,a,,,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (tmp_path / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    return tmp_path


def read(folder: Path) -> "nx.MultiDiGraph[str]":
    return cg.build(cg.read(folder)).to_networkx()


def opened(tmp_path: Path, turtle: str) -> "nx.MultiDiGraph[str]":
    path = tmp_path / "graph.ttl"
    path.write_text(turtle, encoding="utf-8")
    return cg.Graph.open(path).to_networkx()


def ends(found: "nx.MultiDiGraph[str]") -> list[tuple[str, str, str]]:
    return sorted(
        (s.removeprefix(BASE), said["predicate"].removeprefix(CG), t.removeprefix(BASE))
        for s, t, said in found.edges(data=True)
    )


def test_parallel_reciprocal_and_looping_relations_all_stay(folder: Path) -> None:
    assert ends(read(folder)) == [
        ("a", "collaboratesWith", "a"),
        ("a", "locatedIn", "z"),
        ("a", "subsidiaryOf", "b"),
        ("a", "subsidiaryOf", "b"),
        ("b", "subsidiaryOf", "a"),
    ]


def test_a_node_carries_all_that_is_said_of_it(folder: Path) -> None:
    assert read(folder).nodes[BASE + "a"] == {
        "id": "a",
        "labels": {"en": "Alpha", "zh": "石药"},
        "types": [CG + "Firm"],
        "aliases": [Value("First"), Value("One")],
        "notes": [],
        "facts": {CG + "stockCode": [Value("0012")]},
        "evidence": [BASE + "d"],
        "rows": [BASE + "file/entities.csv#row=2"],
    }


def test_an_edge_carries_its_period_confidence_note_evidence_and_row(folder: Path) -> None:
    edges = read(folder)[BASE + "a"][BASE + "b"]
    first = next(said for said in edges.values() if said["start"] == "2010")
    assert first == {
        "predicate": CG + "subsidiaryOf",
        "start": "2010",
        "end": "2012-05",
        "confidence": "several",
        "notes": [Value("bought")],
        "facts": {},
        "evidence": [BASE + "d"],
        "rows": [BASE + "file/relations.csv#row=2"],
    }


def test_edges_are_keyed_by_their_relation_resource(folder: Path) -> None:
    keys = [key for *_, key in read(folder).edges(keys=True)]
    assert len(set(keys)) == 5
    assert all(key.startswith(BASE + "statement/") for key in keys)


def test_without_relation_resources_the_predicate_is_the_key(folder: Path) -> None:
    plain = cg.build(cg.read(folder), plain=True).to_networkx()
    assert sorted({key.removeprefix(CG) for *_, key in plain.edges(keys=True)}) == [
        "collaboratesWith",
        "locatedIn",
        "subsidiaryOf",
    ]
    assert plain.number_of_edges() == 4


def test_who_has_no_relation_is_there_all_the_same(folder: Path) -> None:
    assert list(nx.isolates(read(folder))) == [BASE + "d", BASE + "lone"]


def test_the_build_says_nothing_about_itself_in_the_network(folder: Path) -> None:
    assert sorted(n.removeprefix(BASE) for n in read(folder)) == ["a", "b", "d", "lone", "z"]


def test_any_rdf_becomes_a_network(tmp_path: Path) -> None:
    found = opened(
        tmp_path,
        """
        @prefix ex: <http://example.com/> .
        @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        ex:ann a foaf:Person ; foaf:name "Ann", "Annie"@en ; foaf:age 41 ; foaf:knows ex:bob, _:c .
        _:c foaf:name "Carla" .
        """,
    )
    carla = next(n for n in found if n.startswith("_:"))
    assert sorted(found.edges()) == sorted(
        [
            ("http://example.com/ann", "http://example.com/bob"),
            ("http://example.com/ann", carla),
        ]
    )
    ann = found.nodes["http://example.com/ann"]
    assert ann["labels"] == {"": "Ann", "en": "Annie"}
    assert ann["facts"] == {
        "http://xmlns.com/foaf/0.1/age": [Value("41", XSD + "integer")],
    }
    assert found.nodes["http://example.com/bob"]["labels"] == {}


def test_numbers_keep_the_digits_they_were_written_with(tmp_path: Path) -> None:
    found = opened(tmp_path, "<http://e.com/a> <http://e.com/p> 14.00, 007 .")
    values = found.nodes["http://e.com/a"]["facts"]["http://e.com/p"]
    assert sorted(value.text for value in values) == ["007", "14.00"]


def test_a_selection_by_type_keeps_what_it_rests_on(folder: Path) -> None:
    part = parts.select(read(folder), types=["firm"])
    assert sorted(n.removeprefix(BASE) for n in part) == ["a", "b", "d"]
    assert part.number_of_edges() == 4


def test_a_selection_around_an_entity_goes_so_many_steps_either_way(folder: Path) -> None:
    whole = read(folder)
    near = [
        sorted(n.removeprefix(BASE) for n in parts.select(whole, around="z", depth=depth))
        for depth in (0, 1, 2)
    ]
    assert near == [["z"], ["a", "d", "z"], ["a", "b", "d", "z"]]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"around": "lonee"}, "No entity has the id 'lonee' (did you mean 'lone'?)."),
        ({"types": ["firmm"]}, "No entity has the type 'firmm' (did you mean 'firm'?)."),
    ],
)
def test_an_unknown_word_is_told_with_the_nearest_known_one(
    folder: Path, wanted: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError) as raised:
        parts.select(read(folder), **wanted)
    assert str(raised.value) == message


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_exports_are_read_back_whole(folder: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"out.{name}"
    assert exchange.write(read(folder), path, name) == 0
    back = nx.read_graphml(path) if name == "graphml" else nx.read_gexf(path)
    assert (len(back), back.number_of_edges()) == (5, 5)
    assert back.nodes[BASE + "a"]["label_zh"] == "石药"
    assert back.nodes[BASE + "a"]["stock_code"] == "0012"
    said = [edge["start_date"] for *_, edge in back.edges(data=True) if "start_date" in edge]
    assert sorted(said) == ["2010", "2015"]


def test_characters_that_xml_cannot_hold_are_left_out_and_counted(tmp_path: Path) -> None:
    found = opened(tmp_path, '<http://e.com/a> <http://e.com/p> "x\\u0001y\\u0008z" .')
    path = tmp_path / "out.graphml"
    assert exchange.write(found, path, "graphml") == 2
    assert nx.read_graphml(path).nodes["http://e.com/a"]["p"] == "xyz"
