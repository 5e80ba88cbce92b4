"""The network: a networkx multigraph made from the RDF.

Nodes are keyed by IRI and edges by the IRI of their relation resource; a triple that no relation
resource stands for is keyed by its predicate. Nothing is merged: parallel and reciprocal edges and
self loops stay, as they do in the RDF.
"""

import difflib
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote

from clustergraph.errors import SourceError
from clustergraph.vocabulary import CG, DCTERMS, PROV, RDF, RDFS, SCHEMA, SKOS, VOID, XSD

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.graph import Graph
    from clustergraph.vocabulary import Vocabulary

IRI = RDFS + "Resource"
"""The datatype of a value that is an IRI."""

_FOAF = "http://xmlns.com/foaf/0.1/"
_DC = "http://purl.org/dc/elements/1.1/"
_SCHEMA_PLAIN = "http://schema.org/"
_REIFIES = RDF + "reifies"
_LABELS = (
    RDFS + "label",
    SKOS + "prefLabel",
    _FOAF + "name",
    SCHEMA + "name",
    DCTERMS + "title",
    _DC + "title",
)
_ALIASES = frozenset({SKOS + "altLabel", SKOS + "hiddenLabel", SCHEMA + "alternateName"})
_NOTES = frozenset({SKOS + "note", RDFS + "comment"})
_PARTS = frozenset({RDF + "subject", RDF + "predicate", RDF + "object", _REIFIES})
_BOOKKEEPING = frozenset({VOID + "Dataset", PROV + "Entity"})


class Value(NamedTuple):
    """A literal, or an IRI where `datatype` is `IRI`; `language` is a BCP 47 tag or empty."""

    text: str
    datatype: str = XSD + "string"
    language: str = ""


_Said = list[tuple[str, Value]]
_Triple = tuple[str, str, str]


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

    said, reified = _gather(graph)
    vocabulary = graph.vocabulary
    statements = {s for s, pairs in said.items() if _is_statement(pairs)}
    ends = {s: set(_joined(said[s], reified.get(s, []))) for s in sorted(statements)}
    covered = {triple for triples in ends.values() for triple in triples}
    hidden = _bookkeeping(said, graph.base)

    network: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        base=graph.base,
        vocabulary=vocabulary,
        titles=_titles(said, vocabulary),
        labels={iri: _labels(pairs)[0] for iri, pairs in said.items()},
    )
    columns = {t.iri for t in vocabulary.terms.values() if t.kind == "column"}
    direct: list[_Triple] = []
    for subject, pairs in said.items():
        if subject in statements or subject in hidden:
            continue
        network.add_node(subject, **_entity(subject, pairs, columns, graph.base))
        direct += [
            (subject, predicate, value.text)
            for predicate, value in pairs
            if _is_edge(predicate, value, columns)
        ]
    for statement, triples in ends.items():
        said_of = _relation(said[statement], columns)
        for source, predicate, target in sorted(triples):
            _add_edge(network, (source, target), statement, {"predicate": predicate, **said_of})
    plain = _relation([], columns)
    for source, predicate, target in direct:
        if (source, predicate, target) not in covered:
            _add_edge(network, (source, target), predicate, {"predicate": predicate, **plain})
    return network


def _gather(graph: "Graph") -> tuple[dict[str, _Said], dict[str, list[_Triple]]]:
    """Return what is said of each subject, and the RDF 1.2 triple terms by their reifier."""
    import pyoxigraph as ox  # noqa: PLC0415 - loaded with the graph, not on import

    said: dict[str, dict[tuple[str, Value], None]] = defaultdict(dict)
    reified: dict[str, list[_Triple]] = defaultdict(list)
    for quad in graph.quads():
        term = quad.object
        subject = _key(quad.subject)
        predicate = quad.predicate.value.replace(_SCHEMA_PLAIN, SCHEMA, 1)
        if isinstance(term, ox.Literal):
            value = Value(term.value, term.datatype.value, term.language or "")
        elif isinstance(term, ox.Triple):
            if not isinstance(term.object, ox.Literal | ox.Triple):
                triple = (_key(term.subject), term.predicate.value, _key(term.object))
                reified[subject].append(triple)
            value = Value(str(term), IRI)
        else:
            value = Value(_key(term), IRI)
        said[subject][predicate, value] = None
    return {s: sorted(said[s]) for s in sorted(said)}, reified


