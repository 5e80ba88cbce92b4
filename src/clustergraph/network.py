"""The network: a networkx multigraph made from the RDF.

Nodes are keyed by IRI and edges by the IRI of their relation resource; a triple that no relation
resource stands for is keyed by its predicate. Nothing is merged: parallel and reciprocal edges and
self loops stay, as they do in the RDF.
"""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from clustergraph import descriptions
from clustergraph.descriptions import IRI, PARTS, Said, Triple, Value
from clustergraph.vocabulary import CG, DCTERMS, PROV, RDF, RDFS, SCHEMA, SKOS

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.graph import Graph

_FOAF = "http://xmlns.com/foaf/0.1/"
_DC = "http://purl.org/dc/elements/1.1/"
_LABELS = (
    RDFS + "label",
    SKOS + "prefLabel",
    _FOAF + "name",
    SCHEMA + "name",
    DCTERMS + "title",
    _DC + "title",
)
_RANKS = {iri: rank for rank, iri in enumerate(_LABELS)}
_TYPE, _EVIDENCE, _ROW = RDF + "type", DCTERMS + "source", PROV + "wasDerivedFrom"
_ALIASES = frozenset({SKOS + "altLabel", SKOS + "hiddenLabel", SCHEMA + "alternateName"})
_NOTES = frozenset({SKOS + "note", RDFS + "comment"})
_NO_FACTS = frozenset({*_LABELS, *_ALIASES, *_NOTES, *PARTS, _TYPE, _EVIDENCE, _ROW})


def read(graph: "Graph") -> "nx.MultiDiGraph[str]":
    """Return the graph's entities and relations as a networkx multigraph.

    Nodes are keyed by IRI and carry `id` (the IRI without the base, decoded), `labels` ({language:
    text}), `types` (IRIs), `aliases` and `notes` (values), `facts` ({property IRI: values}),
    `evidence` (IRIs) and `rows` (IRIs of CSV rows, RFC 7111). Edges are keyed by the IRI of their
    relation resource, or by the predicate where there is none, and carry `predicate`, `start`,
    `end` and `confidence` (text or None), `notes`, `facts`, `evidence` and `rows`. The graph
    attributes are `base`, `vocabulary`, `labels` (of what the vocabulary does not know) and
    `titles`.
    """
    import networkx as nx  # noqa: PLC0415 - a tenth of a second, only for those who ask

    with _no_collecting():
        network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        _fill(network, graph)
    return network


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Let no garbage be looked for: millions of values are made here, and none is any."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _fill(network: "nx.MultiDiGraph[str]", graph: "Graph") -> None:
    vocabulary = graph.vocabulary
    said = descriptions.read(graph)
    columns = vocabulary.column_iris
    network.graph |= {"base": graph.base, "vocabulary": vocabulary, "labels": {}}
    direct = _add_entities(network, said, columns)
    network.graph.setdefault("titles", dict(vocabulary.titles))
    covered = _add_relations(network, said, columns)
    plain = _relation([], columns)
    for source, predicate, target in direct:
        if (source, predicate, target) not in covered:
            _add_edge(network, (source, target), predicate, {"predicate": predicate, **plain})


def _add_entities(
    network: "nx.MultiDiGraph[str]", said: descriptions.Descriptions, columns: Collection[str]
) -> list[Triple]:
    """Add the nodes, and return the triples that join them."""
    base: str = network.graph["base"]
    hidden = said.datasets | said.sources
    direct: list[Triple] = []
    for subject in sorted(said.said.keys() - said.statements):
        pairs = said.take(subject)
        titles = {v.language: v.text for p, v in pairs if p == DCTERMS + "title"}
        if titles and subject in said.datasets:
            network.graph.setdefault("titles", titles)
        of = _entity(subject, pairs, columns, base)
        if of["labels"]:
            network.graph["labels"][subject] = of["labels"]
        # What the build says about itself, the dataset and its files, is nothing to draw.
        if subject not in hidden and not subject.startswith((base + "file/", "urn:clustergraph:")):
            network.add_node(subject, **of)
            direct += [(subject, p, v.text) for p, v in pairs if _is_edge(p, v, columns)]
    return direct


