import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

import clustergraph as cg
from clustergraph.errors import QueryError, SourceError
from clustergraph.graph import Graph
from clustergraph.labels import in_language
from clustergraph.querying import questions
from clustergraph.querying.parameters import KINDS, ParameterError
from clustergraph.querying.questions import Question, QuestionFileError, Show, parse
from clustergraph.rows import Rows
from clustergraph.vocabulary import PREFIXES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "questions.md"
SHIPPED = questions.read()
NAMES = sorted(SHIPPED)
BASE = "https://hebei-biopharma.example/id/"

QUESTION = """\
# title: Firms of a zone
# title@zh: 园区企业
# question: Which firms are in a zone?
# show: table
#
# parameter: zone
# label: Zone
# takes: entity cg:Zone
# default: htz

SELECT ?firm { ?firm a cg:Firm ; cg:locatedIn ?zone } ORDER BY ?firm
"""
ENTITIES = """\
id,type,name@en,name@zh,alias
htz,zone,High-Tech Zone,高新区,HTZ|Park
etdz,zone,Economic Zone,经开区,Park
a,firm,Alpha,阿尔法,
b,firm,Beta,,
c,cluster,Cluster,,
"""
RELATIONS = "source,relation,target\na,located_in,htz\nb,located_in,etdz\n"


