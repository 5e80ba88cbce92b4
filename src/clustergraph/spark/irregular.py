"""Records that are not one regular line each: read with care, one by one, on the driver.

They are what `reading.records` takes one by one too: rows with too few or too many cells, cells
with line ends, wrong quotation marks, NULs. They come with the lines after them into which they may
go on, and are read by the same code, with the same problems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clustergraph.errors import DataError, Problem, Severity
from clustergraph.reading import records
from clustergraph.reading.cells import Grammar
from clustergraph.reading.lines import Lines, Place

if TYPE_CHECKING:
    from clustergraph.reading.headers import Header

SPAN = 100  # lines after one that is irregular, into which it may go on


@dataclass(slots=True)
class Mended:
    """What became of the irregular lines of a file.

    `rows` holds the row and the cells of each record that was made of them, `taken` the numbers of
    the lines it was made of; `shifts` tells after which line rows are numbered otherwise, and by
    how many in all.
    """

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    shifts: list[tuple[int, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    surplus: dict[int, int] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)


class _Stretch(NamedTuple):
    """Lines of which the first begins a record and the last ends one: the first, text, count."""

    first: int
    data: bytes
    lines: int


def mended(
    found: Mapping[int, bytes], irregular: set[int], header: "Header", file: str, folder: Path
) -> Mended:
    """Return the records of the irregular lines, read like those of a file on one machine.

    `found` holds these lines and those after them, by number. Raises DataError where they cannot
    be read.
    """
    made = Mended()
    rows: list[int] = []
    extra: list[int] = []
    shift = 0
    base = header.first.row - header.first.line
    for stretch in _stretches(found, irregular, header):
        row = stretch.first + base + shift
        more = extra[-1] if extra else 0
        start = Place(0, row, row - base + more)
        read = _read(stretch, start, header, file, folder)
        made.rows += _cells(read, row, header)
        made.taken += range(stretch.first, stretch.first + stretch.lines)
        made.problems += read.problems
        made.surplus |= read.surplus
        rows += read.lines.rows
        extra += [more + count for count in read.lines.extra]
        shift += read.count - stretch.lines
        made.shifts.append((stretch.first, shift))
    made.lines = Lines(header.first.row, header.first.line, rows, extra)
    if any(told.severity is Severity.ERROR for told in made.problems):
        raise DataError(made.problems)
    return made


def _stretches(
    found: Mapping[int, bytes], irregular: set[int], header: "Header"
) -> Iterator[_Stretch]:
    grammar = Grammar(header.delimiter.encode(), len(header.columns))
    done = 0
    for first in sorted(irregular):
        if first < done:
            continue
        last = first
        while last + 1 in found:
            last += 1
        data = b"".join(found[line] + b"\n" for line in range(first, last + 1))
        end, line = 0, first
        while line in irregular:
            reading = grammar.reading(data, end, final=True)
            if reading is None or reading.opened is not None:
                end, line = len(data), last + 1
                break
            line += data.count(b"\n", end, reading.end)
            end = reading.end
        done = line
        yield _Stretch(first, data[:end], line - first)


def _read(
    stretch: _Stretch, start: Place, header: "Header", file: str, folder: Path
) -> records.Records:
    path = folder / f"{file}.stretch"
    path.write_bytes(stretch.data.replace(b"\0", b""))
    before = list(accumulate(map(len, stretch.data.split(b"\0"))))
    source = records.Source(
        path,
        start,
        before[-1],
        file,
        tuple(column.name for column in header.columns),
        header.delimiter,
        header.newline,
        0,
        tuple(dict.fromkeys(before[:-1])),
    )
    return records.records(source, folder / f"{file}.regular")


def _cells(read: records.Records, row: int, header: "Header") -> Iterator[tuple[int, list[str]]]:
    grammar = Grammar(header.delimiter.encode(), len(header.columns))
    data, end = read.path.read_bytes(), 0
    for number in range(read.count):
        cells, end, _ = grammar.strict(data, end)
        yield row + number, [cell.decode() for cell in cells]
