"""How many problems of one kind are told one by one: a faulty file must not fill the memory.

A table in which every row is wrong has millions of problems. The first ones of each kind are told,
in reading order; the others are counted, exactly, and told as one.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clustergraph.check import Checked

TOLD = 10_000
"""Problems of one kind, in one column, that are told one by one."""


def first(checked: "Checked", sql: str) -> tuple[list[tuple[object, ...]], int]:
    """Return the first rows of a query, whose first column is a row, and how many more it has."""
    rows = checked.query(f"SELECT * FROM ({sql}) ORDER BY 1 LIMIT {TOLD + 1}")
    if len(rows) <= TOLD:
        return rows, 0
    [(count,)] = checked.query(f"SELECT count(*) FROM ({sql})")
    return rows[:TOLD], int(str(count)) - TOLD