@pytest.fixture(scope="module")
def bundled() -> Iterator[Graph]:
    with cg.build(cg.read(ROOT / "data")) as graph:
        yield graph


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables with a question of their own beside them."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    (folder / "relations.csv").write_text(RELATIONS, encoding="utf-8")
    (folder / "queries").mkdir()
    (folder / "queries" / "firms-in-zone.rq").write_text(QUESTION, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small(folder: Path) -> Iterator[Graph]:
    with cg.build(cg.read(folder)) as graph:
        yield graph


def ids(found: object, column: str) -> list[str]:
    assert isinstance(found, Rows)
    return [str(iri).rpartition("/")[2] for iri in found.column(column)]


# What is shipped


@pytest.mark.parametrize("name", NAMES)
def test_shipped_question_finds_rows_in_the_bundled_data(name: str, bundled: Graph) -> None:
    question = SHIPPED[name]
    found = question.answer(bundled)
    assert isinstance(found, Rows)
    assert len(found) > 0
    assert found.remarks == ()
    assert set(question.show.columns) <= set(found.columns)
    empty = [column for column in found.columns if set(found.column(column)) <= {None, ""}]
    assert [column for column in empty if column not in SPARSE.get(name, ())] == []


# Columns that other data fill and the bundled data, asked by default, leave empty.
SPARSE = {
    "ownership": ("share",),
    "paths": ("fourth",),
    "profile": ("until",),
}


@pytest.mark.parametrize("name", NAMES)
def test_shipped_question_speaks_english_and_chinese(name: str) -> None:
    question = SHIPPED[name]
    texts = (question.titles, question.wordings, *(p.labels for p in question.parameters))
    assert [sorted(text) for text in texts] == [["en", "zh"]] * len(texts)
    assert sorted(question.notes) in ([], ["en", "zh"])
    assert question.file.endswith(f"{name}.rq")


@pytest.mark.parametrize("name", NAMES)
def test_shipped_question_asks_other_data_without_complaint(name: str, small: Graph) -> None:
    question = SHIPPED[name]
    assert {p.kind for p in question.parameters} <= set(KINDS)
    given = {p.name: "a" for p in question.parameters if p.required and p.kind == "entity"}
    if name == "paths":
        given = {"one": "a", "other": "htz"}
    assert isinstance(question.answer(small, given), Rows)


def test_at_least_fifteen_questions_are_shipped() -> None:
    assert len(SHIPPED) >= 15


def test_visits_of_brazil_are_counted_by_year(bundled: Graph) -> None:
    found = bundled.answer("visits-over-time")
    assert isinstance(found, Rows)
    assert [tuple(row.values()) for row in found] == [
        (f"{BASE}brazil", 2019, 1, 1, "s048"),
        (f"{BASE}brazil", 2023, 3, 3, "s035 s042 s043 s050"),
        (f"{BASE}brazil", 2024, 2, 4, "s030 s031 s033 s040 s041"),
        (f"{BASE}brazil", 2025, 1, 2, "s001 s002"),
    ]


def test_ownership_shows_the_whole_tree_with_levels(bundled: Graph) -> None:
    found = bundled.answer("ownership", member="ncpc")
    assert isinstance(found, Rows)
    levels = [int(str(level)) for level in found.column("level")]
    rows = list(zip(levels, ids(found, "firm"), ids(found, "owner"), strict=True))
    assert rows == [
        (1, "ncpc-group", "jizhong-energy"),
        (2, "ncpc", "ncpc-group"),
        (3, "ncpc-jintan", "ncpc"),
        (3, "ncpc-new-drug", "ncpc"),
    ]


def test_firms_of_the_top_hundred_are_told_by_year(bundled: Graph) -> None:
    found = bundled.answer("rankings", year=2019)
    assert isinstance(found, Rows)
    assert list(zip(ids(found, "who"), found.column("place"), strict=True)) == [
        ("cspc", 13),
        ("ncpc-group", 27),
        ("yiling", 57),
        ("sjz-no4", 67),
        ("shineway", 92),
    ]


def test_paths_lead_from_one_to_the_other_in_sentences(bundled: Graph) -> None:
    found = bundled.answer("paths", one="cspc", other="goias", longest=3)
    assert isinstance(found, Rows)
    names = bundled.labels(found.iris)
    steps = [[names[str(row[step])] for step in ("first", "second", "third")] for row in found]
    assert steps == [
        [
            "CSPC Pharmaceutical Group located in Shijiazhuang",
            "Shijiazhuang located in Hebei Province",
            "Goiás sister region of Hebei Province",
        ]
    ]


def test_copies_of_a_document_are_no_second_source(bundled: Graph) -> None:
    found = bundled.answer("one-source", about="hebei-98-2023", type="")
    assert isinstance(found, Rows)
    # Said by s119 and by s120, which is based on it.
    assert ("hebei-gov", "s119") in zip(ids(found, "subject"), ids(found, "document"), strict=True)


# Parameters


@pytest.mark.parametrize(
    "zone",
    [
        "htz",
        "https://clustergraph.example/data/htz",
        "<https://clustergraph.example/data/htz>",
        ":htz",
        "High-Tech Zone",
        "high-tech zone",
        "高新区",
        "HTZ",
        "  htz ",
        NamedNode("https://clustergraph.example/data/htz"),
    ],
)
def test_entity_is_found_by_id_iri_or_any_name(zone: object, small: Graph) -> None:
    assert ids(small.answer("firms-in-zone", zone=zone), "firm") == ["a"]


def test_default_is_taken_and_the_empty_text_means_all(small: Graph) -> None:
    assert ids(small.answer("firms-in-zone"), "firm") == ["a"]
    assert ids(small.answer("firms-in-zone", zone=""), "firm") == ["a", "b"]


def test_default_that_the_data_do_not_have_means_all(small: Graph) -> None:
    other = parse(QUESTION.replace("default: htz", "default: elsewhere"), "other")
    assert ids(other.answer(small), "firm") == ["a", "b"]


def test_wrong_entity_is_answered_with_the_choices_and_the_nearest(small: Graph) -> None:
    with pytest.raises(ParameterError) as caught:
        small.answer("firms-in-zone", zone="hgt")
    assert str(caught.value) == (
        "zone: nothing to choose is called 'hgt' (did you mean 'htz'?). Choose one of\n"
        "    etdz  (Economic Zone)\n"
        "    htz  (High-Tech Zone)"
    )
    assert [choice.text for choice in caught.value.choices] == ["etdz", "htz"]
    assert (caught.value.parameter, caught.value.nearest) == ("zone", "htz")


def test_name_of_several_is_answered_with_these(small: Graph) -> None:
    with pytest.raises(ParameterError, match="'Park' is the name of 2; give the id") as caught:
        small.answer("firms-in-zone", zone="Park")
    assert [choice.text for choice in caught.value.choices] == ["etdz", "htz"]


def test_entity_of_another_type_does_not_fit(small: Graph) -> None:
    with pytest.raises(ParameterError, match="'c' is a cluster, which does not fit here"):
        small.answer("firms-in-zone", zone="c")


def test_choices_have_names_in_every_language(small: Graph) -> None:
    (zone,) = small.questions["firms-in-zone"].parameters
    found = zone.choices(small)
    assert [(c.text, dict(c.labels)) for c in found] == [
        ("etdz", {"en": "Economic Zone", "zh": "经开区"}),
        ("htz", {"en": "High-Tech Zone", "zh": "高新区"}),
    ]
    assert len(zone.choices(small, most=1)) == 1


def typed(takes: str, query: str = "SELECT ?value { BIND(?given AS ?value) }") -> Question:
    head = "# title: T\n# question: Q?\n# parameter: given\n# label: L\n# takes: "
    return parse(f"{head}{takes}\n{query}", "typed")


@pytest.mark.parametrize(
    ("takes", "text", "value"),
    [
        ("year", "2024", 2024),
        ("number", "-3", -3),
        ("number", "2.5", "2.5"),
        ("text", '石药 "} UNION { ?s ?p ?o', '石药 "} UNION { ?s ?p ?o'),
        ("choice one source | several", "One Source", "one source"),
        ("type", "firm", PREFIXES["cg"] + "Firm"),
        ("type", "企业", PREFIXES["cg"] + "Firm"),
        ("type", "cg:Firm", PREFIXES["cg"] + "Firm"),
    ],
)
def test_text_becomes_one_term_of_its_kind(
    takes: str, text: str, value: object, small: Graph
) -> None:
    found = typed(takes).answer(small, {"given": text})
    assert isinstance(found, Rows)
    assert [str(v) for v in found.column("value")] == [str(value)]


@pytest.mark.parametrize(
    ("takes", "text", "reason"),
    [
        ("year", "last", "'last' is no year; write it as 2024"),
        ("number", "1e5", "'1e5' is no number; write it as 3 or 2.5"),
        ("choice several | one source", "severel", "did you mean 'several'"),
        ("type", "frim", "did you mean 'firm'"),
    ],
)
def test_text_of_another_kind_is_refused(takes: str, text: str, reason: str, small: Graph) -> None:
    with pytest.raises(ParameterError, match=reason):
        typed(takes).answer(small, {"given": text})


def test_missing_value_is_answered_with_the_choices(small: Graph) -> None:
    question = parse(QUESTION.replace("default: htz", "required: yes"), "needy")
    with pytest.raises(ParameterError, match="zone: a value is needed"):
        question.answer(small)


def test_unknown_parameter_is_answered_with_the_nearest(small: Graph) -> None:
    with pytest.raises(QueryError, match=r"no parameter 'zon' \(did you mean 'zone'\?\)"):
        small.answer("firms-in-zone", zon="htz")


# Where questions come from


def test_own_question_takes_the_place_of_the_shipped_one(small: Graph, folder: Path) -> None:
    assert set(small.questions) == set(SHIPPED)
    assert small.questions["firms-in-zone"].file == str(folder / "queries" / "firms-in-zone.rq")
    assert small.questions["visits"].file == SHIPPED["visits"].file


def test_questions_beside_an_rdf_file_are_found(small: Graph, folder: Path) -> None:
    small.write(folder / "graph.ttl")
    with Graph.open(folder / "graph.ttl") as graph:
        assert ids(graph.answer("firms-in-zone", zone="高新区"), "firm") == ["a"]


def test_folder_of_ones_own_comes_last(tmp_path: Path, small: Graph) -> None:
    text = QUESTION.replace("Firms of a zone", "Mine")
    (tmp_path / "firms-in-zone.rq").write_text(text, encoding="utf-8")
    assert questions.of(small, tmp_path)["firms-in-zone"].title() == "Mine"
    with pytest.raises(SourceError, match="there is no such folder"):
        questions.read(tmp_path / "nowhere")


def test_unknown_question_is_answered_with_the_nearest(small: Graph) -> None:
    with pytest.raises(QueryError, match=r"'firms-in-zones' \(did you mean 'firms-in-zone'\?\)"):
        small.answer("firms-in-zones")
    assert "nothing" not in small.questions


# The header


def test_header_says_all_about_a_question() -> None:
    question = parse(QUESTION.replace("show: table", "show: chart bar firm zone"), "x", "x.rq")
    (zone,) = question.parameters
    assert (question.title(), question.title("zh"), question.title("pt")) == (
        "Firms of a zone",
        "园区企业",
        "Firms of a zone",
    )
    assert question.wording("zh") == "Which firms are in a zone?"
    assert question.show == Show("chart", "bar", ("firm", "zone"))
    assert (zone.name, zone.kind, zone.among, zone.default, zone.required) == (
        "zone",
        "entity",
        ("cg:Zone",),
        "htz",
        False,
    )
    assert question.sparql.startswith("# title: Firms")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("# title: Firms of a zone\n# title@zh: 园区企业\n", "", "line 1: the title is missing."),
        ("# question: Which firms are in a zone?", "#", "line 1: the question is missing."),
        ("# show:", "# shows:", "line 4: a question has no 'shows' (did you mean 'show'?); it has"),
        ("table", "tabel", "line 4: 'show' is one of table, chart, network, not 'tabel' (did"),
        ("table", "chart pie firm zone", "line 4: a chart is bar or line, not 'pie'."),
        ("table", "chart bar firm", "line 4: a chart needs 2 columns."),
        ("table", "chart bar firm size", "line 4: the query has no variable ?size."),
        ("title@zh: 园区企业", "title: Again", "line 2: 'title' comes twice."),
        ("# show", "# show@en", "line 4: 'show' takes no language."),
        ("# show: table", "# a remark", "line 4: this is no 'key: value': '# a remark'."),
        ("# show: table", "# show:", "line 4: nothing stands after 'show'."),
        ("entity cg:Zone", "entitty", "line 8: 'takes' is one of entity, type, year, number"),
        ("entity cg:Zone", "choice", "line 8: a choice names its words."),
        ("entity cg:Zone", "choice a | b", "line 9: the default 'htz' is none of the choices."),
        ("entity cg:Zone", "year big", "line 8: nothing stands after year, not 'big'."),
        ("# label: Zone", "#", "line 6: the label of 'zone' is missing."),
        ("parameter: zone", "parameter: town", "line 6: the query has no variable ?town."),
        ("parameter: zone", "parameter: from x", "line 6: 'from x' is no name for a parameter"),
        ("default: htz", "required: maybe", "line 9: 'required' is yes or no, not 'maybe'."),
        ("default: htz", "defualt: htz", "line 9: a parameter has no 'defualt' (did you mean"),
        ("# default: htz", "# parameter: zone\n# label: Z\n# takes: year", "comes twice."),
        ("default: htz", "column: firms", "line 9: the query has no variable ?firms."),
        ("default: htz", "column: firm", "line 9: the label of 'firm' is missing."),
        ("default: htz", "column: firm\n# takes: year", "line 10: a column has no 'takes'"),
    ],
)
def test_wrong_header_is_told_with_its_line(wrong: str, right: str, said: str) -> None:
    assert wrong in QUESTION
    with pytest.raises(QuestionFileError) as caught:
        parse(QUESTION.replace(wrong, right, 1), "firms", "queries/firms.rq")
    assert str(caught.value).startswith("queries/firms.rq, line ")
    assert said in str(caught.value)


