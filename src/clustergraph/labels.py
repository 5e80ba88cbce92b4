"""Names for IRIs, in the language that a reader wants."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from clustergraph.graph import Graph
    from clustergraph.rows import Term

_AT_A_TIME = 5000
_NAMES = "SELECT ?iri ?name { VALUES ?iri { IRIS } ?iri rdfs:label ?name }"
_STATEMENTS = """SELECT ?iri ?subject ?predicate ?object { VALUES ?iri { IRIS }
    ?iri rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object }"""


def read(graph: "Graph", iris: Iterable[str], language: str = "en") -> dict[str, str]:
    """Return the name of each of these IRIs that has one, in this language where possible.

    The names of the graph count before those of the vocabulary. A relation resource has the names
    of its two ends and, between them, that of the relation.
    """
    wanted = sorted(set(iris))
    found = _names(graph, wanted, language)
    others = [iri for iri in wanted if iri not in found]
    statements = {
        iri.value: [term.value for term in ends if isinstance(term, NamedNode)]
        for iri, *ends in _asked(graph, _STATEMENTS, others)
        if isinstance(iri, NamedNode)
    }
    inner = _names(graph, sorted({end for ends in statements.values() for end in ends}), language)
    for statement, ends in statements.items():
        found[statement] = " ".join(inner.get(end, end.rpartition("/")[2]) for end in ends)
    return found


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text in this language, or else in English, or else in any."""
    for wanted in (language, language.partition("-")[0], "en", ""):
        if wanted in texts:
            return texts[wanted]
    return next((texts[key] for key in sorted(texts)), "")


def _names(graph: "Graph", iris: list[str], language: str) -> dict[str, str]:
    texts: dict[str, dict[str, str]] = {}
    for iri in iris:
        term = graph.vocabulary.term(iri)
        if term is not None and term.labels:
            texts[iri] = dict(term.labels)
    own: dict[str, dict[str, str]] = {}
    for entity, name in _asked(graph, _NAMES, iris):
        if isinstance(entity, NamedNode) and isinstance(name, Literal):
            known, key = own.setdefault(entity.value, {}), name.language or ""
            known[key] = min(known.get(key, name.value), name.value)
    return {iri: in_language(known, language) for iri, known in (texts | own).items()}


def _asked(graph: "Graph", query: str, iris: Iterable[str]) -> "Iterator[tuple[Term | None, ...]]":
    """Ask about many IRIs, some thousands at a time; as terms they cannot end early."""
    terms = [str(NamedNode(iri)) for iri in iris]
    for start in range(0, len(terms), _AT_A_TIME):
        some = " ".join(terms[start : start + _AT_A_TIME])
        yield from graph.select(query.replace("IRIS", some)).terms
