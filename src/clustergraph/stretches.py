"""Sorted Turtle, in stretches of subjects that follow each other.

Each stretch is sorted by itself, so that memory is that of one; one after the other they are sorted
too. To find its rows the keys of all rows are read, which for many stretches would take more than
linear time: so some of them together have their rows copied first, and look only there.
"""

import itertools
import math
from collections.abc import Iterator, Sequence

from clustergraph.iris import sql_text
from clustergraph.mapping import Mapping, Piece

_ROWS = 1_000_000  # that are sorted at once; what is written does not depend on it
_MOST = 1024  # stretches, however many rows there are
_FEW = 8  # stretches for which all rows are looked through each time
_SAMPLED = 100_000

Bound = str | None
"""SQL of the first key of a stretch; None where nothing is before it or after it."""


def pieces(mapping: Mapping) -> Iterator[Piece]:
    """Yield what gives sorted Turtle, stretch by stretch; `done` drops what that needs."""
    keys = _keys(mapping)
    bounds = _bounds(mapping, keys)
    if len(bounds) <= _FEW + 1:
        yield from _pieces(mapping, keys, bounds)
        return
    mapping.near = {table: f"near_{table}" for table in ("entities", "relations")}
    together = math.isqrt(len(bounds) - 2) + 1  # about as many as there are groups: the least work
    for start in range(0, len(bounds) - 1, together):
        some = bounds[start : start + together + 1]
        whole = _only(keys, some[0], some[-1])
        copies = tuple(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {table} WHERE {whole[table]}"
            for table, name in mapping.near.items()
        )
        first, *others = _pieces(mapping, keys, some)
        yield from (first._replace(before=copies), *others)


def _pieces(mapping: Mapping, keys: dict[str, str], bounds: Sequence[Bound]) -> Iterator[Piece]:
    for first, last in itertools.pairwise(bounds):
        mapping.only = _only(keys, first, last)
        yield Piece(f"SELECT text FROM ({mapping.blocks()}) ORDER BY k1, k2")


def done(mapping: Mapping) -> None:
    """Drop the copies of tables that `pieces` asks for."""
    for name in mapping.near.values():
        mapping.checked.tables.connection.execute(f"DROP TABLE IF EXISTS {name}")


def _keys(mapping: Mapping) -> dict[str, str]:
    """Return SQL for what the rows of each table are sorted by: the subject, or its id."""
    terms, plain = mapping.checked.terms, mapping.checked.plain_ids
    cells = {"entities": "id", "relations": "source"}
    keys = {table: terms.cell(table, word) or "" for table, word in cells.items()} | {"stubs": "id"}
    return keys if plain else {table: mapping.entity(key) for table, key in keys.items()}


def _bounds(mapping: Mapping, keys: dict[str, str]) -> list[Bound]:
    """Return the bounds of the stretches. They come from a sample: they need not be exact."""
    tables = mapping.checked.tables
    rows = tables.entities.rows + tables.relations.rows
    count = min(-(-rows // _ROWS), _MOST)
    if count <= 1:
        return [None, None]
    sampled = " UNION ALL ".join(
        f"SELECT {keys[table]} AS k FROM {table} WHERE row % {max(1, rows // _SAMPLED)} = 0"
        for table in ("entities", "relations")
    )
    places = ", ".join(str(n / count) for n in range(1, count))
    found = mapping.checked.query(
        f"SELECT DISTINCT unnest(quantile_disc(k, [{places}])) AS k FROM ({sampled}) ORDER BY k"
    )
    return [None, *(sql_text(str(bound)) for (bound,) in found), None]


def _only(keys: dict[str, str], first: Bound, last: Bound) -> dict[str, str]:
    """Return for each table the condition in SQL that a row is between two bounds."""

    def between(key: str) -> str:
        tests = [f"{key} >= {first}"] if first is not None else []
        tests += [f"{key} < {last}"] if last is not None else []
        return " AND ".join(tests) or "true"

    return {table: between(key) for table, key in keys.items()}
