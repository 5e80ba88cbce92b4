"""Whether two graphs say the same: compared whole while they are small, else by a sample.

What an engine cannot say in this benchmark is left out on both sides: maplib's texts carry no
language, and it writes a decimal with other zeros and an integer as `xsd:long`.
"""

import zlib
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph

_WHOLE = 3_000_000  # triples that are compared one by one
_SAMPLE = 1000  # of more, those of one subject in so many


def triples(path: Path, *, loose: bool = False) -> tuple[int, set[str]]:
    """Return how many different triples a file holds, and all of them or a sample, as text.

    `loose` leaves out language and datatype, and writes each number one way.
    """
    whole = path.stat().st_size < _WHOLE * (200 if path.suffix == ".nt" else 80)
    if path.suffix == ".ttl":
        count, chosen = 0, set()
        for quad in pyoxigraph.parse(path=path):
            count += 1
            if whole or _is_sampled(str(quad.subject).encode()):
                chosen.add(_text(quad, loose=loose))
        return (len(chosen) if whole else count), chosen
    count, lines = 0, set()
    with path.open("rb") as file:
        for line in file:
            count += 1
            if whole or _is_sampled(line):
                lines.add(line)
    parsed = pyoxigraph.parse(b"".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES)
    chosen = {_text(quad, loose=loose) for quad in parsed}
    return (len(lines) if whole else count), chosen


def _is_sampled(line: bytes) -> bool:
    return zlib.crc32(line.split(b" ", 1)[0]) % _SAMPLE == 0


def _text(quad: pyoxigraph.Quad, *, loose: bool) -> str:
    value = quad.object
    if loose and isinstance(value, pyoxigraph.Literal):
        return f"{quad.subject} {quad.predicate} {_plain(value.value)}"
    return f"{quad.subject} {quad.predicate} {value}"


def _plain(text: str) -> str:
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text
