"""Where the records of a file begin and end: what DuckDB may read itself, and a regular copy.

numpy finds the line ends, delimiters and quotation marks of a block at once and proves which
records are regular: as many cells as the header, every quotation mark in its place. A record that
is not is read by itself (see `cells`); from the first one on, a copy is written in which every
record is regular. A record of the copy is a row of the spreadsheet, blank rows included.
"""

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from clustergraph import progress
from clustergraph.errors import DataError, Problem
from clustergraph.reading.blocks import ENDS, LF, NONE, Scan, alike, holds_controls, lengths, scan
from clustergraph.reading.cells import Grammar, Reading
from clustergraph.reading.judging import Judge
from clustergraph.reading.lines import Lines, Place

if TYPE_CHECKING:
    from clustergraph.reading.blocks import Places

_LARGE = 1 << 20
_SMALL = 1 << 12
_LONGEST = 1 << 26  # no record is longer: what goes on for longer is a quote that never closes
_STREAK = 1024


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a file after its header, ready for DuckDB.

    The bytes stand in `path` after `skip` lines; `count` records in all, blank ones included, each
    ending in `newline`; `longest` bytes in the longest, `multiline` when a cell holds a line end,
    `controls` when one may hold a control character.
    """

    path: Path
    skip: int
    count: int
    newline: str
    longest: int
    multiline: bool
    controls: bool
    lines: Lines
    problems: list[Problem] = field(default_factory=list)
    surplus: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """What `records` reads: the text of a file from its first record after the header on.

    `newline` is how the header ends; `skip` the lines before the first record, or None when DuckDB
    cannot skip them by their number. `columns` are the header's names.
    """

    path: Path
    start: Place
    end: int
    file: str
    columns: tuple[str, ...]
    delimiter: str
    newline: int
    skip: int | None
    nulls: tuple[int, ...] = ()


def records(source: Source, target: Path) -> Records:
    """Return the records of a file; `target` is where a regular copy goes when one is needed."""
    walk = _Walk(source, target)

    def share() -> float:
        return walk.offset / max(source.end, 1)

    try:
        with progress.stage(f"Reading {source.file}", share, lambda: walk.offset):
            walk.run()
    finally:
        walk.close()
    return walk.found()


class _Walk:
    """One pass over a file, record by record where it must and block by block where it can."""

    def __init__(self, source: Source, target: Path) -> None:
        self.source = source
        self.target = target
        self.delimiter = source.delimiter.encode()
        self.grammar = Grammar(self.delimiter, len(source.columns))
        self.offset, self.row, self.line = source.start
        self.style = source.newline if source.newline in ENDS else LF
        self.input: BinaryIO = source.path.open("rb")
        self.copy: BinaryIO | None = None
        self.longest = 0
        self.multiline = False
        self.controls = False
        self.rows = array("q")
        self.extra = array("q")
        self.judge = Judge(source.file, source.columns, source.delimiter, source.nulls)
        self.streak = 1
        self.room = np.empty(_LARGE, np.bool_)

    def close(self) -> None:
        self.input.close()
        if self.copy is not None:
            self.copy.close()

    def found(self) -> Records:
        source = self.source
        lines = Lines(source.start.row, source.start.line, self.rows, self.extra)
        copied = self.copy is not None
        return Records(
            path=self.target if copied else source.path,
            skip=0 if copied else source.skip or 0,
            count=self.row - source.start.row,
            newline=ENDS[self.style].decode(),
            longest=self.longest,
            multiline=self.multiline,
            controls=self.controls,
            lines=lines,
            problems=self.judge.every_problem((self.row, self.line)),
            surplus=self.judge.surplus,
        )

    def run(self) -> None:
        source = self.source
        whole = source.path.stat().st_size == source.end
        if source.skip is None or source.newline not in ENDS or not whole:
            self._begin_copy()
        size = _LARGE
        while self.offset < source.end and not self.judge.hopeless:
            data, final = self._block(size)
            if not data:
                size *= 4
                continue
            room = self.room if len(data) <= _LARGE else None
            scanned = scan(data, self.delimiter[0], final=final, room=room)
            self.controls = self.controls or scanned.controls
            before = self.offset
            exact = self._take(data, scanned, final=final)
            if not exact:
                size = _SMALL
            elif scanned.fault is not None:
                self._streak(data[self.offset - before :], final=final)
                size = _SMALL
            elif self.offset > before:
                size = min(size * 2, _LARGE)
            elif final or len(data) >= _LONGEST - 1:
                self._one(data, final=final)
                size = _SMALL
            else:
                size = len(data) * 4

    def _block(self, size: int) -> tuple[bytes, bool]:
        """Return the next bytes, and whether they are the last; never half of a CR LF."""
        size = min(size, self.source.end - self.offset, _LONGEST)
        self.input.seek(self.offset)
        data = self.input.read(size)
        final = self.offset + len(data) >= self.source.end
        if not final and data.endswith(b"\r"):
            data = data[:-1]
        return data, final

    def _take(self, data: bytes, scanned: Scan, *, final: bool) -> bool:
        """Take the records of a block; False when one of them ends elsewhere than it seemed to."""
        base, done = self.offset, 0
        irregular = np.flatnonzero(scanned.counts != self.grammar.width).tolist()
        for index in irregular:
            if index > done:
                self._clean(data, base, scanned, slice(done, index))
            start = self.offset - base
            reading = self.grammar.reading(data, start, final=final)
            if reading is None:
                self._one(data[start:], final=final)
                return False
            self._irregular(data, start, reading)
            if reading.end != scanned.ends[index]:
                return False
            done = index + 1
        if done < len(scanned.ends):
            self._clean(data, base, scanned, slice(done, len(scanned.ends)))
        return True

    def _streak(self, data: bytes, *, final: bool) -> None:
        """Read a record with wrong quotation marks, and as many after it as are likely wrong."""
        start = 0
        wrong = 0
        for _ in range(self.streak + 1):
            reading = self.grammar.reading(data, start, final=final)
            if reading is None:
                break
            plain = b'"' not in data[start : reading.end]
            self._irregular(data, start, reading)
            wrong += not plain
            start = reading.end
            if start >= len(data):
                break
        if start == 0:
            self._one(data, final=final)
        self.streak = min(self.streak * 2, _STREAK) if wrong > 1 else max(self.streak // 2, 1)

    def _one(self, data: bytes, *, final: bool) -> None:
        """Read one record, with as many more bytes as that takes."""
        size = max(len(data), _SMALL)
        while (reading := self.grammar.reading(data, 0, final=final)) is None:
            size *= 4
            data, final = self._block(size)
            if not final and len(data) >= _LONGEST - 1:
                reading = self.grammar.reading(data, 0, final=True)
                break
        if reading is None or (reading.opened is None and reading.end >= _LONGEST - 1):
            message = f"the row goes on for more than {_LONGEST >> 20} MB: this is no table of text"
            self.judge.tell("file-format", message, (self.row, self.line))
            raise DataError(self.judge.every_problem((self.row, self.line)))
        self._irregular(data, 0, reading)

    def _clean(self, data: bytes, base: int, scanned: Scan, part: slice) -> None:
        """Take the regular records of one part of a block."""
        ends, lines, kinds = scanned.ends[part], scanned.lines[part], scanned.kinds[part]
        start, stop = self.offset - base, int(ends[-1])
        odd = (kinds != self.style) & (kinds != NONE)
        mixed = bool(odd.any())
        if mixed and self.copy is None:
            self._begin_copy()
        if self.copy is not None:
            piece = data[start:stop]
            self.copy.write(alike(piece, ends - start, kinds, self.style) if mixed else piece)
            if kinds[-1] == NONE:
                self.copy.write(ENDS[self.style])
        self.longest = max(self.longest, int(lengths(ends, start).max()))
        if self.judge.has_null_before(base + stop):
            firsts = self.line + np.cumsum(lines) - lines
            self.judge.tell_nulls(base + ends, self.row, firsts)
        total = int(lines.sum())
        if total > len(ends):
            several = np.flatnonzero(lines > 1)
            self._note_lines(self.row + several, lines[several] - 1)
            self.multiline = True
        self.row += len(ends)
        self.line += total
        self.offset = base + stop

    def _irregular(self, data: bytes, start: int, reading: Reading) -> None:
        """Take one record that was read by itself."""
        if self.copy is None:
            self._begin_copy()
        assert self.copy is not None  # noqa: S101 - it was begun
        cells = self.judge.cells(reading, (self.row, self.line))
        written = self.delimiter.join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells)
        written += ENDS[self.style]
        self.copy.write(written)
        self.longest = max(self.longest, len(written))
        self.multiline = self.multiline or b"\n" in written[:-2] or b"\r" in written[:-2]
        length = reading.end - start
        record = data[start : reading.end]
        self.controls = self.controls or holds_controls(record)
        lines = record.count(b"\n") + record.count(b"\r") - record.count(b"\r\n")
        lines += not record.endswith((b"\n", b"\r"))
        if self.judge.has_null_before(self.offset + length):
            ends = np.array([self.offset + length])
            self.judge.tell_nulls(ends, self.row, np.array([self.line]))
        if lines > 1:
            self._note_lines(np.array([self.row]), np.array([lines - 1]))
        self.row += 1
        self.line += lines
        self.offset += length

    def _note_lines(self, rows: "Places", more: "Places") -> None:
        """Remember that these rows have so many lines more than one."""
        before = self.extra[-1] if self.extra else 0
        self.rows.frombytes(rows.astype(np.int64).tobytes())
        self.extra.frombytes((before + np.cumsum(more)).astype(np.int64).tobytes())

    def _begin_copy(self) -> None:
        """Write what was read so far, all of it regular, to the copy."""
        self.copy = self.target.open("wb")
        start = self.source.start.offset
        with self.source.path.open("rb") as stream:
            stream.seek(start)
            left = self.offset - start
            while left and (data := stream.read(min(left, 1 << 20))):
                left -= self.copy.write(data)
