"""Whether two graphs say the same: compared whole while they are small, else by a sample.

What an engine cannot say in this benchmark is left out on both sides: maplib's texts carry no
language, and it writes a decimal with other zeros and an integer as `xsd:long`.
"""

import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph

_WHOLE = 3_000_000  # triples that are compared one by one
_SAMPLE = 1000  # of more, those of one subject in so many


def triples(path: Path, *, loose: bool = False) -> tuple[int, set[str]]:
    """Return how many different triples a file holds, and all of them or a sample, as text.

    `loose` leaves out language and datatype, and writes each number one way.
    """
    if path.suffix == ".ttl":
        found = set(_texts(pyoxigraph.parse(path=path), loose=loose))
        count = len(found)
        chosen = found if count <= _WHOLE else {t for t in found if _is_sampled(t.encode())}
        return count, chosen
    count, lines = 0, set()
    whole = path.stat().st_size < _WHOLE * 200
    with path.open("rb") as file:
        for line in file:
            count += 1
            if whole or _is_sampled(line):
                lines.add(line)
    parsed = pyoxigraph.parse(b"".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES)
    chosen = set(_texts(parsed, loose=loose))
    return (len(lines) if whole else count), chosen


def _is_sampled(line: bytes) -> bool:
    return zlib.crc32(line.split(b" ", 1)[0]) % _SAMPLE == 0


def _texts(quads: Iterator[pyoxigraph.Quad], *, loose: bool) -> Iterator[str]:
    for quad in quads:
        value = quad.object
        if loose and isinstance(value, pyoxigraph.Literal):
            yield f"{quad.subject} {quad.predicate} {_plain(value.value)}"
        else:
            yield f"{quad.subject} {quad.predicate} {value}"


def _plain(text: str) -> str:
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text
