"""The bundled tables are whole, and answer the questions they were made for."""

import csv
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, Namespace

import clustergraph as cg

DATA = Path(__file__).parents[1] / "data"
CG = Namespace("https://clustergraph.example/vocabulary#")
SCHEMA = Namespace("https://schema.org/")
KEYS = {"id", "type", "source", "relation", "target"}
DATES = ("start", "end", "date", "issued_on", "approved_on", "founded", "listed_on")
Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def entities() -> dict[str, Row]:
    return {row["id"]: row for row in table("entities")}


@cache
def vocabulary() -> rdflib.Graph:
    graph = rdflib.Graph()
    shipped = files("clustergraph").joinpath("vocabulary.ttl")
    graph.parse(data=shipped.read_text(encoding="utf-8"), format="turtle")
    graph.parse(DATA / "vocabulary.ttl")
    return graph


@cache
def words(kind: rdflib.URIRef) -> dict[str, rdflib.term.Node]:
    """Return the terms of one kind by the word that stands for them in the tables."""
    graph = vocabulary()
    return {
        str(word): term
        for term in graph.subjects(RDF.type, kind)
        for word in graph.objects(term, SKOS.notation)
    }


def ids(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def test_the_files_are_utf_8_without_a_mark_and_with_plain_line_ends() -> None:
    contents = [(DATA / name).read_bytes() for name in ("entities.csv", "relations.csv")]
    assert [text.decode("utf-8").startswith("\ufeff") for text in contents] == [False, False]
    assert [text.count(b"\r") for text in contents] == [0, 0]
    assert [text.endswith(b"\n") for text in contents] == [True, True]


def test_nothing_of_the_collection_is_missing() -> None:
    assert Counter(row["type"] for row in table("entities")) == {
        "agency": 21, "cluster": 4, "delegation": 22, "event": 9, "firm": 33, "institution": 6,
        "media": 11, "organisation": 3, "place": 29, "platform": 7, "policy": 14, "product": 14,
        "ranking": 2, "zone": 12,
        "document": 147, "figure": 124, "segment": 4,
    }  # fmt: skip
    assert Counter(row["tier"] for row in table("entities")) == {"core": 157, "extra": 30, "": 275}
    assert Counter(row["relation"] for row in table("relations")) == {
        "administers": 6, "approved": 8, "collaborates_with": 13, "donated_to": 1,
        "from_country": 26, "held_in": 9, "hosted_by": 7, "imported_by": 1, "issued": 13,
        "licensed_to": 1, "located_in": 65, "member_of": 13, "operates": 8, "organised": 8,
        "part_of": 19, "produces": 19, "published": 2, "ranked_in": 13, "registered_in": 6,
        "regulates": 3, "reported_on": 9, "represents": 10, "restricts": 1,
        "sister_region_of": 1, "subsidiary_of": 15, "supports": 16, "took_part_in": 15,
        "visited": 35,
        "based_on": 4, "contradicts": 16, "covers": 4, "figure_of": 156, "restates": 2,
        "works_in": 16,
    }  # fmt: skip


def test_an_id_is_used_once() -> None:
    assert len(entities()) == len(table("entities"))


def test_a_relation_row_stands_once() -> None:
    assert [row for row, n in Counter(map(str, table("relations"))).items() if n > 1] == []


def test_a_relation_joins_entities_that_are_there() -> None:
    ends = {row[end] for row in table("relations") for end in ("source", "target")}
    assert ends - entities().keys() == set()


def test_evidence_is_a_document() -> None:
    rows = [*table("entities"), *table("relations")]
    evidence = {document for row in rows for document in ids(row["evidence"])}
    assert {
        document for document in evidence if entities()[document]["type"] != "document"
    } == set()


def test_all_but_documents_have_evidence() -> None:
    assert [row for row in table("relations") if not row["evidence"]] == []
    unsourced = {row["type"] for row in table("entities") if not row["evidence"]}
    assert unsourced == {"document"}


def test_the_vocabulary_knows_every_word() -> None:
    assert {row["type"] for row in table("entities")} - words(OWL.Class).keys() == set()
    relations = words(OWL.ObjectProperty).keys()
    assert {row["relation"] for row in table("relations")} - relations == set()
    headers = {h.split("@")[0] for name in ("entities", "relations") for h in table(name)[0]}
    assert headers - words(CG.Column).keys() == KEYS


def test_a_relation_joins_the_types_it_is_meant_to_join() -> None:
    graph = vocabulary()

    def fits(relation: str, end: rdflib.URIRef, entity: str) -> bool:
        allowed = set(graph.objects(words(OWL.ObjectProperty)[relation], end))
        term = words(OWL.Class)[entities()[entity]["type"]]
        return not allowed or bool(allowed & set(graph.transitive_objects(term, RDFS.subClassOf)))

    wrong = [
        (row["source"], row["relation"], row["target"])
        for row in table("relations")
        if not fits(row["relation"], SCHEMA.domainIncludes, row["source"])
        or not fits(row["relation"], SCHEMA.rangeIncludes, row["target"])
    ]
    assert wrong == []


def test_a_date_is_a_day_a_month_or_a_year() -> None:
    rows = [*table("entities"), *table("relations")]
    dates = {row[column] for row in rows for column in DATES if row.get(column)}
    form = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
    assert len(dates) > 100
    assert {date for date in dates if not form.fullmatch(date)} == set()
    backward = [row for row in rows if row["end"] and row["start"] > row["end"]]
    assert backward == []


def test_a_figure_has_a_number_a_unit_and_something_it_is_about() -> None:
    figures = [row for row in table("entities") if row["type"] == "figure"]
    about = {row["source"] for row in table("relations") if row["relation"] == "figure_of"}
    assert {row["id"] for row in figures} == about
    needed = ("measure", "value", "unit", "as_stated", "evidence")
    assert [row["id"] for row in figures if not all(row[column] for column in needed)] == []
    numbers = [
        Decimal(row[column]) for row in figures for column in ("value", "value_to") if row[column]
    ]
    assert min(numbers) == Decimal(1)


def test_a_document_has_a_title_a_publisher_and_an_address() -> None:
    documents = [row for row in table("entities") if row["type"] == "document"]
    titles = ("name@en", "name@zh", "name@zh-Hant", "name@pt")
    assert [d["id"] for d in documents if sum(bool(d[title]) for title in titles) != 1] == []
    assert [d["id"] for d in documents if not d["publisher"]] == []
    assert {urlsplit(d["url"]).scheme for d in documents} == {"http", "https"}


def test_an_undated_document_says_so() -> None:
    documents = [row for row in table("entities") if row["type"] == "document"]
    undated = [d for d in documents if not d["date"]]
    assert len(undated) == 17
    assert [d["id"] for d in undated if "Date: " not in d["note@en"]] == []


def test_unverified_names_say_so() -> None:
    found = {
        row["id"]: row["unverified"]
        for row in table("entities")
        if "background knowledge" in row["unverified"]
    }
    assert found == {
        "cspc-nbp-pharma": "Chinese name (background knowledge)",
        "global-times": "Chinese name (background knowledge)",
        "hucm": "Chinese name (background knowledge)",
        "nbp": "Chinese name (background knowledge)",
        "shineway": "location in Luancheng (background knowledge)",
    }


def test_confidence_has_three_words() -> None:
    assert Counter(row["confidence"] for row in table("relations")) == {
        "one source": 222, "several": 105, "uncertain": 32, "": 182
    }  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> cg.Graph:
    return cg.build(cg.read(DATA))


def answers(graph: cg.Graph, sparql: str) -> list[tuple[object, ...]]:
    """Return the rows of a query, with entities as their ids."""
    base = "https://hebei-biopharma.example/id/"
    return [
        tuple(
            value.removeprefix(base) if isinstance(value, str) else value for value in row.values()
        )
        for row in graph.select(sparql)
    ]


def test_nothing_is_wrong_with_the_tables() -> None:
    assert [p for p in cg.read(DATA).problems if p.severity != "note"] == []


def test_the_cluster_has_over_300_firms(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?qualifier ?value ?unit WHERE {
             ?figure cg:figureOf :sjz-htz-biopharma-cluster ; cg:measure "number of firms" ;
                     cg:qualifier ?qualifier ; cg:value ?value ; cg:unit ?unit }""",
    )
    assert rows == [("over", Decimal(300), "firms")]


def test_output_value_was_over_125_72_billion_yuan_in_2024(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?qualifier ?value ?unit ?source WHERE {
             ?figure cg:figureOf :sjz-htz-biopharma-cluster ; cg:measure "output value" ;
                     cg:qualifier ?qualifier ; cg:value ?value ; cg:unit ?unit ;
                     schema:startDate "2024"^^xsd:gYear ; dcterms:source ?source }
           ORDER BY ?value ?source""",
    )
    assert rows == [
        ("over", Decimal("125.72"), "billion yuan", "s001"),
        ("over", Decimal("125.72"), "billion yuan", "s002"),
        ("over", Decimal(1257), "亿元", "s002"),
    ]


def test_three_firms_of_the_cluster_are_among_chinas_top_100(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?firm ?year ?rank WHERE {
             ?firm cg:memberOf :sjz-htz-biopharma-cluster .
             ?row rdf:subject ?firm ; rdf:predicate cg:rankedIn ; rdf:object :top100 ;
                  schema:startDate ?year .
             OPTIONAL { ?row cg:rank ?rank } }
           ORDER BY ?firm ?year""",
    )
    assert rows == [
        ("cspc", "2019", 13),
        ("cspc", "2022", 7),
        ("ncpc-group", "2019", 27),
        ("ncpc-group", "2022", None),
        ("yiling", "2019", 57),
        ("yiling", "2022", None),
    ]


def test_policies_support_whom_they_are_meant_to_help(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?policy ?helped WHERE { ?policy a cg:Policy ; cg:supports ?helped }
           ORDER BY ?policy ?helped""",
    )
    assert rows == [
        ("clusters-plan-2025", "hebei-107-key-clusters"),
        ("cross-region-supervision", "cangzhou-biomed-park"),
        ("hebei-104-2021", "hebei"),
        ("hebei-19-measures-2023", "anguo"),
        ("hebei-2019-policy", "cangzhou-biomed-park"),
        ("hebei-98-2023", "hebei"),
        ("htz-10-measures-2019", "sjz-htz"),
        ("sjz-100-2023", "nmpa-special-centre"),
        ("sjz-100-2023", "sjz-biopharma-strategic-cluster"),
        ("sjz-breakthrough-2021", "sjz-int-biomed-park"),
        ("sjz-support-package", "sjz-htz-biopharma-cluster"),
        ("strategic-clusters-2023", "sjz-biopharma-strategic-cluster"),
        ("supplementary-application-pilot", "cspc-ouyi"),
        ("supplementary-application-pilot", "sjz-no4"),
        ("tcm-measures-2023", "hebei"),
    ]


def test_delegations_from_brazil_visited_these(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?delegation ?seen WHERE {
             ?delegation a cg:Delegation ; cg:fromCountry :brazil ; cg:visited ?seen }
           ORDER BY ?delegation ?seen""",
    )
    assert rows == [
        ("brazil-2025-visits", "shijiazhuang"),
        ("brazil-2025-visits", "sjz-htz-biopharma-cluster"),
        ("goias-mission-2023-06", "hebei"),
        ("goias-mission-2023-06", "xiongan"),
        ("goias-mission-2023-11", "xiongan"),
        ("goias-mission-2024-06", "hebei"),
        ("goias-mission-2024-06", "hucm"),
        ("tbc-team-2024", "great-wall-new-media"),
        ("tbc-team-2024", "hebei"),
        ("tbc-team-2024", "shijiazhuang"),
        ("travelogue-2023", "hebei"),
        ("travelogue-2023", "tangshan"),
        ("ufg-delegation-2019", "hucm"),
    ]


def test_media_from_brazil_came_with_a_team_and_reported(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?media ?team ?subject WHERE {
             ?media a cg:Media ; cg:fromCountry :brazil ; cg:reportedOn ?subject .
             ?team cg:represents ?media }""",
    )
    assert rows == [("tv-brasil-central", "tbc-team-2024", "hebei")]


def test_the_chain_of_the_cluster_has_four_segments(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?segment WHERE { :sjz-htz-biopharma-cluster cg:covers ?segment .
             ?segment a cg:Segment } ORDER BY ?segment""",
    )
    assert rows == [
        ("distribution",),
        ("manufacturing",),
        ("research-and-development",),
        ("support-services",),
    ]


def test_these_work_in_the_segments_of_the_chain(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?segment ?actor WHERE { ?actor cg:worksIn ?segment } ORDER BY ?segment ?actor""",
    )
    assert rows == [
        ("distribution", "taimin"),
        ("manufacturing", "bohui-sjz"),
        ("manufacturing", "cspc"),
        ("manufacturing", "cspc-innovation"),
        ("manufacturing", "luye-jiaao"),
        ("manufacturing", "ncpc-group"),
        ("manufacturing", "ncpc-jintan"),
        ("manufacturing", "sjz-no4"),
        ("manufacturing", "wuxi-biologics"),
        ("research-and-development", "cspc"),
        ("research-and-development", "cspc-ai-platform"),
        ("research-and-development", "ncpc-nerc"),
        ("research-and-development", "ncpc-new-drug"),
        ("research-and-development", "senlang"),
        ("research-and-development", "sjz-no4"),
        ("research-and-development", "yiling-skl"),
    ]


def test_contradicting_figures_stand_side_by_side_with_their_sources(graph: cg.Graph) -> None:
    rows = answers(
        graph,
        """SELECT ?value ?source WHERE {
             ?figure cg:figureOf :nbp ; cg:contradicts|^cg:contradicts ?other ;
                     cg:value ?value ; dcterms:source ?source } ORDER BY ?value""",
    )
    assert rows == [(Decimal(2004), "s070"), (Decimal(2005), "s076")]
