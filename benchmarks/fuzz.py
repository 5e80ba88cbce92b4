"""Files that nobody meant, read for as long as asked: no traceback, no hang, no lost cell.

`python benchmarks/fuzz.py [--minutes N] [--seed N]` lets Hypothesis make pairs of tables and reads
them with `clustergraph.tables`. Three kinds are made:

- *sound* tables, written by Python's csv module in any dialect and encoding: every cell has to come
  back as it was;
- *broken* ones, the same with marks, line ends and odd bytes put into them: whatever the reader
  makes of them, each of the numbered words in the file has to be in a cell, unless surplus cells of
  a row were told of; a second reader, a regular expression, says which words are there;
- *workbooks* with bytes changed: a DataError, or tables.

Anything but a DataError or a SourceError is a bug. Hypothesis makes the file small and prints it.
"""

import argparse
import csv
import faulthandler
import io
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from clustergraph import tables
from clustergraph.errors import DataError, SourceError

_HANG = 120  # seconds
_HEADERS = {
    "entities": ("id", "type", "name", "note"),
    "relations": ("source", "relation", "target", "note"),
}
_WORD = re.compile("w[0-9]+x")
_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030")
_TEXTS = st.text(st.sampled_from("ab z,;\t|'\"\n\r-=é石药集团😀\u3000\u200b.0"), max_size=8)
_BREAKS = (
    *(b'"', b'""', b",", b"\n", b"\r", b"\r\n", b'"\n', b'",', b',"', b";", b"\t", b" "),
    *(b"\0", b"\x1a", b"\xff", b"\xe7\x9f", b"\xef\xbb\xbf", b"sep=;\n", b'"a\nb"'),
)
read: Counter[str] = Counter()

Rows = list[list[str]]


def rows(width: int) -> st.SearchStrategy[Rows]:
    """Return a strategy for rows of text."""
    return st.lists(st.lists(_TEXTS, min_size=width, max_size=width), max_size=12)


def numbered(found: Rows) -> Rows:
    """Return the rows with a word of its own at the end of each cell, so that none is empty."""
    return [
        [f"{cell}w{at * len(row) + place}x" for place, cell in enumerate(row)]
        for at, row in enumerate(found)
    ]


def written(header: Sequence[str], found: Rows, delimiter: str, end: str, *, quoted: bool) -> str:
    """Return a table as Python's csv module writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_MINIMAL)
    if quoted or any("\r" in cell for row in found for cell in row):  # it leaves these bare
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(found)
    return out.getvalue()


def cells(table: tables.Table, both: tables.Tables) -> Rows:
    """Return what was read."""
    names = ", ".join(column.cell for column in table.columns)
    query = f"SELECT {names} FROM {table.name} ORDER BY row"  # noqa: S608 - our names
    return [list(row) for row in both.connection.execute(query).fetchall()]


def sound(draw: st.DataObject, folder: Path) -> None:
    """Read tables that are as they should be, and compare every cell."""
    dialect = {
        "delimiter": draw.draw(st.sampled_from([",", ";", "\t", "|"])),
        "end": draw.draw(st.sampled_from(["\n", "\r\n"])),
    }
    quoted, encoding = draw.draw(st.booleans()), draw.draw(st.sampled_from(_ENCODINGS))
    expected = {}
    for name, header in _HEADERS.items():
        expected[name] = numbered(draw.draw(rows(len(header))))
        text = written(header, expected[name], **dialect, quoted=quoted)
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    both = tables.read(folder, encoding="gb18030" if encoding == "gb18030" else None)
    for table in both:
        assert cells(table, both) == expected[table.name], table.file
        assert table.blank == 0, table.file


def broken(draw: st.DataObject, folder: Path) -> None:
    """Read tables with something wrong in them, and look for every word."""
    for name, header in _HEADERS.items():
        found = numbered(draw.draw(rows(len(header))))
        data = bytearray(
            written(header, found, ",", "\n", quoted=draw.draw(st.booleans())).encode()
        )
        for _ in range(draw.draw(st.integers(0, 6))):
            place = draw.draw(st.integers(0, len(data)))
            cut = draw.draw(st.integers(0, 2))
            data[place : place + cut] = draw.draw(st.sampled_from(_BREAKS))
        (folder / f"{name}.csv").write_bytes(bytes(data))
    both = tables.read(folder)
    surplus = {p.file for p in both.problems if p.code in {"row-long", "column-unnamed"}}
    for table in both:
        if table.file in surplus or table.path is None or table.encoding is None:
            continue
        text = table.path.read_bytes().decode(table.encoding, errors="replace").replace("\0", "")
        kept = "\n".join(cell for row in [[c.name for c in table.columns], *cells(table, both)]
                         for cell in row)  # fmt: skip
        lost = Counter(_WORD.findall(text)) - Counter(_WORD.findall(kept))
        assert not lost, (table.file, lost)


@cache
def whole() -> bytes:
    """Return a workbook, the same one in a run."""
    book = Workbook()
    for name, header in _HEADERS.items():
        sheet = book.create_sheet(name)
        sheet.append(header)
        sheet.append([f"{name} {n}" for n in range(len(header))])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(draw: st.DataObject, folder: Path) -> None:
    """Read a workbook with some of its bytes changed."""
    data = bytearray(whole())
    for _ in range(draw.draw(st.integers(0, 8))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    end = draw.draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))
    path = folder / "book.xlsx"
    path.write_bytes(data[:end])
    tables.read(path)


def once(draw: st.DataObject) -> None:
    """Make one pair of tables and read it."""
    kind = draw.draw(st.sampled_from([sound, broken, broken, broken, workbook]))
    faulthandler.dump_traceback_later(_HANG, exit=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        try:
            kind(draw, Path(name))
        except DataError:
            assert kind is not sound
            read[f"{kind.__name__}, refused"] += 1
        except SourceError as error:
            raise AssertionError from error
        else:
            read[kind.__name__] += 1
    faulthandler.cancel_dump_traceback_later()


def main() -> None:
    """Read for as long as asked, and print how many pairs of tables were read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    profile = settings(
        max_examples=200,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    number = asked.seed
    while time.monotonic() < end:
        seed(number)(profile(given(st.data())(once)))()
        number += 1
    print(f"seeds {asked.seed} to {number - 1}, {read.total():,} pairs of tables, no fault:")
    for kind, count in sorted(read.items()):
        print(f"{count:8,} {kind}")


if __name__ == "__main__":
    main()