def _key(term: object) -> str:
    value = str(getattr(term, "value", term))
    return f"_:{value}" if type(term).__name__ == "BlankNode" else value


def _is_statement(pairs: _Said) -> bool:
    said = {predicate for predicate, _ in pairs}
    return _REIFIES in said or _PARTS - {_REIFIES} <= said


def _joined(pairs: _Said, reified: Iterable[_Triple]) -> Iterator[_Triple]:
    parts: dict[str, list[str]] = defaultdict(list)
    for predicate, value in pairs:
        if predicate in _PARTS and value.datatype == IRI:
            parts[predicate].append(value.text)
    for source in parts[RDF + "subject"]:
        for predicate in parts[RDF + "predicate"]:
            for target in parts[RDF + "object"]:
                yield source, predicate, target
    yield from reified


def _bookkeeping(said: Mapping[str, _Said], base: str) -> set[str]:
    """Return what the build says about itself: the dataset and its files."""
    return {
        iri
        for iri, pairs in said.items()
        if iri.startswith((base + "file/", "urn:clustergraph:"))
        or any(p == RDF + "type" and v.text in _BOOKKEEPING for p, v in pairs)
    }


def _titles(said: Mapping[str, _Said], vocabulary: "Vocabulary") -> dict[str, str]:
    for pairs in said.values():
        if (RDF + "type", Value(VOID + "Dataset", IRI)) in pairs:
            titles = {v.language: v.text for p, v in pairs if p == DCTERMS + "title"}
            if titles:
                return titles
    return dict(vocabulary.titles)


def _is_edge(predicate: str, value: Value, columns: set[str]) -> bool:
    if value.datatype != IRI or predicate in columns or predicate in _PARTS:
        return False
    return predicate not in {RDF + "type", PROV + "wasDerivedFrom", DCTERMS + "source"}


def _labels(pairs: _Said) -> tuple[dict[str, str], list[Value]]:
    """Return one name for each language, and the names left over, which are aliases."""
    labels: dict[str, str] = {}
    others: list[Value] = []
    for wanted in _LABELS:
        for predicate, value in pairs:
            if predicate != wanted or value.datatype == IRI:
                continue
            if labels.setdefault(value.language, value.text) != value.text:
                others.append(value)
    return labels, others


def _entity(iri: str, pairs: _Said, columns: set[str], base: str) -> dict[str, Any]:
    labels, others = _labels(pairs)
    of = _attributes(pairs, columns)
    aliases = [v for p, v in pairs if p in _ALIASES]
    return {
        "id": local(iri, base),
        "labels": labels,
        "types": [v.text for p, v in pairs if p == RDF + "type"],
        "aliases": aliases + [v for v in others if v not in aliases],
        **of,
    }


def _attributes(pairs: _Said, columns: set[str]) -> dict[str, Any]:
    """Return what entities and relations have alike: facts, notes, evidence, CSV rows."""
    facts: dict[str, list[Value]] = {}
    known = {*_LABELS, *_ALIASES, *_NOTES, *_PARTS}
    known |= {RDF + "type", DCTERMS + "source", PROV + "wasDerivedFrom"}
    for predicate, value in pairs:
        if predicate not in known and (value.datatype != IRI or predicate in columns):
            facts.setdefault(predicate, []).append(value)
    return {
        "facts": facts,
        "notes": [v for p, v in pairs if p in _NOTES],
        "evidence": [v.text for p, v in pairs if p == DCTERMS + "source"],
        "rows": [v.text for p, v in pairs if p == PROV + "wasDerivedFrom"],
    }


def _relation(pairs: _Said, columns: set[str]) -> dict[str, Any]:
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


