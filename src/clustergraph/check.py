"""What is wrong with two tables that should form a graph, and what becomes of every row.

Every check is one query over whole tables; only what it finds comes back to Python, to be put into
words. A row's *fate* is to be kept unless it stands in `entity_fates` or `relation_fates`: `merged`
(it says what an earlier row says, cell for cell) or left out, with the code of the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clustergraph import faults
from clustergraph import tables as tables_
from clustergraph import terms as terms_
from clustergraph import vocabulary as vocabulary_
from clustergraph.errors import CODES, Problem, Problems, Severity
from clustergraph.iris import Namespaces, sql_is_plain, sql_text
from clustergraph.tables import Tables
from clustergraph.terms import Terms
from clustergraph.vocabulary import DEFAULT_BASE, Vocabulary


@dataclass(slots=True)
class Checked:
    """Two tables that were read and checked: their terms, their problems and the fate of every row.

    `plain_ids` is true where no id needs encoding, `shared_ids` where rows share one, `untyped`
    where an entity has no type; each spares work later.
    """

    tables: Tables
    vocabulary: Vocabulary
    namespaces: Namespaces
    terms: Terms
    problems: Problems = field(default_factory=Problems)
    plain_ids: bool = False
    shared_ids: bool = False
    untyped: bool = False

    def __repr__(self) -> str:
        tables = self.tables
        return (
            f"<Tables: {tables.entities.rows} rows of entities, {tables.relations.rows} of"
            f" relations, {len(self.problems)} problems>"
        )

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that nothing may be built."""
        return bool(self.problems.of(Severity.ERROR))

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a query over the tables."""
        return self.tables.connection.execute(sql).fetchall()

    def cells(self, table: str) -> str:
        """Return SQL for all that a row says, whatever the order of its columns, as one text."""
        structure = self.terms.structure[table]
        parts = {word: self.terms.cell(table, word) or "" for word in structure}
        parts |= {p.column.name.casefold(): p.column.cell for p in self.terms.properties[table]}
        each = (
            f"CASE WHEN {cell} <> '' THEN"
            f" concat({sql_text(name + ':')}, length({cell}), ':', {cell}) END"
            for name, cell in sorted(parts.items())
        )
        return f"concat({', '.join(each)})"


def read(  # noqa: PLR0913 - where the tables are, how they are written, what they mean
    source: str | Path | None = None,
    *,
    entities: object = None,
    relations: object = None,
    encoding: str | Mapping[str, str] | None = None,
    delimiter: str | Mapping[str, str] | None = None,
    vocabulary: str | Path | Sequence[str | Path] | None = None,
    base: str | None = None,
    strict: bool = False,
) -> Checked:
    """Return two tables, read and checked; all that is wrong with them stands in `problems`.

    `source` is a folder with `entities.csv` and `relations.csv`; or `entities` and `relations` name
    a path or hold a data frame each (polars, pandas, pyarrow). `encoding` and `delimiter` are found
    out where they are not given, for both files or for one: `{"entities": "gb18030"}`.
    `vocabulary` names Turtle files that add to the shipped vocabulary, else `vocabulary.ttl` in
    `source`, if it is there. `base` is the namespace of the dataset's IRIs, else the vocabulary's
    `void:uriSpace`. `strict` makes an error of every warning.

    Raises SourceError where a file is missing, DataError where a table cannot be read at all.
    """
    if vocabulary is None:
        beside = Path(source or ".") / "vocabulary.ttl"
        paths = [beside] if source is not None and beside.is_file() else []
    else:
        paths = [
            Path(p) for p in ([vocabulary] if isinstance(vocabulary, str | Path) else vocabulary)
        ]
    known = vocabulary_.read(*paths)
    tables = tables_.read(
        source, entities=entities, relations=relations, encoding=encoding, delimiter=delimiter
    )
    return check(tables, vocabulary=known, base=base, strict=strict)


def check(
    tables: Tables,
    *,
    vocabulary: Vocabulary,
    base: str | None = None,
    strict: bool = False,
) -> Checked:
    """Return the tables with every problem found in them, in reading order.

    `base` is the namespace of the dataset's IRIs, else the vocabulary's `void:uriSpace`, else
    `vocabulary.DEFAULT_BASE`. `strict` makes an error of every warning.
    """
    namespaces = Namespaces(
        base or vocabulary.base or DEFAULT_BASE, vocabulary.prefixes
    ).with_files({table.name: table.file for table in tables})
    terms = terms_.read(tables, vocabulary, namespaces)
    checked = Checked(tables, vocabulary, namespaces, terms)
    _decide_entities(checked)
    _decide_relations(checked)
    found = [*tables.problems, *terms.problems, *faults.find(checked)]
    if strict:
        found = [
            replace(p, severity=Severity.ERROR) if p.severity is Severity.WARNING else p
            for p in found
        ]
    checked.problems.extend(sorted(found, key=lambda p: _reading_order(tables, p)))
    return checked


def _reading_order(tables: Tables, found: Problem) -> tuple[int, int, int, str]:
    table = tables.entities if found.file == tables.entities.file else tables.relations
    columns = [column.name for column in table.columns]
    column = columns.index(found.column) if found.column in columns else -1
    return (table.name != "entities", found.row or 0, column, found.code)


def _decide_entities(checked: Checked) -> None:
    connection = checked.tables.connection
    identifier = checked.terms.cell("entities", "id")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE entity_ids AS SELECT {identifier} AS id, min(row) AS row,"
        " count(*) AS rows FROM entities GROUP BY id HAVING id <> ''"
    )
    [(plain, shared)] = checked.query(
        f"SELECT coalesce(bool_and({sql_is_plain('id')}), true), coalesce(max(rows) > 1, false)"
        " FROM entity_ids"
    )
    checked.plain_ids, checked.shared_ids = bool(plain), bool(shared)
    kind = checked.terms.cell("entities", "type")
    checked.untyped = bool(checked.query(f"SELECT 1 FROM entities WHERE {kind} = '' LIMIT 1"))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE entity_fates AS SELECT row, 'id-empty' AS fate"
        f" FROM entities WHERE {identifier} = ''"
    )
    if checked.shared_ids:
        connection.execute(
            "INSERT INTO entity_fates SELECT row, 'merged' FROM (SELECT row, row_number() OVER"
            f" (PARTITION BY {checked.cells('entities')} ORDER BY row) AS n FROM entities"
            f" WHERE {identifier} IN (SELECT id FROM entity_ids WHERE rows > 1)) WHERE n > 1"
        )


def _decide_relations(checked: Checked) -> None:
    connection = checked.tables.connection
    source, relation, target = terms_.ends(checked.terms)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE relation_fates AS SELECT row, 'end-empty' AS fate"
        f" FROM relations WHERE {source} = '' OR {relation} = '' OR {target} = ''"
    )
    ends = " UNION ALL ".join(
        f"SELECT row, '{word}' AS word, {cell} AS id FROM relations WHERE {cell} <> ''"
        for word, cell in (("source", source), ("target", target))
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE unknown_ends AS SELECT row, word, id"
        f" FROM ({ends}) ANTI JOIN entity_ids USING (id)"
    )
    connection.execute(
        "INSERT INTO relation_fates SELECT DISTINCT row, 'end-unknown' FROM unknown_ends"
        " ANTI JOIN relation_fates USING (row)"
    )
    # Few rows are ever the same, so all are compared by a quick hash and those few by their cells.
    cells = checked.cells("relations")
    connection.execute(
        "INSERT INTO relation_fates SELECT row, 'merged' FROM (SELECT row, row_number() OVER"
        f" (PARTITION BY {cells} ORDER BY row) AS n FROM relations WHERE hash({cells}) IN"
        f" (SELECT hash({cells}) AS h FROM relations GROUP BY h HAVING count(*) > 1)"
        " AND row NOT IN (SELECT row FROM relation_fates)) WHERE n > 1"
    )
    own = checked.terms.cell("relations", "id") or "''"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE relation_id_conflicts AS SELECT {own} AS id FROM relations"
        " WHERE id <> '' AND row NOT IN (SELECT row FROM relation_fates)"
        " GROUP BY id HAVING count(*) > 1"
    )


def counts(checked: Checked) -> dict[str, int]:
    """Return how many problems of each code there are, by code, those that exist only."""
    found = {code: sum(p.count for p in checked.problems if p.code == code) for code in CODES}
    return {code: count for code, count in found.items() if count}
