"""The records of a block of bytes, found all at once.

numpy marks delimiters, line ends and quotation marks, a bit for each byte of the block. Whether a
mark is inside a cell is said by the parity of the quotation marks so far, and how many marks there
are up to a place by counting bits: both for 64 bytes at a time (Langdale and Lemire 2019).
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Kinds = NDArray[np.int8]
    Bytes = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
    Bits = NDArray[np.uint64]

LF, CRLF, CR, NONE = 0, 1, 2, 3
ENDS = {LF: b"\n", CRLF: b"\r\n"}
_WORD, _SHIFT = 64, 6
_ONE, _LAST, _ALL = np.uint64(1), np.uint64(_WORD - 1), np.uint64(2**_WORD - 1)


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


def scan(data: bytes, delimiter: int, *, final: bool, room: "Mask | None" = None) -> Scan:
    """Return the records of a block that begins where a record does.

    `room` is for a mask of the block: one for many blocks, since the system takes back what large
    arrays leave, and clears it, each time.
    """
    block = np.frombuffer(data, np.uint8)
    room = np.empty(len(block), np.bool_) if room is None else room[: len(block)]
    returns = b"\r" in data
    delimiters = _bits(np.equal(block, delimiter, out=room))
    newlines = np.equal(block, ord("\n"), out=room)
    if returns:
        newlines |= _lone_returns(block, newlines)
    places, fault, opened = np.flatnonzero(newlines), None, False
    within = np.arange(len(places) + 1)  # which of the line ends are the end of a record
    if b'"' in data:
        beside = delimiters | _bits(newlines)
        quotes = _bits(np.equal(block, ord('"'), out=room))
        inside = _odd_so_far(quotes)
        beside |= quotes
        if returns:
            beside |= _bits(np.equal(block, ord("\r"), out=room))
        text = ~beside
        text[-1] &= (_ONE << np.uint64(len(block) % _WORD)) - _ONE  # what follows is not known
        fault = _fault(quotes, inside, text)
        delimiters &= ~inside
        opened = bool(inside[-1] >> _LAST)
        outside = ~_are_set(inside, places)
        within = np.append(np.flatnonzero(outside), len(places))
    ends = places[within[:-1]] + 1
    if fault is not None:
        ends = ends[: np.searchsorted(ends, fault, side="right")]
    endless = final and fault is None and not opened and data[-1:] not in {b"\n", b"\r"}
    if endless:
        ends = np.append(ends, len(data))
    kinds = _kinds(block, ends) if returns else np.zeros(len(ends), np.int8)
    if endless:
        kinds[-1] = NONE
    counts, lines = _sums(delimiters, ends) + 1, lengths(within[: len(ends)], -1)
    return Scan(ends, counts, lines, kinds, fault, holds_controls(data, room))


def holds_controls(data: bytes, room: "Mask | None" = None) -> bool:
    """Return whether a text holds a control character other than a tab or a line end, or DEL."""
    block = np.frombuffer(data, np.uint8)
    low = np.count_nonzero(np.less(block, ord(" "), out=room))
    spacing = sum(
        np.count_nonzero(np.equal(block, mark, out=room)) for mark in b"\n\r\t" if mark in data
    )
    return bool(low > spacing) or b"\x7f" in data


def _lone_returns(block: "Bytes", newlines: "Mask") -> "Mask":
    """Mark each CR that no LF follows: it is a line end by itself."""
    returns: Mask = block == ord("\r")
    returns[:-1] &= ~newlines[1:]
    return returns


def _bits(mask: "Mask") -> "Bits":
    """Return a mask as bits, the first in the lowest; the last word has room for one bit more."""
    words = np.zeros(len(mask) // _WORD + 1, "<u8")
    packed = np.packbits(mask, bitorder="little")
    words.view(np.uint8)[: len(packed)] = packed
    return words


def _are_set(bits: "Bits", places: "Places") -> "Mask":
    """Tell of each place whether its bit is set."""
    shifts = (places & (_WORD - 1)).view(np.uint64)
    found: Mask = (bits[places >> _SHIFT] >> shifts & _ONE).view(np.int64) == 1
    return found


def _odd_so_far(bits: "Bits") -> "Bits":
    """Return for each bit whether the number of bits set, up to and with it, is odd."""
    odd = bits.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        odd ^= odd << np.uint64(shift)
    carried = np.bitwise_xor.accumulate(odd >> _LAST)
    odd[1:] ^= carried[:-1] * _ALL
    return odd


def _fault(quotes: "Bits", inside: "Bits", text: "Bits") -> int | None:
    """Return the place of the first quotation mark that neither opens nor closes a cell rightly.

    One that opens follows a delimiter or a line end, or is the second of a doubled one; the one
    that closes stands before a delimiter or a line end, or is the first of a doubled one. `text`
    marks all that is none of these.
    """
    before, after = text << _ONE, text >> _ONE
    before[1:] |= text[:-1] >> _LAST
    after[:-1] |= text[1:] << _LAST
    faults = quotes & ((inside & before) | (~inside & after))
    words = np.flatnonzero(faults)
    if not len(words):
        return None
    lowest = int(faults[words[0]])
    return int(words[0]) * _WORD + (lowest & -lowest).bit_length() - 1


def _kinds(block: "Bytes", ends: "Places") -> "Kinds":
    """Return the kind of each line end, by the place after it."""
    last, before = block[ends - 1], block[np.maximum(ends - 2, 0)]
    kinds = np.zeros(len(ends), np.int8)
    kinds[(last == ord("\n")) & (before == ord("\r"))] = CRLF
    kinds[last == ord("\r")] = CR
    return kinds


def _sums(bits: "Bits", ends: "Places") -> "Places":
    """Return how many bits are set in each record."""
    before = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bitwise_count(bits), out=before[1:])
    words, rest = ends >> _SHIFT, (ends & (_WORD - 1)).view(np.uint64)
    so_far = before[words] + np.bitwise_count(bits[words] & ~(_ALL << rest))
    return lengths(so_far, 0)


def lengths(ends: "Places", start: int) -> "Places":
    """Return the length of each of the stretches that end there, the first beginning at `start`."""
    found = ends.copy()
    found[1:] -= ends[:-1]
    found[:1] -= start
    return found


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
