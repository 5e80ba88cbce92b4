"""Where the cells of one record begin and end, and which reading is best when the quotes are wrong.

Records follow RFC 4180, with three things more: a record may end in LF, CR LF or CR; a quotation
mark inside a cell that does not begin with one is data (`5" pipe`); and where a quotation mark
inside a quoted cell is not doubled, every way to split the line is weighed, and the one that needs
the least belief wins.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_LINE_END = re.compile(rb"\r\n|\n|\r")
_QUOTES = re.compile(rb'"+')
_LINES = 20  # a quoted cell with stray quotation marks may go on for so many lines
_WORK = 20_000  # ways to split one record that are worth weighing
_WORK_OF_FILE = 40_000_000  # and all records of a file; then the first way that will do is taken
_TRIES_OF_FILE = 2_000  # so often several lines are tried as one record

# What a reading asks us to believe, from likely to unlikely.
_STRAY, _BARE, _PLAIN, _SWALLOWED, _OPEN = 1, 3, 6, 10, 1000
_RAGGED = 8


class State(Enum):
    """How far a strict reading came."""

    WHOLE = "the record ended in a line end"
    ENDED = "the record ended where the data ended"
    OPEN = "the data ended inside quotation marks"
    BROKEN = "a closing quotation mark is followed by text"


@dataclass(frozen=True, slots=True)
class Reading:
    """The cells of one record, and where the next begins.

    `unescaped` tells of quotation marks that are not doubled, `opened` the cell whose quotation
    mark never closes.
    """

    cells: list[bytes]
    end: int
    unescaped: bool = False
    opened: int | None = None


@dataclass(frozen=True, slots=True)
class _Split:
    """One way to split the beginning of a line into cells, and what it asks us to believe."""

    cost: int
    before: "_Split | None"
    cell: bytes
    opened: bool

    def cells(self) -> list["_Split"]:
        """Return the splits from the first cell to this one."""
        found = [self]
        while (before := found[-1].before) is not None:
            found.append(before)
        return found[-2::-1]


class _CutError(Exception):
    """The record may go on where the data end."""


class Grammar:
    """The records of a file with this delimiter and this number of cells."""

    def __init__(self, delimiter: bytes, width: int) -> None:
        self.delimiter = delimiter
        self.width = width
        mark = re.escape(delimiter)
        self._bare = re.compile(rb"[^\r\n" + mark + rb"]*")
        self._quoted = re.compile(rb'"((?:[^"]++|"")*+)"')
        self._closing = re.compile(rb'"(?:' + mark + rb"|\Z)")
        self._left = _WORK_OF_FILE
        self._tries = _TRIES_OF_FILE
        self._swallowed = re.compile(rb'"\s*' + mark + rb'\s*"')

    def strict(self, data: bytes, start: int) -> tuple[list[bytes], int, State]:
        """Return the cells of the record at `start`, its end, and how far that went."""
        cells: list[bytes] = []
        place = start
        while True:
            if data[place : place + 1] == b'"':
                found = self._quoted.match(data, place)
                if found is None:
                    return cells, place, State.OPEN
                cells.append(found[1].replace(b'""', b'"'))
            else:
                found = self._bare.match(data, place)
                assert found is not None  # noqa: S101 - it matches the empty text
                cells.append(found[0])
            place = found.end()
            follows = data[place : place + 1]
            if follows == self.delimiter:
                place += 1
            elif not follows:
                return cells, place, State.ENDED
            elif end := _LINE_END.match(data, place):
                return cells, end.end(), State.WHOLE
            else:
                return cells, place, State.BROKEN

    def reading(self, data: bytes, start: int, *, final: bool) -> Reading | None:
        """Return the best reading of the record at `start`; None when it needs more data."""
        try:
            cells, end, state = self.strict(data, start)
            if not final and (state in {State.ENDED, State.OPEN} or end == len(data)):
                return None
            if state in {State.WHOLE, State.ENDED}:
                first = _LINE_END.search(data, start, end)
                one_line = first is None or first.end() == end
                if len(cells) == self.width or one_line or first is None:
                    return Reading(cells, end)
                if not self._regular(data, first.end(), final=final):
                    return Reading(cells, end)
            return self._mended(data, start, final=final)
        except _CutError:
            return None

    def _regular(self, data: bytes, start: int, *, final: bool) -> bool:
        """Return whether the line at `start` is a record of its own, as every record should be."""
        found = _LINE_END.search(data, start)
        if not final and (found is None or found.end() == len(data)):
            raise _CutError
        line = data[start : len(data) if found is None else found.start()]
        cells, _, state = self.strict(line, 0)
        return state is State.ENDED and len(cells) == self.width

    def _mended(self, data: bytes, start: int, *, final: bool) -> Reading:
        """Return the best reading of a record whose quotation marks are wrong."""
        fallback: Reading | None = None
        for begin, stop, end in self._lines(data, start):
            if end == len(data) and not final:
                raise _CutError
            line = data[start:stop]
            if fallback is None or self._may_close(line, begin - start):
                splits = self._splits(line)
                exact = splits.get(self.width)
                if exact is not None and exact.cost < _OPEN:
                    return _reading(exact, end)
                fallback = fallback or _reading(self._likeliest(splits), end)
            if end == len(data) or self._regular(data, end, final=final):
                break
        assert fallback is not None  # noqa: S101 - there was a line
        return fallback

    def _may_close(self, line: bytes, last: int) -> bool:
        """Return whether a cell that began on an earlier line may end on the `last`."""
        self._tries -= 1
        return self._tries >= 0 and self._closing.search(line, last) is not None

    def _likeliest(self, splits: dict[int, _Split]) -> _Split:
        """Return the split that is most to be believed, whatever the number of its cells."""
        return min(
            splits.items(),
            key=lambda item: (item[1].cost + _RAGGED * abs(item[0] - self.width), item[0]),
        )[1]

    @staticmethod
    def _lines(data: bytes, start: int) -> Iterator[tuple[int, int, int]]:
        """Yield where each of the next lines begins and stops, and where the one after it does."""
        place = start
        for _ in range(_LINES):
            found = _LINE_END.search(data, place)
            if found is None:
                yield place, len(data), len(data)
                return
            yield place, found.start(), found.end()
            place = found.end()
            if place == len(data):
                return

    def _splits(self, line: bytes) -> dict[int, _Split]:
        """Return the likeliest way to split a line for each number of cells."""
        bounds = [-1, *(found.start() for found in re.finditer(re.escape(self.delimiter), line))]
        bounds.append(len(line))
        size = len(bounds) - 1
        work = size * size * min(size, self.width + 8)
        if work > min(_WORK, self._left):
            return self._greedy(line, bounds)
        self._left -= work
        best: list[dict[int, _Split]] = [{0: _Split(0, None, b"", opened=False)}]
        for stop in range(1, size + 1):
            ways: dict[int, _Split] = {}
            for first in range(stop):
                cell = self._cell(line[bounds[first] + 1 : bounds[stop]], stop - first)
                if cell is None:
                    continue
                cost, content, opened = cell
                for count, before in best[first].items():
                    now = ways.get(count + 1)
                    if now is None or before.cost + cost < now.cost:
                        ways[count + 1] = _Split(before.cost + cost, before, content, opened)
            best.append(ways)
        return best[-1]

    def _greedy(self, line: bytes, bounds: list[int]) -> dict[int, _Split]:
        """Return the one split in which a quoted cell ends at the first mark before a delimiter."""
        way = _Split(0, None, b"", opened=False)
        count = first = 0
        while first < len(bounds) - 1:
            stop = first + 1
            begin = bounds[first] + 1
            if line[begin : begin + 1] == b'"':
                stops = range(first + 1, len(bounds))
                stop = next((s for s in stops if self._closes(line, begin, bounds[s])), stop)
            cell = self._cell(line[begin : bounds[stop]], stop - first)
            assert cell is not None  # noqa: S101 - it is closed, or one piece
            way = _Split(way.cost + cell[0], way, cell[1], cell[2])
            count, first = count + 1, stop
        return {count: way}

    @staticmethod
    def _closes(line: bytes, begin: int, bound: int) -> bool:
        """Return whether the quoted cell from `begin` may end at `bound`."""
        piece = line[begin:bound]
        quotes = len(piece) - len(piece.rstrip(b'"'))
        return quotes % 2 == (quotes < len(piece))

    def _cell(self, piece: bytes, pieces: int) -> tuple[int, bytes, bool] | None:
        """Return what a piece of a line asks us to believe as a cell, and the cell it makes."""
        if not piece.startswith(b'"'):
            return (_BARE * (b'"' in piece), piece, False) if pieces == 1 else None
        if len(piece) > 1 and piece.endswith(b'"'):
            content = piece[1:-1]
            stray = sum(len(found[0]) % 2 for found in _QUOTES.finditer(content))
            swallowed = len(self._swallowed.findall(content))
            return _STRAY * stray + _SWALLOWED * swallowed, content.replace(b'""', b'"'), False
        if pieces > 1:
            return None
        opened = piece.count(b'"') % 2 == 1
        return (_OPEN if opened else _PLAIN), piece, opened


def _reading(split: _Split, end: int) -> Reading:
    cells = split.cells()
    opened = next((place for place, cell in enumerate(cells) if cell.opened), None)
    return Reading([cell.cell for cell in cells], end, split.cost > 0, opened)
