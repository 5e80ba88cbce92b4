"""The two tables, read by Spark's workers: every cell as the text it was, and the row it is of.

A line that is a regular record, and nearly all are, is taken apart where it is read. The others
come to the driver and are read with care (`irregular`).
"""

import codecs
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped] # it has none

from clustergraph import check
from clustergraph.check import Checked
from clustergraph.checking.policy import Policy
from clustergraph.errors import DataError, Problem, Problems, Severity, SourceError, problem
from clustergraph.reading import encodings, headers
from clustergraph.reading.blocks import CR
from clustergraph.reading.columns import columns, faults
from clustergraph.reading.digests import Digest
from clustergraph.reading.loading import sql_blank, unnamed
from clustergraph.reading.sources import NAMES, Source
from clustergraph.spark import cells, dialect, irregular, lines, paths
from clustergraph.spark.engine import NUMBER, TEXT, TEXTS, Connection, fit, frame
from clustergraph.spark.irregular import SPAN, Mended
from clustergraph.tables import Table, Tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from clustergraph.reading.columns import Column
    from clustergraph.reading.headers import Header

ENDINGS = (".csv", ".csv.gz", ".parquet")
_IRREGULAR = 1_000_000  # lines that a driver may read by itself
_BUCKET = 1 << 16


class _Cells(NamedTuple):
    """The cells of a table as they were read: `row`, `c0`, `c1` ..., and what is known of them."""

    frame: "DataFrame"
    columns: "tuple[Column, ...]"
    problems: list[Problem]
    header: "Header | None" = None
    text: encodings.Text | None = None
    mended: Mended | None = None


def read(  # noqa: PLR0913 - where the tables are, how they are written, what they mean
    session: "SparkSession",
    source: str,
    *,
    encoding: Mapping[str, str] | None = None,
    delimiter: Mapping[str, str] | None = None,
    vocabulary: str | Path | Sequence[str | Path] | None = None,
    base: str | None = None,
    policy: Policy | None = None,
) -> Checked:
    """Return the tables of a folder, read and checked by Spark: `clustergraph.read` on a cluster.

    `source` is on any file system that Spark reads, and holds `entities` and `relations`, each as
    `.csv`, `.csv.gz` or `.parquet`. `encoding` and `delimiter` are for one table each:
    `{"entities": "gb18030"}`. The rest is as for `clustergraph.read`; a vocabulary and a baseline
    beside the tables are found on this machine only.

    Raises SourceError when a file is not there, and DataError, with all problems of both files,
    when one cannot be read at all.
    """
    known, weighed = check.settings(paths.local(source), vocabulary, policy)
    found = tables(session, source, encoding=encoding, delimiter=delimiter)
    return check.check(found, vocabulary=known, base=base, policy=weighed)


def tables(
    session: "SparkSession",
    source: str,
    *,
    encoding: Mapping[str, str] | None = None,
    delimiter: Mapping[str, str] | None = None,
) -> Tables:
    """Return the two tables of a folder; see `read`."""
    found = {name: _located(session, source, name) for name in NAMES}
    folder = Path(tempfile.mkdtemp(prefix="clustergraph-"))
    connection = Connection(session, folder)
    made: list[Table] = []
    problems = Problems()
    for name, path in found.items():
        given = Source(name, path, (encoding or {}).get(name), (delimiter or {}).get(name))
        reader = _parquet if path.endswith(".parquet") else _csv
        try:
            table, told = _settled(connection, given, reader(session, given, folder))
        except DataError as error:
            problems += error.problems
        else:
            made.append(table)
            problems += told
    if problems.of(Severity.ERROR):
        connection.close()
        raise DataError(problems)
    entities, relations = made
    fit(session, entities.rows + relations.rows)
    return Tables(connection, entities, relations, problems, folder)


def _located(session: "SparkSession", source: str, name: str) -> str:
    places = [f"{paths.address(source).rstrip('/')}/{name}{ending}" for ending in ENDINGS]
    there = [place for place in places if paths.exists(session, place)]
    if not there:
        raise SourceError(f"{places[0]}: there is no such file")
    if len(there) > 1:
        raise SourceError(f"{there[0]} and {there[1]} are both there: keep one of them")
    return there[0]


