"""RDF files of every format, read with the place of a mistake and written in one order."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from xml.parsers import expat

from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse, serialize

from clustergraph import formats
from clustergraph.errors import SourceError
from clustergraph.formats import Format
from clustergraph.querying.evaluation import GRAPH_FORMATS
from clustergraph.turtle import Turtle, canonical
from clustergraph.writing import write_bytes


def read(path: Path) -> tuple[bytes, dict[str, str]]:
    """Return the file's triples as N-Quads, and the prefixes it declares.

    Relative IRIs are resolved against the file's own address (RFC 3986, section 5.1.3). Raises
    SourceError with file, line and column.
    """
    known = formats.of_path(path)
    if known is None or known.holds != "graph":
        extensions = ", ".join(f".{f.extension}" for f in formats.FORMATS if f.holds == "graph")
        raise SourceError(f"{path}: the extension names no RDF format ({extensions}, or .gz).")
    data = _bytes(path)
    parser = parse(data, GRAPH_FORMATS[known.name], base_iri=path.resolve().as_uri())
    try:
        content = serialize(parser, format=RdfFormat.N_QUADS)
    except SyntaxError as error:
        place, reason = _mistake(error, data, known)
        raise SourceError(
            f"{path.name}{place}: this is not {_NAMES[known.name]}: {reason}."
        ) from None
    return content or b"", parser.prefixes


_NAMES: Mapping[str, str] = {
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "rdfxml": "RDF/XML",
    "jsonld": "JSON-LD",
}


def _bytes(path: Path) -> bytes:
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as file:
                return file.read()
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise SourceError(f"{path.name}: this is not a whole gzip file.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from None


def _mistake(error: SyntaxError, data: bytes, known: Format) -> tuple[str, str]:
    """Return where the mistake is, in words, and what it is."""
    reason = str(error.msg).partition(": ")[2] if error.lineno else str(error.msg)
    line, column = error.lineno, error.offset
    if line is None and known.name == "rdfxml":
        # The engine does not say where; an XML parser does, for what is wrong with the XML.
        parser = expat.ParserCreate()
        try:
            parser.Parse(data, True)  # noqa: FBT003 - that is how expat is told of the end
        except expat.ExpatError as found:
            line, column = found.lineno, found.offset + 1
    return (f", line {line}, column {column}" if line else ""), reason.strip().rstrip(".")


def write(quads: Iterable[Quad], path: Path, known: Format, prefixes: Mapping[str, str]) -> None:
    """Write the triples in a format, sorted, so that the same triples give the same bytes.

    Formats without named graphs (Turtle, N-Triples, RDF/XML) hold the triples of all graphs.
    """
    write_bytes(path, to_bytes(quads, known, prefixes))


def to_bytes(quads: Iterable[Quad], known: Format, prefixes: Mapping[str, str]) -> Iterable[bytes]:
    """Return the triples in a format, sorted, in pieces."""
    if known.name == "turtle":
        return Turtle(prefixes).lines(quads)
    if known.name == "trig":
        return _trig(canonical(quads), prefixes)
    found = canonical(quads)
    if known.name == "nquads":
        return (f"{quad} .\n".encode() for quad in found)
    triples = sorted({quad.triple for quad in found}, key=str)
    if known.name == "ntriples":
        return (f"{triple} .\n".encode() for triple in triples)
    form = GRAPH_FORMATS[known.name]
    try:
        things = found if form.supports_datasets else triples
        return [serialize(things, format=form, prefixes=dict(prefixes)) or b""]
    except (ValueError, OSError) as error:
        raise SourceError(
            f"The graph cannot be written as {_NAMES[known.name]}: {error}."
        ) from None


def _trig(quads: list[Quad], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """Return Turtle with a block for each named graph, the unnamed graph first."""
    turtle = Turtle(prefixes)
    named = sorted(
        quads, key=lambda q: (not isinstance(q.graph_name, DefaultGraph), str(q.graph_name))
    )
    blocks: list[bytes] = []
    for graph, members in groupby(named, key=lambda q: q.graph_name):
        block = "".join(turtle.blocks(members))
        if isinstance(graph, DefaultGraph):
            blocks.append(block.encode())
        else:
            blocks.append(f"\nGRAPH {turtle.term(graph)} {{{block}}}\n".encode())
    yield turtle.header().encode()
    yield from blocks
