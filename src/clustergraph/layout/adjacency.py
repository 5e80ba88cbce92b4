"""Who is linked to whom, as arrays: components, degrees and distances in steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CHAIN = 2  # the degree of a node inside a chain


@dataclass(frozen=True, slots=True)
class Adjacency:
    """An undirected graph without self loops and parallel edges, nodes numbered from 0.

    `ends` has shape (m, 2), each row ascending, rows sorted: so nothing that is computed from it
    depends on the order in which edges were given. The neighbours of node v are
    `neighbours[first[v]:first[v + 1]]`.
    """

    count: int
    ends: NDArray[np.int64]
    degree: NDArray[np.int64]
    first: NDArray[np.int64]
    neighbours: NDArray[np.int64]


def adjacency(count: int, edges: NDArray[np.integer]) -> Adjacency:
    """Return the graph of these edges; directions, loops and repetitions are dropped."""
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    # numpy's own unique and median import a subpackage that takes longer than a small layout.
    keys = np.sort(pairs.min(axis=1) * count + pairs.max(axis=1)) if len(pairs) else pairs[:, 0]
    keys = keys[np.diff(keys, prepend=-1) > 0]
    ends = np.stack([keys // max(count, 1), keys % max(count, 1)], axis=1)
    both = np.concatenate([ends, ends[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    degree = np.bincount(both[:, 0], minlength=count)
    first = np.concatenate([[0], np.cumsum(degree)])
    return Adjacency(count, ends, degree, first, both[:, 1])


def typical(values: NDArray[np.float64]) -> float:
    """Return the value in the middle of the sorted ones."""
    return float(np.partition(values, len(values) // 2)[len(values) // 2])


def components(graph: Adjacency) -> NDArray[np.int64]:
    """Return for each node the smallest node of its component."""
    label = np.arange(graph.count)
    while True:
        ends = label[graph.ends]
        ends = ends[ends[:, 0] != ends[:, 1]]
        if not len(ends):
            return label
        np.minimum.at(label, ends.max(axis=1), ends.min(axis=1))
        while True:
            shorter = label[label]
            if np.array_equal(shorter, label):
                break
            label = shorter


def tails(graph: Adjacency, shortest: int) -> list[NDArray[np.int64]]:
    """Return the chains of at least so many nodes that hang from the rest by one end.

    Each begins with the node that hangs and ends with the loose one; a component that is a chain
    as a whole hangs from nothing and is none.
    """
    slim = graph.degree <= _CHAIN
    inside = slim[graph.ends].all(axis=1)
    label = components(adjacency(graph.count, graph.ends[inside]))
    link = graph.ends[~inside]
    # A chain is held by a node of higher degree, and a tail at one end only.
    held = link[slim[link].any(axis=1)]
    hanging = held[np.arange(len(held)), slim[held].argmax(axis=1)]
    length = np.bincount(label, minlength=graph.count)
    loose = np.bincount(label[graph.degree == 1], minlength=graph.count)
    hanging = hanging[(length[label[hanging]] >= shortest) & (loose[label[hanging]] == 1)]
    return [walk(graph, int(node), int(length[label[node]]), slim) for node in np.sort(hanging)]


def walk(graph: Adjacency, begin: int, count: int, slim: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return `count` slim nodes along a chain from this end of it."""
    order, before = [begin], -1
    while len(order) < count:
        here = order[-1]
        around = graph.neighbours[graph.first[here] : graph.first[here + 1]].tolist()
        order.append(next(node for node in around if node != before and slim[node]))
        before = here
    return np.array(order)


def steps(graph: Adjacency, sources: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return how many edges lie between each source and each node, shape (sources, count).

    All sources search at once, breadth first; a node that a source cannot reach has -1.
    """
    distance = np.full(len(sources) * graph.count, -1, dtype=np.int32)
    claimed = np.zeros(len(distance), dtype=np.int64)
    row = np.arange(len(sources)) * graph.count
    node = np.asarray(sources, dtype=np.int64)
    distance[row + node] = 0
    level = 0
    while len(node):
        level += 1
        width = graph.degree[node]
        ends = np.cumsum(width)
        place = np.arange(ends[-1]) + np.repeat(graph.first[node] - ends + width, width)
        node = graph.neighbours[place]
        row = np.repeat(row, width)
        key = row + node
        fresh = distance[key] < 0
        key, node, row = key[fresh], node[fresh], row[fresh]
        # A node reached twice in one step is kept once: the last to claim it has it.
        number = np.arange(len(key))
        claimed[key] = number
        once = claimed[key] == number
        node, row = node[once], row[once]
        distance[key] = level
    return distance.reshape(len(sources), graph.count)
