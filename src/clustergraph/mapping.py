"""How rows become RDF: the one description of the mapping, as SQL that any engine can run.

A row is turned into one text, never into single triples: that of an entity holds its types, names
and attributes, that of a relation the relation resource (`rdf:Statement`). For Turtle (RDF 1.1,
grouped and prefixed, one object a line) the texts are sorted; N-Triples keep the order of the rows.
The same expressions write both; they differ only in how a triple and a term are written.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from clustergraph.iris import sql_is_http_iri, sql_text
from clustergraph.lines import NEWLINE, QUOTE, Lines, Syntax, sql_concat, sql_escaped
from clustergraph.vocabulary import CG, PROV, RDF, RDFS


class Piece(NamedTuple):
    """A query for `text`, a piece of a file, and the statements that must have been run by then."""

    query: str
    before: tuple[str, ...] = ()


@dataclass(slots=True)
class Mapping(Lines):
    """The mapping of one pair of checked tables, in one syntax.

    `plain` leaves the relation resources out. `only` restricts tables, by name, to the rows `t` for
    which a condition in SQL holds, and `near` names copies of tables that hold all of these rows.
    """

    plain: bool = False
    only: dict[str, str] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)

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
            plain = f"ELSE concat({QUOTE}, {sql_escaped('piece')}, {QUOTE})"
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
        """Return SQL that selects `k1`, `k2` (the order) and `text`: the graph, in pieces.

        In their order the pieces are sorted Turtle: of each entity its types and attributes, its
        relations, the end of its block; and then its relation resources. They are whole lines but
        for the end of the last one.

        It reads the tables `entities`, `relations`, `entity_ids`, `entity_fates`,
        `relation_fates`, `relation_id_conflicts`, `parallels`, `shared`, `stubs`, and the tables
        that are looked up: `types`, `predicates`, `repeats` and those of `references`.
        """
        entities = self._entities()
        pieces = [f"SELECT s AS k1, '' AS k2, text FROM ({entities})"]
        pieces.append(
            f"SELECT s AS k1, concat(' ', p, ' ', o) AS k2, {self.triple('s', 'p', 'o')} AS text"
            f" FROM {self._relation_rows()} WHERE NOT again"
        )
        if self.syntax is Syntax.TURTLE:
            end = sql_text(".\n")
            pieces.append(f"SELECT s AS k1, '!' AS k2, {end} AS text FROM ({entities})")
        if not self.plain:
            pieces.append(
                f"SELECT s AS k1, concat(p, ' ', o, ' ', n) AS k2, {self._statement()} AS text"
                f" FROM {self._relation_rows()}"
            )
        return " UNION ALL ".join(pieces)

    def streams(self) -> list[str]:
        """Return SQL that each selects `text`: N-Triples in the order of the rows.

        Relations come first, because there are most of them, then entities; those that share an id,
        and those that stand for unknown ids, in the order of ids. It reads what `blocks` reads.
        """
        direct, rows = self.triple("s", "p", "o"), self._relation_rows(order="row")
        if self.plain:
            relations = f"SELECT {direct} AS text FROM {rows} WHERE NOT again"
        else:
            said = self._statement()
            both = sql_concat(direct, NEWLINE, said)
            relations = f"SELECT CASE WHEN again THEN {said} ELSE {both} END AS text FROM {rows}"
        entities = self._entity_arms(order="row", shared="id")
        return [relations, *(f"SELECT text FROM ({arm})" for arm in entities)]

    def size(self) -> str:
        """Return SQL for the number of triples that `blocks` and `streams` give."""
        numbers = ["(NOT again)::INT"]
        if not self.plain:
            numbers += ["4", *self._numbers("n", "relations")]
        counts = [f"SELECT sum({' + '.join(numbers)}) AS n FROM {self._relation_rows()}"]
        entities = " + ".join(["len(terms)", *self._numbers("s", "entities")])
        counts.append(f"SELECT sum({entities}) AS n FROM {self._entity_rows()}")
        if self.checked.shared_ids:
            counts.append(f"SELECT count(*) AS n FROM ({self._shared_lines()})")
        counts.append("SELECT 2 * count(*) AS n FROM stubs")
        return f"SELECT coalesce(sum(n), 0)::BIGINT FROM ({' UNION ALL '.join(counts)})"

    def _numbers(self, subject: str, table: str) -> Iterator[str]:
        """Yield SQL for the number of lines that each property of a row of a table has."""
        for prop in self._terms.properties[table]:
            cell = f"t.{prop.column.cell}"
            if prop.refers:
                yield f"coalesce(len(r{prop.column.index}), 0)"
            elif prop.separator is None:
                yield f"({cell} <> '')::INT"
            else:
                several = self._several(subject, table, prop)
                yield f"CASE WHEN {cell} <> '' THEN len({several}) ELSE 0 END"

    def facts(self, table: str) -> str:
        """Return SQL that selects `row`, `cell` (as in DuckDB) and `text`: the lines of one cell.

        It reads what `blocks` reads, and gives the same triples before they are grouped.
        """
        if table == "entities":
            lines = [sql_concat(NEWLINE, self._types()), *self.lines("s", "entities")]
            structure, source = ["type"], self._entity_rows(shared=None)
        else:
            lines = [self.line("s", "p", "o")]
            structure, source = ["relation"], self._relation_rows()
            if not self.plain:
                lines += [*self._ends(self.line), *self.lines("n", "relations")]
                structure += ["relation", "source", "relation", "target"]
        cells = [self._terms.structure[table][word] for word in structure]
        cells += [p.column.cell for p in self._terms.properties[table]][: len(lines) - len(cells)]
        pairs = ", ".join(
            f"{{'cell': '{cell}', 'text': {line}}}" for cell, line in zip(cells, lines, strict=True)
        )
        return (
            "SELECT row, made.cell AS cell, made.text AS text FROM"
            f" (SELECT t.row, unnest([{pairs}]) AS made FROM {source}) WHERE made.text <> ''"
        )

    # Entities

    def _entities(self) -> str:
        return " UNION ALL ".join(self._entity_arms())

    def _entity_arms(self, order: str = "", shared: str = "") -> list[str]:
        """Return SQL that selects `s` and `text`: entities, those that share an id, and stubs."""
        head = sql_concat("s", NEWLINE) if self.syntax is Syntax.TURTLE else "''"
        text = sql_concat(head, self._types(), *self.lines("s", "entities"))
        arms = [f"SELECT s, {text} AS text FROM {self._entity_rows(order)}"]
        if self.checked.shared_ids:
            text = f"string_agg(line, {NEWLINE} ORDER BY rank, line)"
            merged = f"SELECT id, s, {text} AS lines FROM ({self._shared_lines()}) GROUP BY id, s"
            arms.append(
                f"SELECT s, {sql_concat(head, 'lines')} AS text FROM ({merged}{_ordered(shared)})"
            )
        if self.checked.policy.stubs:
            arms.append(self._stubs(head, shared))
        return arms

    def _shared_lines(self) -> str:
        """Return SQL for the lines of entities whose id several rows share, each line once."""
        lines = [self._types(), *self.lines("s", "entities")]
        ranked = ", ".join(f"{{'rank': {n}, 'lines': {line}}}" for n, line in enumerate(lines))
        rows = self._entity_rows(shared=True)
        parts = f"SELECT id, s, unnest([{ranked}]) AS part FROM {rows}"
        split = f"unnest(string_split(part.lines, {NEWLINE}))"
        each = f"SELECT DISTINCT id, s, part.rank AS rank, {split} AS line FROM ({parts})"
        return f"SELECT id, s, rank, line FROM ({each}) WHERE line <> ''"

    def _types(self) -> str:
        """Return SQL for the triples of the types of a row, one a line."""
        triple = self.triple("s", self._a, "o")
        return f"array_to_string(list_transform(terms, lambda o: {triple}), {NEWLINE})"

    def _entity_rows(self, order: str = "", *, shared: bool | None = False) -> str:
        """Return SQL for the kept rows `t` of entities, with `id`, `s` and `terms` (its types).

        They are those that share their id with another row, those that do not, or (None) all.
        """
        identifier = self._terms.cell("entities", "id") or ""
        kind = self._terms.cell("entities", "type")
        objects, joins = self._objects("entities")
        kept = "t.row NOT IN (SELECT row FROM entity_fates)"
        if shared is not None and self.checked.shared_ids:
            sign = "IN" if shared else "NOT IN"
            kept += f" AND {identifier} {sign} (SELECT id FROM shared)"
        rows = (
            f"SELECT t.*, {identifier} AS id, types.terms AS terms{objects}"
            f" FROM {self.near.get('entities', 'entities')} t"
            f" LEFT JOIN types ON types.cell = {kind}{joins}"
            f" WHERE {kept} AND {self.only.get('entities', 'true')}{_ordered(order)}"
        )
        return f"(SELECT *, {self.entity('id')} AS s FROM ({rows})) t"

    def _objects(self, table: str) -> tuple[str, str]:
        """Return SQL for the objects of each column that refers to entities, and for its joins."""
        places = [p.column.index for p in self._terms.properties[table] if p.refers]
        columns = "".join(f", r{n}.objects AS r{n}" for n in places)
        joins = (f" LEFT JOIN {table}_r{n} r{n} ON r{n}.cell = t.c{n}" for n in places)
        return columns, "".join(joins)

    def _stubs(self, head: str, order: str) -> str:
        """Return SQL for the entities that stand for ids that no entity has: marked, and named."""
        label = sql_concat(QUOTE, sql_escaped("id"), QUOTE)
        lines = (
            head,
            self.triple("s", self._a, sql_text(self.term(CG + "Stub"))),
            self.line("s", sql_text(self.term(RDFS + "label")), label),
        )
        kept = self.only.get("stubs", "true")
        stubs = f"SELECT id, {self.entity('id')} AS s FROM stubs WHERE {kept}{_ordered(order)}"
        return f"SELECT s, {sql_concat(*lines)} AS text FROM ({stubs})"

    # Relations

    def _relation_rows(self, order: str = "") -> str:
        """Return SQL for the kept rows `t` of relations.

        They have the names `s`, `p`, `o` (the triple) and `n` (the relation resource), and `again`:
        whether an earlier row says the same triple.
        """
        source = self._terms.cell("relations", "source") or ""
        target = self._terms.cell("relations", "target") or ""
        objects, joins = self._objects("relations")
        rows = (
            f"SELECT t.*, predicates.term AS p, t.row IN (SELECT row FROM repeats) AS again"
            f"{objects}, {self._free()} AS free {self._kept_relations(joins)}"
            f" AND {self.only.get('relations', 'true')}"
        )
        return (
            f"(SELECT *, {self.statement('free')} AS n, {self.entity(source)} AS s,"
            f" {self.entity(target)} AS o FROM ({rows}{_ordered(order)})) t"
        )

    def repeats(self) -> str:
        """Return SQL for the rows of relations whose triple an earlier row says: `repeats`."""
        ends = (self._terms.cell("relations", word) for word in ("source", "target"))
        same = f"PARTITION BY {', '.join(filter(None, ends))}, predicates.term ORDER BY t.row"
        beside = "t.row IN (SELECT row FROM parallels)"
        return (
            f"SELECT row FROM (SELECT t.row, row_number() OVER ({same}) AS number"
            f" {self._kept_relations()} AND {beside}) WHERE number > 1"
        )

    def _kept_relations(self, joins: str = "") -> str:
        word = self._terms.cell("relations", "relation")
        return (
            f"FROM {self.near.get('relations', 'relations')} t"
            f" JOIN predicates ON predicates.word = {word}{joins}"
            " WHERE t.row NOT IN (SELECT row FROM relation_fates)"
        )

    def _ends(self, made: Callable[[str, str, str], str]) -> list[str]:
        """Return SQL for what every relation resource says: its type and its relation."""
        kind = made("n", self._a, sql_text(self.term(RDF + "Statement")))
        ends = (("subject", "s"), ("predicate", "p"), ("object", "o"))
        return [kind, *(self.line("n", sql_text(self.term(RDF + e)), value) for e, value in ends)]

    def _statement(self) -> str:
        """Return SQL for the text of the relation resource of a row."""
        lines = [*self._ends(self.triple), *self.lines("n", "relations")]
        if self.syntax is Syntax.NTRIPLES:
            return sql_concat(*lines)
        return sql_concat("n", NEWLINE, *lines, sql_text("\n.\n"))

    def provenance(self, table: str, order: str = "") -> list[str]:
        """Return SQL that each selects `text`: of which row of a table each resource is made."""
        derived = f" {self.term(PROV + 'wasDerivedFrom')} "
        only = self.only.get(table, "true")

        def made(name: str, rows: str) -> str:
            text = sql_concat(name, sql_text(derived), self._row(table), "' .'")
            return f"SELECT {text} AS text FROM ({rows}) t"

        if table == "entities":
            identifier = self._terms.cell("entities", "id") or ""
            rows = f"SELECT * FROM entities t WHERE {identifier} <> '' AND {only}"
            return [made(self.entity(identifier), rows)]
        lost = "(SELECT row FROM relation_fates WHERE fate <> 'merged')"
        rows = f"SELECT * FROM relations t WHERE t.row NOT IN {lost} AND {only}"
        found = [made(self.statement(), rows + _ordered(order))]
        if self.checked.policy.stubs:
            ends = "SELECT DISTINCT row, id FROM unknown_ends SEMI JOIN stubs USING (id)"
            ends += f" WHERE row IN (SELECT row FROM ({rows}))"
            by = f"{order}, id" if order else ""
            found.append(made(self.entity("id"), ends + _ordered(by)))
        return found

    def _row(self, table: str) -> str:
        file = getattr(self.checked.tables, table).file
        if self.syntax is Syntax.TURTLE:
            self.used.add(table)
            return f"concat('{table}:', t.row)"
        return f"concat({sql_text(f'<{self.checked.namespaces.file(file)}#row=')}, row, '>')"


def _ordered(by: str) -> str:
    return f" ORDER BY {by}" if by else ""
