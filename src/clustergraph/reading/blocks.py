"""The records of a block of bytes, found all at once.

numpy marks line ends, delimiters and quotation marks; counting the quotation marks so far tells
which line ends and delimiters are inside a cell.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Kinds = NDArray[np.int8]

LF, CRLF, CR, NONE = 0, 1, 2, 3
ENDS = {LF: b"\n", CRLF: b"\r\n"}


class Scan(NamedTuple):
    """The records of a block: where each ends, its cells, its lines, the kind of its line end.

    `fault` is the first quotation mark out of place; records end before it. `controls` is True
    where the block holds a control character that no text needs.
    """

    ends: "Places"
    counts: "Places"
    lines: "Places"
    kinds: "Kinds"
    fault: int | None
    controls: bool


def scan(data: bytes, delimiter: int, *, final: bool) -> Scan:
    """Return the records of a block that begins where a record does."""
    block = np.frombuffer(data, np.uint8)
    mask = block == delimiter
    mask |= block == ord("\n")
    quoted, returns = b'"' in data, b"\r" in data
    if quoted:
        mask |= block == ord('"')
    if returns:
        mask |= block == ord("\r")
    places = np.flatnonzero(mask)
    marks = block[places]
    if final and data[-1:] not in {b"\n", b"\r"}:
        places = np.append(places, len(data))
        marks = np.append(marks, np.uint8(ord("\n")))
    kinds = np.zeros(len(places), np.int8)
    if returns:
        carriage = marks == ord("\r")
        paired = np.zeros(len(places), bool)
        paired[:-1] = carriage[:-1] & (marks[1:] == ord("\n")) & (places[1:] == places[:-1] + 1)
        kinds[1:][paired[:-1]] = CRLF
        kinds[carriage] = CR
        marks = np.where(carriage, np.uint8(ord("\n")), marks)[~paired]
        places, kinds = places[~paired], kinds[~paired]
    fault = None
    lines = None
    newline = marks == ord("\n")
    if quoted:
        quotes = marks == ord('"')
        fault = _fault(block, places[quotes], delimiter)
        # The sum wraps around at 256, which leaves it as odd or even as it was.
        structural = np.cumsum(quotes, dtype=np.uint8) & 1 == 0
        structural &= ~quotes
        if np.count_nonzero(newline) > np.count_nonzero(newline & structural):
            lines = np.cumsum(newline)[structural]
        places, kinds, newline = places[structural], kinds[structural], newline[structural]
    at_ends = np.flatnonzero(newline)
    if fault is not None:
        at_ends = at_ends[: np.searchsorted(places[at_ends], fault)]
    one = np.ones(len(at_ends), np.int64)
    lines = one if lines is None else np.diff(lines[at_ends], prepend=0)
    counts = np.diff(at_ends, prepend=-1)
    ends = places[at_ends] + 1
    kinds = kinds[at_ends]
    if len(ends) and ends[-1] > len(data):
        ends[-1] = len(data)
        kinds[-1] = NONE
    return Scan(ends, counts, lines, kinds, fault, holds_controls(data))


def holds_controls(data: bytes) -> bool:
    """Return whether a text holds a control character other than a tab or a line end, or DEL."""
    low = int(np.count_nonzero(np.frombuffer(data, np.uint8) < ord(" ")))
    spacing = sum(data.count(mark) for mark in (b"\n", b"\r", b"\t") if mark in data)
    return low > spacing or b"\x7f" in data


def _fault(block: "NDArray[np.uint8]", quotes: "Places", delimiter: int) -> int | None:
    """Return the place of the first quotation mark that neither opens nor closes a cell rightly.

    One that opens follows a delimiter or a line end, or is the second of a doubled one; the one
    that closes stands before a delimiter or a line end, or is the first of a doubled one.
    """
    allowed = np.zeros(256, bool)
    allowed[[delimiter, ord("\n"), ord("\r"), ord('"')]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    wrong_open = ~(allowed[block[np.maximum(opening - 1, 0)]] | (opening == 0))
    last = len(block) - 1
    wrong_close = ~(allowed[block[np.minimum(closing + 1, last)]] | (closing == last))
    first = [
        places[int(np.argmax(wrong))]
        for places, wrong in ((opening, wrong_open), (closing, wrong_close))
        if wrong.any()
    ]
    return int(min(first)) if first else None


def alike(data: bytes, ends: "Places", kinds: "Kinds", style: int) -> bytes:
    """Return the records of `data` with every line end of the same kind, LF or CR LF."""
    block = np.frombuffer(data, np.uint8)
    if style == LF:
        block = block.copy()
        block[ends[kinds == CR] - 1] = ord("\n")
        return np.delete(block, ends[kinds == CRLF] - 2).tobytes()
    bare, carriage = ends[kinds == LF] - 1, ends[kinds == CR]
    values = np.repeat(np.frombuffer(b"\r\n", np.uint8), [len(bare), len(carriage)])
    return np.insert(block, np.concatenate([bare, carriage]), values).tobytes()
