"""Where the records of a file begin and end: what DuckDB may read itself, and a regular copy.

numpy finds the line ends, delimiters and quotation marks of a block at once and proves which
records are regular: as many cells as the header, every quotation mark in its place. A record that
is not is read by itself (see `cells`); from the first one on, a copy is written in which every
record is regular. A record of the copy is a row of the spreadsheet, blank rows included.
"""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from clustergraph import progress
from clustergraph.errors import DataError, Problem, problem
from clustergraph.reading.blocks import ENDS, LF, NONE, Scan, alike, holds_controls, lengths, scan
from clustergraph.reading.cells import Grammar, Reading
from clustergraph.reading.lines import Lines, Place

if TYPE_CHECKING:
    from clustergraph.reading.blocks import Places

_LARGE = 1 << 20
_SMALL = 1 << 12
_LONGEST = 1 << 26  # no record is longer: what goes on for longer is a quote that never closes
_TOLD = 10_000  # problems of one kind that are told one by one
_SHOWN = 60
_NAMES = 3
_STREAK = 1024
# A row that holds nothing but these is blank.
BLANK = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u200b\u2028\u2029\u202f\u3000\ufeff"


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
        self.problems: list[Problem] = []
        self.told: Counter[str] = Counter()
        self.surplus: dict[int, int] = {}
        self.nulls = list(reversed(source.nulls))
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
            problems=self._every_problem(),
            surplus=self.surplus,
        )

    def run(self) -> None:
        source = self.source
        whole = source.path.stat().st_size == source.end
        if source.skip is None or source.newline not in ENDS or not whole:
            self._begin_copy()
        size = _LARGE
        while self.offset < source.end and not self._hopeless():
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
            self._tell("file-format", message)
            raise DataError(self._every_problem())
        self._irregular(data, 0, reading)

    def _hopeless(self) -> bool:
        """Return whether the file cannot be read and enough has been said about why."""
        return self.told["quote-open"] > 0 and self.told.total() > _TOLD

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
        if self.nulls and self.nulls[-1] < base + stop:
            self._tell_nulls(base + ends, self.line + np.cumsum(lines) - lines)
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
        cells = self._judged(reading)
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
        if self.nulls and self.nulls[-1] < self.offset + length:
            self._tell_nulls(np.array([self.offset + length]), np.array([self.line]))
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

    def _judged(self, reading: Reading) -> list[bytes]:
        """Return as many cells as the header has, telling what was wrong."""
        cells, width = reading.cells, self.grammar.width
        shown = [cell.decode() for cell in cells]
        if not any(cell.strip(BLANK) for cell in shown):
            return [b""] * width
        self._judge_quotes(reading, shown)
        columns = self.source.columns
        if len(cells) < width:
            absent = columns[len(cells) :]
            names = ", ".join(f"'{name}'" for name in absent[:_NAMES] if name)
            more = f" and {len(absent) - _NAMES} more" if len(absent) > _NAMES else ""
            left = f": nothing is in {names}{more}" if names else ""
            self._tell("row-short", f"the row has {len(cells)} of {width} cells{left}")
        surplus = [cell for cell in shown[width:] if cell.strip(BLANK)]
        if surplus:
            self.surplus[self.row] = len(surplus)
            self._tell(
                "row-long",
                f"the row has {len(cells)} cells, the header {width}: "
                "what is beyond the last column was left out",
                value=_short(self.source.delimiter.join(shown[width:])),
                suggestion="put quotation marks around a cell that holds the delimiter",
            )
        return [*cells[:width], *[b""] * (width - len(cells))]

    def _judge_quotes(self, reading: Reading, shown: list[str]) -> None:
        if reading.opened is not None:
            self._tell(
                "quote-open",
                "a quotation mark opens here and never closes, so that it would swallow the rows "
                "below",
                column=self._column(reading.opened),
                value=_short(shown[reading.opened]),
                suggestion='close it, or write it twice ("") where it is part of the text',
            )
        elif reading.unescaped:
            place = next((i for i, cell in enumerate(shown) if '"' in cell), 0)
            self._tell(
                "quote-unescaped",
                "a quotation mark inside a quoted cell is not doubled; "
                f"the cell was read as {_short(shown[place])}",
                column=self._column(place),
                value=_short(shown[place]),
                suggestion='write the mark twice: ""',
            )

    def _column(self, place: int) -> str | None:
        columns = self.source.columns
        return columns[place] if place < len(columns) else None

    def _tell_nulls(self, ends: "Places", firsts: "Places") -> None:
        """Tell of the NULs that were taken out of the records with these ends and first lines."""
        before = -1
        while self.nulls and self.nulls[-1] < ends[-1]:
            index = int(np.searchsorted(ends, self.nulls.pop(), side="right"))
            if index != before:
                message = "a NUL character, which no text may hold, was taken out"
                row, line = self.row + index, int(firsts[index])
                self._tell("character-nul", message, place=(row, line))
            before = index

    def _tell(  # noqa: PLR0913 - what a problem is made of
        self,
        code: str,
        message: str,
        *,
        column: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        self.told[code] += 1
        if self.told[code] > _TOLD:
            return
        row, line = place or (self.row, self.line)
        self.problems.append(
            problem(
                code,
                self.source.file,
                message,
                row=row,
                column=column,
                value=value,
                suggestion=suggestion,
                line=line,
            )
        )

    def _every_problem(self) -> list[Problem]:
        """Return the problems by row, with those that were not told one by one counted."""
        if self.nulls:
            message = "NUL characters after the last row were taken out"
            self._tell("character-nul", message)
        self.problems.sort(key=lambda found: found.row or 0)
        for code, count in self.told.items():
            if count > _TOLD:
                more = count - _TOLD
                rows = "1 more row has" if more == 1 else f"{more:,} more rows have"
                message = f"{rows} this problem"
                self.problems.append(problem(code, self.source.file, message, count=more))
        return self.problems

    def _begin_copy(self) -> None:
        """Write what was read so far, all of it regular, to the copy."""
        self.copy = self.target.open("wb")
        start = self.source.start.offset
        with self.source.path.open("rb") as stream:
            stream.seek(start)
            left = self.offset - start
            while left and (data := stream.read(min(left, 1 << 20))):
                left -= self.copy.write(data)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
