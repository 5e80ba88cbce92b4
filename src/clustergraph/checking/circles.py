"""Circles in a hierarchy: found in time that grows with the relations, at any depth."""

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.uint32]

_PEELS = 64  # rounds of peeling; what is deeper is left to the walk


def find(sources: Nodes, targets: Nodes) -> Iterator[tuple[list[int], set[int]]]:
    """Yield each circle: a shortest way round, and all that can be reached from it and back.

    The way begins with its smallest node. Circles that share a node are one.
    """
    sources, targets = _peeled(sources[sources != targets], targets[sources != targets])
    if not len(sources):
        return
    follows: dict[int, list[int]] = {}
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        follows.setdefault(source, []).append(target)
    for members in _components(follows):
        yield _way_round(min(members), members, follows), members


def _peeled(sources: Nodes, targets: Nodes) -> tuple[Nodes, Nodes]:
    """Return the links without those whose source nothing leads to, or whose target leads nowhere.

    No circle goes through these, and in a hierarchy that is one nothing else remains.
    """
    for _ in range(_PEELS):
        if not len(sources):
            break
        size = int(max(sources.max(), targets.max())) + 1
        leads, led = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        leads[sources], led[targets] = True, True
        kept = led[sources] & leads[targets]
        if kept.all():
            break
        sources, targets = sources[kept], targets[kept]
    return sources, targets


def _components(follows: dict[int, list[int]]) -> Iterator[set[int]]:
    """Yield the strongly connected components of more than one node (Tarjan 1972, no recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    for root, first in follows.items():
        if root in order:
            continue
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        walk = [(root, iter(first))]
        while walk:
            node, rest = walk[-1]
            for after in rest:
                if after not in order:
                    order[after] = low[after] = len(order)
                    stack.append(after)
                    on_stack.add(after)
                    walk.append((after, iter(follows.get(after, ()))))
                    break
                if after in on_stack:
                    low[node] = min(low[node], order[after])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == order[node]:
                    found = _popped(stack, node)
                    on_stack -= found
                    if len(found) > 1:
                        yield found


def _popped(stack: list[int], node: int) -> set[int]:
    found: set[int] = set()
    while node not in found:
        found.add(stack.pop())
    return found


def _way_round(start: int, members: set[int], follows: dict[int, list[int]]) -> list[int]:
    """Return a shortest way from a node back to itself, without the return."""
    before: dict[int, int] = {}
    queue = deque([start])
    while start not in before:
        node = queue.popleft()
        for after in sorted(follows[node]):
            if after in members and after not in before:
                before[after] = node
                queue.append(after)
    way, node = [before[start]], before[start]
    while node != start:
        node = before[node]
        way.append(node)
    return way[::-1]
