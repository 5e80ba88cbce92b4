"""The descriptions: what the triples of a graph say, by whom they say it of."""

from collections import defaultdict
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
_WHOLE = PARTS - {_REIFIES}
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
    """What is said of each subject, until it is taken.

    `statements` are the subjects that stand for a relation (statements, and reifiers of RDF 1.2),
    `datasets` and `sources` those that say what the data is and comes from.
    """

    said: dict[str, Said] = field(default_factory=lambda: defaultdict(list))
    statements: set[str] = field(default_factory=set)
    datasets: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    reified: dict[str, set[Triple]] = field(default_factory=lambda: defaultdict(set))

    def take(self, subject: str) -> Said:
        """Return what is said of a subject, and keep it no longer."""
        pairs = sorted(self.said.pop(subject))
        return [pair for i, pair in enumerate(pairs) if not i or pair != pairs[i - 1]]

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
        } | self.reified.get(subject, set())


def read(graph: "Graph") -> Descriptions:
    """Return what the graph says, in whichever of its named graphs; schema.org is https.

    A text that is said more than once is kept once: of a large graph most are.
    """
    import pyoxigraph as ox  # noqa: PLC0415 - loaded with the graph, not on import

    found = Descriptions()
    said, texts, iris = found.said, _Texts(), _Iris()
    predicates = _Predicates()
    parts: dict[str, set[str]] = defaultdict(set)
    kinds = {VOID + "Dataset": found.datasets, PROV + "Entity": found.sources}
    for subject, predicate, term, _ in graph.quads():
        key = texts[subject.value if isinstance(subject, ox.NamedNode) else _key(subject)]
        word = predicates[predicate.value]
        if isinstance(term, ox.Literal):
            language = term.language
            value = Value(
                term.value, texts[term.datatype.value], texts[language] if language else ""
            )
        elif isinstance(term, ox.NamedNode):
            value = iris[texts[term.value]]
        elif isinstance(term, ox.Triple):
            value = Value(str(term), IRI)
            if not isinstance(term.object, ox.Literal | ox.Triple):
                triple = (_key(term.subject), term.predicate.value, _key(term.object))
                found.reified[key].add(triple)
        else:
            value = iris[texts[_key(term)]]
        said[key].append((word, value))
        if word in PARTS:
            parts[key].add(word)
        elif word == _TYPE and value.text in kinds:
            kinds[value.text].add(key)
    found.statements = {s for s, own in parts.items() if _REIFIES in own or own >= _WHOLE}
    return found


class _Texts(dict[str, str]):
    def __missing__(self, text: str) -> str:
        self[text] = text
        return text


class _Iris(dict[str, Value]):
    def __missing__(self, iri: str) -> Value:
        value = self[iri] = Value(iri, IRI)
        return value


class _Predicates(dict[str, str]):
    def __missing__(self, said: str) -> str:
        word = self[said] = said.replace(_SCHEMA_PLAIN, SCHEMA, 1)
        return word


def _key(term: object) -> str:
    value = str(getattr(term, "value", term))
    return f"_:{value}" if type(term).__name__ == "BlankNode" else value