def test_columns_have_labels_and_parameters_lend_them_theirs() -> None:
    text = QUESTION.replace("# default: htz", "# column: firm\n# label: Firm\n# label@zh: 企业")
    question = parse(text, "firms")
    assert question.columns == {"zone": {"en": "Zone"}, "firm": {"en": "Firm", "zh": "企业"}}
    assert question.heads("zh") == {"zone": "Zone", "firm": "企业"}


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_a_shipped_question_is_headed_in_both_languages(name: str) -> None:
    question = SHIPPED[name]
    assert all({"en", "zh"} <= set(labels) for labels in question.columns.values())


def test_name_of_a_file_is_plain() -> None:
    with pytest.raises(QuestionFileError, match="'Firms In' is not in small-letters-like-this"):
        parse(QUESTION, "Firms In")


def test_mistake_in_the_query_names_the_line_of_the_file(small: Graph) -> None:
    with pytest.raises(QueryError, match=r"line 11, column 16: no prefix is called 'b'"):
        parse(QUESTION.replace("?firm a cg:Firm", "b:x a cg:Firm"), "broken").answer(small)


def test_question_may_make_a_graph_but_not_say_yes(small: Graph) -> None:
    made = parse(QUESTION.replace("SELECT ?firm {", "CONSTRUCT WHERE {").replace(
        " ORDER BY ?firm", ""), "made").answer(small)  # fmt: skip
    assert isinstance(made, Graph)
    assert len(made) == 2
    with pytest.raises(QueryError, match="a question needs SELECT or CONSTRUCT"):
        parse(QUESTION.replace("SELECT ?firm {", "ASK {").replace(" ORDER BY ?firm", ""),
              "asked").answer(small)  # fmt: skip


