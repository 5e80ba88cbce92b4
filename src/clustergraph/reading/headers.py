"""The header of a file: its delimiter, its columns, and where the first record after it begins.

The delimiter is the one under which the header has the columns that the table needs; no sniffer
guesses it from the data. A first line `sep=;`, as Excel writes it, names it and is not a row of the
spreadsheet; blank lines above the header are rows.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from clustergraph.errors import DataError, Problem, SourceError, problem
from clustergraph.reading.blocks import CR, CRLF, LF, NONE
from clustergraph.reading.cells import Grammar, State
from clustergraph.reading.columns import REQUIRED, Column, columns, faults, missing
from clustergraph.reading.encodings import Text
from clustergraph.reading.judging import BLANK
from clustergraph.reading.lines import Place

DELIMITERS = (",", ";", "\t", "|")
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_SEPARATOR = re.compile(rb'"?sep=(.)"?[ \t;,]*(\r\n|\n|\r|$)', re.IGNORECASE)
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|$)")
_KINDS = {b"\n": LF, b"\r\n": CRLF, b"\r": CR, b"": NONE}
_HEAD = 1 << 18
_LONGEST = 1 << 26
_LOOKED = 20


@dataclass(frozen=True, slots=True)
class Header:
    """What the top of a file says.

    `row` is the header's row, `first` where the first record after it begins; `newline` how the
    header ends; `skip` the lines up to the first record, None when they are no plain lines.
    """

    columns: tuple[Column, ...]
    delimiter: str
    row: int
    first: Place
    newline: int
    skip: int | None
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class _Top:
    """The first bytes of a text, and where in them the header begins."""

    data: bytes
    start: int
    row: int
    line: int
    separator: str | None
    blank: bool


def named(name: str) -> str:
    """Return the delimiter of this name; SourceError when it can be none."""
    found = _NAMED.get(name.casefold(), name)
    if len(found) != 1 or not found.isascii() or found.isalnum() or found in '"\r\n\0':
        raise SourceError(
            f"{name!r} cannot be a delimiter: it must be one character such as , ; | or 'tab'"
        )
    return found


def header(text: Text, table: str, file: str, delimiter: str | None) -> Header:
    """Return the header of a file; DataError when the table's columns are not there."""
    size = _HEAD
    while True:
        data, final = _head(text.path, text.start, text.end, size)
        found = _header(_top(data), table, delimiter, final=final)
        if found is not None:
            break
        size *= 4
    cells, used, end, state = found
    top = _top(data)
    here = columns(cells)
    problems = faults(table, file, here, top.row, _hint(data[end:], table, used))
    if state in {State.OPEN, State.BROKEN}:
        problems.append(_quotes(file, state, top))
    if any(found.severity == "error" for found in problems):
        raise DataError(problems)
    line_end = re.search(rb"(\r\n|\n|\r|)\Z", data[:end])
    assert line_end is not None  # noqa: S101 - it matches the empty text
    written = data[top.start : line_end.start()]
    lines = 1 + len(re.findall(rb"\r\n|\n|\r", written))
    first = Place(text.start + end, top.row + 1, top.line + lines)
    plain = lines == 1 and not top.blank and state is State.WHOLE and written.count(b'"') % 2 == 0
    return Header(
        here,
        used,
        top.row,
        first,
        _KINDS[line_end[0]],
        first.line - 1 if plain else None,
        problems,
    )


def _head(path: Path, start: int, end: int, size: int) -> tuple[bytes, bool]:
    size = min(size, end - start)
    with path.open("rb") as stream:
        stream.seek(start)
        data = stream.read(size)
    return data, start + size >= end or size >= _LONGEST


def _top(data: bytes) -> _Top:
    """Find where the header begins, below a `sep=` line and blank lines."""
    start, row, line = 0, 1, 1
    separator = None
    if (named := _SEPARATOR.match(data)) is not None:
        separator = named[1].decode("ascii", errors="replace")
        start, line = named.end(), 2
    above = start
    while (found := _LINE.match(data, start)) is not None and found[2]:
        if found[1].decode(errors="replace").strip(BLANK):
            break
        start, row, line = found.end(), row + 1, line + 1
    return _Top(data, start, row, line, separator, start > above)


def _header(
    top: _Top, table: str, delimiter: str | None, *, final: bool
) -> tuple[list[str], str, int, State] | None:
    """Return the header's cells, delimiter, end and state; None when it needs more bytes."""
    tried = [delimiter] if delimiter else list(DELIMITERS)
    if not delimiter and top.separator is not None and top.separator.isascii():
        tried.insert(0, top.separator)
    best = None
    for mark in dict.fromkeys(tried):
        cells, end, state = Grammar(mark.encode(), 0).strict(top.data, top.start)
        if not final and (end == len(top.data) or state is State.OPEN):
            return None
        if state in {State.OPEN, State.BROKEN}:
            found = _LINE.match(top.data, top.start)
            assert found is not None  # noqa: S101 - it matches the empty text
            cells, end = found[1].split(mark.encode()), found.end()
            cells = [cell.strip().strip(b'"') for cell in cells]
        names = [cell.decode(errors="replace") for cell in cells]
        worth = (len(REQUIRED[table]) - len(missing(table, columns(names))), 0)
        worth = worth if worth[0] else (_of_any(names), len(names))
        if best is None or worth > best[0]:
            best = worth, (names, mark, end, state)
    assert best is not None  # noqa: S101 - something was tried
    return best[1]


def _of_any(names: list[str]) -> int:
    """Return a rank below that of every header with a required column of its own table."""
    swapped = any(not missing(table, columns(names)) for table in REQUIRED)
    return 0 if swapped else -1


def _hint(below: bytes, table: str, delimiter: str) -> str | None:
    """Return where the header may be when it is not on top."""
    grammar = Grammar(delimiter.encode(), 0)
    place = 0
    for count in range(1, _LOOKED):
        cells, end, state = grammar.strict(below, place)
        if state not in {State.WHOLE, State.ENDED} or end == place:
            return None
        names = [cell.decode(errors="replace") for cell in cells]
        if not missing(table, columns(names)):
            above = "row" if count == 1 else f"{count} rows"
            return f"the header seems to stand further down: remove the {above} above it"
        place = end
    return None


def _quotes(file: str, state: State, top: _Top) -> Problem:
    if state is State.OPEN:
        message = "a quotation mark opens in the header and never closes"
        return problem("quote-open", file, message, row=top.row, line=top.line)
    message = "a quotation mark inside a quoted cell of the header is not doubled"
    return problem("quote-unescaped", file, message, row=top.row, line=top.line)
