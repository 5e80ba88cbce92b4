"""What every column of a table looks like, seen in as few passes over its cells as will do.

Most cells of most tables are plain. So a cheap look comes first, and an expensive one only at
columns in which the cheap one saw anything.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clustergraph.datatypes import sql_fits
from clustergraph.iris import sql_text

if TYPE_CHECKING:
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table, Tables

# Spaces and characters that cannot be seen: they are cut off around ids and words.
INVISIBLE = (
    " \t\r\n\v\f\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)

# Control characters that XML 1.0 cannot carry, and DEL, which no text needs either.
CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]")

_AT_ONCE = 500  # columns in one query: an engine's row has its limits
_FEW = 200_000  # cells that are counted sooner than a question on each column is asked
_SOME = 100_000  # cells that tell whether the same values come again and again
_REPEATED = 2  # times that a value must come, for it to be worth looking at each value once


@dataclass(slots=True)
class Look:
    """How many cells of each column are filled, which columns are tidy, fitting, with controls.

    A column is tidy where no cell is known to have anything invisible around it, and fitting where
    every filled cell has one of the column's datatypes as it stands (it is then tidy too).
    """

    filled: dict[str, int] = field(default_factory=dict)
    tidy: set[str] = field(default_factory=set)
    fitting: set[str] = field(default_factory=set)
    control: set[str] = field(default_factory=set)


def sql_has_control(cell: str) -> str:
    """Return SQL: whether a text holds a control character."""
    return f"regexp_matches({cell}, {sql_text(CONTROL.pattern)})"


def sql_trimmed(cell: str) -> str:
    """Return SQL for a text without the spaces and invisible characters around it.

    Trimming is slow, so only a text that needs it is trimmed.
    """
    trimmed = f"trim({cell}, {sql_text(INVISIBLE)})"
    return f"CASE WHEN {_ends_unseen(cell)} THEN {trimmed} ELSE {cell} END"


def look(
    tables: "Tables", table: "Table", typed: "Mapping[str, tuple[str, ...]]", ids: Collection[str]
) -> Look:
    """Return what the columns of a table look like.

    `typed` gives the datatypes of the cells that have some, `ids` the cells that hold ids or names,
    which are looked at for being tidy.
    """
    found = Look(_filled(tables, table))
    asked = [c for c in table.columns if c.cell in ids]
    odd = asked if table.at_once else [c for c in asked if _is_odd(tables, table, c.cell)]
    found.tidy = set(ids) - _holding(tables, table, odd, _is_untidy)
    filled = [cell for cell in typed if found.filled[cell]]
    several = _coming_again(tables, table, filled)
    for cell in filled:
        untidy = _misfits(tables, table, cell, typed[cell], several=cell in several)
        if untidy is None:
            found.fitting.add(cell)
        if not untidy:
            found.tidy.add(cell)
    if table.controls:
        found.control = _holding(tables, table, table.columns, sql_has_control)
    return found


def _filled(tables: "Tables", table: "Table") -> dict[str, int]:
    """Return how many cells of each column are filled."""
    if table.at_once:
        counts = _each(tables, table, table.columns, lambda cell: f"count(nullif({cell}, ''))")
        return {column.cell: int(str(count)) for column, count in counts}
    if table.rows * len(table.columns) < _FEW:
        cells = [column.cell for column in table.columns]
        query = f"SELECT {', '.join(cells)} FROM {table.name}"
        rows = tables.connection.execute(query).fetchall()
        return {cell: sum(row[at] != "" for row in rows) for at, cell in enumerate(cells)}
    found = {}
    for column in table.columns:
        # One by one: the engine knows by its statistics where no cell is empty, and reads none.
        query = f"SELECT count(*) FROM {table.name} WHERE {column.cell} = ''"
        [(empty,)] = tables.connection.execute(query).fetchall()
        found[column.cell] = table.rows - int(empty)
    return found


def _misfits(
    tables: "Tables", table: "Table", cell: str, datatypes: tuple[str, ...], *, several: bool
) -> bool | None:
    """Make the table `misfits_...` of the rows whose cell fits no datatype as it stands.

    Return None where there is none, else whether one of them is untidy; one that fits never is.
    Where values come `several` times, each is looked at once.
    """
    name = f"misfits_{table.name}_{cell}"
    wrong = f"NOT ({sql_fits(datatypes, cell)})"
    if several:
        # In a table of their own first: the engine would look at the cells of all rows otherwise.
        tables.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE cell_values AS SELECT DISTINCT {cell} FROM {table.name}"
        )
        wrong = f"{cell} IN (SELECT {cell} FROM cell_values WHERE {wrong})"
    tables.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT row, {cell} AS cell FROM {table.name}"
        f" WHERE {cell} <> '' AND {wrong}"
    )
    query = f"SELECT count(*), coalesce(bool_or({_is_untidy('cell')}), false) FROM {name}"
    [(count, untidy)] = tables.connection.execute(query).fetchall()
    return bool(untidy) if count else None


def _coming_again(tables: "Tables", table: "Table", cells: Sequence[str]) -> set[str]:
    """Return the columns that seem to hold few values, each in many rows."""
    if not cells or table.rows < _SOME:
        return set()
    first = f"SELECT {', '.join(cells)} FROM {table.name} LIMIT {_SOME}"
    counts = ", ".join(f"approx_count_distinct({cell})" for cell in cells)
    [values] = tables.connection.execute(f"SELECT {counts} FROM ({first})").fetchall()
    return {cell for cell, n in zip(cells, values, strict=True) if n * _REPEATED <= _SOME}


def _is_odd(tables: "Tables", table: "Table", cell: str) -> bool:
    """Tell whether a column has to be looked at again.

    What begins with a space sorts before !, what begins with a letter that is not ASCII after ~; an
    invisible character is one of these. The engine's statistics tell that of most columns.
    """
    filled = f"FROM {table.name} WHERE {cell} <> ''"
    begins = f"SELECT 1 {filled} AND ({cell} < '!' OR {cell} > '~') LIMIT 1"
    if tables.connection.execute(begins).fetchall():
        return True
    ends = f"SELECT coalesce(bool_or(reverse({cell}) NOT BETWEEN '!' AND '~'), false) {filled}"
    [(odd,)] = tables.connection.execute(ends).fetchall()
    return bool(odd)


def _holding(
    tables: "Tables", table: "Table", columns: "Sequence[Column]", test: Callable[[str], str]
) -> set[str]:
    """Return the cells of the columns in which the test holds for any."""
    found = _each(tables, table, columns, lambda cell: f"bool_or({test(cell)})")
    return {column.cell for column, holds in found if holds}


def _each(
    tables: "Tables", table: "Table", columns: "Sequence[Column]", look: Callable[[str], str]
) -> "Iterator[tuple[Column, object]]":
    """Yield each column with what a look at its cells gives, many columns in one query."""
    for some in _parts(columns):
        yield from zip(some, _row(tables, table, (look(c.cell) for c in some)), strict=True)


def _parts(columns: "Sequence[Column]") -> "Iterator[Sequence[Column]]":
    return (columns[start : start + _AT_ONCE] for start in range(0, len(columns), _AT_ONCE))


def _row(tables: "Tables", table: "Table", looks: Iterator[str]) -> tuple[object, ...]:
    query = f"SELECT {', '.join(looks)} FROM {table.name}"
    return tables.connection.execute(query).fetchone() or ()


def _is_untidy(cell: str) -> str:
    return f"{cell} <> '' AND ({_ends_unseen(cell)})"


def _ends_unseen(cell: str) -> str:
    around = sql_text(INVISIBLE)
    tests = (f"contains({around}, {end}({cell}, 1))" for end in ("left", "right"))
    return " OR ".join(tests)
