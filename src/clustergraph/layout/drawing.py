"""A network drawn from nothing: each component in the way that suits it, then all side by side."""

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout import shapes
from clustergraph.layout.adjacency import Adjacency, adjacency, components
from clustergraph.layout.forces import Places, Weights, balance, masses
from clustergraph.layout.overlaps import separate, swell
from clustergraph.layout.packing import Block, pack
from clustergraph.layout.start import spread


def room(radius: Weights) -> Weights:
    """Return the side of the square that a node with its label should have to itself."""
    return 6 * radius + 12


def drawn(graph: Adjacency, radius: Weights) -> Places:
    """Return the positions of all nodes in pixels, the middle of the drawing at 0."""
    place = np.zeros(graph.count, dtype=np.complex128)
    label = components(graph)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    lone = np.concatenate([order[:0], *(nodes for nodes in groups if len(nodes) == 1)])
    groups = [nodes for nodes in groups if len(nodes) > 1]
    tangled: dict[int, list[NDArray[np.int64]]] = {}
    for nodes in groups:
        degree = graph.degree[nodes]
        pitch = float(room(radius[nodes]).mean())
        if degree.sum() == 2 * len(nodes) - 2 and degree.max() <= 2:
            place[shapes.walk(graph, nodes)] = shapes.chain(len(nodes), pitch)
        elif degree.sum() == 2 * len(nodes) - 2 and degree.max() == len(nodes) - 1:
            hub = nodes[degree.argmax()]
            place[np.concatenate([[hub], nodes[nodes != hub]])] = shapes.star(
                len(degree) - 1, pitch
            )
        else:
            tangled.setdefault(len(nodes), []).append(nodes)
    for alike in tangled.values():
        _untangle(graph, radius, np.array(alike), place)
    if not groups:
        pitch = float(room(radius).max())
        return _centred(shapes.rows(graph.count, pitch), radius)
    _set_apart(groups, place, radius)
    place = separate(place, radius, np.ones(graph.count))
    blocks = [Block(place[nodes], room(radius[nodes]) / 2) for nodes in groups]
    for nodes, move in zip(groups, pack(blocks), strict=True):
        place[nodes] += move
    if len(lone):
        linked = np.concatenate(groups)
        place[lone] = below(place[linked], radius[linked], radius[lone])
    return _centred(place, radius)


def below(place: Places, radius: Weights, lone: Weights) -> Places:
    """Return places in rows under a drawing for nodes of these radii without any link."""
    pitch = float(room(lone).max())
    low, high = place.real.min(), place.real.max()
    wide = max(int((high - low) / pitch) + 1, round(float(np.sqrt(len(lone) * 1.3))))
    grid = shapes.rows(len(lone), pitch, wide)
    middle = (low + high) / 2 - (grid.real.max() + grid.real.min()) / 2
    bottom = float((place.imag + room(radius) / 2).max())
    return grid + middle + 1j * (bottom + pitch)


def _untangle(graph: Adjacency, radius: Weights, groups: NDArray[np.int64], place: Places) -> None:
    number = np.full(graph.count, -1)
    number[groups.ravel()] = np.arange(groups.size)
    ends = number[graph.ends[(number[graph.ends] >= 0).all(axis=1)]]
    size = groups.shape[1]
    first = np.searchsorted(np.sort(ends[:, 0] // size), np.arange(len(groups) + 1))
    ends = ends[np.argsort(ends[:, 0] // size, kind="stable")]
    start = np.empty(groups.shape, dtype=np.complex128)
    for at in range(len(groups)):
        spots = spread(adjacency(size, ends[first[at] : first[at + 1]] - at * size))
        start[at] = spots[:, 0] + 1j * spots[:, 1]
    spots = balance(start, ends, masses(graph.degree[groups]))
    for nodes, spot in zip(groups, spots, strict=True):
        middle = spot - spot.mean()
        # An evenly filled ellipse has an area of 4 pi times its standard deviations.
        area = 4 * np.pi * middle.real.std() * middle.imag.std()
        wanted = (room(radius[nodes]) ** 2).sum()
        place[nodes] = swell(middle * np.sqrt(wanted / (area + 1e-9)), 0.6 * room(radius[nodes]))


def _set_apart(groups: list[NDArray[np.int64]], place: Places, radius: Weights) -> None:
    edge = 0.0
    for nodes in groups:
        reach = 2 * float(room(radius[nodes]).max())
        place[nodes] += edge - place[nodes].real.min()
        edge = float(place[nodes].real.max()) + reach


def _centred(place: Places, radius: Weights) -> Places:
    x, y = place.real, place.imag
    across = (x - radius).min() + (x + radius).max()
    down = (y - radius).min() + (y + radius).max()
    return place - (across + 1j * down) / 2
