"""Ids and words as IRIs: injective, reversible, valid, and the same in Python and in SQL."""

from urllib.parse import unquote

import duckdb
import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from clustergraph.iris import (
    Namespaces,
    encode,
    is_http_iri,
    sql_encoded,
    sql_entity,
    sql_is_http_iri,
    sql_is_plain,
    sql_text,
)

BASE = "https://ids.example/id/"
NAMES = Namespaces(BASE, {"schema": "https://schema.org/"})
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ODD = st.text("aZ9-._~%/:#?&= \"'\\<>{}|^`\u3000\u00e9\u0301\u4e2d\u202e\U0001f600", max_size=6)
ADDRESSES = st.builds("https://{}/{}".format, ODD, ODD) | st.builds(f"{BASE}{{}}".format, ODD)
IDS = TEXTS | ODD | ADDRESSES


def by_sql(expression: str, ids: list[str]) -> list[object]:
    query = f"SELECT {expression} FROM (SELECT unnest(?) AS id, unnest(?) AS n) ORDER BY n"  # noqa: S608 - the SQL under test
    return [row[0] for row in duckdb.execute(query, [ids, list(range(len(ids)))]).fetchall()]


@pytest.mark.parametrize(
    ("identifier", "iri"),
    [
        ("cspc", f"{BASE}cspc"),
        ("石家庄", f"{BASE}石家庄"),
        ("a b", f"{BASE}a%20b"),
        ("a%20b", f"{BASE}a%2520b"),
        (".", f"{BASE}%2E"),
        ("..", f"{BASE}%2E%2E"),
        (".a", f"{BASE}.a"),
        ("a/b", f"{BASE}a%2Fb"),
        ("a\u3000b", f"{BASE}a%E3%80%80b"),
        ("https://example.org/x#y", "https://example.org/x#y"),
        ("https://example.org/x y", f"{BASE}https%3A%2F%2Fexample.org%2Fx%20y"),
        (f"{BASE}a", f"{BASE}https%3A%2F%2Fids.example%2Fid%2Fa"),
        ("mailto:a@b.example", f"{BASE}mailto%3Aa%40b.example"),
    ],
)
def test_an_id_becomes_this_iri(identifier: str, iri: str) -> None:
    assert NAMES.entity(identifier) == iri


@given(st.lists(IDS, min_size=2, max_size=20, unique=True))
def test_different_ids_have_different_iris(ids: list[str]) -> None:
    assert len({NAMES.entity(i) for i in ids}) == len(ids)


@given(IDS)
def test_an_encoded_id_can_be_read_back(identifier: str) -> None:
    assert unquote(encode(identifier)) == identifier


@given(IDS)
def test_an_iri_is_valid_in_both_parsers(identifier: str) -> None:
    iri = NAMES.entity(identifier)
    line = f"<{iri}> <https://schema.org/name> <{iri}> ."
    [quad] = pyoxigraph.parse(line, format=pyoxigraph.RdfFormat.N_TRIPLES)
    [(subject, _, _)] = rdflib.Graph().parse(data=line, format="nt")
    assert (str(getattr(quad.subject, "value", "")), str(subject)) == (iri, iri)


@given(IDS)
def test_a_short_name_stands_for_the_same_iri_in_both_parsers(identifier: str) -> None:
    iri = NAMES.entity(identifier)
    name, prefix = NAMES.compact(iri)
    text = f"{NAMES.header([prefix] if prefix is not None else [])}{name} a {name} ."
    [quad] = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    [(subject, _, _)] = rdflib.Graph().parse(data=text, format="turtle")
    assert (str(getattr(quad.subject, "value", "")), str(subject)) == (iri, iri)


@settings(deadline=None)
@given(st.lists(IDS, min_size=1, max_size=30))
def test_sql_says_what_python_says(ids: list[str]) -> None:
    assert by_sql(sql_encoded("id"), ids) == [encode(i) for i in ids]
    assert by_sql(sql_is_http_iri("id"), ids) == [is_http_iri(i) for i in ids]
    lines = by_sql(sql_entity("id", BASE, turtle=False), ids)
    assert lines == [f"<{NAMES.entity(i)}>" for i in ids]
    turtle = by_sql(sql_entity("id", BASE, turtle=True), ids)
    assert turtle == [_named(i) for i in ids]
    plain = [
        i for i, is_plain in zip(ids, by_sql(sql_is_plain("id"), ids), strict=True) if is_plain
    ]
    assert [f":{i}" for i in plain] == [_named(i) for i in plain]


def _named(identifier: str) -> str:
    """The entity's name with the empty prefix, the only one that entities get."""
    return Namespaces(BASE).compact(NAMES.entity(identifier))[0]


@given(TEXTS)
def test_a_text_in_sql_is_that_text(text: str) -> None:
    assert duckdb.execute(f"SELECT {sql_text(text)}").fetchall() == [(text,)]


def test_the_longest_prefix_is_taken() -> None:
    assert NAMES.compact(f"{BASE}type/Firm") == ("type:Firm", "type")
    assert NAMES.compact("https://schema.org/name") == ("schema:name", "schema")
    assert NAMES.compact("https://elsewhere.example/x") == ("<https://elsewhere.example/x>", None)
    assert NAMES.compact(f"{BASE}a/b") == (f"<{BASE}a/b>", None)


def test_rows_of_files_have_prefixes() -> None:
    names = NAMES.with_files({"entities": "entities.csv"})
    assert names.compact(f"{BASE}file/entities.csv#row=7") == ("entities:7", "entities")
    assert names.header(["entities", ""]) == (
        f"@prefix : <{BASE}> .\n@prefix entities: <{BASE}file/entities.csv#row=> .\n"
    )