def _add_relations(
    network: "nx.MultiDiGraph[str]", said: descriptions.Descriptions, columns: Collection[str]
) -> set[Triple]:
    """Add an edge for each statement, and return the triples that they stand for."""
    covered: set[Triple] = set()
    for statement in sorted(said.statements):
        pairs = said.take(statement)
        if labels := _labels(pairs)[0]:
            network.graph["labels"][statement] = labels
        triples = said.joined(statement, pairs)
        covered |= triples
        of = _relation(pairs, columns)
        for source, predicate, target in sorted(triples):
            _add_edge(network, (source, target), statement, {"predicate": predicate, **of})
    return covered


def _is_edge(predicate: str, value: Value, columns: Collection[str]) -> bool:
    if value.datatype != IRI or predicate in columns or predicate in PARTS:
        return False
    return predicate not in {_TYPE, _ROW, _EVIDENCE}


def _labels(pairs: Said) -> tuple[dict[str, str], list[Value]]:
    """Return one name for each language, and the names left over, which are aliases."""
    labels: dict[str, str] = {}
    others: list[Value] = []
    named = [(_RANKS[p], v) for p, v in pairs if p in _RANKS and v.datatype != IRI]
    for _, value in sorted(named):
        if labels.setdefault(value.language, value.text) != value.text:
            others.append(value)
    return labels, others


def _entity(iri: str, pairs: Said, columns: Collection[str], base: str) -> dict[str, Any]:
    labels, others = _labels(pairs)
    of = _attributes(pairs, columns)
    aliases = [v for p, v in pairs if p in _ALIASES]
    return {
        "id": local(iri, base),
        "labels": labels,
        "types": [v.text for p, v in pairs if p == _TYPE],
        "aliases": aliases + [v for v in others if v not in aliases],
        **of,
    }


def _attributes(pairs: Said, columns: Collection[str]) -> dict[str, Any]:
    """Return what entities and relations have alike: facts, notes, evidence, CSV rows."""
    facts: dict[str, list[Value]] = {}
    for predicate, value in pairs:
        if predicate not in _NO_FACTS and (value.datatype != IRI or predicate in columns):
            facts.setdefault(predicate, []).append(value)
    return {
        "facts": facts,
        "notes": [v for p, v in pairs if p in _NOTES],
        "evidence": [v.text for p, v in pairs if p == _EVIDENCE],
        "rows": [v.text for p, v in pairs if p == _ROW],
    }


def _relation(pairs: Said, columns: Collection[str]) -> dict[str, Any]:
    of = _attributes(pairs, columns)
    facts: dict[str, list[Value]] = of["facts"]

    def taken(iri: str) -> str | None:
        values = facts.pop(iri, None)
        return values[0].text if values else None

    return {
        "start": taken(SCHEMA + "startDate"),
        "end": taken(SCHEMA + "endDate"),
        "confidence": taken(CG + "confidence"),
        **of,
    }


def _add_edge(
    network: "nx.MultiDiGraph[str]", ends: tuple[str, str], key: str, said: dict[str, Any]
) -> None:
    for iri in ends:
        if iri not in network:
            network.add_node(iri, **_entity(iri, [], set(), network.graph["base"]))
    network.add_edge(*ends, key=key, **said)


def local(iri: str, base: str) -> str:
    """Return the id an IRI was made from: without the base, percent-decoded."""
    return unquote(iri.removeprefix(base)) if iri.startswith(base) else iri


def name(network: "nx.MultiDiGraph[str]", iri: str) -> str:
    """Return one plain name of a node: English, without a language, any other, or its id."""
    said = network.nodes[iri]
    labels: dict[str, str] = said["labels"]
    return labels.get("en") or labels.get("") or next(iter(labels.values()), said["id"])
