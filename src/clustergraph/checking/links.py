"""The relations as numbers: which rows join which, in arrays that are quick to count and follow.

A link is one row of `relations`. An entity is known by the number of its first row, 0 standing for
an end that no entity has; a relation by its place in `iris`, likewise from 1.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clustergraph import terms as terms_
from clustergraph.checking.looks import sql_trimmed

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.tables import Connection

Numbers = NDArray[np.uint32]


@dataclass(slots=True)
class Links:
    """All rows of `relations`: their row, relation, source and target, in four arrays.

    `iris` gives the relation of each number: `iris[relation - 1]`.
    """

    rows: Numbers
    relations: Numbers
    sources: Numbers
    targets: Numbers
    iris: list[str]

    def lost(self) -> dict[str, Numbers]:
        """Return the rows of which an end is empty or unknown, by which end it is."""
        ends = (("source", self.sources), ("target", self.targets))
        return {end: self.rows[numbers == 0] for end, numbers in ends}

    def loops(self) -> Numbers:
        """Return the rows that join an entity with itself."""
        found: Numbers = self.rows[(self.sources == self.targets) & (self.sources != 0)]
        return found

    def parallel(self) -> Numbers:
        """Return the rows that have both ends in common with another, in either direction."""
        low = np.minimum(self.sources, self.targets).astype(np.uint64)
        low <<= np.uint64(32)
        low |= np.maximum(self.sources, self.targets)
        known = (self.sources != 0) & (self.targets != 0)
        ends = low[known]
        ordered = np.sort(ends)
        repeated = ordered[1:][ordered[1:] == ordered[:-1]]
        if not len(repeated):
            return self.rows[:0]
        places = np.minimum(np.searchsorted(repeated, ends), len(repeated) - 1)
        found: Numbers = self.rows[known][repeated[places] == ends]
        return found


def read(checked: "Checked") -> Links:
    """Return the links of tables whose `entity_ids` are there.

    It makes the tables `relation_words` (the number of each word), `lost_source` and `lost_target`.
    """
    connection = checked.tables.connection
    structure = checked.terms.structure["relations"]
    checked.terms.tidy["relations"] |= {structure["source"], structure["target"]}
    iris = sorted(set(checked.terms.relations.values()))
    connection.execute("CREATE OR REPLACE TEMP TABLE relation_words (word VARCHAR, code UINTEGER)")
    if iris:
        words = list(checked.terms.relations)
        codes = [iris.index(checked.terms.relations[word]) + 1 for word in words]
        connection.execute("INSERT INTO relation_words SELECT unnest(?), unnest(?)", [words, codes])
    links = _read(checked, iris)
    if _untidy_ends(checked):
        links = _read(checked, iris)
    return links


def _read(checked: "Checked", iris: list[str]) -> Links:
    source, relation, target = terms_.ends(checked.terms)
    connection = checked.tables.connection
    # One by one: two large joins in one query would drive each other out of the processor's cache.
    rows, relations = _joined(connection, f"relation_words o ON o.word = {relation}", "code")
    _, sources = _joined(connection, f"entity_ids o ON o.id = {source}", "row")
    _, targets = _joined(connection, f"entity_ids o ON o.id = {target}", "row")
    links = Links(rows, relations, sources, targets, iris)
    for end, lost in links.lost().items():
        chosen(checked.tables.connection, f"lost_{end}", lost)
    return links


def _joined(connection: "Connection", other: str, number: str) -> tuple[Numbers, Numbers]:
    """Return all rows of `relations`, in order, and the number of each in another table, or 0."""
    found = connection.execute(
        f"SELECT r.row::UINTEGER AS row, coalesce(o.{number}, 0)::UINTEGER AS number"
        f" FROM relations r LEFT JOIN {other}"
    ).fetchnumpy()
    rows, numbers = (np.asarray(found[name], np.uint32) for name in ("row", "number"))
    if not len(rows):
        return rows, numbers
    # Sorting would take longer: rows are numbers of places.
    of_row = np.zeros(int(rows.max()) + 1, np.uint32)
    there = np.zeros(len(of_row), np.bool_)
    of_row[rows], there[rows] = numbers, True
    in_order = np.flatnonzero(there).astype(np.uint32)
    return in_order, of_row[in_order]


def _untidy_ends(checked: "Checked") -> bool:
    """Tell whether an end has something invisible around it: these are taken for tidy until then.

    An end that has is the id of no entity, so only those that are none have to be looked at.
    """
    terms, connection = checked.terms, checked.tables.connection
    untidy = set()
    for end in ("source", "target"):
        cell = terms.structure["relations"][end]
        # In a table of their own first: the engine would trim the cells of all rows, and join then.
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE lost_ends AS SELECT {cell} FROM"
            f" {checked.tables.relations.among(f'lost_{end}')}"
        )
        if checked.query(f"SELECT 1 FROM lost_ends WHERE {cell} <> {sql_trimmed(cell)} LIMIT 1"):
            untidy.add(cell)
    terms.tidy["relations"] -= untidy
    return bool(untidy)


def chosen(connection: "Connection", name: str, rows: Numbers) -> None:
    """Make a table of these rows, in one column `row`."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (row BIGINT)")
    if len(rows):
        connection.register("chosen_rows", {"row": rows})
        connection.execute(f"INSERT INTO {name} SELECT row FROM chosen_rows")
        connection.unregister("chosen_rows")


def repeated(connection: "Connection", hashes: str) -> int:
    """Put into the table `repeated` what stands more than once in a query's only column, `k`."""
    found = np.sort(np.asarray(connection.execute(hashes).fetchnumpy()["k"], np.uint64))
    several = np.unique(found[1:][found[1:] == found[:-1]])
    connection.execute("CREATE OR REPLACE TEMP TABLE repeated (k UBIGINT)")
    if len(several):
        connection.register("repeated_hashes", {"k": several})
        connection.execute("INSERT INTO repeated SELECT k FROM repeated_hashes")
        connection.unregister("repeated_hashes")
    return len(several)
