"""What became of a row, and where every fact of an entity comes from."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner

import clustergraph as cg
from clustergraph.cli import program
from clustergraph.explaining import origins
from clustergraph.explaining.explained import ExplainedEntity, ExplainedRow
from clustergraph.vocabulary import CG, DCTERMS, RDFS

DATA = Path(__file__).parents[1] / "data"

ENTITIES = """\
id,type,name@en,name@zh,founded,,evidence
acme,firm,Acme,甲,1992,stray,d1|https://x.example/a
beta,firm,Beta,,soon,,
beta,firm,Beta,,2001,,
beta,firm,Beta,,soon,,

d1,document,A page,页,,,
,firm,Nobody,,,,
"""
RELATIONS = """\
source,relation,target,start,evidence
acme,located_in,beta,2001,d1
acme,located_in,beta,2001,d1
acme,located_in,acmee,,
beta,ownz,acme,,d1
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> cg.Checked:
    folder = tmp_path_factory.mktemp("explained")
    (folder / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (folder / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    return cg.read(folder)


def _row(checked: cg.Checked, what: str) -> ExplainedRow:
    found = cg.explain(checked, what)
    assert isinstance(found, ExplainedRow)
    return found


def _entity(checked: cg.Checked, what: str) -> ExplainedEntity:
    found = cg.explain(checked, what)
    assert isinstance(found, ExplainedEntity)
    return found


def _triples(turtle: str) -> set[str]:
    parsed = pyoxigraph.parse(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    return {str(quad.triple) for quad in parsed}


def _every_row(checked: cg.Checked) -> Iterator[ExplainedRow]:
    for table in checked.tables:
        for (row,) in checked.query(f"SELECT row FROM {table.name} ORDER BY row"):  # noqa: S608 - ours
            yield _row(checked, f"{table.file}:{row}")


def test_a_row_tells_its_cells_its_fate_and_its_triples(checked: cg.Checked) -> None:
    *lines, blank, title, told = str(_row(checked, "entities.csv:2")).splitlines()
    assert (blank, title, told[-16:]) == ("", "Problems", "[column-unnamed]")
    assert lines == [
        "entities.csv, row 2",
        "  id        acme",
        "  type      firm",
        "  name@en   Acme",
        "  name@zh   甲",
        "  founded   1992",
        "            stray   (made nothing)",
        "  evidence  d1|https://x.example/a",
        "",
        "It made 6 triples.",
        "",
        "@prefix : <https://clustergraph.example/data/> .",
        "@prefix cg: <https://clustergraph.example/vocabulary#> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> .",
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        "@prefix schema: <https://schema.org/> .",
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
        "",
        ":acme",
        "  a cg:Firm ;",
        '  rdfs:label "Acme"@en ;',
        '  rdfs:label "甲"@zh ;',
        "  dcterms:source :d1 ;",
        "  dcterms:source <https://x.example/a> ;",
        '  schema:foundingDate "1992"^^xsd:gYear ;',
        ".",
    ]


@pytest.mark.parametrize(
    ("what", "fate", "outcome"),
    [
        ("entities.csv:3", "kept", "It made 3 triples. Of the same entity: rows 4, 5."),
        (
            "entities.csv:5",
            "merged",
            "It says what row 3 says already, so it was counted once. Of the same entity: rows 3,",
        ),
        ("entities.csv:6", "blank", "It is blank, so it was left out."),
        ("entities.csv:8", "id-empty", "It was left out: the row has no id"),
        ("relations.csv:2", "kept", "It made 7 triples."),
        ("relations.csv:3", "merged", "It says what row 2 says already, so it was counted once."),
        ("relations.csv:4", "end-unknown", "It was left out: no entity has the id 'acmee'"),
    ],
)
def test_a_row_was_kept_or_merged_or_left_out_for_a_reason(
    checked: cg.Checked, what: str, fate: str, outcome: str
) -> None:
    found = _row(checked, what)
    assert (found.fate, found.outcome[: len(outcome)]) == (fate, outcome)


def test_the_triples_of_all_rows_together_are_the_graph(
    checked: cg.Checked, tmp_path: Path
) -> None:
    cg.build(checked).write(tmp_path / "graph.ttl")
    told = [_triples(found.turtle) for found in _every_row(checked)]
    assert set().union(*told) == _triples((tmp_path / "graph.ttl").read_text(encoding="utf-8"))


def test_the_facts_of_the_bundled_tables_are_their_graph() -> None:
    checked = cg.read(DATA)
    facts = [fact for table in checked.tables for fact in origins.facts(checked, table, "true")]
    built = {str(q.triple) for q in cg.build(checked).quads()}
    said = {str(fact.triple) for fact in facts}
    about = {t for t in built - said if "wasDerivedFrom" not in t and "/file/" not in t}
    assert said - built == set()
    assert {t.split()[0] for t in about} == {f"<{checked.namespaces.base}>"}


def test_a_word_told_of_once_is_a_problem_of_every_row_that_has_it(checked: cg.Checked) -> None:
    codes = [p.code for p in _row(checked, "relations.csv:5").problems]
    assert "relation-unknown" in codes
    assert [p.code for p in _row(checked, "entities.csv:2").problems if p.row == 1] == []


@pytest.mark.parametrize(
    "what",
    ["relations:2", "RELATIONS.CSV:2", "{base}file/relations.csv#row=2", "{statement}"],
)
def test_a_row_may_be_named_in_other_ways(checked: cg.Checked, what: str) -> None:
    row = _row(checked, "relations.csv:2")
    [statement] = [line for line in row.turtle.splitlines() if line.startswith("statement:")]
    named = what.format(base=checked.namespaces.base, statement=statement)
    assert _row(checked, named).to_dict() == row.to_dict()


def test_an_entity_tells_where_each_of_its_facts_stands(checked: cg.Checked) -> None:
    found = _entity(checked, "acme")
    assert [(f.word, f.value, f.row, f.column) for f in found.attributes] == [
        ("type", "firm", 2, "type"),
        ("name", "Acme", 2, "name@en"),
        ("name", "甲", 2, "name@zh"),
        ("founded", "1992", 2, "founded"),
    ]
    assert [(r.word, r.outward, r.other, r.details, r.row) for r in found.relations] == [
        ("located_in", True, "beta", {"start": ["2001"]}, 2),
        ("ownz", False, "beta", {}, 5),
    ]
    assert [(left.text, left.code, left.row) for left in found.left_out] == [
        ("acme located_in beta", "merged", 3),
        ("acme located_in acmee", "end-unknown", 4),
    ]


def test_the_evidence_of_a_fact_is_told_with_title_publisher_date_and_address() -> None:
    checked = cg.read(DATA)
    found = _entity(checked, "ncpc")
    first = found.attributes[0].evidence[0]
    assert first.to_dict() == {
        "id": "s083",
        "titles": {
            "en": "The chairman of North China Pharmaceuticals resigned (with company history)"
        },
        "publisher": "Echemi",
        "date": "2020-11-05",
        "address": "https://topic.echemi.com/a/the-chairman-of-north-china-pharmaceuticals-a-well-"
        "known-pharmaceutical-company-resigned_109401.html",
    }
    documents = {document.id for joined in found.relations for document in joined.evidence}
    assert {"s083", "s084"} <= documents


def test_a_web_address_as_evidence_is_its_own_address(checked: cg.Checked) -> None:
    documents = _entity(checked, "acme").attributes[0].evidence
    assert [(d.id, d.titles, d.address) for d in documents] == [
        ("d1", {"en": "A page", "zh": "页"}, None),
        (None, {}, "https://x.example/a"),
    ]


def test_the_facts_of_an_entity_are_its_triples(checked: cg.Checked) -> None:
    found = _entity(checked, "beta")
    labels = [f.value for f in found.attributes if f.word == "name"]
    graph = cg.build(checked)
    rows = graph.select(
        "SELECT ?name { ?e rdfs:label ?name FILTER(?e = ?entity) }",
        substitutions={"entity": pyoxigraph.NamedNode(found.iri)},
    )
    assert sorted(set(labels)) == sorted(str(row["name"]) for row in rows)
    assert found.rows == (3, 4, 5)


def test_an_entity_may_be_named_by_its_iri(checked: cg.Checked) -> None:
    wanted = _entity(checked, "acme").to_dict()
    iri = checked.namespaces.entity("acme")
    assert [_entity(checked, name).to_dict() for name in (iri, f"<{iri}>", ":acme")] == [wanted] * 3


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "relation.csv:2",
            "There is no file 'relation.csv' here (did you mean 'relations.csv'?).",
        ),
        (
            "relations.csv:99",
            "relations.csv has no row 99. Its rows are 2 to 5 (did you mean relations.csv:5?).",
        ),
        (
            "entities:1",
            (
                "Row 1 of entities.csv is its header: id, type, name@en, name@zh, founded, ,"
                " evidence. Its rows are 2 to 8 (did you mean entities.csv:2?)."
            ),
        ),
        (
            "acmee",
            (
                "No entity has the id 'acmee' (did you mean 'acme'?). It is named in relations.csv,"
                " row 4."
            ),
        ),
        ("A page", "No entity has the id 'A page' (that is the name of 'd1')."),
        (
            "zzzzzz",
            "No entity has the id 'zzzzzz'. A row is named like relations.csv:12.",
        ),
    ],
)
def test_what_is_not_there_is_answered_with_the_nearest_that_is(
    checked: cg.Checked, what: str, message: str
) -> None:
    with pytest.raises(cg.SourceError) as error:
        cg.explain(checked, what)
    assert str(error.value) == message


