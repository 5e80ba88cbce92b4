"""From which cell each triple came: the mapping, asked for some of the rows.

The mapping itself says it (`Mapping.facts`), in the same SQL that writes the graph, so that what is
told of a row is what was made of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyoxigraph

from clustergraph import triples
from clustergraph.iris import Namespaces, sql_text
from clustergraph.lines import Syntax
from clustergraph.mapping import Mapping

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table


@dataclass(frozen=True, slots=True)
class Fact:
    """One triple and the cell that made it; the direct triple of a relation row is its relation."""

    triple: pyoxigraph.Triple
    table: "Table"
    row: int
    column: "Column"

    @property
    def subject(self) -> str:
        """The IRI of the subject."""
        return str(getattr(self.triple.subject, "value", self.triple.subject))

    @property
    def predicate(self) -> str:
        """The IRI of the predicate."""
        return self.triple.predicate.value

    @property
    def text(self) -> str:
        """The IRI or the text of the object."""
        return str(getattr(self.triple.object, "value", self.triple.object))

    @property
    def language(self) -> str | None:
        """The language of the object, where it is a text that has one."""
        return getattr(self.triple.object, "language", None)


def facts(checked: "Checked", table: "Table", condition: str) -> list[Fact]:
    """Return what the rows of a table made, by row and column.

    `condition` is SQL over the cells (`c0`, `c1` ...) and `t.row`. Rows that make nothing (merged,
    left out) have no facts.
    """
    only = {other.name: "false" for other in checked.tables} | {table.name: condition}
    mapping = Mapping(checked, Syntax.NTRIPLES, only=only)
    triples.prepare(mapping)
    columns = {column.cell: column for column in table.columns}
    found = [
        (int(str(row)), columns[str(cell)], str(text))
        for row, cell, text in checked.query(mapping.facts(table.name))
    ]
    found.sort(key=lambda made: (made[0], made[1].index, made[2]))
    parsed = pyoxigraph.parse(
        "".join(text for _, _, text in found), format=pyoxigraph.RdfFormat.N_TRIPLES
    )
    places = ((row, column) for row, column, text in found for _ in range(text.count("\n")))
    return [
        Fact(quad.triple, table, row, column)
        for quad, (row, column) in zip(parsed, places, strict=True)
    ]


def identifier(namespaces: Namespaces, iri: str) -> str:
    """Return the id of the entity with this IRI: the other way round of `Namespaces.entity`."""
    base = namespaces.base
    return unquote(iri[len(base) :]) if iri.startswith(base) else iri


def sql_among(expression: str, texts: Iterable[str]) -> str:
    """Return SQL: whether a text is one of these."""
    listed = ", ".join(sql_text(text) for text in sorted(set(texts)))
    return f"{expression} IN ({listed})" if listed else "false"


def sql_statement(checked: "Checked") -> str:
    """Return SQL for the IRI, between angle brackets, of the relation resource of a row `t`."""
    return Mapping(checked, Syntax.NTRIPLES).statement()
