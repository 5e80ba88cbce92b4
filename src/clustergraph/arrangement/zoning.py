"""The zones of a network: which of them each node belongs to."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from clustergraph.vocabulary import CG

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.former import Spots
    from clustergraph.vocabulary import Vocabulary

_INSIDE = (CG + "locatedIn", CG + "partOf", CG + "memberOf")
_CLOSER = 0.8  # what is in one zone moves so close that there is room between the zones
_GROUPS = (CG + "Zone", CG + "Cluster")


def zones(network: "nx.MultiDiGraph[str]", *, hubs: int = 0) -> dict[str, str]:
    """Return the zone or cluster that each node belongs to; a zone belongs to itself.

    Where nothing is called one, so many of the most connected nodes take their place.

    What is not said to lie in one belongs where most of its neighbours belong, the first by name
    where several have as many; what has no such neighbour is not in the result.
    """
    vocabulary: Vocabulary = network.graph["vocabulary"]
    found = {
        n: n
        for n, said in network.nodes(data=True)
        if any(vocabulary.is_a(t, _GROUPS) for t in said["types"])
    }
    if not found:
        degree: dict[str, int] = dict(network.degree())
        most = sorted(degree, key=lambda n: (-degree[n], n))[:hubs]
        found = {n: n for n in most if degree[n]}
    centres = set(found)
    lies: list[tuple[int, str, str]] = sorted(
        (_INSIDE.index(predicate), source, target)
        for source, target, predicate in _edges(network)
        if predicate in _INSIDE and target in centres
    )
    for _, source, target in lies:
        found.setdefault(source, target)
    while near := _beside(network, found):
        found |= near
    return found


def _edges(network: "nx.MultiDiGraph[str]") -> list[tuple[str, str, str]]:
    return list(network.edges(data="predicate"))


def _beside(network: "nx.MultiDiGraph[str]", found: dict[str, str]) -> dict[str, str]:
    near: dict[str, str] = {}
    for n in network:
        if n not in found:
            around = {*network.succ[n], *network.pred[n]}
            votes = Counter(found[m] for m in around if m in found)
            if votes:
                near[n] = min(votes, key=lambda zone: (-votes[zone], zone))
    return near


def gathered(spots: "Spots", zone: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Return the places with each zone drawn together around its middle."""
    members: dict[str, list[str]] = defaultdict(list)
    for n in spots:
        members[zone.get(n, n)].append(n)
    found = dict(spots)
    for nodes in members.values():
        x = sum(spots[n][0] for n in nodes) / len(nodes)
        y = sum(spots[n][1] for n in nodes) / len(nodes)
        for n in nodes:
            dx, dy = spots[n][0] - x, spots[n][1] - y
            found[n] = (x + _CLOSER * dx, y + _CLOSER * dy)
    return found
