"""The lines of a file, numbered as they stand in it, though each worker reads a part of it.

A file is read in blocks. Within one, Spark numbers the rows in their order; how many there are in
the blocks before has to be counted first. The same blocks are read each time, so a line that is
read again, because a worker was lost, has the same number.
"""

from typing import TYPE_CHECKING

from clustergraph.errors import SourceError
from clustergraph.spark.engine import NUMBER, frame

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_HEAD = 1000
# What Java calls the encodings in which a line end is the byte that it is in ASCII.
CHARSETS = {
    "utf-8": "UTF-8", "gb18030": "GB18030", "big5": "Big5", "cp950": "x-windows-950",
    "big5hkscs": "Big5-HKSCS", "latin-1": "ISO-8859-1", "cp1250": "windows-1250",
    "cp1251": "windows-1251", "cp1252": "windows-1252", "koi8_r": "KOI8-R",
    "cp932": "windows-31j", "euc_jp": "EUC-JP", "cp949": "x-windows-949",
}  # fmt: skip


def head(session: "SparkSession", path: str) -> bytes:
    """Return the first lines of a file, as the bytes they are."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - heavy

    first = _read(session, path).where("start = 0").limit(_HEAD)
    rows = first.select(f.col("value").cast("binary")).collect()
    return b"".join(bytes(row[0]) + b"\n" for row in rows)


def texts(session: "SparkSession", path: str, encoding: str) -> "DataFrame":
    """Return a file's lines where they are read: `file`, `start`, `place`, `text`, `misread`.

    The text keeps the CR of a CR LF. It is `misread` where it is no text in the encoding.
    """
    text, misread = _decoded(encoding)
    kept = ("file", "start", "place")
    return _read(session, path).select(*kept, text.alias("text"), misread.alias("misread"))


def numbered(path: str, lines: "DataFrame") -> "tuple[DataFrame, int, int]":
    """Return lines with their number, `line` (from 1), how many there are, and how many are odd.

    Odd are those that are `misread` or have no `cells`. Raises SourceError where the path is a
    folder of several files.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415 - heavy

    found = (
        lines.groupBy("file", "start")
        .agg(
            f.min("place").alias("first"),
            f.count("*").alias("count"),
            f.count_if(f.col("misread") | f.col("cells").isNull()).alias("odd"),
        )
        .collect()
    )
    if len({block["file"] for block in found}) > 1:
        raise SourceError(f"{path} is a folder of several files; only of Parquet may it be one")
    before, blocks = 0, []
    for block in sorted(found, key=lambda row: row["start"]):
        blocks.append((block["start"], before + 1 - block["first"]))
        before += block["count"]
    offsets = frame(lines.sparkSession, blocks, start=NUMBER, offset=NUMBER)
    made = lines.join(f.broadcast(offsets), "start").selectExpr(
        "place + offset AS line", "text", "misread", "cells"
    )
    return made, before, sum(block["odd"] for block in found)


def _read(session: "SparkSession", path: str) -> "DataFrame":
    lines = session.read.option("lineSep", "\n").text(path)
    return lines.selectExpr(
        "value",
        "_metadata.file_path AS file",
        "_metadata.file_block_start AS start",
        "monotonically_increasing_id() AS place",
    )


def _decoded(encoding: str) -> "tuple[Column, Column]":
    """Return the text of a line, and whether it is none in this encoding."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - heavy

    value = f.col("value")
    if encoding == "utf-8":
        return value, ~f.is_valid_utf8(value)
    text = f.decode(value.cast("binary"), CHARSETS[encoding])
    return text, f.contains(text, f.lit("\ufffd"))
