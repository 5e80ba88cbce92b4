"""How terms and triples are written: as SQL that gives lines of Turtle or N-Triples.

The expressions are over a row `t` of a table; what a row says of a subject is one text of several
lines, never single triples.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from clustergraph.datatypes import sql_case
from clustergraph.iris import sql_encoded, sql_entity, sql_is_name, sql_text
from clustergraph.terms import Property, Terms
from clustergraph.vocabulary import RDF

if TYPE_CHECKING:
    from clustergraph.check import Checked

NEWLINE = sql_text("\n")
QUOTE = "'\"'"


class Syntax(Enum):
    """The two texts a graph is written as."""

    TURTLE = "turtle"
    NTRIPLES = "ntriples"


@dataclass(slots=True)
class Lines:
    """The lines of what checked tables say, in one syntax.

    `used` collects the prefixes of what was written.
    """

    checked: "Checked"
    syntax: Syntax = Syntax.TURTLE
    used: set[str] = field(default_factory=set, init=False)

    @property
    def _terms(self) -> Terms:
        return self.checked.terms

    def term(self, iri: str) -> str:
        """Return an IRI as the syntax writes it."""
        if self.syntax is Syntax.NTRIPLES:
            return f"<{iri}>"
        text, prefix = self.checked.namespaces.compact(iri)
        if prefix is not None:
            self.used.add(prefix)
        return text

    @property
    def _a(self) -> str:
        return "'a'" if self.syntax is Syntax.TURTLE else sql_text(self.term(RDF + "type"))

    def entity(self, identifier: str) -> str:
        """Return SQL for the entity with this id (an SQL expression, trimmed)."""
        base = self.checked.namespaces.base
        if self.syntax is Syntax.NTRIPLES:
            if self.checked.plain_ids:
                return f"concat({sql_text('<' + base)}, {identifier}, '>')"
            return sql_entity(identifier, base, turtle=False)
        self.used.add("")
        if self.checked.plain_ids:
            return f"concat(':', {identifier})"
        return sql_entity(identifier, base, turtle=True)

    def statement(self, free: str = "") -> str:
        """Return SQL for the relation resource of a row of `relations`.

        Its name is the row's own id or else the first 32 hexadecimal digits of the SHA-256 of its
        cells, so that it depends neither on the order of rows nor on that of columns. `free` is SQL
        that tells whether no other row has its id, where that is known already.
        """
        base = f"<{self.checked.namespaces.base}statement/"
        if self.syntax is Syntax.NTRIPLES:
            first, last = sql_text(base), "'>'"
        else:
            self.used.add("statement")
            first, last = "'statement:'", "''"
        hashed = sql_concat(first, f"left(sha256({self.checked.cells('relations')}), 32)", last)
        own = self._terms.cell("relations", "id")
        if own is None:
            return hashed
        if self.checked.names == (False, True):
            return sql_concat(first, own, last)
        free = free or self._free()
        encoded = sql_concat(sql_text(base), sql_encoded(own), "'>'")
        return (
            f"CASE WHEN {sql_is_name(own)} AND {free} THEN {sql_concat(first, own, last)}"
            f" WHEN {own} <> '' AND {free} THEN {encoded} ELSE {hashed} END"
        )

    def _free(self) -> str:
        """Return SQL: whether no other row of relations has the row's own id."""
        own = self._terms.cell("relations", "id")
        if own and self.checked.names.shared:
            return f"{own} NOT IN (SELECT id FROM relation_id_conflicts)"
        return "true"

    def triple(self, subject: str, predicate: str, value: str) -> str:
        """Return SQL for one triple in N-Triples, for one object of a block in Turtle."""
        if self.syntax is Syntax.NTRIPLES:
            return sql_concat(subject, "' '", predicate, "' '", value, "' .'")
        return sql_concat("'  '", predicate, "' '", value, "' ;'")

    def line(self, subject: str, predicate: str, value: str) -> str:
        """Return SQL for a triple on a line of its own, below what stands before it."""
        return sql_concat(sql_text("\n"), self.triple(subject, predicate, value))

    def lines(self, subject: str, table: str) -> list[str]:
        """Return SQL for the lines of each column of a table, in the order of the properties."""
        return [self._property(subject, table, p) for p in self._terms.properties[table]]

    def _property(self, subject: str, table: str, prop: Property) -> str:
        predicate = sql_text(self.term(prop.iri))
        if prop.refers:
            line = self.line(subject, predicate, "o")
            objects = f"r{prop.column.index}"
            return f"array_to_string(list_transform({objects}, lambda o: {line}), '')"
        cell = f"t.{prop.column.cell}"
        if prop.separator is None:
            one = self.line(subject, predicate, self._literal(table, prop, cell))
            filled = self._terms.filled[table][prop.column.cell]
            if filled == getattr(self.checked.tables, table).rows:
                return one
            return f"CASE WHEN {cell} <> '' THEN {one} END"
        several = self._several(subject, table, prop)
        return f"CASE WHEN {cell} <> '' THEN array_to_string(list_sort({several}), '') END"

    def _several(self, subject: str, table: str, prop: Property) -> str:
        """Return SQL for the list of the lines of a cell that may hold several values."""
        predicate = sql_text(self.term(prop.iri))
        each = self.line(subject, predicate, self._literal(table, prop, "x"))
        pieces = prop.pieces(f"t.{prop.column.cell}")
        return f"list_distinct(list_transform({pieces}, lambda x: {each}))"

    def _literal(self, table: str, prop: Property, cell: str) -> str:
        if prop.language:
            return sql_concat(QUOTE, sql_escaped(cell), sql_text(f'"@{prop.language}'))
        plain = sql_concat(QUOTE, sql_escaped(cell), QUOTE)
        if not prop.datatypes:
            return plain
        suffixes = {d: sql_text(f'"^^{self.term(d)}') for d in prop.datatypes}
        fits = prop.column.cell in self._terms.fitting[table]
        if fits and prop.separator is None and prop.date_format is None:
            # A value of a datatype holds nothing that has to be escaped.
            *some, last = prop.datatypes
            suffix = sql_case(tuple(some), cell, suffixes, suffixes[last])
            return sql_concat(QUOTE, cell, suffix)
        value = prop.value(cell)
        suffix = sql_case(prop.datatypes, value, suffixes)
        return f"coalesce({QUOTE} || {value} || {suffix}, {plain})"


