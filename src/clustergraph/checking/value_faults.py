"""What is wrong with values: datatypes, periods, evidence, characters that nobody sees."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustergraph import datatypes
from clustergraph.checking import misfits
from clustergraph.checking.firsts import first
from clustergraph.checking.looks import CONTROL, sql_has_control
from clustergraph.checking.places import Place, items, listed, short
from clustergraph.errors import Problem
from clustergraph.iris import sql_is_http_iri, sql_text
from clustergraph.vocabulary import SCHEMA

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table
    from clustergraph.terms import Property

_BATCH = 50_000
# What begins and what ends a thing, or a relation.
_PERIODS = (("startDate", "endDate"), ("foundingDate", "dissolutionDate"))


def find(checked: "Checked", table: "Table") -> Iterator[Problem]:
    """Yield all that is wrong with the values of a table, in no order."""
    place = Place(table)
    for column in table.columns:
        if column.cell in checked.terms.control[table.name]:
            yield from _controls(checked, place, column)
    for prop in checked.terms.properties[table.name]:
        if prop.datatypes and prop.column.cell not in checked.terms.fitting[table.name]:
            yield from _datatypes(checked, place, prop)
        elif prop.refers:
            yield from _references(checked, place, prop)
    for pair in _PERIODS:
        yield from _period(checked, place, pair)


def _each(place: Place, prop: "Property") -> str:
    """Return SQL for each value of a column: `row`, `piece`."""
    cell = prop.column.cell
    pieces = f"unnest({prop.pieces(cell)})" if prop.separator else cell
    return f"(SELECT row, {pieces} AS piece FROM {place.table.name} WHERE {cell} <> '')"


def _datatypes(checked: "Checked", place: Place, prop: "Property") -> Iterator[Problem]:
    fits = datatypes.sql_fits(prop.datatypes, prop.value("piece"))
    pieces = f"unnest({prop.pieces('cell')})" if prop.separator else "cell"
    misfits_ = f"misfits_{place.table.name}_{prop.column.cell}"
    query = (
        f"SELECT row, piece FROM (SELECT row, {pieces} AS piece FROM {misfits_}) WHERE NOT ({fits})"
    )
    rows, more = first(checked, query)
    codes: Counter[str] = Counter()
    for row, piece in rows:
        told = misfits.told(prop.datatypes, str(piece))
        codes[told.code] += 1
        yield place.problem(
            told.code,
            told.message,
            row,
            column=prop.column.name,
            value=str(piece),
            suggestion=told.suggestion,
        )
    if more:
        for code, count in (_codes(checked, prop, query) - codes).items():
            yield from place.more(code, count, prop.column.name)


def _codes(checked: "Checked", prop: "Property", query: str) -> Counter[str]:
    """Count what is wrong with all pieces of a query, by code."""
    found: Counter[str] = Counter()
    pieces = checked.tables.connection.execute(
        f"SELECT piece, count(*) FROM ({query}) GROUP BY piece"
    )
    while batch := pieces.fetchmany(_BATCH):
        for piece, count in batch:
            found[misfits.code(prop.datatypes, piece)] += count
    return found


def _references(checked: "Checked", place: Place, prop: "Property") -> Iterator[Problem]:
    name = prop.column.name
    rows, more = first(
        checked,
        f"SELECT row, piece FROM {_each(place, prop)} ANTI JOIN entity_ids e ON e.id = piece"
        f" WHERE NOT {sql_is_http_iri('piece')}",
    )
    for row, piece in rows:
        what = misfits.address(str(piece))
        yield place.problem(
            "evidence-unknown",
            f"'{short(str(piece))}' is {what or 'neither the id of an entity nor a web address'},"
            " so it was kept as text",
            row,
            column=name,
            value=str(piece),
        )
    yield from place.more("evidence-unknown", more, name)
    term = checked.vocabulary.term(prop.iri)
    if term is None or not term.ranges:
        return
    wanted = listed([t.word for i in term.ranges if (t := checked.vocabulary.term(i)) and t.word])
    identifier, kind = checked.terms.cell("entities", "id"), checked.terms.cell("entities", "type")
    fitting = [
        cell
        for cell, iris in checked.terms.types.items()
        if any(checked.vocabulary.is_a(iri, term.ranges) for iri in iris)
        or not any(checked.vocabulary.term(iri) for iri in iris)
    ]
    chosen = ", ".join(map(sql_text, ["", *fitting]))
    rows, more = first(
        checked,
        f"SELECT p.row, p.piece, k.kinds FROM {_each(place, prop)} p JOIN (SELECT {identifier} AS"
        f" id, list(DISTINCT {kind}) AS kinds, bool_or({kind} IN ({chosen})) AS fits"
        f" FROM entities WHERE {identifier} IN (SELECT piece FROM {_each(place, prop)}) GROUP BY id"
        ") k ON k.id = p.piece WHERE NOT k.fits",
    )
    for row, piece, kinds in rows:
        text = (
            f"'{short(str(piece))}' is a {listed([str(k) for k in items(kinds)], 'and')}, where"
            f" {name} is meant to name a {wanted}"
        )
        yield place.problem("evidence-type", text, row, column=name, value=str(piece))
    yield from place.more("evidence-type", more, name)


def _period(checked: "Checked", place: Place, pair: tuple[str, str]) -> Iterator[Problem]:
    properties = {p.iri: p for p in checked.terms.properties[place.table.name]}
    start, end = (properties.get(SCHEMA + name) for name in pair)
    if start is None or end is None or not (start.datatypes and end.datatypes):
        return
    begin, last = (p.value(p.column.cell) for p in (start, end))
    fits = " AND ".join(
        f"({datatypes.sql_fits(p.datatypes, v)})" for p, v in ((start, begin), (end, last))
    )
    precision = f"least(length({begin}), length({last}))"
    thing = "relation" if place.table.name == "relations" else "entity"
    rows, more = first(
        checked,
        f"SELECT row, {begin} AS s, {last} AS e FROM {place.table.name}"
        f" WHERE {start.column.cell} <> '' AND {end.column.cell} <> '' AND {fits}"
        f" AND left({begin}, {precision}) > left({last}, {precision})",
    )
    for row, begins, ends in rows:
        text = f"the {thing} ends ({ends}) before it starts ({begins})"
        yield place.problem("period-reversed", text, row, column=end.column.name, value=str(ends))
    yield from place.more("period-reversed", more, end.column.name)


def _controls(checked: "Checked", place: Place, column: "Column") -> Iterator[Problem]:
    rows, more = first(
        checked,
        f"SELECT row, {column.cell} FROM {place.table.name} WHERE {sql_has_control(column.cell)}",
    )
    for row, cell in rows:
        found = sorted({c for c in str(cell) if CONTROL.fullmatch(c)})
        names = listed([f"U+{ord(c):04X}" for c in found], "and")
        what = "control character" if len(found) == 1 else "control characters"
        text = f"the cell holds the {what} {names}, which XML formats cannot carry"
        yield place.problem("character-control", text, row, column=column.name, value=str(cell))
    yield from place.more("character-control", more, column.name)