def test_an_id_that_looks_like_a_row_is_an_id(tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text(
        "id,type,name\nrelations.csv:2,firm,A\n'); DROP TABLE entities;--,firm,B\n",
        encoding="utf-8",
    )
    (tmp_path / "relations.csv").write_text("source,relation,target\n", encoding="utf-8")
    checked = cg.read(tmp_path)
    assert _entity(checked, "relations.csv:2").row == 2
    assert _entity(checked, "'); DROP TABLE entities;--").row == 3


def test_a_graph_is_built_the_same_after_an_explanation(tmp_path: Path) -> None:
    checked = cg.read(DATA)
    cg.build(checked).write(tmp_path / "before.ttl")
    cg.explain(checked, "relations.csv:12")
    cg.explain(checked, "ncpc")
    cg.build(checked).write(tmp_path / "after.ttl")
    assert (tmp_path / "before.ttl").read_bytes() == (tmp_path / "after.ttl").read_bytes()


def test_the_command_prints_text_or_json() -> None:
    runner = CliRunner()
    text = runner.invoke(program, ["explain", "relations.csv:12", str(DATA)])
    swapped = runner.invoke(program, ["explain", str(DATA), "relations.csv:12"])
    made = runner.invoke(program, ["explain", "relations.csv:12", str(DATA), "--format", "json"])
    assert (text.exit_code, swapped.stdout) == (0, text.stdout)
    found = cg.explain(cg.read(DATA), "relations.csv:12")
    assert (text.stdout, json.loads(made.stdout)) == (str(found), found.to_dict())


def test_an_explanation_shows_itself_in_a_notebook(checked: cg.Checked) -> None:
    row, entity = _row(checked, "relations.csv:2"), _entity(checked, "acme")
    assert "<td>located_in</td>" in row._repr_html_()
    assert "&lt;https://clustergraph.example/data/&gt;" in row._repr_html_()
    assert "<td>entities.csv, row 2</td>" in entity._repr_html_()


def test_the_vocabulary_names_what_the_evidence_is_read_from() -> None:
    known = cg.read(DATA).vocabulary
    words = {
        "publisher": CG + "publisher",
        "date": DCTERMS + "date",
        "url": "https://schema.org/url",
        "name": RDFS + "label",
        "evidence": DCTERMS + "source",
    }
    assert {w: t.iri for w in words if (t := known.column(w))} == words
