"""Other pictures of the same network: by zone, with each zone for itself, and by hierarchy."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal

from clustergraph.vocabulary import CG

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.vocabulary import Vocabulary

Arrangement = Literal["zone", "hierarchy"]

_INSIDE = (CG + "locatedIn", CG + "partOf", CG + "memberOf")
_GROUPS = (CG + "Zone", CG + "Cluster")
_LEVEL, _SLOT, _WIDE = 120.0, 56.0, 2400.0  # pixels: between levels, between leaves, of a row


def zones(network: "nx.MultiDiGraph[str]") -> dict[str, str]:
    """Return the zone or cluster that each node belongs to; a zone belongs to itself.

    What is not said to lie in one belongs where most of its neighbours belong, the first by name
    where several have as many; what has no such neighbour is not in the result.
    """
    vocabulary: Vocabulary = network.graph["vocabulary"]
    found = {
        n: n
        for n, said in network.nodes(data=True)
        if any(vocabulary.is_a(t, _GROUPS) for t in said["types"])
    }
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


def hierarchy(network: "nx.MultiDiGraph[str]") -> dict[str, tuple[float, float]]:
    """Return places by level: what stands over others above them, what is in no hierarchy below.

    The relations are those that the vocabulary calls hierarchies, and their inverses turned round.
    Who has several above stands below the first of them.
    """
    below = _below(network)
    under = {n for members in below.values() for n in members}
    spots: dict[str, tuple[float, float]] = {}
    across, top, deepest = 0.0, 0.0, 0
    for root in (n for n in network if n in below and n not in under):
        wide, deep = _tree(root, below, spots, (across, top))
        across, deepest = across + wide + _SLOT, max(deepest, deep)
        if across > _WIDE:
            across, top, deepest = 0.0, top + (deepest + 1.5) * _LEVEL, 0
    top += (deepest + 1.5) * _LEVEL if spots else 0.0
    rest = [n for n in network if n not in spots]
    columns = int(_WIDE / _SLOT)
    for i, n in enumerate(rest):
        spots[n] = (i % columns * _SLOT, top + i // columns * _SLOT)
    return spots


def _below(network: "nx.MultiDiGraph[str]") -> dict[str, list[str]]:
    """Return who stands directly under whom; nobody under two, nobody in a circle."""
    vocabulary: Vocabulary = network.graph["vocabulary"]
    above: dict[str, str] = {}
    for source, target, predicate in sorted(_edges(network)):
        term = vocabulary.term(predicate)
        if not term or not term.hierarchy or source == target:
            continue
        # Of a relation and its inverse, has_part say, the one that leads down says so in its name.
        down = predicate.rsplit("#", 1)[-1].startswith("has")
        child, parent = (target, source) if down else (source, target)
        step: str | None = parent
        while step is not None and step != child:
            step = above.get(step)
        if step is None:
            above.setdefault(child, parent)
    below: dict[str, list[str]] = defaultdict(list)
    for n in network:
        if n in above:
            below[above[n]].append(n)
    return below


def _tree(
    root: str,
    below: dict[str, list[str]],
    spots: dict[str, tuple[float, float]],
    corner: tuple[float, float],
) -> tuple[float, int]:
    """Place a tree with its upper left corner there, and return how wide and how deep it is."""
    depth, order = {root: 0}, [root]
    for n in order:
        for child in below.get(n, ()):
            depth[child] = depth[n] + 1
            order.append(child)
    left, top = corner
    leaves = 0
    stack = [(root, False)]
    while stack:
        n, done = stack.pop()
        children = below.get(n, ())
        if not children:
            spots[n] = (left + leaves * _SLOT, top + depth[n] * _LEVEL)
            leaves += 1
        elif done:
            middle = (spots[children[0]][0] + spots[children[-1]][0]) / 2
            spots[n] = (middle, top + depth[n] * _LEVEL)
        else:
            stack.append((n, True))
            stack.extend((child, False) for child in reversed(children))
    return leaves * _SLOT, max(depth.values())
