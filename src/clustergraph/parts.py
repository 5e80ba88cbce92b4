"""Parts of a network: what is around an entity, what is of a type, what most relations join."""

import difflib
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from clustergraph.errors import SourceError
from clustergraph.network import local

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.vocabulary import Vocabulary


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
