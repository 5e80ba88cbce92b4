"""What queries find becomes a file, written by the engine: out of core, shown as it grows."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import duckdb

from clustergraph import progress
from clustergraph.errors import ClustergraphError
from clustergraph.iris import sql_text
from clustergraph.mapping import Piece

# What each thread works in, beside the tables, and at least as a share of those. Without a limit,
# the engine holds all that waits for the disk.
_ROOM = 1 << 29
_SHARE = 4
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")  # in which the engine tells a size: 18.8 GiB
_CHUNK = 1 << 26
# A file of plain lines: nothing is quoted, nothing separates.
LINES = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''"


def copy(
    connection: duckdb.DuckDBPyConnection, pieces: Sequence[Piece], path: Path, options: str = LINES
) -> int:
    """Write what all pieces find, one after the other, into a new file, and return how many rows.

    `options` are those of DuckDB's COPY; files of several pieces must be such as can follow each
    other. Raises ClustergraphError where the disk or the memory does not take it.
    """
    part = path.with_name(f"{path.name}.part")
    done = 0

    def share() -> float:
        return (done + max(connection.query_progress(), 0) / 100) / len(pieces)

    def size() -> int:
        return sum(each.stat().st_size for each in (path, part) if each.exists())

    def copied(piece: Piece, to: Path) -> int:
        for statement in piece.before:
            connection.execute(statement)
        statement = f"COPY ({piece.query}) TO {sql_text(str(to))} ({options})"
        with _room(connection), suppress(duckdb.OutOfMemoryException):
            return executed(connection, statement)
        return executed(connection, statement)  # what does not fit may have all there is

    first, *others = pieces
    try:
        with progress.stage(f"Writing {path.name}", share, size):
            rows = copied(first, path)
            with path.open("r+b") as file:
                for piece in others:
                    done += 1
                    rows += copied(piece, part)
                    _append(part, file)
                    part.unlink()
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        raise ClustergraphError(_cannot_write(path, error)) from error
    finally:
        part.unlink(missing_ok=True)
    return rows


def executed(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a COPY and return how many rows it wrote."""
    [(count,)] = connection.execute(statement).fetchall()
    return int(count)


@contextmanager
def _room(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the engine work in some room beside what it holds now, or in less where it has less."""
    [(held, limit, threads)] = connection.execute(
        "SELECT sum(memory_usage_bytes)::BIGINT, current_setting('memory_limit'),"
        " current_setting('threads') FROM duckdb_memory()"
    ).fetchall()
    room = held + max(_ROOM * threads, held // _SHARE)
    number, unit = limit.split()
    if float(number) * 1024.0 ** _UNITS.index(unit) <= room:
        yield
        return
    connection.execute(f"SET memory_limit = '{room} B'")
    try:
        yield
    finally:
        # The engine tells one decimal and cuts the others off: without more it would shrink.
        connection.execute(f"SET memory_limit = '{float(number) + 0.04:.2f} {unit}'")


def _append(part: Path, file: IO[bytes]) -> None:
    """Add the content of a part to a file; where the system can, without reading it."""
    with part.open("rb") as source:
        file.seek(0, os.SEEK_END)
        if not hasattr(os, "copy_file_range"):
            shutil.copyfileobj(source, file, _CHUNK)
            return
        while os.copy_file_range(source.fileno(), file.fileno(), _CHUNK):
            pass


def _cannot_write(path: Path, error: duckdb.Error | OSError) -> str:
    text = str(error).splitlines()[0]
    if "No space left" in text or "disk space" in text:
        return (
            f"The disk is full, so {path.name} could not be written; earlier output is as it was."
        )
    return f"{path.name} could not be written; earlier output is as it was. ({text})"