def test_questions_show_themselves_in_a_notebook() -> None:
    html = SHIPPED._repr_html_()
    assert html.count("<tr>") == len(SHIPPED) + 1
    assert "Which firms are in a zone" in html


@pytest.mark.parametrize(
    ("texts", "language", "text"),
    [
        ({"en": "a", "zh": "b"}, "zh", "b"),
        ({"en": "a", "zh": "b"}, "zh-Hans", "b"),
        ({"pt": "c", "zh": "b"}, "en", "c"),
        ({"": "d", "zh": "b"}, "en", "d"),
        ({}, "en", ""),
    ],
)
def test_text_is_chosen_by_language(texts: dict[str, str], language: str, text: str) -> None:
    assert in_language(texts, language) == text


# The docs


def listed() -> str:
    """Return the part of the docs that lists the shipped questions."""
    lines = []
    for question in SHIPPED.values():
        lines += [f"### {question.name}", "", f"**{question.title()}** · {question.title('zh')}"]
        lines += ["", f"{question.wording()}<br>{question.wording('zh')}", ""]
        lines += [question.note(), ""] if question.note() else []
        shown = " ".join((question.show.kind, *question.show.columns))
        if question.parameters:
            lines += ["| parameter | | takes | default |", "| --- | --- | --- | --- |"]
            lines += [
                f"| `{p.name}` | {p.label()} · {p.label('zh')} | {p.kind}"
                f"{': ' + ', '.join(p.among) if p.among else ''} | "
                f"{p.default or ('needed' if p.required else 'all')} |"
                for p in question.parameters
            ]
            lines.append("")
        lines += [f"Shown as: {shown}.", ""]
    return "\n".join(lines)


def test_the_question_that_the_docs_show_is_one() -> None:
    [shown] = re.findall(
        r"^```sparql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    graph = cg.build(cg.read(ROOT / "data"))
    assert len(parse(shown, "shown").answer(graph, {"zone": "", "year": "1900"})) > 0


def test_docs_list_the_shipped_questions() -> None:
    """REWRITE=1 writes the list anew; read its difference before you keep it."""
    page = PAGE.read_text(encoding="utf-8")
    head, mark, _ = page.partition("<!-- written by tests/test_questions.py -->\n")
    assert mark
    if os.environ.get("REWRITE"):
        PAGE.write_text(f"{head}{mark}\n{listed()}", encoding="utf-8")
        page = PAGE.read_text(encoding="utf-8")
    assert page == f"{head}{mark}\n{listed()}"