def _file(source: Source) -> str:
    return str(source.given).rpartition("/")[2]


def _csv(session: "SparkSession", source: Source, folder: Path) -> _Cells:
    file = _file(source)
    text, header = _top(session, source, folder / file.removesuffix(".gz"))
    path = str(source.given)
    read = cells.split(
        lines.texts(session, path, text.encoding), header.delimiter, len(header.columns)
    )
    found, count, odd = lines.numbered(path, read)
    if any(told.code == "file-end-mark" for told in text.problems):
        found = found.where(f"line < {count} OR text <> {dialect.text(chr(0x1A))}")
    parsed = found.where(f"line >= {header.first.line}")
    mended = _mended(parsed if odd else None, header, source, folder)
    regular = parsed.where("cells IS NOT NULL").select("line", "cells")
    if mended.taken:
        taken = frame(session, ((line,) for line in mended.taken), line=NUMBER)
        regular = regular.join(taken, "line", "left_anti")
    rows = _rows(regular, header, mended.shifts, count)
    if mended.rows:
        rows = rows.union(frame(session, mended.rows, row=NUMBER, cells=TEXTS))
    named = (f"cells[{column.index}] AS {column.cell}" for column in header.columns)
    problems = [*text.problems, *header.problems, *mended.problems]
    return _Cells(rows.selectExpr("row", *named), header.columns, problems, header, text, mended)


def _top(session: "SparkSession", source: Source, copy: Path) -> "tuple[encodings.Text, Header]":
    """Return the encoding and the header of a file, found in its first lines."""
    delimiter = None if source.delimiter is None else headers.named(source.delimiter)
    top = lines.head(session, str(source.given))
    text = None
    if not top.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        copy.write_bytes(top)
        text = encodings.text(copy, source.name, source.encoding, copy.parent)
    if text is None or text.encoding not in lines.CHARSETS:
        message = "Spark cannot read this encoding line by line"
        hint = f"save the file as UTF-8, or in one of {', '.join(lines.CHARSETS)}"
        raise DataError([problem("encoding-unreadable", _file(source), message, suggestion=hint)])
    if text.certainty in {encodings.LIKELY, encodings.UNSURE}:
        message = "the file is not UTF-8, and on Spark no encoding is guessed"
        hint = f"name it: --encoding {source.name}={text.encoding}, if that is right"
        raise DataError([problem("encoding-unreadable", _file(source), message, suggestion=hint)])
    header = headers.header(text, source.name, _file(source), delimiter)
    if header.newline == CR:
        message = "the lines end in CR, and Spark finds them by their LF"
        hint = "save the file anew, with the line ends of today"
        raise DataError([problem("file-format", _file(source), message, suggestion=hint)])
    return text, header


def _mended(parsed: "DataFrame | None", header: "Header", source: Source, folder: Path) -> Mended:
    """Return what becomes of the lines that are no regular records, where there are any."""
    file = _file(source)
    if parsed is None:
        return irregular.mended({}, set(), header, file, folder)
    odd = parsed.where("cells IS NULL OR misread").select("line", "misread")
    found = odd.limit(_IRREGULAR + 1).collect()
    if misread := [row["line"] for row in found if row["misread"]]:
        message = f"line {min(misread)} is not text in the file's encoding"
        hint = f"name the encoding: --encoding {source.name}=..., such as gb18030 or cp1252"
        raise DataError([problem("encoding-unreadable", file, message, suggestion=hint)])
    if len(found) > _IRREGULAR:
        message = f"more than {_IRREGULAR:,} rows have not the {len(header.columns)} cells of the"
        hint = "mend the header, or name the delimiter: --delimiter"
        raise DataError([problem("file-format", file, f"{message} header", suggestion=hint)])
    irregular_lines = {row["line"] for row in found}
    texts: dict[int, bytes] = {}
    if irregular_lines:
        near = odd.selectExpr(f"explode(sequence(line, line + {SPAN})) AS line").distinct()
        rows = parsed.join(near, "line", "left_semi").selectExpr("line", "encode(text, 'UTF-8')")
        texts = {row[0]: bytes(row[1]) for row in rows.collect()}
    return irregular.mended(texts, irregular_lines, header, file, folder)


