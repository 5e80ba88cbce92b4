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


def scan(data: bytes, delimiter: int, *, final: bool) -> Scan:
    """Return the records of a block that begins where a record does."""
    block = np.frombuffer(data, np.uint8)
    quoted, returns = b'"' in data, b"\r" in data
    newlines = _newlines(block) if returns else block == ord("\n")
    delimiters = _bits(block == delimiter)
    ending, fault, swallowed = newlines, None, None
    opened = False
    if quoted:
        quotes, lines = _bits(block == ord('"')), _bits(newlines)
        inside = _odd_so_far(quotes)
        fault = _fault(quotes, inside, block, delimiter)
        delimiters &= ~inside
        ending = _mask(lines & ~inside, len(block))
        swallowed = lines & inside
        opened = bool(inside[-1] >> _LAST)
    ends = np.flatnonzero(ending) + 1
    if fault is not None:
        ends = ends[: np.searchsorted(ends, fault, side="right")]
    endless = final and fault is None and not opened and data[-1:] not in {b"\n", b"\r"}
    if endless:
        ends = np.append(ends, len(data))
    kinds = _kinds(block, ends) if returns else np.zeros(len(ends), np.int8)
    if endless:
        kinds[-1] = NONE
    counts, lines_of_each = _sums(delimiters, ends) + 1, np.ones(len(ends), np.int64)
    if swallowed is not None and swallowed.any():
        lines_of_each += _sums(swallowed, ends)
    return Scan(ends, counts, lines_of_each, kinds, fault, holds_controls(data))


def holds_controls(data: bytes) -> bool:
    """Return whether a text holds a control character other than a tab or a line end, or DEL."""
    block = np.frombuffer(data, np.uint8)
    low = np.count_nonzero(block < ord(" "))
    spacing = sum(np.count_nonzero(block == mark) for mark in b"\n\r\t" if mark in data)
    return bool(low > spacing) or b"\x7f" in data


def _newlines(block: "Bytes") -> "Mask":
    """Mark the last character of each line end: LF, or CR where no LF follows."""
    newlines: Mask = block == ord("\n")
    returns = block == ord("\r")
    returns[:-1] &= ~newlines[1:]
    newlines |= returns
    return newlines


def _bits(mask: "Mask") -> "Bits":
    """Return a mask as bits, the first in the lowest; the last word has room for one bit more."""
    words = np.zeros(len(mask) // _WORD + 1, "<u8")
    packed = np.packbits(mask, bitorder="little")
    words.view(np.uint8)[: len(packed)] = packed
    return words


def _mask(bits: "Bits", size: int) -> "Mask":
    unpacked = np.unpackbits(bits.view(np.uint8), count=size, bitorder="little")
    return unpacked.view(np.bool_)


def _odd_so_far(bits: "Bits") -> "Bits":
    """Return for each bit whether the number of bits set, up to and with it, is odd."""
    odd = bits.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        odd ^= odd << np.uint64(shift)
    carried = np.bitwise_xor.accumulate(odd >> _LAST)
    odd[1:] ^= carried[:-1] * _ALL
    return odd


def _fault(quotes: "Bits", inside: "Bits", block: "Bytes", delimiter: int) -> int | None:
    """Return the place of the first quotation mark that neither opens nor closes a cell rightly.

    One that opens follows a delimiter or a line end, or is the second of a doubled one; the one
    that closes stands before a delimiter or a line end, or is the first of a doubled one.
    """
    text = (block != delimiter) & (block != ord('"')) & (block != ord("\n")) & (block != ord("\r"))
    wrong = _bits(text)
    before, after = wrong << _ONE, wrong >> _ONE
    before[1:] |= wrong[:-1] >> _LAST
    after[:-1] |= wrong[1:] << _LAST
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
