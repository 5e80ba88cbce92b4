"""How rows become RDF: the one description of the mapping, as SQL that any engine can run.

Each row is turned into one block of text, never into single triples: an entity's block holds its
type, its names and attributes and its relations; a relation's holds the relation resource
(`rdf:Statement`). Blocks are then sorted. The same expressions write Turtle (RDF 1.1, grouped and
prefixed, one object a line) and N-Triples; they differ only in how a line and a term are written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from clustergraph.datatypes import sql_case
from clustergraph.iris import sql_encoded, sql_entity, sql_is_http_iri, sql_text
from clustergraph.terms import Property, Terms
from clustergraph.vocabulary import CG, PROV, RDF, RDFS

if TYPE_CHECKING:
    from clustergraph.check import Checked

_NEWLINE = "chr(10)"
_QUOTE = "'\"'"


class Syntax(Enum):
    """The two texts a graph is written as."""

    TURTLE = "turtle"
    NTRIPLES = "ntriples"


@dataclass(slots=True)
class Mapping:
    """The mapping of one pair of checked tables, in one syntax.

    `plain` leaves the relation resources out. `used` collects the prefixes of what was mapped.
    `only` restricts tables, by name, to the rows `t` for which a condition in SQL holds.
    """

    checked: "Checked"
    syntax: Syntax = Syntax.TURTLE
    plain: bool = False
    used: set[str] = field(default_factory=set)
    only: dict[str, str] = field(default_factory=dict)

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

    def statement(self) -> str:
        """Return SQL for the relation resource of a row of `relations`.

        Its name is the row's own id or else the first 32 hexadecimal digits of the SHA-256 of its
        cells, so that it depends neither on the order of rows nor on that of columns.
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
        free = "true"
        if self.checked.query("SELECT 1 FROM relation_id_conflicts LIMIT 1"):
            free = f"{own} NOT IN (SELECT id FROM relation_id_conflicts)"
        plain = f"regexp_full_match({own}, '[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?')"
        encoded = sql_concat(sql_text(base), sql_encoded(own), "'>'")
        return (
            f"CASE WHEN {plain} AND {free} THEN {sql_concat(first, own, last)}"
            f" WHEN {own} <> '' AND {free} THEN {encoded} ELSE {hashed} END"
        )

    def line(self, subject: str, predicate: str, value: str) -> str:
        """Return SQL for one line: one triple in N-Triples, one object of a block in Turtle."""
        if self.syntax is Syntax.NTRIPLES:
            return sql_concat(subject, "' '", predicate, "' '", value, sql_text(" .\n"))
        return sql_concat("'  '", predicate, "' '", value, sql_text(" ;\n"))

    def lines(self, subject: str, table: str) -> list[str]:
        """Return SQL for the lines of each column of a table, in the order of the properties."""
        return [self._property(subject, p) for p in self._terms.properties[table]]

    def _property(self, subject: str, prop: Property) -> str:
        predicate = sql_text(self.term(prop.iri))
        if prop.refers:
            line = self.line(subject, predicate, "o")
            objects = f"r{prop.column.index}.objects"
            return f"array_to_string(list_transform({objects}, lambda o: {line}), '')"
        cell = f"t.{prop.column.cell}"
        if prop.separator is None:
            one = self.line(subject, predicate, self._literal(prop, cell))
            return f"CASE WHEN {cell} <> '' THEN {one} END"
        each = self.line(subject, predicate, self._literal(prop, "x"))
        several = f"list_transform({prop.pieces(cell)}, lambda x: {each})"
        return (
            f"CASE WHEN {cell} <> ''"
            f" THEN array_to_string(list_sort(list_distinct({several})), '') END"
        )

    def _literal(self, prop: Property, cell: str) -> str:
        if prop.language:
            return sql_concat(_QUOTE, sql_escaped(cell), sql_text(f'"@{prop.language}'))
        plain = sql_concat(_QUOTE, sql_escaped(cell), _QUOTE)
        if not prop.datatypes:
            return plain
        value = prop.value(cell)
        suffixes = {d: sql_text(f'"^^{self.term(d)}') for d in prop.datatypes}
        suffix = sql_case(prop.datatypes, value, suffixes)
        return f"coalesce({_QUOTE} || {value} || {suffix}, {plain})"

    def references(self, table: str) -> Iterable[tuple[str, str]]:
        """Yield the name and the SQL of one look-up table for each column that refers to entities.

        It gives for each distinct cell the list of its objects: entities, web addresses as IRIs,
        and anything else as a string.
        """
        for prop in self._terms.properties[table]:
            if not prop.refers:
                continue
            pieces = prop.pieces("cell")
            address = f"WHEN {sql_is_http_iri('piece')} THEN concat('<', piece, '>')"
            entity = f"WHEN e.id IS NOT NULL THEN {self.entity('piece')}"
            plain = f"ELSE concat({_QUOTE}, {sql_escaped('piece')}, {_QUOTE})"
            cell = prop.column.cell
            query = (
                f"SELECT cell, list_sort(list(DISTINCT CASE {entity} {address} {plain} END))"
                f" AS objects FROM (SELECT cell, unnest({pieces}) AS piece"
                f" FROM (SELECT DISTINCT {cell} AS cell FROM {table} t WHERE {cell} <> ''"
                f" AND {self.only.get(table, 'true')}))"
                " LEFT JOIN entity_ids e ON e.id = piece GROUP BY cell"
            )
            yield f"{table}_r{prop.column.index}", query

    def types(self) -> list[tuple[str, list[str]]]:
        """Return for each cell of the type column the types it names, in the syntax's words."""
        found = [
            (cell, [self.term(iri) for iri in iris or (CG + "Entity",)])
            for cell, iris in self._terms.types.items()
        ]
        if self.checked.untyped:
            found.append(("", [self.term(CG + "Entity")]))
        return found

    def predicates(self) -> list[tuple[str, str]]:
        """Return for each relation word the property it names, in the syntax's words."""
        return [(word, self.term(iri)) for word, iri in self._terms.relations.items()]

    def blocks(self) -> str:
        """Return SQL that selects `k1`, `k2` (the order) and `text` (the block).

        It reads the tables `entities`, `relations`, `entity_ids`, `entity_fates`,
        `relation_fates`, `relation_id_conflicts`, `stubs`, and the look-up tables `types`,
        `predicates` and those of `references`.
        """
        blocks = [self._entity_blocks()]
        if not self.plain:
            blocks.append(self._statement_blocks())
        direct = (
            "SELECT source, array_to_string(list_sort(list(line)), '') AS lines FROM"
            f" (SELECT DISTINCT source, {self.line('s', 'p', 'o')} AS line FROM"
            f" (SELECT {self._ends()} {self._kept_relations()})) GROUP BY source"
        )
        return f"WITH direct AS ({direct}) {' UNION ALL '.join(blocks)}"

    def _kept_relations(self) -> str:
        return (
            "FROM relations t"
            f" JOIN predicates ON predicates.word = {self._terms.cell('relations', 'relation')}"
            f" WHERE {self._kept('relations')}"
        )

    def _kept(self, table: str) -> str:
        """Return SQL: whether the row `t` makes triples, and is one of those asked for."""
        fates = "entity_fates" if table == "entities" else "relation_fates"
        kept = f"t.row NOT IN (SELECT row FROM {fates})"
        return f"{kept} AND {self.only[table]}" if table in self.only else kept

    def facts(self, table: str) -> str:
        """Return SQL that selects `row`, `cell` (as in DuckDB) and `text`: the lines of one cell.

        It reads what `blocks` reads, and gives the same lines before they are grouped.
        """
        if table == "entities":
            lines = [self._types(), *self.lines("s", "entities")]
            structure, source = ["type"], self._entity_rows()
        else:
            direct = self.line("s", "p", "o")
            lines = [direct, *self._statement_lines()]
            structure, source = (
                ["relation", "relation", "source", "relation", "target"],
                (f" FROM {self._statement_rows()}"),
            )
            if self.plain:
                lines, structure = lines[:1], structure[:1]
        cells = [self._terms.structure[table][word] for word in structure]
        cells += [p.column.cell for p in self._terms.properties[table]][: len(lines) - len(cells)]
        pairs = ", ".join(
            f"{{'cell': '{cell}', 'text': {line}}}" for cell, line in zip(cells, lines, strict=True)
        )
        return (
            "SELECT row, made.cell AS cell, made.text AS text FROM"
            f" (SELECT t.row, unnest([{pairs}]) AS made{source}) WHERE made.text <> ''"
        )

    def _ends(self) -> str:
        source = self._terms.cell("relations", "source") or ""
        target = self._terms.cell("relations", "target") or ""
        return (
            f"{source} AS source, {self.entity(source)} AS s, predicates.term AS p,"
            f" {self.entity(target)} AS o"
        )

    def _entity_blocks(self) -> str:
        """Return SQL for one block an entity; rows that share an id are merged value by value."""
        lines = [self._types(), *self.lines("s", "entities")]
        source = self._entity_rows()
        single = f"SELECT id, s, concat({', '.join(lines)}) AS lines{source}"
        if self.checked.shared_ids:
            shared = "t.id IN (SELECT id FROM entity_ids WHERE rows > 1)"
            ranked = ", ".join(f"{{'rank': {n}, 'lines': {line}}}" for n, line in enumerate(lines))
            split = f"unnest(string_split(part.lines, {_NEWLINE}))"
            parts = f"SELECT id, s, unnest([{ranked}]) AS part{source} AND {shared}"
            each = f"SELECT DISTINCT id, s, part.rank AS rank, {split} AS line FROM ({parts})"
            merged = f"string_agg(line || {_NEWLINE}, '' ORDER BY rank, line)"
            single += (
                f" AND NOT {shared} UNION ALL SELECT id, any_value(s), {merged} FROM ({each})"
                " WHERE line <> '' GROUP BY id"
            )
        if self.checked.policy.stubs:
            single += f" UNION ALL {self._stubs()}"
        block = self._block("e.s", "e.lines", "direct.lines")
        return (
            f"SELECT e.s AS k1, '' AS k2, {block} AS text FROM ({single}) e"
            " LEFT JOIN direct ON direct.source = e.id"
        )

    def _types(self) -> str:
        line = self.line("s", self._a, "o")
        return f"array_to_string(list_transform(types.terms, lambda o: {line}), '')"

    def _entity_rows(self) -> str:
        identifier = self._terms.cell("entities", "id") or ""
        rows = (
            f"(SELECT *, {identifier} AS id, {self.entity(identifier)} AS s,"
            f" {self._terms.cell('entities', 'type')} AS type_cell FROM entities)"
        )
        return (
            f" FROM {rows} t LEFT JOIN types ON types.cell = t.type_cell{self._joins('entities')}"
            f" WHERE {self._kept('entities')}"
        )

    def _joins(self, table: str) -> str:
        return "".join(
            f" LEFT JOIN {table}_r{p.column.index} r{p.column.index}"
            f" ON r{p.column.index}.cell = t.{p.column.cell}"
            for p in self._terms.properties[table]
            if p.refers
        )

    def _stubs(self) -> str:
        """Return SQL for the entities that stand for ids that no entity has: marked, and named."""
        label = sql_concat(_QUOTE, sql_escaped("id"), _QUOTE)
        lines = (
            self.line("s", self._a, sql_text(self.term(CG + "Stub"))),
            self.line("s", sql_text(self.term(RDFS + "label")), label),
        )
        kept = self.only.get("stubs", "true")
        stubs = f"(SELECT id, {self.entity('id')} AS s FROM stubs WHERE {kept})"
        return f"SELECT id, s, concat({', '.join(lines)}) AS lines FROM {stubs}"

    def _statement_blocks(self) -> str:
        text = self._block("n", *self._statement_lines())
        return (
            f"SELECT s AS k1, concat(p, ' ', o, ' ', n) AS k2, {text} AS text"
            f" FROM {self._statement_rows()}"
        )

    def _statement_lines(self) -> list[str]:
        subject = "n"
        return [
            self.line(subject, self._a, sql_text(self.term(RDF + "Statement"))),
            *(
                self.line(subject, sql_text(self.term(RDF + end)), value)
                for end, value in (("subject", "s"), ("predicate", "p"), ("object", "o"))
            ),
            *self.lines(subject, "relations"),
        ]

    def _statement_rows(self) -> str:
        columns = "".join(f", t.{p.column.cell}" for p in self._terms.properties["relations"])
        rows = f"SELECT t.row, {self.statement()} AS n, {self._ends()}{columns}"
        return f"({rows} {self._kept_relations()}) t{self._joins('relations')}"

    def _block(self, subject: str, *lines: str) -> str:
        if self.syntax is Syntax.NTRIPLES:
            # The engine ends the last line itself.
            return f"left(concat({', '.join(lines)}), -1)"
        return f"concat({subject}, {_NEWLINE}, {', '.join(lines)}, '.', {_NEWLINE})"

    def provenance(self, table: str) -> str:
        """Return SQL that selects `row` and `text`: of which row of a table each resource is."""
        derived = f" {self.term(PROV + 'wasDerivedFrom')} "
        identifier = self._terms.cell("entities", "id") or ""
        if table == "entities":
            name, made = self.entity(identifier), f"{identifier} <> ''"
        else:
            name = self.statement()
            made = "t.row NOT IN (SELECT row FROM relation_fates WHERE fate <> 'merged')"
        text = sql_concat(name, sql_text(derived), self._row(table), "' .'")
        rows = f"SELECT row, {text} AS text FROM {table} t WHERE {made}"
        if table == "relations" and self.checked.policy.stubs:
            text = sql_concat(self.entity("id"), sql_text(derived), self._row(table), "' .'")
            ends = "SELECT DISTINCT row, id FROM unknown_ends SEMI JOIN stubs USING (id)"
            rows += f" UNION ALL SELECT row, {text} AS text FROM ({ends}) t WHERE {made}"
            return f"SELECT row, text FROM ({rows}) t WHERE true"
        return rows

    def _row(self, table: str) -> str:
        file = getattr(self.checked.tables, table).file
        if self.syntax is Syntax.TURTLE:
            self.used.add(table)
            return f"concat('{table}:', t.row)"
        return f"concat({sql_text(f'<{self.checked.namespaces.file(file)}#row=')}, row, '>')"


def sql_concat(*parts: str) -> str:
    """Return SQL that joins the parts; string literals that stand side by side become one."""
    merged: list[str] = []
    for part in parts:
        if merged and _is_literal(merged[-1]) and _is_literal(part):
            merged[-1] = merged[-1][:-1] + part[1:]
        else:
            merged.append(part)
    return f"concat({', '.join(merged)})"


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
