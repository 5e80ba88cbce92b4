"""What a file is where it is no table of plain text: packed, a workbook, a web page, binary."""

import gzip
import re
import zlib
from pathlib import Path

from clustergraph.errors import DataError, problem

_STRAY = 0.05  # fewer NULs than this are told of one by one
_BINARY = 0.3

_FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "gzip-compressed", "unpack it, or name it {stem}.csv.gz"),
    (b"PK\x03\x04", "a spreadsheet or another zip file", "open it and save it as 'CSV UTF-8'"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "open it and save it as 'CSV UTF-8'"),
    (b"%PDF-", "a PDF document", "export the table itself as CSV"),
    (b"PAR1", "a Parquet file", "export it as CSV, or read it into a data frame"),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"BZh", "bzip2-compressed", "unpack it"),
    (b"\xfd7zXZ\0", "xz-compressed", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "unpack it"),
    (b"{\\rtf", "a rich text document", "save the table itself as CSV"),
)
_PAGE = re.compile(rb"\s*<(!doctype html|html|\?xml)\b", re.IGNORECASE)


def unpacked(path: Path, target: Path) -> Path:
    """Return the content of a gzip file, written to `target`; DataError where it is not whole."""
    try:
        with gzip.open(path) as packed, target.open("wb") as unpacked:
            while block := packed.read(1 << 20):
                unpacked.write(block)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"the file is not whole gzip data ({error})"
        raise DataError(
            [problem("file-format", path.name, message, suggestion="pack or fetch it again")]
        ) from None
    return target


def refuse_other_formats(path: Path, head: bytes) -> None:
    """Raise DataError where a file that begins so is empty or in a format that is no text."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n\x1a"):
        message = "the file is empty: it has not even a header"
        raise DataError([problem("file-empty", path.name, message)])
    for magic, what, advice in _FORMATS:
        if head.startswith(magic):
            hint = advice.format(stem=path.name.removesuffix(".gz").removesuffix(".csv"))
            message = f"the file is {what}, not a table of text"
            raise DataError([problem("file-format", path.name, message, suggestion=hint)])
    if _PAGE.match(head):
        message = "the file is a web page or XML, not a table of text"
        hint = "fetch or export the CSV itself"
        raise DataError([problem("file-format", path.name, message, suggestion=hint)])


def refuse_unmarked_utf_16(path: Path, table: str, head: bytes) -> None:
    """Raise DataError where a file that begins so is UTF-16 that does not say so, or binary."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    share = (even + odd) / len(head)
    if share < _STRAY:
        return
    for name, nulls, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if others < nulls / 10:
            raise DataError(
                [
                    problem(
                        "encoding-unreadable",
                        path.name,
                        "the file looks like UTF-16 without its byte order mark",
                        suggestion=f"use --encoding {table}={name}, or save it as UTF-8",
                    )
                ]
            )
    if share > _BINARY:
        message = f"{share:.0%} of the first bytes are NUL: the file is not a table of text"
        raise DataError([problem("file-format", path.name, message)])