class _Concat(str):
    """SQL that joins parts; in another one its parts stand by themselves, so nothing is copied."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]


def sql_concat(*parts: str) -> str:
    """Return SQL that joins the parts; string literals that stand side by side become one."""
    merged: list[str] = []
    flat = (one for part in parts for one in (part.parts if isinstance(part, _Concat) else (part,)))
    for part in flat:
        if merged and _is_literal(merged[-1]) and _is_literal(part):
            merged[-1] = merged[-1][:-1] + part[1:]
        else:
            merged.append(part)
    made = _Concat(f"concat({', '.join(merged)})")
    made.parts = tuple(merged)
    return made


def _is_literal(sql: str) -> bool:
    return re.fullmatch("'(?:[^']|'')*'", sql) is not None


def sql_escaped(text: str) -> str:
    r"""Return SQL for a text between the quotes of a literal, with `\`, `"`, LF and CR escaped."""
    special = " OR ".join(f"contains({text}, {c})" for c in ("'\"'", "'\\'", "chr(10)", "chr(13)"))
    escaped = text
    for character, escape in (
        ("'\\'", "'\\\\'"),
        ("'\"'", "'\\\"'"),
        ("chr(10)", "'\\n'"),
        ("chr(13)", "'\\r'"),
    ):
        escaped = f"replace({escaped}, {character}, {escape})"
    return f"CASE WHEN {special} THEN {escaped} ELSE {text} END"
