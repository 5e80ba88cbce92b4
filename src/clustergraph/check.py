"""What is wrong with two tables that should form a graph, and what becomes of every row.

Every check is one query over whole tables; only what it finds comes back to Python, to be put into
words (`faults.py`). What becomes of each row is decided first (`fates.py`); what is made of the
problems, how much they weigh and which are known, is said by a policy (`policy.py`).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from clustergraph import tables as tables_
from clustergraph import terms as terms_
from clustergraph import vocabulary as vocabulary_
from clustergraph.checking import baseline as baseline_
from clustergraph.checking import fates, faults
from clustergraph.checking.policy import Policy
from clustergraph.errors import CODES, Problem, Problems, Severity
from clustergraph.iris import Namespaces, sql_is_name, sql_is_plain, sql_text
from clustergraph.reading.sources import beside
from clustergraph.tables import Tables
from clustergraph.terms import Terms
from clustergraph.vocabulary import DEFAULT_BASE, Vocabulary


class Names(NamedTuple):
    """What the relations' own ids are like as names of their relation resources."""

    shared: bool  # whether relations share one
    plain: bool  # whether each has one of plain ASCII


@dataclass(slots=True)
class Checked:
    """Two tables that were read and checked: their terms, their problems and the fate of every row.

    `problems` are in reading order; those that stand in the policy's baseline are `known` instead.
    `shared_ids` is true where rows share an id, `untyped` where an entity has no type; each spares
    work later.
    """

    tables: Tables
    vocabulary: Vocabulary
    namespaces: Namespaces
    terms: Terms
    policy: Policy = field(default_factory=Policy)
    problems: Problems = field(default_factory=Problems)
    known: Problems = field(default_factory=Problems)
    shared_ids: bool = False
    untyped: bool = False
    _names: "Names | None" = field(default=None, init=False)
    _plain_ids: bool | None = field(default=None, init=False)

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

    @property
    def names(self) -> Names:
        """What the relations' own ids are like; asked of the tables once."""
        if self._names is None:
            own = self.terms.cell("relations", "id")
            plain = f"(SELECT bool_and({sql_is_name(own)}) FROM relations)" if own else "false"
            [(shared, plainly)] = self.query(
                f"SELECT EXISTS (SELECT 1 FROM relation_id_conflicts), coalesce({plain}, false)"
            )
            self._names = Names(bool(shared), bool(plainly))
        return self._names

    @property
    def plain_ids(self) -> bool:
        """Whether no entity's id needs encoding, a stub's neither; asked of the tables once."""
        if self._plain_ids is None:
            every = "SELECT id FROM entity_ids UNION ALL SELECT id FROM stubs"
            odd = f"SELECT 1 FROM ({every}) WHERE NOT {sql_is_plain('id')} LIMIT 1"
            self._plain_ids = not self.query(odd)
        return self._plain_ids

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
    policy: Policy | None = None,
) -> Checked:
    """Return two tables, read and checked; all that is wrong with them stands in `problems`.

    `source` is a folder with `entities.csv` and `relations.csv`, or a workbook (.xlsx) with these
    two sheets; or `entities` and `relations` name a path or hold a data frame each (polars, pandas,
    pyarrow). `encoding` and `delimiter` are found
    out where they are not given, for both files or for one: `{"entities": "gb18030"}`.
    `vocabulary` names Turtle files that add to the shipped vocabulary, else `vocabulary.ttl` in
    `source`, if it is there. `base` is the namespace of the dataset's IRIs, else the vocabulary's
    `void:uriSpace`. `policy` says how much problems weigh and which are known; without one, known
    are those in `baseline.csv` in `source`, if it is there.

    Raises SourceError where a file is missing, DataError where a table cannot be read at all.
    """
    known, weighed = settings(source, vocabulary, policy)
    tables = tables_.read(
        source, entities=entities, relations=relations, encoding=encoding, delimiter=delimiter
    )
    return check(tables, vocabulary=known, base=base, policy=weighed)


def settings(
    source: str | Path | None,
    vocabulary: str | Path | Sequence[str | Path] | None,
    policy: Policy | None,
) -> tuple[Vocabulary, Policy]:
    """Return the vocabulary and the policy, where they are not given those that lie in `source`."""
    paths: Sequence[str | Path] = ()
    if vocabulary is not None:
        paths = [vocabulary] if isinstance(vocabulary, str | Path) else vocabulary
    elif source is not None and (there := beside(source, "vocabulary.ttl")).is_file():
        paths = [there]
    known = vocabulary_.read(*map(Path, paths))
    policy = policy or Policy()
    if policy.baseline is None and source is not None:
        baseline = beside(source, baseline_.NAME)
        policy = replace(policy, baseline=baseline if baseline.is_file() else False)
    return known, policy


def check(
    tables: Tables,
    *,
    vocabulary: Vocabulary,
    base: str | None = None,
    policy: Policy | None = None,
) -> Checked:
    """Return the tables with every problem found in them, in reading order.

    `base` is the namespace of the dataset's IRIs, else the vocabulary's `void:uriSpace`, else
    `vocabulary.DEFAULT_BASE`.
    """
    namespaces = Namespaces(
        base or vocabulary.base or DEFAULT_BASE, vocabulary.prefixes
    ).with_files({table.name: table.file for table in tables})
    terms = terms_.read(tables, vocabulary, namespaces)
    checked = Checked(tables, vocabulary, namespaces, terms, policy or Policy())
    links = fates.decide(checked)
    found = [*tables.problems, *terms.problems, *faults.find(checked, links)]
    found = baseline_.keyed(checked, checked.policy.weighed(found))
    found.sort(key=reading_order(tables))
    if isinstance(checked.policy.baseline, str | Path):
        known, found = baseline_.read(checked.policy.baseline).split(found)
        checked.known.extend(known)
        found = checked.policy.weighed(found)
    checked.problems.extend(found)
    return checked


def reading_order(tables: Tables) -> Callable[[Problem], tuple[int, int, int, str]]:
    """Return the key that sorts problems in reading order: by file, row and column."""
    places = {
        table.file: (at, {column.name: column.index for column in table.columns})
        for at, table in enumerate(tables)
    }

    def key(found: Problem) -> tuple[int, int, int, str]:
        at, columns = places.get(found.file, (len(places), {}))
        of_file = found.count == 1 and found.column is None  # else it is the rest of many
        row = found.row or (0 if of_file else sys.maxsize)
        return (at, row, columns.get(found.column or "", -1), found.code)

    return key


def counts(checked: Checked) -> dict[str, int]:
    """Return how many problems of each code there are, by code, those that exist only."""
    found = {code: sum(p.count for p in checked.problems if p.code == code) for code in CODES}
    return {code: count for code, count in found.items() if count}
