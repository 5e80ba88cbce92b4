"""Records in DuckDB: only what has been proven regular is read, and every record is counted."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from clustergraph import progress, resources
from clustergraph.errors import Problem, problem
from clustergraph.reading.judging import BLANK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clustergraph.reading.columns import Column
    from clustergraph.reading.headers import Header
    from clustergraph.reading.records import Records
    from clustergraph.reading.sources import Source
    from clustergraph.tables import Connection

_LINE = 1 << 21
_BUFFER = 1 << 25  # bytes that a thread reads at once, of a large file
_LARGE_BUFFER = 1 << 27  # where memory is not scarce: fewer pieces of a table have to be joined
_WIDE = 200  # columns


class Held(NamedTuple):
    """What a table holds: its rows, the blank ones that were left out, and problems of columns.

    `first` is the number of the first row where the cells stand as they were read, so that the
    others follow.
    """

    rows: int
    blank: int
    first: int | None
    problems: list[Problem]


def connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a database in memory that spills to `folder`, within the resources of now.

    Nothing is fetched at run time: an extension that DuckDB does not bring along is not there.
    """
    made = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "temp_directory": str(folder / "duckdb"),
            **resources.current().options(),
        }
    )
    # It counts how far a query is where somebody looks; it never prints among the results.
    made.execute("SET enable_progress_bar_print = false; SET progress_bar_time = 0")
    made.execute(f"SET enable_progress_bar = {progress.watched()}")
    return made


def read_csv(
    cursor: duckdb.DuckDBPyConnection, table: str, records: "Records", header: "Header"
) -> None:
    """Load records into the DuckDB table `<table>_cells`, cell for cell and in their order."""
    names = [column.cell for column in header.columns]
    # Split among threads, a file is cut at line ends; each must then be the end of a record.
    for parallel in (not records.multiline, False):
        types = ", ".join(f"{name} VARCHAR" for name in names)
        cursor.execute(f"CREATE OR REPLACE TABLE {table}_cells ({types})")
        if not records.count or _loaded(cursor, table, records, header, parallel=parallel):
            return
    raise AssertionError(f"{records.path}: not {records.count} records were loaded")


def _loaded(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    records: "Records",
    header: "Header",
    *,
    parallel: bool,
) -> bool:
    """Fill the table, and return whether it holds as many rows as there are records.

    The engine's parallel reader fails, or loses a row, at sizes of its buffer that it does not
    expect (DuckDB 2.0.0): who calls reads again, in one thread.
    """
    names = [column.cell for column in header.columns]
    line = _rounded(max(_LINE, 2 * records.longest))
    options = {
        "auto_detect": False,
        "header": False,
        "skip": records.skip,
        "columns": dict.fromkeys(names, "VARCHAR"),
        "force_not_null": names,
        "delim": header.delimiter,
        "quote": '"',
        "escape": '"',
        "comment": "",
        "new_line": records.newline.encode("unicode_escape").decode(),
        "compression": "none",
        "encoding": "utf-8",
        "max_line_size": line,
        "buffer_size": max(_buffer(records.path), 4 * line),
        "parallel": parallel,
    }
    given = ", ".join(f"{name} = {_sql(value)}" for name, value in options.items())
    try:
        cursor.execute(
            f"INSERT INTO {table}_cells FROM read_csv({_sql(literal(records.path))}, {given})"
        )
    except (duckdb.NotImplementedException, duckdb.InvalidInputException) as error:
        if parallel and "Invalid unicode" not in str(error):
            return False
        raise
    [(count, last)] = cursor.execute(
        f"SELECT count(*), coalesce(max(rowid) + 1, 0) FROM {table}_cells"  # noqa: S608 - ours
    ).fetchall()
    return bool(count == last == records.count)


def _buffer(path: Path) -> int:
    """Return how many bytes of a file a thread reads at once: two have work, if it is large."""
    most = _BUFFER if resources.current().memory else _LARGE_BUFFER
    return max(_BUFFER, min(most, _rounded(path.stat().st_size // 2)))


def _rounded(size: int) -> int:
    """Return the size in whole MiB: the engine's reader fails where it is no multiple of 16."""
    return -(-size >> 20) << 20


def literal(path: Path) -> str:
    """Return the path as a pattern that only this path matches."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _sql(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_sql(k)}: {_sql(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_sql, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value)


def settled(
    cursor: duckdb.DuckDBPyConnection,
    source: "Source",
    columns: "Sequence[Column]",
    first: int,
) -> Held:
    """Give the cells of a table their rows, the first being `first`, and leave blank rows out."""
    table, cells = source.name, f"{source.name}_cells"
    numbered = f"SELECT rowid + {first} AS row, * FROM {cells}"  # noqa: S608 - ours
    empty = sql_blank([column.cell for column in columns])
    [(total,)] = cursor.execute(f"SELECT count(*) FROM {cells}").fetchall()  # noqa: S608 - ours
    [(blank,)] = cursor.execute(f"SELECT count(*) FROM {cells} WHERE {empty}").fetchall()  # noqa: S608 - ours
    # A view of many columns is expanded in every query on it, which takes longer than a copy.
    copied = blank > 0 or len(columns) > _WIDE
    if copied:
        rows = f"WHERE NOT ({empty})" if blank else ""
        cursor.execute(f"CREATE TABLE {table} AS {numbered} {rows}")
        cursor.execute(f"DROP TABLE {cells}")
    else:
        cursor.execute(f"CREATE VIEW {table} AS {numbered}")
    problems = unnamed(cursor, source, columns)
    if total == blank:
        message = "the table has a header and no rows"
        problems.append(problem("table-empty", source.file, message))
    return Held(total - blank, blank, None if copied else first, problems)


def sql_blank(cells: "Sequence[str]") -> str:
    """Return the SQL of whether a row is blank.

    Trimming every cell would take longer than reading them: where the first cell begins with
    something that can be seen, which DuckDB knows from its statistics, no other is looked at.
    """
    invisible = ", ".join(map(_sql, BLANK))
    return (
        f"(c0 < '!' OR c0 > '~') AND CASE WHEN c0 = '' OR left(c0, 1) IN ({invisible})"
        f" THEN trim(concat({', '.join(cells)}), {_sql(BLANK)}) = '' ELSE false END"
    )


def unnamed(cursor: "Connection", source: "Source", columns: "Sequence[Column]") -> list[Problem]:
    """Return the problems of columns that have no name."""
    problems = []
    blank = []
    for column in columns:
        if column.name:
            continue
        cell = column.cell
        [(count, row, value)] = cursor.execute(
            f"SELECT count(*), min(row), arg_min({cell}, row) FROM {source.name}"  # noqa: S608 - ours
            f" WHERE trim({cell}, {_sql(BLANK)}) <> ''"
        ).fetchall()
        if not count:
            blank.append(str(column.index + 1))
            continue
        message = (
            f"column {column.index + 1} has no name, so that its {count:,} values are left out"
        )
        hint = "name the column in the header"
        problems.append(
            problem(
                "column-unnamed",
                source.file,
                message,
                row=row,
                value=value,
                suggestion=hint,
                count=count,
            )
        )
    if blank:
        which = f"column {blank[0]} has" if len(blank) == 1 else f"columns {', '.join(blank)} have"
        message = f"{which} neither a name nor a value"
        problems.append(problem("column-blank", source.file, message))
    return problems
