import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustergraph.querying.sparql import QuerySyntaxError, Sparql

PREFIXES = {"": "http://d.example/", "cg": "http://v.example/#", "skos": "http://s.example/#"}
STORE = pyoxigraph.Store()


def parse(text: str) -> object:
    return STORE.query(text, prefixes=PREFIXES)


def fault(text: str) -> QuerySyntaxError:
    with pytest.raises(SyntaxError) as caught:
        parse(text)
    return Sparql(text).fault(str(caught.value), PREFIXES, parse)


def test_tokens_know_strings_comments_and_iris_apart() -> None:
    query = Sparql('SELECT ?x # {\n{ <a#b> :p\\#q \'it\\\'s\', """a"b"""@en-GB ; _:b 1.5e3 }')
    assert [(token.kind, token.text) for token in query.tokens] == [
        ("word", "SELECT"),
        ("variable", "?x"),
        ("mark", "{"),
        ("iri", "<a#b>"),
        ("name", ":p\\#q"),
        ("string", "'it\\'s'"),
        ("mark", ","),
        ("string", '"""a"b"""'),
        ("language", "@en-GB"),
        ("mark", ";"),
        ("blank", "_:b"),
        ("number", "1.5e3"),
        ("mark", "}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?service :service 'SERVICE <x>' } # SERVICE <x> {",
        "SELECT * { <http://x.example/SERVICE> a :support_services }",
        "PREFIX service: <http://x.example/> SELECT * { GRAPH service:g { ?s ?p service:x } }",
        'SELECT * { ?s ?p "a\\" SERVICE <x> {" }',
    ],
)
def test_the_word_service_is_fine_where_it_is_no_keyword(text: str) -> None:
    assert Sparql(text).refusal is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "SELECT *\nWHERE { ?s sko:broader ?o }",
            (
                "line 2, column 12: no prefix is called 'sko' (did you mean 'skos'?).\n"
                "    WHERE { ?s sko:broader ?o }\n"
                "               ^"
            ),
        ),
        (
            "SELECT ?石 { ?石 ?p 1 . ?石药 ]",
            (
                "line 1, column 27: ']' is not expected here.\n"
                "    SELECT ?石 { ?石 ?p 1 . ?石药 ]\n"
                "                                  ^"
            ),
        ),
        (
            "SELECT * { ?s ?p ?o } LIMT 1",
            (
                "line 1, column 23: 'LIMT' is not expected here (did you mean 'LIMIT'?).\n"
                "    SELECT * { ?s ?p ?o } LIMT 1\n"
                "                          ^"
            ),
        ),
        (
            "SELECT * { ?s ?p ?o ",
            "line 1, column 10: this { is never closed.\n    SELECT * { ?s ?p ?o \n             ^",
        ),
        (
            'SELECT * {\n\t?s ?p "a . }',
            (
                'line 2, column 8: this " opens a text that never closes.\n'
                '    \t?s ?p "a . }\n'
                "    \t      ^"
            ),
        ),
        ("", "line 1, column 1: the query is empty.\n    \n    ^"),
        (
            "SELECT (?x AS ?s) {?s ?p ?o}",
            (
                "line 1, column 29: "
                "the SELECT overrides an existing variable using an expression.\n"
                "    SELECT (?x AS ?s) {?s ?p ?o}\n"
                "                                ^"
            ),
        ),
    ],
)
def test_mistakes_are_shown_where_they_are(text: str, message: str) -> None:
    assert str(fault(text)) == message


def test_long_lines_are_shown_around_the_mistake() -> None:
    error = fault("SELECT * { " + "?s ?p ?o . " * 1000 + "] }")
    assert error.column == 11_012
    assert [len(line) for line in str(error).splitlines()[1:]] == [4 + 70 + 3, 4 + 70 + 1]


def test_star_takes_the_order_of_the_query() -> None:
    query = Sparql("SELECT DISTINCT * { ?z :p ?a . ?m ?n ?z }")
    assert query.with_columns(["a", "m", "n", "z"]) == (
        "SELECT DISTINCT  ?z ?a ?m ?n  { ?z :p ?a . ?m ?n ?z }"
    )
    assert query.with_columns(["z", "a", "m", "n"]) is None
    assert Sparql("SELECT (COUNT(*) AS ?n) { ?z ?y ?x }").with_columns(["n"]) is None


def ask(text: str, **terms: pyoxigraph.Literal | pyoxigraph.NamedNode) -> list[dict[str, str]]:
    replaced = Sparql(text).with_terms({name: str(term) for name, term in terms.items()})
    solutions = STORE.query(replaced, prefixes=PREFIXES)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [{name: row[name].value for name in names if row[name]} for row in solutions]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_stays_a_value_whatever_it_holds(text: str) -> None:
    query = "SELECT ?v ?same { BIND(?v AS ?same) FILTER(?v = ?same) }"
    assert ask(query, v=pyoxigraph.Literal(text)) == [{"v": text, "same": text}]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT ?v { }", [{"v": "7"}]),
        ("SELECT DISTINCT (1 AS ?one) ?v { }", [{"one": "1", "v": "7"}]),
        ("SELECT ?v { VALUES ?x { 7 8 } FILTER(?x = ?v) } GROUP BY ?v ORDER BY ?v", [{"v": "7"}]),
        ("SELECT ?x { VALUES ?x { 7 8 } FILTER(?x > ?v) } ORDER BY DESC(?v) ?x", [{"x": "8"}]),
        ("SELECT ?x { BIND(BOUND(?v) AS ?x) }", [{"x": "true"}]),
        ("SELECT ?x { { SELECT ?v ?x { BIND(?v + 1 AS ?x) } } FILTER(?v = 7) }", [{"x": "8"}]),
        ("SELECT ?x { BIND('?v' AS ?x) }", [{"x": "?v"}]),
        ("SELECT (COUNT(*) AS ?n) { FILTER(?v IN (?v, 1)) }", [{"n": "1"}]),
    ],
)
def test_a_value_may_stand_wherever_its_variable_stands(
    text: str, rows: list[dict[str, str]]
) -> None:
    assert ask(text, v=pyoxigraph.Literal(7)) == rows


def test_mentions_are_full_iris_each_once() -> None:
    query = Sparql(
        "PREFIX x: <http://x.example/> SELECT * FROM <a:g> { x:a\\-b cg:p x:a\\-b, <b:c> }"
    )
    assert [(token.text, iri) for token, iri in query.mentions(PREFIXES)] == [
        ("x:a\\-b", "http://x.example/a-b"),
        ("cg:p", "http://v.example/#p"),
        ("<b:c>", "b:c"),
    ]
