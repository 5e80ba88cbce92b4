import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from clustergraph.errors import SourceError
from clustergraph.graph import Graph
from clustergraph.rows import Iri, Rows

GRAPH = Graph(lambda: ())


def rows(values: str) -> Rows:
    return GRAPH.select(f"SELECT * {{ {values} }}", isolated=False)


EVERY = rows(
    """VALUES (?name ?value) {
    ("iri" cg:Firm) ("integer" 7) ("decimal" 1.5) ("double" 2e3) ("boolean" true)
    ("date" "2021-08-01"^^xsd:date) ("time" "2021-08-01T12:00:00Z"^^xsd:dateTime)
    ("month" "2021-08"^^xsd:gYearMonth) ("text" "a") ("chinese" "石药"@zh) ("nothing" UNDEF)
    ("old" "-0044-03-15"^^xsd:date) }"""
)


def test_values_are_those_of_python() -> None:
    assert {str(row["name"]): row["value"] for row in EVERY} == {
        "iri": "https://clustergraph.example/vocabulary#Firm",
        "integer": 7,
        "decimal": Decimal("1.5"),
        "double": 2000.0,
        "boolean": True,
        "date": date(2021, 8, 1),
        "time": datetime(2021, 8, 1, 12, tzinfo=UTC),
        "month": "2021-08",
        "text": "a",
        "chinese": "石药",
        "nothing": None,
        "old": "-0044-03-15",
    }
    assert [type(v) for v in EVERY.column("value")[:5]] == [Iri, int, Decimal, float, bool]


def test_rows_are_a_sequence_of_dicts() -> None:
    found = rows("VALUES (?b ?a) { (1 'x') (2 'y') (3 'z') }")
    assert found.columns == ("b", "a")
    assert len(found) == 3
    assert found[0] == {"b": 1, "a": "x"}
    assert found[-1] == {"b": 3, "a": "z"}
    assert found[1:] == [{"b": 2, "a": "y"}, {"b": 3, "a": "z"}]
    assert list(found) == found.to_dicts()
    assert found == rows("VALUES (?b ?a) { (1 'x') (2 'y') (3 'z') }")
    assert repr(found) == "<Rows: 3 rows of b, a>"


def test_frames_give_each_column_one_type() -> None:
    found = rows(
        """VALUES (?whole ?part ?mixed ?day ?yes ?iri) {
        (1 1.5 1 "2021-08-01"^^xsd:date true cg:Firm) (UNDEF 2 "a" UNDEF UNDEF UNDEF) }"""
    )
    iri = "https://clustergraph.example/vocabulary#Firm"
    polars = found.to_polars()
    assert dict(polars.schema) == {
        "whole": pl.Int64(),
        "part": pl.Float64(),
        "mixed": pl.String(),
        "day": pl.Date(),
        "yes": pl.Boolean(),
        "iri": pl.String(),
    }
    assert polars.rows() == [
        (1, 1.5, "1", date(2021, 8, 1), True, iri),
        (None, 2.0, "a", None, None, None),
    ]
    pandas = found.to_pandas()
    assert [str(kind) for kind in pandas.dtypes] == [
        *("Int64", "float64", "string", "datetime64[s]", "boolean", "string")
    ]
    assert pandas.iloc[0].tolist() == [1, 1.5, "1", pd.Timestamp("2021-08-01"), True, iri]
    assert pandas.iloc[1].isna().tolist() == [True, False, False, True, True, True]


def test_empty_answers_keep_their_columns() -> None:
    found = GRAPH.select("SELECT ?b ?a { ?a ?b ?c }")
    assert found.columns == ("b", "a")
    assert found.to_polars().columns == ["b", "a"]
    assert found.to_pandas().columns.tolist() == ["b", "a"]
    assert found.to_bytes("csv") == b"b,a\r\n"


def test_files_are_those_of_the_engine(tmp_path: Path) -> None:
    found = rows("VALUES (?b ?a) { (1 'x,y'@en) (UNDEF '=1+1') }")
    assert found.to_bytes("csv") == b'b,a\r\n1,"x,y"\r\n,=1+1\r\n'
    assert found.to_bytes("tsv") == b'?b\t?a\n1\t"x,y"@en\n\t"=1+1"\n'
    assert json.loads(found.to_bytes("json"))["head"] == {"vars": ["b", "a"]}
    assert found.to_bytes("xml").startswith(b'<?xml version="1.0"?><sparql')
    found.write(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_bytes() == found.to_bytes("csv")
    with pytest.raises(SourceError, match="cannot be written as 'turtle'; choose one of csv, tsv"):
        found.to_bytes("turtle")


def test_csv_for_spreadsheets_disarms_formulas_and_is_read_as_unicode() -> None:
    found = rows("VALUES (?a ?b) { ('=cmd|x' '石药') ('-5' -5) ('@x' '+1') ('a=b' '\\tx') }")
    assert found.to_bytes("csv", spreadsheet=True).decode("utf-8-sig").splitlines() == [
        *("a,b", "'=cmd|x,石药", "'-5,-5", "'@x,'+1", "a=b,'\tx")
    ]
    assert found.to_bytes("csv", spreadsheet=True)[:3] == b"\xef\xbb\xbf"


def test_tables_fit_their_width_and_show_short_names() -> None:
    found = rows(
        """VALUES (?term ?name ?n) {
        (cg:Firm '石药集团有限公司' 14) (rdfs:label 'a rather long text' 7) }"""
    )
    assert found.table(width=30) == (
        "term         name            n\n"
        "──────────────────────────────\n"
        "cg:Firm      石药集团有限   14\n"
        "             公司\n"
        "rdfs:label   a rather        7\n"
        "             long text\n"
    )
    iri = "https://clustergraph.example/vocabulary#Firm"
    assert found.table(width=60, labels={iri: "Firm"}).splitlines()[2] == (
        "Firm         石药集团有限公司     14"
    )


def test_tables_do_not_steer_the_terminal() -> None:
    table = rows(r"VALUES ?a { '\u001B[31mred\u0007' 'שלום' '[bold]x' '\u202Eabc' }").table(
        width=40
    )
    assert table.splitlines()[2:] == [
        "\\x1b[31mred\\x07",
        "\u2068שלום\u2069",
        "[bold]x",
        "\\u202eabc",
    ]


def test_notebooks_show_text_as_text() -> None:
    html = rows("VALUES (?a ?b) { ('<script>' rdfs:label) ('石药'@zh UNDEF) }")._repr_html_()
    assert html == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>"
        '<tr><td dir="auto">&lt;script&gt;</td>'
        '<td title="http://www.w3.org/2000/01/rdf-schema#label">rdfs:label</td></tr>'
        '<tr><td lang="zh" dir="auto">石药</td><td dir="auto"></td></tr></tbody></table>'
    )
