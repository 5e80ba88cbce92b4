"""The ledger: what became of every row and every cell that was read, and what was built.

Rows and filled cells that were read are those that made triples, those that were merged with an
earlier one that says the same, and those that were left out, each with the reason (the code of the
problem that tells of it). The two sides are counted apart, and have to be equal. What a policy
makes of problems changes nothing here: a row that is left out is left out, told of or not.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from clustergraph import __version__
from clustergraph.check import Checked, counts
from clustergraph.errors import Severity

if TYPE_CHECKING:
    from clustergraph.tables import Table

_KEPT = "kept"
_REPAIRS = ("row-short", "row-long", "quote-unescaped", "character-nul")
_MERGED = "merged"


@dataclass(slots=True)
class Account:
    """What became of a number of rows or of filled cells."""

    read: int
    made_triples: int = 0
    merged: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def balance(self, what: str) -> None:
        """Raise AssertionError unless what was read is what came of it: that would be our bug."""
        made = self.made_triples + self.merged + sum(self.left_out.values())
        if made != self.read:
            raise AssertionError(f"the ledger is wrong: {self.read} {what} read, {made} told of")


@dataclass(slots=True)
class Report:
    """All that a build says of itself: files, ledger, counts and problems. It tells no time."""

    files: dict[str, dict[str, Any]]
    entities: dict[str, int]
    relations: dict[str, int]
    entity_count: int
    relation_count: int
    triples: dict[str, int]
    checked: Checked

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        problems = self.checked.problems
        return {
            "clustergraph": __version__,
            "base": self.checked.namespaces.base,
            "files": self.files,
            "entities": {"count": self.entity_count, "by_type": self.entities},
            "relations": {"count": self.relation_count, "by_relation": self.relations},
            "triples": self.triples,
            "problems": {
                "count": sum(p.count for p in problems),
                **{s.value + "s": sum(p.count for p in problems.of(s)) for s in Severity},
                "known": sum(p.count for p in self.checked.known),
                "by_code": counts(self.checked),
                "list": problems.to_dicts(),
            },
        }

    def to_json(self) -> str:
        """Return the report as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"


def make(checked: Checked, triples: dict[str, int] | None = None) -> Report:
    """Return the report on checked tables; `triples` counts those written, by file."""
    files = {table.file: _file(checked, table) for table in checked.tables}
    [(entities,)] = checked.query(
        "SELECT (SELECT count(*) FROM entity_ids) + (SELECT count(*) FROM stubs)"
    )
    return Report(
        files=files,
        entities=_by_type(checked),
        relations=_by_relation(checked),
        entity_count=int(str(entities)),
        relation_count=files[checked.tables.relations.file]["rows"]["made_triples"],
        triples=triples or {},
        checked=checked,
    )


def _file(checked: Checked, table: "Table") -> dict[str, Any]:
    rows, cells = _accounts(checked, table)
    rows.balance(f"rows of {table.file}")
    cells.balance(f"cells of {table.file}")
    return {
        "sha256": table.sha256,
        "encoding": table.encoding,
        "encoding_certainty": table.encoding_certainty,
        "delimiter": table.delimiter,
        "columns": [column.name for column in table.columns],
        "rows": asdict(rows),
        "cells": asdict(cells),
        "repaired": _repaired(checked, table),
    }


def _repaired(checked: Checked, table: "Table") -> dict[str, int]:
    """Count the rows that were read otherwise than they are written, by the code that says how."""
    found: Counter[str] = Counter()
    for told in checked.tables.problems:
        if told.file == table.file and (told.row is not None or told.count > 1):
            found[told.code] += told.count
    return {code: found[code] for code in _REPAIRS if found[code]}


