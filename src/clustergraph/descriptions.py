"""The descriptions: what the triples of a graph say, by whom they say it of."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from clustergraph.vocabulary import PROV, RDF, RDFS, SCHEMA, VOID, XSD

if TYPE_CHECKING:
    from clustergraph.graph import Graph

IRI = RDFS + "Resource"
"""The datatype of a value that is an IRI."""

PARTS = frozenset({RDF + part for part in ("subject", "predicate", "object", "reifies")})
"""What makes a resource a statement."""

_TYPE = RDF + "type"
_REIFIES = RDF + "reifies"
_SCHEMA_PLAIN = "http://schema.org/"


class Value(NamedTuple):
    """A literal, or an IRI where `datatype` is `IRI`; `language` is a BCP 47 tag or empty."""

    text: str
    datatype: str = XSD + "string"
    language: str = ""


Said: TypeAlias = list[tuple[str, Value]]
"""Predicates and values of one subject, sorted, each pair once."""

Triple: TypeAlias = tuple[str, str, str]


@dataclass(slots=True)
class Descriptions:
    """What is said of each subject.

    `datasets` and `sources` are the subjects that say what the data is and comes from. A text that
    is said more than once is kept once: of a large graph most are.
    """

    _said: dict[str, Said] = field(default_factory=lambda: defaultdict(list))
    _parts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _reified: dict[str, list[Triple]] = field(default_factory=lambda: defaultdict(list))
    datasets: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def subjects(self) -> list[str]:
        """Return all subjects in order."""
        return sorted(self._said)

    def statements(self) -> set[str]:
        """Return the subjects that stand for a relation: statements, and reifiers of RDF 1.2."""
        whole = PARTS - {_REIFIES}
        return {s for s, parts in self._parts.items() if _REIFIES in parts or whole <= parts}

    def take(self, subject: str) -> Said:
        """Return what is said of a subject, and keep it no longer."""
        return sorted(set(self._said.pop(subject)))

    def joined(self, subject: str, pairs: Said) -> set[Triple]:
        """Return the relations that a statement stands for."""
        parts: dict[str, list[str]] = defaultdict(list)
        for predicate, value in pairs:
            if predicate in PARTS and value.datatype == IRI:
                parts[predicate].append(value.text)
        return {
            (source, predicate, target)
            for source in parts[RDF + "subject"]
            for predicate in parts[RDF + "predicate"]
            for target in parts[RDF + "object"]
        } | set(self._reified.pop(subject, ()))

    def add(self, subject: str, predicate: str, value: Value) -> None:
        """Take one more pair for a subject."""
        self._said[subject].append((predicate, value))
        if predicate in PARTS:
            self._parts[subject].add(predicate)
        elif predicate == _TYPE:
            if value.text == VOID + "Dataset":
                self.datasets.add(subject)
            elif value.text == PROV + "Entity":
                self.sources.add(subject)

    def add_reified(self, subject: str, triple: Triple) -> None:
        """Take a triple that a reifier stands for."""
        self._reified[subject].append(triple)


def read(graph: "Graph") -> Descriptions:
    """Return what the graph says, in whichever of its named graphs; schema.org is https."""
    found = Descriptions()
    for subject, predicate, value, triple in _pairs(graph):
        found.add(subject, predicate, value)
        if triple:
            found.add_reified(subject, triple)
    return found


def _pairs(graph: "Graph") -> Iterator[tuple[str, str, Value, Triple | None]]:
    import pyoxigraph as ox  # noqa: PLC0415 - loaded with the graph, not on import

    texts: dict[str, str] = {}
    iris: dict[str, Value] = {}
    predicates: dict[str, str] = {}

    def key(term: object) -> str:
        value = str(getattr(term, "value", term))
        value = f"_:{value}" if isinstance(term, ox.BlankNode) else value
        return texts.setdefault(value, value)

    for subject, predicate, term, _ in graph.quads():
        triple = None
        if isinstance(term, ox.Literal):
            datatype, language = term.datatype.value, term.language or ""
            value = Value(
                term.value,
                texts.setdefault(datatype, datatype),
                texts.setdefault(language, language),
            )
        elif isinstance(term, ox.Triple):
            if not isinstance(term.object, ox.Literal | ox.Triple):
                triple = (key(term.subject), term.predicate.value, key(term.object))
            value = Value(str(term), IRI)
        else:
            iri = key(term)
            known = iris.get(iri)
            value = iris[iri] = Value(iri, IRI) if known is None else known
        said = predicate.value
        if said not in predicates:
            predicates[said] = said.replace(_SCHEMA_PLAIN, SCHEMA, 1)
        yield key(subject), predicates[said], value, triple
