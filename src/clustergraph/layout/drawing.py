"""A network drawn from nothing: each component in the way that suits it, then all side by side."""

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout import shapes
from clustergraph.layout.adjacency import Adjacency, adjacency, components, tails, walk
from clustergraph.layout.forces import ASPECT, Places, Weights, balance, masses
from clustergraph.layout.overlaps import separate, swell
from clustergraph.layout.packing import Block, pack
from clustergraph.layout.start import spread

_TAIL = 24  # a chain of so many nodes that hangs from the rest is drawn by itself


def room(radius: Weights) -> Weights:
    """Return the side of the square that a node with its label should have to itself."""
    return 6 * radius + 12


def drawn(graph: Adjacency, radius: Weights) -> Places:
    """Return the positions of all nodes in pixels, the middle of the drawing at 0."""
    hanging = tails(graph, _TAIL)
    whole = graph
    if hanging:
        graph = _cut(graph, hanging)
    label = components(graph)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    lone = np.array([nodes[0] for nodes in groups if len(nodes) == 1], dtype=np.int64)
    groups = [nodes for nodes in groups if len(nodes) > 1]
    if not groups:
        return centred(shapes.rows(graph.count, float(room(radius).max())), radius)
    place = _each(graph, groups, radius)
    _set_apart(groups, place, radius)
    # Without the lone nodes, which have no place yet: all on one spot, each would push all others.
    linked = np.concatenate(groups)
    place[linked] = separate(place[linked], radius[linked], np.ones(len(linked)))
    blocks = [Block(place[nodes], room(radius[nodes]) / 2) for nodes in groups]
    for nodes, move in zip(groups, pack(blocks), strict=True):
        place[nodes] += move
    for tail in hanging:
        _turn(whole, tail, place)
    if len(lone):
        place[lone] = beside(place[linked], radius[lone])
    return centred(place, radius)


def beside(place: Places, lone: Weights) -> Places:
    """Return places in rows for nodes without any link, under a drawing or to the right of it.

    Of the two that which brings the whole nearer to the shape of a screen.
    """
    pitch = float(room(lone).max())
    low, high = place.real.min(), place.real.max()
    top, bottom = place.imag.min(), place.imag.max()
    wide, tall = float(high - low) + pitch, float(bottom - top) + pitch
    # The side that the lone nodes would add: area over length.
    area = len(lone) * pitch**2
    under = abs(np.log(wide / (tall + area / wide) / ASPECT))
    right = abs(np.log((wide + area / tall) / tall / ASPECT))
    if under <= right:
        fitting = int(wide / pitch)
        grid = shapes.rows(len(lone), pitch, max(fitting, round(np.sqrt(len(lone) * ASPECT))))
        corner = complex((low + high - grid.real.max()) / 2, bottom + 2 * pitch)
    else:
        grid = shapes.rows(len(lone), pitch, -(-len(lone) // max(1, int(tall / pitch))))
        corner = complex(high + 2 * pitch, (top + bottom - grid.imag.max()) / 2)
    return grid + corner


def centred(place: Places, radius: Weights) -> Places:
    """Return the positions moved so that the middle of their bounding box is 0."""
    x, y = place.real, place.imag
    across = float((x - radius).min() + (x + radius).max())
    down = float((y - radius).min() + (y + radius).max())
    return place - complex(across, down) / 2


def _cut(graph: Adjacency, hanging: list[NDArray[np.int64]]) -> Adjacency:
    tail = np.full(graph.count, -1)
    for number, nodes in enumerate(hanging):
        tail[nodes] = number
    ends = tail[graph.ends]
    return adjacency(graph.count, graph.ends[ends[:, 0] == ends[:, 1]])


def _each(graph: Adjacency, groups: list[NDArray[np.int64]], radius: Weights) -> Places:
    place = np.zeros(graph.count, dtype=np.complex128)
    tangled: dict[int, list[NDArray[np.int64]]] = {}
    for nodes in groups:
        degree = graph.degree[nodes]
        size, largest = len(nodes), int(degree.max())
        pitch = float(room(radius[nodes]).mean())
        tree = int(degree.sum()) == 2 * (size - 1)
        if tree and largest < 3:  # noqa: PLR2004 - two neighbours at most: that is a chain
            ends = nodes[degree == 1]
            order = walk(graph, int(ends.min()), size, graph.degree > 0)
            place[order] = shapes.chain(size, pitch)
        elif tree and largest == size - 1:
            hub = nodes[degree.argmax()]
            leaves = nodes[nodes != hub]
            place[hub], place[leaves] = 0, shapes.star(size - 1, pitch)
        else:
            tangled.setdefault(size, []).append(nodes)
    for alike in tangled.values():
        _untangle(graph, radius, np.array(alike), place)
    return place


def _untangle(graph: Adjacency, radius: Weights, groups: NDArray[np.int64], place: Places) -> None:
    size = groups.shape[1]
    number = np.full(graph.count, -1)
    number[groups.ravel()] = np.arange(groups.size)
    ends = number[graph.ends]
    ends = ends[ends[:, 0] >= 0]
    ends = ends[np.argsort(ends[:, 0] // size, kind="stable")]
    first = np.searchsorted(ends[:, 0] // size, np.arange(len(groups) + 1))
    start = np.empty(groups.shape, dtype=np.complex128)
    for at in range(len(groups)):
        spots = spread(adjacency(size, ends[first[at] : first[at + 1]] - at * size))
        start[at] = spots[:, 0] + 1j * spots[:, 1]
    rest = balance(start, ends, masses(graph.degree[groups]))
    for nodes, spot in zip(groups, rest, strict=True):
        middle = spot - spot.mean()
        # An evenly filled ellipse has an area of 4 pi times its standard deviations.
        area = 4 * np.pi * float(middle.real.std() * middle.imag.std())
        wanted = float((room(radius[nodes]) ** 2).sum())
        place[nodes] = swell(middle * np.sqrt(wanted / (area + 1e-9)), 0.6 * room(radius[nodes]))


def _set_apart(groups: list[NDArray[np.int64]], place: Places, radius: Weights) -> None:
    edge = 0.0
    for nodes in groups:
        place[nodes] += edge - float(place[nodes].real.min())
        edge = float(place[nodes].real.max()) + 2 * float(room(radius[nodes]).max())


def _turn(graph: Adjacency, tail: NDArray[np.int64], place: Places) -> None:
    around = graph.neighbours[graph.first[tail[0]] : graph.first[tail[0] + 1]]
    held = place[around[around != tail[1]][0]]
    spot = place[tail]
    across = complex(float(spot.real.min() + spot.real.max()), 0)
    down = complex(0, float(spot.imag.min() + spot.imag.max()))
    turns = [spot, across - spot.conj(), down + spot.conj(), across + down - spot]
    place[tail] = min(turns, key=lambda turn: abs(turn[0] - held))