def _accounts(checked: Checked, table: "Table") -> tuple[Account, Account]:
    terms = checked.terms
    surplus = sum(table.surplus.values())
    rows = Account(table.rows + table.blank, left_out={"blank": table.blank} if table.blank else {})
    cells = Account(sum(terms.filled[table.name].values()) + surplus)
    if surplus:
        cells.left_out["row-long"] = surplus
    unnamed = terms.unnamed[table.name]
    named = [c.cell for c in table.columns if c.cell not in unnamed]
    named = [cell for cell in named if terms.filled[table.name][cell]]
    fates = "entity_fates" if table.name == "entities" else "relation_fates"
    found = checked.query(
        f"SELECT coalesce(f.fate, '{_KEPT}'), count(*), {_filled(named)}, {_filled(unnamed)}"
        f" FROM {table.name} t LEFT JOIN {fates} f ON f.row = t.row GROUP BY 1 ORDER BY 1"
    )
    for fate, row_count, cell_count, unnamed_count in found:
        number, filled, nameless = (
            int(str(row_count)),
            int(str(cell_count)),
            int(str(unnamed_count)),
        )
        if fate == _KEPT:
            rows.made_triples = number
            cells.made_triples = filled
            if nameless:
                cells.left_out["column-unnamed"] = nameless
        elif fate == _MERGED:
            rows.merged, cells.merged = number, filled + nameless
        else:
            rows.left_out[str(fate)] = number
            if filled + nameless:
                cells.left_out[str(fate)] = filled + nameless
    empty = _without_value(checked, table)
    same = _said_before(checked, named) if table.name == "entities" else 0
    cells.made_triples -= empty + same
    cells.merged += same
    if empty:
        cells.left_out["no-value"] = empty
    return rows, cells


def _filled(cells: list[str]) -> str:
    """Return SQL: how many of these cells are filled, in all rows."""
    if not cells:
        return "0"
    each = " + ".join(f"({cell} <> '')::INT" for cell in cells)
    return f"coalesce(sum({each}), 0)"


def _without_value(checked: Checked, table: "Table") -> int:
    """Count the cells of kept rows that hold separators and nothing between them."""
    total = 0
    fates = "entity_fates" if table.name == "entities" else "relation_fates"
    for prop in checked.terms.properties[table.name]:
        if prop.separator is None:
            continue
        cell = prop.column.cell
        [(count,)] = checked.query(
            f"SELECT count(*) FROM {table.name} WHERE {cell} <> ''"
            f" AND array_length({prop.pieces(cell)}) = 0 AND row NOT IN (SELECT row FROM {fates})"
        )
        total += int(str(count))
    return total


def _said_before(checked: Checked, cells: list[str]) -> int:
    """Count the cells that repeat what an earlier row with the same id says in that column."""
    if not checked.shared_ids:
        return 0
    identifier = checked.terms.cell("entities", "id")
    repeats = " + ".join(
        f"count(nullif({cell}, '')) - count(DISTINCT nullif({cell}, ''))" for cell in cells
    )
    [(count,)] = checked.query(
        f"SELECT coalesce(sum(n), 0) FROM (SELECT {repeats} AS n FROM entities"
        f" WHERE {identifier} IN (SELECT id FROM shared)"
        f" AND row NOT IN (SELECT row FROM entity_fates) GROUP BY {identifier})"
    )
    return int(str(count))


def _by_type(checked: Checked) -> dict[str, int]:
    identifier = checked.terms.cell("entities", "id")
    kind = checked.terms.cell("entities", "type")
    found: Counter[str] = Counter()
    for cell, count in checked.query(
        f"SELECT {kind} AS cell, count(DISTINCT {identifier}) FROM entities"
        " WHERE row NOT IN (SELECT row FROM entity_fates) GROUP BY cell"
    ):
        for iri in checked.terms.types.get(str(cell), ()):
            found[checked.terms.names[iri]] += int(str(count))
    [(stubs,)] = checked.query("SELECT count(*) FROM stubs")
    if stubs:
        found["stub"] += int(str(stubs))
    return _most_first(found)


def _by_relation(checked: Checked) -> dict[str, int]:
    relation = checked.terms.cell("relations", "relation")
    found: Counter[str] = Counter()
    for word, count in checked.query(
        f"SELECT {relation} AS word, count(*) FROM relations"
        " WHERE row NOT IN (SELECT row FROM relation_fates) GROUP BY word"
    ):
        found[checked.terms.names[checked.terms.relations[str(word)]]] += int(str(count))
    return _most_first(found)


def _most_first(found: "Counter[str]") -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
