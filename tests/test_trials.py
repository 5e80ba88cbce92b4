"""Four real pairs of tables, with counts and answers that were worked out without any graph tool.

They are not ours to keep, so they stand beside the repository or where CLUSTERGRAPH_SHARED says.
What their words mean stands in `trials/<name>.ttl`, which is ours.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import networkx as nx
import pytest

import clustergraph as cg
from clustergraph import report
from clustergraph.checking.policy import Policy
from clustergraph.rows import Iri

HERE = Path(__file__).parent
TRIALS = Path(os.environ.get("CLUSTERGRAPH_SHARED", HERE.parent.parent / "shared")) / "trials"
BASE = "https://trial.example/"
NAMES = ("cn_listed_gbk", "codex_m", "fara", "opensanctions_cn")
# Hundreds of Wikidata's types and relations stand in codex_m, and few of them in our vocabulary.
POLICY = Policy(severity={"type-unknown": "warning", "relation-unknown": "warning"})

pytestmark = pytest.mark.skipif(
    not TRIALS.is_dir(), reason=f"the four real data sets are not at hand: {TRIALS}"
)


@dataclass(frozen=True)
class Trial:
    """A data set, what is known of it, and what we made of it."""

    name: str
    checked: cg.Checked
    report: report.Report
    graph: cg.Graph
    network: "nx.MultiDiGraph[str]"
    expected: dict[str, Any]
    answers: dict[str, Any]

    def codes(self) -> Counter[str]:
        """How many rows have a problem of each kind."""
        found: Counter[str] = Counter()
        for problem in self.checked.problems:
            found[problem.code] += problem.count
        return found

    def words(self, table: str, column: str) -> dict[str, int]:
        """How many rows hold each word of a structural column, as it stands in the file."""
        cell = self.checked.terms.structure[table][column]
        rows = self.checked.query(f"SELECT {cell}, count(*) FROM {table} GROUP BY ALL")  # noqa: S608 - our names
        return {str(word): int(str(count)) for word, count in rows}

    def column(self, sparql: str, **given: object) -> list[Any]:
        """The values of the only column of an answer; IRIs of entities as the ids they were."""
        return [row[0] for row in self.rows(sparql, **given)]

    def rows(self, sparql: str, **given: Any) -> list[list[Any]]:  # noqa: ANN401 - any value or term
        found = self.graph.select(sparql, substitutions=given, timeout=60)
        return [[_id(value) for value in row.values()] for row in found]


def _id(value: object) -> object:
    text = str(value)
    return unquote(text.removeprefix(BASE)) if text.startswith(BASE) else value


@pytest.fixture(scope="module", params=NAMES)
def trial(request: pytest.FixtureRequest) -> Iterator[Trial]:
    name: str = request.param
    folder = TRIALS / name
    vocabulary = HERE / "trials" / f"{name}.ttl"
    checked = cg.read(folder, vocabulary=vocabulary, policy=POLICY)
    with cg.build(checked) as graph:
        yield Trial(
            name,
            checked,
            report.make(checked),
            graph,
            # A relation resource for each of 206,205 relations would take networkx a minute.
            (cg.build(checked, plain=True) if name == "codex_m" else graph).to_networkx(),
            json.loads((folder / "expected.json").read_text(encoding="utf-8")),
            {
                item["question"]: item["answer"]
                for item in json.loads((folder / "questions.json").read_text(encoding="utf-8"))
            },
        )


def test_files_are_read_as_they_are(trial: Trial) -> None:
    """cp1252 is found as windows-1252, which is its registered name; gbk within gb18030."""
    same = {"windows-1252": "cp1252", "gb18030": "gbk"}
    expected = trial.expected["files"]
    assert {
        table.file: {
            "sha256": table.sha256,
            "encoding": same.get(str(table.encoding), table.encoding),
            "delimiter": table.delimiter,
            "columns": [column.name for column in table.columns],
            "rows": table.rows,
        }
        for table in trial.checked.tables
    } == {
        file: {
            key: expected[file][key]
            for key in ("sha256", "encoding", "delimiter", "columns", "rows")
        }
        for file in ("entities.csv", "relations.csv")
    }


def test_entities_are_counted_as_expected(trial: Trial) -> None:
    expected, codes = trial.expected["entities"], trial.codes()
    tables, problems = trial.checked.tables, trial.checked.problems
    conflicts = {p.value for p in problems if p.code == "id-conflict"}
    types = trial.words("entities", "type")
    assert {
        "rows": tables.entities.rows,
        "distinct_ids": trial.report.entity_count,
        "duplicate_id_rows": codes["id-duplicate"] + codes["id-conflict"],
        "ids_with_conflicting_rows": len(conflicts),
        "empty_ids": codes["id-empty"],
        "empty_types": codes["type-empty"],
        "types": types,
    } == {
        key: expected[key]
        for key in (
            "rows", "distinct_ids", "duplicate_id_rows", "ids_with_conflicting_rows", "empty_ids",
            "empty_types", "types",
        )
    }  # fmt: skip
    # Rows that are the same cell for cell are counted over all rows, those without an id included.
    merged = trial.report.files["entities.csv"]["rows"]["merged"]
    assert merged == codes["id-duplicate"] == expected["exact_duplicate_rows"]
    # An entity without a name is told of unless it has no id either, and is left out.
    without = codes["id-empty"] if trial.name == "opensanctions_cn" else 0
    assert codes["name-empty"] == expected["empty_names"] - without


def test_relations_are_counted_as_expected(trial: Trial) -> None:
    expected, codes = trial.expected["relations"], trial.codes()
    rows = trial.report.files["relations.csv"]["rows"]
    problems = trial.checked.problems
    unknown = [p for p in problems if p.code == "end-unknown"]
    sources = [p for p in unknown if p.column == "source"]
    targets = [p for p in unknown if p.column == "target"]
    assert {
        "rows": trial.checked.tables.relations.rows,
        "dangling_source_rows": len(sources),
        "dangling_target_rows": len(targets),
        "dangling_rows": len({p.row for p in unknown}),
        "empty_end_rows": len({p.row for p in problems if p.code == "end-empty"}),
        "dangling_distinct_ids": len({p.value for p in unknown}),
        "self_loops": codes["relation-loop"],
        "types": trial.words("relations", "relation"),
    } == {
        key: expected[key]
        for key in (
            "rows", "dangling_source_rows", "dangling_target_rows", "dangling_rows",
            "empty_end_rows", "dangling_distinct_ids", "self_loops", "types",
        )
    }  # fmt: skip
    left_out = sum(rows["left_out"].values())
    kept = expected["rows"] - expected["dangling_rows"] - expected["empty_end_rows"]
    assert rows["made_triples"] + rows["merged"] == expected["rows"] - left_out == kept
    assert trial.expected["graph"]["edge_rows"] == kept
    assert rows["merged"] == codes["relation-duplicate"] == expected["exact_duplicate_rows"]


def test_the_network_is_the_expected_graph(trial: Trial) -> None:
    expected, network = trial.expected["graph"], trial.network
    triples = {(u, v, said["predicate"]) for u, v, said in network.edges(data=True)}
    outs = Counter(u for u, _, _ in triples)
    ins = Counter(v for _, v, _ in triples)
    parts = [len(part) for part in nx.weakly_connected_components(network)]
    assert {
        "nodes": len(network),
        "edge_distinct_triples": len(triples),
        "isolated_nodes": sum(1 for node in network if node not in outs and node not in ins),
        "weak_components": len(parts),
        "largest_component": max(parts),
        "out": _top(outs),
        "in": _top(ins),
    } == {
        **{
            key: expected[key]
            for key in (
                "nodes", "edge_distinct_triples", "isolated_nodes", "weak_components",
                "largest_component",
            )
        },
        "out": [count for _, count in expected["top_out_degree_distinct_triples"]],
        "in": [count for _, count in expected["top_in_degree_distinct_triples"]],
    }  # fmt: skip
    named = expected["top_out_degree_distinct_triples"]
    assert {name: outs[_iri(trial, name)] for name, _ in named} == dict(named)
    named = expected["top_in_degree_distinct_triples"]
    assert {name: ins[_iri(trial, name)] for name, _ in named} == dict(named)
    made = trial.report.files["relations.csv"]["rows"]["made_triples"]
    assert network.number_of_edges() == made


def _top(degrees: Counter[str]) -> list[int]:
    return [count for _, count in degrees.most_common(3)]


def _iri(trial: Trial, identifier: str) -> str:
    return trial.checked.namespaces.entity(identifier)


Question = Callable[[Trial], object]


def _listed(_: Trial) -> dict[str, Question]:
    drugs = "?c t:industry :化学制药"
    one = "SELECT (COUNT(DISTINCT ?c) AS ?n) {{ {} }}"
    return {
        "How many companies 属于行业 化学制药?": lambda t: t.column(one.format(drugs))[0],
        "How many of these are 位于 浙江?": lambda t: t.column(
            one.format(f"{drugs} ; t:area :浙江")
        )[0],
        "Their ids, sorted": lambda t: sorted(
            t.column(f"SELECT DISTINCT ?c {{ {drugs} ; t:area :浙江 }}")
        ),
        "Industry and area of 600276": lambda t: t.rows(
            "SELECT ?industry ?area { :600276 t:industry ?industry ; t:area ?area }"
        )[0],
        "Top 5 areas by companies": lambda t: t.rows(
            "SELECT ?a (COUNT(DISTINCT ?c) AS ?n) { ?c t:area ?a } GROUP BY ?a"
            " ORDER BY DESC(?n) LIMIT 5"
        ),
        "How many companies have a 上市日期 of 2015 (text starts with 2015)?": lambda t: t.column(
            one.format("?c a t:Company ; t:listed ?d FILTER(STRSTARTS(STR(?d), '2015'))")
        )[0],
        # Days became xsd:date; what is none stayed as it was.
        "上市日期 values that are not 8 digits, with counts": lambda t: dict(
            t.rows(
                "SELECT ?d (COUNT(?c) AS ?n) { ?c a t:Company ; t:listed ?d"
                " FILTER(DATATYPE(?d) != xsd:date) } GROUP BY ?d"
            )
        ),
    }


def _codex(_: Trial) -> dict[str, Question]:
    return {
        "Distinct occupations": lambda t: t.column(
            "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?x t:occupation ?o }"
        )[0],
        "Entities that are actor (Q33999) and politician (Q82955)": lambda t: sorted(
            t.column("SELECT ?x { ?x t:occupation :Q33999, :Q82955 }")
        ),
        "Top 5 countries of citizenship by distinct persons": lambda t: t.rows(
            "SELECT ?c (COUNT(DISTINCT ?x) AS ?n) { ?x t:citizenship ?c } GROUP BY ?c"
            " ORDER BY DESC(?n) LIMIT 5"
        ),
        "Everything related from Q183 (Germany): distinct (relation, target)": lambda t: t.column(
            "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?p ?o {"
            " ?s rdf:subject :Q183 ; rdf:predicate ?p ; rdf:object ?o } }"
        )[0],
        "Distinct relation names": lambda t: t.column(
            "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s rdf:predicate ?p }"
        )[0],
        "Rows in split=test": lambda t: t.column(
            "SELECT (COUNT(?s) AS ?n) { ?s t:split 'test' ; a rdf:Statement }"
        )[0],
        "Entities whose type cell lists 'human'": lambda t: t.column(
            "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a t:Human }"
        )[0],
    }


def _fara(_: Trial) -> dict[str, Question]:
    chinese = "?p t:in :CHINA"
    # A row of REPRESENTS is a relation resource, or several where the file repeats the row; these
    # were merged, so rows are counted by the file's rows that a resource comes from.
    rows = "?s rdf:predicate t:represents ; rdf:object ?p ; prov:wasDerivedFrom ?row"
    return {
        "Distinct foreign principals located in CHINA": lambda t: t.column(
            f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {chinese} }}"
        )[0],
        "Distinct registrants that represent at least one of them": lambda t: t.column(
            f"SELECT (COUNT(DISTINCT ?r) AS ?n) {{ ?r t:represents ?p . {chinese} }}"
        )[0],
        "Registrants with principals in both CHINA and JAPAN": lambda t: sorted(
            t.column(
                f"SELECT DISTINCT ?r {{ ?r t:represents ?p, ?q . {chinese} . ?q t:in :JAPAN }}"
            )
        ),
        "Top 5 countries by distinct principals": lambda t: t.rows(
            "SELECT ?c (COUNT(DISTINCT ?p) AS ?n) { ?p t:in ?c } GROUP BY ?c"
            " ORDER BY DESC(?n) LIMIT 5"
        ),
        "REPRESENTS rows with no end_date for a principal located in CHINA": lambda t: t.column(
            f"SELECT (COUNT(DISTINCT ?row) AS ?n) {{ {rows} . {chinese}"
            " FILTER NOT EXISTS { ?s t:end ?end } }"
        )[0],
        "Principals located in more than one country": lambda t: t.column(
            "SELECT (COUNT(*) AS ?n) { SELECT ?p { ?p t:in ?c }"
            " GROUP BY ?p HAVING(COUNT(DISTINCT ?c) > 1) }"
        )[0],
        "REPRESENTS rows with start_date in 1942 (MM/DD/YYYY)": lambda t: t.column(
            f"SELECT (COUNT(DISTINCT ?row) AS ?n) {{ {rows} ; t:start ?d FILTER(YEAR(?d) = 1942) }}"
        )[0],
    }


def _sanctions(trial: Trial) -> dict[str, Question]:
    ministry = "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x t:sanctionedBy ?by }"
    both = "SELECT DISTINCT ?x { ?x t:sanctionedBy ?a, ?b }"
    by = {word: Iri(_iri(trial, f"Ministry of {word}")) for word in ("Commerce", "Foreign Affairs")}
    father = "Aviation Industry Corporation of China Ltd."
    group = "grupo-de-administracion-empresarial-s-a"
    problems = trial.checked.problems
    return {
        "Distinct names sanctioned by the Ministry of Commerce": lambda t: t.column(
            ministry, by=by["Commerce"]
        )[0],
        "... by the Ministry of Foreign Affairs": lambda t: t.column(
            ministry, by=by["Foreign Affairs"]
        )[0],
        "... by both": lambda t: sorted(t.column(both, a=by["Commerce"], b=by["Foreign Affairs"])),
        f"Direct children of '{father}'": lambda t: sorted(
            t.column("SELECT DISTINCT ?x { ?p t:parentOf ?x }", p=Iri(_iri(t, father)))
        ),
        f"All descendants of {group}": lambda t: sorted(
            t.column("SELECT DISTINCT ?x { ?p t:parentOf+ ?x }", p=Iri(_iri(t, group)))
        ),
        # These two ask for what is not in the graph, and is told of instead.
        "Parents that are named but not listed (all rows)": lambda _: sorted(
            {str(p.value) for p in problems if p.code == "end-unknown" and p.column == "source"}
        ),
        "Rows with an empty target": lambda _: sum(
            1 for p in problems if p.code == "end-empty" and p.column == "target"
        ),
    }


QUESTIONS: dict[str, Callable[[Trial], dict[str, Question]]] = {
    "cn_listed_gbk": _listed,
    "codex_m": _codex,
    "fara": _fara,
    "opensanctions_cn": _sanctions,
}


def test_every_question_is_answered_by_sparql(trial: Trial) -> None:
    questions = QUESTIONS[trial.name](trial)
    assert {question: ask(trial) for question, ask in questions.items()} == trial.answers
