"""Turtle for any graph: sorted, grouped, prefixed, one object a line (RDF 1.1 Turtle).

The layout is that of the graphs made from tables, so that two versions of a file differ in the
lines of what changed. The same triples give the same bytes: blank nodes are named by their place
in the graph (RDF Dataset Canonicalization 1.0), everything else by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    Triple,
)

from clustergraph.iris import Prefixes

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_ESCAPES = str.maketrans(
    {
        **{chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F)},
        '"': '\\"',
        "\\": "\\\\",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
    }
)


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads, each once, sorted by text, with blank nodes named by their place."""
    found = set(quads)
    if any(
        isinstance(term, BlankNode | Triple)
        for quad in found
        for term in (quad.subject, quad.object, quad.graph_name)
    ):
        dataset = Dataset(found)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        found = set(dataset)
    return sorted(found, key=str)


class Turtle:
    """A writer of Turtle that remembers which prefixes it used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = Prefixes(prefixes)
        self._used: set[str] = set()
        self._iri = cache(self._compact)

    def lines(self, quads: Iterable[Quad]) -> Iterator[bytes]:
        """Return the triples of these quads, prefixes first; graph names are left out."""
        blocks = list(self.blocks(canonical(quads)))
        yield self.header().encode()
        for block in blocks:
            yield block.encode()

    def header(self) -> str:
        """Return the lines that declare the prefixes used so far."""
        return "".join(
            f"@prefix {prefix}: <{self._prefixes.table[prefix]}> .\n"
            for prefix in sorted(self._used)
        )

    def blocks(self, quads: Iterable[Quad]) -> Iterator[str]:
        """Return a block of text for each subject."""
        triples = sorted({quad.triple for quad in quads}, key=_place)
        for subject, facts in groupby(triples, key=lambda triple: triple.subject):
            lines = "".join(f"  {self._predicate(t)} {self.term(t.object)} ;\n" for t in facts)
            yield f"\n{self.term(subject)}\n{lines}.\n"

    def term(self, node: NamedNode | BlankNode | Literal | Triple) -> str:
        """Return a term as Turtle writes it."""
        if isinstance(node, NamedNode):
            return self._iri(node.value)
        if isinstance(node, Triple):
            parts = (self.term(part) for part in (node.subject, node.predicate, node.object))
            return f"<<( {' '.join(parts)} )>>"
        if not isinstance(node, Literal):
            return str(node)
        text = f'"{node.value.translate(_ESCAPES)}"'
        if node.language:
            direction = f"--{node.direction}" if node.direction else ""
            return f"{text}@{node.language}{direction}"
        datatype = node.datatype.value
        return text if datatype == XSD_STRING else f"{text}^^{self._iri(datatype)}"

    def _predicate(self, triple: Triple) -> str:
        return "a" if triple.predicate.value == RDF_TYPE else self.term(triple.predicate)

    def _compact(self, iri: str) -> str:
        text, prefix = self._prefixes.compact(iri)
        if prefix is not None:
            self._used.add(prefix)
        return text


def _place(triple: Triple) -> tuple[bool, str, int, str, str]:
    """Sort by subject, blank nodes last, and its type and names before its other facts."""
    predicate = triple.predicate.value
    first = {RDF_TYPE: 0, RDFS_LABEL: 1}.get(predicate, 2)
    named = isinstance(triple.subject, NamedNode)
    return not named, str(triple.subject), first, predicate, str(triple.object)
