"""A graph's triples dealt out to parts, and the parts written so that no text ends early."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from clustergraph.errors import SourceError
from clustergraph.graph import Graph

_MOST_FILES = 500  # that are open at a time
_ESCAPE = re.compile(r"\\\\[uU]|\\.")
_SHIELDS = {r"\\u": r"\\\u0075", r"\\U": r"\\\u0055"}
_XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(slots=True)
class Part:
    """Some triples, in one order, and their hash; `least` counts those that differ in value."""

    quads: list[Quad]
    digest: str = field(init=False)
    least: int = field(init=False)

    @classmethod
    def of(cls, path: Path) -> "Part":
        """Return the part that a file of N-Quads holds."""
        return cls(list(parse(path=path, format=RdfFormat.N_QUADS)))

    def __post_init__(self) -> None:
        lines = sorted({f"{quad} ." for quad in self.quads})
        self.digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        self.quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
        self.least = len({_by_value(quad) for quad in self.quads})

    def by_graph(self) -> Iterator[tuple[str | None, list[Quad]]]:
        """Return the triples of each graph with its name."""
        for name, quads in groupby(self.quads, key=lambda quad: quad.graph_name):
            yield (name.value if isinstance(name, NamedNode) else None), list(quads)

    def update(self) -> str:
        """Return the part as SPARQL 1.1 Update."""
        return "INSERT DATA {\n" + "\n".join(_block(*named) for named in self.by_graph()) + "\n}"


def dealt(
    graph: Graph, into: str | None, size: int, folder: Path
) -> tuple[list[Path], set[str | None], int]:
    """Deal the triples out to files; return these, the names of the graphs, and their number.

    Where it says so, all go `into` one graph. `size` is the number in a part, which is larger where
    there would be too many files. Raises SourceError where there are blank nodes.
    """
    count = max(1, -(-len(graph) // size))
    paths = [folder / f"{number}.nq" for number in range(min(count, _MOST_FILES))]
    names: set[str | None] = set()
    total = 0
    with ExitStack() as open_files:
        files = [open_files.enter_context(path.open("wb")) for path in paths]
        for quad in graph.quads():
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                raise SourceError(
                    "The graph has blank nodes, which a store would take for new ones each time"
                    " they are sent. Give them IRIs, or load the file with the store's own tool."
                )
            moved = quad
            if into is not None:
                moved = Quad(quad.subject, quad.predicate, quad.object, NamedNode(into))
            name = moved.graph_name
            names.add(None if isinstance(name, DefaultGraph) else str(name.value))
            where = f"{name} {moved.subject} {moved.predicate}".encode()
            files[zlib.crc32(where) % len(files)].write(f"{moved} .\n".encode())
            total += 1
    return paths, names, total


def _block(name: str | None, quads: list[Quad]) -> str:
    text = "\n".join(f"{_shielded(str(quad.triple))} ." for quad in quads)
    return f"GRAPH {NamedNode(name)} {{\n{text}\n}}" if name else text


def _shielded(triple: str) -> str:
    r"""Return a triple in which no codepoint escape hides (SPARQL 1.1, section 19.2).

    `\\u0022` is a backslash and `u0022` in N-Triples. SPARQL may see the escape `\u0022` in it
    before it looks for texts, and a quotation mark that ends one. So the `u` is itself written as
    an escape.
    """
    return _ESCAPE.sub(lambda found: _SHIELDS.get(found[0], found[0]), triple)


def _by_value(quad: Quad) -> tuple[object, ...]:
    """Return a triple with its number by value: stores may take 1.0 and 1.00 for the same."""
    thing = quad.object
    if isinstance(thing, Literal) and thing.datatype.value.startswith(_XSD):
        try:
            value: object = Decimal(thing.value)
        except InvalidOperation:
            value = thing.value
        return quad.subject, quad.predicate, thing.datatype, value, quad.graph_name
    return quad.subject, quad.predicate, thing, quad.graph_name
