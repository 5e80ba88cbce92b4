"""The datatypes a column can have: when a text is a value of one, in SQL and in words.

Texts are compared with the lexical spaces of XML Schema 1.1 part 2, less what only looks like a
value: no `NaN` or `INF`, no year 0000. A text that fits none of a column's datatypes stays a plain
string and is reported, so nothing is lost and nothing is a lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clustergraph.iris import sql_is_http_iri, sql_text
from clustergraph.vocabulary import XSD


@dataclass(frozen=True, slots=True)
class Datatype:
    """A datatype: SQL that is true where `{v}` is in its lexical space, and an example."""

    iri: str
    sql: str
    example: str


def _matches(pattern: str) -> str:
    return f"regexp_full_match({{v}}, {sql_text(pattern.replace('{', '{{').replace('}', '}}'))})"


# A date is one that comes back as it was written: `2024-5-1` is read, and written otherwise.
_DATE = "try_cast({d} AS DATE) IS NOT NULL AND CAST(try_cast({d} AS DATE) AS VARCHAR) = {d}"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?"
_ZONE = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"

DATATYPES: Mapping[str, Datatype] = {
    XSD + name: Datatype(XSD + name, sql, example)
    for name, sql, example in (
        ("boolean", "{v} IN ('true', 'false', '1', '0')", "true"),
        ("gYear", "length({v}) = 4 AND " + _matches("[0-9]{4}") + " AND {v} <> '0000'", "2024"),
        (
            "gYearMonth",
            "length({v}) = 7 AND "
            + _matches("[0-9]{4}-(0[1-9]|1[0-2])")
            + " AND {v} NOT LIKE '0000%'",
            "2024-05",
        ),
        (
            "date",
            "length({v}) = 10 AND " + _DATE.format(d="{v}"),
            "2024-05-31",
        ),
        (
            "dateTime",
            _matches(f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_TIME}{_ZONE}")
            + " AND "
            + _DATE.format(d="left({v}, 10)"),
            "2024-05-31T09:00:00",
        ),
        ("nonNegativeInteger", _matches("[+]?[0-9]+|-0+"), "300"),
        ("positiveInteger", _matches("[+]?0*[1-9][0-9]*"), "300"),
        ("integer", _matches("[+-]?[0-9]+"), "300"),
        ("decimal", _matches("[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"), "125.72"),
        ("double", _matches("[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"), "1.5e6"),
        ("anyURI", sql_is_http_iri("{v}"), "https://example.org/page"),
    )
}


def sql_fits(datatypes: tuple[str, ...], value: str) -> str:
    """Return SQL: whether the value, already trimmed, has one of the datatypes."""
    # The widest first: a date of a day, which most are, is then looked at once.
    return " OR ".join(f"({DATATYPES[d].sql.format(v=value)})" for d in datatypes[::-1]) or "true"


def sql_case(
    datatypes: tuple[str, ...], value: str, results: Mapping[str, str], otherwise: str = "NULL"
) -> str:
    """Return SQL: for the first datatype that the value has, its result; `otherwise` for none."""
    if not datatypes:
        return otherwise
    cases = "".join(
        f" WHEN {DATATYPES[d].sql.format(v=value)} THEN {results[d]}" for d in datatypes
    )
    return f"CASE{cases} ELSE {otherwise} END"


def is_date(datatypes: tuple[str, ...]) -> bool:
    """Tell whether the datatypes are those of a date, of whatever precision."""
    return bool(set(datatypes) & {XSD + d for d in ("date", "gYear", "gYearMonth", "dateTime")})


def form(datatypes: tuple[str, ...]) -> str:
    """Return an example of each datatype: `2024-05-31, 2024-05 or 2024`."""
    found = [DATATYPES[d].example for d in reversed(datatypes)]
    return " or ".join(", ".join(found).rsplit(", ", 1))


def name(datatypes: tuple[str, ...]) -> str:
    """Return what the datatypes are called by someone who fills in a spreadsheet."""
    names = {d.removeprefix(XSD) for d in datatypes}
    if is_date(datatypes):
        return "date"
    if names & {"integer", "nonNegativeInteger", "positiveInteger"}:
        return "whole number"
    if names & {"decimal", "double"}:
        return "number"
    return "web address" if "anyURI" in names else "true or false"