def select(
    network: "nx.MultiDiGraph[str]",
    *,
    types: Iterable[str] = (),
    around: str | None = None,
    depth: int = 1,
    among: Iterable[str] | None = None,
) -> "nx.MultiDiGraph[str]":
    """Return the part of a network that has these types and lies this near to one entity.

    `types` are words of the vocabulary or IRIs; `around` is an id or an IRI, and `depth` counts
    steps along relations in either direction. `among` are IRIs, of entities or of their relations.
    The documents that the part rests on stay. Its attribute `part` tells how many entities and
    relations the whole has. Raises SourceError on a type or id that the network does not have.
    """
    kept = set(network)
    if among is not None:
        kept = _named(network, set(among))
    if around is not None:
        kept &= _around(network, _resolve(network, around), depth)
    wanted = {_type(network, word) for word in types}
    if wanted:
        vocabulary = network.graph["vocabulary"]
        kept = {
            n for n in kept if any(vocabulary.is_a(t, wanted) for t in network.nodes[n]["types"])
        }
    evidence = {iri for n in kept for iri in network.nodes[n]["evidence"]}
    for _, _, said in network.subgraph(kept).edges(data=True):
        evidence.update(said["evidence"])
    return _part(network, kept | (evidence & set(network)))


def largest(network: "nx.MultiDiGraph[str]", count: int) -> "nx.MultiDiGraph[str]":
    """Return the part of a network that has so many nodes, those with the most relations."""
    degree: dict[str, int] = dict(network.degree())
    return _part(network, set(sorted(network, key=lambda n: (-degree[n], n))[:count]))


def between(network: "nx.MultiDiGraph[str]", kept: Container[str]) -> "nx.MultiDiGraph[str]":
    """Return these nodes with the edges between them, in the order that they have there.

    networkx's own subgraph has the order of a set, which is another one on every run.
    """
    part = type(network)(**network.graph)
    part.add_nodes_from((n, said) for n, said in network.nodes(data=True) if n in kept)
    for source, target, key, said in network.edges(keys=True, data=True):
        if source in kept and target in kept:
            part.add_edge(source, target, key, **said)
    return part


def _part(network: "nx.MultiDiGraph[str]", kept: set[str]) -> "nx.MultiDiGraph[str]":
    part = between(network, kept)
    whole = network.graph.get("part") or [len(network), network.number_of_edges()]
    part.graph["part"] = whole
    return part


def _named(network: "nx.MultiDiGraph[str]", iris: set[str]) -> set[str]:
    """Return the nodes among these IRIs, and both ends of the relations among them."""
    ends = {n for *pair, key in network.edges(keys=True) if key in iris for n in pair}
    return (iris & set(network)) | ends


def _around(network: "nx.MultiDiGraph[str]", start: str, depth: int) -> set[str]:
    reached = front = {start}
    for _ in range(depth):
        front = {m for n in front for m in (*network.pred[n], *network.succ[n])} - reached
        reached = reached | front
    return reached


def _resolve(network: "nx.MultiDiGraph[str]", word: str) -> str:
    base: str = network.graph["base"]
    for iri in (word, base + word, base + quote(word, safe="")):
        if iri in network:
            return iri
    ids = {str(said["id"]): iri for iri, said in network.nodes(data=True)}
    if word in ids:
        return ids[word]
    near = difflib.get_close_matches(word, ids, n=1, cutoff=0.6)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    raise SourceError(f"No entity has the id '{word}'{hint}.")


def _type(network: "nx.MultiDiGraph[str]", word: str) -> str:
    vocabulary: Vocabulary = network.graph["vocabulary"]
    if term := vocabulary.type(word):
        return term.iri
    used: set[str] = {t for _, said in network.nodes(data=True) for t in said["types"]}
    for iri in sorted(used):
        if word in {iri, local(iri, network.graph["base"] + "type/")}:
            return iri
    near = vocabulary.nearest("type", word)
    hint = f" (did you mean '{near}'?)" if near else ""
    raise SourceError(f"No entity has the type '{word}'{hint}.")
