"""A network drawn on from a former drawing: what was there stays, what is new finds room."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from clustergraph.layout.adjacency import Adjacency, adjacency, typical
from clustergraph.layout.drawing import drawn, room
from clustergraph.layout.forces import Places, Weights
from clustergraph.layout.overlaps import GAP, close_pairs, separate
from clustergraph.layout.packing import Block, pack

Flags: TypeAlias = NDArray[np.bool_]

_NEW = 1 / 3  # the share of new nodes from which on the drawing is made afresh
_HEAVY = 0.1  # how far a node that has its place gives way, a new one giving way by 1
_FAR = 0.2  # of the diagonal: what lies so far from its neighbours was linked only now
_MARGIN = 40  # cells around the former drawing where a new node may stand


def continued(graph: Adjacency, radius: Weights, former: NDArray[np.float32]) -> Places:
    """Return positions that resemble the former ones; rows of NaN are nodes without a place.

    A new node takes the free place nearest to the middle of its neighbours; so does one whose
    neighbours are all far away, because it was linked only now. The others move only where a
    disc would lie on another.
    """
    place = former[:, 0].astype(np.float64) + 1j * former[:, 1].astype(np.float64)
    known = np.isfinite(former[:, 0]) & np.isfinite(former[:, 1])
    place[~known] = 0
    if (~known).sum() > _NEW * graph.count:
        place = _turned(drawn(graph, radius), place, known)
        known = np.ones_like(known)
    return settled(graph, radius, place, known)


def settled(graph: Adjacency, radius: Weights, place: Places, known: Flags) -> Places:
    """Return positions for all nodes; nothing changes when all are known and in their place."""
    staying = known & ~strayed(graph, radius, place, known)
    if staying.all() and not len(close_pairs(place, radius, 0.0)[0]):
        return place
    place, stands = place.copy(), staying.copy()
    _join(graph, radius, place, stands)
    _add(graph, radius, place, stands)
    return separate(place, radius, np.where(staying, _HEAVY, 1.0))


def strayed(graph: Adjacency, radius: Weights, place: Places, known: Flags) -> Flags:
    """Return which nodes stand far from the middle of their neighbours; freshly drawn none do."""
    one, other = np.concatenate([graph.ends, graph.ends[:, ::-1]]).T
    both = known[one] & known[other]
    one, other = one[both], other[both]
    count = np.maximum(1, np.bincount(one, minlength=graph.count))
    middle = np.bincount(one, place.real[other], graph.count) / count + 1j * (
        np.bincount(one, place.imag[other], graph.count) / count
    )
    # Many leaves keep each other at a distance from their hub: that much is no straying.
    crowd = np.zeros(graph.count)
    np.maximum.at(crowd, one, graph.degree[other])
    usual = room(radius) * (4 + 2 * np.sqrt(crowd))
    shown = place[known]
    across = float(np.hypot(np.ptp(shown.real), np.ptp(shown.imag)))
    linked: Flags = np.bincount(one, minlength=graph.count) > 0
    linked &= np.abs(place - middle) > np.maximum(usual, _FAR * across)
    return linked


def _join(graph: Adjacency, radius: Weights, place: Places, stands: Flags) -> None:
    """Place the nodes that have a placed neighbour, then those that have one now, and so on."""
    if stands.all():
        return
    free = _Free(place[stands], radius[stands])
    waiting = np.flatnonzero(~stands).tolist()
    while waiting:
        later = []
        for node in waiting:
            around = graph.neighbours[graph.first[node] : graph.first[node + 1]]
            around = around[stands[around]]
            if len(around):
                place[node] = free.take(complex(place[around].mean()), float(radius[node]))
                stands[node] = True
            else:
                later.append(node)
        if len(later) == len(waiting):
            return
        waiting = later


def _add(graph: Adjacency, radius: Weights, place: Places, stands: Flags) -> None:
    """Draw what is linked to nothing that has a place, and set it beside the drawing."""
    nodes = np.flatnonzero(~stands)
    if not len(nodes):
        return
    number = np.full(graph.count, -1)
    number[nodes] = np.arange(len(nodes))
    ends = number[graph.ends]
    spots = drawn(adjacency(len(nodes), ends[(ends >= 0).all(axis=1)]), radius[nodes])
    beside = Block(spots, room(radius[nodes]) / 2)
    taken = Block(place[stands], room(radius[stands]) / 2)
    place[nodes] = spots + pack([beside], taken)[0]
    stands[nodes] = True


def _turned(place: Places, former: Places, known: Flags) -> Places:
    if not known.any():
        return place
    turns = [place, -place.conj(), place.conj(), -place]
    return min(turns, key=lambda turn: float(np.abs(turn[known] - former[known]).sum()))


class _Free:
    """The plane in cells, each of them free or not."""

    def __init__(self, place: Places, radius: Weights) -> None:
        self._cell = typical(radius) + GAP / 2
        self._reach = int((2 * radius.max() + GAP) / self._cell) + 2
        low = complex(place.real.min(), place.imag.min()) - _MARGIN * self._cell * (1 + 1j)
        self._low = low
        across = int(np.ptp(place.real) / self._cell) + 2 * _MARGIN
        down = int(np.ptp(place.imag) / self._cell) + 2 * _MARGIN
        column, row = np.arange(across) + 0.5, np.arange(down) + 0.5
        self._middle = low + self._cell * (column[:, None] + 1j * row)
        # How far from each cell's middle the nearest disc begins, as far as that matters.
        self._clear = np.full(self._middle.shape, np.inf)
        for spot, reach in zip(place.tolist(), radius.tolist(), strict=True):
            self._cover(spot, reach)

    def take(self, target: complex, radius: float) -> complex:
        """Return the free place nearest to the target, no longer free from now on."""
        at = (target - self._low) / self._cell
        reach = _MARGIN // 2
        while True:
            window = self._window(at, reach)
            far = np.abs(self._middle[window] - target)
            far[self._clear[window] < radius + GAP] = np.inf
            # What lies nearer outside the square window than in its corner must not be missed.
            if far.min(initial=np.inf) <= reach * self._cell or far.size == self._clear.size:
                break
            reach *= 2
        spot = complex(self._middle[window].ravel()[int(far.argmin())])
        self._cover(spot, radius)
        return spot

    def _cover(self, spot: complex, radius: float) -> None:
        window = self._window((spot - self._low) / self._cell, self._reach)
        clear = np.abs(self._middle[window] - spot) - radius
        self._clear[window] = np.minimum(self._clear[window], clear)

    def _window(self, at: complex, reach: int) -> tuple[slice, slice]:
        column, row = int(at.real), int(at.imag)
        return (
            slice(max(column - reach, 0), max(column + reach + 1, 0)),
            slice(max(row - reach, 0), max(row + reach + 1, 0)),
        )
