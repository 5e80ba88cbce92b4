"""Relations that share both their ends: stated twice in other words, at odds, or overlapping.

Two rows speak of the same time where all their date columns say the same. Then they must not give
different values in a column of numbers (a share, an amount), unless each has an id of its own: two
gifts on one day are two facts, and ids say so. Rows with a start and an end each must not overlap.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustergraph import datatypes
from clustergraph import terms as terms_
from clustergraph.checking.firsts import first
from clustergraph.checking.links import Links
from clustergraph.checking.places import Place, short
from clustergraph.errors import Problem
from clustergraph.vocabulary import SCHEMA

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.terms import Property


def find(checked: "Checked", place: Place, links: Links) -> Iterator[Problem]:
    """Yield what is wrong between rows of the table `parallels`."""
    if not checked.query("SELECT 1 FROM parallels LIMIT 1"):
        return
    source, relation, target = terms_.ends(checked.terms)
    own = checked.terms.cell("relations", "id") or "''"
    dates = [p for p in checked.terms.properties["relations"] if datatypes.is_date(p.datatypes)]
    time = "".join(f", {p.value(p.column.cell)}" for p in dates)
    checked.tables.connection.execute(
        "CREATE OR REPLACE TEMP TABLE beside AS SELECT r.row, w.code AS relation,"
        f" {source} AS source, {target} AS target, {own} AS own, concat_ws(chr(31), ''{time})"
        f" AS time FROM {place.table.among('parallels')} r"
        f" JOIN relation_words w ON w.word = {relation}"
        " WHERE r.row NOT IN (SELECT row FROM relation_fates)"
    )
    yield from _turned(checked, place, links)
    for prop in checked.terms.properties["relations"]:
        if prop.datatypes and prop.separator is None and not datatypes.is_date(prop.datatypes):
            yield from _at_odds(checked, place, prop)
    yield from _overlapping(checked, place)


def _turned(checked: "Checked", place: Place, links: Links) -> Iterator[Problem]:
    """Yield rows that say again, the other way round, what an earlier row says."""
    for number, iri in enumerate(links.iris, 1):
        term = checked.vocabulary.term(iri)
        inverse = iri if term and term.symmetric else (term.inverse if term else None)
        if inverse not in links.iris:
            continue
        other = links.iris.index(inverse) + 1
        code = "relation-mirrored" if number == other else "relation-inverse"
        rows, more = first(
            checked,
            "SELECT b.row, min(a.row), any_value(b.source), any_value(b.target) FROM beside a JOIN"
            " beside b ON a.source = b.target AND a.target = b.source AND a.time = b.time"
            f" AND a.row < b.row WHERE a.relation = {other} AND b.relation = {number}"
            " AND a.source <> a.target GROUP BY b.row",
        )
        for row, earlier, source, target in rows:
            ends = f"'{short(str(target), 40)}' and '{short(str(source), 40)}'"
            text = f"row {earlier} states the same between {ends}"
            if number == other:
                yield place.problem(code, f"{text}; one direction is enough", row)
            else:
                words = f"'{checked.terms.names[inverse]}' is its inverse"
                yield place.problem(code, f"{text}, the other way round ({words})", row)
        yield from place.more(code, more)


def _at_odds(checked: "Checked", place: Place, prop: "Property") -> Iterator[Problem]:
    """Yield rows whose number is another than that of an earlier row on the same fact."""
    value = prop.value(f"r.{prop.column.cell}")
    rows, more = first(
        checked,
        "SELECT row, value, first_value(row) OVER same AS first, first_value(value) OVER same AS"
        f" before FROM (SELECT b.*, {value} AS value FROM beside b"
        f" JOIN {place.table.among('beside')} r ON r.row = b.row) WHERE value <> '' AND own = ''"
        " WINDOW same AS (PARTITION BY relation, source, target, time ORDER BY row)"
        " QUALIFY value <> before AND"
        " (try_cast(value AS DOUBLE) = try_cast(before AS DOUBLE)) IS DISTINCT FROM true",
    )
    for row, found, earlier, before in rows:
        text = (
            f"{prop.column.name} is '{short(str(found))}' here and '{short(str(before))}' in row"
            f" {earlier}, which states the same relation at the same time; both were kept"
        )
        yield place.problem(
            "relation-conflict", text, row, column=prop.column.name, value=str(found)
        )
    yield from place.more("relation-conflict", more, prop.column.name)


def _overlapping(checked: "Checked", place: Place) -> Iterator[Problem]:
    """Yield rows whose period begins before that of a row with the same relation has ended."""
    properties = {p.iri: p for p in checked.terms.properties["relations"]}
    start, end = properties.get(SCHEMA + "startDate"), properties.get(SCHEMA + "endDate")
    if start is None or end is None or not (start.datatypes and end.datatypes):
        return
    begin, last = (p.value(f"r.{p.column.cell}") for p in (start, end))
    fits = " AND ".join(
        f"({datatypes.sql_fits(p.datatypes, v)})" for p, v in ((start, begin), (end, last))
    )
    rows, more = first(
        checked,
        f"WITH periods AS (SELECT b.*, {begin} AS s, {last} AS e FROM beside b JOIN"
        f" {place.table.among('beside')} r ON r.row = b.row WHERE {fits})"
        " SELECT b.row, b.s, b.e, min(a.row), arg_min(a.s, a.row),"
        " arg_min(a.e, a.row) FROM periods a JOIN periods b ON a.relation = b.relation"
        " AND a.source = b.source AND a.target = b.target AND a.row < b.row AND (a.s, a.e) <>"
        " (b.s, b.e) WHERE left(a.s, least(length(a.s), length(b.e))) <"
        " left(b.e, least(length(a.s), length(b.e))) AND left(b.s, least(length(b.s),"
        " length(a.e))) < left(a.e, least(length(b.s), length(a.e))) GROUP BY b.row, b.s, b.e",
    )
    for row, begins, ends, other, other_begins, other_ends in rows:
        text = (
            f"the period {begins} to {ends} overlaps with {other_begins} to {other_ends} of row"
            f" {other}, which states the same relation"
        )
        yield place.problem(
            "period-overlap", text, row, column=start.column.name, value=str(begins)
        )
    yield from place.more("period-overlap", more, start.column.name)
