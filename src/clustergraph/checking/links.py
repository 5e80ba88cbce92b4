"""The relations as numbers: which rows join which, in arrays that are quick to count and follow.

A link is one row of `relations`. An entity is known by the number of its first row, 0 standing for
an end that no entity has; a relation by its place in `iris`, likewise from 1.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clustergraph import terms as terms_
from clustergraph.checking.looks import sql_trimmed
from clustergraph.iris import sql_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clustergraph.check import Checked
    from clustergraph.tables import Connection

Numbers = NDArray[np.uint32]

_FEW = 16  # words of relations
_HALF = np.uint64(32)  # bits, for one of both ends
_PIECE = 1 << 16  # ends that stay in the processor's cache while they are looked at
_MARKS = 22  # bits, which the processor's cache holds marks for
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # multiplies all bits of a number into its upper ones


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
        ends = np.minimum(self.sources, self.targets, dtype=np.uint64)
        ends <<= _HALF
        ends |= np.maximum(self.sources, self.targets)
        ordered = np.sort(ends)
        repeated = ordered[1:][ordered[1:] == ordered[:-1]]
        repeated = repeated[repeated >> _HALF != 0]  # both ends are known
        if not len(repeated):
            return self.rows[:0]
        # Most ends are told from all repeated ones by some of their bits, with no search.
        marks = np.zeros(1 << _MARKS, np.bool_)
        marks[_some_bits(repeated)] = True
        found = [_among(repeated, marks, ends, start) for start in range(0, len(ends), _PIECE)]
        return self.rows[np.concatenate(found)]


def _among(
    repeated: NDArray[np.uint64], marks: NDArray[np.bool_], ends: NDArray[np.uint64], start: int
) -> NDArray[np.intp]:
    """Return the places of a piece of the ends that stand among the repeated ones."""
    piece = ends[start : start + _PIECE]
    marked = np.flatnonzero(marks[_some_bits(piece)])
    places = np.minimum(np.searchsorted(repeated, piece[marked]), len(repeated) - 1)
    found: NDArray[np.intp] = marked[repeated[places] == piece[marked]]
    return found + start


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
    # Two queries: two large joins in one would drive each other out of the processor's cache.
    code, words = _code(checked, iris, relation)
    found = connection.execute(
        f"SELECT r.row::UINTEGER AS row, {code}::UINTEGER AS relation,"
        f" coalesce(e.row, 0)::UINTEGER AS source FROM relations r {words}"
        f" LEFT JOIN entity_ids e ON e.id = {source}"
    ).fetchnumpy()
    rows, relations, sources = (_numbers(found, name) for name in ("row", "relation", "source"))
    found = connection.execute(
        "SELECT r.row::UINTEGER AS row, coalesce(e.row, 0)::UINTEGER AS target"
        f" FROM relations r LEFT JOIN entity_ids e ON e.id = {target}"
    ).fetchnumpy()
    others, targets = (_numbers(found, name) for name in ("row", "target"))
    if not np.array_equal(rows, others):  # engines may give rows in any order
        of_row = np.zeros(int(rows.max(initial=0)) + 1, np.uint32)
        of_row[others] = targets
        targets = of_row[rows]
    links = Links(rows, relations, sources, targets, iris)
    for end, lost in links.lost().items():
        chosen(checked.tables.connection, f"lost_{end}", lost)
    return links


def _some_bits(ends: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (ends * _SPREAD) >> np.uint64(64 - _MARKS)


def _code(checked: "Checked", iris: list[str], relation: str) -> tuple[str, str]:
    """Return SQL for the number of a relation's word, and the join that it needs.

    A few words are compared in less time than they are joined.
    """
    words = checked.terms.relations
    if not 0 < len(words) <= _FEW:
        return "coalesce(w.code, 0)", f"LEFT JOIN relation_words w ON w.word = {relation}"
    cases = (f"WHEN {sql_text(word)} THEN {iris.index(iri) + 1}" for word, iri in words.items())
    return f"CASE {relation} {' '.join(cases)} ELSE 0 END", ""


def _numbers(found: "Mapping[str, NDArray[Any]]", name: str) -> Numbers:
    return np.asarray(found[name], np.uint32)


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
