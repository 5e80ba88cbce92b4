from collections.abc import Iterator
from pathlib import Path

import pytest

import clustergraph as cg
from clustergraph.querying.completion import Completion, Proposal, is_complete

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def completion() -> Iterator[Completion]:
    with cg.build(cg.read(ROOT / "data")) as graph:
        yield Completion(graph)


def texts(completion: Completion, before: str) -> list[str]:
    return [found.text for found in completion.proposals(before)]


def test_keywords_are_completed_in_capitals(completion: Completion) -> None:
    assert texts(completion, "sel")[0] == "SELECT"
    assert texts(completion, "SELECT * { FIL")[0] == "FILTER"


def test_prefixes_and_terms_are_completed(completion: Completion) -> None:
    assert "schema:" in texts(completion, "SELECT * { ?a sche")
    assert texts(completion, "SELECT * { ?a cg:located") == ["cg:locatedIn"]
    assert completion.proposals("SELECT * { ?a cg:locatedI") == [
        Proposal("cg:locatedIn", 11, "located in")
    ]


def test_entities_are_found_by_any_name_and_inserted_as_iris(completion: Completion) -> None:
    assert completion.proposals("SELECT * { 石药集团有限") == [
        Proposal(":cspc", 6, "CSPC Pharmaceutical Group")
    ]
    assert ":lianhua-qingwen" in texts(completion, "SELECT * { Qingw")
    assert ":shijiazhuang" in texts(completion, "SELECT * { :shijia")
    assert ":cspc" in texts(completion, "SELECT * { 1093.HK")


def test_variables_are_those_of_the_query(completion: Completion) -> None:
    assert texts(completion, "SELECT ?firm ?fact { ?f") == ["?firm", "?fact"]


@pytest.mark.parametrize(
    "before", ["", "SELECT ", 'FILTER(?a = "sel', "# sel", "PREFIX a: <http://sel"]
)
def test_nothing_is_proposed_where_no_word_is(before: str, completion: Completion) -> None:
    assert completion.proposals(before) == []


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("SELECT * { ?s ?p ?o }", True),
        ("SELECT * { ?s ?p ?o } LIMIT 1", True),
        ("DESCRIBE :cspc", True),
        ("PREFIX a: <b> ASK { FILTER(true) }", True),
        ("SELECT *", False),
        ("SELECT * {", False),
        ("SELECT * { FILTER(1 = 1 }", False),
        ("SELECT * { ?s ?p 'text }", False),
        ("DESCRIBE", False),
        ("", False),
    ],
)
def test_enter_runs_what_is_complete(text: str, *, complete: bool) -> None:
    assert is_complete(text) is complete
