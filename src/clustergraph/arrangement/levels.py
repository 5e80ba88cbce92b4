"""A network by level: what stands over others above them."""

import math
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.vocabulary import Vocabulary

_LEVEL, _SLOT = 96.0, 72.0  # pixels: between levels, between leaves
_ROW = 3.5 * _LEVEL  # pixels: what a row of trees takes, about


def hierarchy(network: "nx.MultiDiGraph[str]") -> dict[str, tuple[float, float]]:
    """Return the places of what stands over something or under it: each above its own.

    The relations are those that the vocabulary calls hierarchies, and their inverses turned round.
    Who has several above stands below the first of them.
    """
    below = _below(network)
    under = {n for members in below.values() for n in members}
    spots: dict[str, tuple[float, float]] = {}
    # About as many rows as make the whole of them as wide as a screen is.
    wanted = math.sqrt(sum(n not in below for n in under) * _SLOT * _ROW)
    across, top, deepest = 0.0, 0.0, 0
    for root in (n for n in network if n in below and n not in under):
        wide, deep = _tree(root, below, spots, (across, top))
        across, deepest = across + wide + _SLOT, max(deepest, deep)
        if across > wanted:
            across, top, deepest = 0.0, top + (deepest + 1.5) * _LEVEL, 0
    return spots


def _below(network: "nx.MultiDiGraph[str]") -> dict[str, list[str]]:
    """Return who stands directly under whom; nobody under two, nobody in a circle."""
    vocabulary: Vocabulary = network.graph["vocabulary"]
    above: dict[str, str] = {}
    edges: list[tuple[str, str, str]] = sorted(network.edges(data="predicate"))
    for source, target, predicate in edges:
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