def _rows(
    regular: "DataFrame", header: "Header", shifts: list[tuple[int, int]], count: int
) -> "DataFrame":
    """Return the records with their rows; `shifts` tells where these leave the lines' numbers."""
    base = header.first.row - header.first.line
    if not any(shift for _, shift in shifts):
        return regular.selectExpr(f"line + {base} AS row", "cells")
    buckets: list[tuple[int, int, list[int], list[int]]] = []
    at = before = 0
    for bucket in range(count // _BUCKET + 1):
        first = at
        while at < len(shifts) and shifts[at][0] // _BUCKET == bucket:
            at += 1
        after = shifts[first:at]
        buckets.append((bucket, before, [line for line, _ in after], [by for _, by in after]))
        before = shifts[at - 1][1] if at else 0
    numbers = pa.list_(NUMBER)
    table = frame(
        regular.sparkSession, buckets, bucket=NUMBER, before=NUMBER, after=numbers, by=numbers
    ).hint("broadcast")
    last = "try_element_at(by, nullif(size(filter(after, l -> l < line)), 0))"
    return (
        regular.selectExpr("line", "cells", f"line DIV {_BUCKET} AS bucket")
        .join(table, "bucket")
        .selectExpr(f"line + {base} + coalesce({last}, before) AS row", "cells")
    )


def _parquet(session: "SparkSession", source: Source, folder: Path) -> _Cells:
    _ = folder
    held = session.read.parquet(str(source.given))
    header = columns(held.columns)
    problems = faults(source.name, _file(source), header)
    if any(told.severity is Severity.ERROR for told in problems):
        raise DataError(problems)
    counted = held.selectExpr("_metadata.file_path AS path").groupBy("path").count().collect()
    before, files = 2, []
    for row in sorted(counted, key=lambda row: row["path"]):
        files.append((row["path"], before))
        before += row["count"]
    offsets = frame(session, files, file=TEXT, before=NUMBER).hint("broadcast")
    nul = dialect.text("\0")
    texts = (
        f"replace(coalesce(CAST(`{name.replace('`', '``')}` AS STRING), ''), {nul}, '') AS c{index}"
        for index, name in enumerate(held.columns)
    )
    placed = held.selectExpr("_metadata.file_path AS file", "_metadata.row_index AS at", *texts)
    rows = placed.join(offsets, "file").selectExpr(
        "before + at AS row", *(column.cell for column in header)
    )
    return _Cells(rows, header, problems)


def _settled(connection: Connection, source: Source, read: _Cells) -> tuple[Table, list[Problem]]:
    """Keep the rows that are not blank, and return the table."""
    connection.keep(f"{source.name}_cells", read.frame)
    blank = sql_blank([column.cell for column in read.columns])
    [(total, blanks)] = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {blank}) FROM {source.name}_cells"
    ).fetchall()
    kept = f"NOT ({blank})" if blanks else "true"
    rows = connection.select(f"SELECT * FROM {source.name}_cells WHERE {kept}")
    connection.show(source.name, rows)
    named = Source(source.name, Path(_file(source)))
    problems = [*read.problems, *unnamed(connection, named, read.columns)]
    if total == blanks:
        message = "the table has a header and no rows"
        problems.append(problem("table-empty", named.file, message))
    text, mended = read.text, read.mended
    path = paths.local(str(source.given))
    table = Table(
        source.name,
        named.file,
        path,
        text.encoding if text else None,
        text.certainty if text else None,
        read.header.delimiter if read.header else None,
        read.columns,
        total - blanks,
        blanks,
        mended.surplus if mended else {},
        mended.lines if mended else None,
        at_once=True,
        # Of a file elsewhere: a driver would have to fetch it.
        digest=Digest(path) if path and path.is_file() else None,
    )
    return table, problems
