"""What is wrong with values: datatypes, periods, evidence, characters that nobody sees."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustergraph import datatypes
from clustergraph.checking import misfits
from clustergraph.checking.looks import CONTROL, sql_has_control
from clustergraph.checking.places import Place, items, listed, short
from clustergraph.errors import Problem
from clustergraph.iris import sql_is_http_iri
from clustergraph.vocabulary import SCHEMA

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table
    from clustergraph.terms import Property

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
    for row, piece in checked.query(
        f"SELECT row, piece FROM (SELECT row, {pieces} AS piece FROM {misfits_}) WHERE NOT ({fits})"
    ):
        told = misfits.told(prop.datatypes, str(piece))
        yield place.problem(
            told.code,
            told.message,
            row,
            column=prop.column.name,
            value=str(piece),
            suggestion=told.suggestion,
        )


def _references(checked: "Checked", place: Place, prop: "Property") -> Iterator[Problem]:
    for row, piece in checked.query(
        f"SELECT row, piece FROM {_each(place, prop)} ANTI JOIN entity_ids e ON e.id = piece"
        f" WHERE NOT {sql_is_http_iri('piece')}"
    ):
        what = misfits.address(str(piece))
        yield place.problem(
            "evidence-unknown",
            f"'{short(str(piece))}' is {what or 'neither the id of an entity nor a web address'},"
            " so it was kept as text",
            row,
            column=prop.column.name,
            value=str(piece),
        )
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
    chosen = "SELECT unnest(?)" if fitting else "SELECT '' WHERE false"
    for row, piece, kinds in checked.tables.connection.execute(
        f"SELECT p.row, p.piece, k.kinds FROM {_each(place, prop)} p JOIN (SELECT {identifier} AS"
        f" id, list(DISTINCT {kind}) AS kinds, bool_or({kind} = '' OR {kind} IN ({chosen})) AS fits"
        f" FROM entities WHERE {identifier} IN (SELECT piece FROM {_each(place, prop)}) GROUP BY id"
        ") k ON k.id = p.piece WHERE NOT k.fits",
        [fitting] if fitting else [],
    ).fetchall():
        text = (
            f"'{short(str(piece))}' is a {listed([str(k) for k in items(kinds)], 'and')}, where"
            f" {prop.column.name} is meant to name a {wanted}"
        )
        yield place.problem("evidence-type", text, row, column=prop.column.name, value=str(piece))


def _period(checked: "Checked", place: Place, pair: tuple[str, str]) -> Iterator[Problem]:
    properties = {p.iri: p for p in checked.terms.properties[place.table.name]}
    start, end = (properties.get(SCHEMA + name) for name in pair)
    if start is None or end is None or not (start.datatypes and end.datatypes):
        return
    first, last = (p.value(p.column.cell) for p in (start, end))
    fits = " AND ".join(
        f"({datatypes.sql_fits(p.datatypes, v)})" for p, v in ((start, first), (end, last))
    )
    precision = f"least(length({first}), length({last}))"
    thing = "relation" if place.table.name == "relations" else "entity"
    for row, begins, ends in checked.query(
        f"SELECT row, {first}, {last} FROM {place.table.name} WHERE {start.column.cell} <> ''"
        f" AND {end.column.cell} <> '' AND {fits}"
        f" AND left({first}, {precision}) > left({last}, {precision})"
    ):
        text = f"the {thing} ends ({ends}) before it starts ({begins})"
        yield place.problem("period-reversed", text, row, column=end.column.name, value=str(ends))


def _controls(checked: "Checked", place: Place, column: "Column") -> Iterator[Problem]:
    for row, cell in checked.query(
        f"SELECT row, {column.cell} FROM {place.table.name} WHERE {sql_has_control(column.cell)}"
    ):
        found = sorted({c for c in str(cell) if CONTROL.fullmatch(c)})
        names = listed([f"U+{ord(c):04X}" for c in found], "and")
        what = "control character" if len(found) == 1 else "control characters"
        text = f"the cell holds the {what} {names}, which XML formats cannot carry"
        yield place.problem("character-control", text, row, column=column.name, value=str(cell))
